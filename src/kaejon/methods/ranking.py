"""Rank problems for decision by a rule that anybody can work out again on paper.

score = 100 x (w1 x households / most households + w2 x hit in several ways / households
        + w3 x readiness / 3) / (w1 + w2 + w3)

Each part lies between 0 and 1, so does the score between 0 and 100. All numbers are exact
fractions; nothing is rounded before the order is made. Source: `ranking_rule.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from kaejon.methods import definitions
from kaejon.methods.errors import DataError

KIND = "ranking_rule"
DEFAULT = "ranking_rule"
MOST_READY = 3
HEAVIEST = 100


@dataclass(frozen=True, slots=True)
class Rule:
    """Weights 0-100 of the three questions, and how ready each side is (0-3) by its code.

    Refuses (DataError): a weight outside 0-100, no weight at all, a readiness outside 0-3.
    """

    households: int
    severity: int
    action: int
    readiness: Mapping[str, int]

    def __post_init__(self) -> None:
        weights = (self.households, self.severity, self.action)
        if not all(0 <= weight <= HEAVIEST for weight in weights) or not any(weights):
            raise DataError(
                "ranking_weights",
                f"the weights {weights} are not 0 to {HEAVIEST} with at least one above 0",
                remedy="Give each question a weight from 0 to 100, one of them above 0.",
            )
        if not all(0 <= ready <= MOST_READY for ready in self.readiness.values()):
            raise DataError(
                "ranking_readiness",
                f"readiness is 0 to {MOST_READY}",
                remedy="Choose one of the four steps for each side.",
            )

    def as_dict(self) -> dict[str, Any]:
        """The rule as a JSON-ready document."""
        return {
            "households": self.households,
            "severity": self.severity,
            "action": self.action,
            "readiness": dict(sorted(self.readiness.items())),
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Rule:
        """The rule of a document written by `as_dict`."""
        return cls(**document)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of an area. Households and people affected; `several`: those of the households
    that are hit in several ways at once. `side`: the code of who usually acts.

    Refuses (DataError): more households hit in several ways than affected, a negative count.
    """

    code: str
    side: str
    households: int
    people: int
    several: int

    def __post_init__(self) -> None:
        if not 0 <= self.several <= self.households or self.people < 0:
            raise DataError("ranking_counts", f"the counts of {self.code} contradict each other")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A problem with its place from 1, its score 0-100 and the three parts 0-1 it is made of."""

    place: int
    problem: Problem
    score: Fraction
    size: Fraction
    severity: Fraction
    readiness: Fraction


@lru_cache(maxsize=1)
def default_rule() -> Rule:
    """The rule to begin with."""
    document = definitions.load(DEFAULT, KIND)
    return Rule(**document["weights"], readiness=document["readiness"])


def rank(problems: Iterable[Problem], rule: Rule) -> list[Ranked]:
    """Problems with anybody affected, the highest score first.

    Equal scores: more households first, then by code. The order of the input does not
    matter, and with the same severity more households never lower a problem's place.
    """
    held = [problem for problem in problems if problem.households]
    most = max((problem.households for problem in held), default=1)
    scored = [parts(problem, most, rule) for problem in held]
    scored.sort(key=lambda row: (-row.score, -row.problem.households, row.problem.code))
    return [
        Ranked(place, row.problem, row.score, row.size, row.severity, row.readiness)
        for place, row in enumerate(scored, start=1)
    ]


def parts(problem: Problem, most: int, rule: Rule) -> Ranked:
    """A problem with its score, not yet placed."""
    size = Fraction(problem.households, most)
    severity = Fraction(problem.several, problem.households)
    readiness = Fraction(rule.readiness.get(problem.side, 0), MOST_READY)
    whole = rule.households + rule.severity + rule.action
    score = (rule.households * size + rule.severity * severity + rule.action * readiness) / whole
    return Ranked(0, problem, 100 * score, size, severity, readiness)
