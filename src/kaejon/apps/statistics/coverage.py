"""Which lists name whom, as one reader sees it: sets, lists, what checks say, and where people were lost.

Somebody who sees classes is told of tambons and of wider areas: the sets of a village are
mostly single families. All numbers of a table come from one protected table, so that sets,
lists and parts give nothing away together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from kaejon.apps.coverage.accuracy import lost_by_gate
from kaejon.apps.coverage.queries import (
    POOR,
    STATES,
    UNCHECKED,
    Asked,
    Column,
    Picture,
    picture_of,
)
from kaejon.apps.coverage.unseen import Unseen, unseen_of
from kaejon.apps.statistics.trees import own, protected
from kaejon.apps.statistics.visibility import Reader
from kaejon.methods.disclosure import Protected, Shown, Sum, difference, exactly, share, untold
from kaejon.methods.dropping_out import Gate

TAMBON_DIGITS = 6
ALL, ON, OFF, SET, GATE = "all", "on", "off", "set", "gate"
Numbers = dict[str, int]


def name(*pieces: str) -> str:
    """A column of the table."""
    return ":".join(pieces)


def set_name(codes: Iterable[str]) -> str:
    return "+".join(sorted(codes))


def numbers_of(picture: Picture) -> Numbers:
    """Every count of a picture by its column."""
    found: Counter[str] = Counter()
    for codes, states in picture.groups.items():
        for state, number in states.items():
            places = [name(SET, set_name(codes)), ALL]
            places += [name(ON, column.code) for column in picture.columns if column.code in codes]
            places += [
                name(OFF, column.code) for column in picture.columns if column.code not in codes
            ]
            places += [name(ON)] if codes else []
            for place in places:
                found[place] += number
                found[name(place, state)] += number
    for row in lost_by_gate(picture):
        found[name(GATE, row.gate)] += row.count
        found[name(GATE, row.gate, "nowhere")] += row.nowhere
    return dict(found)


def sums_of(picture: Picture) -> list[Sum]:
    """What every reader knows of the columns."""
    sets = list(picture.groups)
    sums: list[Sum] = []

    def every_state(place: str, parts: list[str]) -> None:
        sums.append(Sum(place, tuple(name(place, state) for state in STATES)))
        sums.extend(
            Sum(name(place, state), tuple(name(part, state) for part in parts)) for state in STATES
        )

    for codes in sets:
        place = name(SET, set_name(codes))
        sums.append(Sum(place, tuple(name(place, state) for state in STATES)))
    named = [name(SET, set_name(codes)) for codes in sets if codes]
    if named:
        every_state(ON, named)
    for column in picture.columns:
        inside = [name(SET, set_name(c)) for c in sets if column.code in c]
        outside = [name(SET, set_name(c)) for c in sets if column.code not in c]
        every_state(name(ON, column.code), inside)
        every_state(name(OFF, column.code), outside)
    every_state(ALL, [name(SET, set_name(codes)) for codes in sets])
    for column in picture.columns:
        for state in STATES:
            parts = (name(ON, column.code, state), name(OFF, column.code, state))
            sums.append(Sum(name(ALL, state), parts))
    gates = [str(gate) for gate in Gate]
    sums.append(Sum(name(ALL, POOR), tuple(name(GATE, gate) for gate in gates), at_least=True))
    return sums + [
        Sum(name(GATE, gate), (name(GATE, gate, "nowhere"),), at_least=True) for gate in gates
    ]


@dataclass(frozen=True)
class StatesShown:
    """Counts by what checks say; `all` together."""

    all: Shown
    by_state: Mapping[str, Shown]

    def __getitem__(self, state: str) -> Shown:
        return self.by_state[state]

    @property
    def checked(self) -> Shown:
        """All whom a check found, in need or not, or gone."""
        return difference(self.all, self.by_state[UNCHECKED])


@dataclass(frozen=True)
class SetShown:
    """Whoever exactly these lists name."""

    codes: frozenset[str]
    states: StatesShown


@dataclass(frozen=True)
class LostShown:
    """Households in need that TPMAP does not name, lost at one gate; `nowhere`: on no list at all."""

    gate: Gate
    count: Shown
    nowhere: Shown


@dataclass(frozen=True)
class CoverageShown:
    """The picture of one area as one reader sees it."""

    exact: bool
    columns: tuple[Column, ...]
    cell: Callable[[str], Shown]
    sets: tuple[frozenset[str], ...]

    def states(self, place: str) -> StatesShown:
        by_state = {state: self.cell(name(place, state)) for state in STATES}
        return StatesShown(self.cell(place), by_state)

    @cached_property
    def all(self) -> StatesShown:
        """Everybody counted."""
        return self.states(ALL)

    def on(self, code: str = "") -> StatesShown:
        """Whom one list names, or at least one."""
        return self.states(name(ON, code) if code else ON)

    def off(self, code: str) -> StatesShown:
        """Whom a list does not name."""
        return self.states(name(OFF, code))

    @cached_property
    def nobody(self) -> StatesShown:
        """Whom no list names."""
        return self.states(name(SET, ""))

    @cached_property
    def shown_sets(self) -> list[SetShown]:
        """Sets with one list and more that are told of, the largest first."""
        found = [
            SetShown(codes, self.states(name(SET, set_name(codes)))) for codes in self.sets if codes
        ]
        told = [item for item in found if not item.states.all.is_none]
        return sorted(told, key=lambda item: (-item.states.all.estimate, sorted(item.codes)))

    @property
    def lost(self) -> list[LostShown]:
        """Where the households in need that no TPMAP list names were lost."""
        rows = [
            LostShown(gate, self.cell(name(GATE, gate)), self.cell(name(GATE, gate, "nowhere")))
            for gate in Gate
        ]
        return [row for row in rows if not row.count.is_none]

    @cached_property
    def unseen(self) -> Unseen:
        """What the lists say about those on none of them, from the counts as told."""
        poor = {
            codes: self.cell(name(SET, set_name(codes), POOR)).estimate
            for codes in {*self.sets, frozenset[str]()}
        }
        return unseen_of(self.columns, poor)


def coverage_shares(on: StatesShown, off: StatesShown) -> dict[str, float | None]:
    """Coverage and exclusion of those in need, leakage of those listed and judged."""
    found, missed, wrong = on[POOR], off[POOR], on["not_poor"]
    poor, judged = plus(found, missed), plus(found, wrong)
    return {
        "coverage": share(found, poor),
        "exclusion": share(missed, poor),
        "leakage": share(wrong, judged),
    }


def plus(one: Shown, other: Shown) -> Shown:
    """The sum of two counts of which shares are made: of the numbers told."""
    if one.is_exact and other.is_exact:
        return exactly(one.low + other.low)
    step = max(one.step, other.step)
    number = one.estimate + other.estimate
    high = None if one.high is None or other.high is None else one.high + other.high
    return Shown(one.low + other.low, high, number or None, step)


@dataclass(frozen=True)
class Coverage:
    """The picture of an area and its parts for one reader."""

    reader: Reader
    area: str
    asked: Asked
    unit: str
    covered: bool = False
    part_length: int = 0

    def read(self, area: str, part_length: int) -> Picture:
        found = picture_of(
            self.reader.counts, area, self.asked, unit=self.unit, part_length=part_length
        )
        return found.covered() if self.covered else found

    @cached_property
    def exact(self) -> bool:
        return self.reader.sees_exactly(self.area)

    @cached_property
    def _picture(self) -> Picture:
        return self.read(self.area, self.part_length)

    @cached_property
    def _everything(self) -> Picture:
        """All that the reader sees, by tambon."""
        return self.read("00", TAMBON_DIGITS)

    @cached_property
    def _table(self) -> Protected:
        whole = self._everything
        columns = list(numbers_of(whole))
        lowest = {
            code: [line.get(column, 0) for column in columns]
            for code, part in whole.parts().items()
            for line in [numbers_of(part)]
        }
        return protected(lowest, columns, sums_of(whole), self.reader, deepest=TAMBON_DIGITS)

    @property
    def years(self) -> tuple[int, ...]:
        """List years there are, newest first."""
        return self._picture.lists.years

    @cached_property
    def whole(self) -> CoverageShown:
        """The area itself."""
        if self.exact:
            return exact_coverage(self._picture)
        return self.told(self.area)

    def told(self, row: str) -> CoverageShown:
        """A row of the table; of a village nothing is told."""
        everything = self._everything
        if len(row) > TAMBON_DIGITS and row not in self._table:
            return CoverageShown(
                False, everything.columns, lambda column: untold(self.reader.step), ()
            )
        return CoverageShown(
            False,
            everything.columns,
            lambda column: self._table.shown(row, column),
            tuple(everything.groups),
        )

    @cached_property
    def parts(self) -> dict[str, CoverageShown]:
        """The areas one rung below by code; villages only for who may open their households."""
        if self.exact:
            return {code: exact_coverage(part) for code, part in self._picture.parts().items()}
        if self.part_length > TAMBON_DIGITS:
            return {}
        return {
            code: self.told(own(code) if code == self.area else code)
            for code in self._picture.parts()
        }


def exact_coverage(picture: Picture) -> CoverageShown:
    """A picture for a reader who may open every household in it."""
    numbers = numbers_of(picture)
    return CoverageShown(
        True,
        picture.columns,
        lambda column: exactly(numbers.get(column, 0)),
        tuple(picture.groups),
    )
