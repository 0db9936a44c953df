"""Five capitals on the frozen rows: means and households at each level, by area and group."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa

from kaejon.apps.measurement.computed import Computed, inner_columns, is_code_of
from kaejon.apps.measurement.freezing import GROUP_COLUMNS
from kaejon.methods import capitals
from kaejon.methods.definitions import five_capitals
from kaejon.methods.engine import Engine

LEVELS = (1, 2, 3, 4)
# Scores are added as whole numbers of this fraction, so that no order of adding changes a mean.
UNIT = 10**12
BATCH = 20_000
Document = dict[str, Any]


def load_definition(document: Mapping[str, Any], folder: Path) -> five_capitals.CapitalDefinition:
    """The frozen definition as the method reads it."""
    path = folder / "definition.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return five_capitals.load(str(path))


def scored(path: Path, definition: five_capitals.CapitalDefinition, engine: Engine) -> pa.Table:
    """The frozen rows with scores (whole numbers of 1/UNIT) and levels, null where an item is missing."""
    table = engine.query(f"SELECT * FROM {engine.read(path).name}")
    names = [*(capital.code for capital in definition.capitals), "overall"]
    columns: dict[str, list[int | None]] = {
        f"{name}_{part}": [] for name in names for part in ("score", "level")
    }
    for batch in table.select(["items"]).to_batches(BATCH):
        for text in batch.column(0).to_pylist():
            found = capitals.score_household(items_of(text), definition)
            scores = dict(found.capitals) | {"overall": found.overall}
            levels = dict(found.levels) | {"overall": found.level}
            for name in names:
                columns[f"{name}_score"].append(in_units(scores[name]))
                columns[f"{name}_level"].append(levels[name])
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values, pa.int64()))
    return table.drop_columns(["items"])


def items_of(text: str) -> dict[str, list[Decimal | None]]:
    return {
        code: [None if s is None else Decimal(s) for s in scores]
        for code, scores in json.loads(text).items()
    }


def in_units(score: Fraction | None) -> int | None:
    return None if score is None else round(score * UNIT)


def compute(
    path: Path, definition: Mapping[str, Any], options: Mapping[str, Any], area: str, engine: Engine
) -> Computed:
    """Everything a run of the five capitals says; households are the unit."""
    parsed = load_definition(definition, path.parent)
    source = engine.read(scored(path, parsed, engine)).name
    names = [*(capital.code for capital in parsed.capitals), "overall"]
    sums = sums_sql(names)
    whole = document(engine.query(f"SELECT {sums} FROM {source}").to_pylist()[0], names)
    areas: dict[str, Document] = {}
    for column in inner_columns(area):
        rows = engine.query(f"SELECT {column} AS label, {sums} FROM {source} GROUP BY {column}")
        areas |= {
            row["label"]: document(row, names)
            for row in rows.to_pylist()
            if is_code_of(column, row["label"])
        }
        add_municipal(areas, engine, source, column, names)
    by = {}
    for column in GROUP_COLUMNS:
        rows = engine.query(
            f"SELECT {column} AS label, {sums} FROM {source} GROUP BY {column} ORDER BY {column}"
        )
        by[column] = [{"group": r["label"], **document(r, names)} for r in rows.to_pylist()]
    incomplete = whole["households"] - whole["with_overall"]
    results = {"n": whole["with_overall"], "population": whole["people"], "dropped": incomplete}
    return Computed(results | {"sample": False, **whole, "by": by}, areas)


def add_municipal(
    areas: dict[str, Document], engine: Engine, source: str, column: str, names: list[str]
) -> None:
    """Level tables inside and outside municipalities, as provincial teams publish them."""
    if column == "village":
        return
    rows = engine.query(
        f"SELECT {column} AS label, municipal, {sums_sql(names)} FROM {source} "
        f"GROUP BY {column}, municipal ORDER BY {column}, municipal"
    )
    for row in rows.to_pylist():
        if row["label"] in areas:
            counts = document(row, names)["counts"]
            areas[row["label"]].setdefault("municipal", {})[row["municipal"]] = counts


def sums_sql(names: list[str]) -> str:
    parts = ["COUNT(*) AS households", "SUM(size) AS people"]
    for name in names:
        parts.append(f"SUM(CAST({name}_score AS DECIMAL(38, 0))) AS {name}_sum")
        parts.append(f"COUNT({name}_score) AS {name}_n")
        parts += [
            f"SUM(CASE WHEN {name}_level = {level} THEN 1 ELSE 0 END) AS {name}_{level}"
            for level in LEVELS
        ]
    return ", ".join(parts)


def document(row: Mapping[str, Any], names: list[str]) -> Document:
    """Means 1-4 over the households that have the capital, and households at each level."""
    return {
        "households": int(row["households"]),
        "people": int(row["people"] or 0),
        "with_overall": int(row["overall_n"]),
        "means": {
            name: int(row[f"{name}_sum"]) / (int(row[f"{name}_n"]) * UNIT)
            if row[f"{name}_n"]
            else None
            for name in names
        },
        "counts": {
            name: {str(level): int(row[f"{name}_{level}"] or 0) for level in LEVELS}
            for name in names
        },
    }
