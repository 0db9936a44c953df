"""Count how full and how valid the rows of an applied file are, in the background."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum, Value
from django.db.models.functions import Substr

from kaejon.apps.access.models import User
from kaejon.apps.access.scope import Scope
from kaejon.apps.areas.queries import within
from kaejon.apps.coverage.models import ListQuality
from kaejon.apps.jobs.actions import Progress, call_off, enqueue
from kaejon.apps.jobs.models import Job
from kaejon.apps.sources.models import (
    BatchStatus,
    ImportBatch,
    Outcome,
    SourceRecord,
    SourceVersion,
)
from kaejon.methods.completeness import judge

KIND = "count_quality"
ROWS = "row"
ROWS_AT_ONCE = 5_000
DAYS_A_YEAR = 365.25

# (tambon, field) → numbers
Figures = dict[str, Counter[tuple[str, str]]]


def request_count(batch: ImportBatch, actor: User) -> Job:
    """Ask for a file to be counted; asked again before it is applied anew, it is the same job."""
    taken_in = batch.records.order_by("-pk").values_list("pk", flat=True).first()
    return enqueue(
        kind=KIND,
        key=f"quality {batch.pk} {taken_in}",
        payload={"batch": batch.pk},
        by=actor,
        owed=True,
    )


def forget_count(batch: ImportBatch) -> None:
    """Remove the figures of a file, and the counting that waits."""
    call_off(kind=KIND, keys=f"quality {batch.pk} ", why="reversed")
    ListQuality.objects.filter(batch=batch).delete()


def ask_for_the_rest() -> int:
    """Ask for applied files that nobody asked for, as after an upgrade; returns how many."""
    waiting = ImportBatch.objects.filter(status=BatchStatus.APPLIED, quality=None)
    known = set(Job.objects.filter(kind=KIND).values_list("payload__batch", flat=True))
    left = [batch for batch in waiting.select_related("uploaded_by") if batch.pk not in known]
    for batch in left:
        request_count(batch, batch.uploaded_by)
    return len(left)


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: read the rows of the file named in the payload and write its figures.

    Interrupted, it starts over: nothing is written before all rows are read.
    """
    batch = ImportBatch.objects.get(pk=progress.job.payload["batch"])
    figures: Figures = {"rows": Counter(), "filled": Counter(), "valid": Counter()}
    total, done = batch.records.count(), 0
    for rows in in_steps(batch):
        with transaction.atomic():
            progress.advance(stage="count", done=done, total=total)
        for code, outcome, facts in rows:
            add(figures, code[:6], outcome, facts)
        done += len(rows)
    found = as_rows(batch, figures)
    with transaction.atomic():
        ListQuality.objects.filter(batch=batch).delete()
        ListQuality.objects.bulk_create(found, batch_size=2_000)
        progress.advance(done=done, total=total)
    return {"rows": done}


def in_steps(batch: ImportBatch) -> Iterator[list[tuple[str, str, dict[str, Any]]]]:
    """(area code, outcome, facts) of the rows in file order."""
    last = 0
    while True:
        rows = SourceRecord.objects.filter(batch=batch, row_number__gt=last).order_by("row_number")
        step = list(rows.values_list("row_number", "area_code", "outcome", "facts")[:ROWS_AT_ONCE])
        if not step:
            return
        last = step[-1][0]
        yield [row[1:] for row in step]


def add(figures: Figures, area: str, outcome: str, facts: dict[str, Any]) -> None:
    """Count one row; of a rejected one nothing but that it was there."""
    taken = outcome != Outcome.REJECTED
    figures["rows"][area, ROWS] += 1
    figures["filled"][area, ROWS] += taken
    figures["valid"][area, ROWS] += taken
    if taken:
        for name, (filled, valid) in judge(facts).items():
            figures["rows"][area, name] += 1
            figures["filled"][area, name] += filled
            figures["valid"][area, name] += valid


def as_rows(batch: ImportBatch, figures: Figures) -> list[ListQuality]:
    return [
        ListQuality(
            batch=batch,
            area_code=area,
            field=name,
            rows=number,
            filled=figures["filled"][area, name],
            valid=figures["valid"][area, name],
        )
        for (area, name), number in sorted(figures["rows"].items())
    ]


@dataclass
class Quality:
    """Figures of one list version in one area: field → rows, filled, valid; rows that wait."""

    version: SourceVersion
    batches: list[ImportBatch] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    valid: Counter[str] = field(default_factory=Counter)
    waiting: int = 0

    @property
    def rejected(self) -> int:
        return self.rows[ROWS] - self.filled[ROWS]

    def age(self, today: date) -> float:
        """Years since the day the list speaks of."""
        return (today - self.version.as_of).days / DAYS_A_YEAR

    def add(self, name: str, rows: int, filled: int, valid: int) -> None:
        self.rows[name] += rows
        self.filled[name] += filled
        self.valid[name] += valid


def quality_of(scope: Scope, area: str, part_length: int = 0) -> dict[tuple[int, str], Quality]:
    """(version, part) → figures of the files applied in the area, as far as the scope reaches.

    Files are counted by tambon, so a village is answered by its tambon. Three queries.
    """
    here = scope.by_area("area_code") & within(area[:6], "area_code")
    part = Substr("area_code", 1, min(part_length, 6)) if part_length else Value("")
    rows = ListQuality.objects.filter(here, batch__status=BatchStatus.APPLIED).annotate(part=part)
    sums = rows.values_list("batch", "part", "field").annotate(
        Sum("rows"), Sum("filled"), Sum("valid")
    )
    figures = list(sums.order_by("batch", "part"))
    batches = ImportBatch.objects.select_related("version__source").in_bulk({f[0] for f in figures})
    found: dict[tuple[int, str], Quality] = {}
    for batch, code, name, *numbers in figures:
        version = batches[batch].version
        quality = found.setdefault((version.pk, code), Quality(version))
        quality.add(name, *numbers)
        if batches[batch] not in quality.batches:
            quality.batches.append(batches[batch])
    length = min(part_length, 6)
    waiting = SourceRecord.objects.filter(
        scope.by_area("area_code"),
        within(area[:6], "area_code"),
        batch__in=batches,
        outcome=Outcome.AMBIGUOUS,
    )
    for version_key, code in waiting.values_list("batch__version", "area_code"):
        if (held := found.get((version_key, code[:length]))) is not None:
            held.waiting += 1
    return found


def not_counted_yet() -> int:
    """Applied files whose figures are still being made."""
    return ImportBatch.objects.filter(status=BatchStatus.APPLIED, quality=None).count()
