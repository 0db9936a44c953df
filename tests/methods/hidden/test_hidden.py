"""Those on no list: published estimates, every model, refusals."""

from __future__ import annotations

import json
import math
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from kaejon.methods import hidden
from kaejon.methods.errors import DataError

VECTORS = Path(__file__).parents[2] / "vectors"
PUBLISHED = json.loads((VECTORS / "multiple_systems.json").read_text())
ROME = PUBLISHED["loglinear"][0]


def columns_of(histories: list[list[int]]) -> dict[str, list[int]]:
    lists = len(histories[0]) - 1
    columns = {f"list_{n + 1}": [row[n] for row in histories] for n in range(lists)}
    return {**columns, "count": [row[-1] for row in histories]}


def test_two_lists_by_chapman_seber_and_chao() -> None:
    wanted = PUBLISHED["two_list"][0]
    chapman, petersen = hidden.two_lists(wanted["n1"], wanted["n2"], wanted["m"])
    assert chapman.estimate == pytest.approx(wanted["chapman"], abs=1e-8)
    assert chapman.se == pytest.approx(wanted["chapman_se"], abs=1e-8)
    assert chapman.ci95 == pytest.approx(wanted["ci95_lognormal_chao"], abs=1e-8)
    assert petersen.estimate == pytest.approx(wanted["lincoln_petersen"])
    assert petersen.se == pytest.approx(wanted["lp_se"], abs=1e-6)


@pytest.fixture(scope="module")
def rome() -> hidden.HiddenPopulation:
    return hidden.estimate(columns_of(ROME["histories"]))


@pytest.mark.parametrize("wanted", ROME["expected"], ids=lambda row: row["model"])
def test_four_lists_of_rome_agree_with_rcapture(
    rome: hidden.HiddenPopulation, wanted: dict[str, Any]
) -> None:
    assert rome.observed == ROME["n"]
    found = next(model for model in rome.models if model.name == wanted["model"])
    assert found.estimate == pytest.approx(wanted["abundance"], abs=1e-6)
    assert found.se == pytest.approx(wanted["stderr"], abs=1e-7)
    assert found.deviance == pytest.approx(wanted["deviance"], abs=1e-10)
    assert found.aic == pytest.approx(wanted["AIC"], abs=1e-9)
    assert found.bic == pytest.approx(wanted["BIC"], abs=1e-9)
    assert found.df == wanted["df"]


def test_all_models_within_four_aic_are_shown_ascending(rome: hidden.HiddenPopulation) -> None:
    aic = [model.aic for model in rome.models]
    assert aic == sorted(aic)
    assert max(aic) - min(aic) <= 4
    assert rome.models[0].name == "[12,3,4]"
    assert len(rome.models) > 5
    assert rome.warnings
    assert "times the observed" in rome.warnings[0]


def test_all_pairs_of_rome_far_from_the_best_model() -> None:
    pairs = next(m for m in hidden.hierarchical_models(4) if len(m) == 6)
    histories = np.array(ROME["histories"], dtype=float)
    fit = hidden._fit(pairs, histories[:, :4], histories[:, 4])
    assert fit.name == "[12,13,14,23,24,34]"
    assert fit.estimate == pytest.approx(23443.536, abs=5e-4)


def test_hierarchical_models_are_all_there_once() -> None:
    assert [hidden.model_name(m) for m in hidden.hierarchical_models(3)] == [
        "[1,2,3]", "[1,23]", "[12,3]", "[13,2]", "[12,13]", "[12,23]", "[13,23]", "[12,13,23]",
    ]  # fmt: skip
    four = [hidden.model_name(m) for m in hidden.hierarchical_models(4)]
    assert len(four) == len(set(four)) == 113


@settings(max_examples=30)
@given(counts=st.lists(st.integers(1, 400), min_size=7, max_size=7))
def test_fits_agree_with_statsmodels(counts: list[int]) -> None:
    cells = [cell for cell in product((0, 1), repeat=3) if any(cell)]
    found = hidden.estimate(columns_of([[*c, n] for c, n in zip(cells, counts, strict=True)]))
    design = np.column_stack([np.ones(7), np.array(cells)])
    oracle = GLM(np.array(counts), design, family=Poisson()).fit(tol=1e-12)
    independent = hidden._fit(
        hidden.hierarchical_models(3)[0], np.array(cells, float), np.array(counts, float)
    )
    assert independent.estimate == pytest.approx(sum(counts) + math.exp(oracle.params[0]), rel=1e-5)
    assert independent.deviance == pytest.approx(oracle.deviance, abs=1e-4)
    for model in found.models:
        assert model.estimate > found.observed
        assert found.observed < model.ci95[0] < model.estimate < model.ci95[1]


def test_repeated_rows_add_up_and_absent_histories_count_zero() -> None:
    split = {"a": [1, 1, 0, 1], "b": [0, 0, 1, 1], "count": [30, 50, 80, 20]}
    whole = {"a": [1, 0, 1], "b": [0, 1, 1], "count": [80, 80, 20]}
    assert hidden.estimate(split) == hidden.estimate(whole)
    assert hidden.estimate(whole).models[0].estimate == pytest.approx(484.761904762, abs=1e-8)
    assert hidden.estimate(whole).models[0].aic is None


def test_lists_that_share_nobody_are_refused_with_a_reason() -> None:
    two = hidden.estimate({"a": [1, 0], "b": [0, 1], "count": [30, 50]})
    assert two.models == ()
    assert {r.code for r in two.refused} == {"no_overlap"}
    three = hidden.estimate(columns_of([[1, 0, 0, 9], [0, 1, 0, 9], [0, 0, 1, 9]]))
    assert three.models == ()
    assert three.refused[0].code == "no_overlap"


def test_a_model_that_an_empty_overlap_sends_to_infinity_is_refused() -> None:
    rows = [[1, 0, 0, 40], [0, 1, 0, 30], [0, 0, 1, 20], [1, 1, 0, 10], [1, 0, 1, 8]]
    found = hidden.estimate(columns_of(rows))
    assert "[12,13,23]" in {r.model for r in found.refused}
    assert all(math.isfinite(model.estimate) for model in found.models)
    assert found.models


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("unseen_row", {"a": [1, 0], "b": [1, 0], "count": [3, 4]}),
        ("number_of_lists", {"a": [1], "count": [3]}),
        ("number_of_lists", {**{f"l{n}": [1] for n in range(6)}, "count": [3]}),
        ("missing_columns", {"a": [1], "b": [1]}),
        ("bad_cells", {"a": [1, 2], "b": [1, 0], "count": [3, 4]}),
        ("bad_cells", {"a": [1, 1], "b": [1, 0], "count": [3, -4]}),
        ("bad_cells", {"a": [1, 1], "b": [1, 0], "count": [3, None]}),
        ("fractional_count", {"a": [1, 1], "b": [1, 0], "count": [3, 4.5]}),
        ("nobody_counted", {"a": [1, 1], "b": [1, 0], "count": [0, 0]}),
        ("empty_list", {"a": [1, 1], "b": [0, 0], "count": [5, 6]}),
        ("no_rows", {"a": [], "b": [], "count": []}),
    ],
)
def test_bad_histories_are_refused(code: str, columns: dict[str, list[object]]) -> None:
    with pytest.raises(DataError) as refused:
        hidden.estimate(columns)
    assert refused.value.code == code
    assert refused.value.remedy


@pytest.mark.parametrize(("first", "second", "both"), [(5, 5, 6), (5, 5, -1), (5, 5, 0)])
def test_impossible_or_empty_overlaps_of_two_lists_are_refused(
    first: int, second: int, both: int
) -> None:
    with pytest.raises(DataError):
        hidden.two_lists(first, second, both)
