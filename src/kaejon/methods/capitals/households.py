"""One household: its five capitals, its levels, and what it lacks, in exact fractions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from kaejon.methods.definitions.five_capitals import CapitalDefinition, Item
from kaejon.methods.errors import DataError

REMEDY = "Give a score of the scale, or leave the cell empty if the question was not answered."

Exact = Fraction | Decimal | int


@dataclass(frozen=True, slots=True)
class CapitalScore:
    """Scores 1-4 of one household, exact; None where an item is missing.

    `levels` holds the level 1-4 of each capital, `level` that of the overall score.
    """

    capitals: dict[str, Fraction | None]
    overall: Fraction | None
    levels: dict[str, int | None]
    level: int | None


@dataclass(frozen=True, slots=True)
class LowItem:
    """An item scored low. `member` is the place in the sequence given, None for the household."""

    item: Item
    score: Fraction
    member: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A definition in whole numbers: weights over `denominator`, boundaries as fractions.

    `bounds` are (level, numerator, denominator), the highest level first.
    """

    capitals: tuple[str, ...]
    slices: tuple[slice, ...]
    codes: tuple[str, ...]
    weights: tuple[int, ...]
    denominator: int
    bounds: tuple[tuple[int, int, int], ...]


@lru_cache(maxsize=32)
def plan_of(definition: CapitalDefinition) -> Plan:
    """The definition as whole numbers, worked out once."""
    items = definition.items
    denominator = math.lcm(*(item.weight.denominator for item in items))
    slices, start = [], 0
    for capital in definition.capitals:
        slices.append(slice(start, start + len(capital.items)))
        start += len(capital.items)
    return Plan(
        capitals=tuple(capital.code for capital in definition.capitals),
        slices=tuple(slices),
        codes=tuple(item.code for item in items),
        weights=tuple(int(item.weight * denominator) for item in items),
        denominator=denominator,
        bounds=tuple(
            (level.level, level.start.numerator, level.start.denominator)
            for level in reversed(definition.levels)
        ),
    )


def columns_needed(definition: CapitalDefinition) -> list[str]:
    """Item columns of a table for `score_table`, in questionnaire order."""
    return [item.code for item in definition.items]


def level_of(score: Exact, definition: CapitalDefinition) -> int:
    """Level 1-4 of an exact score. Refuses: a float (TypeError), a score outside 1-4."""
    if isinstance(score, float):
        raise TypeError("a score must be exact: give a Fraction, Decimal or int")
    exact = Fraction(score)
    if not definition.score_min <= exact <= definition.score_max:
        raise DataError(
            "score_out_of_range", f"Score {score} is {outside(definition)}.", remedy=REMEDY
        )
    return _level(exact.numerator, exact.denominator, plan_of(definition))


def _level(numerator: int, denominator: int, plan: Plan) -> int:
    """Level of numerator/denominator, compared without dividing."""
    for level, bound, bound_denominator in plan.bounds:
        if numerator * bound_denominator >= bound * denominator:
            return level
    raise ValueError("score below the lowest level")


def _numerators(totals: Sequence[int | None], plan: Plan) -> list[int | None]:
    """Weighted sum of each capital over (unit of the totals x plan.denominator)."""
    sums: list[int | None] = []
    for part in plan.slices:
        scores = totals[part]
        if None in scores:
            sums.append(None)
        else:
            sums.append(sum(map(int.__mul__, plan.weights[part], scores)))  # type: ignore[arg-type]
    return sums


def score_household(
    items: Mapping[str, Sequence[Decimal | None]], definition: CapitalDefinition
) -> CapitalScore:
    """Score one household.

    Input: for each item code ("human_1") the scores of the members who answered it, or the
    one score of the household. An absent code, an empty sequence or a None in it makes that
    capital and the overall score None. Refuses (DataError): an unknown code, a score
    outside 1-4.
    """
    _check_household(items, definition)
    plan = plan_of(definition)
    means = [_mean(items.get(code, ())) for code in plan.codes]
    unit = math.lcm(*(mean.denominator for mean in means if mean is not None))
    totals = [None if mean is None else int(mean * unit) for mean in means]
    scale = unit * plan.denominator
    capitals = {
        code: None if total is None else Fraction(total, scale)
        for code, total in zip(plan.capitals, _numerators(totals, plan), strict=True)
    }
    return _with_levels(capitals, definition)


def _mean(scores: Sequence[Decimal | None]) -> Fraction | None:
    known = [Fraction(score) for score in scores if score is not None]
    if not known or len(known) < len(scores):
        return None
    return sum(known, Fraction()) / len(known)


def _with_levels(
    capitals: dict[str, Fraction | None], definition: CapitalDefinition
) -> CapitalScore:
    known = [score for score in capitals.values() if score is not None]
    overall = sum(known, Fraction()) / len(known) if len(known) == len(capitals) else None
    return CapitalScore(
        capitals=capitals,
        overall=overall,
        levels={
            code: None if score is None else level_of(score, definition)
            for code, score in capitals.items()
        },
        level=None if overall is None else level_of(overall, definition),
    )


def _check_household(
    items: Mapping[str, Sequence[Decimal | None]], definition: CapitalDefinition
) -> None:
    unknown = sorted(set(items) - {item.code for item in definition.items})
    if unknown:
        raise DataError(
            "item_unknown",
            f"Definition {definition.name} has no item {', '.join(unknown)}.",
            remedy="Use the item codes of the definition, such as human_1.",
        )
    for code, scores in items.items():
        for score in scores:
            if score is not None and not in_range(score, definition):
                raise DataError(
                    "score_out_of_range",
                    f"{code}: {score} is {outside(definition)}.",
                    remedy=REMEDY,
                )


def outside(definition: CapitalDefinition) -> str:
    """How a message tells that a score is not of the scale."""
    return f"outside {definition.score_min}-{definition.score_max}"


def in_range(score: Decimal, definition: CapitalDefinition) -> bool:
    """Whether a score is of the scale."""
    return score.is_finite() and definition.score_min <= Fraction(score) <= definition.score_max


def low_items(
    items: Mapping[str, Sequence[Decimal | None]],
    definition: CapitalDefinition,
    at_most: Exact = 1,
) -> list[LowItem]:
    """Items scored `at_most` or lower, in questionnaire order: what the household lacks.

    For an item that each member answers, one entry per low member.
    """
    _check_household(items, definition)
    return [
        LowItem(item, Fraction(score), place if item.of == "person" else None)
        for item in definition.items
        for place, score in enumerate(items.get(item.code, ()))
        if score is not None and Fraction(score) <= Fraction(at_most)
    ]
