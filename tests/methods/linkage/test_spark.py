"""The same pairs on Spark as on DuckDB."""

from __future__ import annotations

import pytest

from kaejon.methods.linkage.engines import open_engine

from .people import match, rows, synthetic

pytestmark = pytest.mark.spark


def test_spark_and_duckdb_find_the_same_pairs() -> None:
    left, right, _ = synthetic(300, seed=3)
    here = match(left, right)
    with open_engine("spark") as spark:
        there = match(left, right, scorer=spark)
    found = {(r["left_id"], r["right_id"]): r for r in rows(there)}
    assert list(found) == [(r["left_id"], r["right_id"]) for r in rows(here)]
    for row in rows(here):
        other = found[row["left_id"], row["right_id"]]
        assert other["band"] == row["band"]
        assert other["probability"] == pytest.approx(row["probability"], abs=1e-5)
