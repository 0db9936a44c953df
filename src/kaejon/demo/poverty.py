"""What the จปฐ. survey and the welfare register say of the synthetic people.

Fitted to the published counts of the province in margins: which households
fail which of the five dimensions, which adults are registered and validated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaejon.demo import margins
from kaejon.demo.families import BoolArray, FloatArray, IntArray

MASKS = tuple(f"{m:05b}" for m in range(1, 32))
_BITS = np.array([[c == "1" for c in mask] for mask in MASKS])
EDUCATION, ACCESSIBILITY = 2, 4


@dataclass(frozen=True)
class Survey:
    """Survey state: failed dimensions per household, register state per person."""

    failed: BoolArray
    """households x 5, order of margins.DIMENSIONS."""
    registered: BoolArray
    validated: BoolArray


@dataclass(frozen=True)
class Makeup:
    """What the fit must know of each household: size and who can fail what."""

    size: IntArray
    has_pupil: BoolArray
    has_dependant: BoolArray


def province_joint() -> tuple[FloatArray, FloatArray]:
    """Persons by failed set, (all BMN-poor, target poor), order of MASKS.

    The country pattern raked to the province: dimensions and number of
    dimensions for the target poor; for all BMN-poor the province gives only
    the number of dimensions, so its dimensions are the target poor's scaled.
    """
    country_target = np.array([margins.COUNTRY_JOINT_TARGET[m] for m in MASKS], dtype=float)
    country_bmn = np.array([margins.COUNTRY_JOINT_BMN[m] for m in MASKS], dtype=float)
    by_dimension = np.array([margins.TARGET_POOR_BY_DIMENSION[d] for d in margins.DIMENSIONS])
    target = _rake(country_target, by_dimension, margins.TARGET_POOR_BY_COUNT)
    ratio = (country_bmn @ _BITS) / (country_target @ _BITS)
    bmn = _rake(country_bmn, by_dimension * ratio, margins.BMN_POOR_BY_COUNT)
    return bmn, np.minimum(target, bmn * 0.9)


def _rake(start: FloatArray, dimensions: FloatArray, counts: tuple[int, ...]) -> FloatArray:
    table = start.copy()
    failed = np.minimum(_BITS.sum(axis=1), 3)
    deprivations = float(dimensions.sum())
    for _ in range(200):
        for d, wanted in enumerate(dimensions):
            inside = _BITS[:, d]
            table[inside] *= wanted / table[inside].sum()
        for n, wanted in enumerate(counts, start=1):
            table[failed == n] *= wanted / table[failed == n].sum()
        dimensions = dimensions * (float((table @ _BITS).sum()) / deprivations)
        deprivations = float(dimensions.sum())
    return table


def survey(
    rng: np.random.Generator, household: IntArray, adult: BoolArray, makeup: Makeup
) -> Survey:
    """Failed dimensions and register state of persons in `household` order.

    `household` and `adult` cover only the persons the survey met.
    """
    bmn, target = province_joint()
    mask = _poor_masks(rng, makeup, bmn)
    failed = np.vstack([np.zeros(5, dtype=bool), _BITS])[mask]
    person_mask = mask[household]
    registered = np.zeros(len(household), dtype=bool)
    validated = np.zeros(len(household), dtype=bool)
    pending = _not_validated(bmn, target)
    for m in range(len(MASKS) + 1):
        group = np.flatnonzero(person_mask == m)
        adults = rng.permutation(group[adult[group]])
        yes = _whole(rng, len(group) * pending[m][0])
        more = _whole(rng, len(group) * pending[m][1])
        validated[adults[:yes]] = True
        registered[adults[: yes + more]] = True
    return Survey(failed, registered, validated)


def _whole(rng: np.random.Generator, expected: float) -> int:
    return int(expected + rng.random())


def _not_validated(bmn: FloatArray, target: FloatArray) -> list[tuple[float, float]]:
    """Per failed set, none first: share of persons validated, share only registered."""
    others = margins.PERSONS - margins.BMN_POOR_PERSONS
    other_registered = margins.REGISTERED - margins.BMN_POOR_AND_REGISTERED
    other_validated = margins.VALIDATED - margins.TARGET_POOR
    waiting = (margins.BMN_POOR_AND_REGISTERED - margins.TARGET_POOR) / margins.BMN_POOR_PERSONS
    shares = [(other_validated / others, (other_registered - other_validated) / others)]
    shares.extend((float(t / b), waiting) for b, t in zip(bmn, target, strict=True))
    return shares


def _poor_masks(rng: np.random.Generator, makeup: Makeup, bmn: FloatArray) -> IntArray:
    """Per household 0 or 1 + index in MASKS; larger households fail more often."""
    households = len(makeup.size)
    quota = bmn / margins.PERSONS * float(makeup.size.sum())
    mask = np.zeros(households, dtype=np.int64)
    size = np.maximum(makeup.size, 1)
    order = np.argsort(-(1.7 * np.log(size) + rng.gumbel(size=households)), kind="stable")
    order = order[makeup.size[order] > 0]
    for education in (True, False):
        for access in (True, False):
            group = (_BITS[:, EDUCATION] == education) & (_BITS[:, ACCESSIBILITY] == access)
            able = (mask[order] == 0) & (
                (makeup.has_pupil[order] | (not education))
                & (makeup.has_dependant[order] | (not access))
            )
            _deal(rng, mask, order[able], makeup.size, np.flatnonzero(group), quota)
    return mask


def _deal(
    rng: np.random.Generator,
    mask: IntArray,
    candidates: IntArray,
    size: IntArray,
    group: NDArray[np.intp],
    quota: FloatArray,
) -> None:
    """Give the failed sets of `group` to candidates until their persons fill the quota."""
    sets = rng.permutation(group)
    ends = np.cumsum(quota[sets])
    middle = np.cumsum(size[candidates]) - size[candidates] / 2
    middle = middle - rng.random()
    at = np.searchsorted(ends, middle)
    taken = at < len(sets)
    mask[candidates[taken]] = sets[at[taken]] + 1
