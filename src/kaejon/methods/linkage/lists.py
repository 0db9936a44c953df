"""Bring a list file into the matching engine as a table of text columns.

CSV and Parquet go straight into DuckDB, so that a million rows never become Python objects;
whatever DuckDB cannot read plainly goes through the careful reader and its refusals.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from kaejon.methods.engine import quoted, text_literal
from kaejon.methods.errors import UsageError
from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.linkage.prepare import COLUMNS
from kaejon.methods.listfiles import textfile
from kaejon.methods.listfiles.container import file_kind
from kaejon.methods.tabular import LIMITS, read_table
from kaejon.methods.thai.names import clean

UTF8 = ("utf-8", "utf-8-sig")
CHUNK = 1 << 22


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
    if kind == "csv" and _scan_csv(engine, table, path):
        return
    found = read_table(path, required=["id"], optional=COLUMNS[1:], others="ignore")
    load_columns(engine, table, found.columns)


def load_columns(engine: DuckDBEngine, table: str, columns: Mapping[str, list[str]]) -> None:
    """Make columns of text known to the engine as `table`."""
    arrays = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    engine.connection.register("given_columns", pa.table(arrays))
    engine.create(table, "SELECT * FROM given_columns")
    engine.connection.unregister("given_columns")


def _scan_csv(engine: DuckDBEngine, table: str, path: Path) -> bool:
    form = textfile.read_form(path)
    if _header_is_doubtful(path, form):
        return False
    if form.encoding in UTF8:
        return _scan(engine, table, _csv_source(path, form.delimiter))
    with tempfile.TemporaryDirectory(prefix="kaejon-match-") as folder:
        plain = Path(folder) / "list.csv"
        with (
            path.open(encoding=form.encoding, newline="") as old,
            plain.open("w", encoding="utf-8", newline="") as new,
        ):
            while block := old.read(CHUNK):
                new.write(block)
        return _scan(engine, table, _csv_source(plain, form.delimiter))


def _header_is_doubtful(path: Path, form: textfile.TextForm) -> bool:
    """Whether the first row repeats a name, which DuckDB would quietly rename."""
    with path.open(encoding=form.encoding, newline="") as file:
        names = [
            clean(cell).casefold() for cell in next(csv.reader(file, delimiter=form.delimiter), [])
        ]
    return len(set(names)) < len(names)


def _csv_source(path: Path, delimiter: str) -> str:
    return (
        f"read_csv({text_literal(str(path))}, delim={text_literal(delimiter)}, header=true,"
        " all_varchar=true, quote='\"', escape='\"', auto_detect=true, ignore_errors=false)"
    )


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
