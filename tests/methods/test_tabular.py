"""Tables for the command line, in the file kinds and encodings offices use."""

from decimal import Decimal

import duckdb
import pytest
import xlsxwriter

from kaejon.methods.errors import DataError, UsageError
from kaejon.methods.tabular import read_table

HEADER = ["id", "ชื่อ", "score"]
ROWS = [["1", "สมชาย", "2.5"], ["2", "", "๓"]]
COLUMNS = {"id": ["1", "2"], "ชื่อ": ["สมชาย", ""], "score": ["2.5", "๓"]}


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def csv_text(separator=","):
    return "\r\n".join(separator.join(row) for row in [HEADER, *ROWS]) + "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_reads_alike_in_every_encoding_and_separator(tmp_path, encoding, separator):
    table = read_table(write(tmp_path / "t.csv", csv_text(separator), encoding))
    assert table.columns == COLUMNS
    assert table.row_numbers == [2, 3]
    assert list(table.rows())[1] == {"id": "2", "ชื่อ": "", "score": "๓"}


def test_a_spreadsheet_reads_like_the_csv(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, [1, "สมชาย", 2.5])
        sheet.write_row(2, 0, [2, "", "๓"])
    table = read_table(tmp_path / "t.xlsx")
    assert (table.columns, table.row_numbers) == (COLUMNS, [2, 3])


def test_a_parquet_file_reads_like_the_csv(tmp_path):
    path = tmp_path / "t.parquet"
    duckdb.sql(
        f"COPY (SELECT * FROM (VALUES ('1', 'สมชาย', '2.5'), ('2', NULL, '๓')) t(id, ชื่อ, score)) TO '{path}'"
    )
    table = read_table(path)
    assert (table.columns, table.row_numbers) == (COLUMNS, [2, 3])


def test_blank_rows_are_left_out_and_row_numbers_kept(tmp_path):
    table = read_table(write(tmp_path / "t.csv", "id,a\n\n1,x\n,\n2,y\n\n\n"))
    assert (table.columns["id"], table.row_numbers) == (["1", "2"], [3, 5])


def test_only_known_columns_are_kept(tmp_path):
    path = write(tmp_path / "t.csv", " ID ,Score,note\n1,2,x\n")
    table = read_table(path, required=["id"], optional=["score"], others="ignore")
    assert (table.columns, table.unused) == ({"id": ["1"], "score": ["2"]}, ("note",))
    with pytest.raises(DataError, match="unknown columns: note"):
        read_table(path, required=["id"], optional=["score"])


def test_numbers_are_exact_and_bad_ones_named(tmp_path):
    table = read_table(write(tmp_path / "t.csv", "id,v\n1,๐.1\n2,\n3,1e3\n"))
    assert table.numbers("v") == [Decimal("0.1"), None, Decimal("1e3")]
    faulty = read_table(write(tmp_path / "f.csv", "id,v\n1,2\n2,สอง\n"))
    with pytest.raises(DataError, match="row 3, column v"):
        faulty.numbers("v")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "empty"),
        ("\n\n \n", "empty"),
        ("id,a\n", "no rows"),
        ("id,a,id\n1,2,3\n", "repeated columns: id"),
        ("id,A,a\n1,2,3\n", "repeated columns: a"),
        ("id,,a\n1,2,3\n", "columns 2 have no name"),
        ("a,b\n1,2\n", "lacks 1 columns: id"),
        ("id,a\n1,2\n3,4,5\n", "Row 3 has 3 cells, the header 2"),
        ("id,a\n1\n", "Row 2 has 1 cells, the header 2"),
        ("%PDF-1.7 something", "PDF"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_a_remedy(tmp_path, content, problem):
    with pytest.raises(DataError, match=problem) as refusal:
        read_table(write(tmp_path / "t.csv", content), required=["id"])
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x01\x02\x03",
        b"PK\x03\x04broken",
        b"PAR1broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"id\n\xff\xfe\x80\x81\xdb\n",
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_table(path)


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="no file"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(UsageError, match="no file"):
        read_table(tmp_path)
