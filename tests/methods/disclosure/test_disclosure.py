"""Small groups stay hidden: published cases, random tables, differencing attacks."""

from __future__ import annotations

import json
import math
import random
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaejon.methods.disclosure import suppression as disclosure
from kaejon.methods.errors import DataError, UsageError

VECTORS = Path(__file__).parents[2] / "vectors"
WANTED = json.loads((VECTORS / "disclosure_control.json").read_text())


def test_k_anonymity_counts_of_the_published_example() -> None:
    example = WANTED["k_anonymity"]
    rows = [row[:4] for row in example["rows"]]
    shared, people = disclosure.anonymity(rows, [row[4] for row in example["rows"]])
    assert shared == example["fk"]
    assert people == pytest.approx(example["Fk"])
    assert sum(count < 2 for count in shared) == example["n_violating_2_anonymity"]
    assert sum(count < 3 for count in shared) == example["n_violating_3_anonymity"]


@pytest.mark.parametrize("case", WANTED["primary_suppression"]["cases"])
def test_small_counts_are_hidden_and_zero_is_shown(case: dict[str, list[int]]) -> None:
    threshold = case["maxN"] + 1
    assert [disclosure.is_small(n, threshold) for n in case["counts"]] == case["suppressed"]


def test_thresholds_by_audience() -> None:
    assert disclosure.threshold_for("public") == 10
    assert disclosure.threshold_for("internal") == 5
    with pytest.raises(UsageError):
        disclosure.threshold_for("press")


CASE = WANTED["complementary_case"]
TABLE = disclosure.cross_table(CASE["table"])


def test_one_hidden_cell_is_worked_out_from_the_margins() -> None:
    hidden = frozenset(map(tuple, CASE["invalid_if_only"]))
    assert disclosure.feasible_intervals(TABLE, hidden) == {(0, 1): (2, 2)}
    assert disclosure.exposed(TABLE, hidden) == [(0, 1)]


def test_the_published_pattern_leaves_the_published_interval() -> None:
    hidden = frozenset(map(tuple, CASE["valid_pattern_example"]))
    intervals = disclosure.feasible_intervals(TABLE, hidden)
    assert intervals[0, 1] == tuple(CASE["feasible_interval_cell_0_1"])
    assert disclosure.exposed(TABLE, hidden) == []


def test_the_published_table_is_protected_by_few_cells() -> None:
    found = disclosure.protect(TABLE, CASE["maxN"] + 1)
    assert found.primary == {(0, 1)}
    assert len(found.hidden) == 4
    assert disclosure.exposed(TABLE, found.hidden) == []
    assert found.shown(TABLE.counts)[0, 1] is None
    assert found.shown(TABLE.counts)["all", "all"] == sum(map(sum, CASE["table"]))


def brute_force(
    table: disclosure.CountTable, hidden: frozenset[object], largest: int
) -> dict[object, tuple[int, int]]:
    """Slow and obvious: try every value of every hidden cell."""
    keys = [key for key in table.counts if key in hidden]
    possible: dict[object, list[int]] = {key: [] for key in keys}
    for values in product(range(largest + 1), repeat=len(keys)):
        counts = {**table.counts, **dict(zip(keys, values, strict=True))}
        if all(counts[r.total] == sum(counts[p] for p in r.parts) for r in table.relations):
            for key, value in zip(keys, values, strict=True):
                possible[key].append(value)
    return {key: (min(found), max(found)) for key, found in possible.items()}


small_tables = st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=2, max_size=3)


@settings(max_examples=30, deadline=None)
@given(counts=small_tables, data=st.data())
def test_intervals_agree_with_trying_everything(
    counts: list[list[int]], data: st.DataObject
) -> None:
    table = disclosure.cross_table(counts)
    inner = [(r, c) for r in range(len(counts)) for c in range(2)]
    hidden = frozenset(data.draw(st.sets(st.sampled_from(inner), min_size=1, max_size=4)))
    assert disclosure.feasible_intervals(table, hidden) == brute_force(table, hidden, 18)


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=2, max_size=5),
    protection=st.integers(1, 4),
    data=st.data(),
)
def test_a_cell_is_exposed_when_its_interval_is_too_narrow(
    counts: list[list[int]], protection: int, data: st.DataObject
) -> None:
    table = disclosure.cross_table(counts)
    inner = [(r, c) for r in range(len(counts)) for c in range(3)]
    hidden = frozenset(data.draw(st.sets(st.sampled_from(inner), min_size=1)))
    narrow = [
        key
        for key, (low, high) in disclosure.feasible_intervals(table, hidden).items()
        if high - table.counts[key] < protection
        or table.counts[key] - low < min(protection, table.counts[key])
    ]
    assert set(disclosure.exposed(table, hidden, protection=protection)) == set(narrow)


def test_a_total_is_not_asked_to_be_less_than_its_parts_must_be() -> None:
    """Two families at level 4, one in each of two tambons: their total can only be more."""
    counts = {
        f"33{district}{tambon:02}": {"1": 20 + tambon, "3": 15 + 2 * tambon, "4": 0}
        for district in ("01", "02")
        for tambon in range(1, 7)
    }
    counts["330101"]["4"] = counts["330201"]["4"] = 1
    parents = {code: code[:4] for code in counts} | {"3301": "33", "3302": "33"}
    table = disclosure.area_table(counts, parents)
    found = disclosure.protect(table, 10)
    assert found.primary == {(a, "4") for a in ("330101", "330201", "3301", "3302", "33")}
    assert disclosure.exposed(table, found.hidden, lowest=1) == []
    assert len(found.hidden) <= 4 * len(found.primary)


def test_a_province_is_protected_without_hiding_it() -> None:
    chance = random.Random(33)
    counts = {
        f"33{district:02}{tambon:02}": {
            "1": 5 + chance.randrange(60),
            "2": 30 + chance.randrange(90),
            "3": chance.randrange(14),
            "4": int(chance.random() < 0.02),
        }
        for district in range(1, 23)
        for tambon in range(1, 10)
    }
    parents = {code: code[:4] for code in counts} | {code[:4]: "33" for code in counts}
    table = disclosure.area_table(counts, parents)
    found = disclosure.protect(table, 10)
    assert disclosure.exposed(table, found.hidden, lowest=1) == []
    assert len(found.primary) > 100
    assert len(found.hidden) < 2.5 * len(found.primary)


@settings(max_examples=25, deadline=None)
@given(
    counts=st.integers(2, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 30), min_size=width, max_size=width), min_size=2, max_size=5
        )
    ),
    threshold=st.sampled_from([5, 10]),
)
def test_no_small_count_can_be_worked_out(counts: list[list[int]], threshold: int) -> None:
    table = disclosure.cross_table(counts)
    found = disclosure.protect(table, threshold)
    assert found.primary <= found.hidden
    for key, count in table.counts.items():
        if disclosure.is_small(count, threshold):
            assert key in found.hidden
        if count == 0:
            assert key not in found.hidden
    loose = [k for k in disclosure.exposed(table, found.hidden, lowest=1) if k in found.primary]
    if loose:
        # Nothing is left to hide: all people above zero are hidden already.
        assert all(count == 0 or key in found.hidden for key, count in table.counts.items())


def test_parent_areas_and_categories_are_protected_together() -> None:
    counts = {
        "330101": {"poor": 3, "not poor": 40},
        "330102": {"poor": 25, "not poor": 60},
        "330201": {"poor": 14, "not poor": 31},
        "330202": {"poor": 0, "not poor": 52},
        "330203": {"poor": 30, "not poor": 44},
    }
    parents = {code: code[:4] for code in counts} | {"3301": "33", "3302": "33"}
    table = disclosure.area_table(counts, parents)
    assert table.counts["33", "all"] == 299
    assert table.counts["3301", "poor"] == 28
    found = disclosure.protect(table, 10)
    assert found.primary == {("330101", "poor")}
    assert {("330101", "not poor"), ("330102", "poor")} <= found.hidden
    assert disclosure.exposed(table, found.hidden, lowest=1) == []
    assert ("330202", "poor") not in found.hidden


def test_a_total_is_hidden_only_when_its_parts_cannot_do_it() -> None:
    table = disclosure.cross_table([[3, 0], [40, 50]])
    found = disclosure.protect(table, 5)
    assert (0, "all") in found.hidden
    assert ("all", "all") not in found.hidden


def test_nested_published_figures_give_away_their_difference() -> None:
    atoms = {"elderly": 40, "elderly and disabled": 4, "disabled": 30}
    figures = {
        "elderly or disabled": frozenset(atoms),
        "elderly": frozenset({"elderly", "elderly and disabled"}),
        "elderly only": frozenset({"elderly"}),
    }
    leaks = disclosure.differencing(atoms, figures, 10)
    assert disclosure.Leak("difference", ("elderly", "elderly only"), 4) in leaks
    assert disclosure.Leak("solved", ("elderly and disabled",), 4) in leaks
    alone = {"elderly or disabled": figures["elderly or disabled"]}
    assert disclosure.differencing(atoms, alone, 10) == []


def test_published_unions_of_dimensions_rebuild_the_joint_table() -> None:
    # As in TPMAP 2561: "fails at least one of the chosen dimensions" for every choice.
    cells = dict.fromkeys(product((0, 1), repeat=3), 50)
    cells[1, 1, 1] = 2
    unions = {
        chosen: frozenset(m for m in cells if any(a and b for a, b in zip(m, chosen, strict=True)))
        for chosen in cells
        if any(chosen)
    }
    unions["all"] = frozenset(cells)
    solved = [
        leak for leak in disclosure.differencing(cells, unions, 10) if leak.found_by == "solved"
    ]
    assert solved == [disclosure.Leak("solved", ((1, 1, 1),), 2)]


def test_a_cell_without_relations_cannot_be_bounded() -> None:
    table = disclosure.cross_table([[3, 20]], margins=False)
    intervals = disclosure.feasible_intervals(table, frozenset({(0, 0)}))
    assert intervals[0, 0] == (0.0, math.inf)


def test_tables_that_cannot_be_are_refused() -> None:
    with pytest.raises(DataError) as refused:
        disclosure.cross_table([[1, -2]])
    assert refused.value.code == "negative_count"
    with pytest.raises(DataError) as refused:
        disclosure.cross_table([[1, 2], [3]])
    assert refused.value.code == "ragged_table"
    relation = disclosure.Relation("total", ("a", "b"))
    with pytest.raises(DataError) as refused:
        disclosure.count_table({"total": 5, "a": 1, "b": 1}, [relation])
    assert refused.value.code == "does_not_add_up"
    with pytest.raises(DataError) as refused:
        disclosure.differencing({"a": 1}, {"all": frozenset({"b"})}, 5)
    assert refused.value.code == "unknown_atom"
