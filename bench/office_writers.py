"""One book, written by programs that share no code: openpyxl, xlsxwriter, raw XML and CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import xlsxwriter
from openpyxl.utils import get_column_letter

from bench.office_cells import Cell

EPOCH = dt.datetime(1899, 12, 30)


@dataclass
class Sheet:
    """A sheet as typed: rows of cells, ranges merged (top, left, bottom, right; from 0)."""

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    filtered: tuple[int, int, int, int] | None = None
    hidden: bool = False

    @property
    def width(self) -> int:
        """Columns of the widest row."""
        return max(map(len, self.rows), default=0)


def to_openpyxl(sheets: list[Sheet], rng: random.Random) -> bytes:
    """Written by openpyxl; it keeps no result of a formula, so formulas are left as values."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        for number, row in enumerate(sheet.rows, 1):
            for column, cell in enumerate(row, 1):
                if cell.value is None:
                    continue
                placed = page.cell(number, column, cell.value)
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    placed.data_type = "s"
                if cell.shown:
                    placed.number_format = cell.shown
        for top, left, bottom, right in sheet.merged:
            page.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
        for number in sheet.hidden_rows:
            page.row_dimensions[number + 1].hidden = True
        for column in sheet.hidden_columns:
            page.column_dimensions[get_column_letter(column + 1)].hidden = True
        if sheet.filtered:
            page.auto_filter.ref = _range(sheet.filtered)
        page.sheet_state = "hidden" if sheet.hidden else "visible"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def to_xlsxwriter(sheets: list[Sheet], rng: random.Random) -> bytes:
    """Written by xlsxwriter; shared strings, or strings in the cells as its constant memory does."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(stream, options)
    formats: dict[str, Any] = {}
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for top, left, bottom, right in sheet.merged:
            page.merge_range(top, left, bottom, right, "")
        for number, row in enumerate(sheet.rows):
            for column, cell in enumerate(row):
                style = None
                if cell.shown:
                    style = formats.setdefault(cell.shown, None) or book.add_format(
                        {"num_format": cell.shown}
                    )
                    formats[cell.shown] = style
                _write(page, number, column, cell, style)
        for number in sheet.hidden_rows:
            page.set_row(number, None, None, {"hidden": True})
        for column in sheet.hidden_columns:
            page.set_column(column, column, None, None, {"hidden": True})
        if sheet.filtered:
            page.autofilter(*sheet.filtered)
        if sheet.hidden:
            page.hide()
    book.close()
    return stream.getvalue()


def _write(page: Any, row: int, column: int, cell: Cell, style: Any) -> None:
    """One cell; a formula keeps its result."""
    value = cell.value
    if value is None:
        return
    if cell.formula:
        page.write_formula(row, column, "=" + cell.formula, style, value)
    elif isinstance(value, dt.date):
        page.write_datetime(row, column, value, style)
    elif isinstance(value, str):
        page.write_string(row, column, value, style)
    else:
        page.write(row, column, value, style)


# -- raw XML -------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def to_xml(sheets: list[Sheet], rng: random.Random) -> bytes:
    """Written by hand, as scripts, phones and foreign programs do.

    One of: shared strings, strings in the cells, text cut into runs as a paste from Word leaves
    it, a namespace prefix, cells and rows without addresses.
    """
    pen = _Pen(
        prefix=rng.choice(("", "", "x:")),
        shared=rng.random() < 0.5,
        runs=rng.random() < 0.4,
        addresses=rng.random() < 0.7,
    )
    pages = [pen.sheet(sheet) for sheet in sheets]
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": pen.workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
            + [("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]
        ),
        **{f"xl/worksheets/sheet{n}.xml": page for n, page in enumerate(pages, 1)},
        "xl/styles.xml": pen.styles(),
        "xl/sharedStrings.xml": pen.strings(),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            archive.writestr(zipfile.ZipInfo(name, (2025, 6, 30, 8, 0, 0)), head + text)
    return stream.getvalue()


class _Pen:
    """Writes sheets as XML and remembers strings and formats."""

    def __init__(self, *, prefix: str, shared: bool, runs: bool, addresses: bool):
        self.prefix = prefix
        self.shared = shared
        self.runs = runs
        self.addresses = addresses
        self.texts: dict[str, int] = {}
        self.formats: dict[str, int] = {"": 0}

    def tag(self, name: str, inside: str = "", /, **attributes: object) -> str:
        """One element; attribute names lose a trailing underscore."""
        said = "".join(f" {key.rstrip('_')}={quoteattr(str(v))}" for key, v in attributes.items())
        if not inside:
            return f"<{self.prefix}{name}{said}/>"
        return f"<{self.prefix}{name}{said}>{inside}</{self.prefix}{name}>"

    def root(self, name: str, inside: str) -> str:
        """The outermost element with its namespaces."""
        own = f"xmlns:{self.prefix[:-1]}" if self.prefix else "xmlns"
        head = f'{self.prefix}{name} {own}="{MAIN}" xmlns:r="{RELATIONS}"'
        return f"<{head}>{inside}</{self.prefix}{name}>"

    def text(self, text: str) -> str:
        """The inside of a string, whole or in runs."""
        keep = ' xml:space="preserve"'
        parts = [text]
        if self.runs and len(text) > 3:
            parts = [text[: len(text) // 2], text[len(text) // 2 :]]
        shown = [f"<{self.prefix}t{keep}>{escape(part)}</{self.prefix}t>" for part in parts]
        return shown[0] if len(shown) == 1 else "".join(self.tag("r", part) for part in shown)

    def cell(self, row: int, column: int, cell: Cell) -> str:
        """One cell, or nothing where it is empty and addresses tell the others' place."""
        value = cell.value
        place = {"r": f"{get_column_letter(column + 1)}{row + 1}"} if self.addresses else {}
        if value is None:
            return "" if self.addresses else self.tag("c")
        style = self.formats.setdefault(cell.shown, len(self.formats))
        if style:
            place["s"] = str(style)
        if cell.formula:
            inside = self.tag("f", escape(cell.formula)) + self.tag("v", escape(str(value)))
            return self.tag("c", inside, **place, t="str")
        if isinstance(value, bool):
            return self.tag("c", self.tag("v", str(int(value))), **place, t="b")
        if isinstance(value, str) and self.shared:
            number = self.texts.setdefault(value, len(self.texts))
            return self.tag("c", self.tag("v", str(number)), **place, t="s")
        if isinstance(value, str):
            return self.tag("c", self.tag("is", self.text(value)), **place, t="inlineStr")
        return self.tag("c", self.tag("v", _plain_number(value)), **place)

    def sheet(self, sheet: Sheet) -> str:
        """A whole worksheet."""
        columns = "".join(
            self.tag("col", min=c + 1, max=c + 1, width=9, hidden=1)
            for c in sorted(sheet.hidden_columns)
        )
        rows = ""
        for number, row in enumerate(sheet.rows):
            place = {"r": number + 1} if self.addresses else {}
            if number in sheet.hidden_rows:
                place["hidden"] = 1
            rows += self.tag(
                "row", "".join(self.cell(number, c, x) for c, x in enumerate(row)), **place
            )
        inside = self.tag("cols", columns) if columns else ""
        inside += self.tag("sheetData", rows)
        if sheet.filtered:
            inside += self.tag("autoFilter", ref=_range(sheet.filtered))
        if sheet.merged:
            ranges = "".join(self.tag("mergeCell", ref=_range(area)) for area in sheet.merged)
            inside += self.tag("mergeCells", ranges, count=len(sheet.merged))
        return self.root("worksheet", inside)

    def workbook(self, sheets: list[Sheet]) -> str:
        """The list of sheets."""
        listed = ""
        for number, sheet in enumerate(sheets, 1):
            state = {"state": "hidden"} if sheet.hidden else {}
            known = {"name": sheet.name, "sheetId": number, **state, "r:id": f"rId{number}"}
            listed += self.tag("sheet", **known)
        return self.root("workbook", self.tag("sheets", listed))

    def styles(self) -> str:
        """The number formats in use, one cell style each."""
        shown = list(self.formats)[1:]
        formats = "".join(
            self.tag("numFmt", numFmtId=164 + n, formatCode=code) for n, code in enumerate(shown)
        )
        styles = self.tag("xf", numFmtId=0, fontId=0, fillId=0, borderId=0) + "".join(
            self.tag("xf", numFmtId=164 + n, fontId=0, fillId=0, borderId=0, applyNumberFormat=1)
            for n in range(len(shown))
        )
        plain = self.tag("xf", numFmtId=0, fontId=0, fillId=0, borderId=0)
        inside = self.tag("numFmts", formats, count=len(shown)) if shown else ""
        inside += self.tag("fonts", self.tag("font"), count=1)
        fills = "".join(
            self.tag("fill", self.tag("patternFill", patternType=p)) for p in ("none", "gray125")
        )
        inside += self.tag("fills", fills, count=2) + self.tag(
            "borders", self.tag("border"), count=1
        )
        inside += self.tag("cellStyleXfs", plain, count=1)
        inside += self.tag("cellXfs", styles, count=len(shown) + 1)
        normal = self.tag("cellStyle", name="Normal", xfId=0, builtinId=0)
        return self.root("styleSheet", inside + self.tag("cellStyles", normal, count=1))

    def strings(self) -> str:
        """The shared strings."""
        return self.root("sst", "".join(self.tag("si", self.text(text)) for text in self.texts))


def _plain_number(value: object) -> str:
    if isinstance(value, dt.datetime):
        gone = value - EPOCH
        return repr(gone.days + gone.seconds / 86400)
    if isinstance(value, dt.date):
        return str((value - EPOCH.date()).days)
    return repr(value)


def _range(area: tuple[int, int, int, int]) -> str:
    top, left, bottom, right = area
    first, last = get_column_letter(left + 1), get_column_letter(right + 1)
    return f"{first}{top + 1}:{last}{bottom + 1}"


def _content_types(sheets: int) -> str:
    parts = [
        ("/xl/workbook.xml", "sheet.main"),
        ("/xl/styles.xml", "styles"),
        ("/xl/sharedStrings.xml", "sharedStrings"),
        *((f"/xl/worksheets/sheet{n}.xml", "worksheet") for n in range(1, sheets + 1)),
    ]
    listed = "".join(
        f'<Override PartName="{name}" ContentType="{OFFICE}.{kind}+xml"/>' for name, kind in parts
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def _relations(parts: list[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(parts, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


# -- CSV -----------------------------------------------------------------------


def as_shown(cell: Cell) -> str:
    """What a spreadsheet puts into a CSV: the cell as it shows it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, dt.date):
        if "bbbb" in cell.shown:
            return f"{value.day}/{value.month}/{value.year + 543}"
        return (
            value.strftime("%-d-%b")
            if cell.shown == "d-mmm"
            else f"{value.day}/{value.month}/{value.year}"
        )
    if cell.shown == "#,##0":
        return f"{value:,}"
    if isinstance(value, int) and len(str(value)) > 11 and not cell.shown:
        return f"{value:.5E}"
    return str(value)


def to_csv(
    sheet: Sheet,
    encoding: str,
    delimiter: str,
    *,
    plain_quotes: bool = False,
    padded: bool = True,
) -> bytes:
    """A sheet as text; merged cells keep their value in the first one only.

    `plain_quotes` leaves a quotation mark or delimiter inside a cell as it is, as hand-made
    exports do. Excel pads short rows with delimiters, scripts do not (`padded`).
    """
    stream = io.StringIO(newline="")
    rows = [[as_shown(cell) for cell in row] for row in sheet.rows]
    if padded:
        rows = [row + [""] * (sheet.width - len(row)) for row in rows]
    if plain_quotes:
        stream.write("".join(delimiter.join(row) + "\r\n" for row in rows))
    else:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue().encode(encoding)


WORKBOOKS: dict[str, Callable[[list[Sheet], random.Random], bytes]] = {
    "openpyxl": to_openpyxl,
    "xlsxwriter": to_xlsxwriter,
    "xml": to_xml,
}
