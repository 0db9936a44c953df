"""Run a measure on a table: check the input, ask the engine once, read the cells."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace

import numpy as np

from kaejon.methods.alkire_foster import scoring
from kaejon.methods.alkire_foster.cells import Cells, build_cells
from kaejon.methods.alkire_foster.design import build_design
from kaejon.methods.alkire_foster.results import Measurement
from kaejon.methods.alkire_foster.spec import Indicator, Spec, parse_spec
from kaejon.methods.engine import ColumnKind, Engine, Source, Tabular, open_engine
from kaejon.methods.errors import DataError, UsageError


def measure(
    data: Tabular, spec: Spec | Mapping[str, object], *, engine: Engine | str = "duckdb"
) -> Measurement:
    """Alkire-Foster measures of a table, one row per household or person.

    Input: a Parquet file, an Arrow table or a mapping of columns; achievements in their own
    units. Output: shares 0-1 for every k and group, with errors where the spec names strata
    or PSUs. Refuses: unknown columns, text where a number is needed, missing values (unless
    the spec drops them), negative weights, nobody left to measure, an empty group, a stratum
    with one PSU. Source: Alkire & Foster (2011); Alkire et al. (2015), ch. 5 and 8.
    """
    parsed = spec if isinstance(spec, Spec) else parse_spec(spec)
    opened = open_engine(engine) if isinstance(engine, str) else nullcontext(engine)
    with opened as running:
        source = running.read(data)
        bound = bind(parsed, source)
        refuse_broken_text(running, bound, source)
        plan = plan_sums(running, bound, source)
        table = running.query(scoring.cells_sql(bound, source, plan))
        cells = build_cells(table, bound, plan)
        if cells.incomplete and (bound.missing == "error" or cells.count == 0):
            raise missing_values(running, bound, source, nothing_left=cells.count == 0)
    refuse_empty_groups(cells, bound)
    return Measurement(bound, cells, build_design(cells, bound))


def bind(spec: Spec, source: Source) -> Spec:
    """The spec checked against the columns that exist and the kinds they have."""
    source.require(spec.columns)
    for column, needs_number in scoring.column_needs(spec).items():
        if needs_number and source.columns[column] == "other":
            raise not_a_number(column, "a date or a list")
    return replace(
        spec,
        indicators=tuple(
            bind_indicator(indicator, source.columns[indicator.column])
            for indicator in spec.indicators
        ),
    )


def bind_indicator(indicator: Indicator, kind: ColumnKind) -> Indicator:
    """An indicator whose deprived values have the type of its column."""
    if kind == "text":
        values = tuple(str(v) if isinstance(v, bool) else v for v in indicator.deprived_values)
        return replace(indicator, deprived_values=values)
    if kind == "other":
        return replace(indicator, deprived_values=tuple(map(str, indicator.deprived_values)))
    return replace(
        indicator,
        deprived_values=tuple(number_of(v, indicator) for v in indicator.deprived_values),
    )


def number_of(value: object, indicator: Indicator) -> float:
    """A deprived value for a column of numbers. Refuses: text that is no number."""
    try:
        return float(value)  # type: ignore[arg-type]
    except ValueError as error:
        raise UsageError(
            "deprived_value_type",
            f"Column {indicator.column!r} holds numbers and can never be {value!r}.",
            remedy=f"Correct deprived_values of {indicator.name!r}.",
        ) from error


def plan_sums(engine: Engine, spec: Spec, source: Source) -> tuple[scoring.Pack, ...]:
    """How to add up, from the size of the largest group.

    Refuses: a table without rows, negative or infinite weights, weights that sum to zero.
    """
    limits = engine.query(scoring.limits_sql(spec, source)).to_pylist()[0]
    if limits["largest_group"] is None:
        refuse_no_rows(engine, source)
    for number, column in enumerate((spec.weight, spec.household_size)):
        least = limits.get(f"part_{number}") if column else None
        if least is not None and least < 0:
            raise DataError(
                "negative_weight",
                f"Column {column!r} holds {least:g}; weights and sizes cannot be below 0.",
                remedy="Correct the rows or leave them out.",
                column=column,
            )
    largest = limits["largest_group"]
    most = limits.get("most", largest)
    if most is not None and not math.isfinite(most):
        raise DataError(
            "infinite_weight", "A weight is infinite.", remedy="Correct the weight column."
        )
    if most is not None and not largest:
        raise DataError("no_people", "All weights are 0.", remedy="Correct the weight column.")
    return scoring.packs(
        len(spec.indicators), largest_group=largest or 0.0, whole=bool(limits.get("whole", True))
    )


def refuse_no_rows(engine: Engine, source: Source) -> None:
    """Refuse a table without rows."""
    if not engine.query(f"SELECT COUNT(*) AS rows FROM {source.name}").to_pylist()[0]["rows"]:
        raise DataError("no_rows", "The data has no rows.", remedy="Check the file.")


def refuse_broken_text(engine: Engine, spec: Spec, source: Source) -> None:
    """Refuse text in a column that must hold numbers, naming the column and an example."""
    needs = scoring.column_needs(spec)
    if not any(needs[c] and source.columns[c] == "text" for c in needs):
        return
    found = engine.query(scoring.complaints_sql(spec, source)).to_pylist()[0]
    for number, column in enumerate(needs):
        if found.get(f"broken_{number}"):
            raise not_a_number(column, repr(found[f"example_{number}"]))


def not_a_number(column: str, example: str) -> DataError:
    """The refusal for text where a number is needed."""
    return DataError(
        "not_a_number",
        f"Column {column!r} must hold numbers but has {example}.",
        remedy="Correct the cell, leave it empty, or use deprived_values for words.",
        column=column,
    )


def missing_values(engine: Engine, spec: Spec, source: Source, *, nothing_left: bool) -> DataError:
    """The refusal for missing values: which columns, how many rows."""
    found = engine.query(scoring.complaints_sql(spec, source)).to_pylist()[0]
    counts = {
        column: int(found[f"missing_{number}"] or 0)
        for number, column in enumerate(scoring.column_needs(spec))
    }
    columns = {column: count for column, count in counts.items() if count}
    listed = ", ".join(f"{column} ({count} rows)" for column, count in columns.items())
    if nothing_left:
        return DataError(
            "all_missing",
            f"Every row misses a value: {listed}.",
            remedy="Fill the columns or take the emptiest indicator out of the spec.",
            columns=columns,
        )
    return DataError(
        "missing_values",
        f"Values are missing in {listed}.",
        remedy='Fill them, or set "missing": "drop" to leave those rows out.',
        columns=columns,
    )


def refuse_empty_groups(cells: Cells, spec: Spec) -> None:
    """Refuse a group whose people sum to zero: its shares would divide by nothing."""
    for column in spec.by:
        key = cells.keys[column]
        totals = np.bincount(key.codes, weights=cells.people, minlength=len(key.labels))
        empty = [key.labels[position] for position in np.flatnonzero(totals == 0)]
        if empty:
            raise DataError(
                "empty_group",
                f"Group {empty[0]!r} of {column!r} holds nobody: its weights sum to 0.",
                remedy="Correct the weights or leave the group out.",
                column=column,
            )
