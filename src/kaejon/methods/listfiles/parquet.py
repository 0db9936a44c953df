"""Rows of a Parquet file as text. Row 1 is the header, as in a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from kaejon.methods.listfiles.container import Limits
from kaejon.methods.listfiles.errors import ListFileError

BATCH = 1_000
# One thread and little memory: a file of a few bytes can unfold into gigabytes.
CONFIG = {"autoinstall_known_extensions": "false", "memory_limit": "1GB", "threads": "1"}


def rows(path: Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of every row that is not blank.

    Refuses: BROKEN_FILE, TOO_MANY_COLUMNS, CELL_TOO_LONG.
    """
    try:
        with duckdb.connect(config=CONFIG) as engine:
            _refuse_large(engine, path, limits)
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


def _refuse_large(engine: duckdb.DuckDBPyConnection, path: Path, limits: Limits) -> None:
    """Look at the widths before any row is fetched: dictionary pages repeat one text for nothing."""
    described = engine.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    if len(described) > limits.columns:
        raise ListFileError("TOO_MANY_COLUMNS", limit=limits.columns)
    longest = engine.execute(
        "SELECT max(length(COLUMNS(*)::VARCHAR)) FROM read_parquet(?)", [str(path)]
    ).fetchone()
    if any((length or 0) > limits.cell_characters for length in longest or ()):
        raise ListFileError("CELL_TOO_LONG", limit=limits.cell_characters)


def count(path: Path) -> int:
    """How many rows the file says it has. Refuses: BROKEN_FILE."""
    try:
        with duckdb.connect(config=CONFIG) as engine:
            found = engine.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
    except duckdb.Error as error:
        raise ListFileError("BROKEN_FILE") from error
    return int(found[0]) if found else 0
