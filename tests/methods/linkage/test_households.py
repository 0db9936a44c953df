"""Households across lists, told by the people they share."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods.errors import DataError
from kaejon.methods.linkage.households import link_households

LEFT = {"a1": "A", "a2": "A", "a3": "A", "b1": "B", "c1": "C", "c2": "C"}
RIGHT = {"1": "X", "2": "X", "3": "Y", "4": "Z", "5": "Z", "6": "Z"}


def kinds(*pairs: tuple[str, str]) -> dict[tuple[str, str], str]:
    return {(link.left, link.right): link.kind for link in link_households(pairs, LEFT, RIGHT)}


def test_a_household_that_keeps_its_people_is_the_same() -> None:
    (link,) = link_households(
        [("c1", "1"), ("c2", "2")], LEFT, RIGHT, left_houses={"C": "h1"}, right_houses={"X": "h2"}
    )
    assert (link.kind, link.shared, link.overlap, link.same_house) == ("same", 2, 1.0, False)


def test_a_household_spread_over_two_has_split() -> None:
    assert kinds(("a1", "1"), ("a2", "2"), ("a3", "3")) == {
        ("A", "X"): "split",
        ("A", "Y"): "split",
    }


def test_two_households_found_in_one_have_joined() -> None:
    assert kinds(("b1", "4"), ("c1", "5"), ("c2", "6")) == {
        ("B", "Z"): "joined",
        ("C", "Z"): "joined",
    }


def test_people_exchanged_between_households_are_a_rearrangement() -> None:
    assert kinds(("a1", "1"), ("a2", "4"), ("b1", "5"))["A", "Z"] == "rearranged"


def test_people_without_a_household_and_houses_unknown_say_nothing() -> None:
    assert link_households([("nobody", "1")], LEFT, RIGHT) == []
    assert link_households([("c1", "1")], LEFT, RIGHT)[0].same_house is None


def test_a_person_in_two_pairs_is_refused() -> None:
    with pytest.raises(DataError) as refused:
        kinds(("a1", "1"), ("a1", "2"))
    assert refused.value.code == "person_in_two_pairs"


@given(st.permutations(sorted(LEFT)), st.permutations(sorted(RIGHT)), st.integers(0, 6))
def test_the_order_of_pairs_and_lists_changes_nothing(
    left: list[str], right: list[str], count: int
) -> None:
    pairs = list(zip(left, right, strict=True))[:count]
    forward = link_households(pairs, LEFT, RIGHT)
    assert forward == link_households(reversed(pairs), LEFT, RIGHT)
    mirror = {"same": "same", "split": "joined", "joined": "split", "rearranged": "rearranged"}
    backward = link_households([(b, a) for a, b in pairs], RIGHT, LEFT)
    assert {(k.left, k.right, k.kind) for k in forward} == {
        (k.right, k.left, mirror[k.kind]) for k in backward
    }
    assert sum(link.shared for link in forward) == count
