"""Columns of a table as arrays: each distinct cell is read once, faults are told by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from kaejon.methods.cells import SHOWN_PROBLEMS, CellProblem, read_flag, read_number, refuse_cells
from kaejon.methods.engine import integers
from kaejon.methods.errors import DataError

Columns = Mapping[str, Sequence[object]]
FIRST_DATA_ROW = 2


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
    encoded = _arrow(columns[name]).dictionary_encode()
    codes = integers(encoded.indices.fill_null(len(encoded.dictionary)))
    distinct = [*encoded.dictionary.to_pylist(), *([None] if encoded.null_count else [])]
    return tuple(distinct), codes


def _arrow(cells: Sequence[object]) -> pa.Array:
    """Cells as one array; cells of mixed types become text."""
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
    distinct, codes = labels(columns, name)
    values = np.empty(len(distinct), dtype=object)
    faults: dict[int, str] = {}
    for code, cell in enumerate(distinct):
        try:
            values[code] = read(cell)
            if values[code] is None:
                faults[code] = "is empty"
        except ValueError as error:
            faults[code] = str(error)
    problems = []
    for code, fault in faults.items():
        for place in np.flatnonzero(codes == code)[:SHOWN_PROBLEMS].tolist():
            row = row_numbers[place] if row_numbers is not None else place + FIRST_DATA_ROW
            problems.append(CellProblem(row, name, fault))
    refuse_cells(problems, remedy)
    return values[codes]
