"""Counts of villages as a table with every area above them, protected as one reader sees it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kaejon.apps.access.scope import Scope
from kaejon.apps.areas.models import WHOLE_SYSTEM, Area, Level
from kaejon.apps.dashboards.remembering import Stamp, remembered
from kaejon.apps.statistics.visibility import Reader
from kaejon.methods.disclosure import Link, Protected, Sum, protect_array

VILLAGE_DIGITS = 8
Integers = NDArray[np.int64]
EVERYWHERE = Area(code=WHOLE_SYSTEM, level=Level.COUNTRY)
# Households of which only the area itself is known are a part of it like its villages.
OWN = "*"


def own(code: str) -> str:
    """The row of the households of which no smaller area than this one is known."""
    return f"{code}{OWN}"


def parent_of(row: str) -> str:
    """The row above a row; empty at the top."""
    if row.endswith(OWN):
        return row.removesuffix(OWN)
    if row == WHOLE_SYSTEM:
        return ""
    return row[:-2] if len(row) > 2 else WHOLE_SYSTEM


def with_areas(
    lowest: Mapping[str, Sequence[int]], width: int, *, deepest: int = VILLAGE_DIGITS
) -> tuple[list[str], Integers, list[Sum]]:
    """Rows, numbers and sums: the lowest areas by code, and every area above them."""
    named = {code if len(code) >= deepest else own(code): line for code, line in lowest.items()}
    parts: dict[str, list[str]] = {}
    waiting = list(named)
    seen = set(waiting)
    while waiting:
        row = waiting.pop()
        above = parent_of(row)
        if above:
            parts.setdefault(above, []).append(row)
            if above not in seen:
                seen.add(above)
                waiting.append(above)
    rows = [*named, *sorted(parts, key=height, reverse=True)]
    places = {row: place for place, row in enumerate(rows)}
    numbers = np.zeros((len(rows), width), dtype=np.int64)
    if named:
        numbers[: len(named)] = np.array(list(named.values()), dtype=np.int64).reshape(-1, width)
    for row in rows[len(named) :]:
        numbers[places[row]] = numbers[[places[part] for part in parts[row]]].sum(axis=0)
    return rows, numbers, [Sum(row, tuple(parts[row])) for row in rows[len(named) :]]


def height(row: str) -> int:
    """Digits of the code, none for the whole system."""
    return 0 if row == WHOLE_SYSTEM else len(row.removesuffix(OWN))


def opened(rows: Iterable[str], sums: Iterable[Sum], scope: Scope) -> NDArray[np.bool_]:
    """Which rows lie in a scope: the lowest by their code, the others when all their parts do."""
    parts = {relation.total: relation.parts for relation in sums}
    held: dict[Hashable, bool] = {}
    listed = list(rows)
    for row in listed:
        if row not in parts:
            held[row] = scope.holds_at(row.removesuffix(OWN))
    for relation in parts:
        held[relation] = all(held[part] for part in parts[relation])
    return np.array([held[row] for row in listed], dtype=bool)


def protected(
    lowest: Mapping[str, Sequence[int]],
    columns: Sequence[Hashable],
    column_sums: Iterable[Sum],
    reader: Reader,
    *,
    deepest: int = VILLAGE_DIGITS,
    links: Iterable[Link] = (),
) -> Protected:
    """Counts of the lowest areas (code → number by column) as a reader sees them, up to the country.

    `links`: what tables made before tell of the same households.
    """
    rows, numbers, row_sums = with_areas(lowest, len(columns), deepest=deepest)
    exact = np.repeat(opened(rows, row_sums, reader.households)[:, None], len(columns), axis=1)
    return protect_array(
        rows, columns, numbers, row_sums, column_sums, reader.step, exact=exact, links=links
    )


def kept(
    what: str, reader: Reader, make: Callable[[], Protected], *, stamp: Stamp | None = None
) -> Protected:
    """A table of all that a reader sees, made anew when a village was counted again."""
    key = f"{what} {reader.step} {reader.households.areas} {reader.sensitive.areas}"
    return remembered(key, reader.counts, EVERYWHERE, make, stamp=stamp)
