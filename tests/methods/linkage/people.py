"""Small lists for matching tests: hand-made rows and synthetic people with known truth."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from bench.linkage_people import draw_lists
from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.linkage.link import LinkResult, PairDecision, link
from kaejon.methods.linkage.lists import load_columns
from kaejon.methods.linkage.prepare import COLUMNS
from kaejon.methods.thai.national_id import generate

TODAY = dt.date(2026, 11, 21)

Row = dict[str, str]


def number(serial: int) -> str:
    """A valid national ID that belongs to nobody."""
    return generate(f"8{serial:011d}")


def person(row_id: str, **facts: str) -> Row:
    """One row; facts that are not named are those of a plain person."""
    plain = {
        "title": "นาย",
        "first_name": "สมศักดิ์",
        "last_name": "ทองดี",
        "national_id": "",
        "birth_date": "12/3/2510",
        "sex": "ชาย",
        "house_no": "12/3",
        "moo": "4",
        "tambon_code": "330101",
    }
    return {"id": row_id, **plain, **facts}


def columns(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Rows as columns of the contract."""
    return {name: [row.get(name, "") for row in rows] for name in COLUMNS}


def table_columns(table: pa.Table) -> dict[str, list[str]]:
    """An Arrow table as columns of text."""
    return {name: table.column(name).to_pylist() for name in table.column_names}


@contextmanager
def loaded(*lists: dict[str, list[str]]) -> Iterator[tuple[DuckDBEngine, list[str]]]:
    """An engine with the lists in it as list_0, list_1."""
    with DuckDBEngine(memory_limit="500MB", threads=2) as engine:
        names = [f"list_{place}" for place in range(len(lists))]
        for name, values in zip(names, lists, strict=True):
            load_columns(engine, name, values)
        yield engine, names


def match(
    *lists: dict[str, list[str]],
    decisions: Iterable[PairDecision] = (),
) -> LinkResult:
    """Match one or two lists given as columns."""
    with loaded(*lists) as (engine, names):
        right = names[1] if len(names) > 1 else None
        return link(engine, names[0], right, today=TODAY, decisions=decisions)


def bands(result: LinkResult) -> dict[tuple[str, str], str]:
    """Band of every pair found."""
    return {(row["left_id"], row["right_id"]): row["band"] for row in rows(result)}


def rows(result: LinkResult) -> list[dict[str, Any]]:
    """Pairs as dictionaries."""
    found: list[dict[str, Any]] = result.pairs.to_pylist()
    return found


def synthetic(
    people: int, seed: int, profile: str = "stated"
) -> tuple[dict[str, list[str]], dict[str, list[str]], pa.Table]:
    """Two synthetic lists and their true pairs."""
    left, right, truth = draw_lists(people=people, seed=seed, profile=profile)
    return table_columns(left), table_columns(right), truth
