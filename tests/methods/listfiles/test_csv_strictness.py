"""A CSV is read right or refused with its row; nobody is left out in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaejon.methods.errors import DataError
from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.linkage.lists import load_list
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.reading import inspect, iter_rows
from kaejon.methods.tabular import read_table
from kaejon.methods.wholetable import read_at_once

HEADER = "id,ชื่อ-สกุล,บ้านเลขที่,รายได้,หมายเหตุ"


def people(count: int, note: str = "") -> list[str]:
    return [f"{n},นายสมชาย ที่{n},{n}/1,{n}000,{note}" for n in range(1, count + 1)]


def written(path: Path, lines: list[str], encoding: str = "utf-8", end: str = "\r\n") -> Path:
    path.write_bytes(end.join([HEADER, *lines, ""]).encode(encoding))
    return path


def imported(path: Path) -> list[list[str]]:
    """The rows as `kaejon import` takes them."""
    return [cells for _, cells in iter_rows(path, inspect(path, path.name))]


def measured(path: Path) -> list[list[str]]:
    """The rows as `kaejon measure` takes them."""
    whole = read_at_once(path)
    columns = (
        {name: cells.to_pylist() for name, cells in whole.columns.items()}
        if whole
        else read_table(path).columns
    )
    return [list(cells) for cells in zip(*columns.values(), strict=True)]


def matched(path: Path) -> int:
    """How many people `kaejon match` takes."""
    with DuckDBEngine() as engine:
        load_list(engine, "given", path)
        return int(engine.rows("SELECT count(*) FROM given")[0][0])


def refusals(path: Path) -> list[tuple[str, int | None]]:
    found = []
    for reader in (imported, measured, matched):
        with pytest.raises(DataError) as caught:
            reader(path)
        document = caught.value.as_dict()
        found.append((document["code"], document["row"]))
    return found


@pytest.mark.parametrize(
    ("place", "line", "code", "row"),
    [
        (28, "29,นายดี มี,29/1,36,000,ไม่มี", "RAGGED_ROW", 30),
        (28, "29,นายดี มี,29/1", "RAGGED_ROW", 30),
        (28, "29;นายดี มี;29/1;1000;", "RAGGED_ROW", 30),
        (28, '29,นายดี มี,29/1,1000,"ผู้ป่วยติดเตียง', "BROKEN_QUOTES", 30),
        (28, '29,"อสม.สมศรี,29/1,1000,', "BROKEN_QUOTES", 30),
        (28, '29,"นายดี" มี,29/1,1000,', "BROKEN_QUOTES", 30),
        (2, "3,นาย\nดี มี,3/1,1000,", "RAGGED_ROW", 4),
    ],
)
def test_a_row_that_is_not_one_row_of_the_table_is_refused_alike_everywhere(
    tmp_path, place, line, code, row
):
    lines = people(60)
    lines[place] = line
    assert refusals(written(tmp_path / "list.csv", lines)) == [(code, row)] * 3


def test_two_stray_quotation_marks_in_one_column_do_not_swallow_the_rows_between(tmp_path):
    lines = people(20)
    lines[4] = '5,นายดี มี,5/1,1000,"ผู้ป่วย'
    lines[7] = '8,นายดี มี,8/1,1000,จอ 5"'
    assert refusals(written(tmp_path / "list.csv", lines)) == [("BROKEN_QUOTES", 6)] * 3
    lines[4] = '"5,นายดี มี,5/1,1000,'
    lines[7] = '8",นายดี มี,8/1,1000,'
    assert refusals(written(tmp_path / "list.csv", lines)) == [("BROKEN_QUOTES", 6)] * 3


def test_quoted_commas_and_line_breaks_and_marks_inside_a_cell_are_read(tmp_path):
    lines = people(3)
    lines[1] = '2,"นายดี, มี",2/1,"36,000","จอ 5"" และ\nอีกบรรทัด"'
    path = written(tmp_path / "list.csv", lines)
    expected = ["2", "นายดี, มี", "2/1", "36,000", 'จอ 5" และ\nอีกบรรทัด']
    assert imported(path)[1] == measured(path)[1] == expected
    assert matched(path) == 3


def test_blank_columns_to_the_right_are_read_when_the_header_has_them_too(tmp_path):
    lines = [line + ",," for line in people(30)]
    path = tmp_path / "list.csv"
    path.write_text("\n".join([HEADER + ",,", *lines]), "utf-8")
    assert len(imported(path)) == len(measured(path)) == matched(path) == 30
    lines[20] = "," + lines[20]  # all of the row stands one to the right
    path.write_text("\n".join([HEADER + ",,", *lines]), "utf-8")
    assert refusals(path) == [("RAGGED_ROW", 22)] * 3


def test_letters_of_another_encoding_are_refused_with_their_line(tmp_path):
    path = written(tmp_path / "list.csv", people(60))
    content = path.read_bytes()
    place = content.index("นายสมชาย ที่40".encode())
    for wrong in (b"\xa1", b"\xff", "ก".encode("cp874")):
        path.write_bytes(content[:place] + wrong + content[place:])
        assert refusals(path) == [("UNKNOWN_ENCODING", 41)] * 3
    path.write_bytes(content[:place] + b"\x00" + content[place:])
    assert refusals(path) == [("NUL_CHARACTER", 41)] * 3
    written(path, people(60), "cp874")
    content = path.read_bytes()
    place = content.index("นายสมชาย ที่40".encode("cp874"))
    path.write_bytes(content[:place] + b"\xfc" + content[place:])
    assert refusals(path) == [("UNKNOWN_ENCODING", 41)] * 3


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_its_mark(tmp_path, encoding):
    path = written(tmp_path / "list.csv", people(3), encoding)
    assert [row[1] for row in imported(path)] == [f"นายสมชาย ที่{n}" for n in (1, 2, 3)]
    assert measured(path) == imported(path)


def faulty(draw, text: str, encoding: str) -> bytes:
    """The text with one fault at a random place below the header."""
    place = draw(st.integers(text.index("\n") + 1, len(text)))
    before, after = text[:place].encode(encoding), text[place:].encode(encoding)
    kind = draw(st.sampled_from(["quote", "comma", "missing", "byte", "nul", "ends"]))
    if kind == "missing":
        kept = text[place:].replace(",", "", 1).encode(encoding)
        return before + kept
    if kind == "ends":
        return before + after.replace(b"\r\n", draw(st.sampled_from([b"\n", b"\r"])))
    wrong = {"quote": b'"', "comma": b",", "nul": b"\x00", "byte": b"\xff"}[kind]
    return before + wrong + after


@st.composite
def faulty_lists(draw):
    """How many people, their names, and the file with one fault."""
    count = draw(st.integers(1, 60))
    note = draw(st.sampled_from(["", "ติดเตียง", '"ก, ข"', '"จอ 5"""']))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "cp874"]))
    mark = "\ufeff" if encoding == "utf-8-sig" else ""
    text = mark + end.join([HEADER, *people(count, note), ""])
    return count, faulty(draw, text, encoding.removesuffix("-sig"))


@settings(max_examples=300)
@given(case=faulty_lists())
def test_with_one_fault_everybody_is_read_or_a_row_is_named(tmp_path_factory, case):
    count, content = case
    path = tmp_path_factory.getbasetemp() / "faulty.csv"
    path.write_bytes(content)
    for reader in (imported, measured):
        rows, row = outcome(reader, path)
        assert row or len(rows) == count
        assert all("/" in cells[2] for cells in rows)


def outcome(reader, path):
    """The rows, or the row that the refusal names."""
    try:
        return reader(path), None
    except ListFileError as error:
        return [], error.row
