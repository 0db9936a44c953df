"""Survey errors: how far an estimate may be from the truth because only a sample was asked.

Taylor linearisation with ultimate clusters: the linearised values of each primary sampling
unit (PSU) are added up and compared within their stratum, with replacement. A domain keeps
every PSU of the full design; those without a household in it count as zero. A PSU is known
by stratum and PSU together, so the same number may be used again in another stratum.

A stratum with one PSU is refused: its variance cannot be known, and every automatic
repair guesses. Merge it with its nearest neighbour before measuring. Strata without PSUs
mean that every row was drawn by itself.

Source: Wolter (2007) Introduction to Variance Estimation, ch. 6; Alkire et al. (2015) ch. 8.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from kaejon.methods.alkire_foster.cells import Cells, Floats, Integers, Key
from kaejon.methods.alkire_foster.scoring import ROW
from kaejon.methods.alkire_foster.spec import Spec
from kaejon.methods.errors import DataError

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Design:
    """PSUs of the full sample. `units` are (stratum, PSU) labels, `unit` a code per cell."""

    units: tuple[tuple[object, object], ...]
    unit: Integers
    stratum: Integers
    sizes: Integers

    @property
    def degrees_of_freedom(self) -> int:
        """Number of PSUs less number of strata."""
        return len(self.units) - len(self.sizes)

    def totals(self, values: Floats, group: Integers, groups: int) -> Floats:
        """Sum of cell values by PSU and group: PSUs × groups."""
        slot = self.unit * groups + group
        sums = np.bincount(slot, weights=values, minlength=len(self.units) * groups)
        return sums.astype(np.float64).reshape(len(self.units), groups)

    def variance(self, linearised: Floats) -> Floats:
        """Variance of each column of linearised PSU totals."""
        strata = len(self.sizes)
        sums = np.zeros((strata, linearised.shape[1]))
        np.add.at(sums, self.stratum, linearised)
        centred = linearised - (sums / self.sizes[:, None])[self.stratum]
        squares = np.zeros_like(sums)
        np.add.at(squares, self.stratum, centred**2)
        return np.asarray((squares * (self.sizes / (self.sizes - 1))[:, None]).sum(axis=0))


def build_design(cells: Cells, spec: Spec) -> Design | None:
    """The sample design of the measured households, None for a list of everybody.

    Refuses: a stratum with a single PSU.
    """
    if not spec.has_design:
        return None
    everything = Key((None,), np.zeros(len(cells.reach), dtype=np.int64))
    stratum = cells.keys[spec.strata] if spec.strata else everything
    psu = cells.keys[spec.psu or ROW]
    pair = stratum.codes * len(psu.labels) + psu.codes
    distinct, unit = np.unique(pair, return_inverse=True)
    units = tuple(
        (stratum.labels[code // len(psu.labels)], psu.labels[code % len(psu.labels)])
        for code in distinct.tolist()
    )
    return arrange(units, unit.astype(np.int64))


def arrange(units: tuple[tuple[object, object], ...], unit: Integers) -> Design:
    """A design from its PSUs. Refuses: a stratum with a single PSU."""
    labels = list(dict.fromkeys(label for label, _ in units))
    position = {label: number for number, label in enumerate(labels)}
    stratum = np.array([position[label] for label, _ in units], dtype=np.int64)
    sizes = np.bincount(stratum, minlength=len(labels)).astype(np.int64)
    lonely = [label for label, size in zip(labels, sizes.tolist(), strict=True) if size < 2]
    if lonely:
        named = "The sample" if lonely[0] is None else f"Stratum {lonely[0]!r}"
        raise DataError(
            "single_psu",
            f"{named} has only one primary sampling unit, so no error can be estimated.",
            remedy="Merge the stratum with its neighbour, or leave strata and psu out.",
            strata=[str(label) for label in lonely if label is not None],
        )
    return Design(units, unit, stratum, sizes)


def logit_interval(value: float, error: float, degrees_of_freedom: int) -> list[float] | None:
    """95% interval of a share, kept inside 0-1. None at 0 and 1, where it is not defined."""
    if not 0 < value < 1 or degrees_of_freedom < 1:
        return None
    centre = np.log(value / (1 - value))
    quantile = float(stdtrit(degrees_of_freedom, (1 + CONFIDENCE) / 2))
    reach = quantile * error / (value * (1 - value))
    return [float(1 / (1 + np.exp(-(centre + side * reach)))) for side in (-1, 1)]


def normal_interval(value: float, error: float) -> list[float]:
    """95% interval of a change."""
    reach = float(ndtri((1 + CONFIDENCE) / 2)) * error
    return [value - reach, value + reach]
