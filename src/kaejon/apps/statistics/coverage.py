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
from typing import Any, TypeAlias

import numpy as np
from django.db.models import Count, Max

from kaejon.apps.areas.queries import TAMBON_DIGITS
from kaejon.apps.coverage.accuracy import lost_by_gate
from kaejon.apps.coverage.models import PictureTally, Unit
from kaejon.apps.coverage.queries import (
    POOR,
    STATE_OF,
    STATES,
    UNCHECKED,
    Asked,
    Column,
    Picture,
    lists_by_way,
    picture_of,
)
from kaejon.apps.coverage.unseen import Unseen, unseen_of
from kaejon.apps.sources.models import Kind
from kaejon.apps.statistics.standing import table_for
from kaejon.apps.statistics.trees import kept, own, protected
from kaejon.apps.statistics.visibility import Reader
from kaejon.methods.disclosure import (
    Link,
    Protected,
    Shown,
    Sum,
    difference,
    exactly,
    share,
    untold,
)
from kaejon.methods.dropping_out import Gate

ALL, ON, OFF, SET, GATE = "all", "on", "off", "set", "gate"
EVERY = ""
# People by the lists of their household
COVERED = "covered"
Numbers = dict[str, int]
# Stored sets of list versions, and whom of their households a column counts.
Place: TypeAlias = frozenset[int]
Counted: TypeAlias = tuple[Place, str]


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


def places_of(picture: Picture) -> dict[str, Place]:
    """Which stored sets each place of a picture is made of."""
    on = {cell.combination: picture.lists.on[cell.combination] for cell in picture.cells}

    def those(wanted: Callable[[frozenset[str]], bool]) -> Place:
        return frozenset(pk for pk, codes in on.items() if wanted(codes))

    sets = {name(SET, set_name(codes)): codes for codes in on.values()}
    places = {place: those(codes.__eq__) for place, codes in sets.items()}
    for column in picture.columns:
        places[name(ON, column.code)] = those(lambda codes, code=column.code: code in codes)  # type: ignore[misc]
        places[name(OFF, column.code)] = those(lambda codes, code=column.code: code not in codes)  # type: ignore[misc]
    target = {column.code for column in picture.columns if column.kind == Kind.TPMAP}
    places |= {ALL: those(lambda codes: True), ON: those(bool)}
    return places | {GATE: those(lambda codes: not codes & target)}


def column_of(places: Mapping[str, Place], column: str) -> Counted:
    """What a column of a picture counts: equal counts of two pictures are one."""
    place, _, what = column.rpartition(":")
    if column.startswith(name(GATE, "")):
        _gate, gate, *nowhere = column.split(":")
        return places.get(name(SET, "") if nowhere else GATE, frozenset()), name(GATE, gate)
    if what in STATES and place in places:
        return places[place], what
    return places.get(column, frozenset()), EVERY


def sums_of(pictures: Iterable[Mapping[str, Place]]) -> list[Sum]:
    """What every reader knows of the counts of all pictures: the smallest places first.

    The sets of each picture divide every place of every other, wholly or as far as they fit.
    """
    divided = [
        [place for key, place in places.items() if key.startswith(name(SET, ""))]
        for places in pictures
    ]
    known = {place for places in pictures for place in places.values() if place}
    lost = {places[key] for places in pictures for key in (GATE, name(SET, "")) if key in places}
    gates = [name(GATE, gate) for gate in Gate]
    sums: dict[Sum, None] = {}
    for place in sorted(known, key=lambda place: (len(place), sorted(place))):
        relations = {
            tuple(sorted((part for part in sets if part < place), key=sorted)): None
            for sets in divided
        }
        pairs = [(part, place - part) for part in known if part < place and place - part in known]
        relations |= dict.fromkeys(pairs)
        for what in (*STATES, EVERY):
            if what == POOR and place in lost:
                sums[Sum((place, POOR), tuple((place, gate) for gate in gates))] = None
            if what == EVERY:
                sums[Sum((place, EVERY), tuple((place, state) for state in STATES))] = None
            for parts in filter(None, relations):
                whole = frozenset[int]().union(*parts) == place
                counted = tuple((part, what) for part in parts)
                sums[Sum((place, what), counted, at_least=not whole)] = None
        for part in lost:
            if part < place and place in lost:
                sums |= {Sum((place, g), ((part, g),), at_least=True): None for g in gates}
    return list(sums)


def links_of(picture: Picture, unit: str, standing: Protected) -> list[Link]:
    """What the overview tells of the same households or people: all of them, those TPMAP names,
    and the outcomes of checks."""
    places, of_people = places_of(picture), unit != Unit.HOUSEHOLD
    everybody = places[ALL]
    links = [Link((everybody, EVERY), standing, ("persons" if of_people else "households",))]
    target = "target_poor_persons" if of_people else "target_poor_households"
    links += [
        Link((places[name(ON, column.code)], EVERY), standing, (target,))
        for column in picture.columns
        if column.kind == Kind.TPMAP and unit != COVERED
    ]
    if of_people:
        return links
    links.append(Link((everybody, UNCHECKED), standing, ("households",), at_least=False))
    outcomes = {
        state: tuple(v for v, of in STATE_OF.items() if v and of == state) for state in STATES
    }
    return links + [
        Link((everybody, state), standing, those) for state, those in outcomes.items() if those
    ]


def table_of(
    pictures: Iterable[Picture], reader: Reader, *, links: Iterable[Link] = ()
) -> Protected:
    """Everything counted in pictures of the same households, by tambon, protected together."""
    asked = list(pictures)
    sums = sums_of([places_of(picture) for picture in asked])
    columns: list[Any] = list(dict.fromkeys(c for s in sums for c in (s.total, *s.parts)))
    parts = {code: atoms_of(part) for code, part in asked[0].parts().items()}
    atoms = {atom: n for n, atom in enumerate(dict.fromkeys(a for p in parts.values() for a in p))}
    members = np.zeros((len(atoms), len(columns)), dtype=np.int64)
    for n, (place, what) in enumerate(columns):
        members[[atoms[pk, what] for pk in place if (pk, what) in atoms], n] = 1
    lowest = {
        code: (np.array([line[atom] for atom in atoms]) @ members).tolist()
        for code, line in parts.items()
    }
    return protected(lowest, columns, sums, reader, deepest=TAMBON_DIGITS, links=links)


def atoms_of(picture: Picture) -> Counter[tuple[int, str]]:
    """The numbers of one part by stored set and by whom a column may count of it."""
    counted: Counter[tuple[int, str]] = Counter()
    for cell in picture.cells:
        state = STATE_OF[cell.verified]
        for what in (EVERY, state, *([name(GATE, cell.gate)] if state == POOR else [])):
            counted[cell.combination, what] += cell.number
    return counted


def ways(years: Iterable[int]) -> list[Asked]:
    """Every way of asking that can be answered differently: now, at the end of each list year, and before."""
    at = [0, *sorted(years)[:-1], 1]
    return [Asked(year, held) for year in at for held in (False, True)]


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
        """All that the reader can ask for: what the filters of a page leave stands in one table.

        Kept until somebody is counted again: a count deletes its rows and writes new ones.
        """
        counts, lists = self.reader.counts, self._everything.lists
        rows = PictureTally.objects.filter(counts.by_area("area_id"), unit=self.unit)
        stamp = rows.aggregate(rows=Count("pk"), newest=Max("pk"))
        versions = [column.version.pk for column in lists.columns]
        what = f"coverage {self.unit} {self.covered} {lists.years} {versions}"
        return kept(what, self.reader, self.make_table, stamp=stamp)

    def make_table(self) -> Protected:
        """The pictures of all ways of asking, protected together."""
        cells = self._everything.cells
        lists = lists_by_way(ways(self._everything.lists.years))
        unit = COVERED if self.covered else self.unit
        links = links_of(self._everything, unit, table_for(self.reader))
        pictures = [Picture(cells, each) for each in lists.values()]
        return table_of(pictures, self.reader, links=links)

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
        places = places_of(everything)
        return CoverageShown(
            False,
            everything.columns,
            lambda column: self._table.shown(row, column_of(places, column)),
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
