"""Capitals of areas: means and level tables, all households and in and out of municipalities."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kaejon.methods import capitals
from kaejon.methods.capitals import areas
from kaejon.methods.errors import DataError, KaejonError

PPP = capitals.definition()
CODES = capitals.columns_needed(PPP)


def village(households: int = 60) -> dict[str, list[Any]]:
    draw = random.Random(7)
    columns: dict[str, list[Any]] = {
        code: draw.choices([1, 2, 3, 4, None], [6, 6, 6, 6, 1], k=households) for code in CODES
    }
    columns["household_id"] = [f"h{n}" for n in range(households)]
    columns["tambon"] = [draw.choice([330101, 330102, 330103]) for _ in range(households)]
    columns["municipal"] = [draw.choice([0, 1]) for _ in range(households)]
    return columns


def by_hand(
    columns: dict[str, list[Any]], area: int, inside: int | None, code: str
) -> tuple[list[Fraction], list[int]]:
    """Scores and levels of the households of an area, one by one."""
    scores = []
    for place, found in enumerate(columns["tambon"]):
        if found == area and inside in (None, columns["municipal"][place]):
            items = {c: [v and Decimal(v)] for c in CODES for v in [columns[c][place]]}
            alone = capitals.score_household(items, PPP)
            score = alone.overall if code == "overall" else alone.capitals[code]
            scores += [] if score is None else [score]
    return scores, [capitals.level_of(score, PPP) for score in scores]


def test_means_and_level_counts_are_those_of_the_households_one_by_one() -> None:
    columns = village()
    scored = capitals.score_columns(columns, PPP)
    rows = capitals.area_table(scored, columns["tambon"], columns["municipal"])
    assert len(rows) == 9
    marks = {"all": None, "inside": 1, "outside": 0}
    for row in rows:
        for code in scored.codes:
            scores, levels = by_hand(columns, int(str(row.area)), marks[row.where], code)
            mean = sum(scores, Fraction()) / len(scores) if scores else None
            assert row.means[code] == (None if mean is None else float(mean))
            assert row.counts[code] == {str(n): levels.count(n) for n in range(1, 5)}
    whole = [row.households for row in rows if row.where == "all"]
    assert sum(whole) == 60
    assert sum(row.households for row in rows) == 120


@pytest.mark.parametrize("bits", [areas.FIELD_BITS, 3], ids=["small groups", "large groups"])
def test_an_engine_gives_the_same_areas_in_one_scan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bits: int
) -> None:
    monkeypatch.setattr(areas, "FIELD_BITS", bits)
    columns = village()
    path = tmp_path / "households.parquet"
    pq.write_table(pa.table(columns), path)
    scored = capitals.score_columns(columns, PPP)
    expected = {
        (row.area, row.where): row
        for row in capitals.area_table(scored, columns["tambon"], columns["municipal"])
    }
    found = capitals.measure_areas(path, PPP, "tambon", inside="municipal")
    assert {(row.area, row.where): row for row in found} == expected
    alone = capitals.measure_areas(path, PPP, "tambon")
    assert list(alone) == sorted(
        (row for row in expected.values() if row.where == "all"), key=lambda row: str(row.area)
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"human_1": [9]}, "score_out_of_range"),
        ({"human_1": [2.5]}, "not_whole"),
        ({"human_1": ["2"]}, "not_whole"),
        ({"tambon": [None]}, "empty_area"),
        ({"tambon": []}, "no_rows"),
    ],
)
def test_what_an_engine_cannot_score_is_refused(change: dict[str, list[Any]], code: str) -> None:
    columns = {**{key: [2] for key in CODES}, "tambon": [330101]} | change
    if change.get("tambon") == []:
        columns = {n: pa.array([], pa.int64()) for n in columns}
    with pytest.raises(DataError) as refused:
        capitals.measure_areas(pa.table(columns), PPP, "tambon")
    assert refused.value.code == code
    assert refused.value.remedy


def test_areas_must_be_as_many_as_households() -> None:
    scored = capitals.score_columns(village(3), PPP)
    with pytest.raises(DataError, match="3 households have 2 areas"):
        capitals.area_table(scored, ["a", "b"])
    with pytest.raises(KaejonError, match="no column 'x'"):
        capitals.measure_areas(village(3), PPP, "x")
