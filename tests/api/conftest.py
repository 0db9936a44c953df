"""Three households, one in each of two tambons and one in the next district, and a key for everyone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.places import load_boundaries
from kaejon.apps.access.tokens import create_token
from kaejon.apps.dashboards.actions import tally_areas
from kaejon.apps.households.models import Grant, House, Household, Person
from kaejon.apps.measurement.models import CapitalScore
from kaejon.apps.partners.models import Organization
from kaejon.apps.sources.models import Source, SourceVersion
from kaejon.apps.vault.sealing import blind_index, seal_national_id
from kaejon.methods.thai.national_id import generate
from tests.cast import LONG_AGO, Cast

VILLAGES = ("33010101", "33010201", "33020101")
SQUARE = {"type": "Polygon", "coordinates": [[[104, 15], [105, 15], [105, 16], [104, 15]]]}


@dataclass
class Story:
    """The cast with their keys, and the household of each village."""

    cast: Cast
    households: dict[str, Household]
    keys: dict[str, str] = field(default_factory=dict)

    def read(self, who: str, path: str, **query: Any) -> Any:
        """What the person's program gets; `who` empty sends no key."""
        headers = {"authorization": f"Bearer {self.keys[who]}"} if who else {}
        return Client().get(f"/api/v1/{path}", query, headers=headers)


def key_of(user: User) -> str:
    return create_token(
        user=user, name="a program", expires_on=timezone.localdate() + timedelta(days=30)
    )[1]


def make_household(area: str, number: int) -> Household:
    house = House.objects.create(area_id=area, house_no=str(number), latitude=15.1, longitude=104.3)
    household = Household.objects.create(
        house=house,
        area_id=area,
        house_no=str(number),
        head_name=f"นางสมมติ คนที่{number}",
        members=2,
        surveyed_on=date(2026, 1, 15),
        overall_level=2,
        human_level=3,
        physical_level=2,
        financial_level=1,
        natural_level=2,
        social_level=2,
        bmn_poor=True,
        target_poor_members=number % 2,
    )
    for member in range(2):
        digits = generate(f"3330{number:04d}{member:04d}")
        Person.objects.create(
            household=household,
            area_id=area,
            first_name=f"สมมติ{member}",
            last_name=f"คนที่{number}",
            first_key=f"k{member}",
            last_key=f"l{number}",
            name_key="n",
            is_head=not member,
            relation="หัวหน้า",
            sex="F",
            birth_date=date(1970, 1, 1),
            birth_precision="year",
            national_id_sealed=seal_national_id(digits),
            national_id_index=blind_index(digits),
            national_id_last4=digits[-4:],
            national_id_status="valid",
        )
    return household


@pytest.fixture
def story(cast: Cast) -> Story:
    households = {area: make_household(area, number) for number, area in enumerate(VILLAGES, 1)}
    source = Source.objects.create(
        code="ppp",
        kind="ppp",
        name_th="สำรวจทุนสมมติ",
        owner=Organization.objects.get(code="pomo-33"),
        legal_basis="public_task",
        purpose="ทดสอบ",
        retention_years=5,
        unit="household",
    )
    version = SourceVersion.objects.create(source=source, year_be=2568, as_of=date(2026, 1, 15))
    levels = {"human": 3, "physical": 2, "financial": 1, "natural": 2, "social": 2, "overall": 2}
    for household in households.values():
        CapitalScore.objects.create(
            household=household,
            version=version,
            definition="ppp",
            as_of=version.as_of,
            levels=levels,
            items={},
            scores={
                "human": "2.45",
                "physical": None,
                "financial": "1.92",
                "natural": "1.80",
                "social": "1.66",
            },
        )
    Grant.objects.create(
        household=households["33010101"],
        organization=cast.organizations["health"],
        purpose="ส่งต่อ",
        valid_from=LONG_AGO,
        granted_by=cast.wanna,
    )
    tally_areas(VILLAGES)
    load_boundaries(
        features=[{"properties": {"code": "3301"}, "geometry": SQUARE}],
        source="เส้นสมมติ",
        by=cast.operator,
    )
    told = Story(cast, households)
    for name in ("malee", "somsak", "darunee", "preecha", "stranger", "wanna", "anan"):
        told.keys[name] = key_of(getattr(cast, name))
    return told
