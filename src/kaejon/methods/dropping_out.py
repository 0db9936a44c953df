"""Why a poor household is not among the target poor: where it dropped out on the way there.

TPMAP's road has three gates: the household is surveyed by BMN, it fails a dimension, one
member is registered and validated for the state welfare card. Input: what lists tell.
Output: the first gate at which the household was lost, as far as the data tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Gate(StrEnum):
    """Where the household was lost; NONE: it passed all gates."""

    NOT_SURVEYED = "not_surveyed"
    PASSED = "passed"
    NO_VALID_ID = "no_valid_id"
    NOT_TOLD = "not_told"
    NEVER_REGISTERED = "never_registered"
    NOT_VALIDATED = "not_validated"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Member:
    """A member on the BMN list; None where the list has no such column or cell."""

    registered: bool | None
    validated: bool | None


def gate(below_basic_needs: bool | None, members: Sequence[Member], *, any_valid_id: bool) -> Gate:
    """The gate at which a household was lost.

    `below_basic_needs`: result of its newest BMN survey, None without one. `members`: as
    that survey lists them. `any_valid_id`: somebody in the household has a national ID
    with a correct check digit, without which no register can be joined.
    """
    if below_basic_needs is None:
        return Gate.NOT_SURVEYED
    if not below_basic_needs:
        return Gate.PASSED
    if any(m.registered and m.validated for m in members):
        return Gate.NONE
    if any(m.registered for m in members):
        return Gate.NOT_VALIDATED
    if not any_valid_id:
        return Gate.NO_VALID_ID
    if all(m.registered is None for m in members):
        return Gate.NOT_TOLD
    return Gate.NEVER_REGISTERED
