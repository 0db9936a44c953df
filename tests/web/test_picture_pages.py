"""The picture from every seat: numbers open lists, counts-only readers learn of no single family."""

from __future__ import annotations

import io
import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from openpyxl import load_workbook

from kaejon.apps.coverage.models import Combination, Standing
from kaejon.apps.coverage.tallying import tally_areas
from kaejon.apps.sources.actions import version_of
from kaejon.apps.sources.models import ImportBatch, SourceVersion
from kaejon.web.picture.pages import TABLES
from tests.apps.lists import source
from tests.cast import Cast
from tests.web.places import household

PAGES = ["/picture/", *(f"/picture/{p}/" for p in ("sets", "accuracy", "quality", "unseen"))]
# (village, named by tpmap, named by community, outcome) → households
WORLD = {
    ("33010101", True, True, "confirmed_poor"): 12,
    ("33010101", True, False, "confirmed_poor"): 7,
    ("33010101", True, False, "not_poor"): 6,
    ("33010101", False, True, "confirmed_poor"): 8,
    ("33010201", False, True, ""): 3,
    ("33020101", False, False, "missed"): 2,
    ("33020101", False, False, ""): 21,
}

# Columns of shares in per cent and of numbers of models
COUNTS_NOBODY = re.compile("ร้อยละ|ตรวจสอบแล้ว$|แบบจำลอง")


def version(cast: Cast, kind: str) -> SourceVersion:
    """A list year that has been taken in."""
    found = version_of(source(kind, cast.organizations["province"], cast.wanna), year_be=2566)
    ImportBatch.objects.create(
        version=found,
        area_id="33",
        file_name="list.csv",
        file_hash=uuid4().hex,
        file_size=1,
        stored_as="none.sealed",
        status="applied",
        uploaded_by=cast.wanna,
    )
    return found


@pytest.fixture
def registry(cast: Cast) -> Cast:
    tpmap, community = version(cast, "tpmap"), version(cast, "community")
    house = 0
    for (village, by_tpmap, by_community, outcome), number in WORLD.items():
        lists = {str(tpmap.pk): True} if by_tpmap else {}
        lists |= {str(community.pk): True} if by_community else {}
        key = " ".join(f"{pk}n" for pk in sorted(map(int, lists)))
        combination, _ = Combination.objects.get_or_create(key=key, defaults={"lists": lists})
        when = {"verified_year": 2568, "verified_on": date(2025, 6, 1)} if outcome else {}
        for _ in range(number):
            house += 1
            home = household(village, str(house), "นางสมมติ ใจดี", verified=outcome, **when)
            people = {str(combination.pk): 1}
            Standing.objects.create(
                household=home, combination=combination, gate="passed", people=people
            )
    tally_areas({village for village, *_ in WORLD})
    return cast


def seat(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_every_number_opens_a_list_of_that_length(registry: Cast) -> None:
    client = seat(registry.wanna)
    opened = 0
    for address in (*PAGES, "/picture/sets/?area=3301&held=1", "/picture/accuracy/?area=330101"):
        page = client.get(address).content.decode()
        links = set(re.findall(r'href="(/households/\?[^"]+)">([\d,]+)</a>', page))
        for link, number in links:
            found = client.get(link.replace("&amp;", "&")).context["page"].total
            assert found == int(number), (address, link)
        opened += len(links)
    assert opened > 20


def test_the_first_page_says_who_is_missed_and_how_good_each_list_is(registry: Cast) -> None:
    page = seat(registry.wanna).get("/picture/")
    assert [stat["text"] for stat in page.context["stats"]] == ["36", "35", "29", "2"]
    cards = {card["name"]: card for card in page.context["lists"]}
    tpmap = next(card for name, card in cards.items() if "tpmap" in name)
    assert (tpmap["named"]["text"], tpmap["finds"], tpmap["wrong"]) == ("25", "65.5%", "24.0%")


def test_a_tambon_officer_sees_the_picture_of_the_tambon_only(registry: Cast) -> None:
    client = seat(registry.malee)
    assert client.get("/picture/sets/").context["question"].shown.all.all.number == 33
    assert client.get("/picture/sets/?area=330201").status_code == 404
    assert client.get("/picture/tables/sets.xlsx?area=330201").status_code == 404


def test_who_sees_counts_only_learns_of_no_family(registry: Cast) -> None:
    """Every number on every page and in every file is a multiple of five; small sets are added up."""
    client = seat(registry.preecha)
    sets = client.get("/picture/sets/")
    assert "/households/?" not in sets.content.decode().split("<main", 1)[1]
    shown = [row["words"] for row in sets.context["plot"]["rows"]]
    assert len(shown) == 3
    village = client.get("/picture/sets/?area=330102")
    assert village.context["plot"]["rows"] == []
    assert village.context["plot"]["rest"]["number"]["value"] is None
    for table in TABLES:
        response = client.get(f"/picture/tables/{table}.xlsx")
        if response.status_code == 404:
            continue
        sheet = load_workbook(io.BytesIO(response.content)).active
        head, *rows = sheet.iter_rows(values_only=True)
        for name, *values in zip(head, *rows, strict=True):
            if not COUNTS_NOBODY.search(name):
                found = [value for value in values if isinstance(value, int)]
                assert all(value % 5 == 0 for value in found), (table, name, found)


def test_a_file_holds_the_numbers_of_the_page(registry: Cast) -> None:
    client = seat(registry.wanna)
    page = client.get("/picture/accuracy/").context["lists"]
    book = load_workbook(io.BytesIO(client.get("/picture/tables/accuracy.xlsx").content))
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:4]] == [row["cells"][0]["text"] for row in page.rows]
    assert [row[1] for row in rows[1:4]] == [23, 25, 36]
    assert client.get("/picture/tables/nothing.xlsx").status_code == 404


def test_a_mangled_address_asks_nothing(registry: Cast) -> None:
    client = seat(registry.wanna)
    for asked in ("year=abcd", "unit=x", "list=<b>", "sort=;--", "held=2", "year=2566&list=nobody"):
        for address in PAGES:
            assert client.get(f"{address}?{asked}").status_code == 200
    assert client.get("/households/?on=<b>&gate=x&list_year=1").context["page"].total == 59
