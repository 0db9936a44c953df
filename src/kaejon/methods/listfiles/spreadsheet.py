"""Rows of an XLSX sheet as text, with the numbers the spreadsheet shows."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from kaejon.methods.listfiles.container import Limits, file_kind
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.sheetxml import (
    SheetFacts,
    column_index,
    first_rows,
    survey_sheet,
    visible_sheets,
)

UNCOMPUTED = "#?"
"""The text of a cell whose formula has no stored result, or whose result is an error."""


def choose_sheet(path: Path, wanted: str | None, limits: Limits) -> tuple[str, SheetFacts, int]:
    """The sheet to read: the wanted one, else the first that has values.

    Output: name, facts, and how many other visible sheets have values. Refuses: NO_SUCH_SHEET,
    EMPTY_FILE and what `survey_sheet` refuses.
    """
    sheets = visible_sheets(path)
    if wanted is not None:
        part = dict(sheets).get(wanted)
        if part is None:
            names = ", ".join(name for name, _ in sheets)
            raise ListFileError("NO_SUCH_SHEET", sheet=wanted, sheets=names)
        return wanted, survey_sheet(path, part, limits), 0
    surveyed = [(name, survey_sheet(path, part, limits)) for name, part in sheets]
    filled = [(name, facts) for name, facts in surveyed if facts.last_row]
    if not filled:
        raise ListFileError("EMPTY_FILE")
    return (*filled[0], len(filled) - 1)


def rows(path: Path, sheet: str, uncomputed: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of every row that is not blank.

    Input: `uncomputed`, addresses of the cells whose value cannot be used.
    Refuses: BROKEN_FILE.
    """
    try:
        with CalamineWorkbook.from_path(path) as book:
            yield from _table_rows(book, sheet, uncomputed)
    except CalamineError as error:
        raise ListFileError("BROKEN_FILE") from error


def first_sheet(path: Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """The rows of a workbook's first sheet with values, as `rows` gives them.

    Refuses: WRONG_FILE_TYPE for anything but an XLSX, and what `choose_sheet` refuses.
    """
    kind = file_kind(path, limits)
    if kind != "xlsx":
        raise ListFileError("WRONG_FILE_TYPE", found=kind.upper())
    sheet, facts, _others = choose_sheet(path, None, limits)
    yield from rows(path, sheet, facts.uncomputed)


def head(
    path: Path, sheet: str, uncomputed: Sequence[str], count: int
) -> list[tuple[int, list[str]]]:
    """The first rows that are not blank, without opening the whole of a long sheet.

    Refuses: BROKEN_FILE.
    """
    part = dict(visible_sheets(path))[sheet]
    start = first_rows(path, part)
    if start is not None:
        try:
            with CalamineWorkbook.from_filelike(_with_part(path, part, start)) as book:
                found = list(islice(_table_rows(book, sheet, uncomputed), count))
        except CalamineError as error:
            raise ListFileError("BROKEN_FILE") from error
        if len(found) == count:
            return found
    return list(islice(rows(path, sheet, uncomputed), count))


def _with_part(path: Path, part: str, content: bytes) -> io.BytesIO:
    """The workbook with one worksheet replaced and the other worksheets left out."""
    copy = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as shortened:
        for name in archive.namelist():
            if name == part:
                shortened.writestr(name, content)
            elif not name.startswith(("xl/worksheets/", "xl/media/")):
                shortened.writestr(name, archive.read(name))
    copy.seek(0)
    return copy


def _table_rows(
    book: CalamineWorkbook, sheet: str, uncomputed: Sequence[str]
) -> Iterator[tuple[int, list[str]]]:
    broken = _by_row(uncomputed)
    table = book.get_sheet_by_name(sheet)
    offset = table.start[1] if table.start else 0
    for number, values in enumerate(table.iter_rows(), start=1):
        cells = [""] * offset + [_text(value) for value in values]
        if number in broken:
            _mark(cells, broken[number])
        if any(cells):
            yield number, cells


def _by_row(addresses: Sequence[str]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for address in addresses:
        letters = address.rstrip("0123456789")
        if letters and letters != address:
            found.setdefault(int(address[len(letters) :]), []).append(column_index(letters))
    return found


def _mark(cells: list[str], columns: list[int]) -> None:
    for column in columns:
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = UNCOMPUTED


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)
