"""No count of a protected table can be worked out: spot values, random trees, a whole-number oracle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from kaejon.methods.disclosure import Protected, Shown, Sum, protect

VILLAGES = ("v1", "v2", "v3", "v4", "v5", "v6")
TREE = (
    Sum("t1", ("v1", "v2")),
    Sum("t2", ("v3", "v4", "v5")),
    Sum("t3", ("v6",)),
    Sum("d", ("t1", "t2", "t3")),
)
LEVELS = ("one", "two", "three")
LEVEL_SUMS = (Sum("measured", LEVELS), Sum("all", ("measured",), at_least=True))
few = st.integers(0, 9)
many = st.one_of(few, st.integers(0, 40))


def with_sums(villages: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """The villages and every row above them."""
    rows = {name: dict(line) for name, line in villages.items()}
    for relation in TREE:
        rows[relation.total] = {
            column: sum(rows[part][column] for part in relation.parts)
            for column in rows[relation.parts[0]]
        }
    return rows


def tree_of(counts: list[int]) -> dict[str, dict[str, int]]:
    return with_sums({v: {"n": n} for v, n in zip(VILLAGES, counts, strict=True)})


def tells(shown: Shown) -> tuple[int, int | None]:
    return shown.low, shown.high


def test_two_villages_of_four_do_not_show_under_their_tambon() -> None:
    counts = {"v1": {"n": 4}, "v2": {"n": 4}, "t": {"n": 8}}
    shown = protect(counts, [Sum("t", ("v1", "v2"))], (), 5)
    assert shown.shown("v1", "n").is_small
    assert tells(shown.shown("t", "n")) == (5, 12)


@pytest.mark.parametrize("count", [5, 6, 7, 8])
def test_a_range_is_told_whatever_the_count_in_it_is(count: int) -> None:
    counts = {"v1": {"n": 4}, "v2": {"n": count - 4}, "t": {"n": count}}
    shown = protect(counts, [Sum("t", ("v1", "v2"))], (), 5)
    assert tells(shown.shown("t", "n")) == (5, 12)


def test_nobody_and_four_look_the_same() -> None:
    told = [protect({"v": {"n": n}}, (), (), 5).shown("v", "n") for n in (0, 1, 4, 5, 7, 8)]
    assert [cell.is_small for cell in told] == [True, True, True, False, False, False]
    assert [cell.number for cell in told] == [None, None, None, 5, 5, 10]
    public = [protect({"v": {"n": n}}, (), (), 10).shown("v", "n") for n in (0, 9, 10, 14, 15)]
    assert [cell.number for cell in public] == [None, None, 10, 10, 20]


def test_four_levels_of_eight_do_not_show_in_their_village() -> None:
    line = dict.fromkeys("abcd", 8) | {"all": 32}
    shown = protect({"v": line}, (), [Sum("all", tuple("abcd"))], 5)
    assert shown.shown("v", "all").number is None


def test_what_a_reader_may_open_elsewhere_does_not_give_the_neighbour_away() -> None:
    counts = {"mine": {"n": 19}, "other": {"n": 4}, "d": {"n": 23}}
    shown = protect(counts, [Sum("d", ("mine", "other"))], (), 5, exact=["mine"])
    assert tells(shown.shown("mine", "n")) == (19, 19)
    low, high = tells(shown.shown("d", "n"))
    assert low <= 19, "else somebody lives next door"
    assert high is not None
    assert high >= 23


def worlds_agree(
    counts: Mapping[str, Mapping[str, int]],
    shown: Protected,
    column_sums: tuple[Sum, ...],
    row_sums: tuple[Sum, ...] = TREE,
) -> dict[tuple[str, str], tuple[int, int]]:
    """The oracle: smallest and largest whole value of every cell that agrees with everything shown."""
    keys = [(row, column) for row in counts for column in counts[row]]
    place = {key: number for number, key in enumerate(keys)}
    ends = [tells(shown.shown(*key)) for key in keys]
    lines, least, most = [], [], []

    def relation(total: tuple[str, str], parts: list[tuple[str, str]], at_least: bool) -> None:
        line = np.zeros(len(keys))
        line[place[total]] = 1
        line[[place[part] for part in parts]] = -1
        lines.append(line)
        least.append(0)
        most.append(np.inf if at_least else 0)

    columns = list(next(iter(counts.values())))
    for held in row_sums:
        for column in columns:
            relation((held.total, column), [(part, column) for part in held.parts], False)
    for held, row in product(column_sums, counts):
        relation((row, str(held.total)), [(row, str(p)) for p in held.parts], held.at_least)
    bounds = Bounds(
        np.array([low for low, _high in ends]),
        np.array([np.inf if high is None else high for _low, high in ends]),
    )
    rules = LinearConstraint(np.array(lines), np.array(least), np.array(most))
    found = {}
    for key in keys:
        goal = np.zeros(len(keys))
        goal[place[key]] = 1
        answers = [
            milp(sign * goal, constraints=rules, bounds=bounds, integrality=np.ones(len(keys)))
            for sign in (1, -1)
        ]
        assert answers[0].status == 0, "the truth itself agrees"
        high = -answers[1].fun if answers[1].status == 0 else np.inf
        found[key] = (round(answers[0].fun), round(min(high, 1e9)))
    return found


@settings(max_examples=40, deadline=None)
@given(st.lists(many, min_size=6, max_size=6), st.sampled_from([5, 10]))
def test_no_cell_of_a_tree_is_confined_to_less_than_its_narrowest_class(
    villages: list[int], step: int
) -> None:
    counts = tree_of(villages)
    shown = protect(counts, TREE, (), step)
    for key, (low, high) in worlds_agree(counts, shown, ()).items():
        assert low <= counts[key[0]][key[1]] <= high
        assert high - low + 1 >= 3, (key, low, high)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.lists(few, min_size=4, max_size=4), min_size=6, max_size=6))
def test_levels_and_areas_together_pin_nobody(rows: list[list[int]]) -> None:
    counts = with_sums(
        {
            village: dict(zip(LEVELS, line[:3], strict=True))
            | {"measured": sum(line[:3]), "all": sum(line)}
            for village, line in zip(VILLAGES, rows, strict=True)
        }
    )
    shown = protect(counts, TREE, LEVEL_SUMS, 5)
    for key, (low, high) in worlds_agree(counts, shown, LEVEL_SUMS).items():
        assert low < high, (key, low)


@settings(max_examples=40, deadline=None)
@given(st.lists(many, min_size=6, max_size=6), st.lists(many, min_size=6, max_size=6))
def test_equal_villages_give_equal_answers_above_them_in_every_joined_class(
    villages: list[int], others: list[int]
) -> None:
    """Somebody who knows the program learns no more: which classes are joined depends on what is shown below."""
    one, two = (protect(tree_of(v), TREE, (), 5) for v in (villages, others))
    for held in TREE:
        if all(one.shown(p, "n") == two.shown(p, "n") for p in held.parts):
            mine, theirs = one.shown(held.total, "n"), two.shown(held.total, "n")
            assert mine == theirs or (mine.high or 0) < theirs.low or (theirs.high or 0) < mine.low


def test_a_reader_of_some_places_gets_the_same_numbers_as_one_of_all() -> None:
    counts = tree_of([4, 4, 9, 30, 2, 17])
    whole = protect(counts, TREE, (), 5)
    part: dict[Any, Any] = {key: counts[key] for key in ("v1", "v2", "t1")}
    alone = protect(part, TREE[:1], (), 5)
    assert [whole.shown(k, "n") for k in part] == [alone.shown(k, "n") for k in part]


PUBLISHED = json.loads((Path(__file__).parents[2] / "vectors/disclosure_control.json").read_text())


def test_the_published_table_gives_its_small_cell_not_away() -> None:
    """The 3 x 3 table with all its margins, in which hiding the small cell alone gives it away."""
    table = PUBLISHED["complementary_case"]["table"]
    rows = [f"r{n}" for n in range(len(table))]
    columns = [f"c{n}" for n in range(len(table[0]))]
    counts = {
        row: dict(zip(columns, line, strict=True)) | {"all": sum(line)}
        for row, line in zip(rows, table, strict=True)
    }
    counts["all"] = {c: sum(counts[row][c] for row in rows) for c in (*columns, "all")}
    sums, across = (Sum("all", tuple(rows)),), (Sum("all", tuple(columns)),)
    shown = protect(counts, sums, across, 5)
    small = [tuple(map(int, key)) for key in PUBLISHED["complementary_case"]["invalid_if_only"]]
    for key, (low, high) in worlds_agree(counts, shown, across, sums).items():
        assert low < high, key
    assert all(shown.shown(f"r{r}", f"c{c}").is_small for r, c in small)
