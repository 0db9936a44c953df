"""When a household counts as out of poverty for good: a rule that is data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaejon.methods.errors import DataError

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GraduationRule:
    """When a household counts as out of poverty for good. A local choice: no Thai rule exists.

    Not poor in each of the last `rounds_out` rounds, and at most `falling_allowed` capitals
    lower at the end than at the start of those rounds by more than `tolerance`.
    """

    rounds_out: int = 2
    falling_allowed: int = 0
    tolerance: float = 0.0


def graduated(
    poor: Flags, capitals: Floats | None = None, rule: GraduationRule | None = None
) -> Flags:
    """Households that satisfy the rule at the last round.

    Input: `poor`, rounds × households; `capitals`, rounds × households × capitals, scores or
    levels, NaN where unknown (an unknown capital cannot be shown not to fall). Output: one
    flag per household. Refuses: fewer rounds than the rule looks at.
    """
    rule = rule or GraduationRule()
    if len(poor) < rule.rounds_out:
        raise DataError(
            "too_few_rounds",
            f"The rule looks at {rule.rounds_out} rounds; there are {len(poor)}.",
            remedy="Wait for the next round or lower rounds_out.",
        )
    out = ~poor[-rule.rounds_out :].any(axis=0)
    if capitals is None:
        return np.asarray(out)
    kept = capitals[-1] >= capitals[-rule.rounds_out] - rule.tolerance
    return np.asarray(out & ((~kept).sum(axis=1) <= rule.falling_allowed))
