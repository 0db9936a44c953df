"""Derive the present values of people and households from their live claims.

The one place that writes them. A list never moves a household: its address comes
from a field check, else from the first live claim; later lists that say otherwise
show as a conflict.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from kaejon.apps.households.bulk import Among, plain_values, update_rows
from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.households.queries import search_key
from kaejon.apps.sources.models import Assertion, Kind
from kaejon.apps.sources.stated import OF_HOUSEHOLD
from kaejon.methods.claims import (
    PLACE,
    Claim,
    Conflict,
    by_precedence,
    conflicts,
    place_conflicts,
    present,
)
from kaejon.methods.thai.names import name_key

PERSON_FIELDS = (
    "title",
    "first_name",
    "last_name",
    "first_key",
    "last_key",
    "name_key",
    "sex",
    "birth_date",
    "birth_precision",
    "relation",
    "is_head",
    "national_id_sealed",
    "national_id_index",
    "national_id_last4",
    "national_id_status",
    "died_on",
)
HOUSEHOLD_FIELDS = (
    "house",
    "area",
    "house_no",
    "head_name",
    "members",
    "presence",
    "setting",
    "conflicts",
    "version",
)


@dataclass(frozen=True, slots=True)
class SealedId:
    """The national ID a claim carries, still sealed, with its search token."""

    sealed: bytes | memoryview | None
    index: str


def claim_of(assertion: Assertion) -> Claim:
    """An assertion as a claim, tagged with itself; needs version__source loaded."""
    source = assertion.version.source
    return Claim(
        facts=assertion.facts,
        as_of=assertion.as_of,
        rank=source.rank,
        order=assertion.pk or 0,
        field_check=source.kind == Kind.FIELD,
        source=source.code,
        tag=assertion,
    )


def live(**filters: Any) -> QuerySet[Assertion]:
    """Claims not withdrawn, oldest first, with their list and owner."""
    return (
        Assertion.objects.filter(withdrawn_at=None, **filters)
        .select_related("version__source__owner", "stated_by")
        .order_by("pk")
    )


def live_claims_by(subject: str, rows: QuerySet[Assertion]) -> dict[int, list[Claim]]:
    """Live claims by person or household key, read as plain values: models cost five times as much here."""
    found: dict[int, list[Claim]] = defaultdict(list)
    values = plain_values(
        rows.filter(withdrawn_at=None),
        f"{subject}_id",
        "facts",
        "as_of",
        "version__source__rank",
        "pk",
        "version__source__kind",
        "version__source__code",
        "record__national_id_sealed",
        "record__national_id_index",
    )
    for key, facts, as_of, rank, pk, kind, code, sealed, index in values:
        found[key].append(
            Claim(facts, as_of, rank, pk, kind == Kind.FIELD, code, SealedId(sealed, index or ""))
        )
    return found


def claims_of_people(people: Collection[int]) -> dict[int, list[Claim]]:
    """Live claims by person."""
    return live_claims_by("person", Assertion.objects.filter(Among("person", people)))


def claims_of_households(households: Collection[int]) -> dict[int, list[Claim]]:
    """Live household-level claims by household."""
    return live_claims_by(
        "household", Assertion.objects.filter(Among("household", households), OF_HOUSEHOLD)
    )


def fill_person(person: Person, claims: Collection[Claim]) -> None:
    """Set the present values of a person from its live claims."""
    facts = present(claims)
    person.title = facts.get("title", "")
    person.first_name = facts.get("first_name", "")
    person.last_name = facts.get("last_name", "")
    person.first_key = search_key(person.first_name)
    person.last_key = search_key(person.last_name)
    person.name_key = facts.get("name_key") or name_key(person.first_name, person.last_name)
    person.sex = facts.get("sex", "")
    born = facts.get("birth_date")
    person.birth_date = date.fromisoformat(born) if born else None
    person.birth_precision = facts.get("birth_precision", "day") if born else ""
    person.relation = facts.get("relation", "")
    person.is_head = bool(facts.get("is_head"))
    died = facts.get("died_on")
    person.died_on = date.fromisoformat(died) if died else None
    fill_national_id(person, claims)


def fill_national_id(person: Person, claims: Collection[Claim]) -> None:
    """The valid ID of the claim with the best precedence; else the status of what was given."""
    person.national_id_sealed, person.national_id_index, person.national_id_last4 = None, "", ""
    person.national_id_status = "missing"
    for claim in by_precedence(claims):
        status = claim.facts.get("national_id_status", "missing")
        if status == "valid" and claim.tag.sealed:
            person.national_id_sealed, person.national_id_index = claim.tag.sealed, claim.tag.index
            person.national_id_last4 = claim.facts["national_id_last4"]
            person.national_id_status = status
            return
        if person.national_id_status == "missing" and status != "valid":
            person.national_id_status = status


def derive_people(ids: Collection[int]) -> set[int]:
    """Write the present values of people; returns their households. People without live claims stay as they are."""
    people = {p.pk: p for p in Person.objects.filter(Among("pk", ids))}
    claims = claims_of_people(people.keys())
    changed = []
    for pk, person in people.items():
        if not claims.get(pk):
            continue
        before = values_of(person)
        fill_person(person, claims[pk])
        if values_of(person) != before:
            person.version += 1
            changed.append(person)
    update_rows(changed, (*PERSON_FIELDS, "version"))
    return {p.household_id for p in people.values() if p.household_id}


def values_of(person: Person) -> tuple[Any, ...]:
    return tuple(
        bytes(v) if isinstance(v, memoryview) else v
        for v in (getattr(person, name) for name in PERSON_FIELDS)
    )


def derive_households(ids: Collection[int]) -> None:
    """Write the present values of households: address, head, number of members, conflicts."""
    households = {
        h.pk: h for h in Household.objects.filter(Among("pk", ids)).select_related("house")
    }
    claims = claims_of_households(households.keys())
    people = people_in(households.keys())
    said = claims_of_people([p.pk for members in people.values() for p in members])
    for members in people.values():
        members.sort(key=lambda p: first_named(p, said.get(p.pk, ())))
    clashes = people_conflicts(people, said, claims)
    for pk, household in households.items():
        place(household, claims.get(pk, ()))
        fill_household(household, people.get(pk, ()), claims.get(pk, ()), clashes.get(pk, 0))
        household.version += 1
    update_rows(households.values(), HOUSEHOLD_FIELDS)
    derive_houses(households.values())


def people_in(households: Collection[int]) -> dict[int, list[Person]]:
    """Members by household."""
    found: dict[int, list[Person]] = defaultdict(list)
    for person in Person.objects.filter(Among("household", households)).order_by("pk"):
        found[person.household_id or 0].append(person)
    return found


def first_named(person: Person, claims: Collection[Claim]) -> tuple[int, int]:
    """Orders people as the claims in force named them; last whoever none names."""
    return min((c.order for c in claims), default=sys.maxsize), person.pk


def people_conflicts(
    people: Mapping[int, Collection[Person]],
    claims: Mapping[int, Collection[Claim]],
    homes: Mapping[int, Collection[Claim]],
) -> dict[int, int]:
    """Facts in conflict among the members, by household; `homes`: claims about the households."""
    return {
        household: sum(
            len(member_conflicts(claims.get(p.pk, ()), homes.get(household, ()))) for p in members
        )
        for household, members in people.items()
    }


def member_conflicts(claims: Collection[Claim], home: Collection[Claim]) -> list[Conflict]:
    """Facts of one member on which lists disagree, where the member lives among them."""
    found = conflicts(claims)
    if any(claim.facts.get(fact) for claim in claims for fact in PLACE):
        named = {conflict.fact for conflict in found}
        found += [c for c in place_conflicts(claims, address_claim(home)) if c.fact not in named]
    return found


def fill_household(
    household: Household,
    people: Collection[Person],
    claims: Collection[Claim],
    people_conflicts: int,
) -> None:
    """Set head, members, presence, setting and conflicts from people and claims."""
    living = [p for p in people if p.died_on is None]
    household.members = len(living)
    household.head_name = head_of(living or list(people))
    stated = present(claims)
    household.presence = stated.get("presence", "present")
    if claims:
        household.setting = stated.get("setting", "")
    household.conflicts = min(people_conflicts + len(conflicts(claims)), 32767)


def head_of(people: Collection[Person]) -> str:
    """Name of the head: the one a list calls head, else the eldest adult, else the first named.

    `people` in the order in which they were named.
    """
    if not people:
        return ""
    heads = [p for p in people if p.is_head]
    dated = sorted((p for p in people if p.birth_date), key=lambda p: p.birth_date or date.max)
    return (heads or dated or list(people))[0].full_name


def address_claim(claims: Collection[Claim]) -> Claim | None:
    """The claim that says where a household lives: its newest field check, else its first claim."""
    stated = [c for c in claims if c.facts.get("area")]
    checks = [c for c in stated if c.field_check]
    if checks:
        return max(checks, key=lambda c: (c.as_of, c.order))
    return min(stated, key=lambda c: c.order, default=None)


def place(household: Household, claims: Collection[Claim]) -> None:
    """Move the household where its field check, else its first live claim, says."""
    first = address_claim(claims)
    if first is None:
        return
    area, house_no = first.facts["area"], first.facts.get("house_no", "")
    if (area, house_no) != (household.area_id, household.house_no):
        house = House.objects.filter(area=area, house_no=house_no).exclude(house_no="").first()
        house = house or House.objects.create(area_id=area, house_no=house_no)
        household.house, household.area_id, household.house_no = house, area, house_no
        Person.objects.filter(household=household).update(area_id=area)


def derive_houses(households: Iterable[Household]) -> None:
    """Point and house code of the houses of these households, from all that is claimed there.

    Of a household that a field check moved, what lists say of the old place does not count.
    """
    houses = {h.house_id for h in households if h.house_id}
    homes = {h.pk: h for h in Household.objects.filter(Among("house", houses))}
    rows = {h.pk: h for h in House.objects.filter(Among("pk", houses))}
    stated: dict[int, list[Claim]] = defaultdict(list)
    for household, claims in claims_of_households(homes).items():
        home = homes[household]
        first = address_claim(claims)
        if first is not None and first.field_check:
            here = (home.area_id, home.house_no)
            claims = [
                c for c in claims if (c.facts.get("area"), c.facts.get("house_no", "")) == here
            ]
        stated[home.house_id] += claims
    changed = []
    for pk, claims in stated.items():
        house = rows[pk]
        before = house.latitude, house.longitude, house.house_code
        house.latitude, house.longitude = point_of(claims)
        house.house_code = present(claims).get("house_code", "")
        if before != (house.latitude, house.longitude, house.house_code):
            changed.append(house)
    update_rows(changed, ("latitude", "longitude", "house_code"))


def point_of(claims: Collection[Claim]) -> tuple[float | None, float | None]:
    """Latitude and longitude of the claim with the best precedence that gives both."""
    for claim in by_precedence(claims):
        latitude, longitude = claim.facts.get("latitude"), claim.facts.get("longitude")
        if latitude is not None and longitude is not None:
            return latitude, longitude
    return None, None
