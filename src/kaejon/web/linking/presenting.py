"""A row and those it may speak of, fact by fact, as the page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kaejon.apps.areas.models import Area
from kaejon.apps.households.models import Household, Person, Sex
from kaejon.apps.linking.queries import Candidates, housemates, lists_speaking_of, rows_beside
from kaejon.apps.sources.models import SourceRecord
from kaejon.apps.sources.previews import (
    Birth,
    Place,
    area_words,
    birth_of,
    claimed_birth,
    claimed_name,
)
from kaejon.methods.claims import differs
from kaejon.methods.thai.names import name_key

SAME, OTHER, UNKNOWN = "same", "other", "unknown"
MEMBERS_SHOWN = 12


@dataclass(frozen=True)
class Fact:
    """One fact of one side. `agrees`: same, other or unknown; empty on the row itself. `said_by`: the list it is from."""

    label: str
    kind: str
    value: str | Birth | Place | None
    agrees: str = ""
    said_by: str = ""


@dataclass(frozen=True)
class Member:
    """Somebody of the same household; `on_both`: named by the row's list too."""

    name: str
    on_both: bool = False


@dataclass(frozen=True)
class Side:
    """One card: the row, or somebody it may speak of. `key`: the number key that chooses it."""

    name: str
    facts: list[Fact]
    members: list[Member] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    more_members: int = 0
    public_id: UUID | None = None
    household: UUID | None = None
    key: int = 0
    ids_differ: bool = False


class Comparison:
    """The row beside its candidates. A handful of queries, however many there are."""

    def __init__(self, record: SourceRecord, candidates: Candidates) -> None:
        self.record, self.facts = record, record.facts.get("person") or {}
        self.beside = rows_beside(record)
        self.area = Area.objects.select_related("parent").filter(code=record.area_code).first()
        self.lists = lists_speaking_of(candidates)
        homes = {p.household_id for p in candidates.people if p.household_id}
        self.mates = housemates(homes | {h.pk for h in candidates.households})
        self.names_beside = {
            (r.facts.get("person") or {}).get("name_key", "") for r in self.beside
        } - {""}
        self.row = self.row_side()
        people = [self.person_side(n, p) for n, p in enumerate(candidates.people, 1)]
        homes_shown = [self.household_side(n, h) for n, h in enumerate(candidates.households, 1)]
        self.sides = people + homes_shown

    def row_side(self) -> Side:
        names = [claimed_name(r.facts.get("person") or {}) for r in self.beside]
        house = Fact(_("House"), "place", self.claimed_place())
        person = [
            Fact(_("Name"), "text", claimed_name(self.facts)),
            Fact(_("Birth date"), "birth", claimed_birth(self.facts)),
            Fact(_("Sex"), "text", sex_word(self.facts.get("sex", ""))),
            Fact(_("National ID"), "id", self.facts.get("national_id_last4", "")),
        ]
        return Side(
            name=claimed_name(self.facts),
            facts=[*person, house] if self.facts else [house],
            members=[Member(name) for name in names if name],
        )

    def claimed_place(self) -> Place:
        house_no = self.record.facts.get("household", {}).get("house_no", "")
        return Place(house_no, area_words(self.area) if self.area else self.record.area_code)

    def person_side(self, key: int, person: Person) -> Side:
        home = person.household
        same_id = agreement(self.record.national_id_index, person.national_id_index)
        facts = [
            Fact(_("Birth date"), "birth", birth_of(person), self.birth_agrees(person)),
            Fact(
                _("Sex"), "text", sex_word(person.sex), agreement(self.facts.get("sex"), person.sex)
            ),
            Fact(_("National ID"), "id", person.national_id_last4, same_id),
            self.house_fact(Place(home.house_no if home else "", area_words(person.area)), home),
        ]
        named = Fact(_("Name"), "text", person.full_name, self.name_agrees(person))
        return Side(
            name=person.full_name,
            facts=[named, *facts],
            public_id=person.public_id,
            household=home.public_id if home else None,
            lists=self.lists.get(person.pk, []),
            key=key,
            ids_differ=same_id == OTHER,
            **self.members_of(person.household_id, without=person.pk),
        )

    def household_side(self, key: int, household: Household) -> Side:
        place = Place(household.house_no, area_words(household.area))
        return Side(
            name=household.head_name,
            facts=[self.house_fact(place, household)],
            public_id=household.public_id,
            household=household.public_id,
            lists=self.lists.get(household.pk, []),
            key=key,
            **self.members_of(household.pk),
        )

    def members_of(self, household: int | None, without: int = 0) -> dict[str, Any]:
        people: Sequence[Person] = self.mates.get(household or 0, [])
        others = [p for p in people if p.pk != without]
        shown = [Member(p.full_name, p.name_key in self.names_beside) for p in others]
        return {
            "members": shown[:MEMBERS_SHOWN],
            "more_members": max(0, len(shown) - MEMBERS_SHOWN),
        }

    def house_fact(self, place: Place, home: Household | None) -> Fact:
        mine = (self.record.area_code, self.claimed_place().house_no)
        agrees = UNKNOWN if home is None else agreement(mine, (home.area_id, home.house_no))
        return Fact(_("House"), "place", place, agrees)

    def name_agrees(self, person: Person) -> str:
        mine = name_key(self.facts.get("first_name", ""), self.facts.get("last_name", ""))
        return agreement(mine, name_key(person.first_name, person.last_name))

    def birth_agrees(self, person: Person) -> str:
        born = self.facts.get("birth_date")
        if not born or person.birth_date is None:
            return UNKNOWN
        mine = (born, self.facts.get("birth_precision", "day"))
        theirs = (person.birth_date.isoformat(), person.birth_precision)
        return OTHER if differs("birth_date", mine, theirs) else SAME


def agreement(mine: Any, theirs: Any) -> str:
    """Two stated values compared; unknown when one side says nothing."""
    if not mine or not theirs:
        return UNKNOWN
    return SAME if mine == theirs else OTHER


def sex_word(code: str) -> str:
    return str(Sex(code).label) if code in Sex.values else ""
