"""Consent, erasure, requests and retention: what the law asks, done to real lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.audit.models import Event
from kaejon.apps.dashboards.models import VillageTally
from kaejon.apps.folders.queries import ended_memberships_visible_to
from kaejon.apps.households.models import ERASED_NAME, Household, Membership, Person
from kaejon.apps.households.queries import visible_to
from kaejon.apps.jobs.actions import run_one
from kaejon.apps.jobs.models import Job
from kaejon.apps.privacy import named_again, papers, retention
from kaejon.apps.privacy.consent import record_consent
from kaejon.apps.privacy.erasing import erase_household, erase_person
from kaejon.apps.privacy.models import SubjectRequest
from kaejon.apps.privacy.refusals import PrivacyRefused
from kaejon.apps.privacy.requests import answer_request, receive_request
from kaejon.apps.sources import files
from kaejon.apps.sources.erasure import anonymous
from kaejon.apps.sources.handing_back import write_rejected
from kaejon.apps.sources.models import (
    Assertion,
    HouseholdReference,
    ImportBatch,
    Source,
    SourceRecord,
)
from kaejon.apps.sources.previews import previews
from kaejon.apps.sources.queries import history_of
from kaejon.apps.vault.sealing import unseal_json
from tests.apps.lists import applied, as_csv, person, pin, source, staged, upload
from tests.cast import Cast

TODAY = timezone.localdate
FAMILY = [
    person("สมมติ", "ใจดี", number=pin(1), born="12/03/2510", sex="ชาย", title="นาย", house="7"),
    person("สมหญิง", "ใจดี", number=pin(2), born="01/05/2512", sex="หญิง", title="นาง", house="7"),
]


def bring_in(content: bytes, listed: Source, by: User, *, year: int = 2566) -> ImportBatch:
    return applied(upload(content, listed, by, year=year), by)


@pytest.fixture
def lists(cast: Cast) -> dict[str, Source]:
    owner = cast.organizations["province"]
    return {
        "state": source("tpmap", owner, cast.wanna, code="state"),
        "consented": source("community", owner, cast.wanna, code="asked", legal_basis="consent"),
    }


@pytest.fixture
def family(cast: Cast, lists: dict[str, Source]) -> Household:
    """A family known from a state list; a consented survey adds a third member."""
    bring_in(as_csv(FAMILY), lists["state"], cast.wanna)
    third = person("น้อย", "ใจดี", number=pin(3), born="02/02/2555", sex="หญิง", house="7")
    bring_in(as_csv([*FAMILY, third]), lists["consented"], cast.wanna, year=2567)
    return Household.objects.get(house_no="7")


def answer(
    cast: Cast, family: Household, lists: dict[str, Source], status: str, **more: Any
) -> None:
    record_consent(
        household=family,
        source=lists["consented"],
        status=status,
        given_by="นายสมมติ ใจดี",
        stated_on=more.pop("stated_on", TODAY()),
        by=cast.malee,
        **more,
    )


def live_claims(family: Household, listed: Source) -> int:
    return Assertion.objects.filter(
        household=family, version__source=listed, withdrawn_at=None
    ).count()


def names(family: Household) -> list[str]:
    return sorted(family.people.values_list("first_name", flat=True))


def picture(family: Household) -> list[Any]:
    """Present values of a household and its members, without their version numbers."""
    family.refresh_from_db()
    values = [family.head_name, family.members, family.house_no]
    people = family.people.order_by("pk").values_list(
        "title", "first_name", "last_name", "sex", "birth_date", "national_id_last4", "relation"
    )
    return [*values, *people]


def test_a_refusal_takes_the_list_out_and_a_later_consent_brings_it_back(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    before, claims = picture(family), live_claims(family, lists["consented"])
    assert (family.members, claims) == (3, 4)
    answer(cast, family, lists, "refused")
    assert live_claims(family, lists["consented"]) == 0
    assert live_claims(family, lists["state"]) == 3
    family.refresh_from_db()
    assert family.members == 2
    assert names(family) == ["สมมติ", "สมหญิง"]
    answer(cast, family, lists, "given")
    assert live_claims(family, lists["consented"]) == claims
    assert picture(family) == before


def test_a_person_known_only_from_the_refused_list_keeps_no_name(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    answer(cast, family, lists, "withdrawn")
    assert not Person.objects.filter(first_name="น้อย").exists()
    left = Person.objects.get(household=None)
    assert (left.first_name, left.national_id_index, left.birth_date) == ("", "", None)
    assert Membership.objects.get(person=left).ended_on
    assert not ended_memberships_visible_to(cast.malee).exists()


def test_a_new_round_of_a_refused_list_stays_without_effect(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    answer(cast, family, lists, "refused")
    bring_in(as_csv(FAMILY), lists["consented"], cast.wanna, year=2568)
    assert live_claims(family, lists["consented"]) == 0
    family.refresh_from_db()
    assert family.members == 2


def test_a_claim_taken_back_with_its_list_does_not_return_with_consent(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    answer(cast, family, lists, "refused")
    ImportBatch.objects.filter(version__source=lists["consented"]).update(status="reversed")
    answer(cast, family, lists, "given")
    assert live_claims(family, lists["consented"]) == 0


def test_the_answer_of_the_latest_day_counts_in_whatever_order_it_is_written(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    answer(cast, family, lists, "refused")
    answer(cast, family, lists, "given", stated_on=TODAY() - timedelta(days=30))
    assert live_claims(family, lists["consented"]) == 0


def test_consent_is_asked_only_where_the_list_rests_on_it(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    with pytest.raises(PrivacyRefused) as refused:
        record_consent(
            household=family,
            source=lists["state"],
            status="refused",
            given_by="x",
            stated_on=TODAY(),
            by=cast.malee,
        )
    assert refused.value.code == "not_by_consent"
    with pytest.raises(PrivacyRefused):
        answer(cast, family, lists, "given", stated_on=TODAY() + timedelta(days=1))


@pytest.mark.parametrize("content", [b"", b"MZ\x90 program", b"<html>", b"%PDX", b"PK\x03\x04"])
def test_a_paper_is_told_by_its_content_not_its_name(content: bytes) -> None:
    with pytest.raises(PrivacyRefused) as refused:
        papers.keep([content])
    assert refused.value.code == "paper_kind"


def test_a_paper_is_kept_sealed_and_opens_again() -> None:
    scan = b"\xff\xd8\xff\xe0" + b"scan" * 1000
    name = papers.keep([scan[:100], scan[100:]])
    assert b"scanscan" not in (files.folder() / name).read_bytes()
    assert papers.opened(name) == (scan, "image/jpeg")


def everything_stored(people: list[int], family: Household) -> str:
    """All text the registry still holds about these people, sealed rows opened."""
    parts: list[Any] = list(Person.objects.filter(pk__in=people).values_list())
    for claim in Assertion.objects.filter(household=family):
        parts += [claim.facts, claim.reason]
    for row in SourceRecord.objects.filter(household=family):
        parts += [unseal_json(row.raw_sealed), row.facts, row.issues, row.candidates, row.group]
    parts += list(Household.objects.filter(pk=family.pk).values_list())
    return " ".join(str(part) for part in parts)


def counts() -> list[Any]:
    return list(
        VillageTally.objects.order_by("area").values_list("area", "households", "persons", "levels")
    )


def test_erasing_a_family_leaves_nothing_that_names_it_and_every_count(
    cast: Cast, family: Household
) -> None:
    people = list(family.people.values_list("pk", flat=True))
    before = counts()
    assert "สมหญิง" in everything_stored(people, family)
    erase_household(household=family, ground="consent_withdrawn", reason="คำขอ", by=cast.malee)
    held = everything_stored(people, family)
    for trace in ("สมมติ", "สมหญิง", "น้อย", "ใจดี", pin(1)[-4:], "2510", "1967-03-12"):
        assert trace not in held, trace
    assert counts() == before
    family.refresh_from_db()
    assert (family.head_name, family.house_no) == (ERASED_NAME, "")
    assert not HouseholdReference.objects.filter(household=family).exists()
    assert Event.objects.get(verb="privacy.erase").subject_id == str(family.public_id)


def test_erasing_one_member_leaves_the_others_as_they_are(cast: Cast, family: Household) -> None:
    gone = family.people.get(first_name="สมหญิง")
    erase_person(person=gone, ground="consent_withdrawn", reason="คำขอ", by=cast.malee)
    assert names(family) == sorted([ERASED_NAME, "น้อย", "สมมติ"])
    gone.refresh_from_db()
    assert (gone.national_id_sealed, gone.national_id_index) == (None, "")
    assert (gone.sex, gone.birth_date, gone.birth_precision) == ("F", date(1969, 1, 1), "year")
    rows = SourceRecord.objects.filter(person=gone)
    assert rows.exists()
    assert all("สมหญิง" not in str(unseal_json(row.raw_sealed)) for row in rows)


def test_what_is_said_of_the_household_no_longer_names_the_erased(
    cast: Cast, family: Household
) -> None:
    claim = Assertion.objects.filter(household=family, person=None).latest("pk")
    claim.facts |= {"note": "นางสมหญิงป่วย", "need_text": "ซ่อมหลังคา"}
    claim.save()
    erase_person(
        person=family.people.get(first_name="สมหญิง"),
        ground="consent_withdrawn",
        reason="คำขอ",
        by=cast.malee,
    )
    claim.refresh_from_db()
    assert "note" not in claim.facts
    assert claim.facts["need_text"] == "ซ่อมหลังคา"


def brought_again(cast: Cast, family: Household, lists: dict[str, Source]) -> SourceRecord:
    """The list that names an erased member comes once more; her row."""
    erase_person(
        person=family.people.get(first_name="สมหญิง"),
        ground="consent_withdrawn",
        reason="คำขอ",
        by=cast.malee,
    )
    batch = bring_in(as_csv(FAMILY), lists["state"], cast.wanna, year=2568)
    return batch.records.get(row_number=3)


def told(batch: ImportBatch, bringer: User, tmp_path: Path) -> Any:
    """All that a bringer is told of a list with one row: counts, preview, JSON, error sheet, history."""
    batch.refresh_from_db()
    (row,) = batch.records.all()
    (preview,) = previews(batch, [row], bringer, "en")
    sheet = write_rejected(batch=batch, path=tmp_path / "r.xlsx", language="en", by=bringer)
    verbs = list(history_of(batch).values_list("verb", flat=True))
    home = visible_to(bringer).get(pk=row.household_id) if row.household_id else None
    seen = replace(preview, last4="", place=None, household=None)
    return (
        seen,
        batch.counts,
        row.outcome,
        row.rule,
        row.issues,
        sheet,
        verbs,
        home and home.members,
    )


def test_a_bringer_cannot_tell_a_number_of_the_erased_from_any_other(
    cast: Cast, family: Household, lists: dict[str, Source], tmp_path: Path
) -> None:
    """Number by number, before and after applying; only the province learns of it."""
    erase_person(
        person=family.people.get(first_name="สมหญิง"),
        ground="consent_withdrawn",
        reason="คำขอ",
        by=cast.malee,
    )
    own = source("community", cast.organizations["tao"], cast.wanna, code="own")
    answers = []
    for number, house, year in ((pin(2), "71", 2561), (pin(77), "72", 2562)):
        row = person("ทดลอง", "ถาม", number=number, born="01/01/2520", sex="ชาย", house=house)
        tried = staged(upload(as_csv([row]), own, cast.malee, year=year), cast.malee)
        before = told(tried, cast.malee, tmp_path)
        applied(tried, cast.malee)
        answers.append((before, told(tried, cast.malee, tmp_path)))
    assert answers[0] == answers[1]
    assert [row.batch.version.year_be for row in named_again.rows_for(cast.wanna)] == [2561]


def test_the_province_alone_is_asked_about_who_is_named_again(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    row = brought_again(cast, family, lists)
    assert Person.objects.filter(first_name="สมหญิง").exists()
    assert list(named_again.rows_for(cast.wanna)) == [row]
    for user in (cast.malee, cast.anan, cast.somsak, cast.stranger):
        assert not named_again.rows_for(user).exists()
        with pytest.raises(NotPermitted):
            named_again.let_stay(row=row, reason="ยินยอม", by=user)


def test_a_row_taken_out_says_nothing_any_more(
    cast: Cast,
    family: Household,
    lists: dict[str, Source],
    django_capture_on_commit_callbacks: Any,
) -> None:
    row = brought_again(cast, family, lists)
    stored = files.folder() / row.batch.stored_as
    others = Person.objects.exclude(pk=row.person_id).count()
    with django_capture_on_commit_callbacks(execute=True):
        named_again.take_out(row=row, reason="ครอบครัวไม่ยินยอม", by=cast.wanna)
    row.refresh_from_db()
    assert (row.outcome, row.national_id_index) == ("rejected", "")
    assert "สมหญิง" not in str(row.facts) + str(unseal_json(row.raw_sealed))
    assert not Person.objects.filter(first_name="สมหญิง").exists()
    assert Person.objects.count() == others
    assert not stored.exists()
    assert not named_again.rows_for(cast.wanna).exists()
    with pytest.raises(PrivacyRefused):
        named_again.let_stay(row=row, reason="เปลี่ยนใจ", by=cast.wanna)
    # Neither the history of the list nor that of its tambon tells of it.
    assert Event.objects.get(verb="row.take_out").area_code == "33"
    assert "row.take_out" not in history_of(row.batch).values_list("verb", flat=True)


def test_whoever_may_stay_is_never_asked_about_again(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    row = brought_again(cast, family, lists)
    with pytest.raises(PrivacyRefused):
        named_again.let_stay(row=row, reason=" ", by=cast.wanna)
    named_again.let_stay(row=row, reason="ครอบครัวยินยอม", by=cast.wanna)
    assert Person.objects.get(first_name="สมหญิง").household
    bring_in(as_csv(FAMILY), lists["state"], cast.wanna, year=2569)
    assert not named_again.rows_for(cast.wanna).exists()


def test_who_is_erased_between_reading_and_applying_is_asked_about_too(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    batch = staged(upload(as_csv(FAMILY), lists["state"], cast.wanna, year=2568), cast.wanna)
    row = batch.records.get(row_number=3)
    row.person = row.household = None
    row.save()
    erase_person(
        person=family.people.get(first_name="สมหญิง"),
        ground="consent_withdrawn",
        reason="คำขอ",
        by=cast.malee,
    )
    applied(batch, cast.wanna)
    assert list(named_again.rows_for(cast.wanna)) == [row]


def test_after_a_restore_whoever_was_erased_since_is_asked_about(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    gone = family.people.get(first_name="สมหญิง")
    before = Person.objects.filter(pk=gone.pk).values().get()
    assert named_again.ask_about_restored() == 0
    erase_person(person=gone, ground="consent_withdrawn", reason="คำขอ", by=cast.malee)
    assert named_again.ask_about_restored() == 0
    Person.objects.filter(pk=gone.pk).update(**before)  # what a backup from before holds
    assert named_again.ask_about_restored() == 1
    again = SubjectRequest.objects.get()
    assert (again.kind, again.household, again.status) == ("erasure", family, "open")


def test_anonymous_facts_keep_answers_and_drop_free_text() -> None:
    kept = anonymous(
        {
            "first_name": "ก",
            "phone": "08",
            "note": "x",
            "sex": "F",
            "capitals": {"human_1": "2"},
            "birth_date": "1969-05-01",
        },
        person=True,
    )
    assert kept["capitals"] == {"human_1": "2"}
    assert kept["birth_date"] == "1969-01-01"
    assert not {"phone", "note"} & set(kept)
    assert kept["first_name"] == ERASED_NAME


def asked(cast: Cast, **more: Any) -> SubjectRequest:
    held = {
        "kind": "access",
        "area": "330101",
        "asked_by": "นายสมมติ",
        "text": "ขอดู",
        "received_on": date(2026, 10, 1),
        "by": cast.malee,
    }
    return receive_request(**(held | more))


def test_an_answer_is_due_thirty_days_after_the_request_came(cast: Cast) -> None:
    assert asked(cast).due_on == date(2026, 10, 31)


def test_a_request_cannot_have_come_tomorrow(cast: Cast) -> None:
    with pytest.raises(PrivacyRefused):
        asked(cast, received_on=TODAY() + timedelta(days=1))


def test_a_request_is_answered_once_and_never_without_words(cast: Cast) -> None:
    held = asked(cast)
    with pytest.raises(PrivacyRefused) as refused:
        answer_request(request=held, status="declined", answer="  ", by=cast.malee)
    assert refused.value.code == "answer_missing"
    answer_request(request=held, status="declined", answer="ไม่ใช่เจ้าของข้อมูล", by=cast.malee)
    with pytest.raises(PrivacyRefused) as refused:
        answer_request(request=held, status="done", answer="พิมพ์แล้ว", by=cast.wanna)
    assert refused.value.code == "request_closed"


def expire(batch: ImportBatch) -> None:
    batch.version.as_of = date(2015, 9, 30)
    batch.version.save()


def test_a_list_is_kept_as_many_years_as_its_owner_promised(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    batch = ImportBatch.objects.get(version__source=lists["state"])
    expire(batch)
    until = date(2020, 9, 30)
    assert batch.version.kept_until == until
    assert retention.expired_versions(cast.wanna, on=until) == []
    found = retention.expired_versions(cast.wanna, on=until + timedelta(days=1))
    assert [(e.version, e.files, e.rows) for e in found] == [(batch.version, 1, 2)]
    assert retention.expired_versions(cast.malee, on=TODAY()) == []


def test_purging_deletes_file_and_rows_and_keeps_what_was_learned(
    cast: Cast,
    family: Household,
    lists: dict[str, Source],
    django_capture_on_commit_callbacks: Any,
) -> None:
    batch = ImportBatch.objects.get(version__source=lists["state"])
    stored, before = files.folder() / batch.stored_as, picture(family)
    expire(batch)
    assert stored.exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.purge_expired(by=cast.wanna) == 1
    assert not stored.exists()
    assert all(unseal_json(row.raw_sealed) == [] for row in batch.records.all())
    assert picture(family) == before
    assert retention.expired_versions(cast.wanna) == []
    assert retention.purge_expired(by=cast.wanna) == 0


def test_nobody_purges_beyond_the_own_area(cast: Cast, family: Household, lists: Any) -> None:
    expire(ImportBatch.objects.get(version__source=lists["state"]))
    for user in (cast.malee, cast.anan, cast.stranger):
        held: User = user
        with pytest.raises(NotPermitted):
            retention.purge_expired(by=held)


def test_the_worker_deletes_what_is_past_its_time_once_a_day(
    cast: Cast, family: Household, lists: dict[str, Source], django_capture_on_commit_callbacks: Any
) -> None:
    batch = ImportBatch.objects.get(version__source=lists["state"])
    # An erasure deleted the file before; the rows as received are past their time all the same.
    ImportBatch.objects.filter(pk=batch.pk).update(stored_as="")
    expire(batch)
    assert (retention.ask_for_today(), retention.ask_for_today()) == (1, 0)
    assert retention.last_run() is None
    with django_capture_on_commit_callbacks(execute=True):
        while run_one("worker"):
            pass
    assert all(unseal_json(row.raw_sealed) == [] for row in batch.records.all())
    assert retention.last_run().result == {"files": 1}
    assert retention.expired_versions(cast.wanna) == []


def test_a_withdrawn_consent_takes_the_family_out_of_that_lists_frozen_inputs(
    cast: Cast, family: Household, lists: dict[str, Source]
) -> None:
    answer(cast, family, lists, "given")
    assert not Job.objects.filter(kind="forget_rows").exists()
    answer(cast, family, lists, "withdrawn")
    asked_for = Job.objects.get(kind="forget_rows")
    assert asked_for.payload == {"household": family.pk, "source": lists["consented"].pk}
