"""Alkire-Foster in slow, obvious Python: one household at a time, exact fractions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass
class Answer:
    """Exact figures; None where undefined."""

    h: Fraction
    a: Fraction | None
    m0: Fraction
    uncensored: list[Fraction]
    censored: list[Fraction]
    contribution: list[Fraction | None]


def measure(
    rows: list[list[float]],
    cutoffs: list[float],
    weights: list[Fraction],
    k: Fraction,
    people: list[int],
) -> Answer:
    """Figures of households × indicators, each household standing for `people` persons."""
    total = sum(people)
    poor_people = 0
    poor_score = Fraction(0)
    deprived = [0] * len(weights)
    deprived_and_poor = [0] * len(weights)
    for row, size in zip(rows, people, strict=True):
        failed = [value < cutoff for value, cutoff in zip(row, cutoffs, strict=True)]
        score = Fraction(0)
        for weight, fails in zip(weights, failed, strict=True):
            if fails:
                score += weight
        is_poor = score >= k
        if is_poor:
            poor_people += size
            poor_score += score * size
        for number, fails in enumerate(failed):
            if fails:
                deprived[number] += size
                if is_poor:
                    deprived_and_poor[number] += size
    m0 = poor_score / total
    censored = [Fraction(count, total) for count in deprived_and_poor]
    return Answer(
        h=Fraction(poor_people, total),
        a=poor_score / poor_people if poor_people else None,
        m0=m0,
        uncensored=[Fraction(count, total) for count in deprived],
        censored=censored,
        contribution=[
            weight * share / m0 if m0 else None
            for weight, share in zip(weights, censored, strict=True)
        ],
    )
