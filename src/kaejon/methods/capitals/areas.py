"""Five capitals of areas: mean of each capital and households at each level.

The table that provincial teams publish: capital × level for every area, for all households
and apart for those inside and outside a municipality. `area_table` reads households scored
before; `measure_areas` asks an engine, for a country in one scan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from kaejon.methods import arrays
from kaejon.methods.capitals.households import REMEDY, outside, plan_of
from kaejon.methods.capitals.table import OVERALL, CapitalTable, Flags
from kaejon.methods.definitions.five_capitals import CapitalDefinition
from kaejon.methods.engine import Engine, Source, Tabular, floats, integers, open_engine, quoted
from kaejon.methods.errors import DataError

Where = Literal["all", "inside", "outside"]


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
) -> Iterator[AreaRow]:
    size = len(labels)
    highest = max(level.level for level in scored.definition.levels)
    means, counts = {}, {}
    for code in scored.codes:
        means[code] = _means(scored, code, area, size, chosen)
        level = np.where(chosen, scored.levels[code], 0)
        slots = np.bincount(area * (highest + 1) + level, minlength=size * (highest + 1))
        counts[code] = slots.reshape(size, highest + 1)
    households = np.bincount(area, weights=chosen, minlength=size)
    return (
        AreaRow(
            label,
            where,
            int(households[place]),
            {code: found[place] for code, found in means.items()},
            {
                code: {str(v.level): int(found[place, v.level]) for v in scored.definition.levels}
                for code, found in counts.items()
            },
        )
        for place, label in enumerate(labels)
    )


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
        table = running.query(_sql(source, definition, by, inside))
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


def _sql(source: Source, definition: CapitalDefinition, by: str, inside: str | None) -> str:
    plan = plan_of(definition)
    capitals = []
    for place, part in enumerate(plan.slices):
        pairs = zip(plan.codes[part], plan.weights[part], strict=True)
        terms = (f"CAST({quoted(code)} AS INTEGER) * {weight}" for code, weight in pairs)
        capitals.append(f"{' + '.join(terms)} AS score_{place}")
    count = len(plan.slices)
    whole = " + ".join(f"score_{place}" for place in range(count))
    items = ", ".join(quoted(code) for code in plan.codes)
    where = f"CAST({quoted(inside)} AS INTEGER)" if inside else "1"
    extremes = f"LEAST({items}) AS least_item, GREATEST({items}) AS greatest_item"
    sums = ["COUNT(*) AS households", "MIN(least_item) AS lowest", "MAX(greatest_item) AS highest"]
    for place in range(count + 1):
        unit = plan.denominator * (1 if place < count else count)
        sums += [
            f"COUNT(score_{place}) AS known_{place}",
            f"SUM(CAST(score_{place} AS DOUBLE)) AS sum_{place}",
        ]
        sums += [
            f"SUM(CASE WHEN score_{place} >= {math.ceil(bound * unit / below)} "
            f"THEN 1 ELSE 0 END) AS from_{place}_{level}"
            for level, bound, below in plan.bounds
        ]
    return (
        f"WITH scored AS (SELECT {quoted(by)} AS area, {where} AS inside, {extremes}, "
        f"{', '.join(capitals)} FROM {source.name}), "
        f"added AS (SELECT *, {whole} AS score_{count} FROM scored) "
        f"SELECT area, inside, {', '.join(sums)} FROM added GROUP BY area, inside "
        "ORDER BY area, inside DESC"
    )


def _read_areas(
    table: pa.Table, definition: CapitalDefinition, *, split: bool
) -> tuple[AreaRow, ...]:
    plan = plan_of(definition)
    labels, area = arrays.encode(table["area"])
    marks = integers(table["inside"]) != 0
    chosen: list[tuple[Where, Flags]] = [("all", np.ones(len(area), dtype=np.bool_))]
    if split:
        chosen += [("inside", marks), ("outside", ~marks)]
    codes = (*plan.capitals, OVERALL)

    def added(name: str, mask: Flags) -> list[int]:
        values = np.nan_to_num(floats(table[name])) * mask
        return [int(v) for v in np.bincount(area, weights=values, minlength=len(labels)).tolist()]

    rows: dict[tuple[int, Where], AreaRow] = {}
    for where, mask in chosen:
        found = {name: added(name, mask) for name in table.column_names[4:]}
        households = added("households", mask)
        for place, label in enumerate(labels):
            means, counts = {}, {}
            for number, code in enumerate(codes):
                unit = plan.denominator * (1 if code != OVERALL else len(plan.capitals))
                known = found[f"known_{number}"][place]
                means[code] = found[f"sum_{number}"][place] / (unit * known) if known else None
                counts[code] = _steps(found, number, place, plan.bounds)
            rows[place, where] = AreaRow(label, where, households[place], means, counts)
    return tuple(rows[place, where] for place in range(len(labels)) for where, _ in chosen)


def _steps(
    found: dict[str, list[int]], number: int, place: int, bounds: Sequence[tuple[int, int, int]]
) -> dict[str, int]:
    """Households at each level, from those at or above each boundary."""
    above = [(level, found[f"from_{number}_{level}"][place]) for level, _, _ in reversed(bounds)]
    following = [*(count for _, count in above[1:]), 0]
    return {
        str(level): count - later for (level, count), later in zip(above, following, strict=True)
    }
