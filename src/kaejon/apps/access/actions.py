"""Write grants: every change is dated and recorded; a grant is ended, never edited."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.confirmations import wait_for_first_role
from kaejon.apps.access.models import RoleAssignment, User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.queries import (
    accounts_visible_to,
    areas_left_without_administrator,
    manages_whole,
    open_assignments,
)
from kaejon.apps.access.refusals import AccessRefused, NotPermitted
from kaejon.apps.access.roles import ASSIGNABLE, Permission
from kaejon.apps.access.scope import require
from kaejon.apps.audit.actions import record
from kaejon.apps.partners.models import Organization
from kaejon.methods.errors import UsageError


@made_once
@transaction.atomic
def assign_role(
    *,
    user: User,
    role: str,
    area: str,
    organization: Organization,
    purpose: str,
    valid_from: date,
    by: User,
    valid_until: date | None = None,
) -> RoleAssignment:
    """Grant a role in an area.

    Refuses an area outside the giver's own (NotPermitted), a role that is not for people,
    and a grant to oneself.
    """
    require(by, Permission.MANAGE_ACCOUNTS, at=area)
    if role not in ASSIGNABLE:
        raise UsageError("unknown_role", f"{role!r} is not a role a person can be given")
    refuse_own_account(user, by)
    assignment = RoleAssignment(
        user=user,
        role=role,
        area_id=area,
        organization=organization,
        purpose=purpose,
        valid_from=valid_from,
        valid_until=valid_until,
        granted_by=by,
    )
    assignment.full_clean()
    assignment.save()
    wait_for_first_role(user, role, by)
    record(
        by=by,
        verb="access.assign",
        subject_type="user",
        subject_id=user.public_id,
        area=area,
        label=user.display_name,
        changes={
            "role": role,
            "from": str(valid_from),
            "until": str(valid_until or ""),
            "purpose": purpose,
        },
    )
    return assignment


@transaction.atomic
def end_assignment(
    *, assignment: RoleAssignment, last_day: date, by: User, reason: str = ""
) -> RoleAssignment:
    """End a grant after its last day.

    Refuses a day before its first or after its present last day, and a grant
    without which an area would have no administrator.
    """
    held = RoleAssignment.objects.select_for_update().get(pk=assignment.pk)
    require(by, Permission.MANAGE_ACCOUNTS, at=held.area_id)
    refuse_own_account(held.user, by)
    if held.valid_until and held.valid_until <= last_day:
        raise AccessRefused("ended_already", _("This role ends on or before that day already."))
    if last_day < held.valid_from:
        raise AccessRefused(
            "ends_before_start",
            _("The last day lies before the first day."),
            _("Choose the first day of the role or a later day."),
        )
    refuse_without_administrator([held], last_day)
    before, held.valid_until, held.ended_by = held.valid_until, last_day, by
    held.save(update_fields=["valid_until", "ended_by"])
    record(
        by=by,
        verb="access.end",
        subject_type="user",
        subject_id=held.user.public_id,
        area=held.area_id,
        label=held.user.display_name,
        changes={
            "role": held.role,
            "until": {"from": str(before or ""), "to": str(last_day)},
        },
        reason=reason,
    )
    return held


@transaction.atomic
def hand_over(*, giver: User, taker: User, on: date, by: User) -> list[RoleAssignment]:
    """From a day on, the taker holds every grant the giver holds; the giver's end the day before.

    Both accounts must lie inside the area of the person who does it. Refuses to hand
    over to the giver, to oneself, and when there is nothing to hand over.
    """
    for user in (giver, taker):
        refuse_unseen(user, by)
    if giver.pk == taker.pk:
        raise AccessRefused(
            "same_person", _("Both are the same person."), _("Choose another person to take over.")
        )
    if not (manages_whole(by, giver) and manages_whole(by, taker)):
        raise AccessRefused(
            "outside_area",
            _("One of the two works outside the area you manage."),
            _("Ask the administrator of that area."),
        )
    last_day = on - timedelta(days=1)
    rows = [row for row in open_assignments(giver, on) if row.valid_from <= on]
    if not rows:
        raise AccessRefused("nothing_to_hand_over", _("This person holds no role on that day."))
    opened = []
    for row in rows:
        opened.append(
            assign_role(
                user=taker,
                role=row.role,
                area=row.area_id,
                organization=row.organization,
                purpose=row.purpose,
                valid_from=on,
                valid_until=row.valid_until,
                by=by,
            )
        )
    for row in rows:
        end_assignment(assignment=row, last_day=max(last_day, row.valid_from), by=by)
    record(
        by=by,
        verb="access.hand_over",
        subject_type="user",
        subject_id=giver.public_id,
        area=rows[0].area_id,
        label=giver.display_name,
        changes={"to": taker.display_name, "to_id": taker.public_id, "on": str(on)},
    )
    return opened


def refuse_own_account(user: User, by: User) -> None:
    """Nobody gives, takes or opens anything of their own account."""
    if user.pk == by.pk:
        raise AccessRefused(
            "own_account",
            _("You cannot change the roles or the state of your own account."),
            _("Ask another administrator."),
        )


def refuse_unseen(user: User, by: User) -> None:
    """Refuse (NotPermitted) an account that the actor does not manage, not even in part."""
    if not accounts_visible_to(by).filter(pk=user.pk).exists():
        raise NotPermitted(Permission.MANAGE_ACCOUNTS)


def refuse_without_administrator(ending: list[RoleAssignment], last_day: date) -> None:
    """Refuse when, the day after, nobody could manage accounts where somebody can now."""
    day_after = max(last_day, timezone.localdate()) + timedelta(days=1)
    if areas_left_without_administrator(ending, day_after):
        raise AccessRefused(
            "last_administrator",
            _("This is the last administrator of the area. Nobody could manage accounts any more."),
            _("Give the role of administrator to another person first."),
        )
