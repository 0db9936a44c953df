"""How far a measure moved between two rounds, and how sure that is.

When the rounds share their sampling units the two estimates move together; the linearised
values are subtracted unit by unit, so that this covariance is kept. Intervals of a change
use normal quantiles. Source: Alkire et al. (2015) ch. 9.2; Suppa (2023), mpitb.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kaejon.methods.alkire_foster.cells import Floats
from kaejon.methods.alkire_foster.design import Design, arrange, normal_interval
from kaejon.methods.alkire_foster.estimates import Estimate


@dataclass(frozen=True)
class Change:
    """Change from the first round to the second.

    `absolute` in the measure's own unit, `relative` in percent of the first round, both also
    per year. None where undefined: relative change from zero, per year without years.
    """

    absolute: Estimate
    relative: Estimate | None
    absolute_per_year: Estimate | None
    relative_per_year: Estimate | None

    def as_document(self) -> dict[str, object]:
        """The change as the command line prints it."""
        parts = {
            "absolute": self.absolute,
            "relative_pct": self.relative,
            "annualised_absolute": self.absolute_per_year,
            "annualised_relative_pct": self.relative_per_year,
        }
        return {name: part.as_document() if part else None for name, part in parts.items()}


def change(
    first: Estimate,
    second: Estimate,
    *,
    designs: tuple[Design | None, Design | None] = (None, None),
    years: float | None = None,
) -> Change | None:
    """Change of one figure between two rounds, `years` apart; None if either is undefined.

    `designs` are the sample designs of the two rounds; without both there is no error.
    """
    if first.value is None or second.value is None:
        return None
    before, after = first.value, second.value
    errors = _Errors(first, second, designs)
    absolute = errors.estimate(after - before, -1.0, 1.0)
    relative = None
    if before > 0:
        relative = errors.estimate(
            100 * (after - before) / before, -100 * after / before**2, 100 / before
        )
    if not years:
        return Change(absolute, relative, None, None)
    per_year = errors.estimate((after - before) / years, -1 / years, 1 / years)
    return Change(absolute, relative, per_year, _relative_per_year(errors, before, after, years))


def _relative_per_year(
    errors: _Errors, before: float, after: float, years: float
) -> Estimate | None:
    if before <= 0:
        return None
    ratio = after / before
    growth = ratio ** (1 / years)
    if after <= 0:
        return Estimate(100 * (growth - 1))
    slope = 100 * growth / years
    return errors.estimate(100 * (growth - 1), -slope / before, slope / after)


class _Errors:
    """Linearised values of both rounds on the units of the two designs together."""

    def __init__(
        self,
        first: Estimate,
        second: Estimate,
        designs: tuple[Design | None, Design | None],
    ) -> None:
        self._design: Design | None = None
        before, after = designs
        if before is None or after is None:
            return
        if first.linearised is None or second.linearised is None:
            return
        units = tuple(dict.fromkeys([*before.units, *after.units]))
        self._design = arrange(units, np.arange(len(units), dtype=np.int64))
        self._first = _spread(first.linearised, before, units)
        self._second = _spread(second.linearised, after, units)

    def estimate(self, value: float, slope_before: float, slope_after: float) -> Estimate:
        """The value with the error of slope_before * first + slope_after * second."""
        if self._design is None:
            return Estimate(value)
        combined = slope_before * self._first + slope_after * self._second
        error = math.sqrt(float(self._design.variance(combined[:, None])[0]))
        return Estimate(value, error, normal_interval(value, error), combined)


def _spread(linearised: Floats, design: Design, units: tuple[tuple[object, object], ...]) -> Floats:
    position = {unit: number for number, unit in enumerate(units)}
    spread = np.zeros(len(units))
    spread[[position[unit] for unit in design.units]] = linearised
    return spread
