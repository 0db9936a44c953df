"""Field work on the pages: two taps, undo, a photo, a missed family, a forum, and who gets in."""

from __future__ import annotations

import io

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kaejon.apps.audit.models import Look
from kaejon.apps.households.models import Household
from kaejon.apps.surveys.checking import record_check
from kaejon.apps.surveys.models import Forum, Verification
from tests.apps.families import Family, make_family
from tests.apps.test_surveys import finding, open_forum
from tests.cast import Cast
from tests.methods.test_checks import exif, jpeg
from tests.web.test_folder_page import signed_in

VILLAGE = "/field/villages/33010101/"


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


@pytest.fixture
def client(cast: Cast) -> Client:
    return signed_in(cast.malee)


def at(name: str, thing: object, **query: str) -> str:
    key = thing.public_id if hasattr(thing, "public_id") else thing
    tail = "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
    return reverse(name, args=[key]) + tail


def words(pdf: bytes) -> str:
    """What the papers say where letters carry no marks; the sheets' own tests read every letter."""
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_one_tap_records_a_check_and_one_more_takes_it_back(client: Client, family: Family) -> None:
    page = client.get(VILLAGE).content.decode()
    assert "0 จาก 1" in page
    tap = {"outcome": "confirmed_poor", "back": VILLAGE}
    page = client.post(at("check_quick", family.household), tap, follow=True).content.decode()
    assert "1 จาก 1" in page
    check = Verification.objects.get()
    assert at("check_withdraw", check) in page
    undo = {"reason": "บันทึกผิด", "back": VILLAGE}
    page = client.post(at("check_withdraw", check), undo, follow=True).content.decode()
    assert "0 จาก 1" in page
    moved = {"outcome": "moved"}
    assert client.post(at("check_quick", family.household), moved).status_code == 400
    away = {"outcome": "not_poor", "back": "https://elsewhere.example/"}
    answer = client.post(at("check_quick", family.household), away)
    assert answer["Location"].startswith(VILLAGE)


def test_a_long_form_names_at_its_head_the_fields_with_errors(
    client: Client, family: Family
) -> None:
    sent = {"outcome": "moved", "method": "visit", "on": "31/2/2569", "note": "บ้านปิด"}
    answer = client.post(at("check_record", family.household), sent)
    assert answer.status_code == 422
    head, _, fields = answer.content.decode().partition('name="outcome"')
    assert 'href="#id_on_errors"' in head
    assert "เดือนนั้นไม่มีวันที่นี้" in head
    assert 'id="id_on_errors"' in fields
    assert "บ้านปิด" in fields


def test_a_photo_is_kept_without_its_place_and_seen_only_by_who_may(
    client: Client, cast: Cast, family: Family
) -> None:
    photo = SimpleUploadedFile("บ้านป้า.jpg", jpeg(exif(6)))
    form = {"outcome": "confirmed_poor", "method": "visit", "note": "หลังคารั่ว", "photo": photo}
    answer = client.post(at("check_record", family.household), form)
    assert answer.status_code == 302
    check = Verification.objects.get()
    before = Look.objects.count()
    shown = client.get(at("check_photo", check))
    assert (shown["Content-Type"], b"GPS" in shown.content) == ("image/jpeg", False)
    assert Look.objects.count() == before + 1
    assert signed_in(cast.somsak).get(at("check_photo", check)).status_code == 404
    text = SimpleUploadedFile("x.jpg", b"<script>")
    refused = client.post(at("check_record", family.household), form | {"photo": text})
    assert refused.status_code == 422
    assert Verification.objects.count() == 1


def test_a_missed_family_is_asked_about_before_it_is_added_twice(
    client: Client, family: Family
) -> None:
    form = {
        "area": "33010101",
        "house_no": "12/3",
        "first_name": "ใหม่",
        "reason": "พบที่เพิง",
        "reason_code": "no_income",
    }
    asked = client.post(f"{VILLAGE}missed/", form)
    assert asked.status_code == 422
    assert at("check_record", family.household) in asked.content.decode()
    assert client.post(f"{VILLAGE}missed/", form | {"another": "on"}).status_code == 302
    new = Household.objects.get(verified="missed")
    assert (new.head_name, new.checks.get().reason) == ("ใหม่", "no_income")


def test_the_folder_tells_every_check_and_the_family_gets_it_on_paper(
    client: Client, cast: Cast, family: Family
) -> None:
    assert client.get(at("check_result", family.household)).status_code == 400
    record_check(finding=finding(family.household, "not_poor"), by=cast.malee)
    page = client.get(at("folder", family.household)).content.decode()
    assert "ไม่เข้าเกณฑ์ในรอบนี้" in page
    assert at("status_override", family.household) in page
    viewer = signed_in(cast.darunee).get(at("folder", family.household)).content.decode()
    assert "ไม่เข้าเกณฑ์ในรอบนี้" in viewer
    assert at("check_record", family.household) not in viewer
    assert "12/3" in words(client.get(at("check_result", family.household)).content)
    form = {"outcome": "confirmed_poor", "reason": "มติ พชอ."}
    page = client.post(at("status_override", family.household), form, follow=True)
    assert "มติ พชอ." in page.content.decode()


def test_a_forum_is_planned_decided_and_signed_off_on_its_page(
    client: Client, cast: Cast, family: Family
) -> None:
    form = {"held_on": "1/11/2569", "place": "ศาลา", "chair": "ผู้ใหญ่", "came_households": "25"}
    page = client.post(f"{VILLAGE}forum/", form, follow=True).content.decode()
    forum = Forum.objects.get()
    assert "ยังไม่มีครัวเรือนในวาระ" in page
    chosen = {"household": [str(family.household.public_id)]}
    client.post(at("forum_agenda", forum), chosen)
    item = forum.agenda.get()
    vote = {"outcome": "not_poor", "how": "vote", "votes_for": "3", "votes_against": "8"}
    refused = client.post(at("forum_decide", item), vote)
    assert refused.status_code == 422
    client.post(at("forum_decide", item), vote | {"votes_for": "18"})
    client.post(at("forum_object", item), {"raised_by": "ลูกสาว", "text": "ยังลำบาก"})
    assert client.post(at("forum_close", forum)).status_code == 400
    objection = item.objections.get()
    client.post(at("forum_answer", objection), {"answer": "จะเยี่ยมซ้ำ"})
    page = client.post(at("forum_close", forum), follow=True).content.decode()
    assert "18 : 8" in page
    minutes = words(client.get(reverse("forum_paper", args=[forum.public_id, "minutes"])).content)
    assert "18 : 8" in minutes
    for door, row in (("forum_change", forum), ("forum_agenda", forum), ("forum_decide", item)):
        told = client.get(at(door, row), follow=True)
        assert "เปิดใหม่" in told.content.decode()
        assert told.redirect_chain
    reopened = {"reason": "ทบทวน"}
    client.post(at("forum_reopen", forum), reopened)
    forum.refresh_from_db()
    assert not forum.is_closed


def test_worklist_and_agenda_are_printed_and_every_household_is_a_look(
    client: Client, cast: Cast, family: Family
) -> None:
    before = Look.objects.filter(kind="print").count()
    assert "12/3" in words(client.get(f"{VILLAGE}worklist.pdf").content)
    forum = open_forum(cast, households=20)
    client.post(at("forum_agenda", forum), {"household": [str(family.household.public_id)]})
    agenda = client.get(reverse("forum_paper", args=[forum.public_id, "agenda"])).content
    assert "12/3" in words(agenda)
    assert Look.objects.filter(kind="print").count() == before + 2
    content = client.get(f"{VILLAGE}worklist.xlsx").content
    sent = SimpleUploadedFile("list.xlsx", content)
    page = client.post(f"{VILLAGE}results/", {"file": sent}, follow=True)
    assert page.status_code == 200
    assert "ยังไม่กรอก" in page.content.decode()


def test_what_a_list_has_wrong_goes_to_its_owner_and_the_answer_comes_back(
    client: Client, cast: Cast, family: Family
) -> None:
    record_check(finding=finding(family.household, "not_poor"), by=cast.malee)
    place = "/field/differences/?area=33010101"
    page = client.get(f"{place}&view=listed").content.decode()
    ask = at("correction_ask", family.household)
    assert ask in page
    assert client.get(f"{place}&view=missing").status_code == 200
    client.post(ask, {"right": "ไม่เข้าเกณฑ์ในรอบนี้"})
    owner = cast.organizations["province"].code
    page = client.get(f"/field/corrections/?owner={owner}").content.decode()
    assert "ยังไม่ได้แจ้ง" in page
    assert client.get(at("correction_export", owner)).status_code == 200
    client.post(at("correction_tell", owner))
    row = family.household.corrections.get()
    assert row.told_on == timezone.localdate()
    client.post(at("correction_answer", row), {"state": "refused", "answer": "ต้องรอรอบใหม่"})
    row.refresh_from_db()
    assert (row.state, row.answer) == ("refused", "ต้องรอรอบใหม่")
    settle = client.get("/field/differences/?area=33010101").content.decode()
    assert "บัญชีของรัฐ" in settle


def test_the_family_may_read_what_was_written_about_its_check(
    client: Client, cast: Cast, family: Family
) -> None:
    record_check(finding=finding(family.household, note="HOUSE-LEAKS"), by=cast.malee)
    paper = client.get(at("held_data_print", family.household))
    assert "HOUSE-LEAKS" in words(paper.content)
