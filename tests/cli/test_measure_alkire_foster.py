"""`kaejon measure alkire-foster`: the contract other programs rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from kaejon.cli.main import main
from kaejon.methods import definitions

ROWS = [
    ("Income", "toilet", "area", "members"),
    ("20000", "no", "ตำบลหนึ่ง", "4"),
    ("50000", "yes", "ตำบลหนึ่ง", "2"),
    ("๑๐๐๐๐", "yes", "ตำบลสอง", "1"),
    ("90000", "no", "ตำบลสอง", "3"),
]
SPEC: dict[str, Any] = {
    "indicators": [
        {"name": "income", "column": "Income", "cutoff": 38000, "weight": "1/2", "dimension": "m"},
        {"name": "toilet", "column": "toilet", "deprived_values": ["no"], "weight": 0.5},
    ],
    "k": "1/2",
    "household_size": "members",
    "by": ["area"],
}


def write_csv(path: Path, encoding: str) -> Path:
    path.write_text("\n".join(",".join(row) for row in ROWS), encoding=encoding)
    return path


def write_xlsx(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
    return path


def write_parquet(path: Path) -> Path:
    columns = {name: [row[n] for row in ROWS[1:]] for n, name in enumerate(ROWS[0])}
    whole = {"Income": [20000, 50000, 10000, 90000], "members": [4, 2, 1, 3]}
    pq.write_table(pa.table({**columns, **whole}), path)
    return path


def write_spec(folder: Path, **changes: object) -> str:
    path = folder / "spec.json"
    path.write_text(json.dumps({**SPEC, **changes}), encoding="utf-8")
    return str(path)


def measured(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert main(["measure", "alkire-foster", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("kind", ["utf-8", "utf-8-sig", "tis-620", "xlsx", "parquet"])
def test_every_kind_of_file_gives_the_same_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    if kind == "xlsx":
        data = write_xlsx(tmp_path / "data.xlsx")
    elif kind == "parquet":
        data = write_parquet(tmp_path / "data.parquet")
    else:
        data = write_csv(tmp_path / "data.csv", kind)
    found = measured(capsys, data, "--spec", write_spec(tmp_path))
    assert (found["n"], found["population"], found["k"]) == (4, 10, 0.5)
    assert found["H"] == {"value": 0.8, "se": None, "ci95": None}
    assert found["A"]["value"] == pytest.approx(0.75)
    assert found["M0"]["value"] == pytest.approx(0.6)
    assert [i["name"] for i in found["indicators"]] == ["income", "toilet"]
    assert [i["censored"] for i in found["indicators"]] == [0.5, 0.7]
    assert found["dimensions"] == [{"name": "m", "contribution": pytest.approx(5 / 12)}]
    areas = {group["group"]: group for group in found["by"]["area"]}
    assert areas["ตำบลหนึ่ง"]["population_share"] == 0.6
    assert areas["ตำบลสอง"]["H"]["value"] == 1.0


def test_a_list_of_k_gives_one_result_per_k_in_the_order_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_parquet(tmp_path / "data.parquet")
    found = measured(capsys, data, "--spec", write_spec(tmp_path, k=[1, 0.5]))
    assert list(found) == ["results"]
    assert [result["k"] for result in found["results"]] == [1.0, 0.5]
    assert [result["H"]["value"] for result in found["results"]] == [0.4, 0.8]


def test_nobody_poor_leaves_a_and_contributions_undefined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    indicator = {"name": "i", "column": "Income", "cutoff": 1, "weight": 1, "dimension": "d"}
    spec = write_spec(tmp_path, indicators=[indicator], by=[])
    found = measured(capsys, write_parquet(tmp_path / "d.parquet"), "--spec", spec)
    assert found["H"]["value"] == 0.0
    assert found["A"]["value"] is None
    assert found["indicators"][0]["contribution"] is None
    assert found["dimensions"] == [{"name": "d", "contribution": None}]
    assert found["M1"]["value"] == 0.0


def test_a_sample_design_brings_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data.csv"
    data.write_text("x,psu\n0,1\n1,1\n1,2\n1,2\n0,3\n0,3\n", encoding="utf-8")
    indicator = {"name": "x", "column": "x", "cutoff": 1, "weight": 1}
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps({"indicators": [indicator], "k": 1, "psu": "psu"}))
    found = measured(capsys, data, "--spec", spec)
    # PSU means 1/2, 0, 1 of equal size: se = sd / sqrt(3).
    assert found["H"]["se"] == pytest.approx(0.5 / 3**0.5)
    low, high = found["H"]["ci95"]
    assert 0 < low < 0.5 < high < 1


@pytest.mark.parametrize(
    ("changes", "code", "exit_code"),
    [
        ({"k": 1.5}, "k_outside", 2),
        ({"by": ["village"]}, "unknown_column", 2),
        ({"weight": "area"}, "not_a_number", 1),
        ({"psu": "area", "strata": "area"}, "single_psu", 1),
    ],
)
def test_refusals_are_one_document_and_no_traceback(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, object],
    code: str,
    exit_code: int,
) -> None:
    data = write_csv(tmp_path / "data.csv", "utf-8")
    spec = write_spec(tmp_path, **changes)
    assert main(["measure", "alkire-foster", str(data), "--spec", spec, "--json"]) == exit_code
    printed = capsys.readouterr()
    assert json.loads(printed.out)["error"]["code"] == code
    assert "Traceback" not in printed.err


def test_files_that_are_missing_or_no_json_are_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_csv(tmp_path / "data.csv", "utf-8")
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for table, spec in (
        (tmp_path / "nowhere.csv", write_spec(tmp_path)),
        (data, str(tmp_path / "nowhere.json")),
        (data, str(broken)),
    ):
        assert main(["measure", "alkire-foster", str(table), "--spec", spec]) == 2
        assert "kaejon: " in capsys.readouterr().err


def test_tables_for_reading_name_what_is_not_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_csv(tmp_path / "data.csv", "utf-8")
    assert main(["measure", "alkire-foster", str(data), "--spec", write_spec(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert "ตำบลหนึ่ง" in printed.out
    assert "no sampling error" in printed.err


def test_a_definition_that_comes_with_kaejon_is_a_spec(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = [1, 4, 5, 7, 8, 9, 10, 11, 15, 16, 17, 19, 20, 21, 22, 27, 28]
    data = tmp_path / "bmn.csv"
    header = ",".join(f"i{code}" for code in codes)
    # One household fails all of income, one a single health indicator; the third has no child.
    rows = ["1" + ",1" * 11 + ",0,0,0,1,1", "0" + ",1" * 16, ",1,1,1,1,1,1,1,,,,1,1,1,1,1,1"]
    data.write_text("\n".join([header, *rows]), encoding="utf-8")
    found = measured(capsys, data, "--spec", "mpi_bmn_five_dimensions")
    assert found["n"] == 3
    assert found["H"]["value"] == pytest.approx(1 / 3)
    assert found["A"]["value"] == pytest.approx(1 / 5)
    dimensions = {d["name"]: d["contribution"] for d in found["dimensions"]}
    assert dimensions["income"] == pytest.approx(1)


def test_the_national_definition_counts_four_of_twelve_as_poor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = definitions.load("mpi_thai_national_2562", "mpi")
    names = [indicator["column"] for indicator in document["indicators"]]
    data = tmp_path / "ses.csv"
    rows = [",".join("1" if n < failed else "0" for n in range(12)) for failed in (3, 4)]
    data.write_text("\n".join([",".join(names), *rows]), encoding="utf-8")
    found = measured(capsys, data, "--spec", "mpi_thai_national_2562")
    assert document["provisional"]
    assert found["k"] == 0.26
    assert found["H"]["value"] == 0.5
