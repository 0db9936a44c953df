"""Lists against the truth: published arithmetic, views, errors, refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods import targeting
from kaejon.methods.errors import DataError

VECTORS = Path(__file__).parents[2] / "vectors"
CASES = json.loads((VECTORS / "targeting_accuracy.json").read_text())["cases"]
TPMAP = json.loads((VECTORS / "tpmap_2561.json").read_text())["country"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_published_two_by_two_tables(case: dict[str, Any]) -> None:
    wanted = case["expected"]
    table = targeting.accuracy(wanted["TP"], wanted["FP"], wanted["FN"], wanted["TN"])
    assert table.as_document() == pytest.approx(wanted, abs=1e-12)


def test_tpmap_2561_cards_against_bmn_poverty() -> None:
    poor, cards, both = (
        TPMAP["bmn_poor_persons"], TPMAP["validated_MOFval"], TPMAP["target_poor"],
    )  # fmt: skip
    rest = TPMAP["persons"] - poor - cards + both
    shares = targeting.accuracy(both, cards - both, poor - both, rest).shares()
    assert shares["coverage_of_poor"] == pytest.approx(0.2345, abs=5e-5)
    assert shares["exclusion_error"] == pytest.approx(0.7655, abs=5e-5)
    assert shares["inclusion_error_leakage"] == pytest.approx(0.8772, abs=5e-5)
    assert shares["coady_grosh_hoddinott"] == pytest.approx(1.02, abs=5e-3)


def test_the_published_overlap_of_two_kinds_of_poverty_in_2566() -> None:
    figures = json.loads((VECTORS / "thai_official_figures.json").read_text())
    overlap = figures["national_mpi"]["overlap_2566_million"]
    table = targeting.accuracy(
        overlap["both"], overlap["multidimensional_only"], overlap["monetary_only"], 60.0
    )
    assert 100 * table.overlap == pytest.approx(overlap["both_share_pct"], abs=0.05)
    assert table.total - table.neither == pytest.approx(overlap["any"])
    assert targeting.accuracy(0, 0, 0, 5).overlap is None


def village() -> dict[str, list[object]]:
    return {
        "household_id": ["a", "a", "b", "b", "c", "d"],
        "poor": [1, 1, 1, 1, 0, 0],
        "card": [1, 0, 0, 0, 1, 0],
        "tpmap": [0, 0, 1, 1, 0, 0],
    }


def test_one_card_covers_the_household_but_only_one_person_holds_it() -> None:
    found: Any = targeting.compare(village())
    card = found["lists"][0]
    assert card["name"] == "card"
    assert card["person"]["coverage_of_poor"] == 0.25
    assert card["covered"]["coverage_of_poor"] == 0.5
    assert card["household"]["coverage_of_poor"] == 0.5
    assert (card["household"]["TP"], card["household"]["N"]) == (1, 4)
    assert found["any_list"]["household"]["coverage_of_poor"] == 1.0
    assert found["households"] == 4


def test_weights_count_people_and_every_share_names_its_denominator() -> None:
    found: Any = targeting.compare({**village(), "weight": [2, 1, 1, 1, 4, 1]})
    person = found["lists"][0]["person"]
    assert found["population"] == 10
    assert person["coverage_of_poor"] == 0.4
    assert person["inclusion_error_leakage"] == pytest.approx(4 / 6)
    assert set(found["denominators"]) == set(targeting.accuracy(1, 1, 1, 1).shares())


def test_missed_poor_are_counted_by_reason() -> None:
    data = {"poor": [1, 1, 1, 0], "card": [0, 0, 1, 0]}
    reasons = ["never registered", "", "failed validation", ""]
    found = targeting.compare({**data, "missed_reason": reasons})
    assert found["missed"] == {"never registered": 1.0, "unknown": 1.0}


def test_a_sampled_truth_brings_errors() -> None:
    data = {"poor": [1, 1, 1, 1], "card": [1, 0, 1, 1], "psu": [1, 1, 2, 2]}
    found: Any = targeting.compare(data)
    errors = found["lists"][0]["person"]["errors"]
    # PSU coverages 1/2 and 1: the standard error of their mean is a quarter.
    assert errors["coverage_of_poor"]["se"] == pytest.approx(0.25)
    assert errors["exclusion_error"]["se"] == pytest.approx(0.25)
    low, high = errors["coverage_of_poor"]["ci95"]
    assert 0 < low < 0.75 < high < 1


def test_a_census_truth_has_no_errors() -> None:
    found: Any = targeting.compare(village())
    assert found["lists"][0]["person"]["errors"] is None


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 4), st.booleans(), st.booleans()), min_size=1, max_size=30
    )
)
def test_covering_households_never_lowers_coverage(rows: list[tuple[int, bool, bool]]) -> None:
    data = {
        "household_id": [row[0] for row in rows],
        "poor": [int(row[1]) for row in rows],
        "card": [int(row[2]) for row in rows],
    }
    card: Any = targeting.compare(data)["lists"][0]  # type: ignore[index]
    if not any(data["poor"]):
        assert card["person"]["coverage_of_poor"] is None
        return
    assert card["covered"]["coverage_of_poor"] >= card["person"]["coverage_of_poor"]
    person = card["person"]
    assert person["coverage_of_poor"] + person["exclusion_error"] == pytest.approx(1)
    assert person["TP"] + person["FP"] + person["FN"] + person["TN"] == len(rows)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("bad_cells", {"poor": [1, 1, "yes", 1, 0, 0]}),
        ("bad_cells", {"card": [1, 0, None, 0, 1, 0]}),
        ("bad_cells", {"weight": [1, 1, -1, 1, 1, 1]}),
        ("no_people", {"weight": [0] * 6}),
        ("single_psu", {"psu": [1] * 6}),
    ],
)
def test_wrong_cells_are_refused(code: str, change: dict[str, list[object]]) -> None:
    with pytest.raises(DataError) as refused:
        targeting.compare({**village(), **change})
    assert refused.value.code == code
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("missing_columns", {"card": [1]}),
        ("no_lists", {"poor": [1]}),
        ("no_rows", {"poor": [], "card": []}),
    ],
)
def test_a_table_without_truth_lists_or_rows_is_refused(
    code: str, data: dict[str, list[object]]
) -> None:
    with pytest.raises(DataError) as refused:
        targeting.compare(data)
    assert refused.value.code == code


@pytest.mark.parametrize("counts", [(-1, 1, 1, 1), (0, 0, 0, 0)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(DataError) as refused:
        targeting.accuracy(*counts)
    assert refused.value.code == "bad_counts"
