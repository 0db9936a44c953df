"""The Family Folder in the browser's eyes: who may open it, what it tells, what it costs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.audit.models import Look, LookKind
from kaejon.apps.folders import actions
from kaejon.apps.households.models import Grant
from tests.apps.families import NATIONAL_ID, Family, make_family
from tests.cast import Cast, sign_in

SHOWN_ID = "3-3301-00000-01-1"


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


def signed_in(user: User) -> Client:
    return sign_in(Client(), user)


def address(family: Family, rest: str = "") -> str:
    return f"/households/{family.household.public_id}/{rest}"


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def grant_to_agency(cast: Cast, family: Family) -> None:
    Grant.objects.create(
        household=family.household,
        organization=cast.organizations["health"],
        purpose="เยี่ยมบ้าน",
        valid_from=timezone.localdate(),
        valid_until=timezone.localdate() + timedelta(days=30),
        granted_by=cast.malee,
    )


def test_only_those_whose_area_it_is_open_the_folder(cast: Cast, family: Family) -> None:
    answers = {
        name: signed_in(getattr(cast, name)).get(address(family)).status_code
        for name in ("malee", "somsak", "darunee", "preecha", "stranger", "wanna", "anan")
    }
    assert answers == {
        "malee": 200,
        "somsak": 404,
        "darunee": 200,
        "preecha": 404,
        "stranger": 404,
        "wanna": 200,
        "anan": 404,
    }


def test_the_address_of_the_qr_code_asks_to_sign_in_and_then_opens_the_folder(
    cast: Cast, family: Family
) -> None:
    response = Client().get(address(family))
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={address(family)}"


def test_an_agency_opens_just_the_household_granted_to_it(cast: Cast, family: Family) -> None:
    grant_to_agency(cast, family)
    page = text_of(signed_in(cast.preecha), address(family))
    assert "สมศรี" in page
    assert "แก้ไขที่อยู่" not in page


CHANGING = ["correct/", "members/add/", "notes/add/", "attention/", "settle/birth_date/"]


@pytest.mark.parametrize("rest", CHANGING)
def test_who_only_reads_cannot_reach_a_form(cast: Cast, family: Family, rest: str) -> None:
    grant_to_agency(cast, family)
    for user in (cast.somsak, cast.darunee, cast.preecha, cast.stranger, cast.anan):
        assert signed_in(user).get(address(family, rest)).status_code == 404


@pytest.mark.parametrize("verb", ["correct", "move", "remove", "national-id"])
def test_members_cannot_be_reached_from_outside(cast: Cast, family: Family, verb: str) -> None:
    url = f"/households/people/{family.somsri.public_id}/{verb}/"
    for user in (cast.somsak, cast.darunee, cast.preecha, cast.stranger, cast.anan):
        assert signed_in(user).get(url).status_code == 404
        assert signed_in(user).post(url, {"reason": "x"}).status_code == 404
    assert signed_in(cast.malee).get(url).status_code == 200


def test_opening_the_folder_is_recorded_with_the_role(cast: Cast, family: Family) -> None:
    signed_in(cast.darunee).get(address(family))
    look = Look.objects.get()
    assert (look.kind, look.household_id, look.actor_name) == (
        LookKind.VIEW,
        str(family.household.public_id),
        "ดารุณี อ่านดี",
    )
    assert "viewer 3301" in look.actor_role


def test_the_page_reads_as_a_family(cast: Cast, family: Family) -> None:
    page = text_of(signed_in(cast.malee), address(family))
    for words in (
        "คนในบ้าน 2 คน",
        "หัวหน้าครัวเรือน",
        "หลาน",
        "ผู้สูงอายุ",
        "วัยเรียน",
        "บ้านเลขที่ 12/3",
        "ตำบลเมืองเหนือ",
    ):
        assert words in page, words
    age = (
        timezone.localdate().year
        - 1960
        - ((timezone.localdate().month, timezone.localdate().day) < (5, 1))
    )
    assert f"อายุ {age} ปี" in page


def test_each_problem_names_its_list_and_the_side_that_looks_after_it(
    cast: Cast, family: Family
) -> None:
    page = text_of(signed_in(cast.malee), address(family))
    for words in (
        "เด็กยังไม่ได้เรียนภาคบังคับ 9 ปี",
        "ฝ่ายการศึกษา",
        "บัญชี bmn 2565",
        "30 ก.ย. 2565",
        "รายได้เฉลี่ยของคนในบ้านต่ำกว่าเกณฑ์",
        "บ้านทรุดโทรม",
        "บัญชี ppp 2568",
    ):
        assert words in page, words


def test_target_poor_is_said_only_as_the_name_of_the_list(cast: Cast, family: Family) -> None:
    page = text_of(signed_in(cast.malee), address(family))
    assert "มีชื่อในบัญชีคนจนเป้าหมาย TPMAP ปี 2566" in page
    assert "เข้าเกณฑ์ TPMAP ตาม จปฐ. ปี 2565" in page
    for never in ("คนจนไม่จริง", "คนจนปลอม", "ผู้ต้องขัง"):
        assert never not in page


SENSITIVE = ["เบาหวาน", "ป่วยติดเตียง", "สุขภาพไม่ดี", "มีหนี้สินหนัก", "ผู้ป่วยโรคเรื้อรังยังไม่มีคนดูแล", "หลานพบแพทย์"]


def test_sensitive_facts_are_closed_to_readers_without_that_right(
    cast: Cast, family: Family
) -> None:
    actions.add_note(household=family.household, text="หลานพบแพทย์", sensitive=True, by=cast.malee)
    officer = text_of(signed_in(cast.malee), address(family))
    reader = text_of(signed_in(cast.darunee), address(family))
    for words in SENSITIVE:
        assert words in officer, words
        assert words not in reader, words
    assert "ข้อมูลอ่อนไหว ปิดไว้" in reader


def test_lists_that_disagree_are_shown_against_each_other(cast: Cast, family: Family) -> None:
    page = text_of(signed_in(cast.malee), address(family))
    for words in ("1 พ.ค. 2503", "1 พ.ค. 2504", "ใช้ค่านี้ไปก่อน", "settle/birth_date/?person="):
        assert words in page, words
    assert "settle/" not in text_of(signed_in(cast.darunee), address(family))


def test_withdrawn_claims_are_not_shown(cast: Cast, family: Family) -> None:
    family.household.assertions.filter(version=family.lists["community"]).update(
        withdrawn_at=timezone.now()
    )
    assert "บัญชี community" not in text_of(signed_in(cast.malee), address(family))


def test_provisional_weights_are_told_with_their_reason(cast: Cast, family: Family) -> None:
    page = text_of(signed_in(cast.malee), address(family))
    assert "ค่าน้ำหนักบางข้อยังเป็นค่าชั่วคราว" in page
    assert "จึงแบ่งครึ่งเท่ากันไว้ก่อน" in page


def test_lists_that_rest_on_consent_say_that_no_answer_is_recorded(
    cast: Cast, family: Family
) -> None:
    assert text_of(signed_in(cast.malee), address(family)).count("ยังไม่มีบันทึกคำตอบ") == 2


def test_a_full_national_id_never_stands_on_the_folder(cast: Cast, family: Family) -> None:
    page = text_of(signed_in(cast.malee), address(family))
    assert NATIONAL_ID not in page
    assert SHOWN_ID not in page
    assert "x-xxxx-xxxx0-01-1" in page


def test_the_full_number_needs_a_reason_and_leaves_a_trace(cast: Cast, family: Family) -> None:
    client = signed_in(cast.malee)
    url = f"/households/people/{family.somsri.public_id}/national-id/"
    refused = client.post(url, {"reason": "  "})
    assert refused.status_code == 422
    assert SHOWN_ID not in refused.content.decode()
    assert not Look.objects.filter(kind=LookKind.REVEAL).exists()
    answer = client.post(url, {"reason": "ตรวจสิทธิเบี้ยยังชีพ"})
    assert SHOWN_ID in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    look = Look.objects.get(kind=LookKind.REVEAL)
    assert (look.person_id, look.reason) == (str(family.somsri.public_id), "ตรวจสิทธิเบี้ยยังชีพ")
    assert SHOWN_ID not in client.get(url).content.decode()


def test_the_full_number_needs_the_password_given_lately(
    cast: Cast, family: Family, settings: Any
) -> None:
    client = signed_in(cast.malee)
    url = f"/households/people/{family.somsri.public_id}/national-id/"
    assert client.get(url).status_code == 200
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1  # given too long ago
    answer = client.post(url, {"reason": "ตรวจสิทธิเบี้ยยังชีพ"})
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    assert not Look.objects.filter(kind=LookKind.REVEAL).exists()


def test_the_folder_takes_the_same_few_queries_for_a_large_family(
    cast: Cast, family: Family, django_assert_max_num_queries: object
) -> None:
    from tests.apps.families import claim, make_person, named

    client = signed_in(cast.malee)
    for n in range(12):
        person = make_person(
            family.household, f"ลูก{n}", "มีสุข", birth_date=date(2000, 1, 2), birth_precision="day"
        )
        claim(cast, family.lists["bmn"], family.household, named("นาย", f"ลูก{n}", "มีสุข"), person)
        actions.add_note(household=family.household, text="ก", sensitive=False, by=cast.malee)
    client.get(address(family))
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        client.get(address(family))


def test_the_page_is_complete_in_english(cast: Cast, family: Family) -> None:
    client = signed_in(cast.malee)
    client.cookies["django_language"] = "en"
    page = text_of(client, address(family))
    for words in (
        "Family of",
        "2 people live here",
        "Child is not in compulsory school",
        "side: Education",
        "Where this is known from",
    ):
        assert words in page, words
