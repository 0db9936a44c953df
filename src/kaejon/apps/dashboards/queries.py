"""Counts of an area within a scope, all added up from the tallies of its villages.

The tallies are read once; totals, parts, levels and points come from the same
rows, so that the numbers of a page always agree with each other. A household
that no longer exists is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from kaejon.apps.access.scope import Scope
from kaejon.apps.areas.models import WHOLE_SYSTEM, Area, Boundary, Level
from kaejon.apps.areas.queries import contains, within
from kaejon.apps.dashboards.actions import MEASURES
from kaejon.apps.dashboards.models import VillageTally
from kaejon.apps.dashboards.remembering import remembered
from kaejon.apps.sources.models import BatchStatus, SourceVersion

FIGURES = (
    "households",
    "persons",
    "surveyed_households",
    "surveyed_persons",
    "bmn_poor_households",
    "target_poor_households",
    "target_poor_persons",
    "conflicts",
)
CODE_LENGTH_BELOW = {
    Level.COUNTRY: 2,
    Level.PROVINCE: 4,
    Level.DISTRICT: 6,
    Level.TAMBON: 8,
    Level.VILLAGE: 8,
}
LevelCounts = tuple[int, int, int, int]
NO_LEVELS: LevelCounts = (0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Counts:
    """Households and people of one area. `levels`: measure → households at levels 1, 2, 3, 4."""

    households: int = 0
    persons: int = 0
    surveyed_households: int = 0
    surveyed_persons: int = 0
    bmn_poor_households: int = 0
    target_poor_households: int = 0
    target_poor_persons: int = 0
    conflicts: int = 0
    levels: Mapping[str, LevelCounts] = field(default_factory=dict)

    def at_levels(self, measure: str) -> LevelCounts:
        """Households at each level of a capital or "overall"."""
        return self.levels.get(measure, NO_LEVELS)

    def low(self, measure: str) -> int:
        """Households at level 1 or 2 of a capital or "overall"."""
        return sum(self.at_levels(measure)[:2])

    def measured(self, measure: str) -> int:
        """Households whose level of this measure is known."""
        return sum(self.at_levels(measure))


@dataclass(frozen=True, slots=True)
class Tally:
    """One village (or a tambon's households without a known village): `numbers` as COLUMNS names them."""

    code: str
    numbers: tuple[int, ...]
    latitude: float | None
    longitude: float | None
    counted_at: datetime

    @property
    def counts(self) -> Counts:
        return counts_of(self.numbers)


@dataclass(frozen=True, slots=True)
class Point:
    """Where the counts of one area lie: the mean position of its households, in degrees."""

    code: str
    latitude: float
    longitude: float
    counts: Counts


class Tallies:
    """The tallies of an area as far as a scope reaches, read once."""

    def __init__(self, rows: Iterable[Tally]) -> None:
        self.rows = list(rows)

    @property
    def counted_at(self) -> datetime | None:
        """The moment of the newest count."""
        return max((row.counted_at for row in self.rows), default=None)

    @cached_property
    def _total(self) -> Counts:
        return added(self.rows)

    def total(self) -> Counts:
        """Everything together."""
        return self._total

    def by_code(self, length: int) -> dict[str, Counts]:
        """Counts by the first `length` digits of the code, in order of code."""
        return {code: added(rows) for code, rows in self.parts(length).items()}

    def points(self, length: int = 8) -> list[Point]:
        """Positions of villages, or of larger areas weighted by their households."""
        found = (point_of(code, rows) for code, rows in self.parts(length).items())
        return [point for point in found if point]

    def parts(self, length: int) -> dict[str, list[Tally]]:
        parts: dict[str, list[Tally]] = {}
        for row in self.rows:
            parts.setdefault(row.code[:length], []).append(row)
        return parts


def added(rows: Sequence[Tally]) -> Counts:
    """The sum of areas that do not overlap."""
    if not rows:
        return Counts()
    return counts_of(tuple(map(sum, zip(*(row.numbers for row in rows), strict=True))))


def counts_of(numbers: tuple[int, ...]) -> Counts:
    """Counts from one row of numbers: FIGURES, then levels 1-4 of each measure."""
    named = dict(zip(FIGURES, numbers, strict=False))
    levels = {
        measure: (numbers[start], numbers[start + 1], numbers[start + 2], numbers[start + 3])
        for start, measure in enumerate_levels()
    }
    return Counts(**named, levels=levels)


def enumerate_levels() -> Iterator[tuple[int, str]]:
    """Where the levels of each measure begin in a row of numbers."""
    return ((len(FIGURES) + 4 * index, measure) for index, measure in enumerate(MEASURES))


def point_of(code: str, rows: Sequence[Tally]) -> Point | None:
    placed = [
        (row.latitude, row.longitude, row.numbers[0] or 1)
        for row in rows
        if row.latitude is not None and row.longitude is not None
    ]
    if not placed:
        return None
    weight = sum(w for _, _, w in placed)
    return Point(
        code,
        sum(lat * w for lat, _, w in placed) / weight,
        sum(lon * w for _, lon, w in placed) / weight,
        added(rows),
    )


def tallies(scope: Scope, area: Area) -> Tallies:
    """The tallies of the area that lie within the scope."""
    rows = VillageTally.objects.filter(within(area.code, "area_id"), scope.by_area("area_id"))
    return remembered("tallies", scope, area, lambda: Tallies(read(rows)))


def read(rows: QuerySet[VillageTally]) -> Iterator[Tally]:
    """The tallies of a queryset in order of area code."""
    columns = ("area_id", "latitude", "longitude", "updated_at", "levels", *FIGURES)
    return (tally_of(*row) for row in rows.order_by("area_id").values_list(*columns))


def tally_of(
    code: str,
    latitude: float | None,
    longitude: float | None,
    counted_at: datetime,
    levels: Mapping[str, Mapping[str, int]],
    *figures: int,
) -> Tally:
    counted: list[int] = []
    for measure in MEASURES:
        held = levels.get(measure)
        counted += map(held.get, "1234", NO_LEVELS) if held else NO_LEVELS
    return Tally(code, (*figures, *counted), latitude, longitude, counted_at)


def totals(scope: Scope, area: Area) -> Counts:
    """Counts of the part of the area that lies within the scope."""
    return tallies(scope, area).total()


def levels(scope: Scope, area: Area) -> Mapping[str, LevelCounts]:
    """Households at levels 1-4 by measure."""
    return totals(scope, area).levels


def points(scope: Scope, area: Area) -> list[Point]:
    """Villages with their position and counts; those without a position are left out."""
    return tallies(scope, area).points()


def children(scope: Scope, area: Area) -> list[tuple[Area, Counts]]:
    """The areas one rung below that the scope reaches, with their counts. Two queries."""
    return parts_of(area, scope, tallies(scope, area))


def parts_of(area: Area, scope: Scope, found: Tallies) -> list[tuple[Area, Counts]]:
    """The areas one rung below with counts already read; zero where nothing is registered.

    Households of which only the area itself is known come last, under the area
    itself. An abolished area is named only while something is counted in it.
    """
    counted = found.by_code(CODE_LENGTH_BELOW[Level(area.level)])
    if area.level == Level.VILLAGE:
        return []
    below = areas_below(area)
    parts = [
        (child, counted.get(child.code, Counts()))
        for child in below
        if scope.touches(child.code) and (child.valid_until is None or child.code in counted)
    ]
    if area.code in counted:
        parts.append((area, counted[area.code]))
    return parts


def areas_below(area: Area) -> QuerySet[Area]:
    """The areas one rung below by code; abolished ones stand under their old code."""
    length = CODE_LENGTH_BELOW[Level(area.level)]
    level = {2: Level.PROVINCE, 4: Level.DISTRICT, 6: Level.TAMBON, 8: Level.VILLAGE}[length]
    return Area.objects.filter(within(area.code), level=level).order_by("code")


def widest_area(scope: Scope) -> Area | None:
    """The smallest area that holds everything in the scope; None for an empty one."""
    places = scope.places
    if not places:
        return None
    code = places[0]
    while code and code != WHOLE_SYSTEM and not all(contains(code, place) for place in places):
        code = code[:-2]
    return Area.objects.filter(code=code or WHOLE_SYSTEM).first()


def lists_behind(area: Area) -> list[SourceVersion]:
    """The lists applied to this area, to a part of it or to an area around it, newest first."""
    around = Q(batches__area_id__in=[WHOLE_SYSTEM, *area.ancestor_codes()])
    return list(
        SourceVersion.objects.filter(
            within(area.code, "batches__area_id") | around, batches__status=BatchStatus.APPLIED
        )
        .select_related("source")
        .distinct()
        .order_by("-as_of", "source__rank", "pk")
    )


def boundaries_of(parts: Iterable[Area]) -> list[dict[str, Any]]:
    """GeoJSON features of the areas whose outline is loaded, with their source."""
    rows = Boundary.objects.filter(area__in=[part.code for part in parts]).order_by("area_id")
    return [
        {
            "type": "Feature",
            "properties": {"code": row.area_id, "source": row.source},
            "geometry": row.geometry,
        }
        for row in rows
    ]
