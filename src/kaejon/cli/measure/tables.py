"""Tables and specs that a measure reads from files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from kaejon.methods import definitions
from kaejon.methods.engine import Tabular
from kaejon.methods.errors import UsageError
from kaejon.methods.tabular import Table, read_table
from kaejon.methods.thai.names import clean


def read_columns(path: str, wanted: Iterable[str]) -> Tabular:
    """A table for an engine: Parquet is scanned where it lies, CSV and XLSX as text columns.

    Column names of CSV and XLSX match whatever their letter case; they come back as `wanted`
    spells them.
    """
    if Path(path).suffix.lower() == ".parquet":
        return path
    columns = read_table(path).columns
    spelled = {clean(name).casefold(): name for name in wanted}
    return {spelled.get(name, name): cells for name, cells in columns.items()}


def as_written(table: Table, own: Iterable[str]) -> dict[str, list[str]]:
    """Columns under the names the file gives them; those in `own` keep the contract's name."""
    kept = set(own)
    return {
        name if name in kept else table.headings[name]: cells
        for name, cells in table.columns.items()
    }


def read_spec(given: str) -> object:
    """A measure's spec: a JSON file, or a definition by name or TOML file."""
    if Path(given).suffix in ("", ".toml"):
        return definitions.load(given, "mpi")
    return read_json(given)


def read_json(path: str) -> object:
    """A JSON document. Refuses: a missing file, or text that is not JSON."""
    file = Path(path)
    if not file.is_file():
        raise UsageError("file_not_found", f"There is no file {path}.", remedy="Check the path.")
    try:
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            "not_json", f"{file.name} is not JSON: {error}.", remedy="Correct the file."
        ) from error
