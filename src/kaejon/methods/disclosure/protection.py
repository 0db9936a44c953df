"""Choose for every count of a table the classes it is told in, so that none can be worked out.

A table has rows (areas, groups) of which some are sums of others, and columns of which some are
sums of others or at least as large. Rounding every cell is not enough: under a parent shown as 10
(8 to 12) two parts shown as "fewer than 5" are 4 and 4. So from the lowest rows up, the classes
of each sum are chosen by what is shown *below* it: where a class would leave its parts less than
`room` values, it is joined with its neighbour. The joining depends on shown cells alone and holds
for every value in the joined classes, so that seeing it tells nothing; in a tree of sums this
suffices (decision 47). What columns add is then checked by propagating intervals over the whole
table, and what is pinned all the same has the sums around it told more coarsely.

Source: Fischetti & Salazar (2001) on feasibility intervals; Wong et al. (2007) on what the
choice of a protection gives away.

The same people may be counted in a second table. That one is made *beside* the first: `known` is what
the first leaves of each of its cells, classes are joined against it as against what lies below,
and whatever the second tells together must leave every such cell `room` values again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kaejon.methods.disclosure.policy import Shown, exactly, in_classes, untold

Key = Hashable
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Ends: TypeAlias = tuple[Integers, Integers]
# Stands for "no upper end"; sums of thousands of it still fit 64 bits.
ENDLESS = 1 << 40
ROUNDS_OF_INTERVALS = 40
ROUNDS_OF_JOINING = 24
# Every cell keeps at least so many values: as many as the narrowest class of five has.
ROOM = 3
# From this round on what is in the way is not told at all.
ROUNDS_OF_RANGES = 12


@dataclass(frozen=True)
class Sum:
    """A total that is the sum of its parts, or with `at_least` no less than their sum."""

    total: Key
    parts: tuple[Key, ...]
    at_least: bool = False


@dataclass(frozen=True)
class Link:
    """A column that another table of the same areas tells as well: as the sum of its `others`,
    or, where only one end holds, as no less or no more than it."""

    column: Key
    table: Protected
    others: tuple[Key, ...]
    at_least: bool = True
    at_most: bool = True

    @property
    def is_same(self) -> bool:
        """Whether both tables tell one and the same count: then one tells it no finer than the other."""
        return len(self.others) == 1 and self.at_least and self.at_most


@dataclass(frozen=True)
class Batch:
    """Sums of rows computed together: part rows one sum after the other, where each begins."""

    totals: Integers
    parts: Integers
    starts: Integers
    owner: Integers


class Protected:
    """A table as it may be shown."""

    def __init__(self, rows: Mapping[Key, int], columns: Mapping[Key, int], cells: Cells) -> None:
        self.rows, self.columns, self.step = rows, columns, cells.step
        self.counts, self.exact = cells.counts, cells.exact
        self.first, self.last, self.closed = cells.first, cells.last, cells.closed
        self.low, self.high = cells.low, cells.high

    def __contains__(self, row: Key) -> bool:
        return row in self.rows

    def shown(self, row: Key, column: Key) -> Shown:
        """One count. A row or column that the table does not have counts nobody."""
        if column not in self.columns or row not in self.rows:
            return in_classes(0, 0, self.step)
        place = self.rows[row], self.columns[column]
        if self.exact[place]:
            return exactly(int(self.counts[place]))
        if self.closed[place]:
            return untold(self.step)
        return in_classes(int(self.first[place]), int(self.last[place]), self.step)

    def classes(self, rows: Sequence[Key], column: Key) -> tuple[Integers, Integers, Flags]:
        """From which class to which a count is told in each row, and whether the row is here."""
        places = np.array([self.rows.get(row, -1) for row in rows], dtype=np.int64)
        at = self.columns[column]
        return self.first[places, at], self.last[places, at], places >= 0

    def ends(self, rows: Sequence[Key], columns: Iterable[Key]) -> Ends:
        """Between what the sum of counts of each row lies for whoever knows this table and its sums."""
        at = [self.columns[column] for column in columns if column in self.columns]
        places = np.array([self.rows.get(row, -1) for row in rows], dtype=np.int64)
        low, high = (ends[:, at].sum(axis=1)[places] for ends in (self.low, self.high))
        return np.where(places < 0, 0, low), np.where(places < 0, ENDLESS, high)


@dataclass(frozen=True)
class Known:
    """What tables made before leave of every cell, and as coarsely as it must be told.

    `same`: cells that they tell too, in classes from `first` to `last`.
    """

    least: Integers
    most: Integers
    same: Flags
    first: Integers
    last: Integers


def known_of(
    rows: Sequence[Key],
    columns: Mapping[Key, int],
    counts: Integers,
    step: int,
    links: Iterable[Link],
) -> Known | None:
    """What the tables of links say of these cells; None where nothing.

    A count that lies elsewhere was made at another time and is not bound by them.
    """
    least = np.zeros(counts.shape, dtype=np.int64)
    most = np.full(counts.shape, ENDLESS, dtype=np.int64)
    same, place = least > 0, classes_of(counts, step)
    known = Known(least, most, same, place.copy(), place)
    for link in links:
        told = link.table.rows and all(other in link.table.columns for other in link.others)
        if link.column not in columns or not told:
            continue
        at = columns[link.column]
        low, high = link.table.ends(rows, link.others)
        low = low if link.at_least else np.zeros_like(low)
        high = high if link.at_most else np.full_like(high, ENDLESS)
        bound = (low <= counts[:, at]) & (counts[:, at] <= high)
        least[:, at] = np.maximum(least[:, at], np.where(bound, low, 0))
        most[:, at] = np.minimum(most[:, at], np.where(bound, high, ENDLESS))
        if link.is_same:
            first, last, found = link.table.classes(rows, link.others[0])
            bound &= found
            same[:, at] |= bound
            known.first[:, at] = np.where(
                bound, np.minimum(known.first[:, at], first), place[:, at]
            )
            known.last[:, at] = np.where(bound, np.maximum(known.last[:, at], last), place[:, at])
    return known if least.any() or (most < ENDLESS).any() else None


def classes_of(counts: Integers, step: int) -> Integers:
    """The class of each count, as `policy.class_of`."""
    return np.where(counts < step, 0, (2 * counts + step) // (2 * step))


def protect(
    counts: Mapping[Key, Mapping[Key, int]],
    row_sums: Iterable[Sum],
    column_sums: Iterable[Sum],
    step: int,
    *,
    exact: Iterable[Key] = (),
    links: Iterable[Link] = (),
) -> Protected:
    """A small table as shown in classes of a step: counts by row and column, an absent one is 0.

    `exact` are rows whose households the reader may open; the rest as `protect_array`.
    """
    rows = list(counts)
    columns = list({column: None for line in counts.values() for column in line})
    numbers = np.array([[counts[r].get(c, 0) for c in columns] for r in rows], dtype=np.int64)
    numbers = numbers.reshape(len(rows), len(columns))
    known = np.zeros(numbers.shape, dtype=bool)
    opened = set(exact)
    known[[place for place, row in enumerate(rows) if row in opened]] = True
    return protect_array(
        rows, columns, numbers, row_sums, column_sums, step, exact=known, links=links
    )


def protect_array(
    rows: Sequence[Key],
    columns: Sequence[Key],
    numbers: Integers,
    row_sums: Iterable[Sum],
    column_sums: Iterable[Sum],
    step: int,
    *,
    exact: Flags,
    closed: Flags | None = None,
    links: Iterable[Link] = (),
) -> Protected:
    """The table as shown in classes of a step.

    Input: whole numbers from 0 by row and column; the sums of rows, which hold in every column,
    and of columns, which hold in every row. Column sums that say "equal" where the counts are
    not are taken as "at least". `exact` are cells whose households the reader may open,
    `closed` cells that are not told at all, `links` columns counted in tables made before.
    """
    places = {key: place for place, key in enumerate(rows)}
    columns_at = {key: place for place, key in enumerate(columns)}
    sums = [found for s in column_sums if (found := _columns_of(s, columns_at, numbers))]
    known = known_of(rows, columns_at, numbers, step, links)
    cells = Cells(numbers, _batches(list(row_sums), places), sums, exact, step, closed, known)
    cells.choose()
    cells.check()
    return Protected(places, columns_at, cells)


ColumnSum: TypeAlias = tuple[int, list[int], bool]


def _columns_of(relation: Sum, columns: Mapping[Key, int], counts: Integers) -> ColumnSum | None:
    """A sum of columns by place; None where it says nothing here."""
    if relation.total not in columns:
        return None
    parts = [columns[part] for part in relation.parts if part in columns]
    if not parts:
        return None
    total = columns[relation.total]
    equal = not relation.at_least and bool((counts[:, total] == counts[:, parts].sum(axis=1)).all())
    return total, parts, equal


def _batches(relations: Sequence[Sum], rows: Mapping[Key, int]) -> list[Batch]:
    """The sums of rows from the lowest up; in one batch each row is a total at most once."""
    height: dict[Key, int] = {}
    by_total: dict[Key, list[Sum]] = {}
    for relation in relations:
        by_total.setdefault(relation.total, []).append(relation)

    def height_of(key: Key) -> int:
        if key not in height:
            parts = [part for r in by_total.get(key, ()) for part in r.parts]
            height[key] = 1 + max(map(height_of, parts), default=-1) if parts else 0
        return height[key]

    found: dict[tuple[int, int], list[Sum]] = {}
    for total, several in by_total.items():
        for number, relation in enumerate(several):
            found.setdefault((height_of(total), number), []).append(relation)
    return [_batch(found[key], rows) for key in sorted(found)]


def _batch(relations: Sequence[Sum], rows: Mapping[Key, int]) -> Batch:
    parts = [[rows[part] for part in relation.parts] for relation in relations]
    sizes = np.array([len(group) for group in parts])
    return Batch(
        np.array([rows[relation.total] for relation in relations]),
        np.array([place for group in parts for place in group]),
        np.concatenate([[0], np.cumsum(sizes)[:-1]]),
        np.repeat(np.arange(len(parts)), sizes),
    )


class Cells:
    """The cells of one table while their classes are chosen: arrays of rows x columns."""

    def __init__(
        self,
        counts: Integers,
        batches: list[Batch],
        sums: list[ColumnSum],
        exact: Flags,
        step: int,
        closed: Flags | None = None,
        known: Known | None = None,
    ) -> None:
        self.counts, self.batches, self.sums = counts, batches, sums
        self.exact, self.step = exact, step
        place = classes_of(counts, step)
        self.finest = (known.first, known.last) if known else (place, place)
        self.first, self.last = self.finest[0].copy(), self.finest[1].copy()
        shut = np.zeros(counts.shape, dtype=bool) if closed is None else closed & ~exact
        self.closed = shut.copy()
        # What tables made before leave of a cell; `linked`: which they tell themselves.
        none = np.zeros(counts.shape, dtype=np.int64), np.full(counts.shape, ENDLESS)
        self.linked = self.same = np.zeros(counts.shape, dtype=bool)
        self.known = none
        if known:
            self.linked = ((known.least > 0) | (known.most < ENDLESS)) & ~exact
            self.same = known.same & ~exact
            ends = (known.least, known.most)
            low, high = (np.where(exact, counts, end) for end in ends)
            low, high = self.narrow(low, high)
            # Where a sum does not hold in the data, nothing is known.
            off = (low > counts) | (high < counts)
            self.known = np.where(off, 0, low), np.where(off, ENDLESS, high)
        # What is known of a cell by its own classes and everything below it.
        self.least, self.most = self.told()
        self.low, self.high = self.least, self.most

    def lowest(self, place: Integers) -> Integers:
        return np.where(place == 0, 0, np.maximum(self.step, place * self.step - self.step // 2))

    def highest(self, place: Integers) -> Integers:
        return np.where(place == 0, self.step - 1, place * self.step + (self.step - 1) // 2)

    def told(self) -> Ends:
        """The ends of every cell by its own classes."""
        low = np.where(self.closed, 0, self.lowest(self.first))
        high = np.where(self.closed, ENDLESS, self.highest(self.last))
        low, high = np.maximum(low, self.known[0]), np.minimum(high, self.known[1])
        return np.where(self.exact, self.counts, low), np.where(self.exact, self.counts, high)

    def choose(self) -> None:
        """Choose classes from the lowest rows up, in each row from the parts to the totals."""
        below, above = self.known[0].copy(), self.known[1].copy()
        totals = {row for batch in self.batches for row in batch.totals.tolist()}
        leaves = np.array([r for r in range(len(self.counts)) if r not in totals], dtype=np.int64)
        self.settle(leaves, below, above)
        for number, batch in enumerate(self.batches):
            low = np.add.reduceat(self.least[batch.parts], batch.starts, axis=0)
            high = np.add.reduceat(self.most[batch.parts], batch.starts, axis=0)
            below[batch.totals] = np.maximum(below[batch.totals], low)
            above[batch.totals] = np.minimum(above[batch.totals], high)
            waiting = [row for later in self.batches[number + 1 :] for row in later.totals.tolist()]
            ready = np.setdiff1d(batch.totals, np.array(waiting, dtype=np.int64))
            self.settle(ready, below, above)

    def settle(self, rows: Integers, below: Integers, above: Integers) -> None:
        """Choose the classes of some rows, within what the rows below them leave open."""
        if not len(rows):
            return
        self.join_ends(rows, np.arange(self.counts.shape[1]), below, above)
        for total, parts, equal in self.sums:
            low = self.least[np.ix_(rows, np.array(parts))].sum(axis=1)
            below[rows, total] = np.maximum(below[rows, total], low)
            if equal:
                high = self.most[np.ix_(rows, np.array(parts))].sum(axis=1)
                above[rows, total] = np.minimum(above[rows, total], high)
            self.join_ends(rows, np.array([total]), below, above)

    def join_ends(
        self, rows: Integers, columns: Integers, below: Integers, above: Integers
    ) -> None:
        """Join the outermost class with its neighbour where it leaves less than `room` values."""
        cells = np.ix_(rows, columns)
        low, high = below[cells], above[cells]
        lowest, highest = self.class_at(low), self.class_at(np.minimum(high, ENDLESS))
        several = lowest < highest
        thin_low = several & (self.highest(lowest) - low + 1 < ROOM)
        thin_high = several & (high - self.lowest(highest) + 1 < ROOM)
        gaps = [np.where(thin_low, lowest, -9), np.where(thin_high, highest - 1, -9)]
        first, last = (classes[cells].copy() for classes in self.finest)
        for _twice in gaps:
            for gap in gaps:
                first = np.where(gap == first - 1, first - 1, first)
                last = np.where(gap == last, last + 1, last)
        self.first[cells], self.last[cells] = first, last
        known, shut, own = self.exact[cells], self.closed[cells], self.counts[cells]
        least = np.where(shut, low, np.maximum(low, self.lowest(first)))
        most = np.where(shut, high, np.minimum(high, self.highest(last)))
        self.least[cells] = np.where(known, own, least)
        self.most[cells] = np.where(known, own, most)

    def class_at(self, number: Integers) -> Integers:
        return classes_of(number, self.step)

    def check(self) -> None:
        """Tell the sums around a pinned cell more coarsely until none is pinned."""
        for turn in range(ROUNDS_OF_JOINING):
            self.low, self.high = self.intervals()
            pinned = (self.low == self.high) & ~self.exact & ~self.settled
            if not (pinned | self.thin()).any():
                return
            self.loosen(pinned | self.thin(), turn)
        self.closed |= ~self.exact
        self.low, self.high = self.intervals()

    @property
    def settled(self) -> Flags:
        """Cells that tables made before leave one value, whatever this one tells."""
        settled: Flags = self.known[0] == self.known[1]
        return settled

    def thin(self) -> Flags:
        """Cells of other tables that would keep fewer than `room` of the values these leave; of
        what they tell themselves, all must be kept."""
        least, most = self.known
        lack = (most - self.low + 1 < ROOM) & (self.low > least)
        lack |= (self.high - least + 1 < ROOM) & (self.high < most)
        less = (self.low > least) | (self.high < most)
        thin: Flags = (lack & self.linked) | (less & self.same)
        return thin

    def intervals(self) -> Ends:
        """The ends of every cell by everything that is shown."""
        return self.narrow(*self.told())

    def narrow(self, low: Integers, high: Integers) -> Ends:
        """The ends of every cell by those of all others and the sums."""
        for _turn in range(ROUNDS_OF_INTERVALS):
            before = low.copy(), high.copy()
            for batch in self.batches:
                self.tighten_rows(batch, low, high)
            for total, parts, equal in self.sums:
                tighten_columns(total, parts, equal, low, high)
            if (before[0] == low).all() and (before[1] == high).all():
                break
        return low, high

    def tighten_rows(self, batch: Batch, low: Integers, high: Integers) -> None:
        least = np.add.reduceat(low[batch.parts], batch.starts, axis=0)
        most = np.add.reduceat(high[batch.parts], batch.starts, axis=0)
        low[batch.totals] = np.maximum(low[batch.totals], least)
        high[batch.totals] = np.minimum(high[batch.totals], most)
        others_most = most[batch.owner] - high[batch.parts]
        others_least = least[batch.owner] - low[batch.parts]
        rises = low[batch.totals][batch.owner] - others_most
        falls = high[batch.totals][batch.owner] - others_least
        low[batch.parts] = np.maximum(low[batch.parts], rises)
        high[batch.parts] = np.minimum(high[batch.parts], falls)

    def loosen(self, pinned: Flags, turn: int) -> None:
        """Widen the totals of pinned cells, with every turn those of one row further up as well."""
        wanted = np.zeros(self.counts.shape, dtype=bool)
        reached = pinned.copy()
        for _step in range(turn + 1):
            for total, parts, _equal in self.sums:
                reached[:, total] |= reached[:, parts].any(axis=1)
            wanted |= reached & ~pinned
            if turn:
                ups = [
                    (b.totals, np.logical_or.reduceat(reached[b.parts], b.starts, axis=0))
                    for b in self.batches
                ]
                for totals, up in ups:
                    reached[totals] |= up
        wanted |= reached & ~pinned
        if turn > 1:
            wanted |= pinned
        # What others tell cannot be widened here: its parts are.
        for total, parts, _equal in self.sums:
            wanted[:, parts] |= (pinned & self.linked)[:, [total]]
        wanted &= ~self.exact
        if turn >= ROUNDS_OF_RANGES:
            self.closed |= wanted
            return
        self.first = np.where(wanted, np.maximum(self.first - 1, 0), self.first)
        self.last = np.where(wanted, self.last + 1, self.last)


def tighten_columns(
    total: int, parts: list[int], equal: bool, low: Integers, high: Integers
) -> None:
    least, most = low[:, parts].sum(axis=1), high[:, parts].sum(axis=1)
    low[:, total] = np.maximum(low[:, total], least)
    high[:, parts] = np.minimum(high[:, parts], high[:, [total]] - (least[:, None] - low[:, parts]))
    if equal:
        high[:, total] = np.minimum(high[:, total], most)
        low[:, parts] = np.maximum(
            low[:, parts], low[:, [total]] - (most[:, None] - high[:, parts])
        )
