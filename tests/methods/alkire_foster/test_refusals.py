"""Bad input is refused by name, with a remedy."""

from __future__ import annotations

import contextlib
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaejon.methods import alkire_foster
from kaejon.methods.errors import DataError, KaejonError, UsageError


def good_spec() -> dict[str, Any]:
    return {
        "indicators": [
            {"name": "income", "column": "income", "cutoff": 38000, "weight": "1/2"},
            {"name": "toilet", "column": "toilet", "deprived_values": ["no"], "weight": 0.5},
        ],
        "k": "1/2",
    }


def good_data() -> dict[str, list[Any]]:
    return {
        "income": [20000, 50000, 10000, 90000],
        "toilet": ["no", "yes", "yes", "no"],
        "weight": [1.5, 2.0, 1.0, 0.5],
        "size": [4, 2, 1, 3],
        "stratum": ["a", "a", "b", "b"],
        "psu": [1, 2, 3, 4],
        "area": ["x", "x", "y", "y"],
    }


def test_the_good_example_is_measured() -> None:
    found = alkire_foster.measure(good_data(), good_spec()).as_document()
    assert found["H"]["value"] == 0.75


SPEC_FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("spec_shape", {"": []}),
    ("no_indicators", {"indicators": []}),
    ("k_outside", {"k": 0}),
    ("k_outside", {"k": 1.0001}),
    ("k_outside", {"k": -0.2}),
    ("k_missing", {"k": []}),
    ("not_a_fraction", {"k": "a third"}),
    ("not_a_fraction", {"k": "1/0"}),
    ("not_a_fraction", {"k": float("nan")}),
    ("denominator_too_large", {"k": "1/1001"}),
    ("missing_rule", {"missing": "guess"}),
    ("missing_rule", {"missing": 3}),
    ("unknown_key", {"weights": "w"}),
    ("column_name", {"psu": 3}),
    ("by", {"by": [1]}),
    ("unknown_column", {"by": ["nowhere"]}),
    ("unknown_column", {"weight": "nowhere"}),
    ("gaps", {"gaps": "no"}),
]


@pytest.mark.parametrize(("code", "change"), SPEC_FAULTS)
def test_a_wrong_spec_is_wrong_usage(code: str, change: dict[str, Any]) -> None:
    document: object = [] if "" in change else {**good_spec(), **change}
    with pytest.raises(UsageError) as refused:
        alkire_foster.measure(good_data(), document)  # type: ignore[arg-type]
    assert refused.value.code == code
    assert refused.value.remedy
    assert refused.value.exit_code == 2


INDICATOR_FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("weights_sum", {"weight": 0.4}),
    ("weights_sum", {"weight": 0.500002}),
    ("weight_not_positive", {"weight": 0}),
    ("weight_not_positive", {"weight": -0.5}),
    ("not_a_fraction", {"weight": None}),
    ("one_cutoff", {"deprived_values": [1]}),
    ("cutoff", {"cutoff": "38000"}),
    ("cutoff", {"cutoff": float("inf")}),
    ("repeated_name", {"name": "toilet"}),
    ("unknown_key", {"threshold": 3}),
    ("unknown_column", {"column": "incomes"}),
]


@pytest.mark.parametrize(("code", "change"), INDICATOR_FAULTS)
def test_a_wrong_indicator_is_wrong_usage(code: str, change: dict[str, Any]) -> None:
    spec = good_spec()
    spec["indicators"][0] |= change
    if change.get("weight") == 0.500002:
        spec["indicators"][0]["weight"] = "501/1000"
    with pytest.raises(UsageError) as refused:
        alkire_foster.measure(good_data(), spec)
    assert refused.value.code == code


def test_words_can_never_be_found_among_numbers() -> None:
    spec = good_spec()
    spec["indicators"][1] = {
        "name": "income2", "column": "income", "deprived_values": ["low"], "weight": 0.5,
    }  # fmt: skip
    with pytest.raises(UsageError) as refused:
        alkire_foster.measure(good_data(), spec)
    assert refused.value.code == "deprived_value_type"


DATA_FAULTS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("not_a_number", {"income": ["20000", "much", "10000", "9"]}, {}),
    ("missing_values", {"income": [20000, None, 10000, 90000]}, {}),
    ("missing_values", {"income": ["20000", " ", "10000", "90000"]}, {}),
    ("missing_values", {"income": [20000.0, float("nan"), 1.0, 2.0]}, {}),
    ("all_missing", {"income": [None] * 4}, {"missing": "drop"}),
    ("all_missing", {"income": [""] * 4}, {}),
    ("no_rows", {name: [] for name in good_data()}, {}),
    ("negative_weight", {"weight": [1.5, -2.0, 1.0, 0.5]}, {"weight": "weight"}),
    ("negative_weight", {"size": [4, 2, -1, 3]}, {"household_size": "size"}),
    ("infinite_weight", {"weight": [1.5, float("inf"), 1.0, 0.5]}, {"weight": "weight"}),
    ("not_a_number", {"weight": ["1", "two", "1", "1"]}, {"weight": "weight"}),
    ("no_people", {"weight": [0, 0, 0, 0]}, {"weight": "weight"}),
    ("single_psu", {"psu": [1, 1, 1, 1]}, {"psu": "psu"}),
    ("single_psu", {"psu": [1, 1, 3, 4]}, {"psu": "psu", "strata": "stratum"}),
    ("empty_group", {"weight": [1, 1, 0, 0]}, {"weight": "weight", "by": ["area"]}),
    ("missing_values", {"area": ["x", "x", "", "y"]}, {"by": ["area"]}),
    ("ragged_columns", {"area": ["x"]}, {}),
    ("mixed_column", {"area": ["x", 1, "x", "y"]}, {}),
]


@pytest.mark.parametrize(("code", "change", "spec"), DATA_FAULTS)
def test_wrong_data_is_refused(code: str, change: dict[str, Any], spec: dict[str, Any]) -> None:
    with pytest.raises(DataError) as refused:
        alkire_foster.measure({**good_data(), **change}, {**good_spec(), **spec})
    assert refused.value.code == code
    assert refused.value.remedy
    assert refused.value.exit_code == 1


def test_missing_values_are_named_with_their_columns() -> None:
    data = {**good_data(), "income": [20000, None, 1, 2], "toilet": ["no", None, None, "yes"]}
    with pytest.raises(DataError) as refused:
        alkire_foster.measure(data, good_spec())
    assert refused.value.context["columns"] == {"income": 1, "toilet": 2}


def test_dropped_rows_are_counted() -> None:
    data = {**good_data(), "income": [20000, None, 10000, 90000]}
    found = alkire_foster.measure(data, {**good_spec(), "missing": "drop"}).as_document()
    assert (found["n"], found["dropped"]) == (3, 1)
    assert found["H"]["value"] == 1.0


def test_missing_can_mean_not_deprived_where_the_definition_says_so() -> None:
    data = {**good_data(), "income": [20000, None, 10000, 90000]}
    found = alkire_foster.measure(data, {**good_spec(), "missing": "not_deprived"}).as_document()
    assert (found["n"], found["dropped"]) == (4, 0)
    assert found["H"]["value"] == 0.75


def test_depth_is_undefined_for_negative_achievements() -> None:
    spec = good_spec()
    spec["indicators"] = [{"name": "i", "column": "income", "cutoff": 38000, "weight": 1}]
    found = alkire_foster.measure({"income": [-5, 50000]}, spec).as_document()
    assert found["H"]["value"] == 0.5
    assert found["M1"]["value"] is None


def test_a_file_that_is_not_there_or_not_parquet_is_refused(tmp_path: Any) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_text("not parquet")
    (tmp_path / "table.csv").write_text("a\n1\n")
    for name, code in (
        ("nowhere.parquet", "file_not_found"),
        ("table.csv", "not_parquet"),
        ("broken.parquet", "unreadable_file"),
    ):
        with pytest.raises(KaejonError) as refused:
            alkire_foster.measure(tmp_path / name, good_spec())
        assert refused.value.code == code


def test_strata_without_psus_mean_rows_drawn_one_by_one() -> None:
    spec = {**good_spec(), "strata": "stratum"}
    found = alkire_foster.measure(good_data(), spec).as_document()
    by_row = {**good_data(), "psu": [1, 2, 3, 4]}
    assert found == alkire_foster.measure(by_row, {**spec, "psu": "psu"}).as_document()
    assert found["H"]["se"] > 0


@pytest.mark.parametrize("cutoff", [1e300, -1e300, 38000.5, -1, 0])
def test_cutoffs_of_any_size_fit_columns_of_any_width(cutoff: float) -> None:
    spec = good_spec()
    spec["indicators"] = [{"name": "i", "column": "income", "cutoff": cutoff, "weight": 1}]
    narrow = pa.table({"income": pa.array([1, 200], pa.uint8())})
    found = alkire_foster.measure(narrow, spec).as_document()
    assert found["H"]["value"] == (1.0 if cutoff > 200 else 0.0)


def test_there_is_no_error_without_a_sample_design() -> None:
    found = alkire_foster.measure(good_data(), {**good_spec(), "weight": "weight"}).as_document()
    assert found["H"]["se"] is None
    assert found["H"]["ci95"] is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@settings(max_examples=300)
@given(
    key=st.sampled_from([*sorted(good_spec()), "weight", "psu", "by", "missing", "gaps"]),
    value=JSON,
)
def test_any_value_in_a_spec_is_read_or_refused(key: str, value: object) -> None:
    with contextlib.suppress(UsageError):
        alkire_foster.parse_spec({**good_spec(), key: value})


@settings(max_examples=300)
@given(
    key=st.sampled_from(["name", "column", "cutoff", "deprived_values", "weight", "dimension"]),
    value=JSON,
)
def test_any_value_in_an_indicator_is_read_or_refused(key: str, value: object) -> None:
    spec = good_spec()
    spec["indicators"][0][key] = value
    with contextlib.suppress(UsageError):
        alkire_foster.parse_spec(spec)


def test_nan_written_as_text_is_told_as_a_missing_value() -> None:
    with pytest.raises(DataError) as refused:
        alkire_foster.measure(good_data() | {"income": ["NaN", "1", "2", "3"]}, good_spec())
    assert refused.value.code == "missing_values"
    assert refused.value.context["columns"] == {"income": 1}
