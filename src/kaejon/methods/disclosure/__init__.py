"""Small numbers: how a count is told so that it points to nobody, alone and among others."""

from kaejon.methods.disclosure.policy import (
    SHARE_BASE,
    STEPS,
    Shown,
    alone,
    at_most,
    carries_average,
    difference,
    exactly,
    least_for_average,
    share,
    total,
    untold,
)
from kaejon.methods.disclosure.protection import Link, Protected, Sum, protect, protect_array

__all__ = [
    "SHARE_BASE",
    "STEPS",
    "Link",
    "Protected",
    "Shown",
    "Sum",
    "alone",
    "at_most",
    "carries_average",
    "difference",
    "exactly",
    "least_for_average",
    "protect",
    "protect_array",
    "share",
    "total",
    "untold",
]
