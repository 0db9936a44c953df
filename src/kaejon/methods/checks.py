"""Which status a household has after its field checks, by a rule that can be read aloud.

1. The latest list year with a check counts, earlier years do not.
2. Whether the household is there is a fact: when the latest finding of that year says
   moved, died, not found or same as another household, that is the status. On one day
   the check with the higher weight is the later one, then the one written last.
3. Otherwise whether it is in need is judged: a village forum weighs more than a visit,
   a visit more than papers and phone; at equal weight the later finding stands.
4. "In need" of a household that was missed in that year stays "missed": it says more.
5. An override by a person stands over the checks of its own and earlier years, until
   it is removed or a check of a later list year comes.

Weights, moves, reasons and the quorum are data: `definitions/field_checks.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from kaejon.methods import definitions

FACTS_OF_PRESENCE = frozenset({"moved", "died", "not_found", "duplicate"})
CONFIRMED, MISSED = "confirmed_poor", "missed"


@dataclass(frozen=True, slots=True)
class Check:
    """One check not withdrawn. `order` grows with the time it was written."""

    outcome: str
    year: int
    method: str
    on: date
    order: int


@dataclass(frozen=True, slots=True)
class Override:
    """A status a person set against the rule."""

    outcome: str
    year: int
    on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """The status that follows: `check` is the one that decided, None for an override."""

    outcome: str
    year: int
    on: date
    check: Check | None = None


def standing(checks: Iterable[Check], override: Override | None = None) -> Standing | None:
    """The status of a household; None while nobody checked it."""
    live = list(checks)
    year = max((c.year for c in live), default=0)
    if override and override.year >= year:
        return Standing(override.outcome, override.year, override.on)
    if not live:
        return None
    of_year = [c for c in live if c.year == year]
    latest = max(of_year, key=lambda c: (c.on, weights()[c.method], c.order))
    if latest.outcome in FACTS_OF_PRESENCE:
        return Standing(latest.outcome, year, latest.on, latest)
    judged = [c for c in of_year if c.outcome not in FACTS_OF_PRESENCE]
    winner = max(judged, key=lambda c: (weights()[c.method], c.on, c.order))
    missed = winner.outcome == CONFIRMED and any(c.outcome == MISSED for c in judged)
    return Standing(MISSED if missed else winner.outcome, year, winner.on, winner)


def may_follow(present: str, outcome: str) -> bool:
    """Whether a new check may say `outcome` about a household whose status is `present` ("" = none)."""
    return outcome in _loaded()["moves"][present]


def weights() -> Mapping[str, int]:
    """Weight of each method of checking."""
    return _loaded()["weights"]  # type: ignore[no-any-return]


def reasons(outcome: str | None = None) -> list[dict[str, Any]]:
    """The catalogue of reasons, of one outcome or all: code, th, en, outcomes."""
    return [r for r in _loaded()["reasons"] if outcome is None or outcome in r["outcomes"]]


def objection_days() -> int:
    """Days after a check in which a family is asked to say that it disagrees."""
    return int(_loaded()["objection_days"])


def attendance_groups() -> list[dict[str, Any]]:
    """Groups counted at a forum: code, th, en."""
    return list(_loaded()["attendance"])


def quorum() -> tuple[str, int]:
    """The group that makes a forum able to decide, and how many of it are needed."""
    rule = _loaded()["quorum"]
    return rule["group"], rule["least"]


def has_quorum(attendance: Mapping[str, int]) -> bool:
    """Whether a forum with this attendance may decide."""
    group, least = quorum()
    return attendance.get(group, 0) >= least


@cache
def _loaded() -> dict[str, Any]:
    return definitions.load("field_checks", "field_checks")
