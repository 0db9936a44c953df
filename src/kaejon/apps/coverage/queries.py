"""Which lists name whom, in an area within a scope, all added up from the tallies of its villages.

One query reads the tallies; sets, accuracy, reasons and histories come from the same
rows, so that the numbers of a page always agree with each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Substr

from kaejon.apps.access.scope import Scope
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.areas.queries import within
from kaejon.apps.coverage.models import Combination, PictureTally, Unit
from kaejon.apps.households.models import POOR_IN_TRUTH, Presence, Verified
from kaejon.apps.sources.models import BatchStatus, SourceVersion

# What checks say, in four words; the empty outcome is "not checked"
POOR, NOT_POOR, GONE, UNCHECKED = "poor", "not_poor", "gone", "none"
STATES = (POOR, NOT_POOR, GONE, UNCHECKED)
STATE_OF: dict[str, str] = dict.fromkeys(Verified.values, GONE) | {
    "": UNCHECKED,
    Verified.NOT_POOR.value: NOT_POOR,
    **{outcome.value: POOR for outcome in POOR_IN_TRUTH},
}

# Households that count: those that exist, and gone ones that somebody checked
COUNTED = ~Q(presence=Presence.DISSOLVED) | ~Q(verified="")


@dataclass(frozen=True)
class Asked:
    """How lists are looked at.

    `year`: as they stood at the end of this list year (BE), 0 as they stand now. `held`:
    whoever has a row counts, not only whom the list names as poor.
    """

    year: int = 0
    held: bool = False


class Column(NamedTuple):
    """One list of the picture: the newest version that the year asked for allows."""

    code: str
    version: SourceVersion

    @property
    def name(self) -> str:
        return self.version.source.name

    @property
    def kind(self) -> str:
        return self.version.source.kind


class Cell(NamedTuple):
    """Equal households, or people, of one part of the area."""

    part: str
    combination: int
    verified: str
    gate: str
    number: int
    people: int


@dataclass(frozen=True)
class Lists:
    """The lists looked at, and what each stored set of versions means for them.

    `held`: stored set → lists that hold the household. `on`: those of them that count as
    asked. `years`: list years there are, newest first.
    """

    columns: tuple[Column, ...]
    years: tuple[int, ...]
    held: Mapping[int, frozenset[str]]
    on: Mapping[int, frozenset[str]]

    def combinations(self, on: Iterable[str], not_on: Iterable[str]) -> list[int]:
        """Stored sets that hold all of the one and none of the other lists."""
        wanted, unwanted = frozenset(on), frozenset(not_on)
        return [pk for pk, codes in self.on.items() if wanted <= codes and not unwanted & codes]


def lists_of(asked: Asked) -> Lists:
    """The lists as asked, the same for every area. Two queries."""
    return lists_by_way([asked])[asked]


def lists_by_way(ways: Iterable[Asked]) -> dict[Asked, Lists]:
    """The lists as each way of asking wants them. Two queries."""
    applied = SourceVersion.objects.filter(batches__status=BatchStatus.APPLIED)
    versions = list(applied.select_related("source").distinct())
    combinations = list(Combination.objects.values_list("pk", "lists"))
    return {asked: make_lists(asked, versions, combinations) for asked in ways}


def make_lists(
    asked: Asked,
    versions: Iterable[SourceVersion],
    combinations: Iterable[tuple[int, Mapping[str, bool]]],
) -> Lists:
    """What one way of asking makes of the versions and of the stored sets."""
    columns = newest(versions, asked.year)
    code_of = {str(column.version.pk): column.code for column in columns}
    held, on = {}, {}
    for pk, lists in combinations:
        known = {code_of[v]: named for v, named in lists.items() if v in code_of}
        held[pk] = frozenset(known)
        on[pk] = frozenset(code for code, named in known.items() if named or asked.held)
    years = sorted({version.year_be for version in versions}, reverse=True)
    return Lists(columns, tuple(years), held, on)


def newest(versions: Iterable[SourceVersion], year: int) -> tuple[Column, ...]:
    """One version a list, by the rank of the list: the newest, or the newest up to a year."""
    found: dict[str, SourceVersion] = {}
    for version in sorted(versions, key=lambda v: (v.year_be, v.round)):
        if not year or version.year_be <= year:
            found[version.source.code] = version
    ranked = sorted(found.items(), key=lambda item: (item[1].source.rank, item[0]))
    return tuple(Column(code, version) for code, version in ranked)


@dataclass(frozen=True)
class Picture:
    """The households (or people) of an area by lists, outcome of the check, and gate."""

    cells: tuple[Cell, ...]
    lists: Lists

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The lists that hold somebody here."""
        met = {code for cell in self.cells for code in self.lists.held[cell.combination]}
        return tuple(column for column in self.lists.columns if column.code in met)

    @cached_property
    def total(self) -> int:
        return sum(cell.number for cell in self.cells)

    @cached_property
    def states(self) -> Counter[str]:
        """How many by what the checks say."""
        return self.counted(lambda cell: STATE_OF[cell.verified])

    @cached_property
    def groups(self) -> dict[frozenset[str], Counter[str]]:
        """Set of lists → how many by what the checks say; every household is in exactly one set."""
        found: dict[frozenset[str], Counter[str]] = defaultdict(Counter)
        for cell in self.cells:
            found[self.lists.on[cell.combination]][STATE_OF[cell.verified]] += cell.number
        return dict(found)

    def on(self, code: str) -> Counter[str]:
        """How many on one list by what the checks say."""
        found: Counter[str] = Counter()
        for codes, states in self.groups.items():
            if code in codes:
                found.update(states)
        return found

    def counted(self, key: Callable[[Cell], str]) -> Counter[str]:
        found: Counter[str] = Counter()
        for cell in self.cells:
            found[key(cell)] += cell.number
        return found

    def parts(self) -> dict[str, Picture]:
        """The same picture of each part, by code."""
        found: dict[str, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            found[cell.part].append(cell)
        return {code: Picture(tuple(cells), self.lists) for code, cells in sorted(found.items())}

    def covered(self) -> Picture:
        """People by the lists of their household, from a picture of households."""
        return Picture(tuple(c._replace(number=c.people) for c in self.cells), self.lists)


def picture_of(
    scope: Scope, area: str, asked: Asked, *, unit: str = Unit.HOUSEHOLD, part_length: int = 0
) -> Picture:
    """The picture of an area as far as the scope reaches. Three queries.

    `part_length`: digits of the area code by which parts are told apart; 0 for one whole.
    """
    part = Substr("area_id", 1, part_length) if part_length else Value("")
    rows = (
        PictureTally.objects.filter(within(area, "area_id"), scope.by_area("area_id"), unit=unit)
        .annotate(part=part)
        .values_list("part", "combination", "verified", "gate")
        .annotate(number=Sum("count"), members=Sum("people"))
        .order_by(F("part"))
    )
    lists = lists_of(asked)
    return Picture(tuple(Cell(*row) for row in rows), lists)


def households_on(
    scope: Scope,
    area: str,
    combinations: Iterable[int],
    *,
    outcomes: Iterable[str] = (),
    gate: str = "",
) -> list[tuple[str, int]]:
    """Area codes in order with the households there on these sets of lists. One query.

    Without `outcomes` of checks, or without a gate, any will do.
    """
    rows = PictureTally.objects.filter(
        within(area or WHOLE_SYSTEM, "area_id"),
        scope.by_area("area_id"),
        unit=Unit.HOUSEHOLD,
        combination__in=list(combinations),
    )
    if wanted := list(outcomes):
        rows = rows.filter(verified__in=wanted)
    if gate:
        rows = rows.filter(gate=gate)
    counted = rows.values_list("area_id").annotate(number=Sum("count"))
    return list(counted.order_by("area_id"))
