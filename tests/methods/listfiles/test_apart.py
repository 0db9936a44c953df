"""A list is read in a process of its own: what a file does to its reader, it does to nobody else."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import duckdb
import pytest

from kaejon.methods.listfiles import apart, reading
from kaejon.methods.listfiles.container import Limits
from kaejon.methods.listfiles.errors import ListFileError
from tests.methods.listfiles.lists import sheet_xml, workbook_parts, write_sheet, write_zip

ROWS = [["ชื่อ", "อายุ"], ["สมชาย", "56"], ["สมหญิง", "51"]]


def refused(path: Path, limits: Limits | None = None) -> ListFileError:
    limits = limits or Limits()
    with pytest.raises(ListFileError) as caught:
        list(apart.iter_rows(path, apart.inspect(path, path.name, limits=limits), limits=limits))
    assert caught.value.remedy
    assert caught.value.in_language("th")[0]
    return caught.value


def sheet_of(tmp_path: Path, rows: str) -> Path:
    return write_zip(tmp_path / "list.xlsx", workbook_parts(sheet_xml(rows)))


def children() -> set[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that has just ended
            found |= {int(pid) for pid in (task / "children").read_text().split()}
    return found


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_answers_are_those_of_the_reader_itself(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"list.{kind}"
    if kind == "xlsx":
        write_sheet(path, ROWS)
    else:
        path.write_text("\n".join(map(",".join, ROWS)), encoding="utf-8")
    info = reading.inspect(path, path.name)
    assert apart.inspect(path, path.name) == info
    told = [(number, list(cells)) for number, cells in apart.iter_rows(path, info)]
    assert told == list(reading.iter_rows(path, info)) == [(2, ROWS[1]), (3, ROWS[2])]


def test_a_refusal_arrives_with_its_row_column_and_words(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "list.xlsx", [["ชื่อ", "อายุ", "ชื่อ"], ["ก", "5", "ข"]])
    error = refused(path)
    assert (error.code, error.row) == ("DUPLICATE_HEADERS", 1)
    assert "A (ชื่อ), C (ชื่อ)" in error.in_language("th")[0]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        # Values at the end of the grid, written in the ways XML allows.
        ("<row r='2'><c r='XFD1048576'><v>1</v></c></row>", "TOO_MANY_ROWS"),
        ('<row r="2"><c r = "XFD5"><v>1</v></c></row>', "TOO_MANY_COLUMNS"),
        ('<row r="2"><c r="XFD5"><v xml:space="preserve">1</v></c></row>', "TOO_MANY_COLUMNS"),
        ('<row><c r="XFD5"><is><t>1</t></is></c></row>', "TOO_MANY_COLUMNS"),
        # Addresses that no sheet has, with or without a value.
        ('<row r="2"><c r="ZZZZ9"><v>1</v></c></row>', "NO_SUCH_ADDRESS"),
        ('<row r="2"><c r="XFE2"/></row>', "NO_SUCH_ADDRESS"),
        ('<row r="1048577"/>', "NO_SUCH_ADDRESS"),
        ('<row r="2"><c r="A0"><v>1</v></c></row>', "NO_SUCH_ADDRESS"),
        ('<row r="2"><c r="กข2"><v>1</v></c></row>', "NO_SUCH_ADDRESS"),
        # An endless row of attributes made pattern matching take a day.
        ('<row r="1"><c t="e"' + ' t="e"' * 50_000, "BROKEN_FILE"),
        ('<row r="1"><c ' + 'r="A1" x="' * 20_000, "BROKEN_FILE"),
    ],
)
def test_a_sheet_made_to_hurt_is_refused(tmp_path: Path, rows: str, code: str) -> None:
    assert refused(sheet_of(tmp_path, rows), Limits(seconds=10)).code == code


def test_a_parquet_file_of_few_bytes_and_much_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.parquet"
    text = "SELECT repeat('x', 200_000) AS \"ชื่อ\" FROM range(20_000)"
    duckdb.sql(f"COPY ({text}) TO '{path}'")
    assert path.stat().st_size < 50_000
    assert refused(path, Limits(seconds=10)).code == "CELL_TOO_LONG"


def test_a_parquet_file_of_many_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.parquet"
    columns = ", ".join(f"1 AS c{n}" for n in range(600))
    duckdb.sql(f"COPY (SELECT {columns}) TO '{path}'")
    assert refused(path).code == "TOO_MANY_COLUMNS"


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("ชื่อ,อายุ\n" + "," * 2_000_000 + "\n", encoding="utf-8")
    error = refused(path)
    assert (error.code, error.row) == ("LINE_TOO_LONG", 2)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no limits of a process")
def test_a_reader_that_takes_too_long_is_ended_and_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("ชื่อ,อายุ\n" + "สมชาย,56\n" * 1_500_000, encoding="utf-8")
    limits = Limits(seconds=1, data_rows=5_000_000)
    error = refused(path, limits)
    assert (error.code, error.params["limit"]) == ("READING_TOO_LONG", 1)


@pytest.mark.skipif(os.name != "posix", reason="Windows has no limits of a process")
def test_a_reader_that_takes_too_much_memory_is_ended_and_told(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "list.xlsx", ROWS)
    assert refused(path, Limits(memory_bytes=100_000_000)).code == "READING_TOO_LARGE"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="asks Linux for the children")
def test_whoever_stops_reading_leaves_no_process_behind(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("ชื่อ,อายุ\n" + "สมชาย,56\n" * 100_000, encoding="utf-8")
    info = reading.inspect(path, path.name)
    before = children()
    rows = apart.iter_rows(path, info)
    assert next(rows)[0] == 2
    assert children() - before
    rows.close()
    assert children() == before


@pytest.mark.parametrize(
    "module",
    ["apart", "child", "container", "parquet", "reading", "sheetxml", "spreadsheet", "textfile"],
)
def test_no_pattern_is_matched_against_the_bytes_of_an_upload(module: str) -> None:
    # A house rule: a pattern that backtracks on hostile input held the whole site for a day.
    source = Path(reading.__file__).with_name(f"{module}.py").read_text(encoding="utf-8")
    names = {line.split()[1] for line in source.splitlines() if line.startswith(("import", "from"))}
    assert not names & {"re", "regex", "fnmatch"}
