"""Nothing that is exported runs as a formula, and rejected rows can be mended and sent again."""

from __future__ import annotations

import csv
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods.listfiles import exporting
from kaejon.methods.listfiles.exporting import (
    FORMULA_STARTS,
    safe_cell,
    write_csv,
    write_rejected_xlsx,
    write_xlsx,
)
from kaejon.methods.listfiles.reading import inspect, iter_rows

DANGEROUS = ["=1+1", "+66", "-2+3", "@SUM(A1)", "\tx", "\rx", " =1", "＝1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_a_spreadsheet_would_run_is_neutralised(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["สมใจ", "12/3", "", -5, 2.5, None, True])
def test_harmless_values_are_left_alone(value):
    assert safe_cell(value) == value


@given(st.text())
def test_no_exported_text_starts_a_formula(text):
    assert not str(safe_cell(text)).lstrip(" ").startswith(FORMULA_STARTS)


def test_a_csv_has_a_byte_order_mark_and_no_formulas(tmp_path):
    path = tmp_path / "out.csv"
    assert write_csv(path, ["ชื่อ", "=x"], [["สมใจ", text] for text in DANGEROUS]) == len(DANGEROUS)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["ชื่อ", "'=x"]
    assert [row[1] for row in rows[1:]] == [f"'{text}" for text in DANGEROUS]


def test_a_workbook_holds_text_never_formulas(tmp_path):
    path = tmp_path / "out.xlsx"
    write_xlsx(path, ["ชื่อ", "เว็บ"], [["=1+1", "http://example.org"], ["x", 5]])
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")
    assert not any("rels" in name and "sheet1" in name for name in names)


def test_a_full_sheet_goes_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "SHEET_DATA_ROWS", 2)
    path = tmp_path / "out.xlsx"
    assert write_xlsx(path, ["n"], [[n] for n in range(5)]) == 5
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["ข้อมูล", "ข้อมูล 2", "ข้อมูล 3"]
    assert [[c.value for c in row] for row in book["ข้อมูล 3"].rows] == [["n"], [4]]


def test_an_export_without_rows_still_has_its_header(tmp_path):
    path = tmp_path / "out.xlsx"
    assert write_xlsx(path, ["ชื่อ"], []) == 0
    assert openpyxl.load_workbook(path).active["A1"].value == "ชื่อ"


def test_rejected_rows_come_back_with_reasons_and_can_be_uploaded_again(tmp_path):
    path = tmp_path / "rejected.xlsx"
    header = ["ชื่อ", "นามสกุล", "วันเกิด"]
    rejected = [(12, ["สมใจ", "-", "31/02/2510"], ["เหตุหนึ่ง", "เหตุสอง"]), (15, ["=x"], ["เหตุ"])]
    assert write_rejected_xlsx(path, header, rejected) == 2
    info = inspect(path, path.name)
    assert info.header == (*header, "แถวในไฟล์เดิม", "เหตุผลและวิธีแก้ไข")
    assert list(iter_rows(path, info)) == [
        (2, ["สมใจ", "-", "31/02/2510", "12", "เหตุหนึ่ง\nเหตุสอง"]),
        (3, ["=x", "", "", "15", "เหตุ"]),
    ]
