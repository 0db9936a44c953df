"""The 31 จปฐ. answers of each synthetic household (form of 2560-2564)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kaejon.demo.families import BoolArray, IntArray, Members
from kaejon.demo.identity import People
from kaejon.demo.margins import DIMENSION_INDICATORS, DIMENSIONS, INDICATOR_FAIL_RATE

# Ages an indicator is about, completed years; the other indicators are about the household.
_AGES: Final = {
    1: (0, 1), 2: (0, 1), 3: (0, 12), 6: (35, 120), 7: (6, 120), 15: (3, 5), 16: (6, 14),
    19: (15, 59), 20: (15, 59), 21: (60, 120), 26: (6, 120), 27: (60, 120),
}  # fmt: skip
_FALLBACK: Final = {"health": 4, "living": 11, "income": 22}


def indicator_matrix(
    rng: np.random.Generator,
    members: Members,
    people: People,
    age: IntArray,
    failed: BoolArray,
) -> NDArray[np.int8]:
    """Households x 31: 1 pass, 0 fail, -1 not applicable.

    An indicator of the five dimensions fails only where its dimension does, and
    every failed dimension has at least one failed indicator.
    """
    applies = _applies(rng, members, people, age, len(failed))
    answers = applies.astype(np.int8) * 2 - 1
    for d, name in enumerate(DIMENSIONS):
        _fail_dimension(rng, answers, applies, np.flatnonzero(failed[:, d]), name)
    inside = {i for group in DIMENSION_INDICATORS.values() for i in group}
    for number in sorted(set(range(1, 32)) - inside):
        slips = rng.random(len(failed)) < INDICATOR_FAIL_RATE[number]
        answers[slips & applies[:, number - 1], number - 1] = 0
    return answers


def _applies(
    rng: np.random.Generator, members: Members, people: People, age: IntArray, households: int
) -> BoolArray:
    applies = np.ones((households, 31), dtype=bool)
    about = {n: (age >= low) & (age <= high) for n, (low, high) in _AGES.items()}
    about[17] = (age == 15) & (rng.random(len(age)) < 0.8)
    about[18] = (age >= 15) & (age <= 17) & (rng.random(len(age)) < 0.02)
    about[28] = people.disabled & (age >= 0)
    about[29] = people.chronic & (age >= 0)
    for number, who in about.items():
        applies[:, number - 1] = np.bincount(members.household[who], minlength=households) > 0
    return applies


def _fail_dimension(
    rng: np.random.Generator,
    answers: NDArray[np.int8],
    applies: BoolArray,
    rows: NDArray[np.intp],
    name: str,
) -> None:
    columns = np.array(DIMENSION_INDICATORS[name]) - 1
    rate = np.array([INDICATOR_FAIL_RATE[c + 1] for c in columns])
    weight = rate * applies[np.ix_(rows, columns)]
    nothing_fits = weight.sum(axis=1) == 0
    if name in _FALLBACK:
        weight[nothing_fits, columns.tolist().index(_FALLBACK[name] - 1)] = 1
    edges = np.cumsum(weight, axis=1)
    pick = (rng.random((len(rows), 1)) * edges[:, -1:] >= edges).sum(axis=1)
    fails = np.arange(len(columns)) == pick[:, None]
    fails |= (rng.random(weight.shape) < 0.08) & (weight > 0)
    answers[np.ix_(rows, columns)] = np.where(fails, 0, answers[np.ix_(rows, columns)])
