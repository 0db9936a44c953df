"""Households within the reader's scope; national IDs are masked, and every look is recorded."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from kaejon.api.access import area_for, household_for, reader_of, remember_looks
from kaejon.api.areas import AreaCode
from kaejon.api.asking import Asked
from kaejon.api.paging import LARGEST_PAGE, cursor_at, place_of
from kaejon.apps.access.roles import Permission
from kaejon.apps.folders.listing import Filters, listed
from kaejon.apps.households.models import CAPITALS, Household, Person

router = Router(tags=["households"])

Measure = Literal["overall", "human", "physical", "financial", "natural", "social"]
CheckOutcome = Literal[
    "confirmed_poor",
    "not_poor",
    "moved",
    "died",
    "not_found",
    "duplicate",
    "missed",
    "poor",
    "none",
]


class Levels(Schema):
    """1 อยู่ลำบาก, 2 อยู่ยาก, 3 อยู่พอได้, 4 อยู่ดี; null: not surveyed."""

    overall: int | None
    human: int | None
    physical: int | None
    financial: int | None
    natural: int | None
    social: int | None


class HouseholdOut(Schema):
    """One household as the registry has it today."""

    id: UUID
    area: str
    house_no: str
    head_name: str
    members: int
    presence: str
    surveyed_on: date | None
    levels: Levels
    bmn_poor: bool | None = Field(
        description="fails at least one basic minimum need; null: not known"
    )
    target_poor_members: int = Field(
        description="members who are target poor in the meaning of TPMAP"
    )
    conflicts: int = Field(description="facts on which the lists disagree")
    verified: str = Field(
        description="what field checks and village forums found: confirmed_poor, not_poor, moved, "
        "died, not_found, duplicate, missed; empty: not checked"
    )
    verified_year: int | None = Field(description="list year (Buddhist Era) of that finding")
    verified_on: date | None


class HouseholdPage(Schema):
    """One page; `next` continues the list, null at its end."""

    items: list[HouseholdOut]
    next: str | None


class MemberOut(Schema):
    """A member; the national ID shows its last four digits only."""

    id: UUID
    name: str
    relation: str
    is_head: bool
    sex: str
    birth_date: date | None
    birth_precision: str = Field(description="day, month or year: how much of birth_date is known")
    masked_national_id: str
    target_poor: bool


class HouseholdDetail(HouseholdOut):
    latitude: float | None
    longitude: float | None
    people: list[MemberOut]


class HouseholdFilter(Asked):
    area: AreaCode | None = Field(None, description="only households of this area")
    level: int | None = Field(
        None, ge=1, le=4, description="only households at this level of `measure`"
    )
    measure: Measure = Field("overall", description="which level is meant")
    target_poor: bool | None = Field(
        None, description="true: only households with a target-poor member"
    )
    verified: CheckOutcome | None = Field(
        None, description="only households of which checks found this; none: not checked"
    )
    cursor: str | None = Field(None, max_length=200)
    limit: int = Field(50, ge=1, le=LARGEST_PAGE)

    def filters(self) -> Filters:
        return Filters(
            area=self.area or "",
            measure=self.measure,
            level=str(self.level or ""),
            target=bool(self.target_poor),
            verified=self.verified or "",
        )


def household_out(household: Household) -> dict[str, Any]:
    return {
        "id": household.public_id,
        "area": household.area_id,
        "house_no": household.house_no,
        "head_name": household.head_name,
        "members": household.members,
        "presence": household.presence,
        "surveyed_on": household.surveyed_on,
        "levels": {name: getattr(household, f"{name}_level") for name in ("overall", *CAPITALS)},
        "bmn_poor": household.bmn_poor,
        "target_poor_members": household.target_poor_members,
        "conflicts": household.conflicts,
        "verified": household.verified,
        "verified_year": household.verified_year,
        "verified_on": household.verified_on,
    }


def member_out(person: Person) -> dict[str, Any]:
    return {
        "id": person.public_id,
        "name": person.full_name,
        "relation": person.relation,
        "is_head": person.is_head,
        "sex": person.sex,
        "birth_date": person.birth_date,
        "birth_precision": person.birth_precision,
        "masked_national_id": person.masked_id,
        "target_poor": person.target_poor,
    }


@router.get(
    "", response=HouseholdPage, operation_id="list_households", summary="Households by area"
)
def list_households(request: HttpRequest, asked: Query[HouseholdFilter]) -> dict[str, Any]:
    """Only households the reader may see; an area outside the reader's scope is not found."""
    if asked.area:
        area_for(request, asked.area, Permission.SEE_HOUSEHOLDS)
    rows = listed(reader_of(request), asked.filters()).order_by("area_id", "pk")
    if asked.target_poor is False:
        rows = rows.filter(target_poor_members=0)
    if asked.cursor:
        area, pk = place_of(asked.cursor, "households")
        rows = rows.filter(Q(area_id__gt=area) | Q(area_id=area, pk__gt=pk))
    found = list(rows[: asked.limit + 1])
    more = len(found) > asked.limit
    found = found[: asked.limit]
    remember_looks(request, found)
    return {
        "items": [household_out(household) for household in found],
        "next": cursor_at([found[-1].area_id, found[-1].pk], "households") if more else None,
    }


@router.get(
    "/{uuid:household_id}",
    response=HouseholdDetail,
    operation_id="read_household",
    summary="One household",
)
def read_household(request: HttpRequest, household_id: UUID) -> dict[str, Any]:
    """The household with its members; 404 outside the reader's scope."""
    household = household_for(request, household_id)
    people = household.people.order_by("-is_head", "birth_date", "pk")
    return household_out(household) | {
        "latitude": household.house.latitude,
        "longitude": household.house.longitude,
        "people": [member_out(person) for person in people],
    }
