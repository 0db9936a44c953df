"""Alkire-Foster on the frozen rows: headline, every k, indicators, groups and areas."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from kaejon.apps.measurement.computed import (
    DESIGNS,
    MEMBER_GROUPS,
    Computed,
    inner_columns,
    is_code_of,
)
from kaejon.apps.measurement.freezing import GROUP_COLUMNS
from kaejon.methods import alkire_foster
from kaejon.methods.alkire_foster.results import Measurement, headline_document
from kaejon.methods.engine import Engine

CURVE = tuple(f"{step}/20" for step in range(1, 21))
Document = dict[str, Any]


def spec_of(definition: Mapping[str, Any], options: Mapping[str, Any], **more: Any) -> Document:
    """The definition as a spec: the run's k first, people as the unit unless households are asked for."""
    spec = dict(definition) | {"k": options.get("k") or definition["k"], "gaps": False}
    if options.get("unit", "person") == "person":
        spec["household_size"] = "size"
    if options.get("design"):
        spec |= DESIGNS[options["design"]]
    return spec | more


def compute(
    path: Path, definition: Mapping[str, Any], options: Mapping[str, Any], area: str, engine: Engine
) -> Computed:
    """Everything an Alkire-Foster run says. Input: the frozen rows of one round."""
    main = alkire_foster.parse_spec(spec_of(definition, options)).k_values[0]
    columns = inner_columns(area)
    whole = alkire_foster.measure(
        path, spec_of(definition, options, k=[str(main), *CURVE], by=columns), engine=engine
    )
    groups = alkire_foster.measure(
        path, spec_of(definition, options, k=str(main), by=list(GROUP_COLUMNS)), engine=engine
    )
    by = {column: groups_of(groups, column, main) for column in GROUP_COLUMNS}
    by |= members_by_group(path, definition, options, main, engine)
    areas: dict[str, Document] = {}
    for column in columns:
        areas |= areas_of(whole, column, main)
    return Computed(
        {
            "k": float(main),
            "k_text": str(main),
            "unit": options.get("unit", "person"),
            "missing": str(whole.spec.missing),
            "n": whole.n,
            "population": whole.population,
            "dropped": whole.cells.incomplete,
            "sample": whole.design is not None,
            **figures_at(whole, main),
            "curve": curve_of(whole),
            "by": by,
        },
        areas,
        sample_of(whole, main),
    )


def sample_of(measured: Measurement, k: Fraction) -> Document | None:
    """Sampling units as [stratum, village], and the linearised values of each figure by unit.

    None for a list of everybody. A figure that is undefined has no values.
    """
    if measured.design is None:
        return None
    line = measured.headline(k)
    figures = {"H": line.incidence, "A": line.intensity, "M0": line.adjusted}
    figures |= {f"censored.{found.name}": found.censored for found in measured.indicators(k)}
    return {
        "units": [list(unit) for unit in measured.design.units],
        "values": {
            name: None if figure.linearised is None else figure.linearised.tolist()
            for name, figure in figures.items()
        },
    }


def figures_at(measured: Measurement, k: Fraction) -> Document:
    """Headline, counts, indicators and dimensions of everybody at one k."""
    with_errors = measured.design is not None
    poor = measured.cells.reach >= reached(measured, k)
    return {
        **headline_document(measured.headline(k)),
        "households": measured.n,
        "people": measured.population,
        "poor_households": int(measured.cells.households[poor].sum()),
        "poor_people": float(measured.cells.people[poor].sum()),
        "indicators": [
            {**found.as_document(with_errors=with_errors), "dimension": indicator.dimension}
            for found, indicator in zip(
                measured.indicators(k), measured.spec.indicators, strict=True
            )
        ],
        "dimensions": [
            {"name": name, "contribution": part} for name, part in measured.dimensions(k).items()
        ],
    }


def reached(measured: Measurement, k: Fraction) -> int:
    return sorted(set(measured.spec.k_values)).index(k) + 1


def curve_of(measured: Measurement) -> list[Document]:
    """H, A and M0 at every k, ascending: how far the headline hangs on the choice of k."""
    found = []
    for k in sorted(set(measured.spec.k_values)):
        line = measured.headline(k)
        poor = measured.cells.reach >= reached(measured, k)
        found.append(
            {
                "k": float(k),
                "k_text": str(k),
                "H": line.incidence.value,
                "A": line.intensity.value,
                "M0": line.adjusted.value,
                "poor_households": int(measured.cells.households[poor].sum()),
            }
        )
    return found


def counts_by(measured: Measurement, column: str, k: Fraction) -> list[tuple[str, int, int, float]]:
    """(label, households, poor households, poor people) of each group."""
    domain, labels = measured.domain(column)
    poor = measured.cells.reach >= reached(measured, k)
    sums = [
        np.bincount(domain.group, weights=values, minlength=domain.groups)
        for values in (
            measured.cells.households,
            measured.cells.households * poor,
            measured.cells.people * poor,
        )
    ]
    return [
        (str(label), int(sums[0][n]), int(sums[1][n]), float(sums[2][n]))
        for n, label in enumerate(labels)
    ]


def groups_of(measured: Measurement, column: str, k: Fraction) -> list[Document]:
    """Figures of each group of households, with errors where the list is a sample."""
    found = measured.groups(column, k)
    return [
        {
            "group": label,
            "households": households,
            "poor_households": poor,
            "people": group.population_share * measured.population,
            "poor_people": poor_people,
            "population_share": group.population_share,
            **headline_document(group.headline),
            "contribution": group.contribution,
        }
        for group, (label, households, poor, poor_people) in zip(
            found, counts_by(measured, column, k), strict=True
        )
    ]


def members_by_group(
    path: Path,
    definition: Mapping[str, Any],
    options: Mapping[str, Any],
    k: Fraction,
    engine: Engine,
) -> dict[str, list[Document]]:
    """People by life stage, sex and disability: each has the status of the household."""
    columns = [column for groups in MEMBER_GROUPS.values() for _, column in groups]
    sums = ", ".join(f"SUM({column}) AS {column}" for column in columns)
    totals = engine.query(f"SELECT {sums} FROM {engine.read(path).name}").to_pylist()[0]
    everybody = int(sum(totals[column] for _, column in MEMBER_GROUPS["sex"])) or 1
    found: dict[str, list[Document]] = {}
    for name, groups in MEMBER_GROUPS.items():
        found[name] = [
            group_of_members(
                path,
                spec_of(definition, options, k=str(k), household_size=column),
                label,
                everybody,
                engine,
            )
            for label, column in groups
            if totals[column]
        ]
    return found


def group_of_members(
    path: Path, spec: Document, label: str, everybody: int, engine: Engine
) -> Document:
    measured = alkire_foster.measure(path, spec, engine=engine)
    k = measured.spec.k_values[0]
    poor = measured.cells.reach >= reached(measured, k)
    return {
        "group": label,
        "people": measured.population,
        "poor_people": float(measured.cells.people[poor].sum()),
        "population_share": measured.population / everybody,
        **headline_document(measured.headline(k)),
    }


def areas_of(measured: Measurement, column: str, k: Fraction) -> dict[str, Document]:
    """Figures of every area of one level; errors where the list is a sample, above villages."""
    table = measured.group_table(column, k)
    names = [indicator.name for indicator in measured.spec.indicators]
    errors = errors_by(measured, column, k) if measured.design and column != "village" else {}
    found: dict[str, Document] = {}
    for n, (code, households, poor, poor_people) in enumerate(counts_by(measured, column, k)):
        if not is_code_of(column, code):
            continue
        found[code] = {
            "households": households,
            "people": float(table.people[n]),
            "poor_households": poor,
            "poor_people": poor_people,
            "H": float(table.incidence[n]),
            "A": None if math.isnan(table.intensity[n]) else float(table.intensity[n]),
            "M0": float(table.adjusted[n]),
            "uncensored": dict(zip(names, table.uncensored[n].tolist(), strict=True)),
            "censored": dict(zip(names, table.censored[n].tolist(), strict=True)),
            **errors.get(code, {}),
        }
    return found


def errors_by(measured: Measurement, column: str, k: Fraction) -> dict[str, Document]:
    found = {}
    for group in measured.groups(column, k):
        line = group.headline
        found[str(group.label)] = {
            "errors": {
                "H": line.incidence.as_document(),
                "A": line.intensity.as_document(),
                "M0": line.adjusted.as_document(),
            }
        }
    return found
