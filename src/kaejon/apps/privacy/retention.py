"""Lists past the time their source promised to keep them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.operator import ensure_operator
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, require, scope_of
from kaejon.apps.audit.actions import record
from kaejon.apps.jobs.actions import Progress, enqueue
from kaejon.apps.jobs.models import Job
from kaejon.apps.sources import files
from kaejon.apps.sources.models import (
    Assertion,
    BatchStatus,
    ImportBatch,
    SourceRecord,
    SourceVersion,
)
from kaejon.apps.vault.sealing import seal_json

KIND = "purge_expired"
# In a batch's `info` once its file and rows as received are gone.
PURGED = "purged"
RESTING = (
    BatchStatus.APPLIED,
    BatchStatus.REVERSED,
    BatchStatus.REFUSED,
    BatchStatus.FAILED,
    BatchStatus.UPLOADED,
    BatchStatus.STAGED,
)


@dataclass(frozen=True)
class Expired:
    """One list version past its time: what is still held of it."""

    version: SourceVersion
    kept_until: date
    files: int
    rows: int


def batches_to_purge(scope: Scope) -> QuerySet[ImportBatch]:
    """Batches at rest in these areas whose rows as received are still held.

    Not by the file alone: an erasure deletes that of a list whose rows stay.
    """
    resting = ImportBatch.objects.filter(scope.by_area("area_id"), status__in=RESTING)
    return resting.exclude(info__has_key=PURGED)


def expired_versions(actor: User, on: date | None = None) -> list[Expired]:
    """Versions past their time with sealed files the actor may purge, oldest first."""
    day = on or timezone.localdate()
    batches = batches_to_purge(scope_of(actor, Permission.MANAGE_SOURCES))
    versions = (
        SourceVersion.objects.filter(Exists(batches.filter(version=OuterRef("pk"))))
        .select_related("source__owner")
        .order_by("as_of", "pk")
    )
    found = []
    for version in versions:
        if version.kept_until < day:
            held = batches.filter(version=version)
            rows = SourceRecord.objects.filter(batch__in=held).count()
            found.append(Expired(version, version.kept_until, held.count(), rows))
    return found


@transaction.atomic
def purge_expired(*, by: User, on: date | None = None) -> int:
    """Delete the sealed files and the rows as received of expired versions; returns the files deleted.

    What the registry derived from them, and who claimed it, stays.
    """
    require(by, Permission.MANAGE_SOURCES)
    scope = scope_of(by, Permission.MANAGE_SOURCES)
    purged = 0
    for expired in expired_versions(by, on):
        for batch in batches_to_purge(scope).filter(version=expired.version):
            purge_batch(batch, by, expired.kept_until)
            purged += 1
    return purged


def purge_batch(batch: ImportBatch, by: User, until: date) -> None:
    rows = SourceRecord.objects.filter(batch=batch)
    claimed = Exists(Assertion.objects.filter(record=OuterRef("pk")))
    rows.update(raw_sealed=seal_json([]), issues=[], candidates=[])
    rows.filter(~claimed).update(facts={}, national_id_sealed=None, national_id_index="", group="")
    stored, batch.stored_as = batch.stored_as, ""
    batch.info = batch.info | {"sample": [], PURGED: True}
    batch.save(update_fields=["stored_as", "info"])
    record(
        by=by,
        verb="list.purge",
        subject_type="batch",
        subject_id=batch.public_id,
        area=batch.area_id,
        label=batch.file_name,
        changes={"kept_until": str(until)},
    )
    if stored:
        transaction.on_commit(lambda: files.discard(stored))


def ask_for_today() -> int:
    """Housekeeping: one job a day deletes what is past its time; its row says when that was last done."""
    key = f"{KIND} {timezone.localdate()}"
    if Job.objects.filter(key=key).exists():
        return 0
    enqueue(kind=KIND, key=key, payload={}, by=ensure_operator(), owed=True)
    return 1


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: delete what is past its time, everywhere, as the system operator."""
    with transaction.atomic():
        files_deleted = purge_expired(by=progress.job.created_by)
        progress.advance(stage="purge", done=files_deleted, total=files_deleted)
    return {"files": files_deleted}


def last_run() -> Job | None:
    """When the worker last looked for lists past their time."""
    return Job.objects.filter(kind=KIND).exclude(finished_at=None).order_by("-finished_at").first()
