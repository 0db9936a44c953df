"""Five capitals of areas: mean of each capital and households at each level.

The table that provincial teams publish: capital × level for every area, for all households
and apart for those inside and outside a municipality. `area_table` reads households scored
before; `measure_areas` asks an engine, for a country in one scan.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from kaejon.methods import arrays
from kaejon.methods.capitals.households import REMEDY, Plan, outside, plan_of
from kaejon.methods.capitals.table import EXACT_BITS, OVERALL, CapitalTable, Flags
from kaejon.methods.definitions.five_capitals import CapitalDefinition
from kaejon.methods.engine import Engine, Source, Tabular, floats, integers, open_engine, quoted
from kaejon.methods.errors import DataError

Where = Literal["all", "inside", "outside"]

# Counts of three boundaries travel in one sum while no group has more households than this holds.
FIELD_BITS = 17


@dataclass(frozen=True)
class AreaRow:
    """One area: households, mean score 1-4 and households by level, per capital and `overall`.

    `where` tells whether all households count or those inside or outside a municipality. A
    mean is None where no household has the score.
    """

    area: object
    where: Where
    households: int
    means: dict[str, float | None]
    counts: dict[str, dict[str, int]]

    def as_document(self) -> dict[str, object]:
        """The row by name."""
        return dict(vars(self))


def area_table(
    scored: CapitalTable, areas: arrays.Cells, inside: Sequence[bool] | Flags | None = None
) -> tuple[AreaRow, ...]:
    """Means and level counts of every area, in order of appearance.

    Input: scored households, for each its area (any label), and whether it lies inside a
    municipality where that is known for all. Output: one row per area, three with `inside`
    (all, inside, outside). Refuses: labels or flags of another length than the households.
    """
    labels, area = arrays.encode(areas)
    marks = None if inside is None else np.asarray(inside, dtype=np.bool_)
    if len(area) != len(scored) or (marks is not None and len(marks) != len(scored)):
        raise DataError(
            "ragged_columns",
            f"{len(scored)} households have {len(area)} areas.",
            remedy="Give one area and one municipality flag for every household.",
        )
    chosen: list[tuple[Where, Flags]] = [("all", np.ones(len(scored), dtype=np.bool_))]
    if marks is not None:
        chosen += [("inside", marks), ("outside", ~marks)]
    tables = [_rows(scored, labels, area, where, mask) for where, mask in chosen]
    return tuple(row for rows in zip(*tables, strict=True) for row in rows)


def _rows(
    scored: CapitalTable,
    labels: Sequence[object],
    area: NDArray[np.int64],
    where: Where,
    chosen: Flags,
) -> list[AreaRow]:
    size = len(labels)
    numbers = [level.level for level in scored.definition.levels]
    means, counts = {}, {}
    for code in scored.codes:
        means[code] = _means(scored, code, area, size, chosen)
        level = np.where(chosen, scored.levels[code], 0)
        slots = np.bincount(area * (max(numbers) + 1) + level, minlength=size * (max(numbers) + 1))
        counts[code] = slots.reshape(size, -1)[:, numbers].tolist()
    households = np.bincount(area, weights=chosen, minlength=size).astype(np.int64).tolist()
    return _area_rows(labels, where, households, means, counts, scored.definition)


def _means(
    scored: CapitalTable, code: str, area: NDArray[np.int64], size: int, chosen: Flags
) -> list[float | None]:
    """Mean of each area from exact sums over the common unit of all households."""
    above, below, known = scored.ratio(code)
    counted = known & chosen
    unit = math.lcm(*(int(one) for one in np.unique(below)))
    top = unit * (int(scored.definition.score_max) + 1) * max(len(above), 1)
    kind = np.int64 if top.bit_length() < np.iinfo(np.int64).bits else object
    sums = np.zeros(size, dtype=kind)
    np.add.at(
        sums, area[counted], above[counted].astype(kind) * (unit // below[counted].astype(kind))
    )
    totals = np.bincount(area[counted], minlength=size)
    pairs = zip(sums.tolist(), totals.tolist(), strict=True)
    return [int(total) / (unit * n) if n else None for total, n in pairs]


def measure_areas(
    data: Tabular,
    definition: CapitalDefinition,
    by: str,
    *,
    inside: str | None = None,
    engine: Engine | str = "duckdb",
) -> tuple[AreaRow, ...]:
    """`area_table` for any size, by one query of an engine.

    Input: one row per household with whole scores 1-4 in the item columns, the column `by` of
    its area and, if asked, a column `inside` of 1 and 0. Output: rows in the order of the
    areas. Refuses: unknown columns, scores that are not whole, scores outside the scale, an
    empty area. Person rows and decimals are for `score_columns`.
    """
    opened = open_engine(engine) if isinstance(engine, str) else nullcontext(engine)
    with opened as running:
        source = running.read(data)
        _check(source, definition, by, inside)
        packed = _largest_group(running, source, by, inside) < 1 << FIELD_BITS
        packed &= len(definition.levels) - 1 <= EXACT_BITS // FIELD_BITS
        table = running.query(_sql(source, definition, by, inside, packed=packed))
    lowest, highest = integers(table["lowest"]), integers(table["highest"])
    if len(table) == 0:
        raise DataError("no_rows", "The table has no rows.", remedy="Give at least one household.")
    if table["area"].null_count or table["inside"].null_count:
        raise DataError(
            "empty_area", "Some households have no area.", remedy=f"Fill {by} for every row."
        )
    if lowest.min() < definition.score_min or highest.max() > definition.score_max:
        found = lowest.min() if lowest.min() < definition.score_min else highest.max()
        raise DataError(
            "score_out_of_range", f"A score is {found}, {outside(definition)}.", remedy=REMEDY
        )
    return _read_areas(table, definition, split=inside is not None)


def _check(source: Source, definition: CapitalDefinition, by: str, inside: str | None) -> None:
    items = plan_of(definition).codes
    source.require([*items, by, *filter(None, [inside])])
    broken = [code for code in items if source.columns[code] != "integer"]
    if broken:
        raise DataError(
            "not_whole",
            f"Column {broken[0]!r} does not hold whole numbers.",
            remedy="Store scores 1-4 as whole numbers, or score the households first.",
            columns=broken,
        )


def _sql(
    source: Source, definition: CapitalDefinition, by: str, inside: str | None, *, packed: bool
) -> str:
    plan = plan_of(definition)
    capitals = []
    for place, part in enumerate(plan.slices):
        pairs = zip(plan.codes[part], plan.weights[part], strict=True)
        terms = (f"CAST({quoted(code)} AS INTEGER) * {weight}" for code, weight in pairs)
        capitals.append(f"{' + '.join(terms)} AS score_{place}")
    count = len(plan.slices)
    whole = " + ".join(f"score_{place}" for place in range(count))
    items = ", ".join(quoted(code) for code in plan.codes)
    extremes = f"LEAST({items}) AS least_item, GREATEST({items}) AS greatest_item"
    sums = ["COUNT(*) AS households", "MIN(least_item) AS lowest", "MAX(greatest_item) AS highest"]
    for place in range(count + 1):
        unit = plan.denominator * (1 if place < count else count)
        sums += [
            f"COUNT(score_{place}) AS known_{place}",
            f"SUM(CAST(score_{place} AS DOUBLE)) AS sum_{place}",
            *_level_sums(f"score_{place}", unit, plan, packed=packed),
        ]
    return (
        f"WITH scored AS (SELECT {quoted(by)} AS area, {_inside_sql(inside)} AS inside, {extremes}, "
        f"{', '.join(capitals)} FROM {source.name}), "
        f"added AS (SELECT *, {whole} AS score_{count} FROM scored) "
        f"SELECT area, inside, {', '.join(sums)} FROM added GROUP BY area, inside "
        "ORDER BY area, inside DESC"
    )


def _inside_sql(inside: str | None) -> str:
    return f"CAST({quoted(inside)} AS INTEGER)" if inside else "1"


def _largest_group(running: Engine, source: Source, by: str, inside: str | None) -> int:
    keys = ", ".join(quoted(column) for column in (by, inside) if column)
    sizes = f"SELECT COUNT(*) AS households FROM {source.name} GROUP BY {keys}"
    found = running.query(f"SELECT MAX(households) AS largest FROM ({sizes}) AS sizes")
    return int(found["largest"][0].as_py() or 0)


def _level_sums(score: str, unit: int, plan: Plan, *, packed: bool) -> list[str]:
    """Households at or above each boundary but the lowest: one sum each, or all in one."""
    steps = [(math.ceil(bound * unit / below), n) for n, (_, bound, below) in _steps(plan)]
    if not packed:
        return [
            f"SUM(CASE WHEN {score} >= {least} THEN CAST(1 AS DOUBLE) "
            f"ELSE CAST(0 AS DOUBLE) END) AS {score}_from_{n}"
            for least, n in steps
        ]
    cases = [
        f"WHEN {score} >= {least} THEN CAST({sum(1 << (FIELD_BITS * m) for m in range(n + 1))} AS DOUBLE)"
        for least, n in reversed(steps)
    ]
    return [f"SUM(CASE {' '.join(cases)} ELSE CAST(0 AS DOUBLE) END) AS {score}_from"]


def _steps(plan: Plan) -> list[tuple[int, tuple[int, int, int]]]:
    """Boundaries above the lowest level, ascending, numbered from 0."""
    return list(enumerate(reversed(plan.bounds[:-1])))


def _read_areas(
    table: pa.Table, definition: CapitalDefinition, *, split: bool
) -> tuple[AreaRow, ...]:
    plan = plan_of(definition)
    labels, area = arrays.encode(table["area"])
    marks = integers(table["inside"]) != 0
    chosen: list[tuple[Where, Flags]] = [("all", np.ones(len(area), dtype=np.bool_))]
    if split:
        chosen += [("inside", marks), ("outside", ~marks)]

    def added(values: NDArray[Any], mask: Flags) -> NDArray[np.int64]:
        sums = np.bincount(area, weights=np.where(mask, values, 0), minlength=len(labels))
        return sums.astype(np.int64)

    tables = []
    for where, mask in chosen:
        means: dict[str, list[float | None]] = {}
        counts: dict[str, list[list[int]]] = {}
        for number, code in enumerate((*plan.capitals, OVERALL)):
            unit = plan.denominator * (1 if code != OVERALL else len(plan.capitals))
            known = added(floats(table[f"known_{number}"]), mask)
            sums = added(np.nan_to_num(floats(table[f"sum_{number}"])), mask)
            steps = [added(found, mask) for found in _level_counts(table, number, plan)]
            above = np.stack([known, *steps, np.zeros_like(known)])
            counts[code] = (above[:-1] - above[1:]).T.tolist()
            pairs = zip(sums.tolist(), known.tolist(), strict=True)
            means[code] = [total / (unit * n) if n else None for total, n in pairs]
        households = added(floats(table["households"]), mask).tolist()
        tables.append(_area_rows(labels, where, households, means, counts, definition))
    return tuple(row for rows in zip(*tables, strict=True) for row in rows)


def _level_counts(table: pa.Table, number: int, plan: Plan) -> list[NDArray[Any]]:
    """Households at or above each boundary but the lowest, per group."""
    packed = f"score_{number}_from"
    if packed not in table.column_names:
        return [floats(table[f"{packed}_{n}"]) for n, _ in _steps(plan)]
    whole = floats(table[packed]).astype(np.int64)
    return [(whole >> (FIELD_BITS * n)) & ((1 << FIELD_BITS) - 1) for n, _ in _steps(plan)]


def _area_rows(
    labels: Sequence[object],
    where: Where,
    households: Sequence[int],
    means: dict[str, list[float | None]],
    counts: dict[str, list[list[int]]],
    definition: CapitalDefinition,
) -> list[AreaRow]:
    levels = [str(level.level) for level in definition.levels]
    return [
        AreaRow(
            label,
            where,
            households[place],
            {code: found[place] for code, found in means.items()},
            {c: dict(zip(levels, found[place], strict=True)) for c, found in counts.items()},
        )
        for place, label in enumerate(labels)
    ]
