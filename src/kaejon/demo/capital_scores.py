"""Item scores 1-4 of the households that the five-capital survey visited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kaejon.demo.families import BoolArray, FloatArray, IntArray
from kaejon.demo.margins import CAPITAL_ITEMS, CAPITAL_MEAN, CAPITAL_SD, SURVEYED_POOR_SHARE

# Points that a visited household which is not poor stands above the others.
_AHEAD: Final = 0.6
# Variance that whole-number items add to a capital of five to ten items.
_ITEM_VARIANCE: Final = 0.035


@dataclass(frozen=True)
class CapitalScores:
    """Scores of the surveyed; a row of zeros means not surveyed.

    `human` is persons x 6; the others are households x their number of items.
    """

    human: NDArray[np.int8]
    physical: NDArray[np.int8]
    financial: NDArray[np.int8]
    natural: NDArray[np.int8]
    social: NDArray[np.int8]


def score_households(
    rng: np.random.Generator,
    household: IntArray,
    surveyed: BoolArray,
    poor: BoolArray,
    disabled: BoolArray,
) -> CapitalScores:
    """Scores around the published means of the province.

    `household` and `disabled` per person, `surveyed` and `poor` per household. A household that
    is not poor scores higher; a disabled person's health item is 1 or 2.
    """
    rows = np.flatnonzero(surveyed)
    richer = np.where(poor[rows], 0.0, _AHEAD)
    scores: dict[str, NDArray[np.int8]] = {}
    for capital, items in CAPITAL_ITEMS.items():
        level = _levels(rng, capital, richer)
        if capital == "human":
            position = np.full(len(surveyed), -1)
            position[rows] = np.arange(len(rows))
            people = np.flatnonzero(surveyed[household])
            table = np.zeros((len(household), items), dtype=np.int8)
            table[people] = _items(rng, level[position[household[people]]], items)
            hurt = people[disabled[people]]
            table[hurt, 4] = np.minimum(table[hurt, 4], rng.integers(1, 3, len(hurt)))
        else:
            table = np.zeros((len(surveyed), items), dtype=np.int8)
            table[rows] = _items(rng, level, items)
        scores[capital] = table
    return CapitalScores(**scores)


def _levels(rng: np.random.Generator, capital: str, richer: FloatArray) -> FloatArray:
    """A household's own mean, between 1 and 4, from a beta distribution."""
    mean = (CAPITAL_MEAN[capital] - _AHEAD * (1 - SURVEYED_POOR_SHARE) - 1) / 3
    spread = (CAPITAL_SD[capital] ** 2 - _ITEM_VARIANCE) / 9
    total = mean * (1 - mean) / spread - 1
    base = 1 + 3 * rng.beta(mean * total, (1 - mean) * total, len(richer))
    return np.clip(base + richer, 1, 4)


def _items(rng: np.random.Generator, level: FloatArray, items: int) -> NDArray[np.int8]:
    """Whole scores that scatter around the level without moving its mean."""
    room = np.minimum(np.minimum(level - 1, 4 - level), 0.7)[:, None]
    wished = level[:, None] + room * rng.uniform(-1, 1, (len(level), items))
    low = np.floor(wished)
    score = low + (rng.random(wished.shape) < wished - low)
    whole: NDArray[np.int8] = np.clip(score, 1, 4).astype(np.int8)
    return whole
