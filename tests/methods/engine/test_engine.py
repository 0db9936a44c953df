"""What every engine promises, checked on DuckDB; text that goes into SQL is safe."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaejon.methods import engine
from kaejon.methods.errors import UsageError


@pytest.fixture(scope="module")
def opened() -> Iterator[engine.Engine]:
    with engine.open_engine() as one:
        yield one


def test_duckdb_is_bounded_and_downloads_nothing() -> None:
    with engine.open_engine("duckdb", memory="300MB", threads=1) as opened:
        settings = opened.query(
            "SELECT name, value FROM duckdb_settings() WHERE name IN ('memory_limit', 'threads', "
            "'autoinstall_known_extensions', 'autoload_known_extensions')"
        ).to_pylist()
    found = {row["name"]: row["value"] for row in settings}
    assert found["autoinstall_known_extensions"] == "false"
    assert found["autoload_known_extensions"] == "false"
    assert found["threads"] == "1"
    assert found["memory_limit"].startswith("286")


def test_an_unknown_engine_is_wrong_usage() -> None:
    with pytest.raises(UsageError) as refused:
        engine.open_engine("sqlite")
    assert refused.value.code == "unknown_engine"


@pytest.mark.parametrize(("memory", "threads"), [("lots", 2), ("2GB", 0), ("-1GB", 1), ("", 1)])
def test_bounds_that_make_no_sense_are_wrong_usage(memory: str, threads: int) -> None:
    with pytest.raises(UsageError) as refused:
        engine.open_engine("duckdb", memory=memory, threads=threads)
    assert refused.value.code == "engine_bounds"


def test_spark_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without_pyspark(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("pyspark"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_pyspark)
    with pytest.raises(UsageError) as refused:
        engine.open_engine("spark")
    assert refused.value.code == "spark_missing"
    assert "kaejon[spark]" in refused.value.remedy


def test_columns_have_kinds() -> None:
    table = pa.table(
        {
            "whole": pa.array([1], pa.int8()),
            "share": [0.5],
            "yes": [True],
            "name": ["ก"],
            "empty": pa.nulls(1),
            "price": pa.array([1], pa.decimal128(5, 2)),
            "day": pa.array([0], pa.date32()),
        }
    )
    with engine.open_engine() as opened:
        source = opened.read(table)
    assert dict(source.columns) == {
        "whole": "integer", "share": "float", "yes": "boolean", "name": "text", "empty": "text",
        "price": "decimal", "day": "other",
    }  # fmt: skip


@settings(max_examples=60)
@given(name=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8))
def test_any_column_name_and_text_is_safe_in_sql(opened: engine.Engine, name: str) -> None:
    source = opened.read({name: [name, "other"]})
    sql = (
        f"SELECT COUNT(*) AS n FROM {source.name} "
        f"WHERE {engine.quoted(name)} = {engine.text_literal(name)}"
    )
    assert opened.query(sql).to_pylist() == [{"n": 2 if name == "other" else 1}]


def test_sql_is_rendered_for_spark() -> None:
    sql = 'SELECT (m >> 4) & 15 AS "ก", TRY_CAST(t AS DOUBLE) FROM s'
    assert engine.render(sql, "duckdb") == sql
    assert engine.render(sql, "spark") == (
        "SELECT (SHIFTRIGHT(m, 4)) & 15 AS `ก`, TRY_CAST(t AS DOUBLE) FROM s"
    )
