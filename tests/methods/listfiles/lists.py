"""Small synthetic lists for the tests."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from kaejon.methods.listfiles.areas import OfficialBook
from kaejon.methods.listfiles.mapping import ListKind, Mapping, guess
from kaejon.methods.listfiles.rows import CanonicalRow, RowContext, normalise
from kaejon.methods.thai import national_id

TODAY = dt.date(2026, 11, 21)
BOOK = OfficialBook()
VALID_PIN = national_id.generate("333010000001")
TAMBON = "330103"
PERSON = {
    "เลขประจำตัวประชาชน": VALID_PIN,
    "คำนำหน้า": "นาง",
    "ชื่อ": "สมใจ",
    "นามสกุล": "ทดสอบดี",
    "วันเกิด": "12/03/2510",
    "เพศ": "หญิง",
    "บ้านเลขที่": "12/3",
    "หมู่ที่": "4",
    "รหัสตำบล": TAMBON,
}


def context(kind: ListKind = "tpmap", year_be: int = 2563) -> RowContext:
    return RowContext(kind, year_be, TODAY, BOOK)


def read(cells: dict[str, str], kind: ListKind = "tpmap", **constants: str) -> CanonicalRow:
    """One row under the mapping that its own headers suggest."""
    mapping = Mapping(guess(list(cells), kind).mapping.columns, constants)
    return normalise(7, cells, mapping, context(kind))


def codes(row: CanonicalRow) -> dict[str, str]:
    return {issue.code: issue.severity for issue in row.issues}


def write_sheet(path: Path, rows: Sequence[Sequence[object]], **sheets: Sequence) -> Path:
    book = xlsxwriter.Workbook(str(path))
    for name, lines in {"รายชื่อ": rows, **sheets}.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(lines):
            for column, value in enumerate(row):
                if value is not None:
                    page.write(number, column, value)
    book.close()
    return path


def write_zip(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def workbook_parts(sheet: bytes) -> dict[str, bytes]:
    """The parts of a minimal XLSX whose only worksheet is `sheet`."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet("ก")
    with zipfile.ZipFile(buffer) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return {**parts, "xl/worksheets/sheet1.xml": sheet}


def sheet_xml(rows: str, start: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{start}'
        f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    ).encode()
