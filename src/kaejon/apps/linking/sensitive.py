"""When making two people one is too grave for one pair of eyes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from kaejon.apps.households.models import Person
from kaejon.apps.sources.models import Assertion
from kaejon.methods.definitions import problem_sides
from kaejon.methods.definitions.problem_sides import SENSITIVE_FACTS

TWO_IDS, CATEGORY, DISTRICTS = "two_ids", "category", "districts"
DISTRICT_DIGITS = 4
NAMES = frozenset({"first_name", "last_name", "name_key", "title", "relation", "area", "house_no"})


def causes_of(one: Person, other: Person) -> list[str]:
    """Why "the same" needs a second person: two national IDs, a sensitive category, two districts."""
    spoken = sensitive_people([one.pk, other.pk])
    found = {
        TWO_IDS: ids_differ(one, other),
        CATEGORY: bool(spoken),
        DISTRICTS: one.area_id[:DISTRICT_DIGITS] != other.area_id[:DISTRICT_DIGITS],
    }
    return [cause for cause, holds in found.items() if holds]


def ids_differ(one: Person, other: Person) -> bool:
    """Both bear a valid national ID, and not the same."""
    mine, theirs = one.national_id_index, other.national_id_index
    return bool(mine and theirs) and mine != theirs


def sensitive_people(people: Collection[int]) -> set[int]:
    """Those of whom some list says something the law calls sensitive: illness, disability, conviction."""
    sides = problem_sides.load()
    claims = Assertion.objects.filter(person__in=list(people), withdrawn_at=None)
    return {
        person
        for person, facts in claims.values_list("person", "facts")
        if person is not None
        and (
            any(facts.get(name) for name in SENSITIVE_FACTS)
            or any(map(sides.is_sensitive_text, texts_of(facts)))
        )
    }


def texts_of(facts: Mapping[str, Any]) -> Iterable[str]:
    """The free text among facts; names are no category."""
    for name, value in facts.items():
        if name not in NAMES:
            parts = value if isinstance(value, list) else [value]
            yield from (part for part in parts if isinstance(part, str))
