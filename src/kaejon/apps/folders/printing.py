"""Print the folders of a household, a village or a tambon.

A large print is background work in parts: each part is laid out, sealed and written
under a name of its own, and only then counted, together with the looks it records. A
killed worker goes on with the first part that was not counted. The files belong to
the person who asked and are removed after a day.
"""

from __future__ import annotations

import tempfile
import time
import uuid
import zipfile
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require, role_names, scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import within
from kaejon.apps.audit.actions import record, record_looks
from kaejon.apps.audit.models import LookKind
from kaejon.apps.folders.contents import read_folders
from kaejon.apps.folders.paper import Print, sheet_of
from kaejon.apps.folders.queries import in_need
from kaejon.apps.households.models import Household, Presence
from kaejon.apps.households.queries import open_households, visible_to
from kaejon.apps.jobs.actions import Progress, enqueue
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.sources import files
from kaejon.methods.errors import DataError
from kaejon.sheets.folder import render_folders
from kaejon.sheets.typesetting import FONT_DIR
from kaejon.sheets.wording import Language

KIND = "print_folders"
PART = 100
LARGEST_JOB = 3_000
KEPT_FOR = timedelta(hours=24)


def printable(actor: User, area: str, *, everyone: bool = True) -> QuerySet[Household]:
    """Households of an area the actor may print, by village and house: all, or those in need."""
    rows = (
        visible_to(actor, Permission.PRINT)
        .filter(within(area, "area_id"))
        .exclude(presence=Presence.DISSOLVED)
    )
    rows = rows if everyone else in_need(rows)
    return rows.order_by("area", "house_no", "pk")


def print_households(households: Sequence[Household], how: Print, *, reason: str = "") -> bytes:
    """One PDF, a page a household; every one is recorded as a look of the person who prints.

    Refuses (NotPermitted) a household that this person may not print.
    """
    keys = [household.pk for household in households]
    if len(households_of_part(how.by, keys)) < len(keys):
        raise NotPermitted(Permission.PRINT)
    pdf = lay_out(households, how)
    record_prints(households, how, reason=reason)
    return pdf


def lay_out(households: Sequence[Household], how: Print) -> bytes:
    """The pages, without recording anything: slow, so never inside a transaction."""
    with translation.override(how.language):
        sheets = [sheet_of(f, how) for f in read_folders(households, how.by)]
        return render_folders(sheets, font_dir=FONT_DIR)


def record_prints(households: Sequence[Household], how: Print, *, reason: str) -> None:
    """Each household printed is a look of its own."""
    record_looks(
        by=how.by,
        kind=LookKind.PRINT,
        households=[(h.public_id, h.area_id) for h in households],
        role=role_names(how.by),
        reason=reason,
    )


@transaction.atomic
def enqueue_area(
    *, area: Area, everyone: bool, thai_digits: bool, language: Language, by: User
) -> Job:
    """Queue the print of an area. Refuses an area without households, and a too large one.

    The households are fixed now, so that a restart prints the same pages.
    """
    if not scope_of(by, Permission.PRINT).touches(area.code):
        raise NotPermitted(Permission.PRINT, area.code)
    remove_expired()
    keys = list(
        printable(by, area.code, everyone=everyone).values_list("pk", flat=True)[: LARGEST_JOB + 1]
    )
    if not keys:
        require(by, Permission.PRINT, at=area.code)
        raise DataError(
            "no_households", "no household to print here", remedy="Choose another area."
        )
    if len(keys) > LARGEST_JOB:
        raise DataError(
            "print_too_large",
            f"more than {LARGEST_JOB} households",
            remedy="Print tambon by tambon.",
            largest=LARGEST_JOB,
        )
    payload = {
        "area": area.code,
        "name": area.name_th,
        "households": keys,
        "thai_digits": thai_digits,
        "language": language,
    }
    job = enqueue(
        kind=KIND, key=f"{KIND}:{by.pk}:{uuid.uuid4()}", payload=payload, by=by, like=payload
    )
    Job.objects.filter(pk=job.pk).update(total=len(keys))
    record(
        by=by,
        verb="folders.print",
        subject_type="area",
        subject_id=area.code,
        area=area.code,
        label=area.name_th,
        changes={"households": len(keys)},
    )
    return job


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: lay out, seal and count part after part."""
    job = progress.job
    how = Print(job.created_by, job.payload["language"], job.payload["thai_digits"])
    keys: list[int] = job.payload["households"]
    while job.done < len(keys):
        part = keys[job.done : job.done + PART]
        rows = households_of_part(how.by, part)
        pdf = lay_out(rows, how) if rows else b""
        with transaction.atomic():
            progress.advance(stage="print", done=job.done + len(part), total=len(keys))
            if rows:
                record_prints(rows, how, reason=job.payload["area"])
                write_part(job, job.done - len(part), pdf)
    return {"pages": len(keys), "parts": len(parts_of(job))}


def households_of_part(actor: User, keys: Sequence[int]) -> list[Household]:
    """The households of a part that the person may still print, in the order asked for."""
    rows = visible_to(actor, Permission.PRINT).filter(pk__in=keys).select_related("house", "area")
    found = {h.pk: h for h in rows}
    return [found[key] for key in keys if key in found]


def folder() -> Path:
    path = Path(settings.MEDIA_ROOT) / "papers"
    path.mkdir(parents=True, exist_ok=True)
    return path


def write_part(job: Job, start: int, pdf: bytes) -> None:
    """Seal one part under its own name; written again after a restart it replaces itself."""
    target = folder() / f"{job.public_id}-{start:05d}.sealed"
    draft = target.with_suffix(f".{uuid.uuid4().hex}")
    draft.write_bytes(files.sealed_piece(pdf))
    draft.replace(target)


def parts_of(job: Job) -> list[Path]:
    """The sealed parts of a job in order."""
    return sorted(folder().glob(f"{job.public_id}-*.sealed"))


def visible_jobs(actor: User) -> QuerySet[Job]:
    """Prints the person asked for and that are not yet removed."""
    return Job.objects.filter(
        kind=KIND, created_by=actor, created_at__gte=timezone.now() - KEPT_FOR
    )


def expires_at(job: Job) -> Any:
    """When the files of a print are removed."""
    return job.created_at + KEPT_FOR


def opened(job: Job) -> tuple[IO[bytes], str]:
    """The finished print as an open file and its suffix: one PDF, or a ZIP of several.

    Refuses a print that is not done, or whose files are gone, and one with a household that who
    asked for it may no longer print: a grant that ended, a family that moved away.
    """
    refuse_closed(job)
    parts = parts_of(job)
    if job.status != Status.DONE or not parts:
        raise DataError("print_gone", "this print is not there (any more)", remedy="Print again.")
    whole = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - the caller sends and closes it
    if len(parts) == 1:
        whole.writelines(files.pieces(parts[0]))
    else:
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
            for number, part in enumerate(parts, start=1):
                archive.writestr(
                    f"folders-{job.payload['area']}-{number:02d}.pdf",
                    b"".join(files.pieces(part)),
                )
    whole.seek(0)
    return whole, ".pdf" if len(parts) == 1 else ".zip"


def refuse_closed(job: Job) -> None:
    """Every household of a print is asked about again when it is fetched."""
    keys = set(job.payload.get("households", ()))
    if len(open_households(job.created_by, keys, Permission.PRINT)) < len(keys):
        raise DataError(
            "print_closed",
            "this print holds households that you may no longer print",
            remedy="Print again: the new one holds those that are open to you now.",
        )


def remove_expired() -> int:
    """Remove the files of prints older than a day; returns how many."""
    limit = time.time() - KEPT_FOR.total_seconds()
    gone = [path for path in folder().iterdir() if path.stat().st_mtime < limit]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def in_parts(households: QuerySet[Household], size: int) -> Iterator[list[Household]]:
    """Households with house and area loaded, in lists of at most `size`."""
    rows = list(households.select_related("house", "area"))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
