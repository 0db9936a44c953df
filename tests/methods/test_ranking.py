"""The rule that ranks problems: worked examples, and what must hold for any counts and weights."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods.definitions import problem_sides
from kaejon.methods.errors import DataError
from kaejon.methods.ranking import Problem, Rule, default_rule, rank

SIDES = ("land", "health", "education", "housing", "economy", "other")

readiness = st.fixed_dictionaries({side: st.integers(0, 3) for side in SIDES})
rules = st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(1, 100), readiness).map(
    lambda held: Rule(*held)
)


@st.composite
def problem_lists(draw: st.DrawFn) -> list[Problem]:
    found = []
    for number in range(draw(st.integers(1, 8))):
        households = draw(st.integers(0, 500))
        several = draw(st.integers(0, households))
        found.append(
            Problem(f"p{number}", draw(st.sampled_from(SIDES)), households, 3 * households, several)
        )
    return found


def places(problems: list[Problem], rule: Rule) -> dict[str, int]:
    return {row.problem.code: row.place for row in rank(problems, rule)}


def test_a_score_is_what_paper_and_pencil_give() -> None:
    rule = Rule(50, 30, 20, {"housing": 3, "health": 0})
    roof = Problem("roof", "housing", 40, 100, 10)
    ill = Problem("ill", "health", 80, 200, 8)
    first, second = rank([roof, ill], rule)
    assert (first.problem.code, first.score) == ("ill", Fraction(53))  # 50·1 + 30·0.1 + 20·0
    assert (second.problem.code, second.score) == ("roof", Fraction(105, 2))  # 25 + 7.5 + 20


def test_the_rule_to_begin_with_names_the_six_sides() -> None:
    assert set(default_rule().readiness) == {side.code for side in problem_sides.load().sides}


@given(problem_lists(), rules, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    problems: list[Problem], rule: Rule, chance: random.Random
) -> None:
    shuffled = list(problems)
    chance.shuffle(shuffled)
    assert rank(shuffled, rule) == rank(problems, rule)


@given(problem_lists(), rules, st.integers(2, 9), st.integers(0, 7))
def test_more_households_as_hard_hit_never_lower_a_place(
    problems: list[Problem], rule: Rule, times: int, which: int
) -> None:
    one = problems[which % len(problems)]
    grown = replace(one, households=one.households * times, several=one.several * times)
    after = places([grown if p is one else p for p in problems], rule)
    before = places(problems, rule)
    assert after.get(one.code, 1) <= before.get(one.code, len(problems))


@given(problem_lists(), rules)
def test_scores_lie_between_0_and_100_and_only_proportions_of_weights_count(
    problems: list[Problem], rule: Rule
) -> None:
    assert all(0 <= row.score <= 100 for row in rank(problems, rule))
    if max(rule.households, rule.severity, rule.action) <= 50:
        doubled = replace(
            rule, households=2 * rule.households, severity=2 * rule.severity, action=2 * rule.action
        )
        assert rank(problems, doubled) == rank(problems, rule)


@pytest.mark.parametrize("weights", [(0, 0, 0), (101, 0, 0), (-1, 5, 5)])
def test_impossible_weights_are_refused(weights: tuple[int, int, int]) -> None:
    with pytest.raises(DataError) as refused:
        Rule(*weights, {})
    assert refused.value.code == "ranking_weights"
