"""Rows of a Parquet file as text. Row 1 is the header, as in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from kaejon.methods.listfiles.errors import ListFileError

BATCH = 5_000


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of every row that is not blank. Refuses: BROKEN_FILE."""
    try:
        with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as engine:
            cursor = engine.execute("SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?)", [str(path)])
            yield 1, [name[0] for name in cursor.description or []]
            number = 1
            while batch := cursor.fetchmany(BATCH):
                for values in batch:
                    number += 1
                    cells = ["" if value is None else value.strip() for value in values]
                    if any(cells):
                        yield number, cells
    except duckdb.Error as error:
        raise ListFileError("BROKEN_FILE") from error


def count(path: Path) -> int:
    """How many rows the file says it has. Refuses: BROKEN_FILE."""
    try:
        with duckdb.connect() as engine:
            found = engine.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
    except duckdb.Error as error:
        raise ListFileError("BROKEN_FILE") from error
    return int(found[0]) if found else 0
