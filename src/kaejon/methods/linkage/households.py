"""Which household on one list is which on the other, told by the people they share.

A house number alone does not make two households one: several may live in one house, and a
household may move. Members who are the same person decide; the house only confirms.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from kaejon.methods.errors import DataError

Kind = Literal["same", "split", "joined", "rearranged"]


@dataclass(frozen=True, slots=True)
class HouseholdLink:
    """Two households that share people.

    `kind` is seen from left to right: "same" when neither shares people with a third; "split"
    when the left one is spread over several; "joined" when the right one has come from
    several; "rearranged" when both. `same_house` is None when a house is not known.
    """

    left: str
    right: str
    shared: int
    left_size: int
    right_size: int
    kind: Kind
    same_house: bool | None

    @property
    def overlap(self) -> float:
        """Shared people as a share of the smaller household, 0-1."""
        return self.shared / min(self.left_size, self.right_size)


def link_households(
    pairs: Iterable[tuple[str, str]],
    left_members: Mapping[str, str],
    right_members: Mapping[str, str],
    *,
    left_houses: Mapping[str, str] | None = None,
    right_houses: Mapping[str, str] | None = None,
) -> list[HouseholdLink]:
    """Household links from sure person pairs, ordered by household.

    Input: one-to-one pairs of person ids; per list the household of each person and, where
    known, the house key of each household. People without a household are left out. The
    order of input does not matter. Refuses: a person in more than one pair.
    """
    known = sorted(set(pairs))
    _refuse_repeated(known)
    shared = Counter(
        (left_members[a], right_members[b])
        for a, b in known
        if a in left_members and b in right_members
    )
    to_right, to_left = _neighbours(shared)
    left_sizes, right_sizes = Counter(left_members.values()), Counter(right_members.values())
    return [
        HouseholdLink(
            left=left,
            right=right,
            shared=count,
            left_size=left_sizes[left],
            right_size=right_sizes[right],
            kind=_kind(len(to_right[left]), len(to_left[right])),
            same_house=_same_house((left_houses or {}).get(left), (right_houses or {}).get(right)),
        )
        for (left, right), count in sorted(shared.items())
    ]


def _refuse_repeated(pairs: list[tuple[str, str]]) -> None:
    for side in (0, 1):
        repeated = [
            person for person, count in Counter(p[side] for p in pairs).items() if count > 1
        ]
        if repeated:
            raise DataError(
                "person_in_two_pairs",
                f"{repeated[0]} is in more than one pair.",
                remedy="Give only sure pairs, which are one-to-one.",
                people=repeated[:5],
            )


def _neighbours(
    shared: Iterable[tuple[str, str]],
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    to_right: dict[str, set[str]] = defaultdict(set)
    to_left: dict[str, set[str]] = defaultdict(set)
    for left, right in shared:
        to_right[left].add(right)
        to_left[right].add(left)
    return to_right, to_left


def _kind(from_left: int, from_right: int) -> Kind:
    if from_left == from_right == 1:
        return "same"
    if from_right == 1:
        return "split"
    return "joined" if from_left == 1 else "rearranged"


def _same_house(left: str | None, right: str | None) -> bool | None:
    return None if left is None or right is None else left == right
