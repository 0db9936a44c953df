"""The same households in two rounds: published transitions, exact parts, lost and new."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaejon.methods import dynamics
from kaejon.methods.engine import Engine, open_engine
from kaejon.methods.errors import DataError, KaejonError, UsageError

VECTORS = Path(__file__).parents[2] / "vectors"
WANTED = json.loads((VECTORS / "panel_dynamics.json").read_text())
PANEL = json.loads((VECTORS / "alkire_foster_survey_panel.json").read_text())["synthetic_panel"]


@pytest.fixture(scope="module")
def engine() -> Engine:
    with open_engine() as opened:
        yield opened


def panel_round(number: str) -> dict[str, list[str]]:
    rows = [r for r in csv.DictReader(io.StringIO(PANEL["rows_csv"])) if r["t"] == number]
    return {column: [row[column] for row in rows] for column in rows[0]}


def panel_spec(**changes: object) -> dict[str, object]:
    indicators = [
        {"name": n, "column": n, "deprived_values": [1], "weight": w}
        for n, w in PANEL["weights"].items()
    ]
    return {
        "indicators": indicators, "k": "1/3", "weight": "w", "household_size": "hhsize",
        "id": "hh", "years": 3, **changes,
    }  # fmt: skip


def test_the_published_panel(engine: Engine) -> None:
    found: Any = dynamics.follow(panel_round("1"), panel_round("2"), panel_spec(), engine=engine)
    assert found["households"] == WANTED["households"]
    assert found["weighted"] == pytest.approx(WANTED["weighted"], abs=1e-9)
    for name in (
        "M0_1", "M0_2", "exit_rate", "entry_rate", "persistence", "ever_poor", "always_poor",
        "delta_M0", "delta_from_ongoing", "delta_from_entry", "delta_from_exit",
    ):  # fmt: skip
        assert found[name] == pytest.approx(WANTED[name], abs=5e-12), name
    assert found["annualised"] == pytest.approx(WANTED["annualised"], abs=5e-9)
    assert sum(found["shapley"].values()) == pytest.approx(found["delta_M0"], abs=1e-15)
    assert found["lost"]["households"] == found["new"]["households"] == 0


def test_whole_rounds_carry_errors_where_there_is_a_sample(engine: Engine) -> None:
    spec = panel_spec(strata="stratum", psu="psu")
    found: Any = dynamics.follow(panel_round("1"), panel_round("2"), spec, engine=engine)
    change = next(
        row
        for row in PANEL["expected_changes"]
        if (row["measure"], row["k"], row["loa"], row["ctype"], row["ann"])
        == ("M0", 33, "nat", "abs", 0)
    )
    ours = found["rounds"]["M0"]["change"]["absolute"]
    assert ours["value"] == pytest.approx(change["b"], abs=5e-9)
    assert ours["se"] == pytest.approx(change["se"], abs=5e-9)


def simple(ids: list[str], poor: list[int], **more: list[Any]) -> dict[str, list[Any]]:
    return {"id": ids, "x": [1 - p for p in poor], **more}


SIMPLE: dict[str, Any] = {
    "indicators": [{"name": "x", "column": "x", "cutoff": 1, "weight": 1}], "k": 1, "id": "id",
}  # fmt: skip


def test_lost_and_new_households_are_rows_of_their_own(engine: Engine) -> None:
    first = simple(["a", "b", "c"], [1, 1, 0])
    second = simple(["c", "b", "d", "e"], [1, 0, 1, 0])
    found: Any = dynamics.follow(first, second, SIMPLE, engine=engine)
    assert found["households"] == {"PP": 0, "PN": 1, "NP": 1, "NN": 0}
    assert (found["lost"]["households"], found["lost"]["H"]) == (1, 1.0)
    assert (found["new"]["households"], found["new"]["H"]) == (2, 0.5)
    assert found["rounds"]["n"] == [3, 4]
    assert found["rounds"]["H"]["change"]["absolute"]["value"] == pytest.approx(0.5 - 2 / 3)
    assert found["annualised"] is None


def test_incomplete_households_are_counted_apart(engine: Engine) -> None:
    first = simple(["a", "b"], [1, 1])
    second = simple(["a", "b"], [1, 1]) | {"x": [None, 0]}
    found: Any = dynamics.follow(first, second, {**SIMPLE, "missing": "drop"}, engine=engine)
    assert found["households"] == {"PP": 1, "PN": 0, "NP": 0, "NN": 0}
    assert found["incomplete"] == 1
    assert found["lost"]["households"] == 0


def test_levels_move_in_a_four_by_four_table(engine: Engine) -> None:
    ids = ["a", "b", "c", "d"]
    first = simple(ids, [1, 1, 0, 0], level=[1, 1, 3, 4])
    second = simple(ids, [1, 0, 0, 1], level=[1, 2, 3, 2])
    found: Any = dynamics.follow(first, second, {**SIMPLE, "level": "level"}, engine=engine)
    levels = found["levels"]
    assert levels["households"] == [[1, 1, 0, 0], [0] * 4, [0, 0, 1, 0], [0, 1, 0, 0]]
    assert levels["rates"][0] == [0.5, 0.5, 0.0, 0.0]
    assert levels["rates"][1] == [None] * 4
    assert (levels["rose"], levels["stayed"], levels["fell"]) == (0.25, 0.5, 0.25)


def test_graduation_in_the_panel_equals_the_rule_on_arrays(engine: Engine) -> None:
    ids = ["a", "b", "c", "d", "e"]
    poor = [[0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]
    capital = [[2.0, 3.0, 2.0, 2.0, 2.0], [2.0, 2.5, 3.0, 3.0, 2.5]]
    rounds = [simple(ids, p, human=c) for p, c in zip(poor, capital, strict=True)]
    by_rule = dynamics.graduated(np.array(poor, bool), np.array(capital)[:, :, None])
    assert by_rule.tolist() == [True, False, False, False, True]
    found: Any = dynamics.follow(*rounds, {**SIMPLE, "capitals": ["human"]}, engine=engine)
    assert found["graduated"]["households"] == 2
    half_a_level = dynamics.GraduationRule(tolerance=0.5)
    by_rule = dynamics.graduated(np.array(poor, bool), np.array(capital)[:, :, None], half_a_level)
    assert by_rule.tolist() == [True, True, False, False, True]
    spec = {**SIMPLE, "capitals": ["human"], "graduation": {"tolerance": 0.5}}
    found = dynamics.follow(*rounds, spec, engine=engine)
    assert found["graduated"]["households"] == 3
    lenient = {"rounds_out": 1, "tolerance": 0.5}
    spec = {**SIMPLE, "capitals": ["human"], "graduation": lenient}
    found = dynamics.follow(*rounds, spec, engine=engine)
    assert found["graduated"]["households"] == 4
    assert found["graduated"]["rule"]["rounds_out"] == 1


def test_an_unknown_capital_cannot_be_shown_not_to_fall() -> None:
    poor = np.zeros((2, 2), bool)
    capitals = np.array([[[2.0], [np.nan]], [[2.0], [3.0]]])
    assert dynamics.graduated(poor, capitals).tolist() == [True, False]


def test_the_rule_needs_as_many_rounds_as_it_looks_at() -> None:
    with pytest.raises(DataError) as refused:
        dynamics.graduated(np.zeros((1, 3), bool))
    assert refused.value.code == "too_few_rounds"


@settings(max_examples=25)
@given(
    rows=st.lists(st.tuples(*[st.integers(0, 1)] * 4, st.integers(1, 9)), min_size=1, max_size=20)
)
def test_the_parts_add_up_to_the_change(
    engine: Engine, rows: list[tuple[int, int, int, int, int]]
) -> None:
    columns = list(zip(*rows, strict=True))
    ids = [str(n) for n in range(len(rows))]
    spec = {
        "indicators": [
            {"name": n, "column": n, "cutoff": 1, "weight": w} for n, w in (("x", "2/3"), ("y", "1/3"))
        ],
        "k": "1/2", "id": "id", "household_size": "size",
    }  # fmt: skip
    rounds = [
        {"id": ids, "x": list(columns[a]), "y": list(columns[a + 1]), "size": list(columns[4])}
        for a in (0, 2)
    ]
    found: Any = dynamics.follow(*rounds, spec, engine=engine)
    parts = (found["delta_from_ongoing"], found["delta_from_entry"], found["delta_from_exit"])
    assert sum(parts) == pytest.approx(found["delta_M0"], abs=1e-14)
    assert found["M0_2"] - found["M0_1"] == pytest.approx(found["delta_M0"], abs=1e-15)
    assert sum(found["weighted"].values()) == sum(columns[4])
    if found["exit_rate"] is not None:
        assert found["exit_rate"] + found["persistence"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("code", "second", "changes"),
    [
        ("repeated_id", simple(["a", "a"], [1, 1]), {}),
        ("blank_id", simple(["a", " "], [1, 1]), {}),
        ("nobody_matched", simple(["z"], [1]), {}),
        ("bad_level", simple(["a"], [1], level=[5]), {"level": "level"}),
        ("all_missing", simple(["a"], [1]) | {"x": [None]}, {}),
        ("missing_values", simple(["a", "b"], [1, 1]) | {"x": [None, 1]}, {}),
        ("unknown_column", {"id": ["a"]}, {}),
        ("unknown_column", simple(["a"], [1]), {"capitals": ["human"]}),
    ],
)
def test_wrong_rounds_are_refused(
    engine: Engine, code: str, second: dict[str, Any], changes: dict[str, Any]
) -> None:
    first = simple(["a"], [1], level=[1])
    with pytest.raises(KaejonError) as refused:
        dynamics.follow(first, second, {**SIMPLE, **changes}, engine=engine)
    assert refused.value.code == code
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no_id", {"id": ""}),
        ("years", {"years": 0}),
        ("years", {"years": "3"}),
        ("level", {"level": 3}),
        ("capitals", {"capitals": "human"}),
        ("graduation", {"graduation": {"rounds": 2}}),
        ("graduation", {"graduation": {"rounds_out": 3}}),
        ("graduation", {"graduation": {"tolerance": -1}}),
        ("unknown_key", {"period": 3}),
    ],
)
def test_wrong_panel_specs_are_wrong_usage(code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as refused:
        dynamics.parse_panel_spec({**SIMPLE, **changes})
    assert refused.value.code == code


def test_a_panel_spec_must_be_an_object() -> None:
    with pytest.raises(UsageError):
        dynamics.parse_panel_spec([])
