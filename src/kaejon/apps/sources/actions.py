"""Writes on lists: register a source, upload, map, stage, apply, reverse, discard.

Long steps become jobs; each move of a batch is checked against MOVES and recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require, scope_of
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.areas.queries import roots
from kaejon.apps.audit.actions import record
from kaejon.apps.households.queries import starts_with
from kaejon.apps.jobs.actions import call_off, enqueue
from kaejon.apps.jobs.models import Job
from kaejon.apps.jobs.models import Status as JobStatus
from kaejon.apps.partners.models import Organization
from kaejon.apps.sources import files
from kaejon.apps.sources.masking import hide_ids
from kaejon.apps.sources.models import (
    BatchStatus,
    ImportBatch,
    MappingProfile,
    Source,
    SourceVersion,
)
from kaejon.apps.sources.queries import may_bring
from kaejon.apps.sources.reach import areas_to_bring
from kaejon.apps.sources.reversing import refuse_if_leaned_on
from kaejon.apps.sources.rights import ASKED
from kaejon.methods.listfiles import mapping as mappings
from kaejon.methods.listfiles.apart import inspect
from kaejon.methods.listfiles.errors import ListFileError

B = BatchStatus
# verb → (states it may start from, state it leads to)
MOVES: dict[str, tuple[tuple[BatchStatus, ...], BatchStatus]] = {
    "stage": ((B.UPLOADED, B.STAGED, B.REFUSED), B.STAGING),
    "apply": ((B.STAGED, B.REVERSED), B.APPLYING),
    "reverse": ((B.APPLIED, B.APPLYING), B.REVERSING),
    "discard": (
        (B.UPLOADED, B.STAGING, B.STAGED, B.REFUSED, B.FAILED, B.REVERSED),
        B.DISCARDED,
    ),
}


@made_once
@transaction.atomic
def register_source(
    *,
    code: str,
    kind: str,
    name_th: str,
    owner: Organization,
    legal_basis: str,
    purpose: str,
    retention_years: int,
    by: User,
    name_en: str = "",
    rank: int = 50,
    unit: str = "person",
    shared: bool = False,
) -> Source:
    """Add a source, or change the promise of the one with this code.

    `shared`: officers of areas below the owner's may bring in their part of its lists.
    Refuses (NotPermitted) an owner, or a source of one, where the actor does not keep sources.
    """
    before = Source.objects.select_related("owner").filter(code=code).first()
    for organization in (owner, before.owner if before else owner):
        require(by, Permission.MANAGE_SOURCES, at=organization.area_id)
    return keep_source(
        code=code,
        kind=kind,
        name_th=name_th,
        owner=owner,
        legal_basis=legal_basis,
        purpose=purpose,
        retention_years=retention_years,
        actor=by,
        name_en=name_en,
        rank=rank,
        unit=unit,
        shared=shared,
    )


def keep_source(
    *,
    code: str,
    kind: str,
    name_th: str,
    owner: Organization,
    legal_basis: str,
    purpose: str,
    retention_years: int,
    actor: User,
    name_en: str = "",
    rank: int = 50,
    unit: str = "person",
    shared: bool = False,
) -> Source:
    """As `register_source`; a part of verbs that asked whether the actor may."""
    source, created = Source.objects.update_or_create(
        code=code,
        defaults={
            "kind": kind,
            "name_th": name_th,
            "name_en": name_en,
            "owner": owner,
            "legal_basis": legal_basis,
            "purpose": purpose,
            "retention_years": retention_years,
            "rank": rank,
            "unit": unit,
            "shared": shared,
        },
    )
    source.full_clean()
    record(
        by=actor,
        verb="source.register" if created else "source.change",
        subject_type="source",
        subject_id=source.code,
        area=owner.area_id,
        label=name_th,
        changes={
            "legal_basis": legal_basis,
            "purpose": purpose,
            "retention_years": retention_years,
            "shared": shared,
        },
    )
    return source


def version_of(
    source: Source, *, year_be: int, round_number: int = 1, as_of: date | None = None
) -> SourceVersion:
    """The year and round of a source, made on first use. Speaks of 30 September of its year unless told."""
    version, _ = SourceVersion.objects.get_or_create(
        source=source,
        year_be=year_be,
        round=round_number,
        defaults={"as_of": as_of or date(year_be - 543, 9, 30)},
    )
    return version


def upload_list(
    *,
    chunks: Iterable[bytes],
    file_name: str,
    source: Source,
    year_be: int,
    by: User,
    round_number: int = 1,
    sheet: str = "",
    trial: bool = False,
) -> ImportBatch:
    """Keep a file sealed, look into it, and propose which column means what.

    `trial`: only to be checked while somebody waits; dropped when nobody does any more.
    `sheet`: the sheet of a workbook, the first with data unless told. National IDs in the sample
    rows kept beside the batch are hidden; the file alone holds them, sealed. Refuses a file that
    cannot be read at all; nothing is kept of it. Refuses (NotPermitted) a source whose lists `by`
    may not bring in.
    """
    require_bringing(source, by)
    if not 2500 <= year_be <= timezone.localdate().year + 543 + 1:
        raise ListFileError("YEAR_NOT_BE", year=year_be)
    stored, digest, size = files.keep(chunks, limit=settings.IMPORT_MAX_MEGABYTES * 1024**2)
    try:
        with files.opened(stored, Path(file_name).suffix) as path:
            info = inspect(path, file_name, sheet=sheet or None, limits=files.import_limits())
    except BaseException:
        files.discard(stored)
        raise
    batch = _begin_batch(
        version=version_of(source, year_be=year_be, round_number=round_number),
        values={
            "file_name": Path(file_name).name[:255],
            "file_hash": digest,
            "file_size": size,
            "stored_as": stored,
            "info": with_hidden_ids(info.to_json()),
            "mapping": propose_mapping(info.header, source.list_kind),
            "trial": trial,
        },
        by=by,
    )
    if batch.stored_as != stored:  # the same form sent twice
        files.discard(stored)
    return batch


@made_once
@transaction.atomic
def _begin_batch(*, version: SourceVersion, values: dict[str, Any], by: User) -> ImportBatch:
    """The row of an uploaded file, the part of `upload_list` that happens at once."""
    require_bringing(version.source, by)
    batch = ImportBatch.objects.create(
        version=version,
        area_id=home_of(by),
        reach=areas_to_bring(by),
        uploaded_by=by,
        **values,
    )
    record(
        by=by,
        verb="list.upload",
        subject_type="batch",
        subject_id=batch.public_id,
        area=batch.area_id,
        label=batch.file_name,
        changes={
            "source": version.source.code,
            "year": version.year_be,
            "bytes": batch.file_size,
        },
    )
    return batch


def require_bringing(source: Source, by: User) -> None:
    """Refuses (NotPermitted) whoever may not bring in lists of this source."""
    if not may_bring(by, source):
        raise NotPermitted(Permission.IMPORT_LISTS.value, source.owner.area_id)


def with_hidden_ids(info: dict[str, Any]) -> dict[str, Any]:
    """The description of a file with the national IDs of its sample rows hidden."""
    sample = [(number, [hide_ids(cell) for cell in cells]) for number, cells in info["sample"]]
    return info | {"sample": sample}


def home_of(user: User) -> str:
    """The area in whose name the user imports: the widest one, the first by code.

    Commands on the server act everywhere; where the system holds one province, the list is
    that province's, so that its officers see it.
    """
    areas = scope_of(user, Permission.IMPORT_LISTS).areas
    widest = min(areas, key=lambda code: (code != WHOLE_SYSTEM, len(code), code))
    provinces = list(roots().values_list("code", flat=True)[:2])
    return provinces[0] if widest == WHOLE_SYSTEM and len(provinces) == 1 else widest


def fingerprint(header: Iterable[str]) -> str:
    """The same for files with the same columns in any order."""
    return hashlib.sha256("\n".join(sorted(h for h in header if h)).encode()).hexdigest()


def propose_mapping(header: tuple[str, ...], kind: mappings.ListKind) -> dict[str, Any]:
    """The newest saved profile for exactly this header, else a guess from the column names."""
    saved = (
        MappingProfile.objects.filter(kind=kind, header_fingerprint=fingerprint(header))
        .order_by("-pk")
        .first()
    )
    if saved is not None:
        return mappings.Mapping.from_json(saved.mapping).for_header(header).to_json()
    return mappings.guess(header, kind).mapping.to_json()


@transaction.atomic
def set_mapping(*, batch: ImportBatch, mapping: mappings.Mapping, by: User) -> ImportBatch:
    """Say which column means what. Refuses a mapping that misses something required."""
    require(by, Permission.IMPORT_LISTS, at=batch.area_id)
    errors = [
        p
        for p in mappings.problems(mapping, batch.version.source.list_kind)
        if p.severity == "error"
    ]
    if errors:
        raise ListFileError(errors[0].code, row=None, column=None, **errors[0].params)
    held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if held.status not in MOVES["stage"][0]:
        raise wrong_state(held, "set_mapping")
    before, held.mapping = held.mapping, mapping.to_json()
    held.save(update_fields=["mapping"])
    record(
        by=by,
        verb="list.map",
        subject_type="batch",
        subject_id=held.public_id,
        area=held.area_id,
        label=held.file_name,
        changes={"columns": {"from": before.get("columns"), "to": held.mapping["columns"]}},
    )
    return held


@transaction.atomic
def save_profile(*, name: str, batch: ImportBatch, by: User) -> MappingProfile:
    """Keep the batch's mapping under a name; it is offered again for the same columns."""
    require(by, Permission.IMPORT_LISTS, at=batch.area_id)
    profile, _ = MappingProfile.objects.update_or_create(
        name=name.strip(),
        defaults={
            "kind": batch.version.source.kind,
            "mapping": batch.mapping,
            "created_by": by,
            "header_fingerprint": fingerprint(batch.info["header"]),
        },
    )
    record(
        by=by,
        verb="profile.save",
        subject_type="profile",
        subject_id=profile.public_id,
        area=batch.area_id,
        label=name,
    )
    return profile


def wrong_state(batch: ImportBatch, verb: str) -> ListFileError:
    return ListFileError("BATCH_STATE", status=batch.get_status_display(), step=verb)


def move(batch: ImportBatch, verb: str, by: User) -> ImportBatch:
    """Lock the batch, check the right and the move, and take it."""
    held = (
        ImportBatch.objects.select_for_update().select_related("version__source").get(pk=batch.pk)
    )
    require(by, ASKED[verb], at=held.area_id)
    allowed, target = MOVES[verb]
    if held.status not in allowed:
        raise wrong_state(held, verb)
    before, held.status = held.status, target
    held.save(update_fields=["status"])
    record(
        by=by,
        verb=f"list.{verb}.start",
        subject_type="batch",
        subject_id=held.public_id,
        area=held.area_id,
        label=held.file_name,
        changes={"status": {"from": before, "to": str(target)}},
    )
    return held


def job_for(batch: ImportBatch, kind: str, by: User) -> Job:
    """One job per step taken: the number of earlier ones makes the key."""
    earlier = Job.objects.filter(kind=kind, key__startswith=f"{kind}:{batch.public_id}:").count()
    return enqueue(
        kind=kind, key=f"{kind}:{batch.public_id}:{earlier + 1}", payload={"batch": batch.pk}, by=by
    )


@transaction.atomic
def stage(*, batch: ImportBatch, by: User) -> Job:
    """Check every row against the rules and the registry. Changes nothing in the registry."""
    require_bringing(batch.version.source, by)
    held = move(batch, "stage", by)
    held.records.all().delete()
    ImportBatch.objects.filter(pk=held.pk).update(counts={}, problem={})
    return job_for(held, "stage", by)


@transaction.atomic
def apply(*, batch: ImportBatch, by: User) -> Job:
    """Bring the checked rows into the registry."""
    require_bringing(batch.version.source, by)
    return job_for(move(batch, "apply", by), "apply", by)


@transaction.atomic
def reverse(*, batch: ImportBatch, by: User) -> Job:
    """Take an applied list back."""
    require(by, ASKED["reverse"], at=batch.area_id)
    refuse_if_leaned_on(batch)
    held = move(batch, "reverse", by)
    call_off(kind="apply", keys=f"apply:{held.public_id}:", why="reversed")
    return job_for(held, "reverse", by)


@transaction.atomic
def discard(*, batch: ImportBatch, by: User) -> None:
    """Drop a list that was never applied, or was taken back; the file goes, the history stays.

    A check under way ends: whoever is at it finds its job gone and keeps nothing.
    """
    held = move(batch, "discard", by)
    call_off(kind="stage", keys=f"stage:{held.public_id}:", why="discarded")
    if not held.assertions.exists():
        held.records.all().delete()
    files.discard(held.stored_as)


# A batch in one of these states has a job under way; the kind of the job.
WORKING = {B.STAGING: "stage", B.APPLYING: "apply", B.REVERSING: "reverse"}


@transaction.atomic
def resume(*, batch: ImportBatch, by: User) -> Job:
    """Ask again for a step whose job failed; it goes on after the last piece that was finished."""
    held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    require(by, Permission.IMPORT_LISTS, at=held.area_id)
    job = latest_job(held)
    if job is not None:
        require(by, ASKED[job.kind], at=held.area_id)
    if job is None or job.status != JobStatus.FAILED:
        raise wrong_state(held, "resume")
    record(
        by=by,
        verb="list.resume",
        subject_type="batch",
        subject_id=held.public_id,
        area=held.area_id,
        label=held.file_name,
        changes={"step": job.kind, "error": job.error_code},
    )
    job = enqueue(kind=job.kind, key=job.key, payload=job.payload, by=by)
    Job.objects.filter(pk=job.pk).update(created_by=by)  # it runs with the right of who asks now
    return job


def latest_job(batch: ImportBatch) -> Job | None:
    """The job of the step under way, if the batch is in one."""
    kind = WORKING.get(BatchStatus(batch.status))
    if kind is None:
        return None
    prefix = f"{kind}:{batch.public_id}:"
    return Job.objects.filter(starts_with("key", prefix)).order_by("-pk").first()
