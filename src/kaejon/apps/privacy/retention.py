"""Lists past the time their source promised to keep them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, require, scope_of
from kaejon.apps.audit.actions import record
from kaejon.apps.sources import files
from kaejon.apps.sources.models import (
    Assertion,
    BatchStatus,
    ImportBatch,
    SourceRecord,
    SourceVersion,
)
from kaejon.apps.vault.sealing import seal_json

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
    """Batches at rest in these areas whose file is still held."""
    return ImportBatch.objects.filter(scope.by_area("area_id"), status__in=RESTING).exclude(
        stored_as=""
    )


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
    batch.save(update_fields=["stored_as"])
    record(
        by=by,
        verb="list.purge",
        subject_type="batch",
        subject_id=batch.public_id,
        area=batch.area_id,
        label=batch.file_name,
        changes={"kept_until": str(until)},
    )
    transaction.on_commit(lambda: files.discard(stored))
