"""One place that answers: may this person do this, and on which rows?

Every read of household data starts from a Scope; nothing is visible unless a
dated RoleAssignment opens it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from kaejon.apps.access.models import RoleAssignment, User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission, roles_with
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.areas.queries import areas_above, contains, within

NOTHING = Q(pk__in=())


@dataclass(frozen=True)
class Scope:
    """Where a permission holds.

    `areas`: codes whose whole subtree is open. `grants`: (organization id, area
    code) pairs that open only the households granted to that organization.
    """

    areas: tuple[str, ...] = ()
    grants: tuple[tuple[int, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.areas or self.grants)

    @property
    def places(self) -> tuple[str, ...]:
        """Every area code in which something may be seen."""
        return outermost([*self.areas, *(area for _, area in self.grants)])

    def holds_at(self, code: str) -> bool:
        """True when the whole of the area `code` is open."""
        return any(contains(outer, code) for outer in self.areas)

    def touches(self, code: str) -> bool:
        """True when the area is open, or lies on the way to something open."""
        return any(contains(place, code) or contains(code, place) for place in self.places)

    def inside(self, code: str) -> Scope:
        """The scope as far as it lies in the area `code`.

        Filtering by this instead of by scope and area keeps one range a place:
        SQLite uses one range of an index and reads through the other.
        """
        return Scope(
            tuple(sorted(shared for area in self.areas if (shared := common_part(area, code)))),
            tuple(
                (organization, shared)
                for organization, area in self.grants
                if (shared := common_part(area, code))
            ),
        )

    def by_area(self, field: str) -> Q:
        """Filter on an area-code column, whole areas only."""
        condition = NOTHING
        for code in self.areas:
            if code == WHOLE_SYSTEM:
                return Q()
            condition |= within(code, field)
        return condition


def common_part(one: str, other: str) -> str:
    """The code of the area that lies in both; empty when they lie apart."""
    if contains(one, other):
        return other
    return one if contains(other, one) else ""


def outermost(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes that do not lie inside another of them, sorted."""
    kept: list[str] = []
    for code in sorted(set(codes), key=lambda c: (c != WHOLE_SYSTEM, len(c), c)):
        if not any(contains(outer, code) for outer in kept):
            kept.append(code)
    return tuple(sorted(kept))


def assignments_of(user: User, on: date | None = None) -> QuerySet[RoleAssignment]:
    """The user's grants in force on a day; none for a disabled or expired account.

    The operator cannot sign in (inactive) and still acts from the command line.
    """
    day = on or timezone.localdate()
    rows = RoleAssignment.objects.filter(user=user, valid_from__lte=day).filter(
        Q(valid_until=None) | Q(valid_until__gte=day)
    )
    if user.is_expired(day) or not user.is_active:
        return rows.filter(role="operator")
    return rows


def assignments_read(user: User, on: date | None = None) -> list[RoleAssignment]:
    """As `assignments_of`, with their areas: one query answers everything a page asks about."""
    read: dict[date | None, list[RoleAssignment]] = user.__dict__.setdefault("_assignments", {})
    if on not in read:
        read[on] = list(assignments_of(user, on).select_related("area"))
    return read[on]


def scope_of(user: User, permission: Permission, on: date | None = None) -> Scope:
    """Where the user holds a permission on a day (today by default)."""
    cache: dict[tuple[str, date | None], Scope] = user.__dict__.setdefault("_scopes", {})
    key = (permission.value, on)
    if key not in cache:
        cache[key] = _read_scope(user, permission, on)
    return cache[key]


def _read_scope(user: User, permission: Permission, on: date | None) -> Scope:
    if user.pk is None:
        return Scope()
    areas: list[str] = []
    grants: set[tuple[int, str]] = set()
    for row in assignments_read(user, on):
        if permission not in row.definition.permissions:
            continue
        if row.definition.granted_only and permission is not Permission.SEE_COUNTS:
            grants.add((row.organization_id, row.area_id))
        else:
            areas.append(row.area_id)
    return Scope(outermost(areas), tuple(sorted(grants)))


def may(user: User, permission: Permission, at: str | None = None) -> bool:
    """May the user do this, anywhere (`at=None`) or in the whole of one area?"""
    scope = scope_of(user, permission)
    return bool(scope) if at is None else scope.holds_at(at)


def require(user: User, permission: Permission, at: str | None = None) -> None:
    """What every verb asks first: refuses (NotPermitted) unless `may(user, permission, at)`."""
    if not may(user, permission, at):
        raise NotPermitted(permission.value, at or "")


def users_who_may(permission: Permission, at: str, on: date | None = None) -> QuerySet[User]:
    """The people who hold a permission over an area: for notices and subject-access answers."""
    day = on or timezone.localdate()
    codes = areas_above(at)
    return User.objects.filter(
        Q(assignments__valid_until=None) | Q(assignments__valid_until__gte=day),
        is_active=True,
        assignments__role__in=roles_with(permission),
        assignments__area__in=codes,
        assignments__valid_from__lte=day,
    ).distinct()


def organizations_with(user: User, permission: Permission) -> set[int]:
    """The organizations for which the user holds a permission today."""
    if user.pk is None:
        return set()
    return {
        row.organization_id
        for row in assignments_of(user)
        if permission in row.definition.permissions and not row.definition.granted_only
    }


def role_names(user: User) -> str:
    """The user's roles today, for the record of a look: "tambon_officer 330101"."""
    return ", ".join(f"{row.role} {row.area_id}" for row in assignments_read(user))[:80]
