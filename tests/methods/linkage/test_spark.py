"""The same pairs on Spark as on DuckDB."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from bench.linkage_people import draw_lists

pytestmark = pytest.mark.spark


def match(engine: str, folder: Path) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Pairs and summary; a process of its own, because a JVM keeps its first class path."""
    lists = [str(folder / "left.parquet"), str(folder / "right.parquet")]
    output = folder / f"{engine}.csv"
    command = [sys.executable, "-m", "kaejon.cli.main", "match", *lists, "--engine", engine]
    done = subprocess.run(
        [*command, "-o", str(output), "--json"], check=True, capture_output=True, text=True
    )
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), json.loads(done.stdout)


def test_spark_and_duckdb_find_the_same_pairs(tmp_path: Path) -> None:
    for name, table in zip(("left", "right"), draw_lists(people=300, seed=3), strict=False):
        pq.write_table(table, tmp_path / f"{name}.parquet")
    here, summary = match("duckdb", tmp_path)
    there, spark_summary = match("spark", tmp_path)
    assert spark_summary == {**summary, "engine": "spark"}
    assert summary["sure"] > 200
    assert len(there) == len(here)
    for ours, theirs in zip(here, there, strict=True):
        assert {**theirs, "probability": ""} == {**ours, "probability": ""}
        assert float(theirs["probability"]) == pytest.approx(float(ours["probability"]), abs=1e-5)
