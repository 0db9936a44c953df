"""Look into an uploaded list and read its rows one by one.

`inspect` decides once how the file is to be read; `iter_rows` then gives the rows with
the numbers the spreadsheet shows, so that an error can be found by the person who sent it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from kaejon.methods.listfiles import parquet, spreadsheet, textfile
from kaejon.methods.listfiles.container import FileKind, Limits, file_kind
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.exporting import FORMULA_STARTS
from kaejon.methods.listfiles.headers import SEARCH_ROWS, Header, find_header
from kaejon.methods.listfiles.sheetxml import SheetFacts, column_letters

DEFAULT_LIMITS = Limits()
SAMPLE_ROWS = 20
SHOWN_RANGES = 10
HEAD_ROWS = SEARCH_ROWS + SAMPLE_ROWS


@dataclass(frozen=True)
class Notice:
    """Something the reader noticed and went on. `code` names a message, `params` fill it."""

    code: str
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TableInfo:
    """How a list is read and what it looks like.

    Meaning: `header_row` is the 1-based number of the last header row; `header` has one name
    per column, empty where a column has none (its cells are not read); `sample` holds the first
    data rows with their numbers; `row_estimate` counts data rows, exact or a little too high.
    """

    kind: FileKind
    filename: str
    encoding: str
    delimiter: str
    sheet: str
    header_row: int
    header: tuple[str, ...]
    sample: tuple[tuple[int, tuple[str, ...]], ...]
    row_estimate: int
    warnings: tuple[Notice, ...]
    uncomputed: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The description as a JSON-ready document."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> TableInfo:
        """The description back from `to_json`."""
        return cls(
            **{
                **document,
                "header": tuple(document["header"]),
                "sample": tuple((number, tuple(cells)) for number, cells in document["sample"]),
                "warnings": tuple(Notice(**item) for item in document["warnings"]),
                "uncomputed": tuple(document["uncomputed"]),
            }
        )


def inspect(
    path: Path, filename: str, *, sheet: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> TableInfo:
    """Decide how a list is read and show what it looks like.

    Refuses (ListFileError): a file of another type, empty, broken, protected, too large or
    unsafe; no header; the same header twice; a header without rows below it.
    """
    kind = file_kind(path, limits)
    if kind == "xlsx":
        return _inspect_spreadsheet(path, filename, sheet, limits)
    if kind == "csv":
        return _inspect_text(path, filename, limits)
    head = list(islice(parquet.rows(path, limits), HEAD_ROWS))
    total = parquet.count(path) + 1
    blank = TableInfo("parquet", filename, "", "", "", 0, (), (), total, ())
    return _described(blank, head, [])


def _inspect_text(path: Path, filename: str, limits: Limits) -> TableInfo:
    form = textfile.read_form(path)
    head = list(islice(textfile.rows(path, form, limits), HEAD_ROWS))
    blank = TableInfo("csv", filename, form.encoding, form.delimiter, "", 0, (), (), form.lines, ())
    info = _described(blank, head, [])
    for _ in islice(_numbered_rows(path, info, limits), HEAD_ROWS):
        pass  # now that the header is known, refuse what does not fit it
    return info


def _inspect_spreadsheet(path: Path, filename: str, sheet: str | None, limits: Limits) -> TableInfo:
    name, facts, others = spreadsheet.choose_sheet(path, sheet, limits)
    notices = []
    if others:
        notices.append(Notice("OTHER_SHEETS", {"sheet": name, "count": str(others)}))
    if facts.formulas:
        cells = ", ".join(facts.formula_examples)
        notices.append(Notice("FORMULA_CELLS", {"count": str(facts.formulas), "cells": cells}))
    uncomputed = tuple(facts.uncomputed)
    head = spreadsheet.head(path, name, uncomputed, HEAD_ROWS)
    blank = TableInfo(
        "xlsx", filename, "", "", name, 0, (), (), facts.last_row, (), uncomputed=uncomputed
    )
    info = _described(blank, head, notices)
    return replace(info, warnings=(*info.warnings, *_hidden(facts, info)))


def _hidden(facts: SheetFacts, info: TableInfo) -> Iterator[Notice]:
    """What the sender does not see and yet is read: rows below the header, named columns."""
    rows = [[max(a, info.header_row + 1), b] for a, b in facts.hidden_rows if b > info.header_row]
    if rows:
        count = sum(last - first + 1 for first, last in rows)
        shown = [str(a) if a == b else f"{a}-{b}" for a, b in rows[:SHOWN_RANGES]]
        more = ", …" if len(rows) > SHOWN_RANGES else ""
        yield Notice("HIDDEN_ROWS", {"count": str(count), "rows": ", ".join(shown) + more})
    columns = [
        f"{column_letters(place)} ({name})"
        for place, name in enumerate(info.header)
        if name and any(first <= place + 1 <= last for first, last in facts.hidden_columns)
    ]
    if columns:
        yield Notice("HIDDEN_COLUMNS", {"columns": ", ".join(columns)})


def _described(
    blank: TableInfo, head: Sequence[tuple[int, list[str]]], notices: list[Notice]
) -> TableInfo:
    """`blank` with its header, sample and notices; its row estimate so far counts all rows."""
    if not head:
        raise ListFileError("EMPTY_FILE")
    header = find_header(head)
    sample = [(n, tuple(cells)) for n, cells in head if n > header.row][:SAMPLE_ROWS]
    if not sample:
        raise ListFileError("NO_ROWS", row=header.row)
    unnamed = _unnamed_columns(header, sample)
    if unnamed:
        notices = [*notices, Notice("UNNAMED_COLUMNS", {"columns": ", ".join(unnamed)})]
    return replace(
        blank,
        header_row=header.row,
        header=header.names,
        sample=tuple(sample),
        row_estimate=max(blank.row_estimate - header.row, len(sample)),
        warnings=tuple(notices),
    )


def _unnamed_columns(header: Header, sample: Sequence[tuple[int, tuple[str, ...]]]) -> list[str]:
    width = max(len(cells) for _, cells in sample)
    names = [*header.names, *[""] * (width - len(header.names))]
    return [
        column_letters(column)
        for column in range(width)
        if not names[column] and any(cells[column] for _, cells in sample if column < len(cells))
    ]


def iter_rows(
    path: Path, info: TableInfo, *, limits: Limits = DEFAULT_LIMITS
) -> Iterator[tuple[int, list[str]]]:
    """The data rows of a list in file order: 1-based row number and the cells as text.

    Every row has exactly one cell per column of `info.header`; blank rows are left out; a cell
    without a usable value reads `spreadsheet.UNCOMPUTED`. Refuses: TOO_MANY_ROWS.
    """
    width = len(info.header)
    count = 0
    for number, cells in _numbered_rows(path, info, limits):
        if number <= info.header_row or not any(cells[:width]):
            continue
        count += 1
        if count > limits.data_rows:
            raise ListFileError(
                "TOO_MANY_ROWS", row=number, found=f"> {limits.data_rows}", limit=limits.data_rows
            )
        if len(cells) != width:
            cells = [*cells[:width], *[""] * (width - len(cells))]
        if "'" in "".join(cells):
            cells = [_without_guard(cell) for cell in cells]
        yield number, cells


def _without_guard(cell: str) -> str:
    """The cell without the apostrophe that marks text in an export (`exporting.safe_cell`)."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _numbered_rows(path: Path, info: TableInfo, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    if info.kind == "xlsx":
        return spreadsheet.rows(path, info.sheet, info.uncomputed)
    if info.kind == "csv":
        form = textfile.TextForm(info.encoding, info.delimiter, 0)
        return textfile.rows(path, form, limits, header_row=info.header_row, width=len(info.header))
    return parquet.rows(path, limits)
