"""Two people of the registry fact by fact, and in plain words why they may be one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kaejon.apps.households.models import Person
from kaejon.apps.linking.models import PersonPair
from kaejon.apps.linking.pair_queries import people_of, suggested_to_keep
from kaejon.apps.linking.queries import housemates
from kaejon.apps.linking.scoring import PROFILE
from kaejon.apps.linking.sensitive import ids_differ
from kaejon.apps.sources.deriving import claim_of, live
from kaejon.apps.sources.previews import Place, area_words, birth_of
from kaejon.methods.claims import Claim, by_precedence, differs
from kaejon.methods.linkage.explain import Language, evidence, explain
from kaejon.methods.linkage.profile import load_model, load_profile
from kaejon.methods.thai.names import name_key
from kaejon.web.linking.presenting import (
    MEMBERS_SHOWN,
    OTHER,
    SAME,
    UNKNOWN,
    Fact,
    Member,
    agreement,
    sex_word,
)

# A comparison that at least doubles or halves the odds speaks for or against.
SPEAKS = 1.0


@dataclass(frozen=True)
class Spoken:
    """One comparison in words. `side`: for, against or neither."""

    words: str
    side: str


@dataclass(frozen=True)
class PersonSide:
    """One of the two people. `key`: the number key that chooses her to stand."""

    person: Person
    key: int
    facts: list[Fact]
    suggested: bool = False
    members: list[Member] = field(default_factory=list)
    more_members: int = 0
    lists: list[str] = field(default_factory=list)


class PairComparison:
    """Both people, each with housemates and lists."""

    def __init__(self, pair: PersonPair) -> None:
        one, other = people_of(pair)
        self.claims = claims_of((one, other))
        homes = {p.household_id for p in (one, other) if p.household_id}
        self.mates = housemates(homes)
        self.kept = suggested_to_keep(one, other)
        self.sides = [self.side(1, one, other), self.side(2, other, one)]
        self.one_home = len(homes) == 1
        self.ids_differ = ids_differ(one, other)
        self.why = explained(pair)
        self.spoken = spoken_of(pair)

    def side(self, key: int, person: Person, other: Person) -> PersonSide:
        mates = [m for m in self.mates.get(person.household_id or 0, ()) if m.pk != person.pk]
        apart = other.household_id != person.household_id
        theirs = {m.name_key for m in self.mates.get(other.household_id or 0, ()) if apart}
        shown = [Member(m.full_name, m.name_key in theirs) for m in mates if m.pk != other.pk]
        claims = self.claims.get(person.pk, [])
        return PersonSide(
            person=person,
            key=key,
            facts=facts_of(person, other, claims),
            suggested=person == self.kept,
            members=shown[:MEMBERS_SHOWN],
            more_members=max(0, len(shown) - MEMBERS_SHOWN),
            lists=list(dict.fromkeys(str(c.tag.version) for c in reversed(claims))),
        )


def claims_of(people: Collection[Person]) -> dict[int, list[Claim]]:
    """Live claims by person, oldest first."""
    found: dict[int, list[Claim]] = {}
    for assertion in live(person__in=[p.pk for p in people]):
        found.setdefault(assertion.person_id or 0, []).append(claim_of(assertion))
    return found


def facts_of(person: Person, other: Person, claims: Iterable[Claim]) -> list[Fact]:
    """The facts of one person, each marked as agreeing with the other's or not, and who says it."""
    ordered, home = by_precedence(claims), person.household
    place = Place(home.house_no if home else "", area_words(person.area))
    return [
        Fact(_("Name"), "text", person.full_name, names_agree(person, other), said(ordered, "first_name")),
        Fact(_("Birth date"), "birth", birth_of(person), births_agree(person, other), said(ordered, "birth_date")),
        Fact(_("Sex"), "text", sex_word(person.sex), agreement(person.sex, other.sex), said(ordered, "sex")),
        Fact(
            _("National ID"), "id", person.national_id_last4,
            agreement(person.national_id_index, other.national_id_index),
            said(ordered, "national_id_last4"),
        ),
        Fact(_("House"), "place", place, agreement(address(person), address(other))),
    ]  # fmt: skip


def said(ordered: Iterable[Claim], fact: str) -> str:
    """The list whose word counts for a fact."""
    return next((str(c.tag.version) for c in ordered if c.facts.get(fact)), "")


def address(person: Person) -> tuple[str, str] | None:
    home = person.household
    return (home.area_id, home.house_no) if home and home.house_no else None


def names_agree(person: Person, other: Person) -> str:
    return agreement(*(name_key(p.first_name, p.last_name) for p in (person, other)))


def births_agree(person: Person, other: Person) -> str:
    if person.birth_date is None or other.birth_date is None:
        return UNKNOWN
    mine, theirs = (
        (p.birth_date.isoformat(), p.birth_precision) for p in (person, other) if p.birth_date
    )
    return OTHER if differs("birth_date", mine, theirs) else SAME


def explained(pair: PersonPair) -> str:
    """Why the two may be one, in one line."""
    if pair.run is None:
        return _(
            "A list names this person here; somebody of the same number or name is known there"
        )
    levels: dict[str, Any] = pair.levels
    return explain(
        load_profile(PROFILE), lane=pair.lane or None, levels=levels, language=language()
    )


def spoken_of(pair: PersonPair) -> list[Spoken]:
    """The comparisons one by one; none for an exact rule."""
    profile = load_profile(PROFILE)
    return [
        Spoken(
            e.words,
            "for" if e.weight >= SPEAKS else "against" if e.weight <= -SPEAKS else "neither",
        )
        for e in evidence(profile, load_model(profile), pair.levels, language())
    ]


def language() -> Language:
    return "en" if (get_language() or "th").startswith("en") else "th"
