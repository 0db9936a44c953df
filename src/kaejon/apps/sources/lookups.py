"""What a row may find in the registry, and what it would have found beyond its reach.

Every look-up of matching stands here, so that none forgets the border (`reach`): matching and
applying ask these classes and no table of people or households themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Min, QuerySet

from kaejon.apps.households.bulk import Among, read_rows
from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.sources.decisions import DIFFERENT, Decided, decided_before
from kaejon.apps.sources.models import (
    Assertion,
    BatchStatus,
    HouseholdReference,
    ImportBatch,
    SourceRecord,
)
from kaejon.apps.sources.reach import Reach
from kaejon.apps.sources.saying import address_of
from kaejon.methods.listfiles.canonical import is_running_number

NEEDED = (
    "id",
    "public_id",
    "first_name",
    "name_key",
    "birth_date",
    "birth_precision",
    "sex",
    "national_id_index",
    "area_id",
    "household_id",
    "household__house_no",
)
Known = dict[str, Any]
# (area code, house number) → the house and the households in it
Addresses = dict[tuple[str, str], tuple[House, list[Household]]]


class KnownToRows:
    """People and households that rows of one list may speak of. A few queries, whatever the number of rows."""

    def __init__(self, records: Sequence[SourceRecord], reach: Reach) -> None:
        self.reach = reach
        self.by_id = people_by(
            "national_id_index", {r.national_id_index for r in records if r.national_id_index}
        )
        self.by_name = people_by("name_key", {name_key_of(r) for r in records} - {""})
        self.decisions = decided_before(records)
        self.areas = areas_of_decided(self.decisions.values())
        self.earlier = rows_applied_before(records)
        homes = {r.household_id for r in self.earlier.values() if r.household_id}
        self.earlier_areas = areas_by_key(Household.objects.all(), homes)
        self.households = households_of_rows_without_person(records, reach)

    def holders(self, record: SourceRecord) -> list[Known]:
        """People who bear the row's national ID."""
        return [p for p in self.all_holders(record) if self.within(record, p)]

    def holders_beyond(self, record: SourceRecord) -> list[Known]:
        """People beyond the reach who bear the row's national ID."""
        return [p for p in self.all_holders(record) if not self.within(record, p)]

    def all_holders(self, record: SourceRecord) -> list[Known]:
        return self.by_id.get(record.national_id_index, []) if record.national_id_index else []

    def namesakes(self, record: SourceRecord) -> list[Known]:
        """People with the row's name at its house number in its village."""
        return [
            p
            for p in self.by_name.get(name_key_of(record), ())
            if same_place(record, p) and self.within(record, p)
        ]

    def namesakes_beyond(self, record: SourceRecord) -> list[Known]:
        """As `namesakes`, beyond the reach."""
        return [
            p
            for p in self.by_name.get(name_key_of(record), ())
            if same_place(record, p) and not self.within(record, p)
        ]

    def within(self, record: SourceRecord, person: Mapping[str, Any]) -> bool:
        return self.reach.finds(record.area_code, person["area_id"])

    def applied_before(self, record: SourceRecord) -> SourceRecord | None:
        """The same row, applied before from the same list version."""
        return self.earlier.get((record.digest, record.national_id_index))

    def may_name(self, record: SourceRecord, household: int | None) -> bool:
        """May the row say that it speaks of this household of the row applied before?"""
        area = self.earlier_areas.get(household or 0, "")
        return bool(area) and self.reach.finds(record.area_code, area)

    def decision(self, record: SourceRecord) -> Decided | None:
        """What a person said of the row; nothing when whom they chose stands beyond the reach."""
        decision = self.decisions.get((record.digest, record.national_id_index))
        if decision is None or not self.beyond_of(record, decision):
            return decision
        if decision.verdict == DIFFERENT:
            return replace(decision, person=None, household=None)
        return None

    def chosen_beyond(self, record: SourceRecord) -> list[Known]:
        """The person beyond the reach of whom somebody said that the row speaks."""
        decision = self.decisions.get((record.digest, record.national_id_index))
        if decision is None or decision.verdict == DIFFERENT or decision.person is None:
            return []
        if not self.beyond_of(record, decision):
            return []
        return [{"id": decision.person, "household_id": decision.household}]

    def beyond_of(self, record: SourceRecord, decision: Decided) -> bool:
        areas = [
            self.areas[kind, key]
            for kind, key in (("person", decision.person), ("household", decision.household))
            if key and (kind, key) in self.areas
        ]
        return any(not self.reach.finds(record.area_code, area) for area in areas)


def name_key_of(record: SourceRecord) -> str:
    return str((record.facts.get("person") or {}).get("name_key", ""))


def people_by(name: str, values: Collection[str]) -> dict[str, list[Known]]:
    """People with these values of an indexed column, by value, wherever they live."""
    found: dict[str, list[Known]] = defaultdict(list)
    if values:
        for person in Person.objects.filter(Among(name, values)).values(*NEEDED):
            found[person[name]].append(person)
    return found


def same_place(record: SourceRecord, person: Mapping[str, Any]) -> bool:
    """The same house number in the same village, or in the same tambon where one side names no village."""
    house_no = record.facts.get("household", {}).get("house_no", "")
    return (
        bool(house_no)
        and house_no == person["household__house_no"]
        and nested(record.area_code, person["area_id"])
    )


def nested(one: str, other: str) -> bool:
    """One of the two areas lies in the other."""
    return one.startswith(other) or other.startswith(one)


def areas_by_key(rows: QuerySet[Any], keys: Collection[int]) -> dict[int, str]:
    if not keys:
        return {}
    return dict(rows.filter(Among("pk", keys)).values_list("pk", "area_id"))


def areas_of_decided(decisions: Iterable[Decided]) -> dict[tuple[str, int], str]:
    """Where the people and households live whom decisions chose, by (kind, key)."""
    held = list(decisions)
    people = areas_by_key(Person.objects.all(), {d.person for d in held if d.person})
    homes = areas_by_key(Household.objects.all(), {d.household for d in held if d.household})
    return {("person", k): a for k, a in people.items()} | {
        ("household", k): a for k, a in homes.items()
    }


def rows_applied_before(records: Sequence[SourceRecord]) -> dict[tuple[str, str], SourceRecord]:
    """Live records of the same list version with the same content, by (digest, ID index)."""
    if not records:
        return {}
    mine = records[0].batch
    applied = ImportBatch.objects.filter(version=mine.version_id, status=BatchStatus.APPLIED)
    batches = set(applied.exclude(pk=mine.pk).values_list("pk", flat=True))
    if not batches:
        return {}
    # The batches are looked at here: named in the query, SQLite walks all their rows instead.
    earlier = read_rows(
        SourceRecord.objects.filter(
            Among("digest", {r.digest for r in records}), household__isnull=False
        ).order_by("pk"),
        *("digest", "national_id_index", "batch_id", "person_id", "household_id"),
        *("facts", "issues", "person__household_id"),
    )
    found = {}
    for row in earlier:
        # A row whose person was taken away since, as by an erasure, speaks of nobody known.
        if row.batch_id in batches and (row.person_id or row.facts.get("person") is None):
            # Whoever moved since is met where they live now.
            row.household_id = row.__dict__["person__household_id"] or row.household_id
            found[row.digest, row.national_id_index] = row
    return found


# households


def agrees(record: SourceRecord, household: Household) -> bool | None:
    """Does the row name the household's address? None while one of them has no house number."""
    area, house_no = address_of(record)
    if not nested(area, household.area_id):
        return False
    if not house_no or not household.house_no:
        return None
    return house_no == household.house_no


def reference_of(record: SourceRecord) -> str:
    """The list's own name of the row's household, as far as it means anything in another file."""
    reference = str(record.facts["household"].get("household_ref", ""))
    return "" if is_running_number(reference) else reference


class NamedHouseholds:
    """Households that a list named so before. A name holds within its source and the area its row gave."""

    def __init__(self, records: Iterable[SourceRecord], source: int, reach: Reach) -> None:
        self.reach = reach
        self.found: dict[str, list[HouseholdReference]] = defaultdict(list)
        names = {reference_of(r) for r in records} - {""}
        if names:
            rows = HouseholdReference.objects.filter(Among("reference", names), source=source)
            rows = rows.filter(household__merged_into=None)
            for reference in rows.select_related("household__house").order_by("pk"):
                self.found[reference.reference].append(reference)

    def named_by(
        self, record: SourceRecord, known: Callable[[int], bool] = lambda _: False
    ) -> Household | None:
        """The household the row's reference names, when nothing contradicts.

        A house number that differs contradicts, unless a member is `known` to live there.
        """
        for reference in self.found.get(reference_of(record), ()):
            home = reference.household
            if not nested(record.area_code, reference.area_id):
                continue
            if not self.reach.finds(record.area_code, home.area_id):
                continue
            if agrees(record, home) is not False or known(home.pk):
                return home
        return None

    def beyond(self, record: SourceRecord) -> list[Household]:
        """Households of the same reference beyond the reach."""
        return [
            r.household
            for r in self.found.get(reference_of(record), ())
            if not self.reach.finds(record.area_code, r.household.area_id)
        ]


class HouseholdsByCode:
    """Households of houses with an 11-digit house code."""

    def __init__(self, records: Iterable[SourceRecord], reach: Reach) -> None:
        self.reach = reach
        self.found: dict[str, list[Household]] = defaultdict(list)
        codes = {r.facts["household"].get("house_code", "") for r in records} - {""}
        if codes:
            rows = Household.objects.filter(Among("house__house_code", codes))
            for household in rows.select_related("house").order_by("pk"):
                self.found[household.house.house_code].append(household)

    def in_house_of(self, record: SourceRecord) -> Household | None:
        """The household in the house the row names by its code, when it is the only one there."""
        held = [h for h in self.all_of(record) if self.within(record, h)]
        return held[0] if len(held) == 1 else None

    def beyond(self, record: SourceRecord) -> list[Household]:
        """Households beyond the reach in a house with the same code."""
        return [h for h in self.all_of(record) if not self.within(record, h)]

    def all_of(self, record: SourceRecord) -> list[Household]:
        return self.found.get(record.facts["household"].get("house_code", ""), [])

    def within(self, record: SourceRecord, household: Household) -> bool:
        return self.reach.finds(record.area_code, household.area_id)


def houses_by_address(records: Iterable[SourceRecord]) -> Addresses:
    """Known houses by (area, house number), with their households: in the very area the row names."""
    wanted = {address_of(record) for record in records}
    # Asks for every number in every area; the pairs are looked at here.
    rows = House.objects.filter(
        Among("area", {area for area, _ in wanted}),
        Among("house_no", {number for _, number in wanted if number}),
    )
    known = {h.pk: h for h in rows if (h.area_id, h.house_no) in wanted}
    homes: dict[int, list[Household]] = defaultdict(list)
    for household in Household.objects.filter(Among("house", known)):
        household.house = known[household.house_id]
        homes[household.house_id].append(household)
    houses: Addresses = {}
    for pk, house in known.items():
        houses.setdefault((house.area_id, house.house_no), (house, homes[pk]))
    return houses


def only_household_at(houses: Addresses, record: SourceRecord) -> Household | None:
    """The household at this address if there is exactly one; two or more are nobody's to choose."""
    _, households = houses.get(address_of(record), (None, []))
    return households[0] if len(households) == 1 and households[0].pk else None


def first_claims(households: Collection[int]) -> dict[int, int]:
    """Key of the first claim in force, by household: it is as old as what is still said of it.

    Its own key tells of lists taken back since.
    """
    if not households:
        return {}
    claims = Assertion.objects.filter(Among("household", households), withdrawn_at=None)
    return dict(claims.values_list("household").annotate(Min("pk")))


def households_of_rows_without_person(
    records: Sequence[SourceRecord], reach: Reach
) -> dict[int, list[tuple[int, str]]]:
    """Households such rows may speak of, as (key, public id): by list reference, else by address."""
    rows = [r for r in records if r.facts.get("person") is None]
    if not rows:
        return {}
    named = NamedHouseholds(rows, rows[0].batch.version.source_id, reach)
    by_address: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    numbers = {address_of(r)[1] for r in rows} - {""}
    for h in Household.objects.filter(
        Among("area", {r.area_code for r in rows}), Among("house_no", numbers)
    ):
        by_address[h.area_id, h.house_no].append((h.pk, str(h.public_id)))
    found = {}
    for row in rows:
        home = named.named_by(row)
        found[row.pk] = (
            [(home.pk, str(home.public_id))] if home else by_address.get(address_of(row), [])
        )
    return found


def members_of(households: Collection[int]) -> dict[int, set[int]]:
    """Keys of the living members, by household."""
    found: dict[int, set[int]] = defaultdict(set)
    if households:
        rows = Person.objects.filter(Among("household", households), died_on=None)
        for pk, household in rows.values_list("pk", "household_id"):
            found[household or 0].add(pk)
    return found
