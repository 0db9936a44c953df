"""What the registry holds, by natural keys: complete, repeatable, recorded, and without numbers."""

from __future__ import annotations

import json

import pytest

from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.audit.models import Event, Look
from kaejon.apps.folders.dump import dump_registry
from kaejon.apps.households.models import House, Household, Person
from kaejon.methods.errors import DataError
from tests.apps.families import NATIONAL_ID, make_family
from tests.apps.lists import applied, as_csv, person, pin, source, upload
from tests.cast import Cast
from tests.factories import make

pytestmark = pytest.mark.django_db

ROWS = [
    person("สมชาย", "ใจดี", number=pin(1), born="12/03/2510", sex="ชาย", title="นาย"),
    person("สมหญิง", "ใจดี", number=pin(2), born="5 ม.ค. 2515", sex="หญิง", title="นาง"),
    person("", "", house="9"),
]


def test_a_list_is_told_with_households_members_claims_and_flags(cast: Cast) -> None:
    tpmap = source("community", cast.organizations["province"], cast.wanna)
    applied(upload(as_csv(ROWS), tpmap, cast.wanna, year=2567, name="a.csv"), cast.wanna)

    told = dump_registry(area="33", by=cast.wanna)

    home = next(h for h in told["households"] if h["house_no"] == "1")
    assert (home["area"], home["head"], home["presence"]) == ("33010101", "นายสมชาย ใจดี", "present")
    assert [m["first_name"] for m in home["members"]] == ["สมชาย", "สมหญิง"]
    assert home["members"][0]["national_id"] == "valid"
    assert home["members"][0]["birth_date"] == "1967-03-12"
    assert home["facts"]["house_no"] == "1"
    assert {c["of"] for c in home["claims"]} == {"", "สมชาย ใจดี", "สมหญิง ใจดี"}
    assert told["lists"] == [
        {
            "file": "a.csv",
            "source": "test-community",
            "year": 2567,
            "status": "applied",
            "notices": [],
        }
    ]
    assert [(r["row"], r["outcome"]) for r in told["rows"]] == [
        (2, "created"),
        (3, "created"),
        (4, "created"),
    ]
    assert "PERSON_UNNAMED" in {f["code"] for r in told["rows"] for f in r["flags"]}


def test_no_national_id_and_no_key_of_the_database_is_in_it(cast: Cast) -> None:
    family = make_family(cast)
    text = json.dumps(dump_registry(area="33", by=cast.wanna), ensure_ascii=False)
    assert NATIONAL_ID not in text
    assert str(family.household.public_id) not in text
    assert family.somsri.first_name in text


def test_it_is_in_the_same_order_whatever_came_first(cast: Cast) -> None:
    for number in ("2", "1"):
        make(Household, house=make(House, house_no=number), area_id="33010101", house_no=number)
    told = dump_registry(area="33", by=cast.wanna)["households"]
    assert [h["house_no"] for h in told] == ["1", "2"]


def test_every_household_is_a_look_and_the_dump_an_event(cast: Cast) -> None:
    home = make(Person).household
    dump_registry(area="330101", by=cast.malee)
    look = Look.objects.get()
    assert (look.kind, look.household_id) == ("export", str(home.public_id))
    assert Event.objects.filter(verb="registry.dump", area_code="330101").count() == 1


def test_only_what_may_be_taken_out_is_told(cast: Cast) -> None:
    for who, area in (
        (cast.malee, "33"),
        (cast.malee, "330102"),
        (cast.darunee, "330101"),
        (cast.preecha, "330101"),
        (cast.anan, "33"),
    ):
        with pytest.raises(NotPermitted):
            dump_registry(area=area, by=who)
    assert not Event.objects.filter(verb="registry.dump").exists()


def test_a_code_that_is_no_area_is_refused(cast: Cast) -> None:
    with pytest.raises(DataError) as refused:
        dump_registry(area="999999", by=cast.operator)
    assert refused.value.code == "unknown_area"
