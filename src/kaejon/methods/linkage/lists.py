"""Bring a list file into the matching engine as a table of text columns.

Plain CSV and Parquet go in as columns, so that a million rows never become Python objects;
whatever cannot be read plainly goes through the careful reader and its refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from kaejon.methods.engine import quoted, text_literal
from kaejon.methods.errors import UsageError
from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.linkage.prepare import COLUMNS
from kaejon.methods.listfiles.container import file_kind
from kaejon.methods.tabular import LIMITS, read_table
from kaejon.methods.thai.names import clean
from kaejon.methods.wholetable import read_at_once


def load_list(engine: DuckDBEngine, table: str, path: Path) -> None:
    """Read a CSV (UTF-8, UTF-16 or Windows-874), XLSX or Parquet file into `table`.

    Columns outside the contract are left out; letter case of the header does not matter.
    Refuses: no such file, another kind of file, an empty or broken table, no id column.
    """
    if not path.is_file():
        raise UsageError("file_not_found", f"There is no file {path}.", remedy="Check the path.")
    kind = file_kind(path, LIMITS)
    if kind == "parquet" and _scan(engine, table, f"read_parquet({text_literal(str(path))})"):
        return
    wanted = COLUMNS[1:]
    if kind == "csv":
        whole = read_at_once(path, required=["id"], optional=wanted, others="ignore")
        if whole is not None:
            load_columns(engine, table, whole.columns)
            return
    found = read_table(path, required=["id"], optional=wanted, others="ignore")
    load_columns(engine, table, found.columns)


def load_columns(
    engine: DuckDBEngine, table: str, columns: Mapping[str, list[str] | pa.ChunkedArray]
) -> None:
    """Make columns of text known to the engine as `table`."""
    arrays = {
        name: pa.array(cells, pa.string()) if isinstance(cells, list) else cells
        for name, cells in columns.items()
    }
    engine.connection.register("given_columns", pa.table(arrays))
    engine.create(table, "SELECT * FROM given_columns")
    engine.connection.unregister("given_columns")


def _scan(engine: DuckDBEngine, table: str, source: str) -> bool:
    """Whether the source could be read with one id column and no doubtful header."""
    import duckdb

    try:
        names = [row[0] for row in engine.rows(f"SELECT column_name FROM (DESCRIBE FROM {source})")]
        known = [(clean(name).casefold(), name) for name in names]
        wanted = [(plain, name) for plain, name in known if plain in COLUMNS]
        if "id" not in dict(wanted) or len(dict(wanted)) != len(wanted):
            return False
        columns = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {plain}" for plain, name in wanted)
        engine.create(table, f"SELECT {columns} FROM {source}")
    except duckdb.Error:
        return False
    return bool(engine.rows(f"SELECT count(*) FROM {table}")[0][0])
