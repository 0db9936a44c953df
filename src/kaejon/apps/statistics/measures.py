"""Means, problems and rounds of an area as one reader sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kaejon.apps.access.scope import Scope
from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards.figuring import Figures
from kaejon.apps.dashboards.measured import (
    LEVELS,
    MEASURES,
    SETTINGS,
    Affected,
    Levels,
    Measured,
    measured_by,
    measured_in,
    rows_in,
    rows_of_villages,
)
from kaejon.apps.measurement.problems import is_sensitive
from kaejon.apps.statistics.standing import LevelsShown, Standing, level, table_for
from kaejon.apps.statistics.trees import kept, opened, protected, with_areas
from kaejon.apps.statistics.visibility import INTERNAL, Reader
from kaejon.methods.disclosure import (
    SHARE_BASE,
    Link,
    Protected,
    Shown,
    Sum,
    alone,
    carries_average,
    exactly,
    least_for_average,
    protect_array,
)

STEPS = (0, 1, 2, 3, 4)
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class MeasuredLevels:
    """Levels of one measure with their mean; no mean where too few stand behind it for the reader."""

    levels: LevelsShown
    mean: Fraction | None
    exact: bool

    @property
    def measured(self) -> Shown:
        """Households whose level is known."""
        return self.levels.measured


@dataclass(frozen=True)
class AffectedShown:
    """Households and people with a problem; `several`: households hit in several ways at once."""

    households: Shown
    people: Shown
    several: Shown


def levels_shown(levels: Levels, shown: LevelsShown) -> MeasuredLevels:
    """Exact levels and what is told of them, with the mean where it may be told."""
    measured = shown.measured
    mean = levels.mean if carries_average(measured) else None
    return MeasuredLevels(shown, mean, measured.is_exact)


def exact_levels(levels: Levels) -> LevelsShown:
    one, two, three, four = map(exactly, levels.counts)
    return LevelsShown((one, two, three, four))


@dataclass(frozen=True)
class Measures:
    """What measurement found in one area, as one reader sees it. The figures behind it stay in here."""

    standing: Standing

    @property
    def reader(self) -> Reader:
        return self.standing.reader

    @property
    def area(self) -> Area:
        return self.standing.area

    @cached_property
    def _measured(self) -> Measured:
        return measured_in(self.reader.counts, self.area)

    def levels(self, measure: str, setting: str | None = None) -> MeasuredLevels:
        """Levels of a measure in the whole area, everywhere or in one setting."""
        exact = self._measured.levels(measure, *(() if setting is None else (setting,)))
        return levels_shown(exact, self.standing.total.levels(measure, setting))

    def levels_of_parts(self, length: int, measure: str) -> dict[str, MeasuredLevels]:
        """The same of each area below, by code."""
        exact = measured_by(length, rows_in(self.reader.counts, self.area))
        return {
            part.code: levels_shown(exact[part.code].levels(measure), counts.levels(measure))
            for part, counts in self.standing.parts
            if part.code in exact and part.code != self.area.code
        }

    @cached_property
    def _problem_table(self) -> Protected:
        return table_of_problems(self.reader, sensitive=False)

    @cached_property
    def _sensitive_table(self) -> Protected:
        return table_of_problems(self.reader, sensitive=True)

    @property
    def screened(self) -> Shown:
        """Households with a basic-minimum-needs screen."""
        if self.standing.exact:
            return exactly(self._measured.screened)
        return self._problem_table.shown(self.area.code, "screened")

    def dimension(self, code: str) -> AffectedShown:
        """Households and people failing a TPMAP dimension."""
        return self._affected(f"dimension.{code}", self._measured.dimension(code), sensitive=False)

    def problem(self, code: str) -> AffectedShown:
        """Households and people with a problem."""
        found = self._measured.problem(code)
        return self._affected(f"problem.{code}", found, sensitive=is_sensitive(code))

    def _affected(self, key: str, found: Affected, *, sensitive: bool) -> AffectedShown:
        code = self.area.code
        exact = self.reader.sees_sensitive(code) if sensitive else self.standing.exact
        if exact:
            return AffectedShown(*map(exactly, (found.households, found.people, found.several)))
        table = self._sensitive_table if sensitive else self._problem_table
        return AffectedShown(*(table.shown(code, f"{key}#{n}") for n in (0, 1, 2)))

    @cached_property
    def problems(self) -> dict[str, AffectedShown]:
        """Every problem that is told of here, by its code."""
        found = {code: self.problem(code) for code in self._measured.problems()}
        return {code: shown for code, shown in found.items() if not shown.households.is_none}

    @cached_property
    def _round_table(self) -> Protected:
        return table_of_rounds(self.reader)

    def _round(self, key: str, number: int, place: int) -> Shown:
        if self.standing.exact:
            return exactly(number)
        return self._round_table.shown(self.area.code, f"{key}#{place}")

    def rounds(self, measure: str) -> dict[int, MeasuredLevels]:
        """Levels of a measure by list version, where a village was surveyed more than once."""
        found = {}
        for version, levels in self._measured.rounds(measure).items():
            key = f"round.{version}.{measure}"
            one, two, three, four = (
                self._round(key, n, place) for place, n in enumerate(levels.counts)
            )
            found[version] = levels_shown(levels, LevelsShown((one, two, three, four)))
        return found

    def screens(self) -> dict[int, tuple[Shown, Shown]]:
        """Households screened and below basic needs, by list version."""
        return {
            version: (
                self._round(f"screen.{version}", screened, 0),
                self._round(f"screen.{version}", poor, 1),
            )
            for version, (screened, poor) in self._measured.screens().items()
        }

    def moves(self) -> dict[tuple[int, int], list[list[Shown]]]:
        """(earlier, later version) → counts from level 0-4 (rows) to level 0-4 (columns)."""
        return {
            (before, after): [
                [self._round(f"move.{before}.{after}", counts[a][b], 5 * a + b) for b in STEPS]
                for a in STEPS
            ]
            for (before, after), counts in self._measured.moves().items()
        }


def around(own: Measures, wider: Area) -> dict[str, MeasuredLevels] | None:
    """Means of an area around the reader's own; None where they may not be told.

    Who does not see the whole of it gets them all the same, rounded like every average in
    classes, when enough households beyond the own area stand behind them (decision 35).
    """
    if own.reader.counts.holds_at(wider.code):
        whole = Measures(Standing(wider, own.reader))
        return {measure: whole.levels(measure) for measure in MEASURES}
    measured = measured_in(Scope((wider.code,)), wider)
    others = measured.levels("overall").measured - own._measured.levels("overall").measured
    if others < least_for_average(INTERNAL):
        return None
    found = {}
    for measure in MEASURES:
        levels = measured.levels(measure)
        one, two, three, four = (alone(n, INTERNAL) for n in levels.counts)
        found[measure] = levels_shown(levels, LevelsShown((one, two, three, four)))
    return found


def table_of_problems(reader: Reader, *, sensitive: bool) -> Protected:
    """Problems in all that a reader sees: the sensitive ones, or all others with the screens."""
    key = f"problems {sensitive}"
    return kept(key, reader, lambda: make_problems(reader, sensitive=sensitive))


def make_problems(reader: Reader, *, sensitive: bool) -> Protected:
    """Read all villages of the reader and protect their problems.

    A sensitive problem is exact only where the reader may see such facts. Where the households
    asked about it are told exactly but the fact is not, few of them would say too much ("1 of
    1"): from a base of less than 20 it is not told at all.
    """
    figures = dict(rows_of_villages(reader.counts))
    codes = sorted({key for line in figures.values() for key in line if told(key, sensitive)})
    columns = [f"{code}#{n}" for code in codes for n in range(places_of(code))]
    columns += [] if sensitive else ["screened"]
    lowest = {area: numbers_of(line, codes, sensitive) for area, line in figures.items()}
    sums = [Sum(f"{c}#0", (f"{c}#2",), at_least=True) for c in codes if places_of(c) > 2]
    links = links_of(codes, table_for(reader))
    if not sensitive:
        sums += [
            Sum("screened", (f"{c}#0",), at_least=True)
            for c in codes
            if c.startswith(("problem.i", "dimension."))
        ]
        return protected(lowest, columns, sums, reader, links=links)
    rows, numbers, row_sums = with_areas(lowest, len(columns))
    exact = opened(rows, row_sums, reader.sensitive)
    asked = asked_of(figures, codes)
    closed = opened(rows, row_sums, reader.households)[:, None] & (asked < SHARE_BASE)
    wide_exact = np.repeat(exact[:, None], len(columns), axis=1)
    return protect_array(
        rows,
        columns,
        numbers,
        row_sums,
        sums,
        reader.step,
        exact=wide_exact,
        closed=closed,
        links=links,
    )


def links_of(codes: Iterable[str], standing: Protected) -> list[Link]:
    """Whoever has a problem is one of those asked about it, as the overview tells them."""
    links = [
        Link("screened", standing, ("households",), at_least=False),
        Link("screened", standing, ("bmn_poor_households",), at_most=False),
    ]
    for code in codes:
        measure = code.removeprefix("problem.").split("_")[0]
        asked: tuple[str, ...] = ("households",)
        if code.startswith("dimension."):
            asked = ("bmn_poor_households",)
        elif measure in MEASURES:
            asked = tuple(level(measure, n) for n in LEVELS)
        links.append(Link(f"{code}#0", standing, asked, at_least=False))
        links.append(Link(f"{code}#1", standing, ("persons",), at_least=False))
    return links


def told(key: str, sensitive: bool) -> bool:
    """Whether a figure belongs to the table of sensitive problems, or to the other."""
    if key.startswith("problem."):
        return is_sensitive(key.removeprefix("problem.")) == sensitive
    return key.startswith("dimension.") and not sensitive


def places_of(code: str) -> int:
    return 2 if code.startswith("dimension.") else 3


def numbers_of(line: Figures, codes: Iterable[str], sensitive: bool) -> list[int]:
    numbers = [n for code in codes for n in line.get(code, [0] * places_of(code))]
    return numbers if sensitive else [*numbers, line.get("screened", [0])[0]]


def asked_of(figures: Mapping[str, Figures], codes: list[str]) -> Integers:
    """Households asked about each column of the sensitive problems, by row."""

    def asked(measured: Measured, code: str) -> int:
        problem = code.removeprefix("problem.")
        if problem[0] == "i" and problem[1:].isdigit():
            return measured.screened
        measure = problem.split("_")[0]
        if measure in MEASURES:
            return measured.levels(measure).measured
        return sum(measured.lives(setting)[0] for setting in SETTINGS)

    lowest = {
        area: [n for code in codes for n in [asked(Measured(line), code)] * 3]
        for area, line in figures.items()
    }
    return with_areas(lowest, 3 * len(codes))[1]


def table_of_rounds(reader: Reader) -> Protected:
    """Rounds in all that a reader sees."""
    return kept("rounds", reader, lambda: make_rounds(reader))


def make_rounds(reader: Reader) -> Protected:
    """Read the rounds of all villages of the reader and protect them together."""
    figures = {
        area: {key: numbers for key, numbers in line.items() if is_round(key)}
        for area, line in rows_of_villages(reader.counts)
    }
    sizes = {key: len(counted(key, n)) for line in figures.values() for key, n in line.items()}
    codes = sorted(sizes)
    columns = [f"{code}#{n}" for code in codes for n in range(sizes[code])]
    lowest = {
        area: [n for code in codes for n in counted(code, line.get(code, [])) or [0] * sizes[code]]
        for area, line in figures.items()
        if line
    }
    return protected(
        lowest, columns, sums_of_rounds(codes), reader, links=links_of_rounds(reader, codes)
    )


def links_of_rounds(reader: Reader, codes: Iterable[str]) -> list[Link]:
    """The newest round is what the overview tells; in every other there were no more households."""
    standing, problems = table_for(reader), table_of_problems(reader, sensitive=False)
    links: list[Link] = []
    newest: dict[tuple[str, ...], int] = {}
    for code in codes:
        kind, version, *measure = code.split(".")
        if kind == "move":
            continue
        newest[kind, *measure] = max(int(version), newest.get((kind, *measure), 0))
        for n in range(2 if kind == "screen" else len(LEVELS)):
            links.append(Link(f"{code}#{n}", standing, ("households",), at_least=False))
    for (kind, *measure), latest in newest.items():
        if kind == "screen":
            links.append(Link(f"screen.{latest}#0", problems, ("screened",)))
            links.append(Link(f"screen.{latest}#1", standing, ("bmn_poor_households",)))
            continue
        code = f"round.{latest}.{measure[0]}"
        links += [Link(f"{code}#{n - 1}", standing, (level(measure[0], n),)) for n in LEVELS]
    return links


def is_round(key: str) -> bool:
    return key.startswith(("round.", "screen.", "move."))


def counted(key: str, numbers: list[int]) -> list[int]:
    """The counts among the numbers of a key: of a round its four levels."""
    return numbers[2:] if key.startswith("round.") else numbers


def sums_of_rounds(codes: Iterable[str]) -> list[Sum]:
    """Who is below basic needs was screened; who moved stood at a level before and after."""
    sums = []
    for code in codes:
        if code.startswith("screen."):
            sums.append(Sum(f"{code}#0", (f"{code}#1",), at_least=True))
        if code.startswith("move."):
            _, before, after = code.split(".")
            for n in LEVELS:
                level = n - 1
                rows = tuple(f"{code}#{5 * n + b}" for b in STEPS)
                columns = tuple(f"{code}#{5 * a + n}" for a in STEPS)
                sums.append(Sum(f"round.{before}.overall#{level}", rows))
                sums.append(Sum(f"round.{after}.overall#{level}", columns))
    return sums


__all__ = [
    "AffectedShown",
    "MeasuredLevels",
    "Measures",
    "around",
    "table_of_problems",
    "table_of_rounds",
]
