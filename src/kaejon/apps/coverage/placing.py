"""Derive the standing of households among the lists from what is claimed about them now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F

from kaejon.apps.coverage.models import Combination, Standing
from kaejon.apps.households.bulk import Among, insert_rows, new_row, update_rows
from kaejon.apps.households.models import Household, IdStatus, Membership, Person
from kaejon.apps.measurement.models import CapitalScore, PovertyScreen
from kaejon.apps.sources.models import Assertion, Kind
from kaejon.apps.sources.stated import Stated, stated_about, stated_by
from kaejon.methods.dropping_out import Gate, Member, gate
from kaejon.methods.naming import Said, names_as_poor

# Facts by which a community states a need
NEEDS = ("problem_text", "need_text")
Lists = dict[int, bool]


@dataclass
class OnList:
    """What one list version holds of one household."""

    kind: str
    as_of: date
    people: set[int] = field(default_factory=set)
    members: list[Member] = field(default_factory=list)
    need_stated: bool = False
    found_outside: bool = False

    def said(self, below_basic_needs: bool | None, level: int | None) -> Said:
        return Said(below_basic_needs, level, self.need_stated, self.found_outside)


@dataclass
class Home:
    """A household with its members and the lists that speak of it; `own`: lists of persons."""

    whole: dict[int, OnList] = field(default_factory=dict)
    own: dict[int, OnList] = field(default_factory=dict)
    living: list[int] = field(default_factory=list)
    any_valid_id: bool = False


def place_households(ids: Collection[int], stated: Iterable[Stated] | None = None) -> None:
    """Write the standing of these households again, inside the caller's transaction.

    `stated`: everything claimed about them now, where the caller has it at hand.
    """
    standing = Household.objects.filter(Among("pk", ids)).values_list("pk", flat=True)
    homes = {pk: Home() for pk in standing}
    home_of = read_members(homes)
    read_claims(homes, home_of, stated_about(ids) if stated is None else stated)
    found = measured(homes)
    named = {pk: lists_of(pk, home, found) for pk, home in homes.items()}
    keys = combinations_for(named.values())
    held = {row.household_id: row for row in Standing.objects.filter(Among("household", homes))}
    fresh: list[Standing] = []
    changed: list[Standing] = []
    for pk, home in homes.items():
        whole, people = named[pk]
        values = (
            keys[key_of(whole)],
            gate_of(pk, home, found),
            {str(keys[key]): n for key, n in sorted(Counter(map(key_of, people)).items())},
        )
        row = held.get(pk) or new_row(Standing, household_id=pk)
        if values != (row.combination_id, row.gate, row.people):
            row.combination_id, row.gate, row.people = values
            (changed if row.pk else fresh).append(row)
    insert_rows(fresh)
    update_rows(changed, ("combination", "gate", "people"))


def read_members(homes: Mapping[int, Home]) -> dict[int | None, int | None]:
    """Note who lives in the households; returns person → household."""
    home_of: dict[int | None, int | None] = {}
    rows = Person.objects.filter(Among("household", homes)).order_by("pk")
    for pk, household, died, status in rows.values_list(
        "pk", "household_id", "died_on", "national_id_status"
    ):
        home = homes[household]
        home_of[pk] = household
        home.any_valid_id = home.any_valid_id or status == IdStatus.VALID
        if died is None:
            home.living.append(pk)
    return home_of


def read_claims(
    homes: Mapping[int, Home], home_of: Mapping[int | None, int | None], stated: Iterable[Stated]
) -> None:
    """Put every claim where it belongs: a list of persons follows the person, another the household."""
    for claim in stated:
        follows = of_persons(claim) and claim.person is not None
        note(homes, home_of.get(claim.person) if follows else claim.household, claim)
    moved = Membership.objects.filter(Among("person__household", homes), ended_on__isnull=False)
    elsewhere = Assertion.objects.filter(person__in=moved.values("person")).exclude(
        household=F("person__household")
    )
    for claim in stated_by(elsewhere):
        if of_persons(claim):
            note(homes, home_of.get(claim.person), claim)


def of_persons(claim: Stated) -> bool:
    return claim.unit == "person"


def note(homes: Mapping[int, Home], household: int | None, claim: Stated) -> None:
    """Keep what one claim of a list says of a household, if it is one of these."""
    if household is None or household not in homes or claim.kind == Kind.FIELD:
        return
    lists = homes[household].own if of_persons(claim) else homes[household].whole
    on = lists.get(claim.version)
    if on is None:
        on = lists[claim.version] = OnList(claim.kind, claim.as_of)
    facts = claim.facts
    if claim.person is not None:
        on.people.add(claim.person)
        on.members.append(Member(told(facts, "registered"), told(facts, "validated")))
        return
    on.need_stated = on.need_stated or any(facts.get(name) for name in NEEDS)
    on.found_outside = on.found_outside or bool(facts.get("poor_verdict"))


def told(facts: Mapping[str, Any], name: str) -> bool | None:
    value = facts.get(name)
    return None if value is None else bool(value)


@dataclass(frozen=True)
class Measured:
    """What measurement found, by (household, version)."""

    below_basic_needs: Mapping[tuple[int, int], bool]
    level: Mapping[tuple[int, int], int | None]


def measured(homes: Iterable[int]) -> Measured:
    screens = PovertyScreen.objects.filter(Among("household", homes))
    scores = CapitalScore.objects.filter(Among("household", homes))
    return Measured(
        {(h, v): bool(p) for h, v, p in screens.values_list("household", "version", "bmn_poor")},
        {(h, v): x["overall"] for h, v, x in scores.values_list("household", "version", "levels")},
    )


def lists_of(pk: int, home: Home, found: Measured) -> tuple[Lists, list[Lists]]:
    """The lists of the household, and of each living member: named as poor, or merely held."""

    def named(version: int, on: OnList) -> bool:
        below, level = found.below_basic_needs.get((pk, version)), found.level.get((pk, version))
        return names_as_poor(on.kind, on.said(below, level))

    whole = {version: named(version, on) for version, on in home.whole.items()}
    own = {version: named(version, on) for version, on in home.own.items() if on.people}
    people = [
        whole | {v: named for v, named in own.items() if person in home.own[v].people}
        for person in home.living
    ]
    return whole | own, people


def gate_of(pk: int, home: Home, found: Measured) -> Gate:
    """Where the household was lost on the way to the target poor, by its newest BMN survey."""
    lists = home.whole | home.own
    surveys = [(on.as_of, version) for version, on in lists.items() if on.kind == Kind.BMN]
    if not surveys:
        return gate(None, (), any_valid_id=home.any_valid_id)
    version = max(surveys)[1]
    below = found.below_basic_needs.get((pk, version))
    return gate(below, lists[version].members, any_valid_id=home.any_valid_id)


def key_of(lists: Lists) -> str:
    """A set of lists in one line: "3n 7s", named on 3 and merely surveyed on 7."""
    return " ".join(f"{version}{'n' if named else 's'}" for version, named in sorted(lists.items()))


def combinations_for(named: Iterable[tuple[Lists, list[Lists]]]) -> dict[str, int]:
    """Primary keys of all sets of lists met, by their line; new ones are stored."""
    met = {key_of(lists): lists for whole, people in named for lists in (whole, *people)}
    known = dict(Combination.objects.filter(key__in=met).values_list("key", "pk"))
    fresh = [key for key in sorted(met) if key not in known]
    if fresh:
        Combination.objects.bulk_create(
            [
                Combination(key=key, lists={str(v): named for v, named in sorted(met[key].items())})
                for key in fresh
            ],
            ignore_conflicts=True,
        )
        known |= dict(Combination.objects.filter(key__in=fresh).values_list("key", "pk"))
    return known
