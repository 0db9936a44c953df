"""Keep small groups from being recognised in published counts.

A count of 1 to t-1 is hidden, 0 is shown. Hiding it alone is not enough: a reader subtracts
the shown neighbours from a shown total. More cells are hidden until, for every hidden cell,
the values that agree with everything shown span an interval. Totals, parent areas and other
breakdowns are all *relations* (total = sum of parts), so one rule protects them together.
Finally the published figures are tested against each other: nested figures whose difference
is small, and joint cells that can be solved for, give people away across tables.

The thresholds (public 10, internal 5) are this system's policy, not a standard.

Source: Hundepool et al. (2012) Statistical Disclosure Control, ch. 4; Fischetti & Salazar
(2001) on feasibility intervals; Samarati & Sweeney (1998) on k-anonymity.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from kaejon.methods.errors import DataError, UsageError

THRESHOLDS = {"public": 10, "internal": 5}
ALL = "all"
ROUNDING = 1e-6
LARGEST_TRIMMED = 120

Key = Hashable
Interval = tuple[float, float]
Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
Equations: TypeAlias = tuple[Any, Numbers]
Involved: TypeAlias = dict[Hashable, list["Relation"]]


@dataclass(frozen=True)
class Relation:
    """A published identity: the total equals the sum of its parts."""

    total: Key
    parts: tuple[Key, ...]

    @property
    def members(self) -> tuple[Key, ...]:
        """The total and its parts."""
        return (self.total, *self.parts)


@dataclass(frozen=True)
class CountTable:
    """Counts by cell and the relations a reader knows to hold between them."""

    counts: Mapping[Key, int]
    relations: tuple[Relation, ...]


@dataclass(frozen=True)
class Suppression:
    """Hidden cells: `primary` because small, the rest so that those cannot be worked out."""

    hidden: frozenset[Key]
    primary: frozenset[Key]

    def shown(self, counts: Mapping[Key, int]) -> dict[Key, int | None]:
        """The counts as they may be published, None where hidden."""
        return {key: None if key in self.hidden else count for key, count in counts.items()}


@dataclass(frozen=True)
class Leak:
    """A small group that published figures give away: how it is found, and its size."""

    found_by: str
    figures: tuple[Key, ...]
    count: int


def threshold_for(audience: str) -> int:
    """Smallest count that an audience may see. Refuses: an audience without a rule."""
    if audience not in THRESHOLDS:
        raise UsageError(
            "unknown_audience",
            f"There is no rule for the audience {audience!r}.",
            remedy=f"Use {', '.join(THRESHOLDS)}.",
        )
    return THRESHOLDS[audience]


def is_small(count: int, threshold: int) -> bool:
    """Whether a count must be hidden: 1 to threshold - 1. Zero tells of nobody."""
    return 0 < count < threshold


def cross_table(counts: Sequence[Sequence[int]], *, margins: bool = True) -> CountTable:
    """A two-way table. Cells are (row, column), margins (row, "all"), ("all", column) and
    ("all", "all"). Refuses: rows of unequal length, negative counts."""
    if len({len(row) for row in counts}) != 1:
        raise DataError("ragged_table", "The rows differ in length.", remedy="Fill every cell.")
    rows, columns = range(len(counts)), range(len(counts[0]))
    cells: dict[Key, int] = {(r, c): counts[r][c] for r in rows for c in columns}
    if not margins:
        return count_table(cells, ())
    cells |= {(r, ALL): sum(counts[r]) for r in rows}
    cells |= {(ALL, c): sum(counts[r][c] for r in rows) for c in columns}
    cells[ALL, ALL] = sum(map(sum, counts))
    relations = [Relation((r, ALL), tuple((r, c) for c in columns)) for r in (*rows, ALL)]
    relations += [Relation((ALL, c), tuple((r, c) for r in rows)) for c in (*columns, ALL)]
    return count_table(cells, relations)


def area_table(counts: Mapping[str, Mapping[str, int]], parents: Mapping[str, str]) -> CountTable:
    """Counts by area and category, with the totals of each area and of the areas above.

    Input: counts of the lowest areas by category; `parents` gives the area above each area,
    at every level. Cells are (area, category) and (area, "all"). Refuses: negative counts.
    """
    cells: dict[Key, int] = {}
    for area, by_category in counts.items():
        for place in _upwards(area, parents):
            for category, count in (*by_category.items(), (ALL, sum(by_category.values()))):
                cells[place, category] = cells.get((place, category), 0) + count
    categories = list(dict.fromkeys(c for by_category in counts.values() for c in by_category))
    areas = list(dict.fromkeys(key[0] for key in cells if isinstance(key, tuple)))
    cells = {(a, c): cells.get((a, c), 0) for a in areas for c in (*categories, ALL)}
    relations = [Relation((a, ALL), tuple((a, c) for c in categories)) for a in areas]
    children: dict[str, list[str]] = {}
    for area in areas:
        if area in parents:
            children.setdefault(parents[area], []).append(area)
    relations += [
        Relation((parent, c), tuple((child, c) for child in below))
        for parent, below in children.items()
        for c in (*categories, ALL)
    ]
    return count_table(cells, relations)


def _upwards(area: str, parents: Mapping[str, str]) -> Iterator[str]:
    seen: set[str] = set()
    place: str | None = area
    while place is not None and place not in seen:
        yield place
        seen.add(place)
        place = parents.get(place)


def count_table(counts: Mapping[Key, int], relations: Iterable[Relation]) -> CountTable:
    """A table with its relations. Refuses: negative counts, relations that do not add up."""
    negative = [key for key, count in counts.items() if count < 0]
    if negative:
        raise DataError("negative_count", f"{negative[0]} is negative.", remedy="Count again.")
    table = CountTable(dict(counts), tuple(relations))
    for relation in table.relations:
        if counts[relation.total] != sum(counts[part] for part in relation.parts):
            raise DataError(
                "does_not_add_up",
                f"The parts of {relation.total} do not add up to it.",
                remedy="Compute the total from the same rows as its parts.",
            )
    return table


def protect(table: CountTable, threshold: int, *, protection: int = 1) -> Suppression:
    """Cells to hide so that no small count can be worked out.

    A hidden cell is safe when what is shown leaves room for at least `protection` more, and
    `protection` fewer (or down to its floor: a hidden cell is known not to be 0, a hidden
    total not to be less than its parts). Small complementary cells are taken first; a total is
    hidden only when its parts cannot do it; in the end whatever is not needed is shown again.
    """
    primary = frozenset(k for k, count in table.counts.items() if is_small(count, threshold))
    hidden = set(primary)
    involved = _relations_by_key(table)
    while True:
        _pair_up(table, involved, hidden, threshold)
        bare = exposed(table, frozenset(hidden), protection=protection, lowest=1)
        more = {_next_to_hide(table, involved, involved[key], hidden) for key in bare} - {None}
        if bare and not more:
            # Its own rows and columns are used up: loosen what hangs together with it.
            near = [r for r in table.relations if hidden.intersection(r.members)]
            wider = (_next_to_hide(table, involved, rs, hidden) for rs in (near, table.relations))
            more = {next((key for key in wider if key is not None), None)} - {None}
        if not more:
            break
        hidden |= more
    _show_again(table, hidden, primary, threshold, protection)
    return Suppression(frozenset(hidden), primary)


def _show_again(
    table: CountTable, hidden: set[Key], primary: frozenset[Key], threshold: int, protection: int
) -> None:
    """Show every complementary cell, the largest first, that turns out not to be needed.

    Groups of more hidden cells than `LARGEST_TRIMMED` stay as they are: the search would be long.
    """
    for keys, relations in list(_components(table, frozenset(hidden))):
        if len(keys) > LARGEST_TRIMMED:
            continue
        part = CountTable(table.counts, tuple(relations))
        for key in sorted(set(keys) - primary, key=lambda k: (-table.counts[k], str(k))):
            left = frozenset(set(keys) & hidden) - {key}
            alone = any(
                sum(member in left for member in relation.members) == 1
                or _small_sum(table, relation, set(left), threshold)
                for relation in relations
            )
            if not alone and not exposed(part, left, protection=protection, lowest=1):
                hidden.discard(key)


def _pair_up(table: CountTable, involved: Involved, hidden: set[Key], threshold: int) -> None:
    """Hide a second cell wherever one alone, or a small sum, is left hidden in a relation."""
    pending = True
    while pending:
        pending = False
        for relation in table.relations:
            found = [key for key in relation.members if key in hidden]
            if not found or (len(found) > 1 and not _small_sum(table, relation, hidden, threshold)):
                continue
            extra = _next_to_hide(table, involved, [relation], hidden)
            if extra is not None:
                hidden.add(extra)
                pending = True


def _small_sum(table: CountTable, relation: Relation, hidden: set[Key], threshold: int) -> bool:
    if relation.total in hidden:
        return False
    return is_small(sum(table.counts[p] for p in relation.parts if p in hidden), threshold)


def _next_to_hide(
    table: CountTable, involved: Involved, relations: Sequence[Relation], hidden: set[Key]
) -> Key | None:
    """A shown part above zero of the relations; a total when no part is left.

    The one that leaves the fewest other relations with a lonely hidden cell, then the smallest.
    """

    def cost(key: Key) -> tuple[int, int]:
        others = (r for r in involved[key] if r not in relations)
        opened = sum(not any(member in hidden for member in r.members) for r in others)
        return opened, table.counts[key]

    for keys in ([p for r in relations for p in r.parts], [r.total for r in relations]):
        candidates = [key for key in keys if key not in hidden and table.counts[key] > 0]
        if candidates:
            return min(candidates, key=cost)
    return None


def _relations_by_key(table: CountTable) -> Involved:
    involved: dict[Key, list[Relation]] = {key: [] for key in table.counts}
    for relation in table.relations:
        for key in relation.members:
            involved[key].append(relation)
    return involved


def exposed(
    table: CountTable, hidden: frozenset[Key], *, protection: int = 1, lowest: int = 0
) -> list[Key]:
    """Hidden cells that what is shown pins down, in the table's order."""
    pinned: set[Key] = set()
    floors = _floors(table, hidden, lowest)
    for keys, relations in _components(table, hidden):
        equations = _equations(table, hidden, keys, relations)
        if equations is not None:
            counts = np.array([table.counts[key] for key in keys], dtype=float)
            least = np.array([floors[key] for key in keys], dtype=float)
            found = _pinned(equations, counts, least, protection)
            pinned.update(keys[number] for number in found)
    return [key for key in table.counts if key in pinned]


def _floors(table: CountTable, hidden: frozenset[Key], lowest: int) -> dict[Key, int]:
    """The least each hidden cell can be by what every reader knows: a total has its parts."""
    floors = dict.fromkeys(hidden, lowest)
    totals = [relation for relation in table.relations if relation.total in hidden]
    rising = True
    while rising:
        rising = False
        for relation in totals:
            least = sum(floors.get(part, table.counts[part]) for part in relation.parts)
            if least > floors[relation.total]:
                floors[relation.total] = least
                rising = True
    return floors


def _pinned(
    equations: Equations, counts: Numbers, floors: Numbers, protection: int
) -> Iterable[int]:
    """Places of cells that cannot be `protection` more, or not that much fewer (down to their floor).

    Any table that agrees with what is shown clears every cell it moves far enough, so tables
    are sought that move many cells at once, each no further than needed; only what is left
    then is asked about one by one. The answer is that of `feasible_intervals`.
    """
    ends = np.stack([np.maximum(floors, counts - protection), counts + protection])
    waiting = ends != counts  # row 0: down, row 1: up
    chance = np.random.default_rng(len(counts))

    def clear(direction: Integers, cells: NDArray[np.bool_]) -> int:
        """Seek a table that moves the cells in their directions; returns how many it cleared."""
        towards = ends[direction, np.arange(len(counts))]
        low = np.where(cells & (direction == 0), towards, floors)
        high = np.where(cells & (direction == 1), towards, np.inf)
        goal = np.where(cells, 1.0 - 2.0 * direction, 0.0)
        answer = linprog(
            goal, A_eq=equations[0], b_eq=equations[1], bounds=np.stack([low, high], 1), method="highs"
        )  # fmt: skip
        if answer.status != 0:
            return 0
        reached = np.stack([answer.x <= ends[0] + ROUNDING, answer.x >= ends[1] - ROUNDING])
        before = int(waiting.sum())
        waiting[reached] = False
        return before - int(waiting.sum())

    def aim() -> Integers:
        """A direction for each cell: one that waits, either where both do."""
        either = chance.integers(0, 2, len(counts))
        return np.where(waiting[0] & waiting[1], either, waiting[1].astype(np.int64))

    while waiting.any() and clear(aim(), waiting.any(axis=0)):
        pass
    known: set[int] = set()
    for row, place in np.argwhere(waiting):
        alone = np.arange(len(counts)) == place
        if waiting[row, place]:
            clear(np.where(alone, row, 0), alone)
        if waiting[row, place]:
            known.add(int(place))
    return known


def feasible_intervals(
    table: CountTable, hidden: frozenset[Key], *, lowest: int = 0
) -> dict[Key, Interval]:
    """Smallest and largest whole value of each hidden cell that agrees with what is shown.

    Hidden cells are `lowest` or more; the upper end is infinite where nothing bounds it.
    """
    intervals: dict[Key, Interval] = {}
    for keys, relations in _components(table, hidden):
        intervals |= _extremes(keys, _equations(table, hidden, keys, relations), lowest)
    return intervals


def _equations(
    table: CountTable, hidden: frozenset[Key], keys: Sequence[Key], relations: Sequence[Relation]
) -> Equations | None:
    """What a reader knows of hidden cells: matrix (relations, cells) and right-hand side."""
    if not relations:
        return None
    place = {key: number for number, key in enumerate(keys)}
    entries = [
        (row, place[key], 1.0 if key == relation.total else -1.0)
        for row, relation in enumerate(relations)
        for key in relation.members
        if key in place
    ]
    shown = [
        sum(table.counts[p] for p in relation.parts if p not in hidden)
        - (0 if relation.total in hidden else table.counts[relation.total])
        for relation in relations
    ]
    rows, columns, values = zip(*entries, strict=True)
    matrix = csr_array((values, (rows, columns)), shape=(len(shown), len(keys)))
    return matrix, np.array(shown, dtype=float)


def _components(
    table: CountTable, hidden: frozenset[Key]
) -> Iterator[tuple[list[Key], list[Relation]]]:
    """Hidden cells that hang together through relations, each group solved on its own."""
    relations = [r for r in table.relations if any(key in hidden for key in r.members)]
    by_key: dict[Key, list[int]] = {key: [] for key in table.counts if key in hidden}
    for number, relation in enumerate(relations):
        for key in relation.members:
            if key in by_key:
                by_key[key].append(number)
    waiting = set(by_key)
    for start in by_key:
        if start not in waiting:
            continue
        waiting.discard(start)
        keys, rows, front = [start], dict[int, None](), [start]
        while front:
            for number in by_key[front.pop()]:
                rows[number] = None
                near = [k for k in relations[number].members if k in waiting]
                waiting.difference_update(near)
                keys += near
                front += near
        yield keys, [relations[number] for number in rows]


def _extremes(keys: Sequence[Key], equations: Equations | None, lowest: int) -> dict[Key, Interval]:
    if equations is None:
        return {key: (float(lowest), math.inf) for key in keys}
    matrix, shown = equations
    found: dict[Key, Interval] = {}
    for number, key in enumerate(keys):
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(keys))
            goal[number] = sign
            answer = linprog(goal, A_eq=matrix, b_eq=shown, bounds=(lowest, None), method="highs")
            ends.append(sign * answer.fun if answer.status == 0 else sign * -math.inf)
        low, high = ends
        found[key] = (math.ceil(low - ROUNDING), high)
        if math.isfinite(high):
            found[key] = (found[key][0], math.floor(high + ROUNDING))
    return found


def differencing(
    atoms: Mapping[Key, int], figures: Mapping[Key, frozenset[Key]], threshold: int
) -> list[Leak]:
    """Small groups that published figures give away together.

    Input: counts of the smallest cells (atoms) and, for each published figure, the atoms it
    adds up. Found are nested figures whose difference is small, and atoms that all figures
    together leave only one value for. Refuses: figures of unknown atoms.
    """
    unknown = [a for members in figures.values() for a in members if a not in atoms]
    if unknown:
        raise DataError(
            "unknown_atom", f"{unknown[0]} is not counted.", remedy="Count every atom once."
        )
    sizes = {name: sum(atoms[a] for a in members) for name, members in figures.items()}
    leaks = [
        Leak("difference", (larger, smaller), sizes[larger] - sizes[smaller])
        for larger, outer in figures.items()
        for smaller, inner in figures.items()
        if inner < outer and is_small(sizes[larger] - sizes[smaller], threshold)
    ]
    hidden = frozenset(atoms)
    table = CountTable(
        {**atoms, **{("figure", name): size for name, size in sizes.items()}},
        tuple(Relation(("figure", name), tuple(sorted(m, key=str))) for name, m in figures.items()),
    )
    for atom, (low, high) in feasible_intervals(table, hidden).items():
        if low == high and is_small(atoms[atom], threshold):
            leaks.append(Leak("solved", (atom,), atoms[atom]))
    return leaks


def anonymity(
    rows: Sequence[Sequence[Hashable]], weights: Sequence[float] | None = None
) -> tuple[list[int], list[float]]:
    """How many rows share each row's combination of values, and how many people they stand for.

    A row with a count below k violates k-anonymity. Weights default to 1.
    """
    codes = np.zeros(len(rows), dtype=np.int64)
    for column in zip(*rows, strict=True):
        distinct = {value: number for number, value in enumerate(dict.fromkeys(column))}
        own = np.fromiter((distinct[value] for value in column), np.int64, len(rows))
        codes = np.unique(codes * len(distinct) + own, return_inverse=True)[1]
    weight = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=np.float64)
    shared = np.bincount(codes)[codes]
    people = np.bincount(codes, weights=weight)[codes]
    return shared.tolist(), people.tolist()
