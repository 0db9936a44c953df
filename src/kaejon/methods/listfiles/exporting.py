"""Write lists that a spreadsheet may open without running anything in them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
REJECTED_SHEET = "แถวที่ต้องแก้ไข"
ROW_HEADER = "แถวในไฟล์เดิม"
REASON_HEADER = "เหตุผลและวิธีแก้ไข"
SHEET_DATA_ROWS = 1_048_575


def safe_cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula.

    Text that starts like one gets a leading apostrophe; numbers stay numbers.
    Source: OWASP, CSV injection.
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a CSV with byte order mark, as Thai spreadsheets expect. Output: rows written."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe_cell(name) for name in header])
        for row in rows:
            writer.writerow([safe_cell(value) for value in row])
            count += 1
    return count


def write_xlsx(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    sheet: str = "ข้อมูล",
    widths: Sequence[int] = (),
) -> int:
    """Write one sheet in constant memory, further sheets when it is full.

    Text is always written as text. Output: rows written.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    count = 0
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        page = None
        for row in rows:
            if count % SHEET_DATA_ROWS == 0:
                page = _new_page(book, sheet, count // SHEET_DATA_ROWS, header, widths, bold)
            _write_row(page, count % SHEET_DATA_ROWS + 1, row)
            count += 1
        if page is None:
            _new_page(book, sheet, 0, header, widths, bold)
    return count


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook. `name` is shortened and freed of what spreadsheets refuse."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]


def write_workbook(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write several sheets; numbers stay numbers, text is always written as text."""
    used: set[str] = set()
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for number, sheet in enumerate(sheets, 1):
            name = re.sub(r"[\[\]:*?/\\']", " ", sheet.name)[:31].strip() or str(number)
            if name.lower() in used:
                name = f"{name[:27]} {number}"
            used.add(name.lower())
            page = _new_page(book, name, 0, sheet.header, (44,), bold)
            for place, row in enumerate(sheet.rows, 1):
                _write_row(page, place, row)


def _new_page(
    book: xlsxwriter.Workbook,
    sheet: str,
    number: int,
    header: Sequence[str],
    widths: Sequence[int],
    bold: object,
) -> xlsxwriter.worksheet.Worksheet:
    page = book.add_worksheet(sheet if number == 0 else f"{sheet} {number + 1}")
    page.freeze_panes(1, 0)
    for column, name in enumerate(header):
        page.set_column(column, column, widths[column] if column < len(widths) else 16)
        page.write_string(0, column, str(safe_cell(name)), bold)
    return page


def _write_row(page: xlsxwriter.worksheet.Worksheet, number: int, row: Sequence[object]) -> None:
    for column, value in enumerate(row):
        safe = safe_cell(value)
        if isinstance(safe, str):
            page.write_string(number, column, safe)
        elif safe is not None:
            page.write(number, column, safe)


def write_rejected_xlsx(
    path: Path,
    header: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str], Sequence[str]]],
) -> int:
    """Give rejected rows back to their sender.

    Input: original row number, its cells, and the sentences that say why and what to do. The
    original columns stay first and in order, so that the mended file can be uploaded with the
    same mapping. Output: rows written.
    """
    names = [*header, ROW_HEADER, REASON_HEADER]
    width = len(header)
    lines = (
        [*cells[:width], *[""] * (width - len(cells)), number, "\n".join(reasons)]
        for number, cells, reasons in rows
    )
    widths = [*[16] * width, 14, 90]
    return write_xlsx(path, names, lines, sheet=REJECTED_SHEET, widths=widths)
