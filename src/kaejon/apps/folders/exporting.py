"""Give out a list of households as a spreadsheet, as filtered and never beyond the scope.

Every household that leaves the system in a file is written to the history as a
look of its own. National IDs are masked. A large list is made in the background,
kept sealed, and can be fetched for a day by the person who asked for it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require, role_names, scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import within
from kaejon.apps.audit.actions import record, record_looks
from kaejon.apps.audit.models import LookKind
from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.apps.folders.listing import MEASURES, Filters, in_order, listed
from kaejon.apps.households.models import Household, Person
from kaejon.apps.households.queries import visible_to
from kaejon.apps.jobs.actions import Progress, enqueue
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.sources import files
from kaejon.methods.errors import DataError
from kaejon.methods.listfiles.exporting import write_csv, write_xlsx
from kaejon.methods.thai.buddhist_era import format_date

KIND = "export_households"
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
AT_ONCE = 2_000
KEPT_FOR = timedelta(hours=24)
LARGEST_BYTES = 2 * 1024**3
AREAS_A_STEP = 40
WIDTHS = (12, 24, 8, 18, 18, 12, 30, 20, 10, 16, 16, *[14] * 6, 14, 14, 14, 24, 10, 12)


@dataclass(frozen=True)
class Export:
    """What is asked for. `found`: the households a search found, None without a search."""

    filters: Filters
    format: str = "xlsx"
    language: str = "th"
    found: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise DataError(
                "unknown_format", f"lists are given out as xlsx or csv, not {self.format!r}"
            )


def exportable(actor: User, export: Export) -> QuerySet[Household]:
    """The households of the list that the actor may take out."""
    rows = listed(actor, export.filters, Permission.EXPORT)
    return rows if export.found is None else rows.filter(pk__in=export.found)


def refuse_outside(export: Export, by: User) -> None:
    """Refuse (NotPermitted) somebody who may take nothing out, or nothing of the area asked for."""
    require(by, Permission.EXPORT)
    area = export.filters.area
    if area and not scope_of(by, Permission.EXPORT).touches(area):
        raise NotPermitted(Permission.EXPORT, area)


def is_small(actor: User, export: Export) -> bool:
    """Whether the list is short enough to be written while the person waits."""
    return len(exportable(actor, export).order_by().values_list("pk")[: AT_ONCE + 1]) <= AT_ONCE


def export_now(*, export: Export, by: User) -> bytes:
    """The file of a short list, its looks written to the history in the same transaction."""
    refuse_outside(export, by)
    with tempfile.TemporaryDirectory(prefix="kaejon-export-") as private, transaction.atomic():
        path = Path(private) / f"households.{export.format}"
        households = list(in_order(exportable(by, export), "address"))
        with translation.override(export.language):
            write(path, export.format, lines(households))
        record_export(export, [(h.public_id, h.area_id) for h in households], by)
        record_summary(export, "list.export", by, count=len(households))
        return path.read_bytes()


def request_export(*, export: Export, token: str, by: User) -> Job:
    """Ask for a large list; the same token again gives the same job."""
    refuse_outside(export, by)
    discard_expired()
    payload = {
        "filters": export.filters.as_dict(),
        "format": export.format,
        "language": export.language,
        "found": export.found,
        "places": scope_of(by, Permission.EXPORT).places,
    }
    key = f"export {by.pk} {token}"
    with transaction.atomic():
        known = Job.objects.filter(key=key).exists()
        job = enqueue(kind=KIND, key=key, payload=payload, by=by, like=payload)
        if not known and job.key == key:
            record_summary(export, "list.ask_export", by)
        return job


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: write, seal and keep the file, and record a look for every household in it.

    A job that was interrupted starts over; looks already recorded stay, because
    nobody can say that the file was not read.
    """
    job = progress.job
    asked = dict(job.payload)
    found = asked["found"]
    export = Export(
        Filters.from_dict(asked["filters"]),
        asked["format"],
        asked["language"],
        None if found is None else tuple(found),
    )
    refuse_outside(export, job.created_by)
    given: list[tuple[Any, str]] = []
    with tempfile.TemporaryDirectory(prefix="kaejon-export-") as private:
        path = Path(private) / f"households.{export.format}"
        with translation.override(export.language):
            write(path, export.format, lines(steadily(export, given, progress)))
        record_steadily(export, given, progress)
        name, _digest, size = files.keep(in_pieces(path), limit=LARGEST_BYTES)
    record_summary(export, "list.export", job.created_by, count=len(given))
    result = {"file": name, "rows": len(given), "format": export.format, "bytes": size}
    return result | {"households": keep_keys(given)}


def keep_keys(given: Sequence[tuple[Any, str]]) -> str:
    """The public ids of the households in a file, sealed beside it, to ask about them again."""
    pieces = (f"{public_id}\n".encode() for public_id, _area in given)
    return files.keep(pieces, limit=LARGEST_BYTES)[0]


def still_open(job: Job, by: User) -> bool:
    """Whether the person may still take out every household of the file."""
    if "households" not in job.result:
        return True
    names = b"".join(files.pieces(job.result["households"])).decode().split()
    open_now = visible_to(by, Permission.EXPORT)
    parts = (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))
    return all(open_now.filter(public_id__in=part).count() == len(part) for part in parts)


def steadily(
    export: Export, given: list[tuple[Any, str]], progress: Progress
) -> Iterator[Household]:
    """The households area by area; `given` collects who went out, `progress` moves with them."""
    user = progress.job.created_by
    rows = exportable(user, export)
    total = rows.count()
    codes = iter(list(rows.order_by("area_id").values_list("area_id", flat=True).distinct()))
    while step := list(islice(codes, AREAS_A_STEP)):
        with transaction.atomic():
            progress.advance(stage="write", done=len(given), total=2 * total)
        for household in in_order(rows.filter(area_id__in=step), "address"):
            given.append((household.public_id, household.area_id))
            yield household


def record_steadily(export: Export, given: Sequence[tuple[Any, str]], progress: Progress) -> None:
    """One look a household, a few thousand in a transaction."""
    for start in range(0, len(given), 5_000):
        part = given[start : start + 5_000]
        with transaction.atomic():
            record_export(export, part, progress.job.created_by)
            progress.advance(
                stage="record", done=len(given) + start + len(part), total=2 * len(given)
            )


def record_export(export: Export, given: Iterable[tuple[Any, str]], by: User) -> None:
    record_looks(
        by=by, kind=LookKind.EXPORT, households=given, role=role_names(by), reason=export.format
    )


def record_summary(export: Export, verb: str, by: User, **changes: object) -> None:
    """One line in the history of changes: which list was asked for or went out, how long it was."""
    asked = {name: value for name, value in export.filters.as_dict().items() if value}
    area = export.filters.area or next(iter(scope_of(by, Permission.EXPORT).places), "00")
    record(
        by=by,
        verb=verb,
        subject_type="households",
        subject_id=area,
        area=area,
        changes=asked | {"format": export.format, "searched": export.found is not None, **changes},
    )


def in_pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while piece := handle.read(files.CHUNK):
            yield piece


def write(path: Path, form: str, rows: Iterable[Sequence[object]]) -> None:
    if form == "csv":
        write_csv(path, header(), rows)
    else:
        write_xlsx(path, header(), rows, sheet=_("Households"), widths=WIDTHS)


def header() -> list[str]:
    """Column names in the language of the file."""
    return [
        _("Area code"),
        _("Village"),
        _("Moo"),
        _("Tambon"),
        _("District"),
        _("House no."),
        _("Head of household"),
        _("National ID of the head (masked)"),
        _("Members"),
        _("Presence"),
        _("Surveyed on"),
        *[capital_name(measure) for measure in MEASURES],
        _("Below basic needs (จปฐ.)"),
        _("Target poor members (TPMAP)"),
        _("Facts in conflict"),
        _("Outcome of the check"),
        _("List year checked"),
        _("Checked on"),
    ]


def lines(households: Iterable[Household]) -> Iterator[list[object]]:
    """The rows of the file; places are read once, masked IDs in portions."""
    names = AreaNames()
    waiting = iter(households)
    while portion := list(islice(waiting, 500)):
        masked = masked_ids([h.pk for h in portion])
        for household in portion:
            yield line(household, names, masked.get(household.pk, ""))


def line(household: Household, names: AreaNames, masked: str) -> list[object]:
    code = household.area_id
    surveyed = household.surveyed_on
    return [
        code,
        names.of(code, 8),
        int(code[6:]) if len(code) == 8 else None,
        names.of(code, 6),
        names.of(code, 4),
        household.house_no,
        household.head_name,
        masked,
        household.members,
        household.get_presence_display(),
        format_date(surveyed, style="numeric", lang="th") if surveyed else "",
        *[level_name(getattr(household, f"{measure}_level")) for measure in MEASURES],
        {True: _("yes"), False: _("no"), None: ""}[household.bmn_poor],
        household.target_poor_members,
        household.conflicts,
        household.get_verified_display(),
        household.verified_year,
        format_date(household.verified_on, style="numeric", lang="th")
        if household.verified_on
        else "",
    ]


class AreaNames:
    """Names of areas by code, one query a province."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.provinces: set[str] = set()

    def of(self, code: str, length: int) -> str:
        if code[:2] not in self.provinces:
            self.provinces.add(code[:2])
            for area in Area.objects.filter(within(code[:2])).exclude(level=Level.COUNTRY):
                self.names[area.code] = area.name
        return self.names.get(code[:length], "") if len(code) >= length else ""


def masked_ids(households: Sequence[int]) -> dict[int, str]:
    """Household → masked national ID of its head."""
    heads = Person.objects.filter(household__in=households, is_head=True).only(
        "household_id", "national_id_last4"
    )
    return {person.household_id or 0: person.masked_id for person in heads.order_by("-pk")}


def expires_at(job: Job) -> datetime | None:
    """Until when the file of a finished job can be fetched."""
    return job.finished_at + KEPT_FOR if job.finished_at else None


def can_be_fetched(job: Job, by: User) -> bool:
    """Whether the file is still there for this person: asked for by them, in time, and still in their scope."""
    until = expires_at(job)
    scope = scope_of(by, Permission.EXPORT)
    in_scope = bool(scope) and all(scope.holds_at(place) for place in job.payload["places"])
    return (
        job.created_by_id == by.pk
        and job.status == Status.DONE
        and bool(job.result.get("file"))
        and until is not None
        and timezone.now() < until
        and in_scope
        and still_open(job, by)
    )


def discard_expired() -> int:
    """Delete the files nobody can fetch any more; returns how many."""
    old = Job.objects.filter(
        kind=KIND, status=Status.DONE, finished_at__lt=timezone.now() - KEPT_FOR
    )
    gone = 0
    for job in old.filter(result__has_key="file"):
        for kept in filter(None, (job.result["file"], job.result.get("households"))):
            files.discard(kept)
        mark_expired(job)
        gone += 1
    return gone


def mark_expired(job: Job) -> None:
    """The file is gone; how many rows it had stays."""
    left = {"rows": job.result.get("rows", 0), "expired": True}
    Job.objects.filter(pk=job.pk).update(result=left)
