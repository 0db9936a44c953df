"""What minutes and filled-in worklists hold about a family that was erased."""

from __future__ import annotations

from kaejon.apps.records import Erasure
from kaejon.apps.surveys.models import AgendaItem, Forum, ResultsFile


def erase_minutes(erasure: Erasure) -> None:
    """In what a sitting wrote down, the number of the agenda item stands for the name."""
    sittings = Forum.objects.filter(agenda__household=erasure.home).distinct()
    for forum in sittings.filter(erasure.speaks("note")):
        forum.note = erasure.without_names(forum.note, item_number(forum, erasure.home))
        forum.save(update_fields=["note"])


def item_number(forum: Forum, household: int | None) -> str:
    """The place of a household on the agenda of a sitting, as "(3)"."""
    keys = list(AgendaItem.objects.filter(forum=forum).values_list("household", flat=True))
    return f"({keys.index(household) + 1})" if household in keys else "(-)"


def erase_results(erasure: Erasure) -> None:
    """Worklists of the village that were sent back and not yet written: they can be sent again."""
    waiting = ResultsFile.objects.filter(area=erasure.area, applied_at=None)
    for row in waiting.exclude(stored_as=""):
        erasure.discard(row.stored_as)
    waiting.delete()
