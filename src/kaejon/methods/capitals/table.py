"""Many households at once: scores and levels of a whole table as arrays, exact.

Every distinct cell is read once, as an exact decimal; sums are whole numbers of a common
unit, in the machine's integers where they fit and in Python's where decimals are too long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from kaejon.methods import arrays
from kaejon.methods.capitals.households import (
    REMEDY,
    Plan,
    columns_needed,
    in_range,
    outside,
    plan_of,
)
from kaejon.methods.cells import read_number
from kaejon.methods.definitions.five_capitals import CapitalDefinition
from kaejon.methods.errors import DataError

OVERALL = "overall"
EXACT_BITS = 53

Document = dict[str, Any]
Wholes = NDArray[Any]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CapitalTable:
    """Scores of many households, in order of first appearance.

    `sums` are capitals × households, whole numbers over `units` (one per household); they
    mean nothing where `known` is false, because an item is missing. `first_rows` gives the
    place of each household's first row in the table read.
    """

    definition: CapitalDefinition
    household_ids: pa.Array
    sums: Wholes
    known: Flags
    units: Wholes
    first_rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.household_ids)

    @property
    def codes(self) -> tuple[str, ...]:
        """The five capitals and `overall`."""
        return (*(capital.code for capital in self.definition.capitals), OVERALL)

    def ratio(self, code: str) -> tuple[Wholes, Wholes, Flags]:
        """Numerator, denominator and whether it is known, of one capital or of `overall`."""
        if code == OVERALL:
            known = np.asarray(self.known.all(axis=0))
            return self.sums.sum(axis=0), self.units * len(self.sums), known
        place = self.codes.index(code)
        return self.sums[place], self.units, self.known[place]

    def values(self, code: str) -> NDArray[np.float64]:
        """Scores 1-4 as the nearest floating-point numbers, NaN where an item is missing."""
        above, below, known = self.ratio(code)
        return np.where(known, (above / below).astype(np.float64), np.nan)

    @cached_property
    def levels(self) -> dict[str, NDArray[np.int8]]:
        """Level 1-4 of each capital and of `overall`, decided on exact sums; 0 where unknown."""
        found = {}
        for code in self.codes:
            above, below, known = self.ratio(code)
            level = np.zeros(len(self), dtype=np.int8)
            for number, bound, unit in reversed(plan_of(self.definition).bounds):
                level[(above * unit >= below * bound).astype(np.bool_)] = number
            found[code] = np.where(known, level, 0).astype(np.int8)
        return found

    def mean(self, code: str, chosen: Flags | None = None) -> float | None:
        """Mean score of the households that have it, from exact sums; None when none has.

        `chosen` restricts it to some households.
        """
        above, below, known = self.ratio(code)
        counted = known if chosen is None else known & chosen
        total = int(counted.sum())
        if not total:
            return None
        units, place = np.unique(below[counted], return_inverse=True)
        sums = np.zeros(len(units), dtype=above.dtype)
        np.add.at(sums, place, above[counted])
        exact = sum(
            (Fraction(int(top), int(unit)) for top, unit in zip(sums, units, strict=True)),
            Fraction(),
        )
        return float(exact / total)

    def counts(self, code: str, chosen: Flags | None = None) -> dict[str, int]:
        """Households at each level of one capital or of `overall`."""
        levels = self.levels[code] if chosen is None else self.levels[code][chosen]
        numbers = [level.level for level in self.definition.levels]
        found = np.bincount(levels, minlength=max(numbers) + 1)
        return {str(number): int(found[number]) for number in numbers}

    def summary(self) -> Document:
        """Means and counts of all households."""
        return {
            "means": {code: self.mean(code) for code in self.codes},
            "counts": {code: self.counts(code) for code in self.codes},
        }

    def head(self) -> Document:
        """What stands before the rows in the document of `kaejon measure capitals`."""
        return {
            "definition": self.definition.name,
            "provisional": self.definition.provisional,
            "n": len(self),
        }

    def rows(self) -> pa.Table:
        """A row per household as the document of `kaejon measure capitals` has it."""
        levels = {code: _or_null(found, found == 0) for code, found in self.levels.items()}
        capitals = self.codes[:-1]
        values = {code: self.values(code) for code in self.codes}
        return pa.table(
            {
                "household_id": self.household_ids,
                **{code: _or_null(value, np.isnan(value)) for code, value in values.items()},
                "level": levels[OVERALL],
                "levels": pa.StructArray.from_arrays([levels[c] for c in capitals], capitals),
            }
        )

    def as_document(self) -> Document:
        """The document of `kaejon measure capitals`."""
        return {**self.head(), "rows": self.rows().to_pylist(), "summary": self.summary()}


def score_table(
    rows: Iterable[Mapping[str, object]],
    definition: CapitalDefinition,
    row_numbers: Sequence[int] | None = None,
) -> CapitalTable:
    """Score a table given as rows; see `score_columns`. An absent key is an empty cell."""
    kept = list(rows)
    wanted = ["household_id", *columns_needed(definition)]
    if any("person_id" in row for row in kept):
        wanted.append("person_id")
    return score_columns(
        {name: [row.get(name) for row in kept] for name in wanted}, definition, row_numbers
    )


def score_columns(
    columns: arrays.Columns,
    definition: CapitalDefinition,
    row_numbers: Sequence[int] | None = None,
) -> CapitalTable:
    """Score a table given as columns.

    Input: `household_id`, one column per item, optionally `person_id`; rows of one household
    are averaged; cells are text or numbers, empty means not answered. `row_numbers` are used
    in messages (first data row 2 by default). Refuses (DataError), naming rows and columns:
    no rows, an empty household_id, a repeated person, a cell that is not a score 1-4.
    """
    if not len(columns["household_id"]):
        raise DataError("no_rows", "The table has no rows.", remedy="Give at least one household.")
    faults = arrays.Faults(row_numbers)
    ids, household = arrays.identifiers(columns, "household_id", faults)
    faults.refuse("Give every row the identifier of its household.")
    if "person_id" in columns:
        arrays.refuse_repeats(household, columns, "person_id", row_numbers)
    plan, items = plan_of(definition), _Items(columns, definition, row_numbers)
    sizes = np.bincount(household, minlength=len(ids))
    kind = items.whole_kind(int(sizes.max()))
    sums: Wholes = np.zeros((len(plan.capitals), len(ids)), dtype=kind)
    known = np.ones((len(plan.capitals), len(ids)), dtype=np.bool_)
    for place, part in enumerate(plan.slices):
        above, missing = items.weighted(part, kind)
        np.add.at(sums[place], household, above)
        known[place, household[missing]] = False
    units: Wholes = sizes.astype(kind) * (items.scale * plan.denominator)
    first_rows = np.unique(household, return_index=True)[1]
    return CapitalTable(definition, ids, sums, known, units, first_rows)


class _Items:
    """The item columns of a table: what each distinct cell says, in units of 1/scale."""

    def __init__(
        self,
        columns: arrays.Columns,
        definition: CapitalDefinition,
        row_numbers: Sequence[int] | None,
    ) -> None:
        self._plan: Plan = plan_of(definition)
        self._definition = definition
        self._read: list[tuple[list[object], NDArray[np.int64]]] = []
        faults = arrays.Faults(row_numbers)
        decimals = 0
        for code in self._plan.codes:
            found, wrong, rows = arrays.readings(columns[code], self._score)
            arrays.note_wrong(faults, code, wrong, rows)
            decimals = max(decimals, *(_decimals(score) for score in found))
            self._read.append((found, rows.astype(np.int32)))
        faults.refuse(REMEDY)
        self.scale: int = 10**decimals

    def whole_kind(self, largest_household: int) -> type:
        """The numbers that hold every product exactly: the machine's, or Python's without end."""
        steps = max(unit for _, _, unit in self._plan.bounds)
        top = int(self._definition.score_max) + 1
        reach = largest_household * self.scale * self._plan.denominator * top
        reach *= steps * len(self._plan.capitals)
        return np.int64 if reach.bit_length() <= EXACT_BITS else object

    def weighted(self, part: slice, kind: type) -> tuple[Wholes, Flags]:
        """Weighted sum of a capital's items in each row, and whether one of them is missing."""
        above: Wholes | None = None
        missing: Flags | None = None
        for weight, (found, rows) in zip(self._plan.weights[part], self._read[part], strict=True):
            units: Wholes = np.array([self._units(score) * weight for score in found], dtype=kind)
            empty = np.array([score is None for score in found])
            above = units[rows] if above is None else above + units[rows]
            missing = empty[rows] if missing is None else missing | empty[rows]
        assert above is not None
        assert missing is not None
        return above, missing

    def _units(self, score: object) -> int:
        return int(score * self.scale) if isinstance(score, Decimal) else 0

    def _score(self, cell: object) -> Decimal | None:
        score = read_number(cell)
        if score is not None and not in_range(score, self._definition):
            raise ValueError(f"{cell} is {outside(self._definition)}")
        return score


def _decimals(score: object) -> int:
    return max(0, -int(score.as_tuple().exponent)) if isinstance(score, Decimal) else 0


def _or_null(values: NDArray[Any], empty: Flags) -> pa.Array:
    return pa.array(values, mask=empty)
