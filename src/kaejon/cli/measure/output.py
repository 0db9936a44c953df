"""How measures are shown: one JSON document, or aligned columns for reading."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

ROWS_AT_ONCE = 100_000


def print_json(document: dict[str, Any]) -> None:
    """The document as JSON on stdout: unrounded, null for undefined, never NaN."""
    json.dump(document, sys.stdout, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")


def print_rows(head: dict[str, Any], rows: pa.Table, tail: dict[str, Any]) -> None:
    """One JSON document with a list of `rows` in its middle, written piece by piece."""
    sys.stdout.write(f'{json.dumps(head, ensure_ascii=False, allow_nan=False)[:-1]}, "rows": [')
    for start in range(0, len(rows), ROWS_AT_ONCE):
        piece = rows.slice(start, ROWS_AT_ONCE).combine_chunks()
        columns = [column.combine_chunks() for column in piece.columns]
        texts = json_objects(piece.column_names, columns).to_pylist()
        sys.stdout.write((", " if start else "") + ", ".join(texts))
    sys.stdout.write(f"], {json.dumps(tail, ensure_ascii=False, allow_nan=False)[1:]}\n")


def json_objects(names: Sequence[str], columns: Sequence[pa.Array]) -> pa.Array:
    """Columns of one length as a JSON object per row."""
    parts: list[Any] = []
    for place, (name, column) in enumerate(zip(names, columns, strict=True)):
        parts += [f"{', ' if place else '{'}{json.dumps(name)}: ", json_cells(column)]
    return pc.binary_join_element_wise(*parts, "}", "")


def json_cells(column: pa.Array) -> pa.Array:
    """Cells as JSON texts; each distinct cell is written once, an empty one is null."""
    if pa.types.is_struct(column.type):
        names = [field.name for field in column.type]
        return json_objects(names, column.flatten())
    encoded = column.dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    texts = [json.dumps(cell, ensure_ascii=False, allow_nan=False) for cell in distinct]
    return pa.array(texts, pa.string()).take(encoded.indices).fill_null("null")


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
