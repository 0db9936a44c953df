"""Read a table file for the command line: CSV, XLSX or Parquet, one header row, text cells.

Unlike an uploaded list, whose headers are searched for and mapped, a table for `kaejon
measure` or `match` has exactly the column names of its contract in its first row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Literal

from kaejon.methods.cells import CellProblem, read_number, refuse_cells
from kaejon.methods.errors import DataError, UsageError
from kaejon.methods.listfiles import parquet, spreadsheet, textfile
from kaejon.methods.listfiles.container import Limits, file_kind
from kaejon.methods.thai.names import clean

LIMITS = Limits(data_rows=50_000_000, columns=2_000, cells=2_000_000_000)
SHOWN_NAMES = 12

NumberedRow = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of text cells ("" when empty), all of one length.

    `row_numbers` are those the file shows, header included; `unused` names columns of the
    file that were not asked for; `headings` gives each column's name as the file writes it.
    """

    columns: dict[str, list[str]]
    row_numbers: list[int]
    unused: tuple[str, ...] = ()
    headings: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.row_numbers)

    def rows(self) -> Iterator[dict[str, str]]:
        """The rows in file order, each by column name."""
        names = list(self.columns)
        for cells in zip(*self.columns.values(), strict=True):
            yield dict(zip(names, cells, strict=True))

    def numbers(self, name: str) -> list[Decimal | None]:
        """One column as exact numbers, None where empty; Thai digits are accepted.

        Refuses (DataError) cells that are not numbers, naming their rows.
        """
        readings: dict[str, Decimal | None] = {}
        faults: dict[str, str] = {}
        for cell in set(self.columns[name]):
            try:
                readings[cell] = read_number(cell)
            except ValueError as error:
                faults[cell] = str(error)
        refuse_cells(
            [
                CellProblem(row, name, faults[cell])
                for row, cell in zip(self.row_numbers, self.columns[name], strict=True)
                if cell in faults
            ],
            "Write a plain number such as 12 or 12.5.",
        )
        return [readings[cell] for cell in self.columns[name]]


def read_table(
    path: Path | str,
    *,
    required: Sequence[str] = (),
    optional: Sequence[str] | None = None,
    others: Literal["refuse", "ignore"] = "refuse",
) -> Table:
    """Read the table in a file.

    Input: names of the columns that must and may be there (`optional=None`: any other column
    is kept); letter case and spaces around a name do not matter. Refuses (UsageError): no
    such file. Refuses (DataError): another kind of file, an empty table, a nameless or
    repeated column, a missing column, with `others="refuse"` an unknown one, a row with more
    or fewer cells than the header.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError("file_not_found", f"There is no file {path}.", remedy="Check the path.")
    kind = file_kind(path, LIMITS)
    rows = _numbered_rows(path, kind)
    header_row, headings = _header(rows)
    names = [heading.casefold() for heading in headings]
    _require(names, required)
    kept = _kept(names, required, optional, others)
    columns, numbers = _fill(rows, len(names), kept)
    if not numbers:
        raise DataError(
            "no_rows",
            f"The table has a header in row {header_row} and no rows below it.",
            remedy="Give at least one row of data.",
        )
    unused = tuple(name for name in names if name and name not in columns)
    return Table(columns, numbers, unused, dict(zip(names, headings, strict=True)))


def _numbered_rows(path: Path, kind: str) -> Iterator[NumberedRow]:
    """Row numbers and cells of all rows that are not blank."""
    if kind == "xlsx":
        sheet, facts, _ = spreadsheet.choose_sheet(path, None, LIMITS)
        return iter(spreadsheet.rows(path, sheet, tuple(facts.uncomputed)))
    if kind == "parquet":
        return iter(parquet.rows(path, LIMITS))
    return iter(textfile.rows(path, textfile.read_form(path), LIMITS, header_row=0))


def _header(rows: Iterator[NumberedRow]) -> tuple[int, list[str]]:
    number, cells = next(rows, (0, []))
    headings = [clean(cell) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    names = [heading.casefold() for heading in headings]
    if not names:
        raise DataError(
            "empty_table", "The table is empty.", remedy="Write column names in the first row."
        )
    nameless = [str(place) for place, name in enumerate(names, start=1) if not name]
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if nameless or repeated:
        problem = f"columns {_listed(nameless)} have no name" if nameless else ""
        problem = problem or f"repeated columns: {_listed(repeated)}"
        raise DataError(
            "bad_header",
            f"Header in row {number}: {problem}.",
            remedy="Give every column a name of its own.",
            row=number,
        )
    return number, headings


def _require(names: Sequence[str], required: Iterable[str]) -> None:
    missing = [name for name in required if name not in names]
    if missing:
        raise DataError(
            "missing_columns",
            f"The table lacks {len(missing)} columns: {_listed(missing)}.",
            remedy="Name the columns in the first row exactly so.",
            columns=missing,
        )


def _kept(
    names: Sequence[str],
    required: Sequence[str],
    optional: Sequence[str] | None,
    others: str,
) -> dict[str, int]:
    """Columns to keep and their places in the file."""
    places = {name: place for place, name in enumerate(names)}
    if optional is None:
        return places
    known = {*required, *optional}
    unknown = [name for name in names if name not in known]
    if unknown and others == "refuse":
        raise DataError(
            "unknown_columns",
            f"The table has unknown columns: {_listed(unknown)}.",
            remedy=f"Allowed are {_listed(sorted(known), len(known))}; remove or rename the rest.",
            columns=unknown,
        )
    return {name: place for name, place in places.items() if name in known}


def _fill(
    rows: Iterable[NumberedRow], width: int, kept: dict[str, int]
) -> tuple[dict[str, list[str]], list[int]]:
    columns: dict[str, list[str]] = {name: [] for name in kept}
    targets = [(columns[name].append, place) for name, place in kept.items()]
    numbers: list[int] = []
    for number, cells in rows:
        if len(cells) != width:
            cells = _fitted(number, cells, width)
        numbers.append(number)
        for append, place in targets:
            append(cells[place])
    return columns, numbers


def _fitted(number: int, cells: list[str], width: int) -> list[str]:
    """Cells cut or filled to the width of the header, when nothing is lost by it."""
    if any(cells[width:]):
        raise DataError(
            "RAGGED_ROW",
            f"Row {number} has {len(cells)} cells, the header {width}.",
            remedy="Give every column a name, or clear the cells to the right of the table.",
            row=number,
        )
    return [*cells[:width], *[""] * (width - len(cells))]


def _listed(names: Sequence[str], most: int = SHOWN_NAMES) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
