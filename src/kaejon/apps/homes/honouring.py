"""Before a new search: bring what people decided to the households that stand now.

A list taken back and applied again brings its households anew. The rows that spoke of each
find them, so that what was decided is not asked again; what was said to be one household and
stands twice again is made one again.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q

from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.areas.queries import contains
from kaejon.apps.homes.merging import merge_households
from kaejon.apps.homes.models import HouseholdDecision, HouseholdPair, PairState
from kaejon.apps.households.models import Household
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.sources.models import SourceRecord
from kaejon.methods.errors import DataError


def honour_decisions(area: str, progress: Progress) -> None:
    """Find households again for decided pairs that lost one, and make one again what was said to be one."""
    lost = Q(one=None) | Q(other=None)
    HouseholdPair.objects.filter(lost, decisions=None).delete()
    held = HouseholdPair.objects.filter(lost | Q(state=PairState.SAME))
    decided = HouseholdDecision.objects.filter(undone_at=None, pair__in=held)
    for decision in list(decided.select_related("pair", "change", "decided_by")):
        with transaction.atomic():
            find_again(decision, area)
            progress.advance(stage="honour")


def find_again(decision: HouseholdDecision, area: str) -> None:
    """Give the pair the households of which its rows speak now, when both are in the area."""
    pair = HouseholdPair.objects.select_for_update(of=("self",)).get(pk=decision.pair_id)
    one, other = household_of_rows(pair.rows_one), household_of_rows(pair.rows_other)
    if pair.state != PairState.SAME:  # of one made from two, a side may be a pointer
        one, other = pair.one or one, pair.other or other
    if one is None or other is None or one == other:
        return
    if not (contains(area, one.area_id) and contains(area, other.area_id)):
        return
    if one.pk > other.pk:
        one, other = other, one
        pair.rows_one, pair.rows_other = pair.rows_other, pair.rows_one
    pair.one, pair.other = one, other
    HouseholdPair.objects.filter(one=one, other=other, decisions=None).exclude(pk=pair.pk).delete()
    try:
        with transaction.atomic():
            pair.save()
    except IntegrityError:  # somebody has spoken on the new pair already
        return
    if pair.state == PairState.SAME:
        merge_again(decision, one, other)


def household_of_rows(rows: list[int]) -> Household | None:
    """The one household of which the rows speak now; None when they speak of none or of several."""
    spoken = SourceRecord.objects.filter(pk__in=rows, household__isnull=False)
    keys = set(spoken.values_list("household", flat=True))
    return Household.objects.filter(pk__in=keys).first() if len(keys) == 1 else None


def merge_again(decision: HouseholdDecision, one: Household, other: Household) -> None:
    """Make one again what stands apart; where that is refused, the pair waits for a person."""
    kept, gone = (other, one) if decision.change and decision.change.kept == other else (one, other)
    try:
        with transaction.atomic():
            decision.change = merge_households(
                kept=kept, gone=gone, reason=decision.reason, by=decision.decided_by
            )
    except (DataError, NotPermitted):
        HouseholdPair.objects.filter(pk=decision.pair_id).update(state=PairState.OPEN)
        return
    decision.save(update_fields=["change"])
