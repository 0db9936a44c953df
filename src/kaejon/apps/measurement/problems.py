"""Which problems a household has, as short codes: what lists of households and counts go by.

"i8" is a failed basic-minimum-needs indicator of the newest screen, "human_3" an item of
the newest five-capital survey with the lowest score, "said.housing" a problem that a
community list tells in words, filed under the side its words point to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from kaejon.apps.measurement.models import CapitalScore, PovertyScreen
from kaejon.methods.definitions import problem_sides

SAID = "said."
LOWEST = Decimal(1)


def codes_of(
    score: CapitalScore | None, screen: PovertyScreen | None, said: Collection[str]
) -> str:
    """The codes of one household in order, a space on both sides of each; empty without any."""
    known = problem_sides.load().problems
    failed = [f"i{number}" for number in screen.failed_indicators] if screen else []
    codes = {code for code in (*failed, *(low_codes(score) if score else ())) if code in known}
    every = sorted(codes | set(said))
    return f" {' '.join(every)} " if every else ""


def low_codes(score: CapitalScore) -> list[str]:
    """Items that the household, or any of its members, answered with the lowest score."""
    return [
        code
        for code, values in score.items.items()
        if any(value is not None and Decimal(value) <= LOWEST for value in values)
    ]


def code_of_words(facts: Mapping[str, Any]) -> str:
    """The code of what a community list tells in words."""
    text = f"{facts.get('problem_text', '')} {facts.get('need_text', '')}"
    return f"{SAID}{problem_sides.load().side_of_text(text).code}"


def side_of(code: str) -> str:
    """The code of the side that usually looks after a problem. Refuses (KeyError) an unknown problem."""
    if code.startswith(SAID):
        return code.removeprefix(SAID)
    return problem_sides.load().problems[code].side


def is_problem(code: str) -> bool:
    """Whether there is a problem of this code."""
    sides = problem_sides.load()
    return code in sides.problems or code in {f"{SAID}{side.code}" for side in sides.sides}


def is_sensitive(code: str) -> bool:
    """Whether only readers of sensitive facts may know which households have the problem."""
    if code.startswith(SAID):
        return side_of(code) == "health"
    return problem_sides.load().problems[code].sensitive
