"""`kaejon match` as other programs call it."""

from __future__ import annotations

import csv
import datetime as dt
import json
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from kaejon.cli.main import main
from tests.methods.linkage.people import Row, columns, number, person

WOMAN = {
    "title": "",
    "first_name": "น.ส.วรรณา",
    "last_name": "แก้วใส",
    "sex": "หญิง",
    "birth_date": "2 ก.พ. 2530",
    "house_no": "๙",
}
LEFT = [person("a", national_id=number(1)), person("b", **WOMAN)]
RIGHT = [
    person("x", **{**WOMAN, "first_name": "วรรณา", "birth_date": "2530-02-02"}),
    person("y", national_id=number(1), birth_date=""),
]
PAIRS = [["a", "y", "1.0", "sure"], ["b", "x", "1.0", "sure"]]


def write_csv(path: Path, rows: list[Row], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows: list[Row]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for line, cells in enumerate([list(rows[0]), *(list(row.values()) for row in rows)]):
        sheet.write_row(line, 0, cells)
    book.close()
    return path


def write_parquet(path: Path, rows: list[Row]) -> Path:
    pq.write_table(pa.table(columns(rows)), path)
    return path


def run(tmp_path: Path, *lists: Path, extra: tuple[str, ...] = ()) -> tuple[int, list[list[str]]]:
    output = tmp_path / "pairs.csv"
    code = main(["match", *map(str, lists), "-o", str(output), *extra])
    with output.open(encoding="utf-8", newline="") as file:
        return code, list(csv.reader(file))


def test_pairs_of_two_lists_are_written_in_order_of_id(tmp_path: Path, capsys: Any) -> None:
    code, written = run(
        tmp_path,
        write_csv(tmp_path / "l.csv", LEFT),
        write_csv(tmp_path / "r.csv", RIGHT),
        extra=("--json",),
    )
    assert code == 0
    assert written == [["left_id", "right_id", "probability", "band"], *PAIRS]
    said = capsys.readouterr()
    assert json.loads(said.out) == {
        "left": 2, "right": 2, "sure": 2, "ask": 0,
        "thresholds": {"sure": 0.8, "ask": 0.2}, "engine": "duckdb",
    }  # fmt: skip
    assert "scoring" in said.err


def test_every_kind_of_file_gives_the_same_bytes(tmp_path: Path) -> None:
    right = write_csv(tmp_path / "r.csv", RIGHT)
    written = [
        run(tmp_path, left, right)[1]
        for left in (
            write_csv(tmp_path / "bom.csv", LEFT, "utf-8-sig"),
            write_csv(tmp_path / "thai.csv", LEFT, "cp874", ";"),
            write_xlsx(tmp_path / "l.xlsx", LEFT),
            write_parquet(tmp_path / "l.parquet", LEFT),
        )
    ]
    assert all(pairs[1:] == PAIRS for pairs in written)


def test_duplicates_within_one_list(tmp_path: Path) -> None:
    both = write_csv(tmp_path / "one.csv", LEFT + RIGHT)
    assert run(tmp_path, both)[1][1:] == PAIRS


def test_why_adds_a_sentence_in_thai(tmp_path: Path) -> None:
    lists = write_csv(tmp_path / "l.csv", LEFT), write_csv(tmp_path / "r.csv", RIGHT)
    header, first, _ = run(tmp_path, *lists, extra=("--why",))[1]
    assert header[-1] == "why"
    assert first[-1].startswith("เลขประจำตัวประชาชนตรงกัน")


def test_a_child_born_today_in_thailand_counts_on_any_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = dt.datetime.now(ZoneInfo("Asia/Bangkok")).date().isoformat()
    child = {"birth_date": today, "house_no": "", "title": "ด.ช."}
    left = write_csv(tmp_path / "l.csv", [person("a", **child)])
    right = write_csv(tmp_path / "r.csv", [person("b", **child)])
    answers = []
    for zone in ("Etc/GMT+12", "Asia/Bangkok"):  # the first is behind Thailand nearly all day
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        answers.append(run(tmp_path, left, right, extra=("--why",)))
    monkeypatch.undo()
    time.tzset()
    assert answers[0] == answers[1]
    assert "เกิด" in answers[0][1][1][-1]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([{"first_name": "สมชาย"}], "missing_columns"),
        ([person("1"), person("1")], "repeated_id"),
        ([{"id": "1", "first_name": "", "last_name": ""}], "nothing_to_compare"),
        ([{"id": "1", "colour": "แดง"}], "nothing_to_compare"),
    ],
)
def test_bad_lists_exit_1_with_a_code(
    tmp_path: Path, capsys: Any, rows: list[Row], code: str
) -> None:
    path = write_csv(tmp_path / "bad.csv", rows)
    assert main(["match", str(path), str(path), "-o", str(tmp_path / "p.csv"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code
    assert not (tmp_path / "p.csv").exists()


def test_wrong_usage_exits_2(tmp_path: Path) -> None:
    good = str(write_csv(tmp_path / "l.csv", LEFT))
    output = str(tmp_path / "p.csv")
    assert main(["match", str(tmp_path / "absent.csv"), "-o", output]) == 2
    assert main(["match", good, "-o", str(tmp_path / "no" / "folder.csv")]) == 2
    assert main(["match", good, "--profile", "martian", "-o", output]) == 2
    assert main(["match", good]) == 2


def test_a_repeated_header_and_a_row_too_long_are_refused(tmp_path: Path, capsys: Any) -> None:
    for text, code in (
        ("id,id,first_name\n1,2,ก\n", "bad_header"),
        ("id,first_name\n1,ก,ข\n", "RAGGED_ROW"),
    ):
        path = tmp_path / "odd.csv"
        path.write_text(text, encoding="utf-8")
        assert main(["match", str(path), "-o", str(tmp_path / "p.csv"), "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["error"]["code"] == code
