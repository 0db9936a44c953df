"""Dashboard and areas from every seat: the scope counts, numbers open lists, papers hide what is small."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from kaejon.apps.areas.models import Area, Boundary
from kaejon.apps.households.models import Household
from kaejon.apps.sources.models import ImportBatch, Source, SourceVersion
from kaejon.web.places.sight import paper_of, sight_of
from tests.cast import Cast
from tests.factories import make
from tests.web.places import household, make_registry, tally_areas

EVERYWHERE = ["/", "/areas/", "/areas/33/", "/areas/330101/"]
SQUARE = {"type": "Polygon", "coordinates": [[[104, 15], [105, 15], [105, 16], [104, 15]]]}


@pytest.fixture
def registry(cast: Cast) -> dict[str, Household]:
    return make_registry()


def seat(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def numbers(response: Any) -> dict[str, str]:
    return {str(stat["label"]): stat["text"] for stat in response.context["stats"]}


def test_the_governor_sees_the_whole_province(registry: dict[str, Household], cast: Cast) -> None:
    response = seat(cast.wanna).get("/")
    assert response.context["area"].code == "33"
    assert list(numbers(response).values()) == ["7", "23", "5", "18", "3", "2", "2", "1"]
    assert "ยังไม่มีบันทึกความช่วยเหลือ" in response.content.decode()


def test_every_number_on_a_page_opens_a_list_of_that_length(
    registry: dict[str, Household], cast: Cast
) -> None:
    client = seat(cast.wanna)
    for address in (
        "/",
        "/areas/33/",
        "/areas/3301/?measure=social",
        "/areas/330101/",
        "/areas/33010101/",
    ):
        page = client.get(address).content.decode()
        found = re.findall(r'href="(/households/\?[^"]+)">(\d+)</a>', page)
        assert found, address
        for link, number in found:
            listed = client.get(link.replace("&amp;", "&")).context["page"].total
            people = "target=True" in link or "target=1" in link
            assert listed == int(number) or people or is_people(client, link, int(number)), (
                address,
                link,
                number,
            )


def is_people(client: Client, link: str, number: int) -> bool:
    """A number of people opens the households they live in."""
    rows = client.get(link.replace("&amp;", "&")).context["rows"]
    return sum(row["household"].members for row in rows) == number


def test_a_tambon_officer_starts_at_the_tambon(registry: dict[str, Household], cast: Cast) -> None:
    client = seat(cast.malee)
    assert client.get("/").context["area"].code == "330101"
    assert client.get("/areas/").headers["Location"] == "/areas/330101/"


def test_on_the_way_to_the_scope_a_page_counts_only_what_lies_inside(
    registry: dict[str, Household], cast: Cast
) -> None:
    response = seat(cast.malee).get("/areas/33/")
    assert numbers(response)["ครัวเรือน"] == "5"
    assert [row["url"] for row in response.context["parts"]] == ["/areas/3301/"]
    assert "ตัวเลขทุกตัวนับเฉพาะส่วนที่ท่านรับผิดชอบ" in response.content.decode()


@pytest.mark.parametrize("code", ["330102", "33010201", "3302", "99", "x"])
def test_an_area_beside_the_scope_is_not_found(
    registry: dict[str, Household], cast: Cast, code: str
) -> None:
    assert seat(cast.malee).get(f"/areas/{code}/").status_code == 404


@pytest.mark.parametrize(
    "address", [*EVERYWHERE, "/areas/330101/sheet.pdf", "/areas/330101/strengths/add/"]
)
def test_somebody_not_signed_in_is_asked_to_sign_in(
    registry: dict[str, Household], address: str
) -> None:
    response = Client().get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


def test_the_stranger_is_told_whom_to_ask_and_sees_no_area(
    registry: dict[str, Household], cast: Cast
) -> None:
    client = seat(cast.stranger)
    page = client.get("/")
    assert page.status_code == 200
    assert "ท่านยังไม่ได้รับมอบหมายพื้นที่" in page.content.decode()
    for address in EVERYWHERE[1:]:
        assert client.get(address).status_code == 404


def test_the_administrator_is_led_to_the_accounts(
    registry: dict[str, Household], cast: Cast
) -> None:
    assert seat(cast.anan).get("/").headers["Location"] == "/people/"


def test_an_agency_sees_rounded_counts_without_links(
    registry: dict[str, Household], cast: Cast
) -> None:
    response = seat(cast.preecha).get("/areas/33/")
    assert list(numbers(response).values()) == [
        "5",
        "18 ถึง 27",
        "5 ถึง 12",
        "13 ถึง 22",
        "น้อยกว่า 5",
        "น้อยกว่า 5",
        "น้อยกว่า 5",
        "น้อยกว่า 5",
    ]
    assert not re.search(r'href="/households/\?area=\d+&', response.content.decode())
    assert "ปัดเป็นจำนวนที่ลงท้ายด้วย 0 หรือ 5" in response.content.decode()


def test_the_same_count_is_rounded_alike_wherever_it_stands(
    registry: dict[str, Household], cast: Cast
) -> None:
    for number in range(6):
        household("33020101", f"{number + 50}", f"นายเติม{number} ใหม่")
    tally_areas({"33020101"})
    client = seat(cast.preecha)
    part = next(r for r in client.get("/areas/33/").context["parts"] if r["url"] == "/areas/3302/")
    assert part["households"]["text"] == numbers(client.get("/areas/3302/"))["ครัวเรือน"] == "5"


@pytest.mark.parametrize("asked", ["เมืองเหนือ", "Mueang Nuea", "330101"])
def test_an_area_is_found_by_name_or_code(
    registry: dict[str, Household], cast: Cast, asked: str
) -> None:
    response = seat(cast.malee).get("/areas/", {"q": asked})
    assert next(a["url"] for a in response.context["areas"]) == "/areas/330101/"


def test_areas_outside_the_scope_are_not_found_by_search(
    registry: dict[str, Household], cast: Cast
) -> None:
    response = seat(cast.malee).get("/areas/", {"q": "เมืองใต้"})
    assert response.context["areas"] == []


def test_the_map_shows_villages_and_outlines_when_they_are_loaded(
    registry: dict[str, Household], cast: Cast
) -> None:
    client = seat(cast.wanna)
    maps = client.get("/").context["maps"]
    assert maps["areas"] is None
    assert {p["url"] for p in maps["points"]["chart"]["points"]} == {
        "/areas/33010101/",
        "/areas/33010201/",
    }
    Boundary.objects.create(area_id="3301", geometry=SQUARE, source="แผนที่ทดสอบ")
    maps = client.get("/").context["maps"]
    assert [f["properties"]["code"] for f in maps["areas"]["boundaries"]["features"]] == ["3301"]
    assert {v["code"]: v["value"] for v in maps["areas"]["values"]} == {"3301": 17.6, "3302": 0.0}
    assert "แผนที่ทดสอบ" in client.get("/").content.decode()


@pytest.mark.parametrize("address", ["/", "/areas/33/", "/areas/330101/"])
def test_more_villages_ask_the_database_no_more_questions(
    registry: dict[str, Household], cast: Cast, django_assert_max_num_queries: Any, address: str
) -> None:
    client = seat(cast.wanna)
    for number in range(3, 30):
        code = f"330101{number:02d}"
        Area.objects.create(code=code, level="village", parent_id="330101", name_th=f"บ้าน{number}")
        household(code, "1", "นายหมู่ ใหม่", level=1)
    tally_areas(set(Area.objects.filter(level="village").values_list("code", flat=True)))
    client.get(address)
    with django_assert_max_num_queries(18):
        client.get(address)


def test_a_page_without_any_data_says_what_comes_next(cast: Cast) -> None:
    page = seat(cast.wanna).get("/").content.decode()
    assert "ยังไม่มีครัวเรือนที่สำรวจ" in page
    assert seat(cast.wanna).get("/areas/330101/").status_code == 200


def paper(client: Client, code: str) -> str:
    response = client.get(f"/areas/{code}/sheet.pdf")
    assert response.status_code == 200
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


def test_the_sheet_for_a_meeting_names_the_area_and_nobody(
    registry: dict[str, Household], cast: Cast
) -> None:
    client = seat(cast.malee)
    client.cookies["django_language"] = "en"
    text = paper(client, "330101")
    assert "Mueang Nuea" in text
    assert "fewer than 5" in text
    assert "ใจงาม" not in text


def test_the_sheet_needs_the_right_to_print(registry: dict[str, Household], cast: Cast) -> None:
    assert seat(cast.darunee).get("/areas/330101/sheet.pdf").status_code == 404
    assert seat(cast.somsak).get("/areas/330101/sheet.pdf").status_code == 404


def test_on_paper_no_hidden_count_can_be_worked_out_from_its_row(cast: Cast) -> None:
    for number in range(9):
        household("33010101", str(number + 1), "นายก ข", level=2)
    for number in range(6):
        household("33010101", str(number + 20), "นายค ง", level=3)
    household("33010101", "90", "นางจ ฉ", level=1)
    tally_areas({"33010101"})
    sight = paper_of(cast.malee, Area.objects.get(code="33010101"))
    row = [sight.text(shown) for shown in sight.total.levels("overall").counts]
    assert row == ["น้อยกว่า 5", "10", "5", "น้อยกว่า 5"], "one and nobody look the same"


def test_an_agency_is_told_why_no_average_stands_there(
    registry: dict[str, Household], cast: Cast
) -> None:
    page = seat(cast.preecha).get("/areas/33/measures/").content.decode()
    assert "ท่านจะเห็นค่าเฉลี่ยเมื่อสำรวจมากกว่านี้" in page
    assert "ยังไม่มีครัวเรือนที่สำรวจ" not in page


def test_the_target_poor_are_said_to_come_from_both_kinds_of_list(
    registry: dict[str, Household], cast: Cast
) -> None:
    for kind, name in (("tpmap", "บัญชีเป้าหมาย"), ("bmn", "บัญชีพื้นฐาน")):
        version = make(
            SourceVersion, source=make(Source, kind=kind, name_th=name), as_of=date(2024, 9, 30)
        )
        make(ImportBatch, version=version, area_id="33", status="applied")
    note = sight_of(cast.wanna, Area.objects.get(code="33")).target_note()
    assert "บัญชีเป้าหมาย" in note
    assert "บัญชีพื้นฐาน" in note
