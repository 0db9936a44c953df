"""A file that is not a list is refused by name, with a remedy, before anything is kept."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile

import pytest
import xlsxwriter

from kaejon.methods.listfiles.container import Limits
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.reading import inspect, iter_rows
from tests.methods.listfiles.lists import sheet_xml, workbook_parts, write_sheet, write_zip

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def refusal(path, **options) -> ListFileError:
    with pytest.raises(ListFileError) as caught:
        inspect(path, path.name, **options)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "EMPTY_FILE"),
        (b"\n\n  \n", "EMPTY_FILE"),
        (b"%PDF-1.7 ...", "WRONG_FILE_TYPE"),
        (b"\xff\xd8\xff\xe0 JFIF", "WRONG_FILE_TYPE"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "WRONG_FILE_TYPE"),
        (b"<?xml version='1.0'?><Workbook/>", "WRONG_FILE_TYPE"),
        (b"a,b\x00\x01\x02", "WRONG_FILE_TYPE"),
        (OLE + "Workbook".encode("utf-16-le"), "OLD_EXCEL_FILE"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "PASSWORD_PROTECTED"),
        (b"PK\x03\x04 broken", "BROKEN_FILE"),
        (b"PAR1 broken PAR1", "BROKEN_FILE"),
        ("ชื่อ,นามสกุล".encode(), "NO_ROWS"),
        (b"1,2\n3,4\n", "NO_HEADER"),
        ("ชื่อ,นามสกุล\nก,ข".encode() + b"\xff\xfe\xdb", "UNKNOWN_ENCODING"),
        ('ชื่อ,นามสกุล\n"ก,ข\n'.encode() + b"x," * 100_000, "BROKEN_QUOTES"),
    ],
)
def test_a_file_that_is_no_list_is_refused_by_name(tmp_path, content, code):
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    assert refusal(path).code == code


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("word/document.xml", "DOCX"),
        ("ppt/a.xml", "PPTX"),
        ("content.xml", "ODS"),
        ("a.txt", "ZIP"),
    ],
)
def test_another_kind_of_zip_is_named(tmp_path, part, found):
    path = write_zip(tmp_path / "list.xlsx", {part: b"<x/>"})
    error = refusal(path)
    assert (error.code, error.params["found"]) == ("WRONG_FILE_TYPE", found)


def test_duplicate_headers_are_listed_with_their_columns(tmp_path):
    path = write_sheet(tmp_path / "list.xlsx", [["ชื่อ", "อายุ", "ชื่อ"], ["ก", "5", "ข"]])
    error = refusal(path)
    assert (error.code, error.row) == ("DUPLICATE_HEADERS", 1)
    assert error.params["columns"] == "A (ชื่อ), C (ชื่อ)"
    assert "A (ชื่อ), C (ชื่อ)" in error.in_language("th")[0]


def test_a_zip_bomb_is_refused_before_it_unfolds(tmp_path):
    parts = workbook_parts(sheet_xml('<row r="1"/>') + b" " * 60_000_000)
    path = write_zip(tmp_path / "list.xlsx", parts)
    assert path.stat().st_size < 200_000
    assert refusal(path).code == "ZIP_BOMB"


def test_a_workbook_too_large_when_unfolded_is_refused(tmp_path):
    path = write_sheet(tmp_path / "list.xlsx", [["ชื่อ", "อายุ"], ["ก", "5"]])
    assert refusal(path, limits=Limits(unpacked_bytes=1_000)).code == "ZIP_BOMB"


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path):
    path = write_zip(tmp_path / "list.xlsx", workbook_parts(sheet_xml(" " * 20_000_000)))
    content = path.read_bytes()
    true_size = struct.pack("<I", len(sheet_xml(" " * 20_000_000)))
    path.write_bytes(content.replace(true_size, struct.pack("<I", 5_000)))
    assert refusal(path).code == "BROKEN_FILE"


def test_one_long_text_shared_by_many_cells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("kaejon.methods.listfiles.sheetxml.UNPACKED_TEXT", 1_000_000)
    path = write_sheet(tmp_path / "list.xlsx", [["ชื่อ", "อายุ"], *[["ก" * 9_000, "5"]] * 100])
    assert refusal(path).code == "ZIP_BOMB"


def test_an_encrypted_zip_entry_asks_for_the_password_to_be_removed(tmp_path):
    path = write_sheet(tmp_path / "list.xlsx", [["ชื่อ", "อายุ"], ["ก", "5"]])
    content = bytearray(path.read_bytes())
    start = content.find(b"PK\x01\x02")
    content[start + 8] |= 1
    path.write_bytes(bytes(content))
    assert refusal(path).code == "PASSWORD_PROTECTED"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_xml_with_entities_is_never_expanded(tmp_path, part):
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    parts = workbook_parts(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>'))
    declaration, rest = parts[part].split(b"?>", 1)
    parts[part] = declaration + b"?>" + bomb.encode() + rest
    path = write_zip(tmp_path / "list.xlsx", parts)
    assert refusal(path).code == "UNSAFE_XML"


def test_a_sheet_filled_to_row_1048576_is_refused_in_little_memory(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["ชื่อ", "อายุ"])
        page.write(1_048_575, 1, "หลง")
    tracemalloc.start()
    error = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (error.code, error.row) == ("TOO_MANY_ROWS", 1_048_576)
    assert peak < 50_000_000


def test_a_stray_value_in_the_last_column_is_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["ชื่อ", "อายุ"])
        page.write(5, 16_383, "หลง")
    assert refusal(path).code == "TOO_MANY_COLUMNS"


def test_a_table_too_large_for_memory_is_refused(tmp_path):
    path = write_sheet(tmp_path / "list.xlsx", [["ชื่อ", "อายุ"], *[["ก", "5"]] * 50])
    assert refusal(path, limits=Limits(cells=100)).code == "TOO_MANY_CELLS"


def test_cells_without_addresses_are_counted_by_their_place(tmp_path):
    row = "<row>" + "<c><v>1</v></c>" * 600 + "</row>"
    path = write_zip(tmp_path / "list.xlsx", workbook_parts(sheet_xml(row)))
    assert refusal(path).code == "TOO_MANY_COLUMNS"


def test_too_many_data_rows_are_refused_while_reading(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("ชื่อ,อายุ\n" + "ก,5\n" * 11, "utf-8")
    info = inspect(path, "list.csv")
    with pytest.raises(ListFileError) as caught:
        list(iter_rows(path, info, limits=Limits(data_rows=10)))
    assert (caught.value.code, caught.value.row) == ("TOO_MANY_ROWS", 12)


def test_an_unknown_sheet_is_refused_with_the_names_there_are(tmp_path):
    path = write_sheet(tmp_path / "list.xlsx", [["ชื่อ", "อายุ"], ["ก", "5"]])
    assert refusal(path, sheet="ไม่มี").params["sheets"] == "รายชื่อ"


def test_a_damaged_sheet_is_refused(tmp_path):
    path = write_sheet(tmp_path / "list.xlsx", [["ชื่อ", "อายุ"], ["ก", "5"]])
    with zipfile.ZipFile(path) as archive:
        offset = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    content = bytearray(path.read_bytes())
    content[offset + 80 : offset + 90] = b"\x00" * 10
    path.write_bytes(bytes(content))
    assert refusal(path).code == "BROKEN_FILE"


def test_the_error_document_names_code_place_and_remedy(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("ชื่อ,นามสกุล".encode())
    document = refusal(path).as_dict()
    assert document["code"] == "NO_ROWS"
    assert document["row"] == 1
    assert document["remedy"]


def test_a_sheet_full_of_formulas_without_results_is_refused(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><f>1</f><v></v></c></row>' for n in range(1, 30))
    path = write_zip(tmp_path / "list.xlsx", workbook_parts(sheet_xml(rows)))
    error = refusal(path, limits=Limits(uncomputed_cells=20))
    assert (error.code, error.params["cells"]) == ("FORMULAS_NOT_COMPUTED", "A1, A2, A3, A4, A5")
