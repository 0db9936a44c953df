"""What measurement found in an area within a scope: means, levels by setting, problems, rounds.

Everything is added up from the figures that `figuring.py` keeps. A district or a province
reads the rows of its tambons, a tambon those of its villages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from kaejon.apps.access.scope import Scope
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import TAMBON_DIGITS, within
from kaejon.apps.dashboards.figuring import LEVELS, MEASURES, Figures, added
from kaejon.apps.dashboards.models import TambonFigures, VillageFigures
from kaejon.apps.dashboards.remembering import remembered
from kaejon.apps.households.models import CAPITALS, Setting
from kaejon.apps.measurement.actions import POINTS

# Inside and outside a municipality, and where no list says
SETTINGS = (Setting.INSIDE.value, Setting.OUTSIDE.value, "")


@dataclass(frozen=True, slots=True)
class Levels:
    """One capital (or the whole household) in one area: households measured, sum of points, by level."""

    measured: int = 0
    points: int = 0
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def mean(self) -> Fraction | None:
        """Mean score 1-4 over the households measured; None without any."""
        return Fraction(self.points, POINTS * self.measured) if self.measured else None


@dataclass(frozen=True, slots=True)
class Affected:
    """Households and people with a problem; `several`: households hit in several ways at once."""

    households: int = 0
    people: int = 0
    several: int = 0


class Measured:
    """The figures of one area, read by name."""

    def __init__(self, figures: Figures) -> None:
        self.figures = figures

    def levels(self, measure: str, *settings: str) -> Levels:
        """Levels of a measure, in the settings named or in all of them."""
        found = [
            self.figures[key]
            for setting in settings or SETTINGS
            if (key := f"level.{setting}.{measure}") in self.figures
        ]
        return levels_of([sum(numbers) for numbers in zip(*found, strict=True)])

    def lives(self, setting: str) -> tuple[int, int]:
        """Households and people in a setting."""
        households, people = self.figures.get(f"lives.{setting}", [0, 0])
        return households, people

    @property
    def screened(self) -> int:
        """Households with a basic-minimum-needs screen."""
        return self.figures.get("screened", [0])[0]

    def dimension(self, code: str) -> Affected:
        """Households and people failing a TPMAP dimension."""
        return Affected(*self.figures.get(f"dimension.{code}", ()))

    def problem(self, code: str) -> Affected:
        """Households and people with a problem."""
        return Affected(*self.figures.get(f"problem.{code}", ()))

    def problems(self) -> dict[str, Affected]:
        """Every problem somebody has, by its code."""
        return {
            key.removeprefix("problem."): Affected(*numbers)
            for key, numbers in sorted(self.figures.items())
            if key.startswith("problem.")
        }

    def rounds(self, measure: str) -> dict[int, Levels]:
        """Levels of a measure by list version, where a village was surveyed more than once."""
        found = {}
        for key, numbers in self.figures.items():
            if key.startswith("round.") and key.endswith(f".{measure}"):
                found[int(key.split(".")[1])] = levels_of(numbers)
        return found

    def screens(self) -> dict[int, tuple[int, int]]:
        """Households screened and below basic needs, by list version."""
        return {
            int(key.split(".")[1]): (numbers[0], numbers[1])
            for key, numbers in self.figures.items()
            if key.startswith("screen.")
        }

    def moves(self) -> dict[tuple[int, int], list[list[int]]]:
        """(earlier, later version) → counts from level 0-4 (rows) to level 0-4 (columns)."""
        found = {}
        for key, numbers in self.figures.items():
            if key.startswith("move."):
                _, earlier, later = key.split(".")
                found[int(earlier), int(later)] = [numbers[i : i + 5] for i in range(0, 25, 5)]
        return found


def levels_of(numbers: list[int]) -> Levels:
    if not numbers:
        return Levels()
    measured, points, one, two, three, four = numbers
    return Levels(measured, points, (one, two, three, four))


def rows_in(scope: Scope, area: Area) -> Iterable[tuple[str, Figures]]:
    """(code, figures) of the smallest areas that add up to this one within the scope; not to be changed."""
    inside = scope.inside(area.code)
    by_tambon = area.level in (Level.COUNTRY, Level.PROVINCE, Level.DISTRICT) and all(
        len(code) <= TAMBON_DIGITS for code in inside.areas
    )
    table = TambonFigures if by_tambon else VillageFigures
    rows = table._default_manager.filter(within(area.code, "area_id"), scope.by_area("area_id"))
    found = rows.order_by("area_id").values_list("area_id", "figures")
    return remembered("figures", scope, area, lambda: list(found))


def rows_of_villages(scope: Scope) -> Iterable[tuple[str, Figures]]:
    """(code, figures) of every village within the scope."""
    rows = VillageFigures.objects.filter(scope.by_area("area_id"))
    return rows.order_by("area_id").values_list("area_id", "figures")


def measured_in(scope: Scope, area: Area) -> Measured:
    """The figures of an area as far as the scope reaches."""

    def read() -> Measured:
        return Measured(added(figures for _code, figures in rows_in(scope, area)))

    return remembered("measured", scope, area, read)


def measured_by(length: int, rows: Iterable[tuple[str, Figures]]) -> dict[str, Measured]:
    """The figures by the first `length` digits of the code."""
    parts: dict[str, list[Figures]] = {}
    for code, figures in rows:
        parts.setdefault(code[:length], []).append(figures)
    return {code: Measured(added(found)) for code, found in parts.items()}


def households_with(scope: Scope, area: str, problem: str) -> dict[str, int]:
    """Village → households with a problem, for walking a long list."""
    rows = VillageFigures.objects.filter(scope.by_area("area_id"))
    rows = rows.filter(within(area, "area_id")) if area else rows
    found = rows.order_by("area_id").values_list("area_id", "figures")
    counts = {code: Measured(figures).problem(problem).households for code, figures in found}
    return {code: number for code, number in counts.items() if number}


__all__ = [
    "CAPITALS",
    "LEVELS",
    "MEASURES",
    "SETTINGS",
    "Affected",
    "Levels",
    "Measured",
    "households_with",
    "measured_by",
    "measured_in",
    "rows_in",
    "rows_of_villages",
]
