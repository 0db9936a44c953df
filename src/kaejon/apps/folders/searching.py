"""Find households by the name of a member, by national ID or by house number.

A national ID is turned into its blind index at once; the digits are kept nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, role_names, scope_of
from kaejon.apps.areas.models import WHOLE_SYSTEM, Area
from kaejon.apps.areas.queries import TAMBON_DIGITS, within
from kaejon.apps.audit.actions import record_look, record_looks
from kaejon.apps.audit.models import LookKind
from kaejon.apps.households.models import Household, Person
from kaejon.apps.households.queries import in_scope, search_people
from kaejon.apps.vault.sealing import blind_indexes
from kaejon.methods.thai import national_id
from kaejon.methods.thai.digits import to_arabic_digits

MOST_FOUND = 300
HOUSE_NUMBER = re.compile(r"\d{1,5}(/\d{1,5}){0,3}")


@dataclass(frozen=True)
class Search:
    """What somebody looks for. `kind` id, house or name; `value` is the blind indexes, the number or the words."""

    kind: str
    value: str
    shown: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, str]) -> Search:
        return cls(**{f.name: values[f.name] for f in fields(cls)})


@dataclass(frozen=True)
class Found:
    """Households (primary keys) and the members that matched; `more`: the search is too wide to show all."""

    households: tuple[int, ...]
    people: tuple[int, ...]
    more: bool = False


def read_search(text: str) -> Search | None:
    """What the words ask for; None for nothing. Thai digits, dashes and spaces are understood."""
    words = " ".join(text.split())[:100]
    if not words:
        return None
    asked = national_id.read(words)
    if asked.digits and len(asked.digits) == national_id.LENGTH:
        return Search("id", " ".join(blind_indexes(asked.digits)), national_id.mask(asked.digits))
    number = to_arabic_digits(words)
    if HOUSE_NUMBER.fullmatch(number):
        return Search("house", number, number)
    return Search("name", words, words)


def find(actor: User, search: Search, area: str = "") -> Found:
    """The households in the area (everywhere in scope when empty) that the search finds.

    At most MOST_FOUND. A search by national ID is written to the history, found or not.
    """
    if search.kind == "house":
        return find_houses(actor, search.value, area)
    scope = scope_of(actor, Permission.SEE_HOUSEHOLDS).inside(area or WHOLE_SYSTEM)
    if search.kind == "id":
        people = Person.objects.filter(in_scope(scope, "area_id", "household_id"))
        return record_search(
            actor, cut(people.filter(national_id_index__in=search.value.split())), area
        )
    return cut(search_people(people_to_name(scope), search.value))


def people_to_name(scope: Scope) -> QuerySet[Person]:
    """The people in scope, so that the better index answers a search by name.

    In a tambon or less reading the area is quick. In more, SQLite would still
    read the whole area: an expression around its column leaves it the names.
    """
    if all(len(code) >= TAMBON_DIGITS for code in scope.areas):
        return Person.objects.filter(in_scope(scope, "area_id", "household_id"))
    people = Person.objects.annotate(place=Coalesce("area_id", Value("")))
    return people.filter(in_scope(scope, "place", "household_id"))


def find_houses(actor: User, number: str, area: str) -> Found:
    """Every known area is asked for this number, which an index on both answers; no area is read whole."""
    scope = scope_of(actor, Permission.SEE_HOUSEHOLDS).inside(area or WHOLE_SYSTEM)
    known = Area.objects.filter(within(area or WHOLE_SYSTEM)).order_by().values("code")
    rows = Household.objects.filter(
        in_scope(scope, "area_id", "pk"), house_no=number, area_id__in=known
    )
    keys = tuple(rows.order_by().values_list("pk", flat=True)[: MOST_FOUND + 1])
    return Found(keys[:MOST_FOUND], (), len(keys) > MOST_FOUND)


def cut(people: QuerySet[Person]) -> Found:
    rows = list(people.order_by().values_list("household_id", "pk")[: MOST_FOUND + 1])
    kept = rows[:MOST_FOUND]
    households = tuple(dict.fromkeys(household for household, _ in kept if household is not None))
    return Found(households, tuple(pk for _, pk in kept), len(rows) > MOST_FOUND)


def record_search(actor: User, found: Found, area: str) -> Found:
    role = role_names(actor)
    rows = list(
        Household.objects.filter(pk__in=found.households).values_list("public_id", "area_id")
    )
    if rows:
        record_looks(by=actor, kind=LookKind.SEARCH, households=rows, role=role)
    else:
        record_look(by=actor, kind=LookKind.SEARCH, area=area or WHOLE_SYSTEM, count=0, role=role)
    return found


def matching_people(found: Found, households: list[Household]) -> dict[int, list[Person]]:
    """The members that matched, by household, for the households on a page."""
    matched: dict[int, list[Person]] = {}
    rows = Person.objects.filter(pk__in=found.people, household__in=households).order_by("pk")
    for person in rows:
        matched.setdefault(person.household_id or 0, []).append(person)
    return matched
