"""TPMAP's count on the frozen rows: union over dimensions, target poor by card, at every level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kaejon.apps.measurement.computed import MEMBER_GROUPS, Computed, inner_columns, is_code_of
from kaejon.apps.measurement.freezing import GROUP_COLUMNS
from kaejon.methods.definitions import bmn
from kaejon.methods.engine import Engine

Document = dict[str, Any]


def compute(
    path: Path, definition: Mapping[str, Any], options: Mapping[str, Any], area: str, engine: Engine
) -> Computed:
    """Everything a TPMAP run says. Counts are households and people; no weights, no cutoff k."""
    source = engine.read(path).name
    dimensions = {d["code"]: [f"i{n}" for n in d["indicators"]] for d in definition["dimensions"]}
    indicators = [indicator.column for indicator in bmn.load().indicators]
    flags = [
        f"CASE WHEN {failed(names)} THEN 1 ELSE 0 END AS {code}"
        for code, names in dimensions.items()
    ]
    union = failed([name for names in dimensions.values() for name in names])
    scored = (
        f"(SELECT *, {', '.join(flags)}, CASE WHEN {union} THEN 1 ELSE 0 END AS poor "
        f"FROM {source}) AS scored"
    )
    sums = figures_sql(dimensions, indicators)
    whole = document(
        engine.query(f"SELECT {sums} FROM {scored}").to_pylist()[0], dimensions, indicators
    )
    areas: dict[str, Document] = {}
    for column in inner_columns(area):
        rows = engine.query(f"SELECT {column} AS label, {sums} FROM {scored} GROUP BY {column}")
        areas |= {
            row["label"]: document(row, dimensions, indicators)
            for row in rows.to_pylist()
            if is_code_of(column, row["label"])
        }
    by = {}
    for column in GROUP_COLUMNS:
        rows = engine.query(
            f"SELECT {column} AS label, {sums} FROM {scored} GROUP BY {column} ORDER BY {column}"
        )
        by[column] = [
            {"group": row["label"], **document(row, dimensions, indicators)}
            for row in rows.to_pylist()
        ]
    by |= members_by_group(engine, scored)
    results = {"n": whole["households"], "population": whole["people"], "sample": False, **whole}
    return Computed(results | {"by": by}, areas)


def failed(columns: Iterable[str]) -> str:
    return " OR ".join(f"{name} = 0" for name in columns)


def figures_sql(dimensions: Mapping[str, Any], indicators: Iterable[str]) -> str:
    """Sums of one group: households and people poor, by dimension and indicator."""
    parts = [
        "COUNT(*) AS households",
        "SUM(size) AS people",
        "SUM(poor) AS bmn_poor_households",
        "SUM(poor * size) AS bmn_poor_people",
        "SUM(poor * n_registered) AS bmn_poor_and_registered",
        "SUM(poor * n_validated) AS target_poor",
    ]
    for code in dimensions:
        parts += [
            f"SUM({code}) AS {code}_households",
            f"SUM({code} * size) AS {code}_people",
            f"SUM({code} * n_validated) AS {code}_target",
        ]
    for name in indicators:
        parts.append(f"SUM(CASE WHEN {name} = 0 THEN 1 ELSE 0 END) AS {name}_failed")
        parts.append(f"COUNT({name}) AS {name}_asked")
    return ", ".join(parts)


def document(
    row: Mapping[str, Any], dimensions: Mapping[str, Any], indicators: Iterable[str]
) -> Document:
    """One group's sums by name. `rate_pct` is 100 × target poor / people."""
    numbers = {name: int(value or 0) for name, value in row.items() if name != "label"}
    plain = (
        "households", "people", "bmn_poor_households", "bmn_poor_people",
        "bmn_poor_and_registered", "target_poor",
    )  # fmt: skip
    return {
        **{name: numbers[name] for name in plain},
        "rate_pct": 100 * numbers["target_poor"] / numbers["people"] if numbers["people"] else None,
        "by_dimension": {
            code: {
                "households": numbers[f"{code}_households"],
                "people": numbers[f"{code}_people"],
                "target_poor": numbers[f"{code}_target"],
            }
            for code in dimensions
        },
        "indicators": {
            name: {"failed": numbers[f"{name}_failed"], "asked": numbers[f"{name}_asked"]}
            for name in indicators
        },
    }


def members_by_group(engine: Engine, scored: str) -> dict[str, list[Document]]:
    """People of BMN-poor households by life stage, sex and disability."""
    columns = [column for groups in MEMBER_GROUPS.values() for _, column in groups]
    sums = ", ".join(f"SUM({c}) AS {c}, SUM(poor * {c}) AS {c}_poor" for c in columns)
    row = engine.query(f"SELECT {sums} FROM {scored}").to_pylist()[0]
    return {
        name: [
            {
                "group": label,
                "people": int(row[column]),
                "bmn_poor_people": int(row[f"{column}_poor"]),
            }
            for label, column in groups
            if row[column]
        ]
        for name, groups in MEMBER_GROUPS.items()
    }
