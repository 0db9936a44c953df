"""What hangs together in the registry through the claims of lists: people, households, names.

Taking a list back may have to look again at households it never spoke of: those that its
rows, or the rows of other lists beside them, would meet by a person, an address, a house
code or the list's own name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import QuerySet

from kaejon.apps.households.bulk import Among
from kaejon.apps.households.models import Household, Person
from kaejon.apps.sources.models import Assertion, HouseholdReference, SourceRecord

Address = tuple[str, str]
# More households than these hang together by chance, as by one house code for a whole village.
MOST = 20_000
COLUMNS = (
    "pk",
    "batch_id",
    "version__source_id",
    "record_id",
    "record__group",
    "person_id",
    "household_id",
    "record__area_code",
    "record__national_id_index",
    "record__facts",
)


class Said(NamedTuple):
    """One live claim of a list; `person` is None where it speaks of the household."""

    claim: int
    batch: int
    source: int
    record: int
    group: str
    person: int | None
    household: int
    address: Address
    reference: str
    code: str
    identity: tuple[str, str, str, str]

    @property
    def key(self) -> tuple[int, str]:
        return self.batch, self.group


@dataclass
class Knot:
    """Claims, oldest first, and the people and households that hang together through them."""

    claims: list[Said] = field(default_factory=list)
    people: set[int] = field(default_factory=set)
    households: set[int] = field(default_factory=set)


@dataclass
class Web:
    """What hangs together: claims by key, homes of people, addresses of households."""

    claims: dict[int, Said] = field(default_factory=dict)
    home_of: dict[int, int] = field(default_factory=dict)
    address_of: dict[int, Address] = field(default_factory=dict)


def web_of(households: Collection[int]) -> Web:
    """Everything that hangs together with these households."""
    web = Web()
    homes: set[int] = set(households)
    people: set[int] = set()
    groups: set[tuple[int, str]] = set()
    while (homes or people) and len(web.address_of) + len(homes) <= MOST:
        remember_households(web, homes)
        claims = said(Assertion.objects.filter(Among("household", homes)))
        claims += said(Assertion.objects.filter(Among("person", people)))
        wanted = {c.key for c in claims} - groups
        groups |= wanted
        claims = [c for c in claims + claims_of_groups(wanted) if c.claim not in web.claims]
        web.claims |= {c.claim: c for c in claims}
        people = {c.person for c in claims if c.person is not None} - web.home_of.keys()
        remember_people(web, Person.objects.filter(Among("pk", people)))
        near = {c.household for c in claims} | set(web.home_of.values()) | met(claims)
        homes = near - web.address_of.keys()
    return web


def said(claims: QuerySet[Assertion]) -> list[Said]:
    """The live ones among these claims that a list made, as plain values."""
    rows = claims.filter(withdrawn_at=None, batch__isnull=False).values_list(*COLUMNS)
    found = []
    for pk, batch, source, record, group, person, household, area, number, facts in rows:
        place, who = facts.get("household", {}), facts.get("person") or {}
        identity = (
            number, who.get("name_key", ""), str(who.get("birth_date") or ""), who.get("sex") or "",
        )  # fmt: skip
        found.append(
            Said(
                pk, batch, source, record, group, person, household,
                (area, place.get("house_no", "")), place.get("household_ref", ""),
                place.get("house_code", ""), identity,
            )
        )  # fmt: skip
    return found


def claims_of_groups(groups: Collection[tuple[int, str]]) -> list[Said]:
    """All claims of these groups: who stands in a household of a list stands there with others."""
    if not groups:
        return []
    rows = SourceRecord.objects.filter(
        Among("batch", {batch for batch, _ in groups}), Among("group", {name for _, name in groups})
    ).values_list("pk", "batch_id", "group")
    records = [pk for pk, batch, name in rows if (batch, name) in groups]
    return said(Assertion.objects.filter(Among("record", records)))


def remember_households(web: Web, keys: Collection[int]) -> None:
    rows = Household.everyone.filter(Among("pk", keys)).values_list("pk", "area_id", "house_no")
    web.address_of |= dict.fromkeys(keys, ("", ""))
    web.address_of |= {pk: (area, number) for pk, area, number in rows}
    remember_people(web, Person.objects.filter(Among("household", keys)))


def remember_people(web: Web, rows: QuerySet[Person]) -> None:
    web.home_of |= {
        pk: home for pk, home in rows.values_list("pk", "household_id") if home is not None
    }


def met(claims: Collection[Said]) -> set[int]:
    """Households these rows would find by address, house code or the list's own name."""
    return households_near(
        {c.address for c in claims},
        {c.code for c in claims},
        {(c.source, c.reference) for c in claims},
    )


def households_near(
    addresses: Collection[Address], codes: Iterable[str], names: Collection[tuple[int, str]]
) -> set[int]:
    at = Household.objects.filter(
        Among("area", {area for area, _ in addresses}),
        Among("house_no", {number for _, number in addresses} - {""}),
    ).values_list("pk", "area_id", "house_no")
    found = {pk for pk, area, number in at if (area, number) in addresses}
    coded = Household.objects.filter(Among("house__house_code", set(codes) - {""}))
    found |= set(coded.values_list("pk", flat=True))
    known = HouseholdReference.objects.filter(Among("reference", {n for _, n in names} - {""}))
    return found | {
        household
        for source, name, household in known.values_list("source_id", "reference", "household_id")
        if (source, name) in names
    }


def knots(web: Web) -> Iterator[Knot]:
    """Part what was reached into what truly hangs together; without claims of lists there is no knot."""
    ties = Ties()
    for person, household in web.home_of.items():
        ties.join(("person", person), ("household", household))
    for household, address in web.address_of.items():
        if address[1]:
            ties.join(("household", household), ("address", address))
    for c in web.claims.values():
        for other in nodes_of(c):
            ties.join(("group", c.key), other)
    found: dict[Hashable, Knot] = defaultdict(Knot)
    for household in web.address_of:
        found[ties.root(("household", household))].households.add(household)
    for person in web.home_of:
        found[ties.root(("person", person))].people.add(person)
    for c in sorted(web.claims.values()):
        found[ties.root(("group", c.key))].claims.append(c)
    return (knot for knot in found.values() if knot.claims)


def nodes_of(claim: Said) -> Iterator[Hashable]:
    """What a claim ties its group to."""
    yield "household", claim.household
    if claim.person is not None:
        yield "person", claim.person
    if claim.address[1]:
        yield "address", claim.address
    if claim.reference:
        yield "reference", claim.source, claim.reference
    if claim.code:
        yield "code", claim.code


class Ties:
    """Which nodes hang together (union-find)."""

    def __init__(self) -> None:
        self.parent: dict[Hashable, Hashable] = {}

    def root(self, node: Hashable) -> Hashable:
        self.parent.setdefault(node, node)
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def join(self, one: Hashable, other: Hashable) -> None:
        self.parent[self.root(one)] = self.root(other)
