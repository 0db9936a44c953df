"""How measures are shown: one JSON document, or aligned columns for reading."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any


def print_json(document: dict[str, Any]) -> None:
    """The document as JSON on stdout: unrounded, null for undefined, never NaN."""
    json.dump(document, sys.stdout, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Aligned columns on stdout: text left, numbers right, "-" for undefined."""
    cells = [list(header), *[[shown(value) for value in row] for row in rows]]
    widths = [max(display_width(row[place]) for row in cells) for place in range(len(header))]
    numeric = [
        any(isinstance(row[place], (int, float)) for row in rows) for place in range(len(header))
    ]
    for row in cells:
        parts = [
            _padded(text, width, right)
            for text, width, right in zip(row, widths, numeric, strict=True)
        ]
        print("  ".join(parts).rstrip())


def shown(value: object) -> str:
    """One value for reading; numbers are not rounded."""
    return "-" if value is None else str(value)


def display_width(text: str) -> int:
    """Columns that a text takes in a terminal: Thai marks above and below take none."""
    return sum(unicodedata.category(char) not in {"Mn", "Me", "Cf"} for char in text)


def _padded(text: str, width: int, right: bool) -> str:
    filling = " " * (width - display_width(text))
    return filling + text if right else text + filling


def note(message: str) -> None:
    """A remark on stderr, so that stdout stays one document."""
    print(f"kaejon: {message}", file=sys.stderr)
