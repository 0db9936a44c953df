"""TPMAP's count of the poor: a union rule over five dimensions and a list intersection.

An indicator failed by anyone fails for the whole household; a dimension is failed when one
of its indicators is; a household failing any dimension is BMN-poor (คนจน จปฐ.) with all its
members. Target poor (คนจนเป้าหมาย) is a member of such a household who is personally
registered and validated for the state welfare card. No cutoff k, no weights.
Source: TPMAP files of 2561, see `definitions/tpmap_2561.toml`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kaejon.methods.cells import CellProblem, is_empty, read_flag, refuse_cells
from kaejon.methods.definitions import bmn
from kaejon.methods.definitions.tpmap_dimensions import TpmapDefinition
from kaejon.methods.definitions.tpmap_dimensions import load as definition
from kaejon.methods.errors import DataError

__all__ = [
    "columns_known",
    "columns_needed",
    "count_columns",
    "count_table",
    "definition",
    "failed_dimensions",
    "failed_indicators",
    "is_bmn_poor",
    "is_target_poor",
]

Indicators = Mapping[int, bool | int | None]
Document = dict[str, Any]

IDENTITY = ("household_id", "person_id", "registered", "validated")


def failed_indicators(members: Iterable[Indicators]) -> frozenset[int]:
    """Numbers of the indicators failed by anyone in a household (1 pass, 0 fail, None n/a)."""
    return frozenset(
        number
        for indicators in members
        for number, passed in indicators.items()
        if passed is not None and not passed
    )


def failed_dimensions(
    indicators: Indicators, mapping: TpmapDefinition | None = None
) -> tuple[str, ...]:
    """Codes of the dimensions failed, in TPMAP's order.

    Input: by indicator number True or 1 (pass), False or 0 (fail), None (not applicable).
    An absent number is not applicable.
    """
    failed = failed_indicators([indicators])
    return _dimensions_of(failed, mapping or definition())


def _dimensions_of(failed: frozenset[int], mapping: TpmapDefinition) -> tuple[str, ...]:
    return tuple(dim.code for dim in mapping.dimensions if not failed.isdisjoint(dim.indicators))


def is_bmn_poor(indicators: Indicators, mapping: TpmapDefinition | None = None) -> bool:
    """Whether any of the five dimensions is failed."""
    return bool(failed_dimensions(indicators, mapping))


def is_target_poor(bmn_poor: bool, registered: bool, validated: bool) -> bool:
    """Whether a member of a household is in TPMAP's list of target poor."""
    return bmn_poor and registered and validated


def columns_needed(mapping: TpmapDefinition | None = None) -> list[str]:
    """Columns that a table must have: identity, register flags, indicators that count."""
    return [*IDENTITY, *(f"i{number}" for number in (mapping or definition()).indicators)]


def columns_known(mapping: TpmapDefinition | None = None) -> list[str]:
    """All columns that are read and checked: also the indicators that do not count."""
    indicators = bmn.load((mapping or definition()).indicator_set).indicators
    return [*IDENTITY, *(indicator.column for indicator in indicators)]


def count_table(
    rows: Iterable[Mapping[str, object]], mapping: TpmapDefinition | None = None
) -> Document:
    """Count a table given as rows, one per person; see `count_columns`."""
    kept = list(rows)
    names = {name for row in kept for name in row} | set(columns_needed(mapping))
    return count_columns({name: [row.get(name) for row in kept] for name in names}, mapping)


def count_columns(
    columns: Mapping[str, Sequence[object]],
    mapping: TpmapDefinition | None = None,
    row_numbers: Sequence[int] | None = None,
) -> Document:
    """Count a table given as columns and return the document of `kaejon measure tpmap`.

    Input: one row per person with `household_id`, `person_id`, `registered`, `validated` and
    `i1`..`i31` (1 pass, 0 fail, empty not applicable); `validated` may be empty for a person
    who is not registered. Output: counts of households and persons; `rate_pct` is 100 x
    target poor / persons. Refuses (DataError), naming rows and columns: no rows, an empty
    identifier, a repeated person, a cell that is neither 1 nor 0.
    """
    mapping = mapping or definition()
    numbers = row_numbers or range(2, len(columns["household_id"]) + 2)
    problems: list[CellProblem] = []
    households = _texts(columns, "household_id", numbers, problems)
    persons = _texts(columns, "person_id", numbers, problems)
    registered = _register_flags(columns, numbers, problems)
    failures = _failures(columns, households, numbers, mapping, problems)
    refuse_cells(problems, "Write 1 for yes or pass and 0 for no or fail.")
    if not households:
        raise DataError("no_rows", "The table has no rows.", remedy="Give one row per person.")
    _refuse_repeats(households, persons, numbers)
    return _document(households, registered, failures, mapping)


def _texts(
    columns: Mapping[str, Sequence[object]],
    name: str,
    numbers: Sequence[int],
    problems: list[CellProblem],
) -> list[str]:
    for row, cell in zip(numbers, columns[name], strict=True):
        if is_empty(cell):
            problems.append(CellProblem(row, name, "the cell is empty"))
    return [str(cell).strip() for cell in columns[name]]


def _flags(
    cells: Sequence[object], name: str, numbers: Sequence[int], problems: list[CellProblem]
) -> list[bool | None]:
    readings: dict[object, bool | None] = {}
    faults: dict[object, str] = {}
    for cell in set(cells):
        try:
            readings[cell] = read_flag(cell)
        except ValueError as error:
            faults[cell] = str(error)
    if faults:
        problems.extend(
            CellProblem(row, name, faults[cell])
            for row, cell in zip(numbers, cells, strict=True)
            if cell in faults
        )
    return [readings.get(cell) for cell in cells]


def _register_flags(
    columns: Mapping[str, Sequence[object]], numbers: Sequence[int], problems: list[CellProblem]
) -> list[tuple[bool, bool]]:
    """(registered, validated) of each row."""
    known = len(problems)
    registered = _flags(columns["registered"], "registered", numbers, problems)
    validated = _flags(columns["validated"], "validated", numbers, problems)
    if len(problems) == known:
        for row, on_list, checked in zip(numbers, registered, validated, strict=True):
            if on_list is None:
                problems.append(CellProblem(row, "registered", "the cell is empty"))
            elif on_list and checked is None:
                problems.append(CellProblem(row, "validated", "empty for a registered person"))
    return [(bool(a), bool(b)) for a, b in zip(registered, validated, strict=True)]


def _failures(
    columns: Mapping[str, Sequence[object]],
    households: Sequence[str],
    numbers: Sequence[int],
    mapping: TpmapDefinition,
    problems: list[CellProblem],
) -> dict[str, frozenset[int]]:
    """Indicators failed by each household that fails any."""
    failed: dict[str, set[int]] = {}
    for indicator in bmn.load(mapping.indicator_set).indicators:
        cells = columns.get(indicator.column)
        if cells is None:
            continue
        flags = _flags(cells, indicator.column, numbers, problems)
        for household, passed in zip(households, flags, strict=True):
            if passed is False:
                failed.setdefault(household, set()).add(indicator.no)
    return {household: frozenset(found) for household, found in failed.items()}


def _refuse_repeats(
    households: Sequence[str], persons: Sequence[str], numbers: Sequence[int]
) -> None:
    seen: dict[tuple[str, str], int] = {}
    problems = []
    for row, household, person in zip(numbers, households, persons, strict=True):
        first = seen.setdefault((household, person), row)
        if first != row:
            problem = f"{person} is already in row {first} of the same household"
            problems.append(CellProblem(row, "person_id", problem))
    refuse_cells(problems, "Keep one row per person: remove the repeated rows.")


@dataclass(slots=True)
class _Tally:
    """Persons counted so far."""

    poor: int = 0
    poor_registered: int = 0
    target: int = 0
    poor_by_dimension: Counter[str] = field(default_factory=Counter)
    target_by_dimension: Counter[str] = field(default_factory=Counter)

    def add(self, dimensions: tuple[str, ...], registered: bool, validated: bool) -> None:
        """Count one member of a BMN-poor household."""
        self.poor += 1
        self.poor_by_dimension.update(dimensions)
        self.poor_registered += registered
        if is_target_poor(True, registered, validated):
            self.target += 1
            self.target_by_dimension.update(dimensions)


def _document(
    households: Sequence[str],
    registered: Sequence[tuple[bool, bool]],
    failures: Mapping[str, frozenset[int]],
    mapping: TpmapDefinition,
) -> Document:
    dimensions = {name: _dimensions_of(failed, mapping) for name, failed in failures.items()}
    tally = _Tally()
    for household, flags in zip(households, registered, strict=True):
        if failed := dimensions.get(household):
            tally.add(failed, *flags)
    codes = [dimension.code for dimension in mapping.dimensions]
    return {
        "households": len(set(households)),
        "persons": len(households),
        "bmn_poor_households": sum(1 for failed in dimensions.values() if failed),
        "bmn_poor_persons": tally.poor,
        "bmn_poor_by_dim": {code: tally.poor_by_dimension[code] for code in codes},
        "bmn_poor_and_registered": tally.poor_registered,
        "target_poor": tally.target,
        "target_poor_by_dim": {code: tally.target_by_dimension[code] for code in codes},
        "rate_pct": 100 * tally.target / len(households),
    }
