"""One chunk of rows on its way into the registry: find or make households and people, write claims."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from kaejon.apps.access.models import User
from kaejon.apps.audit.actions import record_many
from kaejon.apps.households.bulk import Among, give_keys, insert_rows, new_row, update_rows
from kaejon.apps.households.models import House, Household, Membership, Person
from kaejon.apps.sources.deriving import (
    SealedId,
    derive_households,
    derive_houses,
    derive_people,
    fill_household,
    fill_person,
)
from kaejon.apps.sources.erasure import mark_erased
from kaejon.apps.sources.lookups import (
    Addresses,
    HouseholdsByCode,
    Known,
    KnownToRows,
    NamedHouseholds,
    agrees,
    first_claims,
    houses_by_address,
    members_of,
    only_household_at,
    reference_of,
)
from kaejon.apps.sources.matching import Match, match_one, people_beyond
from kaejon.apps.sources.models import (
    Assertion,
    HouseholdReference,
    ImportBatch,
    Kind,
    Outcome,
    SourceRecord,
)
from kaejon.apps.sources.outcomes import issue, note_outcomes
from kaejon.apps.sources.reach import Reach
from kaejon.apps.sources.saying import PERSON_ITEMS, address_facts, address_of, household_facts
from kaejon.apps.sources.signals import found_beyond
from kaejon.apps.sources.stated import Stated, stated_about
from kaejon.methods.claims import Claim
from kaejon.methods.linkage.homes import SAME_CODE, SHARED

WANTED = (Outcome.CREATED, Outcome.UPDATED)
# A row that says nothing new is a claim too: it stands when the list that said it first is taken back.
CLAIMING = (*WANTED, Outcome.UNCHANGED)
# What applying asks of a record; its row as received stays sealed where it is.
NEEDED = (
    "id",
    "batch_id",
    "row_number",
    "digest",
    "group",
    "area_code",
    "facts",
    "national_id_sealed",
    "national_id_index",
    "issues",
    "outcome",
    "rule",
    "candidates",
    "person_id",
    "household_id",
)
# The rule of rows that name a place which the person who applies the list does not hold.
NOT_HELD, OUTSIDE = "place_not_held", "AREA_OUTSIDE_SCOPE"


@dataclass
class Beyond:
    """What rows would have found beyond their reach, as pairs of (their own, the one beyond).

    `homes`: with the reasons, as of `methods.linkage.homes`. Two people of one household found
    in one household beyond make a pair of households too.
    """

    people: set[tuple[int, int]] = field(default_factory=set)
    homes: dict[tuple[int, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    _met: dict[tuple[int, int], set[int]] = field(default_factory=lambda: defaultdict(set))

    def add_person(self, record: SourceRecord, home: int, person: Known) -> None:
        if record.person_id is None:
            return
        self.people.add((record.person_id, person["id"]))
        if there := person["household_id"]:
            met = self._met[home, there]
            met.add(record.person_id)
            if len(met) > 1:
                self.homes[home, there].add(SHARED)


def is_placed(record: SourceRecord) -> bool:
    return record.outcome != Outcome.UNCHANGED or record.household_id is not None


class Chunk:
    """The rows of one transaction. Call `compare`, `find_households`, `write`, in this order.

    `earlier`: for groups of which some rows were applied before, their household and those rows.
    """

    def __init__(
        self,
        batch: ImportBatch,
        records: list[SourceRecord],
        reach: Reach,
        earlier: Mapping[str, tuple[Household, list[SourceRecord]]] | None = None,
    ) -> None:
        self.earlier = earlier or {}
        self.batch = batch
        self.reach = reach
        self.source = batch.version.source
        self.records = records
        self.matches: dict[int, Match] = {}
        self.groups: dict[str, list[SourceRecord]] = {}
        self.household_of: dict[str, Household] = {}
        self.new_households: dict[str, Household] = {}
        self.assertions: list[Assertion] = []
        self.known_people: set[int] = set()
        self.beyond: dict[int, list[Known]] = {}
        self.parted: set[str] = set()
        self.shared_houses: list[House] = []

    # comparing

    def compare(self) -> None:
        """Match again against the registry as it is now; rows that wait for a person are left out."""
        open_rows = self.rows_held([r for r in self.records if r.rule != "same_row_in_file"])
        known = KnownToRows(open_rows, self.reach)
        self.matches = {r.pk: match_one(r, known) for r in open_rows}
        self.beyond = {r.pk: found for r in open_rows if (found := people_beyond(r, known))}
        changed = note_outcomes(open_rows, self.matches)
        update_rows(changed, ("outcome", "rule", "candidates", "issues", "person", "household"))
        # A known row whose household moved beyond the reach says nothing here.
        wanted = [r for r in open_rows if r.outcome in CLAIMING and is_placed(r)]
        self.groups = {name: list(rows) for name, rows in groupby(wanted, key=lambda r: r.group)}

    def rows_held(self, rows: list[SourceRecord]) -> list[SourceRecord]:
        """Rows that name a place the list may touch by now; the others stay out, and say so."""
        for record in rows:
            if record.rule == NOT_HELD:
                record.issues = [i for i in record.issues if i["code"] != OUTSIDE]
        out = [r for r in rows if not self.reach.holds(r.area_code)]
        for record in out:
            record.outcome, record.rule = Outcome.REJECTED, NOT_HELD
            record.issues = [*record.issues, issue(OUTSIDE, "reject", value=record.area_code)]
        update_rows(out, ("outcome", "rule", "issues"))
        return [r for r in rows if self.reach.holds(r.area_code)]

    # finding and making households

    def find_households(self) -> None:
        """Give every group its household: by members, rows applied before, list reference, house code
        or address, else a new one."""
        first = [rows[0] for rows in self.groups.values()]
        members = self.households_of_members()
        self.named = NamedHouseholds(first, self.source.pk, self.reach)
        self.by_code = HouseholdsByCode(first, self.reach)
        houses = houses_by_address(first)
        fresh: dict[str, Household] = {}
        for name, rows in self.groups.items():
            found = (
                members.get(name)
                or self.earlier.get(name, (None,))[0]
                or self.named.named_by(rows[0], {r.household_id for r in rows}.__contains__)
                or self.by_code.in_house_of(rows[0])
                or only_household_at(houses, rows[0])
            )
            if found is None:
                fresh[name] = self.new_household(houses, rows)
            else:
                self.household_of[name] = found
        self.create_households(fresh)
        self.remember_references()

    def households_of_members(self) -> dict[str, Household]:
        """Households in which matched members live, by group; the one with most members, then the oldest.

        Not where the group names another address and only part of that household: then it parted,
        and whoever is new lives where the row says.
        """
        ids: dict[str, Counter[int]] = {
            name: Counter(r.household_id for r in rows if r.household_id)
            for name, rows in self.groups.items()
        }
        households = Household.objects.select_related("house").in_bulk(
            {pk for c in ids.values() for pk in c}
        )
        most = {
            name: [pk for pk, members in count.items() if members == max(count.values())]
            for name, count in ids.items()
            if count
        }
        age = first_claims({pk for tied in most.values() if len(tied) > 1 for pk in tied})
        found = {
            name: households[min(tied, key=lambda pk: (age.get(pk, sys.maxsize), pk))]
            for name, tied in most.items()
        }
        elsewhere = {
            name: home
            for name, home in found.items()
            if agrees(self.groups[name][0], home) is False
        }
        living = members_of({home.pk for home in elsewhere.values()})
        for name, home in elsewhere.items():
            rows = self.groups[name]
            if living[home.pk] <= {r.person_id for r in rows}:
                continue  # the whole household under another address: its address is in question
            self.parted.add(name)
            if not all(r.household_id for r in rows):
                del found[name]
        return found

    def new_household(self, houses: Addresses, rows: list[SourceRecord]) -> Household:
        address = address_of(rows[0])
        facts = household_facts(rows)
        house, households = houses.get(address, (None, []))
        if house is not None:
            self.shared_houses.append(house)
        else:
            house = new_row(
                House,
                area_id=address[0],
                house_no=address[1],
                house_code=facts.get("house_code", ""),
                latitude=facts.get("latitude"),
                longitude=facts.get("longitude"),
            )
        household = new_row(Household, house_id=house.pk, area_id=address[0], house_no=address[1])
        household._state.fields_cache["house"] = house
        if address[1]:
            houses[address] = (house, [*households, household])
        return household

    def create_households(self, fresh: dict[str, Household]) -> None:
        unsaved = {id(h.house): h.house for h in fresh.values() if h.house.pk is None}
        insert_rows(unsaved.values())
        for household in fresh.values():
            household.house_id = household.house.pk
        give_keys(list(fresh.values()))
        self.household_of.update(fresh)
        self.new_households = fresh

    def remember_references(self) -> None:
        insert_rows(
            (
                new_row(
                    HouseholdReference,
                    source_id=self.source.pk,
                    area_id=rows[0].area_code,
                    reference=ref,
                    household_id=self.household_of[name].pk,
                    batch_id=self.batch.pk,
                )
                for name, rows in self.groups.items()
                if (ref := reference_of(rows[0]))
            ),
            skip_known=True,
        )

    # writing claims and present values

    def write(self) -> None:
        """Write people, memberships and claims; derive what was known before.

        Who was erased once is brought in like everybody: the bringer must not learn of it.
        """
        fresh: list[tuple[SourceRecord, Assertion, Person]] = []
        for name, rows in self.groups.items():
            household = self.household_of[name]
            for record in rows:
                facts = self.person_facts(record, household)
                if facts is None:
                    continue
                if name in self.parted:
                    facts |= address_facts(record)
                assertion = self.claim(record, household, facts)
                if record.outcome == Outcome.CREATED:
                    fresh.append((record, assertion, self.new_person(record, assertion, household)))
                else:
                    assertion.person_id = record.person_id
                    assertion.household_id = record.household_id or household.pk
                    self.known_people.add(record.person_id or 0)
            said = household_facts(self.whole_group(name, household))
            if name in self.new_households:
                household.setting = said.get("setting", "")
            self.claim(rows[0], household, said)
        self.create_people(fresh)
        insert_rows(self.assertions)
        self.link_records()
        mark_erased(r for rows in self.groups.values() for r in rows)
        self.derive()

    def whole_group(self, name: str, household: Household) -> list[SourceRecord]:
        """The rows of a group with those applied before to the same household, in file order."""
        home, before = self.earlier.get(name, (None, []))
        shared = before if home == household else []
        return sorted([*shared, *self.groups[name]], key=lambda r: r.row_number)

    def claim(self, record: SourceRecord, household: Household, facts: dict[str, Any]) -> Assertion:
        surveyed = record.facts["answers"]["other"].get("surveyed_on")
        assertion = new_row(
            Assertion,
            version_id=self.batch.version_id,
            batch_id=self.batch.pk,
            record_id=record.pk,
            household_id=household.pk,
            as_of=date.fromisoformat(surveyed) if surveyed else self.batch.version.as_of,
            facts=facts,
            stated_by_id=self.batch.uploaded_by_id,
        )
        self.assertions.append(assertion)
        return assertion

    def person_facts(self, record: SourceRecord, household: Household) -> dict[str, Any] | None:
        """What the row claims about its person; an ID known to be somebody else's is not claimed."""
        if record.facts["person"] is None:
            return None
        facts = dict(record.facts["person"])
        if self.source.kind == Kind.TPMAP:
            facts["target_poor"] = True
        if "ID_OF_ANOTHER" in self.matches[record.pk].flags or record.rule == "same_id_twice":
            facts["national_id_status"] = "of_another"
        if record.household_id and record.household_id != household.pk:
            facts |= address_facts(record)
        items = {
            k: v
            for k, v in record.facts["answers"]["capitals"].items()
            if k.startswith(PERSON_ITEMS)
        }
        if any(v is not None for v in items.values()):
            facts["capitals"] = items
        return facts

    def new_person(
        self, record: SourceRecord, assertion: Assertion, household: Household
    ) -> Person:
        """The person the claim speaks of, filled from this one claim."""
        person = new_row(Person, household_id=household.pk, area_id=household.area_id)
        carried = SealedId(record.national_id_sealed, record.national_id_index)
        claim = Claim(
            assertion.facts,
            assertion.as_of,
            self.source.rank,
            0,
            source=self.source.code,
            tag=carried,
        )
        fill_person(person, [claim])
        return person

    def create_people(self, fresh: list[tuple[SourceRecord, Assertion, Person]]) -> None:
        """Insert new people, after the new households, whose head and number they tell."""
        people = [person for _, _, person in fresh]
        give_keys(people)
        self.fill_new_households(people)
        insert_rows(people)
        insert_rows(
            new_row(
                Membership,
                person_id=person.id,
                household_id=person.household_id,
                relation=person.relation,
                is_head=person.is_head,
            )
            for person in people
        )
        for record, assertion, person in fresh:
            record.person_id = assertion.person_id = person.id

    def fill_new_households(self, people: list[Person]) -> None:
        members: dict[int, list[Person]] = defaultdict(list)
        for person in people:
            members[person.household_id or 0].append(person)
        new = self.new_households.values()
        for household in new:
            fill_household(household, members[household.pk], (), 0)
        insert_rows(new)

    def link_records(self) -> None:
        """Tell every record which person and household it became."""
        for name, rows in self.groups.items():
            for record in rows:
                record.household_id = record.household_id or self.household_of[name].pk
        update_rows((r for rows in self.groups.values() for r in rows), ("person", "household"))

    def derive(self) -> None:
        """Present values of what was known before, from all its claims."""
        homes = derive_people(self.known_people)
        known = {h.pk for h in self.household_of.values()} | homes
        derive_households(known - {h.pk for h in self.new_households.values()})
        # A new household in a house that was there may tell more of it.
        shared = {house.pk for house in self.shared_houses}
        derive_houses(h for h in self.new_households.values() if h.house_id in shared)

    def touched_households(self) -> list[int]:
        """Households whose claims changed."""
        return sorted({a.household_id for a in self.assertions})

    def stated_now(self) -> list[Stated]:
        """All that is claimed about the households touched; of new ones only these rows speak."""
        new = {h.pk for h in self.new_households.values()}
        source = self.source.pk, self.source.kind, self.source.unit
        fresh = [
            Stated(a.household_id, a.version_id, a.person_id, *source, a.as_of, a.facts)
            for a in self.assertions
            if a.household_id in new
        ]
        known = [pk for pk in self.touched_households() if pk not in new]
        return fresh + stated_about(known)

    # telling others

    def tell_history(self, by: User) -> None:
        """One line in the history of each household the list touches, however many chunks do."""
        touched = self.touched_households()
        new = {h.pk for h in self.new_households.values()}
        known = [pk for pk in touched if pk not in new]
        mine = [a.pk for a in self.assertions]
        before = Assertion.objects.filter(Among("household", known), batch=self.batch)
        told = set(before.exclude(Among("pk", mine)).values_list("household", flat=True))
        homes = Household.objects.filter(Among("pk", [pk for pk in known if pk not in told]))
        lines = [(h.public_id, h.area_id, "list.bring") for h in self.new_households.values()]
        lines += [(*row, "list.add") for row in homes.values_list("public_id", "area_id")]
        called = f"{self.source.name_th} {self.batch.version.year_be}"
        facts = {"batch": str(self.batch.public_id), "source": called}
        record_many(by=by, subject_type="household", lines=lines, changes=facts)

    def tell_beyond(self) -> None:
        """Let the apps above keep what the rows would have found beyond their reach."""
        beyond = self.found_beyond()
        if beyond.people or beyond.homes:
            found_beyond.send(sender=ImportBatch, people=beyond.people, homes=beyond.homes)

    def found_beyond(self) -> Beyond:
        """Whom the rows would have found, had the list reached farther."""
        beyond = Beyond()
        for name, rows in self.groups.items():
            mine = self.household_of[name].pk
            for record in rows:
                for person in self.beyond.get(record.pk, ()):
                    beyond.add_person(record, mine, person)
            for home in self.named.beyond(rows[0]):
                beyond.homes[mine, home.pk].add("same_reference")
            for home in self.by_code.beyond(rows[0]):
                beyond.homes[mine, home.pk].add(SAME_CODE)
        return beyond
