"""Lists as offices save them are read with the row numbers the spreadsheet shows."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from kaejon.methods.listfiles.reading import TableInfo, inspect, iter_rows
from kaejon.methods.listfiles.spreadsheet import UNCOMPUTED
from tests.methods.listfiles.lists import sheet_xml, workbook_parts, write_sheet, write_zip

HEADER = ["ชื่อ", "นามสกุล", "บ้านเลขที่"]
LINES = [["สมใจ", "ทดสอบดี", "๑๒/๓"], ["บุญมี", "ใจงาม", "7"]]


def read_all(path: Path) -> tuple[TableInfo, list[tuple[int, list[str]]]]:
    info = inspect(path, path.name)
    return info, list(iter_rows(path, info))


@pytest.mark.parametrize(
    ("encoding", "detected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp874", "cp874"),
        ("tis-620", "cp874"),
        ("utf-16", "utf-16"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_any_encoding_and_with_any_separator(
    tmp_path, encoding, detected, delimiter
):
    text = "\r\n".join(delimiter.join(row) for row in [HEADER, *LINES])
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    info, rows = read_all(path)
    assert (info.encoding, info.delimiter, info.header) == (detected, delimiter, tuple(HEADER))
    assert rows == [(2, LINES[0]), (3, LINES[1])]


def test_line_breaks_inside_quotes_do_not_shift_row_numbers(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('ชื่อ,นามสกุล,หมายเหตุ\nสมใจ,ทดสอบดี,"สอง\nบรรทัด, มีจุลภาค"\nบุญมี,ใจงาม,\n', "utf-8")
    _, rows = read_all(path)
    assert rows == [
        (2, ["สมใจ", "ทดสอบดี", "สอง\nบรรทัด, มีจุลภาค"]),
        (3, ["บุญมี", "ใจงาม", ""]),
    ]


def test_a_spreadsheet_keeps_long_numbers_dates_and_truth_values_as_text(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 1, ["ชื่อ", "เลขบัตรประชาชน", "วันเกิด", "คะแนน", "ลงทะเบียน"])
        page.write_row(1, 1, ["สมใจ", 3330100000019])
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_datetime(1, 3, dt.datetime(1967, 3, 12), day)
        page.write(1, 4, 2.5)
        page.write_boolean(1, 5, True)
    info, rows = read_all(path)
    assert info.header[0] == ""
    assert rows == [(2, ["", "สมใจ", "3330100000019", "1967-03-12", "2.5", "1"])]


def test_titles_above_the_header_are_skipped(tmp_path):
    path = write_sheet(
        tmp_path / "list.xlsx",
        [["รายชื่อผู้เดือดร้อน ปี 2563"], [], ["อำเภอสมมติ"], HEADER, *LINES],
    )
    info, rows = read_all(path)
    assert info.header_row == 4
    assert [number for number, _ in rows] == [5, 6]


def test_a_header_merged_over_two_rows_is_joined(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, 5, "บัญชีครัวเรือน")
        page.merge_range(1, 0, 2, 0, "ลำดับ")
        page.merge_range(1, 1, 1, 2, "ผู้เดือดร้อน")
        page.merge_range(1, 3, 1, 5, "ที่อยู่")
        page.write_row(2, 1, ["ชื่อ", "นามสกุล", "บ้านเลขที่", "หมู่ที่", "ตำบล"])
        page.write_row(3, 0, [1, "สมใจ", "ทดสอบดี", "12/3", 4, "สมมติ"])
    info, rows = read_all(path)
    assert info.header == (
        "ลำดับ",
        "ผู้เดือดร้อน / ชื่อ",
        "ผู้เดือดร้อน / นามสกุล",
        "ที่อยู่ / บ้านเลขที่",
        "ที่อยู่ / หมู่ที่",
        "ที่อยู่ / ตำบล",
    )
    assert rows == [(4, ["1", "สมใจ", "ทดสอบดี", "12/3", "4", "สมมติ"])]


def test_a_list_with_free_columns_still_finds_its_header(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("สีหลังคา,ต้นไม้หน้าบ้าน\nแดง,มะม่วง\n", "utf-8")
    assert inspect(path, "list.csv").header == ("สีหลังคา", "ต้นไม้หน้าบ้าน")


def test_trailing_blank_rows_and_columns_are_dropped(tmp_path):
    path = tmp_path / "list.csv"
    lines = [",".join([*row, "", ""]) for row in [HEADER, *LINES]] + [",,,,"] * 50
    path.write_text("\n".join(lines), "utf-8")
    info, rows = read_all(path)
    assert info.header == tuple(HEADER)
    assert len(rows) == 2


def test_a_sheet_with_blank_styled_rows_to_its_very_end_reads_only_its_data(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        for number, row in enumerate([HEADER, *LINES]):
            page.write_row(number, 0, row)
        page.write_blank(1_048_575, 0, None, book.add_format({"bold": True}))
    info, rows = read_all(path)
    assert info.row_estimate == 2
    assert len(rows) == 2


def test_columns_with_data_but_without_a_name_are_announced(tmp_path):
    path = write_sheet(tmp_path / "list.xlsx", [HEADER, [*LINES[0], None, "หลง"]])
    info, rows = read_all(path)
    assert [(w.code, w.params) for w in info.warnings] == [("UNNAMED_COLUMNS", {"columns": "E"})]
    assert rows == [(2, LINES[0])]


def test_the_first_sheet_with_data_is_read_and_the_others_announced(tmp_path):
    path = write_sheet(tmp_path / "list.xlsx", [], ข้อมูล=[HEADER, *LINES], อื่น=[["ก", "ข"]])
    info = inspect(path, "list.xlsx")
    assert info.sheet == "ข้อมูล"
    assert [w.code for w in info.warnings] == ["OTHER_SHEETS"]
    assert inspect(path, "list.xlsx", sheet="ข้อมูล").warnings == ()


def test_formulas_are_announced_and_their_stored_values_used(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADER)
        page.write_row(1, 0, LINES[0])
        page.write_formula(1, 2, '="12/"&"3"', None, "12/3")
        page.write_row(2, 0, LINES[1])
        page.write_formula(2, 2, "=NA()", None, "#N/A")
        page.write_row(3, 0, LINES[1])
        page.write_formula(3, 2, "=1+1", None, "")
    info, rows = read_all(path)
    assert [w.params for w in info.warnings] == [{"count": "3", "cells": "C2, C3, C4"}]
    assert [cells[2] for _, cells in rows] == ["12/3", UNCOMPUTED, UNCOMPUTED]


def test_a_parquet_file_is_read_like_a_sheet(tmp_path):
    path = tmp_path / "list.parquet"
    duckdb.sql('SELECT \'สมใจ\' AS "ชื่อ", 12 AS "บ้านเลขที่"').write_parquet(str(path))
    info, rows = read_all(path)
    assert (info.kind, info.header, rows) == ("parquet", ("ชื่อ", "บ้านเลขที่"), [(2, ["สมใจ", "12"])])


def test_the_description_of_a_file_survives_json(tmp_path):
    path = write_sheet(tmp_path / "list.xlsx", [HEADER, *LINES, ["ก", "ข", "ค", "ง"]])
    info = inspect(path, "list.xlsx")
    again = TableInfo.from_json(json.loads(json.dumps(info.to_json())))
    assert again == info
    assert list(iter_rows(path, again)) == list(iter_rows(path, info))


def test_a_formula_that_gives_empty_text_is_an_empty_cell(tmp_path):
    cells = (
        '<row r="1"><c r="A1" t="str"><v>ชื่อ</v></c><c r="B1" t="str"><v>อายุ</v></c></row>'
        '<row r="2"><c r="A2" t="str"><v>ก</v></c><c r="B2" t="str"><f>IF(1,"","")</f><v></v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>ข</v></c><c r="B3"><f>1+1</f><v/></c></row>'
    )
    path = write_zip(tmp_path / "list.xlsx", workbook_parts(sheet_xml(cells)))
    _, rows = read_all(path)
    assert rows == [(2, ["ก", ""]), (3, ["ข", UNCOMPUTED])]


def test_the_head_of_a_long_sheet_is_read_without_the_rest(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(3, 0, HEADER)
        for number in range(4, 3_000):
            page.write_row(number, 0, [f"ชื่อ{number}", "ทดสอบดี", number])
    info, rows = read_all(path)
    assert (info.header_row, info.row_estimate, len(info.sample)) == (4, 2_996, 20)
    assert list(info.sample) == [(number, tuple(cells)) for number, cells in rows[:20]]
    assert rows[-1] == (3_000, ["ชื่อ2999", "ทดสอบดี", "2999"])


def test_hidden_rows_and_columns_are_read_and_told(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.set_row(0, None, None, {"hidden": True})  # a title nobody misses
        page.write(0, 0, "บัญชี")
        for number, row in enumerate([HEADER, *LINES, *LINES], start=1):
            page.write_row(number, 0, row)
        for number in (2, 3, 5, 9):
            page.set_row(number, None, None, {"hidden": True})
        page.set_column(1, 1, None, None, {"hidden": True})
    info, rows = read_all(path)
    assert len(rows) == 4
    told = {notice.code: notice.params for notice in info.warnings}
    assert told["HIDDEN_ROWS"] == {"count": "3", "rows": "3-4, 6"}
    assert told["HIDDEN_COLUMNS"] == {"columns": f"B ({HEADER[1]})"}
