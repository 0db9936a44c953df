"""Two rounds of the same households: transitions, entry, exit, the change of M0, graduation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kaejon.apps.measurement import capital_tables, poverty
from kaejon.apps.measurement.computed import Computed
from kaejon.methods import dynamics
from kaejon.methods.engine import Engine, Tabular

# Households at these overall levels (อยู่ลำบาก, อยู่ยาก) count as living in hardship.
HARD_LEVELS = (1, 2)
Document = dict[str, Any]


def compute(
    paths: tuple[Path, Path],
    definition: Mapping[str, Any],
    options: Mapping[str, Any],
    engine: Engine,
) -> Computed:
    """Everything a run over two rounds says. The unit is the household, weighted by its people."""
    panel: Document = {
        "id": "row_name",
        "years": options["years"],
        "graduation": options["graduation"],
    }
    if definition["kind"] == "five_capitals":
        return by_levels(paths, definition, panel, engine)
    spec = poverty.spec_of(definition, dict(options) | {"design": None}) | panel
    found = dynamics.follow(paths[0], paths[1], spec, engine=engine)
    return Computed(summary(found) | {"poor_means": "k", "left_out": [0, 0]})


def by_levels(
    paths: tuple[Path, Path], definition: Mapping[str, Any], panel: Document, engine: Engine
) -> Computed:
    """Levels of the five capitals in both rounds; hardship is an overall level of 1 or 2."""
    parsed = capital_tables.load_definition(definition, paths[0].parent)
    names = [capital.code for capital in parsed.capitals]
    rounds = [capital_tables.scored(path, parsed, engine) for path in paths]
    whole = [table.filter(pc.is_valid(table["overall_level"])) for table in rounds]
    left_out = [len(a) - len(b) for a, b in zip(rounds, whole, strict=True)]
    indicator = {
        "name": "hardship",
        "column": "overall_level",
        "deprived_values": list(HARD_LEVELS),
        "weight": 1,
    }
    spec = panel | {
        "indicators": [indicator],
        "k": 1,
        "gaps": False,
        "household_size": "size",
        "level": "overall_level",
        "capitals": [f"{name}_level" for name in names],
    }
    found = dynamics.follow(whole[0], whole[1], spec, engine=engine)
    capitals_moved = {
        name: level_moves(whole[0], whole[1], f"{name}_level", engine) for name in names
    }
    return Computed(
        summary(found) | {"poor_means": "level", "capitals": capitals_moved, "left_out": left_out}
    )


def summary(found: Document) -> Document:
    seen = sum(found["households"].values())
    return found | {"n": seen, "population": sum(found["weighted"].values()), "sample": False}


def level_moves(first: Tabular, second: Tabular, column: str, engine: Engine) -> list[list[int]]:
    """Households of both rounds by level before (rows) and after (columns)."""
    a, b = engine.read(first).name, engine.read(second).name
    rows: pa.Table = engine.query(
        f"SELECT f.{column} AS before_level, s.{column} AS after_level, COUNT(*) AS households "
        f"FROM {a} AS f JOIN {b} AS s ON f.row_name = s.row_name "
        f"WHERE f.{column} IS NOT NULL AND s.{column} IS NOT NULL GROUP BY f.{column}, s.{column}"
    )
    counts = {(r["before_level"], r["after_level"]): r["households"] for r in rows.to_pylist()}
    levels = capital_tables.LEVELS
    return [[int(counts.get((before, after), 0)) for after in levels] for before in levels]
