"""Rows and people that the list of erasures knows: somebody decides before they come back.

A row of a list is held back and waits; a person whom a backup brought back becomes an open
request to erase. Both go to the province officer who handles requests.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
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
from kaejon.apps.sources.deciding import apply_late, recount
from kaejon.apps.sources.erasure import identity_of_row, strip_rows
from kaejon.apps.sources.models import BatchStatus, ImportBatch, Outcome, SourceRecord
from kaejon.apps.sources.reach import reach_of
from kaejon.apps.sources.signals import areas_changed
from kaejon.apps.sources.staging import compare
from kaejon.apps.vault import erasures
from kaejon.apps.vault.sealing import unseal_national_id
from kaejon.methods.thai.buddhist_era import format_date

KEPT_OUT = "kept_out"


def held_rows(actor: User) -> QuerySet[SourceRecord]:
    """Rows that wait for this province officer's decision, oldest first."""
    scope = scope_of(actor, Permission.MANAGE_SOURCES)
    rows = SourceRecord.objects.filter(scope.by_area("area_code"), outcome=Outcome.HELD)
    waiting = rows.exclude(digest="").exclude(batch__status=BatchStatus.DISCARDED)
    return waiting.select_related("batch__version__source").defer("raw_sealed").order_by("pk")


def erased_on(row: SourceRecord) -> str | None:
    """The moment at which the row's person was erased (ISO), None if that was lifted since."""
    return erasures.in_force().hit(identity_of_row(row))


@transaction.atomic
def let_in(*, row: SourceRecord, reason: str, by: User) -> None:
    """The row comes in after all, with its reason; later lists are not asked about this person again.

    Refuses a row of others (NotPermitted), no reason, and a row somebody decided already.
    """
    held = lock(row, reason, by)
    erasures.lift(identity_of_row(held), at=timezone.now())
    batch = held.batch
    if batch.status == BatchStatus.APPLIED:
        areas_changed.send(sender=SourceRecord, areas=apply_late(held.pk, by) - {""})
    else:
        held.outcome = Outcome.PENDING
        compare([held], reach_of(batch))
        held.save()
        recount(batch.pk, Outcome.HELD, held.outcome)
    remember(held, "row.let_in", reason, by)


@transaction.atomic
def keep_out(*, row: SourceRecord, reason: str, by: User) -> None:
    """The row stays out: what it says goes, and with it the uploaded original of its list.

    Refuses a row of others (NotPermitted), no reason, and a row somebody decided already.
    """
    held = lock(row, reason, by)
    strip_rows(SourceRecord.objects.filter(pk=held.pk), whole_household=True)
    SourceRecord.objects.filter(pk=held.pk).update(outcome=Outcome.REJECTED, rule=KEPT_OUT)
    recount(held.batch_id, Outcome.HELD, Outcome.REJECTED)
    batch = ImportBatch.objects.get(pk=held.batch_id)
    if batch.stored_as:
        transaction.on_commit(partial(files.discard, batch.stored_as))
    batch.stored_as, batch.info = "", batch.info | {"sample": []}
    batch.save(update_fields=["stored_as", "info"])
    remember(held, "row.keep_out", reason, by)


def lock(row: SourceRecord, reason: str, by: User) -> SourceRecord:
    """The row as it waits now, for somebody who may decide."""
    held = (
        SourceRecord.objects.select_for_update(of=("self",)).select_related("batch").get(pk=row.pk)
    )
    require(by, Permission.HANDLE_REQUESTS, at=held.area_code)
    require(by, Permission.MANAGE_SOURCES, at=held.area_code)
    if held.outcome != Outcome.HELD or not held.digest:
        raise PrivacyRefused("row_decided", _("Somebody decided on this row already."))
    if not reason.strip():
        raise PrivacyRefused("no_reason", _("Write the reason: it stays with the decision."))
    return held


def remember(row: SourceRecord, verb: str, reason: str, by: User) -> None:
    record(
        by=by,
        verb=verb,
        subject_type="batch",
        subject_id=row.batch.public_id,
        area=row.area_code,
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
