"""From cells to estimates: a ratio of sums for each group, with its error where a sample exists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kaejon.methods.alkire_foster.cells import Cells, Floats, Integers
from kaejon.methods.alkire_foster.design import Design, logit_interval


@dataclass(frozen=True)
class Estimate:
    """A figure with its standard error and 95% interval.

    `value` is None when undefined (A with nobody poor); `se` and `ci95` are None without a
    sample design. `linearised` holds the PSU totals that a change between rounds needs.
    """

    value: float | None
    se: float | None = None
    ci95: list[float] | None = None
    linearised: Floats | None = None

    def as_document(self) -> dict[str, object]:
        """The estimate as the command line prints it."""
        return {"value": self.value, "se": self.se, "ci95": self.ci95}


@dataclass(frozen=True)
class Domain:
    """A partition of the cells: everybody (one group), or the groups of one column."""

    group: Integers
    groups: int


def ratios(
    above: Floats, below: Floats, domain: Domain, design: Design | None
) -> tuple[Estimate, ...]:
    """One ratio of sums per group. Input: cell values above and below the line."""
    top = np.bincount(domain.group, weights=above, minlength=domain.groups)
    bottom = np.bincount(domain.group, weights=below, minlength=domain.groups)
    value = np.divide(top, bottom, out=np.full(domain.groups, np.nan), where=bottom > 0)
    if design is None:
        return tuple(Estimate(None if np.isnan(v) else float(v)) for v in value)
    safe = np.where(bottom > 0, bottom, 1.0)
    residual = design.totals(above, domain.group, domain.groups) - np.nan_to_num(
        value
    ) * design.totals(below, domain.group, domain.groups)
    linearised = residual / safe
    error = np.sqrt(design.variance(linearised))
    return tuple(
        _with_error(float(value[g]), float(error[g]), linearised[:, g], design)
        for g in range(domain.groups)
    )


def _with_error(value: float, error: float, linearised: Floats, design: Design) -> Estimate:
    if np.isnan(value):
        return Estimate(None)
    interval = logit_interval(value, error, design.degrees_of_freedom)
    return Estimate(value, error, interval, linearised)


@dataclass(frozen=True)
class Headline:
    """H, A and M0 (and M1, M2 where depth has a meaning) of one group at one k."""

    incidence: Estimate
    intensity: Estimate
    adjusted: Estimate
    gap: Estimate | None
    severity: Estimate | None


def headlines(
    cells: Cells, reached: int, domain: Domain, design: Design | None
) -> tuple[Headline, ...]:
    """The headline figures of every group, poor = reaching the `reached`-th lowest k."""
    poor = cells.reach >= reached
    people = cells.people
    poor_people = np.where(poor, people, 0.0)
    poor_score = np.where(poor, cells.score, 0.0)

    def share(above: Floats | None) -> tuple[Estimate | None, ...]:
        if above is None:
            return (None,) * domain.groups
        return ratios(np.where(poor, above, 0.0), people, domain, design)

    parts = zip(
        ratios(poor_people, people, domain, design),
        ratios(poor_score, poor_people, domain, design),
        ratios(poor_score, people, domain, design),
        share(cells.gap_1),
        share(cells.gap_2),
        strict=True,
    )
    return tuple(Headline(*part) for part in parts)
