"""Before a new search: bring what people decided to the people who stand now.

A list taken back and applied again brings its people anew. The rows that spoke of each
find them; what was said to be the same is merged again, what was said to be different
binds to the new ones.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q

from kaejon.apps.areas.queries import contains
from kaejon.apps.households.models import Person
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.linking.merging import merge_people
from kaejon.apps.linking.models import PairDecision, PairState, PersonPair
from kaejon.apps.sources.models import SourceRecord


def honour_decisions(area: str, progress: Progress) -> None:
    """Find people again for pairs that lost one, and merge again who was said to be the same."""
    lost = PersonPair.objects.filter(Q(one=None) | Q(other=None), decisions__undone_at=None)
    for key in list(lost.exclude(decisions=None).distinct().values_list("pk", flat=True)):
        with transaction.atomic():
            find_again(PersonPair.objects.select_for_update().get(pk=key), area)
            progress.advance(stage="honour")
    apart = PairDecision.objects.filter(
        undone_at=None,
        pair__state=PairState.SAME,
        pair__one__merged_into=None,
        pair__other__merged_into=None,
        pair__one__isnull=False,
        pair__other__isnull=False,
    )
    for decision in apart.select_related("pair__one", "pair__other", "decided_by"):
        with transaction.atomic():
            merge_again(decision, area)
            progress.advance(stage="honour")


def find_again(pair: PersonPair, area: str) -> None:
    """Give the pair the people whom its rows speak of now, when both are in the area."""
    one, other = (
        person or person_of_rows(rows)
        for person, rows in ((pair.one, pair.rows_one), (pair.other, pair.rows_other))
    )
    if one is None or other is None or one == other or not both_in(area, one, other):
        return
    if one.pk > other.pk:
        one, other = other, one
        pair.rows_one, pair.rows_other = pair.rows_other, pair.rows_one
    pair.one, pair.other = one, other
    PersonPair.objects.filter(one=one, other=other, decisions=None).exclude(pk=pair.pk).delete()
    try:
        with transaction.atomic():
            pair.save()
    except IntegrityError:  # somebody has spoken on the new pair already
        return


def person_of_rows(rows: list[int]) -> Person | None:
    """The one person of whom the rows speak now; None when they speak of nobody or of several."""
    spoken = SourceRecord.objects.filter(pk__in=rows, person__isnull=False)
    keys = set(spoken.values_list("person", flat=True))
    return Person.objects.filter(pk__in=keys).first() if len(keys) == 1 else None


def both_in(area: str, one: Person, other: Person) -> bool:
    return contains(area, one.area_id) and contains(area, other.area_id)


def merge_again(decision: PairDecision, area: str) -> None:
    """Carry out a decision whose people stand apart again."""
    one, other = decision.pair.one, decision.pair.other
    if one is None or other is None or not both_in(area, one, other):
        return
    kept, gone = (other, one) if decision.kept_id == other.pk else (one, other)
    decision.merge = merge_people(kept=kept, gone=gone, actor=decision.decided_by)
    decision.kept = kept
    decision.save(update_fields=["merge", "kept"])
