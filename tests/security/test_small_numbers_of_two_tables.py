"""Small numbers attacked across tables: whatever one reader can get anywhere, put together.

The overview tells villages, lists and runs tell tambons. Everything a reader of classes is told of
one province is laid in one table of areas and counts, with every relation such a reader knows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import uuid4

import numpy as np
import pytest

from kaejon.apps.access.scope import Scope
from kaejon.apps.areas.models import Area
from kaejon.apps.coverage.placing import place_households
from kaejon.apps.coverage.queries import Asked
from kaejon.apps.coverage.tallying import tally_areas as tally_lists
from kaejon.apps.dashboards import remembering
from kaejon.apps.dashboards.actions import tally_areas
from kaejon.apps.dashboards.figuring import figure_areas
from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.measurement.actions import measure_households
from kaejon.apps.sources.models import Assertion, ImportBatch, SourceVersion
from kaejon.apps.statistics import coverage, measures, runs, standing
from kaejon.apps.statistics.visibility import Reader
from kaejon.methods.disclosure import Protected, Sum
from tests.apps.measured import ITEMS, Rounds, measured, stated, versions
from tests.cast import Cast

V1, V2, V3, V4, V5 = "33010101", "33010102", "33010201", "33020101", "33020102"
TREE = {
    "330101": (V1, V2),
    "330102": (V3,),
    "330201": (V4, V5),
    "3301": ("330101", "330102"),
    "3302": ("330201",),
    "33": ("3301", "3302"),
}
ROWS = [V1, V2, V3, V4, V5, *TREE]
LEVELS = range(1, 5)
STEP = 5
Years = dict[int, SourceVersion]
FAILING = {f"i{n}": 0 for n in (8, 9, 10, 11)}


@dataclass
class Told:
    """Every count by area and name: what is told of it, and how counts are bound to each other."""

    ends: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    sums: list[tuple[str, tuple[str, ...], bool]] = field(default_factory=list)

    def add(self, subject: str, table: Protected, sums: Iterable[Sum], rows: list[str]) -> None:
        """A table and the relations within it."""
        for column in table.columns:
            low, high = np.zeros(len(ROWS)), np.full(len(ROWS), np.inf)
            for place, row in enumerate(ROWS):
                if row in rows:
                    cell = table.shown(row, column)
                    low[place] = cell.low
                    high[place] = np.inf if cell.high is None else cell.high
            self.ends[f"{subject} {column}"] = low, high
        for known in sums:
            parts = tuple(f"{subject} {part}" for part in known.parts)
            self.bind(f"{subject} {known.total}", *parts, at_least=known.at_least)

    def bind(self, total: str, *parts: str, at_least: bool = False) -> None:
        here = tuple(part for part in parts if part in self.ends)
        if total in self.ends and here:
            self.sums.append((total, here, at_least))

    def same(self, one: str, *others: str) -> None:
        assert {one, *others} <= self.ends.keys()
        self.bind(one, *others)

    def narrow(self) -> None:
        """Narrow every count by everything it is bound to, until nothing moves."""
        for _turn in range(60):
            before = {name: (low.copy(), high.copy()) for name, (low, high) in self.ends.items()}
            for name in self.ends:
                self.narrow_areas(*self.ends[name])
            for total, parts, at_least in self.sums:
                self.narrow_sum(total, parts, at_least)
            if all(
                (before[n][end] == self.ends[n][end]).all() for n in self.ends for end in (0, 1)
            ):
                return

    def narrow_areas(self, low: np.ndarray, high: np.ndarray) -> None:
        for area, inside in TREE.items():
            at, parts = ROWS.index(area), [ROWS.index(part) for part in inside]
            low[at], high[at] = max(low[at], low[parts].sum()), min(high[at], high[parts].sum())
            for part in parts:
                others = [p for p in parts if p != part]
                low[part] = max(low[part], low[at] - high[others].sum())
                high[part] = min(high[part], high[at] - low[others].sum())

    def narrow_sum(self, total: str, parts: tuple[str, ...], at_least: bool) -> None:
        low, high = self.ends[total]
        lows, highs = (np.array([self.ends[part][end] for part in parts]) for end in (0, 1))
        low[:] = np.maximum(low, lows.sum(axis=0))
        if not at_least:
            high[:] = np.minimum(high, highs.sum(axis=0))
        for place, part in enumerate(parts):
            least, most = self.ends[part]
            most[:] = np.minimum(most, high - np.delete(lows, place, 0).sum(axis=0))
            if not at_least:
                least[:] = np.maximum(least, low - np.delete(highs, place, 0).sum(axis=0))

    def pinned(self, opened: Callable[[str], bool]) -> list[str]:
        """Counts below five that have one value left, where the reader may not open the households."""
        return [
            f"{name} in {row} is {low[place]:.0f}"
            for name, (low, high) in self.ends.items()
            for place, row in enumerate(ROWS)
            if low[place] >= high[place] and low[place] < STEP and not opened(row)
        ]


def everything_told(reader: Reader, found: list[object]) -> Told:
    """All tables from which pages, API, files and papers take what they tell."""
    told = Told()
    overview = standing.table_for(reader)
    told.add("overview", overview, standing.column_sums(), ROWS)
    plain, sensitive = (measures.table_of_problems(reader, sensitive=s) for s in (False, True))
    told.add("problems", plain, (), ROWS)
    told.add("sensitive", sensitive, (), ROWS)
    moved = measures.table_of_rounds(reader)
    codes = {str(column).rpartition("#")[0] for column in moved.columns}
    told.add("rounds", moved, measures.sums_of_rounds(sorted(codes)), ROWS)
    tambons = [row for row in ROWS if len(row) <= 6]
    for unit, covered in (("household", False), ("person", False), ("household", True)):
        view = coverage.Coverage(reader, "33", Asked(), unit, covered)
        seen, places = view.make_table(), coverage.places_of(view._everything)
        told.add(f"lists {unit} {covered}", seen, coverage.sums_of([places]), tambons)
        bind_lists(told, f"lists {unit} {covered}", places)
    for run in found:
        view = runs.RunView(run, reader)  # type: ignore[arg-type,assignment]
        table = view.table  # type: ignore[attr-defined]
        told.add(run.kind, table, runs.sums_of(table.columns), tambons)  # type: ignore[attr-defined]
    bind_problems(told)
    bind_runs(told)
    return told


def bind_problems(told: Told) -> None:
    told.bind("overview households", "problems screened", at_least=True)
    told.bind("problems screened", "overview bmn_poor_households", at_least=True)
    for name in [n for n in told.ends if n.startswith(("problems ", "sensitive "))]:
        if name.endswith("#1"):
            told.bind("overview persons", name, at_least=True)
        elif name.startswith("problems dimension"):
            told.bind("overview bmn_poor_households", name, at_least=True)
        elif name.endswith("#0"):
            told.bind("overview households", name, at_least=True)
            told.bind(name, name.replace("#0", "#2"), at_least=True)


def bind_lists(told: Told, subject: str, places: dict[str, frozenset[int]]) -> None:
    """Everybody stands in one set; what checks say is on the overview as well."""
    people = "household False" not in subject
    everybody = places[coverage.ALL]

    def name(place: frozenset[int], what: str) -> str:
        return f"{subject} {(place, what)}"

    told.same(name(everybody, ""), f"overview {'persons' if people else 'households'}")
    tpmap = next(key for key in places if key.startswith("on:tpmap"))
    if not people:
        told.same(name(everybody, "poor"), "overview confirmed_poor", "overview missed")
        told.same(name(everybody, "not_poor"), "overview not_poor")
        told.same(name(places[tpmap], ""), "overview target_poor_households")


def bind_runs(told: Told) -> None:
    for kind in ("alkire_foster", "tpmap", "capitals"):
        told.bind("overview households", f"{kind} households", at_least=True)
        told.bind("overview persons", f"{kind} people", at_least=True)
    told.same("capitals with_overall", "overview surveyed_households")
    for n in LEVELS:
        told.same(f"capitals overall.{n}", f"overview overall.{n}")
        told.same(f"capitals social.{n}", f"overview social.{n}")
    for kind in ("alkire_foster", "tpmap"):
        told.same(f"{kind} households", "problems screened")
    told.same("tpmap bmn_poor_households", "overview bmn_poor_households")
    told.same("tpmap target_poor", "overview target_poor_persons")
    told.same("alkire_foster uncensored.i8", "problems problem.i8#1")


# Village → families in need and listed, families not: the plain case, and one drawn at random in
# which lists and checks together narrow each other.
PLAIN = {V1: (4, 0), V2: (4, 0), V3: (9, 3), V4: (4, 4), V5: (4, 9)}


def drawn(seed: int) -> dict[str, tuple[int, int]]:
    chance = random.Random(seed)
    few = (0, 1, 3, 4, 4, 5, 8)
    return {village: (chance.choice(few), chance.choice(few)) for village in PLAIN}


def build(cast: Cast, families: dict[str, tuple[int, int]]) -> list[object]:
    """Families of one, listed, screened, surveyed, checked and measured; the runs that found them."""
    another = Area.objects.get(code=V4)
    another.code = V5
    another.save(force_insert=True)
    bmn, ppp = versions(cast, "bmn", (2564, 2566)), versions(cast, "ppp", (2566, 2568))
    tpmap = versions(cast, "tpmap", (2566,))
    for version in (*bmn.values(), *ppp.values(), *tpmap.values()):
        ImportBatch.objects.create(
            version=version, area_id="33", file_name="list.csv", file_hash=uuid4().hex,
            file_size=1, stored_as="none.sealed", status="applied", uploaded_by=cast.wanna,
        )  # fmt: skip
    claims, made = [], []
    for village, numbers in families.items():
        for poor, number in zip((True, False), numbers, strict=True):
            for n in range(number):
                home, fresh = family(cast, village, f"{poor:d}{n}", poor, bmn, ppp, tpmap)
                made.append(home)
                claims += fresh
    Assertion.objects.bulk_create(claims)
    pks = [home.pk for home in made]
    measure_households(pks)
    place_households(pks)
    for count in (tally_areas, figure_areas, tally_lists):
        count(set(families))
    remembering._kept.clear()
    rounds = Rounds(bmn, ppp, made, [])
    return [measured(rounds, cast.wanna, kind) for kind in ("alkire_foster", "tpmap", "capitals")]


def family(
    cast: Cast, village: str, house_no: str, poor: bool, bmn: Years, ppp: Years, tpmap: Years
) -> tuple[Household, list[Assertion]]:
    home = Household.objects.create(
        house=House.objects.create(area_id=village, house_no=house_no),
        area_id=village,
        house_no=house_no,
        members=1,
        surveyed_on="2025-09-30",
        verified="confirmed_poor" if poor else "not_poor",
        verified_on="2025-10-01",
        verified_year=2568,
    )
    person = Person.objects.create(household=home, area_id=village, first_name="สมมติ")
    screen = {f"i{n}": 1 for n in range(1, 32)} | (FAILING if poor else {})
    facts = {
        "sex": "F", "birth_date": "1980-03-01", "is_head": True,
        "registered": int(poor), "validated": 1,
    }  # fmt: skip
    claims = []
    for version in bmn.values():
        claims.append(stated(cast, version, home, {"indicators": screen}))
        claims.append(stated(cast, version, home, facts, person))
    level = "1" if poor else "3"
    items = {f"{c}_{n}": level for c, last in ITEMS.items() for n in range(1, last + 1)}
    human = {f"human_{n}": level for n in range(1, 7)}
    for version in ppp.values():
        claims.append(stated(cast, version, home, {"capitals": items}))
        claims.append(stated(cast, version, home, {"capitals": human}, person))
    if poor:
        claims.append(stated(cast, tpmap[2566], home, {"target_poor": True}, person))
    return home, claims


READERS = {
    "agency": Reader(Scope(("33",)), Scope(), Scope()),
    "mixed": Reader(Scope(("33",)), Scope(("330102",)), Scope()),
}


@pytest.mark.parametrize("families", [PLAIN, drawn(10)], ids=["plain", "drawn"])
def test_all_tables_together_pin_nobody(cast: Cast, families: dict[str, tuple[int, int]]) -> None:
    found = build(cast, families)
    for who, reader in READERS.items():
        told = everything_told(reader, found)
        assert len(told.ends) > 500
        told.narrow()
        pinned = told.pinned(reader.households.holds_at)
        assert not pinned, f"{who}: {len(pinned)}, such as {pinned[:12]}"
