"""Corrections through the pages: forms that keep what was written, conflicts side by side, the way back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils.html import escape

from kaejon.apps.audit.models import Look, LookKind
from kaejon.apps.folders import actions
from kaejon.apps.folders.models import Note
from kaejon.apps.households.models import Household, Membership
from kaejon.apps.households.queries import known_values
from tests.apps.families import Family, make_family, make_household
from tests.cast import Cast
from tests.web.test_folder_page import address, signed_in

VISIT = "เยี่ยมบ้าน"


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


@pytest.fixture
def client(cast: Cast) -> Client:
    return signed_in(cast.malee)


def household_form(household: Household, **changes: object) -> dict[str, object]:
    form = {"version": household.version, "reason": VISIT, **known_values(household)} | changes
    return {name: value for name, value in form.items() if value is not None}


def person_form(family: Family, **changes: object) -> dict[str, object]:
    family.somsri.refresh_from_db()
    return {
        "version": family.somsri.version,
        "title": "นาง",
        "first_name": "สมศรี",
        "last_name": "มีสุข",
        "sex": "F",
        "birth_date": "1/5/2503",
        "relation": "หัวหน้าครัวเรือน",
        "is_head": "on",
        "reason": VISIT,
    } | changes


def person_url(family: Family, verb: str) -> str:
    return f"/households/people/{family.somsri.public_id}/{verb}/"


def test_the_corrected_address_appears_on_the_folder_as_a_field_check(
    client: Client, family: Family
) -> None:
    form = household_form(family.again(), house_no="๑๔/๑")
    answer = client.post(address(family, "correct/"), form, follow=True)
    page = answer.content.decode()
    assert "บ้านเลขที่ 14/1" in page
    assert "ตรวจสอบในพื้นที่ โดยอบต. สมมติหนึ่ง" in page
    assert VISIT in page
    # No list says where house 14/1 stands, and a point is what claims say.
    assert family.again().house.latitude is None


def test_two_people_who_write_at_once_see_both_versions_and_lose_nothing(
    cast: Cast, client: Client, family: Family
) -> None:
    stale = household_form(family.again(), house_no="77")
    household = family.again()
    actions.correct_household(
        household=household,
        version=household.version,
        values={"house_no": "88"},
        reason=VISIT,
        by=cast.wanna,
    )
    answer = client.post(address(family, "correct/"), stale)
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in ("88", "วรรณา จังหวัด", 'value="77"', VISIT):
        assert words in page, words
    assert family.again().house_no == "88"
    again = stale | {"version": family.again().version}
    assert client.post(address(family, "correct/"), again).status_code == 302
    assert family.again().house_no == "77"


def test_a_stale_member_form_is_shown_against_the_saved_values(
    client: Client, family: Family
) -> None:
    stale = person_form(family, first_name="สมศรีใหม่")
    assert (
        client.post(
            person_url(family, "correct"), person_form(family, last_name="มีสุขยิ่ง")
        ).status_code
        == 302
    )
    answer = client.post(person_url(family, "correct"), stale)
    assert answer.status_code == 409
    assert "มีสุขยิ่ง" in answer.content.decode()
    assert "สมศรีใหม่" in answer.content.decode()


@pytest.mark.parametrize(
    ("written", "born", "precision"),
    [
        ("2/5/2503", "1960-05-02", "day"),
        ("๒ พ.ค. ๒๕๐๓", "1960-05-02", "day"),
        ("มิ.ย. 2500", "1957-06-01", "month"),
        ("2502", "1959-01-01", "year"),
    ],
)
def test_birth_dates_are_read_in_the_spellings_people_use(
    client: Client, family: Family, written: str, born: str, precision: str
) -> None:
    client.post(person_url(family, "correct"), person_form(family, birth_date=written))
    family.somsri.refresh_from_db()
    assert (family.somsri.birth_date.isoformat(), family.somsri.birth_precision) == (
        born,
        precision,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("birth_date", "31/2/2503"),
        ("birth_date", "เมื่อวาน"),
        ("birth_date", "1/1/2400"),
        ("died_on", "1/1/2600"),
        ("died_on", "2568"),
        ("died_on", "พ.ค. 2568"),
        ("first_name", ""),
        ("first_name", "123"),
        ("reason", ""),
        ("sex", "X"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    client: Client, family: Family, field: str, value: str
) -> None:
    answer = client.post(
        person_url(family, "correct"), person_form(family, last_name="เปลี่ยน", **{field: value})
    )
    assert answer.status_code == 422
    assert "เปลี่ยน" in answer.content.decode()
    family.somsri.refresh_from_db()
    assert family.somsri.last_name == "มีสุข"


@pytest.mark.parametrize(
    "changes",
    [
        {"house_no": "12/3 หมู่ 4"},
        {"latitude": "91"},
        {"longitude": ""},
        {"presence": "moved"},
        {"presence": "gone"},
        {"area": "33010201"},
        {"area": "xx"},
        {"version": "no"},
    ],
)
def test_an_impossible_address_is_refused(
    client: Client, family: Family, changes: dict[str, str]
) -> None:
    before = family.again().version
    answer = client.post(address(family, "correct/"), household_form(family.again(), **changes))
    assert answer.status_code == 422
    assert family.again().version == before


def test_a_member_moves_to_a_household_found_by_its_address(
    cast: Cast, client: Client, family: Family
) -> None:
    new = make_household(cast, "33010102", "5", "สมหมาย", family.lists["bmn"])
    url = f"{person_url(family, 'move')}?area=33010102&house_no=5"
    assert "นายสมหมาย" in client.get(url).content.decode()
    answer = client.post(
        url,
        {
            "version": family.somsri.version,
            "to": str(new.public_id),
            "relation": "มารดา",
            "on": "1/11/2569",
            "reason": VISIT,
        },
    )
    assert answer["Location"] == f"/households/{new.public_id}/"
    assert "นางสมศรี มีสุข" in client.get(address(family)).content.decode()
    family.somsri.refresh_from_db()
    assert family.somsri.household == new


def test_a_household_of_another_tambon_is_not_offered(
    cast: Cast, client: Client, family: Family
) -> None:
    outside = make_household(cast, "33010201", "5", "สมหมาย", family.lists["bmn"])
    url = f"{person_url(family, 'move')}?area=33010201&house_no=5"
    assert "นายสมหมาย" not in client.get(url).content.decode()
    answer = client.post(
        url, {"version": family.somsri.version, "to": str(outside.public_id), "reason": VISIT}
    )
    assert answer.status_code == 422


def test_a_removed_member_is_put_back_from_the_folder(client: Client, family: Family) -> None:
    client.post(
        person_url(family, "remove"),
        {
            "version": family.somsri.version,
            "why": "moved_away",
            "on": "",
            "reason": VISIT,
        },
    )
    page = client.get(address(family)).content.decode()
    assert "ย้ายออกไป ไม่ทราบที่อยู่ใหม่" in page
    gone = Membership.objects.get(person=family.somsri)
    client.post(f"/households/memberships/{gone.pk}/restore/")
    family.somsri.refresh_from_db()
    assert family.somsri.household == family.household


def test_a_removal_is_undone_only_by_those_whose_area_it_is(
    cast: Cast, client: Client, family: Family
) -> None:
    client.post(
        person_url(family, "remove"),
        {"version": family.somsri.version, "why": "not_here", "reason": VISIT},
    )
    gone = Membership.objects.get(person=family.somsri)
    assert (
        signed_in(cast.somsak).post(f"/households/memberships/{gone.pk}/restore/").status_code
        == 404
    )
    assert client.get(f"/households/memberships/{gone.pk}/restore/").status_code == 405


def test_a_conflict_is_settled_by_choosing_a_stated_value(client: Client, family: Family) -> None:
    url = f"{address(family, 'settle/birth_date/')}?person={family.somsri.public_id}"
    assert "1 พ.ค. 2504" in client.get(url).content.decode()
    assert client.post(url, {"choice": "9", "reason": VISIT}).status_code == 422
    assert client.post(url, {"choice": "1", "reason": VISIT}).status_code == 302
    assert client.get(url).status_code == 404
    assert family.again().conflicts == 0


def test_a_note_can_be_put_away_and_brought_back(
    cast: Cast, client: Client, family: Family
) -> None:
    client.post(address(family, "notes/add/"), {"text": "<b>หลังคา</b>รั่ว"})
    note = Note.objects.get()
    assert escape("<b>หลังคา</b>รั่ว") in client.get(address(family)).content.decode()
    assert (
        signed_in(cast.somsak).post(f"/households/notes/{note.public_id}/remove/").status_code
        == 404
    )
    client.post(f"/households/notes/{note.public_id}/remove/")
    assert "เลิกทำ" in client.get(address(family)).content.decode()
    client.post(f"/households/notes/{note.public_id}/restore/")
    note.refresh_from_db()
    assert note.removed_at is None


def test_attention_is_marked_once_and_cleared_with_words(client: Client, family: Family) -> None:
    client.post(address(family, "attention/"), {"kind": "visit", "reason": "หลังคารั่ว"})
    assert (
        client.post(address(family, "attention/"), {"kind": "visit", "reason": "อีกครั้ง"}).status_code
        == 422
    )
    mark = family.household.attention.get()
    assert (
        client.post(f"/households/attention/{mark.public_id}/clear/", {"reason": ""}).status_code
        == 422
    )
    assert (
        client.post(
            f"/households/attention/{mark.public_id}/clear/", {"reason": "ซ่อมแล้ว"}
        ).status_code
        == 302
    )
    assert client.get(f"/households/attention/{mark.public_id}/clear/").status_code == 404


NEW = {
    "area": "33010102",
    "house_no": "99",
    "title": "นาง",
    "first_name": "บัว",
    "last_name": "งาม",
    "reason": VISIT,
}


def test_a_household_on_no_list_is_added_and_its_folder_opens(client: Client, cast: Cast) -> None:
    answer = client.post("/households/add/", NEW, follow=True)
    page = answer.content.decode()
    assert "นางบัว" in page
    assert "พบในพื้นที่ ยังไม่มีชื่อในบัญชี" in page


def test_a_household_like_one_already_known_is_asked_about_first(
    client: Client, family: Family
) -> None:
    twin = NEW | {"first_name": "สมศรี", "last_name": "มีสุข"}
    answer = client.post("/households/add/", twin)
    assert answer.status_code == 422
    assert "ใช่ครัวเรือนใดต่อไปนี้หรือไม่" in answer.content.decode()
    assert Household.objects.count() == 1
    assert client.post("/households/add/", twin | {"another": "on"}).status_code == 302
    assert Household.objects.count() == 2


def test_an_officer_of_many_tambons_chooses_one_first(cast: Cast) -> None:
    client = signed_in(cast.wanna)
    assert "ตำบลเมืองใต้" in client.get("/households/add/").content.decode()
    page = client.get("/households/add/?tambon=330102").content.decode()
    assert "33010201" in page
    assert "33010101" not in page


def test_a_household_without_number_and_name_or_outside_the_area_is_refused(
    client: Client, cast: Cast
) -> None:
    assert (
        client.post("/households/add/", NEW | {"house_no": "", "first_name": ""}).status_code == 422
    )
    assert client.post("/households/add/", NEW | {"area": "33010201"}).status_code == 422
    assert not Household.objects.exists()


def test_opening_a_form_about_a_household_is_a_look_too(client: Client, family: Family) -> None:
    client.get(person_url(family, "correct"))
    client.get(address(family, "correct/"))
    looks = Look.objects.filter(kind=LookKind.VIEW, household_id=str(family.household.public_id))
    assert looks.count() == 2
