"""One invented family known from four lists, for the tests of the Family Folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kaejon.apps.areas.models import Area
from kaejon.apps.folders.stating import derive
from kaejon.apps.households.models import House, Household, Membership, Person
from kaejon.apps.sources.actions import register_source, version_of
from kaejon.apps.sources.models import Assertion, SourceVersion
from kaejon.apps.vault.sealing import blind_index, seal_national_id
from kaejon.methods.thai.names import name_key
from tests.cast import Cast

NATIONAL_ID = "3330100000011"
ITEMS = {
    **{f"physical_{n}": "3" for n in range(1, 9)},
    **{f"financial_{n}": "2" for n in range(1, 6)},
    **{f"natural_{n}": "2" for n in range(1, 9)},
    **{f"social_{n}": "3" for n in range(1, 11)},
    "physical_2": "1",
    "financial_4": "1",
}
HUMAN = {f"human_{n}": "3" for n in range(1, 7)}


@dataclass
class Family:
    """Somsri (head, 66 in 2569), her grandson Ton (10), in house 12/3 of village 33010101."""

    household: Household
    somsri: Person
    ton: Person
    lists: dict[str, SourceVersion]

    def again(self) -> Household:
        return Household.objects.select_related("house", "area").get(pk=self.household.pk)


def lists_of(cast: Cast) -> dict[str, SourceVersion]:
    """Four lists of the province."""
    found = {}
    for kind, year, basis in (
        ("bmn", 2565, "public_task"),
        ("tpmap", 2566, "public_task"),
        ("community", 2567, "consent"),
        ("ppp", 2568, "consent"),
    ):
        source = register_source(
            code=f"{kind}-test",
            kind=kind,
            name_th=f"บัญชี {kind}",
            owner=cast.organizations["province"],
            legal_basis=basis,
            purpose="ทดสอบ",
            retention_years=5,
            by=cast.operator,
        )
        found[kind] = version_of(source, year_be=year)
    return found


def claim(
    cast: Cast,
    version: SourceVersion,
    household: Household,
    facts: dict[str, Any],
    person: Person | None = None,
) -> None:
    Assertion.objects.create(
        version=version,
        household=household,
        person=person,
        as_of=version.as_of,
        facts=facts,
        stated_by=cast.operator,
    )


def make_person(household: Household, first: str, last: str, **more: Any) -> Person:
    person = Person.objects.create(
        household=household,
        area_id=household.area_id,
        first_name=first,
        last_name=last,
        first_key=name_key(first, ""),
        last_key=name_key("", last),
        name_key=name_key(first, last),
        **more,
    )
    Membership.objects.create(person=person, household=household)
    return person


def named(title: str, first: str, last: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "first_name": first,
        "last_name": last,
        "name_key": name_key(first, last),
        **more,
    }


def village(code: str) -> Area:
    return Area.objects.get(code=code)


def make_household(
    cast: Cast, area: str, house_no: str, head: str, version: SourceVersion
) -> Household:
    """A household of one person, known from one list."""
    household = Household.objects.create(
        house=House.objects.create(area_id=area, house_no=house_no), area_id=area, house_no=house_no
    )
    person = make_person(household, head, "สมมติ")
    claim(cast, version, household, {"area": area, "house_no": house_no})
    claim(
        cast,
        version,
        household,
        named("นาย", head, "สมมติ", sex="M", is_head=True, relation="หัวหน้าครัวเรือน"),
        person,
    )
    derive(households=[household.pk], people=[person.pk], areas={area})
    return Household.objects.get(pk=household.pk)


def make_family(cast: Cast) -> Family:
    """The family with its claims, derived, measured and counted."""
    lists = lists_of(cast)
    area = "33010101"
    house = House.objects.create(area_id=area, house_no="12/3", latitude=15.1, longitude=104.3)
    household = Household.objects.create(house=house, area_id=area, house_no="12/3")
    somsri = make_person(household, "สมศรี", "มีสุข")
    ton = make_person(household, "ต้น", "มีสุข")
    somsri_facts = named(
        "นาง",
        "สมศรี",
        "มีสุข",
        sex="F",
        birth_date="1960-05-01",
        birth_precision="day",
        relation="หัวหน้าครัวเรือน",
        is_head=True,
    )
    ton_facts = named(
        "เด็กชาย",
        "ต้น",
        "มีสุข",
        sex="M",
        birth_date="2016-03-02",
        birth_precision="day",
        relation="หลาน",
        is_head=False,
    )
    indicators = {f"i{n}": 1 for n in range(1, 32)} | {"i16": 0, "i22": 0, "i29": 0, "i1": None}
    address = {"area": area, "house_no": "12/3"}
    claim(cast, lists["bmn"], household, address | {"indicators": indicators})
    claim(cast, lists["bmn"], household, somsri_facts | {"registered": 1, "validated": 1}, somsri)
    claim(cast, lists["bmn"], household, ton_facts, ton)
    claim(
        cast,
        lists["tpmap"],
        household,
        {**somsri_facts, "birth_date": "1961-05-01", "target_poor": True},
        somsri,
    )
    claim(
        cast,
        lists["community"],
        household,
        {"problem_text": "ป่วยติดเตียง ไม่มีคนดูแล", "need_text": "ผู้ดูแล"},
    )
    claim(cast, lists["ppp"], household, address | {"capitals": ITEMS})
    claim(
        cast,
        lists["ppp"],
        household,
        {**somsri_facts, "capitals": HUMAN | {"human_5": "1"}, "chronic_illness": "เบาหวาน"},
        somsri,
    )
    claim(cast, lists["ppp"], household, {**ton_facts, "capitals": HUMAN}, ton)
    derive(households=[household.pk], people=[somsri.pk, ton.pk], areas={area})
    Person.objects.filter(pk=somsri.pk).update(
        national_id_sealed=seal_national_id(NATIONAL_ID),
        national_id_index=blind_index(NATIONAL_ID),
        national_id_last4=NATIONAL_ID[-4:],
        national_id_status="valid",
    )
    for row in (household, somsri, ton):
        row.refresh_from_db()
    return Family(household, somsri, ton, lists)
