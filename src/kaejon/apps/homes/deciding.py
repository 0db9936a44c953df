"""Say whether two households are one, and take it back. Never asked twice."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.areas.queries import shared_area
from kaejon.apps.audit.actions import record
from kaejon.apps.homes.housing import house_together
from kaejon.apps.homes.merging import merge_households
from kaejon.apps.homes.models import (
    WAITING,
    HouseholdChange,
    HouseholdDecision,
    HouseholdPair,
    PairState,
)
from kaejon.apps.homes.queries import may_change
from kaejon.apps.homes.refusals import HomesError
from kaejon.apps.homes.undoing import undo_change
from kaejon.apps.households.models import Household
from kaejon.apps.sources.models import SourceRecord


def _merge_second(*, kept: Household, second: Household, reason: str, by: User) -> HouseholdChange:
    return merge_households(kept=kept, gone=second, reason=reason, by=by)


# Verdicts that change the registry, and how
CHANGING: dict[str, Callable[..., HouseholdChange]] = {
    PairState.SAME: _merge_second,
    PairState.SAME_HOUSE: house_together,
}


@transaction.atomic
def decide_pair(
    *,
    pair: HouseholdPair,
    verdict: str,
    by: User,
    kept: Household | None = None,
    reason: str = "",
) -> HouseholdDecision:
    """Say "same" (`kept`: which one stands), "same_house" (`kept`: whose address is right),
    "different" or "cannot_tell".

    Refuses somebody who may not change both households (NotPermitted), and a pair that no longer
    waits.
    """
    held = HouseholdPair.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    one, other = held.one, held.other
    if not all(may_change(by, h) for h in (one, other) if h is not None):
        raise NotPermitted(Permission.APPLY_LISTS)
    if one is None or other is None or held.state not in WAITING:
        raise HomesError("NOT_WAITING")
    both = (one, other)
    if any(h.merged_into_id for h in both):
        raise HomesError("NOT_WAITING")
    held.decisions.filter(undone_at=None).update(undone_at=timezone.now(), undone_by=by)
    decision = HouseholdDecision(pair=held, verdict=verdict, reason=reason, decided_by=by)
    held.rows_one, held.rows_other = rows_of(one), rows_of(other)
    if verdict in CHANGING:
        if kept is None or kept not in both:
            raise HomesError("ONE_HOUSEHOLD")
        second = other if kept == one else one
        decision.change = CHANGING[verdict](kept=kept, second=second, reason=reason, by=by)
    decision.save()
    held.state = verdict
    held.save(update_fields=["state", "rows_one", "rows_other"])
    remember(decision, f"homes.{verdict}", by)
    return decision


@transaction.atomic
def undo_decision(*, decision: HouseholdDecision, by: User) -> HouseholdDecision:
    """Take a decision back: the pair waits again, and two households made one are two again."""
    held = HouseholdDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    for household in (held.pair.one, held.pair.other):
        place = household.area_id if household else WHOLE_SYSTEM
        require(by, Permission.APPLY_LISTS, at=place)
    if held.undone_at is not None:
        raise HomesError("ALREADY_UNDONE")
    if held.change is not None and held.change.undone_at is None:
        undo_change(change=held.change, by=by)
    held.undone_at, held.undone_by = timezone.now(), by
    held.save(update_fields=["undone_at", "undone_by"])
    HouseholdPair.objects.filter(pk=held.pair_id).update(state=PairState.OPEN)
    remember(held, "homes.undo", by)
    return held


def rows_of(household: Household) -> list[int]:
    """Rows of lists that speak of the household, by which it is found when they come anew."""
    rows = SourceRecord.objects.filter(household=household).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def remember(decision: HouseholdDecision, verb: str, by: User) -> None:
    """One line of history: which two, without names, in the area that holds both."""
    pair = decision.pair
    keys = [key for key in (pair.one_id, pair.other_id) if key is not None]
    both = Household.everyone.in_bulk(keys)
    record(
        by=by,
        verb=verb,
        subject_type="household_pair",
        subject_id=pair.public_id,
        area=shared_area(home.area_id for home in both.values()),
        changes={
            "households": [str(both[key].public_id) for key in keys],
            "reasons": pair.reasons,
        },
        reason=decision.reason,
    )
