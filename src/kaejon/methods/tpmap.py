"""TPMAP's count of the poor: a union rule over five dimensions and a list intersection.

An indicator failed by anyone fails for the whole household; a dimension is failed when one
of its indicators is; a household failing any dimension is BMN-poor (คนจน จปฐ.) with all its
members. Target poor (คนจนเป้าหมาย) is a member of such a household who is personally
registered and validated for the state welfare card. No cutoff k, no weights.
Source: TPMAP files of 2561, see `definitions/tpmap_2561.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kaejon.methods import arrays
from kaejon.methods.cells import read_flag
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
Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]
Flag = TypeVar("Flag", bool, NDArray[np.bool_])

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


def is_target_poor(bmn_poor: Flag, registered: Flag, validated: Flag) -> Flag:
    """Whether a member of a household is in TPMAP's list of target poor (one or an array)."""
    return bmn_poor & registered & validated


def columns_needed(mapping: TpmapDefinition | None = None) -> list[str]:
    """Columns that a table must have: identity, register flags, indicators that count."""
    return [*IDENTITY, *(f"i{number}" for number in (mapping or definition()).indicators)]


def columns_known(mapping: TpmapDefinition | None = None) -> list[str]:
    """All columns that are read and checked: also the indicators that do not count."""
    indicators = bmn.load((mapping or definition()).indicator_set).indicators
    return [*IDENTITY, *(indicator.column for indicator in indicators)]


def count_table(
    rows: Iterable[Mapping[str, object]],
    mapping: TpmapDefinition | None = None,
    *,
    by: Sequence[str] = (),
) -> Document:
    """Count a table given as rows, one per person; see `count_columns`."""
    kept = list(rows)
    names = {name for row in kept for name in row} | set(columns_needed(mapping))
    columns = {name: [row.get(name) for row in kept] for name in names}
    return count_columns(columns, mapping, by=by)


def count_columns(
    columns: arrays.Columns,
    mapping: TpmapDefinition | None = None,
    row_numbers: Sequence[int] | None = None,
    *,
    by: Sequence[str] = (),
) -> Document:
    """Count a table given as columns and return the document of `kaejon measure tpmap`.

    Input: one row per person with `household_id`, `person_id`, `registered`, `validated` and
    `i1`..`i31` (1 pass, 0 fail, empty not applicable); `validated` may be empty for a person
    who is not registered; `by` names columns of areas or groups of households. Output: counts
    of households and persons; `rate_pct` is 100 x target poor / persons; with `by` the same
    counts for each group. Refuses (DataError), naming rows and columns: no rows, an empty
    identifier, a repeated person, a cell that is neither 1 nor 0.
    """
    mapping = mapping or definition()
    if not len(columns["household_id"]):
        raise DataError("no_rows", "The table has no rows.", remedy="Give one row per person.")
    faults = arrays.Faults(row_numbers)
    _, household = arrays.identifiers(columns, "household_id", faults)
    arrays.identifiers(columns, "person_id", faults)
    registered, validated = _register_flags(columns, faults)
    failed = _failed(columns, household, mapping, faults)
    faults.refuse("Write 1 for yes or pass and 0 for no or fail.")
    arrays.refuse_repeats(household, columns, "person_id", row_numbers)
    persons = _Persons(household, failed, registered, validated)
    codes = [dimension.code for dimension in mapping.dimensions]
    everybody = np.zeros(len(household), dtype=np.int64)
    document = persons.documents(everybody, 1, codes)[0]
    return document | ({"by": _by(columns, by, persons, codes)} if by else {})


def _by(
    columns: arrays.Columns, by: Sequence[str], persons: _Persons, codes: Sequence[str]
) -> Document:
    found: Document = {}
    for name in by:
        groups, group = arrays.labels(columns, name)
        documents = persons.documents(group, len(groups), codes)
        found[name] = [
            {"group": label, **document} for label, document in zip(groups, documents, strict=True)
        ]
    return found


def _flags(columns: arrays.Columns, name: str, faults: arrays.Faults) -> tuple[Flags, Flags]:
    """Whether each cell of a column is 1, and whether it is empty."""
    found, wrong, rows = arrays.readings(columns[name], read_flag)
    arrays.note_wrong(faults, name, wrong, rows)
    yes = np.array([value is True for value in found])[rows]
    empty = [value is None and code not in wrong for code, value in enumerate(found)]
    return yes, np.array(empty)[rows]


def _register_flags(columns: arrays.Columns, faults: arrays.Faults) -> tuple[Flags, Flags]:
    """Whether each person is registered, and validated, for the state welfare card."""
    registered, unknown = _flags(columns, "registered", faults)
    validated, unchecked = _flags(columns, "validated", faults)
    faults.add("registered", np.flatnonzero(unknown), lambda _: "the cell is empty")
    lacking = np.flatnonzero(registered & unchecked)
    faults.add("validated", lacking, lambda _: "empty for a registered person")
    return registered, validated


def _failed(
    columns: arrays.Columns, household: Codes, mapping: TpmapDefinition, faults: arrays.Faults
) -> Flags:
    """Dimensions failed by each household: households × dimensions. Every indicator is read."""
    failed = np.zeros((int(household.max()) + 1, len(mapping.dimensions)), dtype=np.bool_)
    places = {n: p for p, dim in enumerate(mapping.dimensions) for n in dim.indicators}
    for indicator in bmn.load(mapping.indicator_set).indicators:
        if indicator.column not in columns:
            continue
        passed, empty = _flags(columns, indicator.column, faults)
        if indicator.no in places:
            failed[household[~passed & ~empty], places[indicator.no]] = True
    return failed


@dataclass(frozen=True)
class _Persons:
    """Everybody counted: household of each person, what it fails, register flags."""

    household: Codes
    failed: Flags
    registered: Flags
    validated: Flags

    def documents(self, group: Codes, groups: int, codes: Sequence[str]) -> list[Document]:
        """The counts of each group of persons."""
        dimensions = self.failed[self.household]
        poor: Flags = np.asarray(dimensions.any(axis=1))
        target = is_target_poor(poor, self.registered, self.validated)
        homes = np.unique(group * len(self.failed) + self.household)
        home_group, home = homes // len(self.failed), homes % len(self.failed)

        def count(of: Codes, chosen: Flags) -> list[int]:
            return [int(n) for n in np.bincount(of[chosen], minlength=groups)]

        everybody = count(group, np.ones(len(group), dtype=np.bool_))
        columns: dict[str, list[Any]] = {
            "households": count(home_group, np.ones(len(home), dtype=np.bool_)),
            "persons": everybody,
            "bmn_poor_households": count(home_group, np.asarray(self.failed.any(axis=1))[home]),
            "bmn_poor_persons": count(group, poor),
            "bmn_poor_by_dim": _by_dimension(count, group, dimensions, codes),
            "bmn_poor_and_registered": count(group, poor & self.registered),
            "target_poor": count(group, target),
            "target_poor_by_dim": _by_dimension(count, group, dimensions & target[:, None], codes),
        }
        return [
            {
                **{name: found[place] for name, found in columns.items()},
                "rate_pct": 100 * columns["target_poor"][place] / everybody[place],
            }
            for place in range(groups)
        ]


def _by_dimension(
    count: Callable[[Codes, Flags], list[int]], group: Codes, failed: Flags, codes: Sequence[str]
) -> list[dict[str, int]]:
    counted = [count(group, failed[:, place]) for place in range(len(codes))]
    return [dict(zip(codes, found, strict=True)) for found in zip(*counted, strict=True)]
