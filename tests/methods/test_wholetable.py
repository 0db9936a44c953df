"""Plain files read at once say what the careful reader says; doubtful ones are left to it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kaejon.methods.tabular import read_table
from kaejon.methods.wholetable import read_at_once


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        "id,ชื่อ,x\n1,สมชาย,2.5\n2,,๓\n",
        'ID; ชื่อ ;x\r\n001;"ก;ข";""\r\n 2 ; ค ;\r\n',
        "id,ชื่อ,x\n\n1,ก,NA\n,,\n2,null,nan\n\n",
        'id,ชื่อ,x\n1,"บรรทัด\nใหม่",1\n2,ข,2\n',
    ],
)
def test_a_plain_csv_reads_as_the_careful_reader_reads_it(
    tmp_path: Path, encoding: str, text: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    careful, whole = read_table(path), read_at_once(path)
    assert whole is not None
    assert {n: c.to_pylist() for n, c in whole.columns.items()} == careful.columns
    assert whole.headings == careful.headings


def test_a_parquet_keeps_its_numbers_and_leaves_out_blank_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    table = pa.table({"id": [" a ", None, "c"], "n": [1, None, None], "x": pa.nulls(3)})
    pq.write_table(table, path)
    whole = read_at_once(path, required=["id", "n"], optional=[], others="ignore")
    assert whole is not None
    assert {n: c.to_pylist() for n, c in whole.columns.items()} == {
        "id": ["a", "c"],
        "n": [1, None],
    }
    assert whole.unused == ("x",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "id\n",
        "id,id\n1,2\n",
        "id,\n1,2\n",
        "id,x\n1\n",
        "id,x\n1,2,3\n",
        "x\n1\n",
        "id,y\n1,2\n",
    ],
)
def test_a_doubtful_csv_is_left_to_the_careful_reader(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, "utf-8")
    assert read_at_once(path, required=["id"], optional=["x"]) is None


def test_what_is_no_plain_table_is_left_to_the_careful_reader(tmp_path: Path) -> None:
    nested = tmp_path / "nested.parquet"
    pq.write_table(pa.table({"id": [[1], [2]]}), nested)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and nothing more")
    long = tmp_path / "long.csv"
    long.write_text(f'id\n"{"x" * 40_000}\n', "utf-8")
    missing = tmp_path / "missing.csv"
    assert [read_at_once(p) for p in (nested, broken, long, missing)] == [None] * 4
