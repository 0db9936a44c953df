"""One national ID on several rows of a file: who is whom does not depend on which row stands first."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from kaejon.apps.households.models import Person
from tests.apps.lists import applied, as_csv, person, pin, source, staged, upload
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PARENT = person("สมชาย", "ใจดี", number=pin(1), born="12/03/2510", sex="ชาย")
CHILD = person("เด็กดี", "ใจดี", number=pin(1), born="2558", sex="ชาย")
SPOUSE = person("สมหญิง", "ใจดี", number=pin(1), born="2512", sex="หญิง")
OTHERS = [person(f"คน{n}", "อื่น", house="9", number=pin(30 + n)) for n in range(10)]


@pytest.fixture
def community(cast: Cast) -> Any:
    return source("community", cast.organizations["tao"], cast.wanna)


def outcomes(cast: Cast, where: Any, rows: Any) -> dict[str, tuple[str, str, bool]]:
    """What becomes of each person's row: outcome, rule, whether the number is another's."""
    batch = staged(upload(as_csv([*rows, *OTHERS]), where, cast.wanna, year=2567), cast.wanna)
    return {
        r.facts["person"]["first_name"]: (
            r.outcome,
            r.rule,
            "ID_OF_ANOTHER" in {i["code"] for i in r.issues},
        )
        for r in batch.records.filter(facts__person__last_name="ใจดี")
    }


def test_a_known_holder_tells_whose_number_it_is_whatever_the_order(
    cast: Cast, community: Any
) -> None:
    tpmap = source("tpmap", cast.organizations["province"], cast.wanna)
    applied(upload(as_csv([PARENT]), tpmap, cast.wanna), cast.wanna)

    found = [outcomes(cast, community, rows) for rows in permutations((PARENT, CHILD, SPOUSE))]

    assert found[0] == {
        "สมชาย": ("updated", "national_id", False),
        "เด็กดี": ("created", "new", True),
        "สมหญิง": ("created", "new", True),
    }
    assert all(other == found[0] for other in found)


def test_without_a_known_holder_nobody_is_given_the_number(cast: Cast, community: Any) -> None:
    waits = ("ambiguous", "same_id_twice", False)
    for rows in permutations((PARENT, CHILD)):
        assert outcomes(cast, community, rows) == {"สมชาย": waits, "เด็กดี": waits}


def test_the_number_is_the_heads_when_the_other_is_clearly_somebody_else(
    cast: Cast, community: Any
) -> None:
    head, child = PARENT | {"ความสัมพันธ์": "หัวหน้าครัวเรือน"}, CHILD | {"ความสัมพันธ์": "บุตร"}
    header = [*PARENT, "ความสัมพันธ์"]
    found = []
    for rows in permutations((head, child)):
        batch = staged(upload(as_csv([*rows, *OTHERS], header), community, cast.wanna), cast.wanna)
        found.append(
            {
                r.facts["person"]["first_name"]: (r.outcome, "ID_OF_ANOTHER" in str(r.issues))
                for r in batch.records.filter(facts__person__last_name="ใจดี")
            }
        )
    assert found[0] == {"สมชาย": ("created", False), "เด็กดี": ("created", True)}
    assert found[0] == found[1]
    applied(batch, cast.wanna)
    assert Person.objects.get(first_name="สมชาย").national_id_status == "valid"
    assert Person.objects.get(first_name="เด็กดี").national_id_status == "of_another"


def test_two_rows_of_one_person_let_one_in_whatever_the_order(cast: Cast, community: Any) -> None:
    again = PARENT | {"บ้านเลขที่": "5"}
    found = set()
    for rows in permutations((PARENT, again)):
        batch = staged(upload(as_csv([*rows, *OTHERS]), community, cast.wanna), cast.wanna)
        kept = batch.records.get(facts__person__last_name="ใจดี", outcome="created")
        found.add(kept.facts["household"]["house_no"])
    assert len(found) == 1


def test_a_child_under_a_known_parents_number_gets_in_without_it(
    cast: Cast, community: Any
) -> None:
    tpmap = source("tpmap", cast.organizations["province"], cast.wanna)
    applied(upload(as_csv([PARENT]), tpmap, cast.wanna), cast.wanna)
    applied(upload(as_csv([CHILD, PARENT, *OTHERS]), community, cast.wanna), cast.wanna)

    child = Person.objects.get(first_name="เด็กดี")
    assert (child.national_id_status, child.national_id_index) == ("of_another", "")
    assert Person.objects.get(first_name="สมชาย").national_id_last4 == pin(1)[-4:]
