"""Take a filled-in worklist back: keep it sealed, show what it holds, write it once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record
from kaejon.apps.sources import files
from kaejon.apps.surveys.checking import record_checks
from kaejon.apps.surveys.fillin import MOST_BYTES, Results, read_fillin
from kaejon.apps.surveys.models import ResultsFile
from kaejon.apps.surveys.refusals import CheckRefused

KEPT_FOR = timedelta(hours=24)


def keep_results(*, chunks: Iterable[bytes], area: Area, by: User) -> ResultsFile:
    """Keep a filled-in worklist of a village. Refuses: a village
    in which the actor may not check (NotPermitted), no worklist, one of another village."""
    require(by, Permission.VERIFY, at=area.code)
    discard_old()
    name, _digest, _size = files.keep(chunks, limit=MOST_BYTES)
    try:
        with files.opened(name, ".xlsx") as path:
            results = read_fillin(path, by)
        if results.area != area.code:
            raise CheckRefused(
                "of_another_village",
                _("This worklist belongs to another village."),
                _("Send it on the page of that village."),
            )
        with transaction.atomic():
            file = ResultsFile.objects.create(
                area=area,
                year_be=results.year,
                stored_as=name,
                counts=results.counts(),
                uploaded_by=by,
            )
            remember(file, "worklist.upload", by, len(results.findings))
        return file
    except BaseException:
        files.discard(name)
        raise


def read_results(file: ResultsFile, by: User) -> Results:
    """What the file holds against the registry as it is now."""
    with files.opened(file.stored_as, ".xlsx") as path:
        return read_fillin(path, by)


@transaction.atomic
def apply_results(*, file: ResultsFile, by: User) -> int:
    """Write every row without a problem; the rows with one stay out. Returns how many were written.

    Refuses (NotPermitted) a file that somebody else sent. It goes once it is written. Sending the same file again writes nothing twice.
    """
    held = ResultsFile.objects.select_for_update(of=("self",)).get(pk=file.pk)
    if held.uploaded_by_id != by.pk:
        raise NotPermitted(Permission.VERIFY, held.area_id)
    require(by, Permission.VERIFY, at=held.area_id)
    if held.applied_at is not None:
        return 0
    results = read_results(held, by)
    findings = [finding for _row, finding in results.findings]
    if findings:
        record_checks(findings=findings, by=by)
    transaction.on_commit(partial(files.discard, held.stored_as))
    held.applied_at, held.counts, held.stored_as = timezone.now(), results.counts(), ""
    held.save(update_fields=["applied_at", "counts", "stored_as"])
    remember(held, "worklist.results", by, len(findings))
    return len(findings)


def remember(file: ResultsFile, verb: str, by: User, households: int) -> None:
    """One line of history of a filled-in worklist."""
    record(
        by=by,
        verb=verb,
        subject_type="area",
        subject_id=file.area_id,
        area=file.area_id,
        label=file.area.full_name,
        changes={"households": households, "list_year": file.year_be},
    )


def discard_old() -> int:
    """Remove files nobody applied within a day; returns how many."""
    rows = list(
        ResultsFile.objects.filter(applied_at=None, uploaded_at__lt=timezone.now() - KEPT_FOR)
    )
    for row in rows:
        files.discard(row.stored_as)
        row.delete()
    return len(rows)
