"""A household moved beyond the area of those who keep it: offer it to those who work there."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record
from kaejon.apps.folders.guards import (
    household_to_change,
    lock_household,
    refuse_no_reason,
    refuse_outside,
)
from kaejon.apps.folders.stating import derive, state
from kaejon.apps.homes.models import HandOver, HandOverState
from kaejon.apps.homes.refusals import HomesError
from kaejon.apps.households.models import Household


@made_once
@transaction.atomic
def offer(
    *, household: Household, to_area: Area, moved_on: date, reason: str, by: User
) -> HandOver:
    """Say that the household moved to a village elsewhere; it counts as moved away until it is taken over.

    Refuses a village inside the actor's area, and a second open offer.
    """
    held = household_to_change(household, by)
    refuse_no_reason(reason)
    if may(by, Permission.EDIT_HOUSEHOLDS, at=to_area.code):
        raise HomesError("NOT_BEYOND")
    if held.hand_overs.filter(state=HandOverState.OPEN).exists():
        raise HomesError("ALREADY_OFFERED")
    moved = {"presence": "moved", "presence_on": moved_on.isoformat()}
    state(household=held, facts=moved, reason=reason, actor=by, on=moved_on)
    derive(households=[held.pk], areas={held.area_id})
    row = HandOver.objects.create(
        household=held,
        from_area_id=held.area_id,
        to_area=to_area,
        moved_on=moved_on,
        reason=reason,
        asked_by=by,
    )
    remember(row, "household.offer", by, reason)
    return row


@transaction.atomic
def accept(*, hand_over: HandOver, house_no: str, reason: str, by: User) -> Household:
    """Take the household over: it lives here now, with all its history."""
    refuse_outside(by, hand_over.to_area_id)
    row = hold(hand_over)
    household = lock_household(row.household)
    facts = {
        "area": row.to_area_id,
        "house_no": house_no.strip(),
        "presence": "present",
        "presence_on": row.moved_on.isoformat(),
    }
    state(
        household=household, facts=facts, reason=reason or row.reason, actor=by, area=row.to_area_id
    )
    derive(households=[household.pk], areas={row.from_area_id, row.to_area_id})
    answer(row, HandOverState.ACCEPTED, reason, by)
    remember(row, "household.take_over", by, reason)
    household.refresh_from_db()
    return household


@transaction.atomic
def decline(*, hand_over: HandOver, reason: str, by: User) -> HandOver:
    """Say why the household is not taken over; it stays with those who offered it."""
    refuse_outside(by, hand_over.to_area_id)
    refuse_no_reason(reason)
    row = hold(hand_over)
    answer(row, HandOverState.DECLINED, reason, by)
    remember(row, "household.decline", by, reason)
    return row


@transaction.atomic
def recall(*, hand_over: HandOver, by: User) -> HandOver:
    """Take an offer back before it is answered. That the household moved away stands."""
    household_to_change(hand_over.household, by)
    row = hold(hand_over)
    answer(row, HandOverState.RECALLED, "", by)
    remember(row, "household.recall", by, "")
    return row


def hold(hand_over: HandOver) -> HandOver:
    """The offer as it is now, locked; refuses one that was answered."""
    row = HandOver.objects.select_for_update(of=("self",)).get(pk=hand_over.pk)
    if row.state != HandOverState.OPEN:
        raise HomesError("ALREADY_UNDONE")
    return row


def answer(row: HandOver, said: str, reason: str, by: User) -> None:
    row.state, row.answer, row.answered_by, row.answered_at = said, reason, by, timezone.now()
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])


def remember(row: HandOver, verb: str, by: User, reason: str) -> None:
    """History, in the area that gives; the other is named."""
    record(
        by=by,
        verb=verb,
        subject_type="household",
        subject_id=row.household.public_id,
        area=row.from_area_id,
        label=row.household.head_name,
        changes={"to": row.to_area_id, "on": row.moved_on.isoformat()},
        reason=reason,
    )
