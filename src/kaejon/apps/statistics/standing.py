"""Households, people, levels and checks of an area as one reader sees them.

Pages, API, files and papers get these objects and nothing else: whatever they add up, order or
divide is made of what the reader may see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import QuerySet

from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards.actions import MEASURES
from kaejon.apps.dashboards.checks import CheckCounts, check_counts
from kaejon.apps.dashboards.measured import (
    LEVELS,
    SETTINGS,
    Measured,
    measured_in,
    rows_of_villages,
)
from kaejon.apps.dashboards.models import VillageTally
from kaejon.apps.dashboards.queries import (
    FIGURES,
    Counts,
    Tallies,
    parts_of,
    read,
    tallies,
)
from kaejon.apps.households.models import Verified
from kaejon.apps.statistics.trees import EVERYWHERE, VILLAGE_DIGITS, kept, own, protected
from kaejon.apps.statistics.visibility import Reader
from kaejon.apps.surveys.worklists import list_year
from kaejon.methods.disclosure import Protected, Shown, Sum, difference, exactly, total

OUTCOMES = tuple(Verified.values)
# Outcomes of households that exist
HERE = (Verified.CONFIRMED_POOR.value, Verified.MISSED.value, Verified.NOT_POOR.value)
CHECKED, TO_CHECK, WAITING = "checked", "to_check", "waiting"
# Levels of a village in which nobody was measured, as figures keep them
NOTHING = [0] * 6


def level(measure: str, number: int) -> str:
    """The column of a level of a measure."""
    return f"{measure}.{number}"


def level_in(setting: str, measure: str, number: int) -> str:
    """The same inside or outside municipalities."""
    return f"{measure}.{number}.{setting}"


def column_sums() -> list[Sum]:
    """What every reader knows of the columns: levels make up the surveyed, nobody is counted twice."""
    overall = tuple(level("overall", n) for n in LEVELS)
    sums = [
        Sum(level(measure, n), tuple(level_in(s, measure, n) for s in SETTINGS))
        for measure in MEASURES
        for n in LEVELS
    ]
    sums += [
        Sum("surveyed_households", overall),
        Sum("target_poor_persons", ("target_poor_households",), at_least=True),
        Sum(TO_CHECK, (CHECKED, WAITING), at_least=True),
    ]
    sums += [
        Sum("households", tuple(level(measure, n) for n in LEVELS), at_least=True)
        for measure in MEASURES
        if measure != "overall"
    ]
    sums.append(Sum("households", HERE, at_least=True))
    parts = ("surveyed_households", "bmn_poor_households", "target_poor_households", "conflicts")
    sums += [Sum("households", (part,), at_least=True) for part in parts]
    people = ("surveyed_persons", "target_poor_persons")
    return sums + [Sum("persons", (part,), at_least=True) for part in people]


def table_for(reader: Reader) -> Protected:
    """Everything counted in a village, in all that a reader sees, as the reader sees it.

    The first table: what all others tell of these households is told within what it leaves.
    """
    return kept("standing", reader, lambda: make_table(reader))


def make_table(reader: Reader) -> Protected:
    """Read all villages of the reader and protect them together."""
    tally = {row.code: row for row in read(villages_of(reader))}
    checks = check_counts(reader.counts, EVERYWHERE, VILLAGE_DIGITS)
    figures = dict(rows_of_villages(reader.counts))
    settings = [
        (setting, measure)
        for setting in SETTINGS
        for measure in MEASURES
        if any(f"level.{setting}.{measure}" in line for line in figures.values())
    ]
    columns = [*FIGURES, *(level(m, n) for m in MEASURES for n in LEVELS)]
    columns += [level_in(setting, m, n) for setting, m in settings for n in LEVELS]
    columns += [*OUTCOMES, CHECKED, TO_CHECK, WAITING]
    lowest = {}
    for code, row in tally.items():
        line = list(row.numbers)
        held = figures.get(code, {})
        for setting, measure in settings:
            line += held.get(f"level.{setting}.{measure}", NOTHING)[2:]
        lowest[code] = line + numbers_of(checks[code])
    return protected(lowest, columns, column_sums(), reader)


def villages_of(reader: Reader) -> QuerySet[VillageTally]:
    return VillageTally.objects.filter(reader.counts.by_area("area_id"))


def numbers_of(checks: CheckCounts) -> list[int]:
    """Households by outcome of their check, and how far the checking is this list year."""
    progress = checks.progress(list_year())
    outcomes = [checks.verified.get(outcome, 0) for outcome in OUTCOMES]
    return [*outcomes, progress.done, progress.total, checks.waiting]


@dataclass(frozen=True)
class LevelsShown:
    """Households at the four levels of one measure as the reader sees them."""

    counts: tuple[Shown, Shown, Shown, Shown]

    @property
    def low(self) -> Shown:
        """At level 1 or 2, made of both."""
        return total(self.counts[:2])

    @property
    def measured(self) -> Shown:
        """Households whose level is known, made of all four."""
        return total(self.counts)


@dataclass(frozen=True)
class CountsShown:
    """The counts of one area as the reader sees them; `cell` gives that of a column."""

    cell: Callable[[str], Shown]

    def figure(self, name: str) -> Shown:
        """Households or people by the names of the tallies."""
        return self.cell(name)

    def levels(self, measure: str, setting: str | None = None) -> LevelsShown:
        """Levels of a measure, everywhere or in one setting."""
        names = [
            level(measure, n) if setting is None else level_in(setting, measure, n) for n in LEVELS
        ]
        one, two, three, four = map(self.cell, names)
        return LevelsShown((one, two, three, four))

    def unknown(self, measure: str) -> Shown:
        """Households without a level of this measure."""
        known = (
            self.cell("surveyed_households")
            if measure == "overall"
            else self.levels(measure).measured
        )
        return difference(self.cell("households"), known)

    def outcome(self, name: str) -> Shown:
        """Households whose check has an outcome, or how far the checking is."""
        return self.cell(name)


@dataclass(frozen=True)
class Standing:
    """One area as one reader sees it. The tallies behind it are exact and stay in here."""

    area: Area
    reader: Reader

    @property
    def exact(self) -> bool:
        return self.reader.sees_exactly(self.area.code)

    @cached_property
    def _tallies(self) -> Tallies:
        return tallies(self.reader.counts, self.area)

    @cached_property
    def _table(self) -> Protected:
        return table_for(self.reader)

    @property
    def counted_at(self) -> datetime | None:
        """The moment of the newest count."""
        return self._tallies.counted_at

    @cached_property
    def total(self) -> CountsShown:
        """Everything counted in the area as far as the reader's scope reaches."""
        if self.exact:
            checks = check_counts(self.reader.counts, self.area).get("", CheckCounts())
            return exact_counts(self._tallies.total(), checks, self._levels_by_setting)
        return self.counts_of(self.area.code)

    @property
    def _levels_by_setting(self) -> Measured:
        return measured_in(self.reader.counts, self.area)

    @cached_property
    def parts(self) -> list[tuple[Area, CountsShown]]:
        """The areas one rung below; households of which only the area is known come last.

        An abolished area is named only where somebody is shown to be counted in it.
        """
        found = [
            (part, self.part(part, counts))
            for part, counts in parts_of(self.area, self.reader.counts, self._tallies)
        ]
        return [
            (part, shown)
            for part, shown in found
            if part.valid_until is None or not shown.figure("households").is_none
        ]

    def part(self, part: Area, counts: Counts) -> CountsShown:
        if self.exact:
            return exact_counts(counts)
        return self.counts_of(own(part.code) if part.code == self.area.code else part.code)

    def counts_of(self, row: str) -> CountsShown:
        """The counts of a row of the reader's table."""
        table = self._table
        return CountsShown(lambda column: table.shown(row, column))

    def points(self, length: int) -> list[tuple[str, float, float, CountsShown]]:
        """Code, latitude, longitude and counts of villages, or of larger areas."""
        return [
            (
                point.code,
                point.latitude,
                point.longitude,
                exact_counts(point.counts)
                if self.exact
                else self.counts_of(point.code if len(point.code) == length else own(point.code)),
            )
            for point in self._tallies.points(length)
        ]

    @property
    def villages(self) -> int:
        """How many rows of villages there are."""
        return len(self._tallies.rows)

    def codes(self, length: int) -> set[str]:
        """Codes of the villages, or of larger areas, in which somebody was counted."""
        return {row.code[:length] for row in self._tallies.rows}

    @cached_property
    def has_checks(self) -> bool:
        """Whether some check is told of."""
        return any(not self.total.outcome(name).is_none for name in OUTCOMES)


def exact_counts(
    counts: Counts, checks: CheckCounts | None = None, measured: Measured | None = None
) -> CountsShown:
    """Counts for a reader who may open every household behind them."""
    held = {name: getattr(counts, name) for name in FIGURES}
    held |= {
        level(measure, n): counts.at_levels(measure)[n - 1] for measure in MEASURES for n in LEVELS
    }
    if checks:
        held |= dict(zip((*OUTCOMES, CHECKED, TO_CHECK, WAITING), numbers_of(checks), strict=True))
    if measured:
        held |= {
            level_in(setting, measure, n): measured.levels(measure, setting).counts[n - 1]
            for setting in SETTINGS
            for measure in MEASURES
            for n in LEVELS
        }
    return CountsShown(lambda column: exactly(held.get(column, 0)))
