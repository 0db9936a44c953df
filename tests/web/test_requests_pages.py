"""Requests, consent and erasure in the browser, as the officer of the tambon does them."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pypdf import PdfReader

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.models import Event, Look
from kaejon.apps.households.models import ERASED_NAME, Household, Person
from kaejon.apps.jobs.models import Job
from kaejon.apps.privacy.erasing import erase_household, erase_person
from kaejon.apps.privacy.models import Consent, SubjectRequest
from kaejon.apps.sources import files
from kaejon.apps.sources.models import Assertion, ImportBatch, Source, SourceRecord
from kaejon.apps.vault.sealing import seal_json
from tests.apps.lists import applied, as_csv, person, pin, source, upload
from tests.cast import Cast, sign_in
from tests.factories import make

FAMILY = [
    person("สมมติ", "ใจดี", number=pin(1), born="12/03/2510", sex="ชาย", title="นาย", house="7")
]
SCAN = b"%PDF-1.7\n" + b"signed " * 50


def signed_in(user: User) -> Client:
    client = sign_in(Client(), user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def survey(cast: Cast) -> Source:
    return source("community", cast.organizations["province"], cast.wanna, legal_basis="consent")


@pytest.fixture
def family(cast: Cast, survey: Source) -> Household:
    applied(upload(as_csv(FAMILY), survey, cast.wanna), cast.wanna)
    return Household.objects.get(house_no="7")


def today() -> str:
    return f"{timezone.localdate():%d/%m/%Y}"


def write_down(client: Client, family: Household, kind: str) -> SubjectRequest:
    form = {"kind": kind, "asked_by": "นายสมมติ ใจดี", "text": "ขอ", "received_on": today()}
    done = client.post(reverse("request_add_for", args=[family.public_id]), form)
    assert done.status_code == 302
    return SubjectRequest.objects.latest("pk")


def test_a_request_is_written_down_listed_and_answered(cast: Cast, family: Household) -> None:
    malee = signed_in(cast.malee)
    held = write_down(malee, family, "access")
    url = reverse("request_page", args=[held.public_id])
    assert "นายสมมติ ใจดี" in malee.get(reverse("request_list")).content.decode()
    assert malee.post(url, {"status": "done", "answer": ""}).status_code == 422
    assert malee.post(url, {"status": "done", "answer": "พิมพ์ให้แล้ว"}).status_code == 302
    assert "พิมพ์ให้แล้ว" in malee.get(url).content.decode()
    assert "นายสมมติ ใจดี" not in malee.get(reverse("request_list")).content.decode()
    assert "นายสมมติ ใจดี" in malee.get(reverse("request_list") + "?state=closed").content.decode()


def test_an_answer_that_is_late_is_marked(cast: Cast, family: Household) -> None:
    malee = signed_in(cast.malee)
    held = write_down(malee, family, "correction")
    assert "overdue since" not in malee.get(reverse("request_list")).content.decode()
    SubjectRequest.objects.filter(pk=held.pk).update(
        due_on=timezone.localdate() - timedelta(days=1)
    )
    assert "overdue since" in malee.get(reverse("request_list") + "?state=overdue").content.decode()


def test_a_second_answer_is_refused(cast: Cast, family: Household) -> None:
    malee, wanna = signed_in(cast.malee), signed_in(cast.wanna)
    held = write_down(malee, family, "objection")
    url = reverse("request_page", args=[held.public_id])
    malee.post(url, {"status": "declined", "answer": "ไม่ใช่เจ้าของข้อมูล"})
    late = wanna.post(url, {"status": "done", "answer": "ทำแล้ว"})
    assert late.status_code == 422
    held.refresh_from_db()
    assert (held.status, held.answered_by) == ("declined", cast.malee)


def test_a_neighbour_sees_no_request_of_another_tambon(cast: Cast, family: Household) -> None:
    write_down(signed_in(cast.malee), family, "access")
    assert "นายสมมติ" not in signed_in(cast.somsak).get(reverse("request_list")).content.decode()


def test_nothing_is_erased_without_a_request_and_a_yes(
    cast: Cast, family: Household, settings: Any
) -> None:
    malee, url = signed_in(cast.malee), reverse("erase_household", args=[family.public_id])
    assert malee.get(url).status_code == 404
    held = write_down(malee, family, "erasure")
    shown = malee.get(url).content.decode()
    assert "What stays, and why" in shown
    assert malee.post(url, {"reason": "คำขอ", "ground": "unlawful"}).status_code == 422
    assert malee.post(url, {"reason": "คำขอ", "sure": "on"}).status_code == 422
    family.refresh_from_db()
    assert "สมมติ" in family.head_name
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1  # the password was given too long ago
    form = {"reason": "คำขอ", "ground": "consent_withdrawn", "sure": "on"}
    asked = malee.post(url, form)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    family.refresh_from_db()
    assert "สมมติ" in family.head_name
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 60
    erased = malee.post(url, form, follow=True)
    assert erased.redirect_chain[-1][0] == reverse("request_page", args=[held.public_id])
    assert "Save the answer" in erased.content.decode()
    family.refresh_from_db()
    assert "สมมติ" not in family.head_name
    assert Event.objects.get(verb="privacy.erase").changes == {"ground": "consent_withdrawn"}


def test_nothing_is_written_any_more_about_a_family_that_was_erased(
    cast: Cast, family: Household
) -> None:
    malee, folder = signed_in(cast.malee), reverse("folder", args=[family.public_id])
    (member,) = family.people.all()
    doors = [
        reverse("household_correct", args=[family.public_id]),
        reverse("member_add", args=[family.public_id]),
        reverse("note_add", args=[family.public_id]),
        reverse("household_offer", args=[family.public_id]),
        reverse("person_correct", args=[member.public_id]),
        reverse("member_move", args=[member.public_id]),
    ]
    shown = malee.get(folder).content.decode()
    assert [door for door in doors if door not in shown] == []
    erase_household(household=family, ground="unlawful", reason="คำขอ", by=cast.malee)
    shown = malee.get(folder).content.decode()
    assert [door for door in doors if door in shown] == []
    claims = Assertion.objects.count()
    form = {"first_name": "สมมติ", "last_name": "ใจดี", "relation": "หัวหน้าครัวเรือน", "reason": "รู้จัก"}
    refused = malee.post(doors[1], form)
    assert "erased at the wish of the people concerned" in refused.content.decode()
    assert (family.people.count(), Assertion.objects.count()) == (1, claims)
    assert malee.post(doors[2], {"text": "สมมติ ใจดี"}).status_code != 302
    assert not family.notes.exists()


def test_of_a_family_whose_head_was_erased_the_others_are_kept_up(cast: Cast) -> None:
    home = make(Household, area_id="33010101", head_name=ERASED_NAME)
    gone = make(Person, household=home, area_id="33010101", first_name=ERASED_NAME, is_head=True)
    stays = make(Person, household=home, area_id="33010101", first_name="สมศรี")
    shown = signed_in(cast.malee).get(reverse("folder", args=[home.public_id])).content.decode()
    assert reverse("household_correct", args=[home.public_id]) in shown
    assert reverse("person_correct", args=[stays.public_id]) in shown
    assert reverse("person_correct", args=[gone.public_id]) not in shown


def state_consent(
    client: Client, family: Household, survey: Source, status: str, **more: Any
) -> Any:
    form = {
        "source": survey.pk,
        "status": status,
        "given_by": "นายสมมติ",
        "stated_on": today(),
        **more,
    }
    return client.post(reverse("consent_edit", args=[family.public_id]), form)


def test_a_refusal_with_its_signed_paper_takes_effect(
    cast: Cast, family: Household, survey: Source
) -> None:
    malee = signed_in(cast.malee)
    paper = SimpleUploadedFile("signed.pdf", SCAN, content_type="application/pdf")
    assert state_consent(malee, family, survey, "refused", paper=paper).status_code == 302
    assert not Assertion.objects.filter(household=family, withdrawn_at=None).exists()
    consent = Consent.objects.get()
    answer = malee.get(reverse("consent_paper", args=[consent.public_id]))
    assert (answer.content, answer["Content-Type"]) == (SCAN, "application/pdf")
    look = Look.objects.latest("pk")
    assert (look.household_id, look.actor_id) == (str(family.public_id), cast.malee.public_id)


def test_a_program_with_the_name_of_a_paper_is_refused_and_nothing_is_kept(
    cast: Cast, family: Household, survey: Source
) -> None:
    before = set(files.folder().iterdir())
    paper = SimpleUploadedFile("signed.pdf", b"MZ\x90\x00 program", content_type="application/pdf")
    answer = state_consent(signed_in(cast.malee), family, survey, "refused", paper=paper)
    assert answer.status_code == 422
    assert set(files.folder().iterdir()) == before
    assert not Consent.objects.exists()


def test_a_refused_form_leaves_no_paper_behind(
    cast: Cast, family: Household, survey: Source
) -> None:
    before = set(files.folder().iterdir())
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%d/%m/%Y}"
    answer = state_consent(
        signed_in(cast.malee),
        family,
        survey,
        "given",
        paper=SimpleUploadedFile("signed.pdf", SCAN),
        stated_on=tomorrow,
    )
    assert answer.status_code == 422
    assert set(files.folder().iterdir()) == before


def test_the_print_out_says_what_is_held_from_whom_and_who_looked(
    cast: Cast, family: Household, survey: Source
) -> None:
    malee = signed_in(cast.malee)
    state_consent(malee, family, survey, "given")
    answer = malee.get(reverse("held_data_print", args=[family.public_id]))
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert answer["Content-Type"] == "application/pdf"
    for part in ("2566", "Tambon officer"):
        assert part in text
    assert pin(1) not in text.replace("-", "").replace(" ", "")
    look = Look.objects.latest("pk")
    assert (look.kind, look.household_id) == ("print", str(family.public_id))


def test_files_past_their_time_are_shown_before_they_are_deleted(
    cast: Cast, family: Household, survey: Source
) -> None:
    wanna, url = signed_in(cast.wanna), reverse("retention")
    assert "Nothing is past its time" in wanna.get(url).content.decode()
    version = ImportBatch.objects.get().version
    version.as_of = date(2015, 9, 30)
    version.save()
    assert survey.name in wanna.get(url).content.decode()
    assert ImportBatch.objects.exclude(stored_as="").exists()
    wanna.post(url)
    assert not ImportBatch.objects.exclude(stored_as="").exists()


def test_the_list_of_requests_costs_the_same_for_many(
    cast: Cast, family: Household, django_assert_max_num_queries: Any
) -> None:
    malee = signed_in(cast.malee)
    for _ in range(20):
        write_down(malee, family, "access")
    with django_assert_max_num_queries(14):
        malee.get(reverse("request_list"))


def test_administrator_and_province_see_when_lists_past_their_time_were_last_deleted(
    cast: Cast, family: Household
) -> None:
    pages = [(cast.anan, reverse("account_list")), (cast.wanna, reverse("retention"))]
    for user, url in pages:
        assert "has not yet looked" in signed_in(user).get(url).content.decode()
    make(Job, kind="purge_expired", status="done", finished_at=timezone.now(), result={"files": 3})
    for user, url in pages:
        assert "deleted 3 files" in signed_in(user).get(url).content.decode()


def test_a_row_of_somebody_erased_waits_on_a_page_for_the_province(
    cast: Cast, family: Household, survey: Source
) -> None:
    gone = family.people.order_by("pk").first()
    assert gone
    erase_person(person=gone, ground="consent_withdrawn", reason="คำขอ", by=cast.malee)
    row = make(
        SourceRecord,
        batch=make(
            ImportBatch, status="applied", counts={"outcomes": {"created": 1, "rejected": 0}}
        ),
        area_code="330101",
        outcome="created",
        erased_before=timezone.now(),
        digest="d",
        facts={"person": {"first_name": "สมหมาย"}, "household": {"house_no": "7/1"}},
        raw_sealed=seal_json(["สมหมาย"]),
    )
    wanna, page = (
        signed_in(cast.wanna),
        reverse("named_again_row", args=[row.batch.public_id, row.row_number]),
    )
    listed = wanna.get(reverse("named_again_list")).content.decode()
    assert page in listed
    with override("en"):
        assert Area.objects.get(code="330101").full_name in listed
    assert reverse("named_again_list") in wanna.get(reverse("request_list")).content.decode()
    assert (
        reverse("named_again_list")
        not in signed_in(cast.malee).get(reverse("request_list")).content.decode()
    )
    looks = Look.objects.count()
    assert "สมหมาย" in wanna.get(page).content.decode()
    assert Look.objects.count() == looks + 1
    assert wanna.post(page, {"answer": "take_out", "reason": " "}).status_code == 422
    assert wanna.post(page, {"answer": "take_out", "reason": "ไม่ยินยอม"}).status_code == 302
    assert wanna.get(page).status_code == 404
    row.refresh_from_db()
    assert (row.outcome, "สมหมาย" in str(row.facts)) == ("rejected", False)


def test_the_answer_to_an_erasure_says_what_is_kept_and_why(cast: Cast, family: Household) -> None:
    malee = signed_in(cast.malee)
    request = write_down(malee, family, "erasure")
    page = malee.get(reverse("request_page", args=[request.public_id])).content.decode()
    assert "public task" in page
    assert "sections 24 (4) and 33" in page
