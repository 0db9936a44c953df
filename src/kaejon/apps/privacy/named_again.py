"""People whom the list of erasures knows and who are named again: somebody decides.

A row of a list is applied like any other, so that its bringer cannot tell who was erased, and the
province officer who handles requests is asked whether it stays. A person whom a backup brought
back becomes an open request to erase.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.operator import ensure_operator
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require, scope_of
from kaejon.apps.audit.actions import record
from kaejon.apps.households.models import ERASED_NAME, Person
from kaejon.apps.privacy.models import RequestKind, SubjectRequest
from kaejon.apps.privacy.refusals import PrivacyRefused
from kaejon.apps.privacy.requests import DAYS_TO_ANSWER
from kaejon.apps.sources import files
from kaejon.apps.sources.deciding import recount, withdraw_rows
from kaejon.apps.sources.erasure import identity_of_row, strip_rows
from kaejon.apps.sources.models import BatchStatus, ImportBatch, Outcome, SourceRecord
from kaejon.apps.vault import erasures
from kaejon.apps.vault.sealing import unseal_national_id
from kaejon.methods.thai.buddhist_era import format_date

KEPT_OUT = "kept_out"
GONE = (BatchStatus.REVERSED, BatchStatus.DISCARDED)
PROVINCE_DIGITS = 2


def rows_for(actor: User) -> QuerySet[SourceRecord]:
    """Rows that wait for this province officer's decision, oldest first."""
    scope = scope_of(actor, Permission.MANAGE_SOURCES)
    rows = SourceRecord.objects.filter(scope.by_area("area_code"), erased_before__isnull=False)
    waiting = rows.exclude(batch__status__in=GONE)
    return waiting.select_related("batch__version__source").defer("raw_sealed").order_by("pk")


@transaction.atomic
def let_stay(*, row: SourceRecord, reason: str, by: User) -> None:
    """The person stays, with a reason; later lists are not asked about them again.

    Refuses a row of others (NotPermitted), no reason, and a row somebody decided already.
    """
    asked = lock(row, reason, by)
    for same in rows_of_person(asked):
        erasures.lift(identity_of_row(same), at=timezone.now())
    rows_of_person(asked).update(erased_before=None)
    remember(asked, "row.let_stay", reason, by)


@transaction.atomic
def take_out(*, row: SourceRecord, reason: str, by: User) -> None:
    """What lists say of the person since goes, and with it the uploaded originals of these lists.

    Refuses a row of others (NotPermitted), no reason, a row somebody decided already, and a
    person on whom something was written by hand since (ListFileError): then erase them anew.
    """
    asked = lock(row, reason, by)
    rows = list(rows_of_person(asked).select_related("batch"))
    withdraw_rows(rows)
    gone = SourceRecord.objects.filter(pk__in=[r.pk for r in rows])
    strip_rows(gone, whole_household=True)
    gone.update(outcome=Outcome.REJECTED, rule=KEPT_OUT, person=None, household=None)
    for one in rows:
        recount(one.batch_id, one.outcome, Outcome.REJECTED)
    for batch in ImportBatch.objects.filter(pk__in={r.batch_id for r in rows}):
        if batch.stored_as:
            transaction.on_commit(partial(files.discard, batch.stored_as))
        batch.stored_as, batch.info = "", batch.info | {"sample": []}
        batch.save(update_fields=["stored_as", "info"])
    remember(asked, "row.take_out", reason, by)


def rows_of_person(row: SourceRecord) -> QuerySet[SourceRecord]:
    """The row, with the others that wait and brought in the same person."""
    same = Q(pk=row.pk)
    if row.person_id:
        same |= Q(person=row.person_id, erased_before__isnull=False)
    return SourceRecord.objects.filter(same).order_by("pk")


def lock(row: SourceRecord, reason: str, by: User) -> SourceRecord:
    """The row as it waits now, for somebody who may decide."""
    asked = (
        SourceRecord.objects.select_for_update(of=("self",)).select_related("batch").get(pk=row.pk)
    )
    require(by, Permission.HANDLE_REQUESTS, at=asked.area_code)
    require(by, Permission.MANAGE_SOURCES, at=asked.area_code)
    if asked.erased_before is None:
        raise PrivacyRefused("row_decided", _("Somebody decided on this row already."))
    if not reason.strip():
        raise PrivacyRefused("no_reason", _("Write the reason: it stays with the decision."))
    return asked


def remember(row: SourceRecord, verb: str, reason: str, by: User) -> None:
    """One line in the history of the province: that of the list and of the area are read by others."""
    record(
        by=by,
        verb=verb,
        subject_type="erasure",
        subject_id=row.batch.public_id,
        area=row.area_code[:PROVINCE_DIGITS],
        changes={"row": row.row_number},
        reason=reason,
    )


def ask_about_restored() -> int:
    """After a restore: people of the registry whom the list of erasures knows become open requests.

    Returns how many households are asked about.
    """
    erased = erasures.in_force()
    if not erased.entered:
        return 0
    homes: dict[int | None, tuple[str, str]] = {}
    for person in Person.objects.exclude(first_name__in=("", ERASED_NAME)).iterator(2000):
        if moment := erased.hit(identity_of(person)):
            homes.setdefault(person.household_id, (person.area_id, moment))
    for household, (area, moment) in homes.items():
        ask_again(household, area, moment)
    return len(homes)


def identity_of(person: Person) -> erasures.Identity:
    sealed = person.national_id_sealed
    number = unseal_national_id(sealed) if sealed is not None else ""
    year = str(person.birth_date.year) if person.birth_date else ""
    return erasures.Identity(number, person.name_key, year, person.area_id[:6])


def day_of(moment: str) -> date:
    """The day, here, of a moment of the list of erasures."""
    return timezone.localdate(datetime.fromisoformat(moment))


def ask_again(household: int | None, area: str, moment: str) -> None:
    today = timezone.localdate()
    SubjectRequest.objects.create(
        household_id=household,
        area_id=area,
        kind=RequestKind.ERASURE,
        asked_by=_("List of erasures"),
        text=_("Erased on %(day)s. A backup from before brought the data back: erase it again.")
        % {"day": format_date(day_of(moment))},
        received_on=today,
        due_on=today + timedelta(days=DAYS_TO_ANSWER[RequestKind.ERASURE]),
        recorded_by=ensure_operator(),
    )
