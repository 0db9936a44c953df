"""What folders leave behind beside their tables: names in a village's strengths, prints, exports."""

from __future__ import annotations

from typing import Any

from kaejon.apps.folders.models import CommunityStrength
from kaejon.apps.jobs.models import Job
from kaejon.apps.records import ERASED, Erasure


def erase_strengths(erasure: Erasure) -> None:
    """Strengths of the village or tambon that name one of the erased lose the name."""
    places = [erasure.area, erasure.area[:6]]
    for column in ("text", "source"):
        rows = CommunityStrength.objects.filter(erasure.speaks(column), area__in=places)
        for row in rows:
            setattr(row, column, erasure.without_names(getattr(row, column), ERASED))
            row.save(update_fields=[column])


def end_papers(sender: Any, erasure: Erasure, **kwargs: Any) -> None:
    """Prints that hold the household and every exported list end: their files go, they can be made anew."""
    # Here: they bring NumPy and the writer of XLSX, a third of the start of every command.
    from kaejon.apps.folders import exporting, printing

    for job in Job.objects.filter(kind=printing.KIND):
        if erasure.home in job.payload.get("households", ()):
            for path in printing.parts_of(job):
                erasure.discard(path)
    for job in Job.objects.filter(kind=exporting.KIND, result__has_key="file"):
        erasure.discard(job.result["file"])
        exporting.mark_expired(job)
