"""Five livelihood capitals (ทุน 5 ด้าน) of a household and its level.

Input: item scores 1-4. An item answered by several members is averaged over them, a
capital is the weighted mean of its items, the overall score the simple mean of the
capitals. All sums are exact: float sums put households on the wrong side of a boundary.
Source: practice of the area research fund (บพท.); weights and boundaries with their
sources are in `definitions/five_capitals_ppp_2568.toml`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from kaejon.methods.cells import CellProblem, is_empty, read_number, refuse_cells
from kaejon.methods.definitions.five_capitals import CapitalDefinition, Item
from kaejon.methods.definitions.five_capitals import load as definition
from kaejon.methods.errors import DataError

__all__ = [
    "CapitalScore",
    "LowItem",
    "columns_needed",
    "definition",
    "level_of",
    "low_items",
    "score_columns",
    "score_household",
    "score_table",
]

REMEDY = "Give a score of the scale, or leave the cell empty if the question was not answered."

Exact = Fraction | Decimal | int
Document = dict[str, Any]


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
class _Plan:
    """A definition in whole numbers: weights over `denominator`, boundaries as fractions."""

    capitals: tuple[str, ...]
    slices: tuple[slice, ...]
    codes: tuple[str, ...]
    weights: tuple[int, ...]
    denominator: int
    bounds: tuple[tuple[int, int, int], ...]


@lru_cache(maxsize=32)
def _plan(definition: CapitalDefinition) -> _Plan:
    items = definition.items
    denominator = math.lcm(*(item.weight.denominator for item in items))
    slices, start = [], 0
    for capital in definition.capitals:
        slices.append(slice(start, start + len(capital.items)))
        start += len(capital.items)
    return _Plan(
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
            "score_out_of_range", f"Score {score} is {_outside(definition)}.", remedy=REMEDY
        )
    return _level(exact.numerator, exact.denominator, _plan(definition))


def _level(numerator: int, denominator: int, plan: _Plan) -> int:
    """Level of numerator/denominator, compared without dividing."""
    for level, bound, bound_denominator in plan.bounds:
        if numerator * bound_denominator >= bound * denominator:
            return level
    raise ValueError("score below the lowest level")


def _numerators(totals: Sequence[int | None], plan: _Plan) -> list[int | None]:
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
    plan = _plan(definition)
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
            if score is not None and not _in_range(score, definition):
                raise DataError(
                    "score_out_of_range",
                    f"{code}: {score} is {_outside(definition)}.",
                    remedy=REMEDY,
                )


def _outside(definition: CapitalDefinition) -> str:
    return f"outside {definition.score_min}-{definition.score_max}"


def _in_range(score: Decimal, definition: CapitalDefinition) -> bool:
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


def score_table(
    rows: Iterable[Mapping[str, object]],
    definition: CapitalDefinition,
    row_numbers: Sequence[int] | None = None,
) -> Document:
    """Score a table given as rows; see `score_columns`. An absent key is an empty cell."""
    kept = list(rows)
    wanted = ["household_id", *columns_needed(definition)]
    if any("person_id" in row for row in kept):
        wanted.append("person_id")
    return score_columns(
        {name: [row.get(name) for row in kept] for name in wanted}, definition, row_numbers
    )


def score_columns(
    columns: Mapping[str, Sequence[object]],
    definition: CapitalDefinition,
    row_numbers: Sequence[int] | None = None,
) -> Document:
    """Score a table given as columns and return the document of `kaejon measure capitals`.

    Input: `household_id`, one column per item, optionally `person_id`; rows of one household
    are averaged; cells are text or numbers, empty means not answered. `row_numbers` are used
    in messages (first data row 2 by default). Output: scores as the nearest floating-point
    number, levels decided before on exact sums; None where undefined. Refuses (DataError),
    naming rows and columns: no rows, an empty household_id, a repeated person, a cell that
    is not a score 1-4.
    """
    numbers = row_numbers or range(2, len(columns["household_id"]) + 2)
    households = _group_rows(columns, numbers)
    sums, scale = _add_up(columns, definition, households, numbers)
    plan = _plan(definition)
    scored = [
        _Scored(household, _numerators(totals, plan), size * scale * plan.denominator)
        for household, size, totals in zip(
            households.ids, households.sizes, zip(*sums, strict=True), strict=True
        )
    ]
    rows = [_row(score, plan) for score in scored]
    return {
        "definition": definition.name,
        "provisional": definition.provisional,
        "n": len(rows),
        "rows": rows,
        "summary": {"means": _means(scored, plan), "counts": _counts(rows, plan, definition)},
    }


@dataclass(frozen=True, slots=True)
class _Households:
    """Households in order of first appearance; `places` gives the household of each row."""

    ids: list[str]
    sizes: list[int]
    places: list[int]


@dataclass(frozen=True, slots=True)
class _Scored:
    """Numerators of the capitals of one household over a common denominator."""

    household_id: str
    numerators: list[int | None]
    denominator: int


def _group_rows(columns: Mapping[str, Sequence[object]], numbers: Sequence[int]) -> _Households:
    known: dict[str, int] = {}
    sizes: list[int] = []
    places: list[int] = []
    problems: list[CellProblem] = []
    for row, cell in zip(numbers, columns["household_id"], strict=True):
        if is_empty(cell):
            problems.append(CellProblem(row, "household_id", "the cell is empty"))
            continue
        place = known.setdefault(str(cell).strip(), len(known))
        if place == len(sizes):
            sizes.append(0)
        sizes[place] += 1
        places.append(place)
    refuse_cells(problems, "Give every row the identifier of its household.")
    if not places:
        raise DataError("no_rows", "The table has no rows.", remedy="Give at least one household.")
    _refuse_repeated_persons(columns, numbers, places)
    return _Households(list(known), sizes, places)


def _refuse_repeated_persons(
    columns: Mapping[str, Sequence[object]], numbers: Sequence[int], places: Sequence[int]
) -> None:
    persons = columns.get("person_id", ())
    seen: dict[tuple[int, str], int] = {}
    problems = []
    for row, place, cell in zip(numbers, places, persons, strict=False):
        if is_empty(cell):
            continue
        first = seen.setdefault((place, str(cell).strip()), row)
        if first != row:
            problem = f"{cell} is already in row {first} of the same household"
            problems.append(CellProblem(row, "person_id", problem))
    refuse_cells(problems, "Keep one row per person: remove the repeated rows.")


def _add_up(
    columns: Mapping[str, Sequence[object]],
    definition: CapitalDefinition,
    households: _Households,
    numbers: Sequence[int],
) -> tuple[list[list[int | None]], int]:
    """Per item the sum of each household in units of 1/scale (None: a cell is empty)."""
    codes = columns_needed(definition)
    readings = {cell: _read(cell, definition) for code in codes for cell in set(columns[code])}
    _refuse_bad_cells(columns, codes, readings, numbers)
    scores = {cell: score for cell, score in readings.items() if isinstance(score, Decimal)}
    scale = 10 ** max((_decimals(score) for score in scores.values()), default=0)
    units: dict[object, int] = {cell: int(score * scale) for cell, score in scores.items()}
    return [_sum_column(columns[code], units, households) for code in codes], scale


def _sum_column(
    cells: Sequence[object], units: Mapping[object, int], households: _Households
) -> list[int | None]:
    sums: list[int] = [0] * len(households.ids)
    missing: set[int] = set()
    for place, cell in zip(households.places, cells, strict=True):
        unit = units.get(cell)
        if unit is None:
            missing.add(place)
        else:
            sums[place] += unit
    if not missing:
        return list(sums)
    return [None if place in missing else total for place, total in enumerate(sums)]


def _decimals(score: Decimal) -> int:
    return max(0, -int(score.as_tuple().exponent))


def _read(cell: object, definition: CapitalDefinition) -> Decimal | str | None:
    """Score in the cell, None when empty, or a sentence saying what is wrong."""
    try:
        score = read_number(cell)
    except ValueError as error:
        return str(error)
    if score is not None and not _in_range(score, definition):
        return f"{cell} is {_outside(definition)}"
    return score


def _refuse_bad_cells(
    columns: Mapping[str, Sequence[object]],
    codes: Sequence[str],
    readings: Mapping[object, Decimal | str | None],
    numbers: Sequence[int],
) -> None:
    bad = {cell: problem for cell, problem in readings.items() if isinstance(problem, str)}
    if not bad:
        return
    problems = [
        CellProblem(row, code, bad[cell])
        for code in codes
        for row, cell in zip(numbers, columns[code], strict=True)
        if cell in bad
    ]
    refuse_cells(problems, REMEDY)


def _row(scored: _Scored, plan: _Plan) -> Document:
    pairs = list(zip(plan.capitals, scored.numerators, strict=True))
    levels = {
        code: None if total is None else _level(total, scored.denominator, plan)
        for code, total in pairs
    }
    overall, denominator = _overall(scored)
    return {
        "household_id": scored.household_id,
        **{code: None if total is None else total / scored.denominator for code, total in pairs},
        "overall": None if overall is None else overall / denominator,
        "level": None if overall is None else _level(overall, denominator, plan),
        "levels": levels,
    }


def _overall(scored: _Scored) -> tuple[int | None, int]:
    """Numerator and denominator of the simple mean of the capitals."""
    known = [total for total in scored.numerators if total is not None]
    denominator = scored.denominator * len(scored.numerators)
    return (sum(known) if len(known) == len(scored.numerators) else None), denominator


def _means(scored: Sequence[_Scored], plan: _Plan) -> dict[str, float | None]:
    """Mean of each capital and of the overall score over the households that have it."""
    means: dict[str, float | None] = {}
    for place, code in enumerate(plan.capitals):
        means[code] = _mean_of((s.numerators[place], s.denominator) for s in scored)
    means["overall"] = _mean_of(_overall(s) for s in scored)
    return means


def _mean_of(ratios: Iterable[tuple[int | None, int]]) -> float | None:
    sums: Counter[int] = Counter()
    n = 0
    for numerator, denominator in ratios:
        if numerator is not None:
            sums[denominator] += numerator
            n += 1
    if not n:
        return None
    exact = sum((Fraction(total, unit) for unit, total in sums.items()), Fraction()) / n
    return exact.numerator / exact.denominator


def _counts(
    rows: Sequence[Document], plan: _Plan, definition: CapitalDefinition
) -> dict[str, dict[str, int]]:
    levels: dict[str, Counter[object]] = {
        code: Counter(row["levels"][code] for row in rows) for code in plan.capitals
    }
    levels["overall"] = Counter(row["level"] for row in rows)
    return {
        code: {str(level.level): found[level.level] for level in definition.levels}
        for code, found in levels.items()
    }
