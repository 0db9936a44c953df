"""Apply a checked file: rows become claims, claims become people and households.

Rows are taken household by household (as the list groups them). Each chunk is
one transaction with the job's progress inside; the comparison with the registry
is made again there, so that nothing applied in between is overlooked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.areas.actions import ensure_villages
from kaejon.apps.audit.actions import record as record_event
from kaejon.apps.households.bulk import Among, collector_paused, give_related, read_rows
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.sources.chunk import NEEDED, NOT_HELD, Chunk
from kaejon.apps.sources.deciding import apply_left_over
from kaejon.apps.sources.models import NOT_APPLIED, BatchStatus, ImportBatch, SourceRecord
from kaejon.apps.sources.reach import Reach, reach_for
from kaejon.apps.sources.rights import refuse_lost_right
from kaejon.apps.sources.signals import areas_changed, households_changed, list_applied
from kaejon.apps.sources.staging import count_outcomes
from kaejon.apps.sources.stated import areas_spoken_of

CHUNK = 4000


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: apply the batch named in the payload."""
    batch = ImportBatch.objects.select_related("version__source", "uploaded_by").get(
        pk=progress.job.payload["batch"]
    )
    refuse_lost_right(progress.job, batch)
    if batch.status != BatchStatus.APPLYING:
        return {}
    # Rows that stayed out while applying keep their turn, so that `done` means the same rows.
    order = list(
        batch.records.exclude(Q(outcome__in=NOT_APPLIED) & ~Q(rule=NOT_HELD))
        .order_by("group", "row_number")
        .values_list("pk", "group")
    )
    done = progress.job.done if progress.job.stage == "apply" else 0
    for keys in whole_groups(order[done:], CHUNK):
        with collector_paused(), transaction.atomic():
            reach = reach_for(batch, progress.job.created_by_id, Permission.APPLY_LISTS)
            apply_rows(batch, keys, reach, progress.job.created_by)
            done += len(keys)
            progress.advance(stage="apply", done=done, total=len(order))
    return finish(batch, progress)


def whole_groups(order: Iterable[tuple[int, str]], size: int) -> Iterator[list[int]]:
    """Record keys in chunks of about `size` that never split a household of the list."""
    chunk: list[int] = []
    for _, rows in groupby(order, key=lambda item: item[1]):
        chunk.extend(pk for pk, _ in rows)
        if len(chunk) >= size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def apply_rows(batch: ImportBatch, keys: list[int], reach: Reach, by: User) -> None:
    """Apply one chunk of whole groups inside the caller's transaction."""
    rows = SourceRecord.objects.filter(Among("pk", keys)).order_by("group", "row_number")
    records = read_rows(rows, *NEEDED)
    give_related(records, "batch", batch)
    villages = {
        r.area_code: r.facts["household"].get("village_name", "")
        for r in records
        if len(r.area_code) == 8
    }
    ensure_villages(villages)
    chunk = Chunk(batch, records, reach)
    chunk.compare()
    chunk.find_households()
    chunk.write()
    households_changed.send(
        sender=ImportBatch, households=chunk.touched_households(), stated=chunk.stated_now()
    )
    chunk.tell_history(by)
    chunk.tell_beyond()


def finish(batch: ImportBatch, progress: Progress) -> dict[str, Any]:
    """Close the batch: counts, tallies of its areas, one line of history."""
    with transaction.atomic():
        apply_left_over(batch, progress.job.created_by)
    counts = count_outcomes(batch)
    with transaction.atomic():
        areas_changed.send(sender=ImportBatch, areas=areas_spoken_of(batch))
        ImportBatch.objects.filter(pk=batch.pk, status=BatchStatus.APPLYING).update(
            status=BatchStatus.APPLIED, applied_at=timezone.now(), reversed_at=None, counts=counts
        )
        record_event(
            by=progress.job.created_by,
            verb="list.apply",
            subject_type="batch",
            subject_id=batch.public_id,
            area=batch.area_id,
            label=batch.file_name,
            changes=counts["outcomes"],
        )
        list_applied.send(sender=ImportBatch, batch=batch, by=progress.job.created_by)
        progress.advance()
    return counts
