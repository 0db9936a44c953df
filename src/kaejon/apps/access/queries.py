"""Reading accounts, within the area a manager answers for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kaejon.apps.access.models import OPERATOR_USERNAME, RoleAssignment, User
from kaejon.apps.access.roles import Permission, Role, roles_with
from kaejon.apps.access.scope import assignments_of, scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import contains
from kaejon.apps.partners.models import Organization

# A person without any grant belongs to no place; only who manages a province or more sees them.
PROVINCE_CODE_LENGTH = 2


def accounts_visible_to(manager: User) -> QuerySet[User]:
    """People with a grant, past or present, inside the manager's areas."""
    scope = scope_of(manager, Permission.MANAGE_ACCOUNTS)
    granted = RoleAssignment.objects.filter(scope.by_area("area_id"), user=OuterRef("pk"))
    condition = Q(Exists(granted))
    if any(len(code) <= PROVINCE_CODE_LENGTH for code in scope.areas):
        condition |= ~Q(Exists(RoleAssignment.objects.filter(user=OuterRef("pk"))))
    if not scope:
        return User.objects.none()
    return User.objects.filter(condition).exclude(username=OPERATOR_USERNAME)


def manages_whole(manager: User, user: User) -> bool:
    """True when every grant of the person in force now or later lies inside the manager's areas."""
    scope = scope_of(manager, Permission.MANAGE_ACCOUNTS)
    codes = open_assignments(user).values_list("area_id", flat=True)
    return bool(scope) and all(scope.holds_at(code) for code in codes)


def open_assignments(user: User, on: date | None = None) -> QuerySet[RoleAssignment]:
    """Grants in force on a day or beginning later, whether or not the account is open."""
    day = on or timezone.localdate()
    return (
        RoleAssignment.objects.filter(user=user)
        .filter(Q(valid_until=None) | Q(valid_until__gte=day))
        .select_related("area", "organization", "granted_by")
    )


def administrators(on: date) -> QuerySet[RoleAssignment]:
    """Grants that let an open account of a person manage accounts on a day."""
    return (
        RoleAssignment.objects.filter(
            role__in=roles_with(Permission.MANAGE_ACCOUNTS),
            valid_from__lte=on,
            user__is_active=True,
        )
        .filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .filter(Q(user__expires_on=None) | Q(user__expires_on__gte=on))
        .exclude(user__username=OPERATOR_USERNAME)
    )


def areas_left_without_administrator(ending: Collection[RoleAssignment], on: date) -> list[str]:
    """Areas that nobody would manage on a day when these grants are gone.

    Locks the grants it counts on, so that two administrators cannot end each other at once.
    """
    ending_keys = {row.pk for row in ending}
    others = administrators(on).select_for_update()
    kept = [row.area_id for row in others if row.pk not in ending_keys]
    mine = [r.area_id for r in ending if Permission.MANAGE_ACCOUNTS in r.definition.permissions]
    return [code for code in mine if not any(contains(other, code) for other in kept)]


@dataclass(frozen=True)
class Sight:
    """One line of "what this account can see": role, where, for whom, why, between which days."""

    assignment: RoleAssignment
    role: Role
    households: str
    sensitive: bool
    changes: bool


def sights_of(user: User) -> list[Sight]:
    """What the account opens today, one line a grant; empty for a closed account."""
    rows = assignments_of(user).select_related("area", "organization", "granted_by")
    return [sight(row) for row in rows]


def sight(row: RoleAssignment) -> Sight:
    held = row.definition.permissions
    households = "none"
    if Permission.SEE_HOUSEHOLDS in held:
        households = "granted" if row.definition.granted_only else "area"
    return Sight(
        assignment=row,
        role=row.definition,
        households=households,
        sensitive=Permission.SEE_SENSITIVE in held,
        changes=Permission.EDIT_HOUSEHOLDS in held,
    )


def areas_to_assign(manager: User) -> QuerySet[Area]:
    """Province, districts and tambons in which the manager may grant a role."""
    scope = scope_of(manager, Permission.MANAGE_ACCOUNTS)
    return (
        Area.objects.filter(scope.by_area("code"), valid_until=None)
        .exclude(level=Level.VILLAGE)
        .order_by("code")
    )


def organizations_visible_to(manager: User) -> QuerySet[Organization]:
    """Organizations of the manager's areas and of the areas around them."""
    scope = scope_of(manager, Permission.MANAGE_ACCOUNTS)
    around = {code[:n] for code in scope.areas for n in (2, 4, 6)}
    return (
        Organization.objects.filter(scope.by_area("area_id") | Q(area_id__in=around))
        .exclude(code=OPERATOR_USERNAME)
        .select_related("area")
    )


def second_step_missing(user: User) -> bool:
    """True when the person must sign in with two steps and has not set up the second."""
    return second_step_required(user) and not is_mfa_enabled(user)


def second_step_required(user: User) -> bool:
    """True when one of the person's roles must sign in with two steps."""
    required = settings.MFA_REQUIRED_ROLES
    return bool(required) and assignments_of(user).filter(role__in=required).exists()
