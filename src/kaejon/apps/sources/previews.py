"""What each row of a batch would do, for the person who decides whether to apply it.

Candidates and present values are shown only where the reader may see the household;
a page of rows costs the same few queries whatever it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.households.models import Household, Person
from kaejon.apps.households.queries import people_visible_to, visible_to
from kaejon.apps.sources.masking import issue_value
from kaejon.apps.sources.models import ImportBatch, Outcome, SourceRecord
from kaejon.methods.listfiles import messages


@dataclass(frozen=True)
class Birth:
    """A birth date with how much of it is known: day, month or year."""

    on: date
    precision: str


@dataclass(frozen=True)
class Place:
    """A house number in a named area; the area's name is empty when it is not known."""

    house_no: str
    area: str


@dataclass(frozen=True)
class Difference:
    """One fact on which row and registry differ. `fact`: name, birth or house."""

    fact: str
    present: str | Birth | Place | None
    claimed: str | Birth | Place | None


@dataclass(frozen=True)
class Candidate:
    """Somebody of the registry a row may speak of."""

    name: str
    last4: str
    place: Place
    birth: Birth | None
    household: UUID | None


@dataclass(frozen=True)
class Objection:
    """One issue of a row in words. `rejects`: it keeps the row out."""

    rejects: bool
    column: str
    value: str
    text: str
    remedy: str


@dataclass(frozen=True)
class Preview:
    """One row as it may be shown to one reader.

    `hidden`: the row lies outside the reader's area. Of somebody who lives there nothing is shown,
    nor that they exist; of candidates who moved there since only how many.
    """

    number: int
    outcome: str
    name: str = ""
    last4: str = ""
    birth: Birth | None = None
    place: Place | None = None
    household: UUID | None = None
    hidden: bool = False
    elsewhere: int = 0
    differences: list[Difference] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)


def previews(
    batch: ImportBatch, rows: Sequence[SourceRecord], actor: User, language: str
) -> list[Preview]:
    """The rows as `actor` may see them; four queries for any number of rows."""
    return Reader(batch, rows, actor, language).all()


def may_read_row(actor: User, batch: ImportBatch, area_code: str) -> bool:
    """Whoever brought the file knows it; others read the rows of their own area and rows without any."""
    if batch.uploaded_by_id == actor.pk or not area_code:
        return True
    return scope_of(actor, Permission.SEE_HOUSEHOLDS).holds_at(area_code)


class Reader:
    """Holds what a page of rows needs from the registry."""

    def __init__(
        self, batch: ImportBatch, rows: Sequence[SourceRecord], actor: User, language: str
    ) -> None:
        self.batch, self.actor, self.language = batch, actor, language
        self.rows = rows
        people = people_visible_to(actor).select_related("household", "area__parent")
        self.people = people.in_bulk({r.person_id for r in rows if r.person_id})
        named = {key for r in rows if r.outcome == Outcome.AMBIGUOUS for key in r.candidates}
        self.candidates: dict[str, Person | Household] = {}
        if named:
            self.candidates = {str(p.public_id): p for p in people.filter(public_id__in=named)}
            homes = visible_to(actor).select_related("area__parent").filter(public_id__in=named)
            self.candidates |= {str(h.public_id): h for h in homes}
        homes_of_rows = {r.household_id for r in rows if r.household_id}
        self.homes = dict(
            visible_to(actor).filter(pk__in=homes_of_rows).values_list("pk", "public_id")
        )
        areas = Area.objects.select_related("parent")
        self.areas = areas.in_bulk({r.area_code for r in rows if r.area_code})

    def all(self) -> list[Preview]:
        return [self.preview(row) for row in self.rows]

    def preview(self, row: SourceRecord) -> Preview:
        if not may_read_row(self.actor, self.batch, row.area_code):
            return Preview(row.row_number, row.outcome, hidden=True)
        facts = row.facts.get("person") or {}
        known = [c for key in row.candidates if (c := self.candidates.get(key))]
        person = self.people.get(row.person_id or 0)
        return Preview(
            number=row.row_number,
            outcome=row.outcome,
            name=claimed_name(facts),
            last4=facts.get("national_id_last4", ""),
            birth=claimed_birth(facts),
            place=self.claimed_place(row),
            household=self.homes.get(row.household_id or 0),
            elsewhere=len(row.candidates) - len(known) if row.outcome == Outcome.AMBIGUOUS else 0,
            differences=self.differences(row, facts, person),
            candidates=[candidate(c) for c in known],
            objections=objections(row.issues, self.language),
        )

    def claimed_place(self, row: SourceRecord) -> Place | None:
        house_no = row.facts.get("household", {}).get("house_no", "")
        area = self.areas.get(row.area_code)
        if area is None and not house_no and not row.area_code:
            return None
        stated = row.facts.get("household", {}).get("village_name", "") or row.area_code
        return Place(house_no, area_words(area) if area else stated)

    def differences(
        self, row: SourceRecord, facts: Mapping[str, Any], person: Person | None
    ) -> list[Difference]:
        if row.outcome != Outcome.UPDATED or person is None:
            return []
        found = []
        name, birth, place = claimed_name(facts), claimed_birth(facts), self.claimed_place(row)
        if name and name != person.full_name:
            found.append(Difference("name", person.full_name, name))
        if birth and birth != birth_of(person):
            found.append(Difference("birth", birth_of(person), birth))
        home = person.household
        if place and home and (row.area_code, place.house_no) != (home.area_id, home.house_no):
            found.append(Difference("house", Place(home.house_no, area_words(person.area)), place))
        return found


def area_words(area: Area) -> str:
    """A village with its tambon, since many villages share a name or have none yet."""
    above = area.parent if area.level == Level.VILLAGE else None
    return f"{area.full_name} {above.full_name}" if above else area.full_name


def claimed_name(facts: Mapping[str, Any]) -> str:
    return f"{facts.get('title', '')}{facts.get('first_name', '')} {facts.get('last_name', '')}".strip()


def claimed_birth(facts: Mapping[str, Any]) -> Birth | None:
    text = facts.get("birth_date")
    return Birth(date.fromisoformat(text), facts.get("birth_precision", "day")) if text else None


def birth_of(person: Person) -> Birth | None:
    return Birth(person.birth_date, person.birth_precision) if person.birth_date else None


def candidate(found: Person | Household) -> Candidate:
    """A person, or a household by the name of its head."""
    if isinstance(found, Household):
        place = Place(found.house_no, area_words(found.area))
        return Candidate(found.head_name, "", place, None, found.public_id)
    home = found.household
    return Candidate(
        found.full_name,
        found.national_id_last4,
        Place(home.house_no if home else "", area_words(found.area)),
        birth_of(found),
        home.public_id if home else None,
    )


def objections(issues: Iterable[Mapping[str, Any]], language: str) -> list[Objection]:
    """What is wrong with a row and how to mend it; those that keep it out first. National IDs are hidden."""
    found = []
    for issue in issues:
        value = issue_value(dict(issue))
        params = {k: v for k, v in issue["params"].items() if k not in ("value", "column")}
        params |= {"value": value, "column": issue["column"]}
        found.append(
            Objection(
                issue["severity"] == "reject",
                issue["column"],
                value,
                messages.sentence(issue["code"], language, **params),
                messages.remedy(issue["code"], language, **params),
            )
        )
    return sorted(found, key=lambda o: not o.rejects)
