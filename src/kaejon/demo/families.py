"""Families of the synthetic province: who lives together, how old they are.

The mix of household types imitates the rural north-east: many people over 60,
three generations under one roof, grandparents alone with grandchildren. It is
an imitation, tuned to the published 3.46 persons per household.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

RELATIONS: Final = ("head", "spouse", "child", "grandchild", "parent")
HEAD, SPOUSE, CHILD, GRANDCHILD, PARENT = range(5)

# Day of the จปฐ. survey round that the ages below refer to (1 October 2565).
REFERENCE_DAY: Final = np.datetime64("2022-10-01")

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class HouseholdType:
    """One way of living together; counts are means or probabilities per household."""

    name: str
    share: float
    head_age: tuple[int, int]
    spouse: float = 0.0
    children: tuple[int, float] = (0, 0.0)
    child_gap: tuple[int, int] = (19, 34)
    grandchildren: tuple[int, float] = (0, 0.0)
    parents: tuple[int, float] = (0, 0.0)
    newborn: float = 0.0


# children, grandchildren and parents: (at least, mean of further ones up to two).
TYPES: Final = (
    HouseholdType("elder_alone", 0.05, (62, 89)),
    HouseholdType("elder_couple", 0.08, (60, 86), spouse=1.0),
    HouseholdType("couple", 0.06, (28, 60), spouse=1.0),
    HouseholdType("adult_alone", 0.04, (25, 59)),
    HouseholdType("nuclear", 0.27, (27, 58), 1.0, (1, 0.85), newborn=0.05),
    HouseholdType("single_parent", 0.06, (25, 55), 0.0, (1, 0.4)),
    HouseholdType("with_parents", 0.21, (29, 55), 0.85, (1, 0.6), parents=(1, 0.35), newborn=0.05),
    HouseholdType(
        "three_generations", 0.15, (56, 80), 0.6, (1, 0.3), (22, 33), (1, 0.3), newborn=0.06
    ),
    HouseholdType("skipped_generation", 0.08, (54, 78), 0.6, grandchildren=(1, 0.75)),
)

_SLOTS: Final = (
    HEAD, SPOUSE, PARENT, PARENT, CHILD, CHILD, CHILD, GRANDCHILD, GRANDCHILD, GRANDCHILD, -1,
)  # fmt: skip


@dataclass(frozen=True)
class Members:
    """Persons in order of household; arrays of the same length, one entry per person."""

    household: IntArray
    relation: IntArray
    birth: NDArray[np.datetime64]
    female: BoolArray


def draw_members(rng: np.random.Generator, households: int) -> Members:
    """People of so many households. A birth after REFERENCE_DAY is a child born since."""
    kind = rng.choice(len(TYPES), size=households, p=[t.share for t in TYPES])
    present = _present(rng, kind)
    ages = _ages(rng, kind)
    head_female = rng.random(households) < np.where(present[:, 1], 0.28, 0.62)
    female = rng.random(present.shape) < 0.5
    female[:, 0] = head_female
    female[:, 1] = ~head_female
    female[:, 3] = ~female[:, 2]
    household, slot = np.nonzero(present)
    relation = np.array(_SLOTS)[slot]
    newborn = relation == -1
    grandchild = np.isin(kind[household], [_type_index("three_generations")])
    relation = np.where(newborn, np.where(grandchild, GRANDCHILD, CHILD), relation)
    days = np.floor(ages[household, slot] * 365.25).astype(np.int64)
    birth = REFERENCE_DAY - days.astype("timedelta64[D]")
    return Members(household, relation, birth, female[household, slot])


def _type_index(name: str) -> int:
    return [t.name for t in TYPES].index(name)


def _column(name: str, kind: IntArray) -> FloatArray:
    values: FloatArray = np.array([getattr(t, name) for t in TYPES], dtype=float)[kind]
    return values


def _count(rng: np.random.Generator, name: str, kind: IntArray) -> IntArray:
    least_and_more = _column(name, kind)
    more = rng.binomial(2, np.clip(least_and_more[:, 1] / 2, 0, 1))
    total: IntArray = least_and_more[:, 0].astype(np.int64) + more
    return total


def _present(rng: np.random.Generator, kind: IntArray) -> BoolArray:
    present = np.zeros((len(kind), len(_SLOTS)), dtype=bool)
    present[:, 0] = True
    present[:, 1] = rng.random(len(kind)) < _column("spouse", kind)
    for first, wide, name in ((2, 2, "parents"), (4, 3, "children"), (7, 3, "grandchildren")):
        count = np.minimum(_count(rng, name, kind), wide)
        present[:, first : first + wide] = np.arange(wide) < count[:, None]
    present[:, 10] = rng.random(len(kind)) < _column("newborn", kind)
    return present


def _ages(rng: np.random.Generator, kind: IntArray) -> FloatArray:
    """Age in years at REFERENCE_DAY by household and slot; negative means born later."""
    n = len(kind)
    ages = np.zeros((n, len(_SLOTS)))
    low, high = _column("head_age", kind).T
    head = low + (high - low) * rng.beta(1.25, 1.5, n)
    ages[:, 0] = head
    ages[:, 1] = np.clip(head + rng.normal(-1.5, 4, n), 18, 92)
    oldest = head + rng.uniform(19, 32, n)
    ages[:, 2] = np.minimum(oldest, rng.uniform(84, 94, n))
    ages[:, 3] = np.clip(ages[:, 2] + rng.normal(-1, 4, n), 45, 95)
    gap_low, gap_high = _column("child_gap", kind).T
    child = np.maximum(head - rng.uniform(gap_low, gap_high), 0.1)
    gone = child > 30
    nuclear = gone & (kind != _type_index("three_generations"))
    child = np.where(nuclear, rng.uniform(12, 30, n), child)
    for place in range(3):
        ages[:, 4 + place] = np.maximum(child - place * rng.uniform(1.5, 4, n), 0.05)
    grandchild = np.clip(head - rng.uniform(42, 56, n), 0.3, 17)
    for place in range(3):
        ages[:, 7 + place] = np.maximum(grandchild - place * rng.uniform(1.2, 3, n), 0.05)
    ages[:, 10] = -rng.uniform(0.02, 2.2, n)
    return ages
