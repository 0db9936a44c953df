"""The same SQL gives the same figures on DuckDB and on Spark."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kaejon.methods import alkire_foster, capitals, dynamics
from kaejon.methods.engine import Engine, open_engine
from kaejon.methods.errors import DataError

pytestmark = pytest.mark.spark

VECTORS = Path(__file__).parents[2] / "vectors"
PANEL = json.loads((VECTORS / "alkire_foster_survey_panel.json").read_text())["synthetic_panel"]
ROWS = list(csv.DictReader(io.StringIO(PANEL["rows_csv"])))


@pytest.fixture(scope="module")
def engines() -> Iterator[tuple[Engine, Engine]]:
    pytest.importorskip("pyspark")
    with open_engine("duckdb") as here, open_engine("spark", memory="1GB") as spark:
        yield here, spark


def columns(number: str, *, numeric: bool) -> dict[str, list[Any]]:
    rows = [row for row in ROWS if row["t"] == number]
    found: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    if numeric:
        for name in PANEL["weights"]:
            found[name] = [int(value) for value in found[name]]
        found["w"] = [float(value) for value in found["w"]]
    return found


def survey_spec(**changes: object) -> dict[str, object]:
    indicators = [
        {"name": n, "column": n, "deprived_values": [1], "weight": w}
        for n, w in PANEL["weights"].items()
    ]
    return {
        "indicators": indicators, "k": [0.33, 0.5, 1], "weight": "w", "household_size": "hhsize",
        "strata": "stratum", "psu": "psu", "by": ["region", "area"], **changes,
    }  # fmt: skip


def assert_same(ours: object, theirs: object, where: str = "") -> None:
    """Equal documents, numbers to 1e-12."""
    if isinstance(ours, dict):
        assert isinstance(theirs, dict)
        assert list(ours) == list(theirs), where
        for key, value in ours.items():
            assert_same(value, theirs[key], f"{where}.{key}")
    elif isinstance(ours, list):
        assert isinstance(theirs, list)
        assert len(ours) == len(theirs), where
        for number, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(a, b, f"{where}[{number}]")
    elif isinstance(ours, float):
        assert theirs == pytest.approx(ours, rel=1e-12, abs=1e-12), where
    else:
        assert ours == theirs, where


@pytest.mark.parametrize("numeric", [True, False], ids=["numbers", "text"])
def test_a_weighted_survey(engines: tuple[Engine, Engine], numeric: bool) -> None:
    data = columns("1", numeric=numeric)
    here, there = (
        alkire_foster.measure(data, survey_spec(), engine=engine).as_document()
        for engine in engines
    )
    assert_same(here, there)


def test_packed_headcounts_gaps_and_missing_values_of_a_parquet_list(
    engines: tuple[Engine, Engine], tmp_path: Path
) -> None:
    count = 400
    data: dict[str, list[Any]] = {
        f"i{n}": [None if (r * 7 + n) % 53 == 0 else (r * (n + 3)) % 5 for r in range(count)]
        for n in range(70)
    }
    data["size"] = [1 + r % 6 for r in range(count)]
    data["tambon"] = [f"{330100 + r % 9}" for r in range(count)]
    path = tmp_path / "list.parquet"
    pq.write_table(pa.table(data), path)
    spec = {
        "indicators": [
            {"name": f"i{n}", "column": f"i{n}", "cutoff": 2, "weight": "1/70"} for n in range(70)
        ],
        "k": ["1/3", 0.4], "household_size": "size", "by": ["tambon"], "missing": "not_deprived",
    }  # fmt: skip
    here, there = (
        alkire_foster.measure(path, spec, engine=engine).as_document() for engine in engines
    )
    assert here["results"][0]["M0"]["value"] > 0
    assert_same(here, there)


def test_a_panel(engines: tuple[Engine, Engine]) -> None:
    spec = {**survey_spec(by=[]), "id": "hh", "years": 3}
    rounds = [columns(number, numeric=False) for number in ("1", "2")]
    here, there = (dynamics.follow(*rounds, spec, engine=engine) for engine in engines)
    assert_same(here, there)


def test_capitals_of_areas(engines: tuple[Engine, Engine]) -> None:
    codes = capitals.columns_needed(capitals.definition())
    data: dict[str, list[Any]] = {
        code: [1 + (row * (place + 2)) % 4 for row in range(90)] for place, code in enumerate(codes)
    }
    data["human_1"][5] = None
    data |= {"tambon": [330101 + r % 4 for r in range(90)], "town": [r % 2 for r in range(90)]}
    here, there = (
        [
            row.as_document()
            for row in capitals.measure_areas(
                data, capitals.definition(), "tambon", inside="town", engine=engine
            )
        ]
        for engine in engines
    )
    assert len(here) == 12
    assert_same(here, there)


def test_refusals_are_the_same(engines: tuple[Engine, Engine], tmp_path: Path) -> None:
    data = columns("1", numeric=False)
    data["water"] = ["", *data["water"][1:]]
    broken = tmp_path / "broken.parquet"
    broken.write_text("not parquet")
    for engine in engines:
        with pytest.raises(DataError) as refused:
            alkire_foster.measure(data, survey_spec(), engine=engine)
        assert refused.value.context["columns"] == {"water": 1}
        with pytest.raises(DataError) as refused:
            alkire_foster.measure(broken, survey_spec(), engine=engine)
        assert refused.value.code == "unreadable_file"
