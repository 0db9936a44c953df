"""Columns of a table as arrays: each distinct cell is read once, faults are told by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kaejon.methods.cells import SHOWN_PROBLEMS, CellProblem, read_flag, read_number, refuse_cells
from kaejon.methods.engine import integers
from kaejon.methods.errors import DataError

Cells: TypeAlias = Sequence[object] | pa.Array | pa.ChunkedArray
Columns = Mapping[str, Cells]
FIRST_DATA_ROW = 2
REPEATED_PERSON = "Keep one row per person: remove the repeated rows."


class Faults:
    """Unusable cells gathered over several columns: the first of each column, and how many."""

    def __init__(self, row_numbers: Sequence[int] | None = None) -> None:
        self._row_numbers = row_numbers
        self._listed: list[CellProblem] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def row(self, place: int) -> int:
        """Number of a row as its file shows it."""
        return self._row_numbers[place] if self._row_numbers is not None else place + FIRST_DATA_ROW

    def add(self, name: str, places: NDArray[np.int64], problem: Callable[[int], str]) -> None:
        """Note the rows at `places` of a column; `problem` says what is wrong at one of them."""
        self._count += len(places)
        for place in places[:SHOWN_PROBLEMS].tolist():
            self._listed.append(CellProblem(self.row(place), name, problem(place)))

    def refuse(self, remedy: str) -> None:
        """Raise one DataError that tells them in file order; nothing when there are none."""
        refuse_cells(self._listed, remedy, count=self._count)


def flags(
    columns: Columns, name: str, row_numbers: Sequence[int] | None = None
) -> NDArray[np.bool_]:
    """A column of 1 and 0. Refuses: an absent column, a cell that is neither or empty."""
    return _read(columns, name, row_numbers, read_flag, "Write 1 for yes and 0 for no.").astype(
        np.bool_
    )


def numbers(
    columns: Columns, name: str, row_numbers: Sequence[int] | None = None
) -> NDArray[np.float64]:
    """A column of numbers of 0 or more. Refuses: an absent column, any other cell."""
    return _read(columns, name, row_numbers, _read_amount, "Write a number of 0 or more.").astype(
        np.float64
    )


def labels(columns: Columns, name: str) -> tuple[tuple[object, ...], NDArray[np.int64]]:
    """Distinct values of a column in order of appearance, and the code of each row."""
    _require(columns, name)
    return encode(columns[name])


def encode(cells: Cells) -> tuple[tuple[object, ...], NDArray[np.int64]]:
    """Distinct cells in order of appearance (None last), and the code of each row."""
    encoded = arrow(cells).dictionary_encode()
    distinct, indices = encoded.dictionary.to_pylist(), encoded.indices
    if indices.null_count:
        indices = indices.fill_null(len(distinct))
        distinct.append(None)
    return tuple(distinct), integers(indices)


def identifiers(columns: Columns, name: str, faults: Faults) -> tuple[pa.Array, NDArray[np.int64]]:
    """Distinct identifiers as trimmed text, in order of appearance, and the code of each row.

    Empty cells become faults.
    """
    text = trimmed(columns[name])
    encoded = text.dictionary_encode()
    codes = integers(encoded.indices)
    empty = pc.index(encoded.dictionary, "").as_py()
    if empty >= 0:
        faults.add(name, np.flatnonzero(codes == empty), lambda _: "the cell is empty")
    return encoded.dictionary, codes


def trimmed(cells: Cells) -> pa.Array:
    """Cells as text without spaces around, "" where empty."""
    return pc.utf8_trim_whitespace(arrow(cells).cast(pa.string())).fill_null("")


def refuse_repeats(
    household: NDArray[np.int64],
    columns: Columns,
    name: str,
    row_numbers: Sequence[int] | None,
) -> None:
    """Refuse a person who stands twice in one household; empty cells are nobody's."""
    people, person = identifiers(columns, name, Faults())
    key = household * len(people) + person
    named = np.flatnonzero(np.asarray(person != pc.index(people, "").as_py()))
    _, first, back = np.unique(key[named], return_index=True, return_inverse=True)
    first_row = named[first][back]
    faults = Faults(row_numbers)
    again = np.flatnonzero(first_row != named)

    def told(place: int) -> str:
        row = faults.row(int(first_row[np.searchsorted(named, place)]))
        return f"{people[int(person[place])]} is already in row {row} of the same household"

    faults.add(name, named[again], told)
    faults.refuse(REPEATED_PERSON)


def readings(
    cells: Cells, read: Callable[[object], object]
) -> tuple[list[object], dict[int, str], NDArray[np.int64]]:
    """What each distinct cell says, what is wrong with some of them, and the code of each row."""
    distinct, codes = encode(cells)
    values: list[object] = []
    wrong: dict[int, str] = {}
    for code, cell in enumerate(distinct):
        try:
            values.append(read(cell))
        except ValueError as error:
            values.append(None)
            wrong[code] = str(error)
    return values, wrong, codes


def note_wrong(
    faults: Faults, name: str, wrong: Mapping[int, str], codes: NDArray[np.int64]
) -> None:
    """Add to the faults every row whose cell could not be read."""
    if wrong:
        places = np.flatnonzero(np.isin(codes, list(wrong)))
        faults.add(name, places, lambda place: wrong[int(codes[place])])


def arrow(cells: Cells) -> pa.Array:
    """Cells as one array; cells of mixed types become text, short floats their short decimals."""
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    if isinstance(cells, pa.Array):
        kind = cells.type.value_type if pa.types.is_dictionary(cells.type) else cells.type
        plain = pa.string() if kind in (pa.float16(), pa.float32()) else kind
        return cells.cast(plain)
    try:
        return pa.array(cells)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if cell is None else str(cell) for cell in cells])


def _read_amount(cell: object) -> float | None:
    number = read_number(cell)
    if number is not None and number < 0:
        raise ValueError(f"{cell!r} is below 0")
    return None if number is None else float(number)


def _require(columns: Columns, name: str) -> None:
    if name not in columns:
        raise DataError(
            "missing_columns",
            f"The table lacks the column {name!r}.",
            remedy="Name the columns in the first row exactly so.",
            columns=[name],
        )
    if not len(columns[name]):
        raise DataError("no_rows", "The table has no rows.", remedy="Give at least one row.")


def _read(
    columns: Columns,
    name: str,
    row_numbers: Sequence[int] | None,
    read: Callable[[object], object],
    remedy: str,
) -> NDArray[np.object_]:
    _require(columns, name)
    found, wrong, codes = readings(columns[name], read)
    wrong = {code: "is empty" for code, value in enumerate(found) if value is None} | wrong
    faults = Faults(row_numbers)
    note_wrong(faults, name, wrong, codes)
    faults.refuse(remedy)
    values = np.empty(len(found), dtype=object)
    values[:] = found
    return values[codes]
