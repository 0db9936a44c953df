"""Find the header of a list, below titles and across merged cells.

Offices put titles above the header and often spread it over two rows: a group
(ที่อยู่) above its parts (บ้านเลขที่, หมู่ที่). The two rows are joined with ` / `.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.fields import ALIASES, THAI_DIGITS, header_key
from kaejon.methods.listfiles.sheetxml import column_letters

SEARCH_ROWS = 25
JOINT = " / "


@dataclass(frozen=True)
class Header:
    """Where the header ends (1-based row number) and what it says."""

    row: int
    names: tuple[str, ...]


def known_field(header: str) -> str | None:
    """The canonical field that a header names outright, or by one part of a joined header."""
    name = ALIASES.get(header_key(header))
    if name is None and JOINT.strip() in header:
        for part in reversed(header.split("/")):
            name = name or ALIASES.get(header_key(part))
    return name


def find_header(rows: Sequence[tuple[int, Sequence[str]]]) -> Header:
    """The header among the first rows of a list.

    Input: row numbers and cells as text, blank rows left out. Output: the header.
    Refuses: NO_HEADER, DUPLICATE_HEADERS.
    """
    candidates = []
    for index, (number, row) in enumerate(rows[:SEARCH_ROWS]):
        candidates.append((_score(row), -index, Header(number, _trimmed(row))))
        following, low = rows[index + 1] if index + 1 < len(rows) else (0, [])
        if following == number + 1 and _is_group_row(row, low):
            joined = _join(row, low)
            candidates.append((_score(joined), -index, Header(following, _trimmed(joined))))
    best = max(candidates, key=lambda item: item[:2], default=None)
    if best is None or best[0] <= 0:
        raise ListFileError("NO_HEADER")
    _refuse_duplicates(best[2])
    return best[2]


def _trimmed(row: Sequence[str]) -> tuple[str, ...]:
    names = [" ".join(cell.split()) for cell in row]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _score(row: Sequence[str]) -> float:
    """How much a row looks like a header: recognised names first, then distinct words."""
    cells = [cell for cell in row if cell]
    if len(cells) < 2 and not (cells and known_field(cells[0])):
        return 0
    numbers = sum(_is_number(cell) for cell in cells)
    known = sum(known_field(cell) is not None for cell in cells)
    if known == 0 and numbers:
        return 0
    return 10 * known + len(set(cells)) - 2 * numbers


def _is_number(cell: str) -> bool:
    text = cell.translate(THAI_DIGITS).replace(",", "").replace("-", "").replace("/", "")
    return text.replace(".", "", 1).isdigit()


def _is_group_row(top: Sequence[str], low: Sequence[str]) -> bool:
    """Whether `low` only fills the columns that `top` spans with group names."""
    width = max(len(top), len(low))
    upper = [*top, *[""] * (width - len(top))]
    lower = [*low, *[""] * (width - len(low))]
    if sum(map(bool, upper)) < 2 or not any(b and not a for a, b in zip(upper, lower, strict=True)):
        return False
    if any(_is_number(cell) for cell in lower):
        return False
    for column, cell in enumerate(lower):
        spans_next = column + 1 < width and not upper[column + 1] and bool(lower[column + 1])
        if cell and upper[column] and not spans_next:
            return False
    return True


def _join(top: Sequence[str], low: Sequence[str]) -> list[str]:
    group, joined = "", []
    for column in range(max(len(top), len(low))):
        upper = top[column] if column < len(top) else ""
        lower = low[column] if column < len(low) else ""
        group = upper or (group if lower else "")
        joined.append(f"{group}{JOINT}{lower}" if group and lower else lower or upper)
    return joined


def _refuse_duplicates(header: Header) -> None:
    counts = Counter(name.casefold() for name in header.names if name)
    columns = [
        f"{column_letters(index)} ({name})"
        for index, name in enumerate(header.names)
        if name and counts[name.casefold()] > 1
    ]
    if columns:
        raise ListFileError(
            "DUPLICATE_HEADERS",
            row=header.row,
            column=columns[0],
            columns=", ".join(columns),
        )
