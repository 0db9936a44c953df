"""A list's name of a household holds within its source and the area its row names."""

from __future__ import annotations

from typing import Any

import pytest

from kaejon.apps.households.models import Household, Person
from kaejon.apps.sources.models import HouseholdReference
from kaejon.apps.sources.queries import conflicts_of, live_claims
from tests.apps.lists import applied, as_csv, person, pin, source, upload
from tests.cast import Cast

pytestmark = pytest.mark.django_db
NUMBER, CODE = "ลำดับครัวเรือน", "รหัสครัวเรือน"


@pytest.fixture
def community(cast: Cast) -> Any:
    return source("community", cast.organizations["tao"], cast.wanna)


def brought(cast: Cast, where: Any, *rows: dict[str, str], year: int = 2567) -> Any:
    return applied(upload(as_csv(rows), where, cast.wanna, year=year), cast.wanna)


def numbered(reference: str, first: str, number: int, column: str = NUMBER, **more: str) -> Any:
    return {column: reference} | person(first, "ใจดี", number=pin(number), **more)


def homes() -> dict[tuple[str, str], set[str]]:
    """(village, house number) → first names of the members."""
    return {
        (h.area_id, h.house_no): set(h.people.values_list("first_name", flat=True))
        for h in Household.objects.all()
    }


FIVE = (
    numbered("1", "เอก", 1, house="1"),
    numbered("2", "โท", 2, house="2"),
    numbered("1", "ตรี", 3, house="1", village="33010102"),
    numbered("2", "จัตวา", 4, house="2", village="33010102"),
    numbered("1", "เบญจ", 5, house="1", village="33010201"),
)


def test_a_running_number_begins_anew_in_each_village(cast: Cast, community: Any) -> None:
    brought(cast, community, *FIVE)

    assert homes() == {
        ("33010101", "1"): {"เอก"},
        ("33010101", "2"): {"โท"},
        ("33010102", "1"): {"ตรี"},
        ("33010102", "2"): {"จัตวา"},
        ("33010201", "1"): {"เบญจ"},
    }
    assert not HouseholdReference.objects.exists()


def test_a_running_number_says_nothing_in_the_next_file(cast: Cast, community: Any) -> None:
    brought(cast, community, numbered("1", "เอก", 1, house="1"))
    brought(cast, community, numbered("1", "ฉอ", 6, house="7"), year=2568)
    brought(cast, community, numbered("1", "เจ็ด", 7, house=""), year=2569)

    assert homes() == {
        ("33010101", "1"): {"เอก"},
        ("33010101", "7"): {"ฉอ"},
        ("33010101", ""): {"เจ็ด"},
    }


def test_a_running_number_groups_rows_that_leave_the_house_number_out(
    cast: Cast, community: Any
) -> None:
    rows = (
        numbered("1", "พ่อ", 1, house="5"),
        numbered("1", "ลูก", 2, house=""),
        numbered("1", "คนอื่น", 3, house="6"),
        numbered("1", "หลาน", 4, house=""),
    )

    brought(cast, community, *rows)

    assert homes() == {("33010101", "5"): {"พ่อ", "ลูก"}, ("33010101", "6"): {"คนอื่น", "หลาน"}}


def test_a_reference_finds_its_household_again_while_nothing_contradicts(
    cast: Cast, community: Any
) -> None:
    brought(cast, community, numbered("H-7", "พ่อ", 1, CODE, house="5"))
    brought(cast, community, numbered("H-7", "แม่", 2, CODE, house="5"), year=2568)
    brought(cast, community, numbered("H-7", "ลูก", 3, CODE, house=""), year=2569)

    assert homes() == {("33010101", "5"): {"พ่อ", "แม่", "ลูก"}}


def test_another_house_number_under_the_same_reference_is_another_household(
    cast: Cast, community: Any
) -> None:
    brought(cast, community, numbered("H-7", "พ่อ", 1, CODE, house="5"))
    brought(cast, community, numbered("H-7", "คนใหม่", 9, CODE, house="88"), year=2568)

    assert homes() == {("33010101", "5"): {"พ่อ"}, ("33010101", "88"): {"คนใหม่"}}


def test_one_member_known_keeps_the_reference_under_another_house_number(
    cast: Cast, community: Any
) -> None:
    brought(
        cast,
        community,
        numbered("H-7", "พ่อ", 1, CODE, house="5"),
        numbered("H-7", "แม่", 2, CODE, house="5"),
    )
    brought(
        cast,
        community,
        numbered("H-7", "พ่อ", 1, CODE, house="5/1"),
        numbered("H-7", "ลูก", 3, CODE, house="5/1"),
        year=2568,
    )

    home = Household.objects.get()
    assert set(home.people.values_list("first_name", flat=True)) == {"พ่อ", "แม่", "ลูก"}


@pytest.mark.parametrize("reference", ["H-7", "3301010100003", "00000007"])
def test_the_same_reference_in_another_village_is_another_household(
    cast: Cast, community: Any, reference: str
) -> None:
    brought(cast, community, numbered(reference, "พ่อ", 1, CODE, house="5"))
    brought(
        cast,
        community,
        numbered(reference, "อื่น", 2, CODE, house="5", village="33010102"),
        year=2568,
    )

    assert homes() == {("33010101", "5"): {"พ่อ"}, ("33010102", "5"): {"อื่น"}}


def test_the_same_reference_in_another_village_means_nothing_though_one_member_is_known(
    cast: Cast, community: Any
) -> None:
    brought(
        cast,
        community,
        numbered("H-7", "พ่อ", 1, CODE, house="5"),
        numbered("H-7", "แม่", 2, CODE, house="5"),
    )
    there = {"house": "5", "village": "33010102"}
    rows = (numbered("H-7", "พ่อ", 1, CODE, **there), numbered("H-7", "ลูก", 3, CODE, **there))

    brought(cast, community, *rows, year=2568)

    assert homes() == {("33010101", "5"): {"พ่อ", "แม่"}, ("33010102", "5"): {"ลูก"}}


def test_who_is_new_never_lives_where_the_row_does_not_say(cast: Cast, community: Any) -> None:
    """The son of house 11 stands in the next list as head of 11/1 with his wife, who is new."""
    family = [
        person("สมพงษ์", "แก้วดี", house="11", number=pin(1)),
        person("บัวลอย", "แก้วดี", house="11", number=pin(2)),
    ]
    son = person("ต้นกล้า", "แก้วดี", house="11", number=pin(3))
    brought(cast, community, *family, son, year=2568)
    wife = person("มาลี", "ทองดี", house="11/1", number=pin(4))
    parted = [*family, dict(son, บ้านเลขที่="11/1"), wife]

    batch = brought(cast, community, *parted, year=2569)

    assert batch.counts["outcomes"]["created"] == 1
    assert homes()["33010101", "11/1"] == {"มาลี"}
    home = Household.objects.get(house_no="11")
    someone = Person.objects.get(first_name="ต้นกล้า")
    assert someone.household == home
    assert home.conflicts == 1
    found = conflicts_of(live_claims(home))
    assert {key: [(c.fact, [v for v, _ in c.values]) for c in found[key]] for key in found} == {
        someone.pk: [("house_no", ["11", "11/1"])]
    }
