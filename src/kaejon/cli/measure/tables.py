"""Tables and specs that a measure reads from files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from kaejon.methods import definitions, documents
from kaejon.methods.engine import Tabular
from kaejon.methods.errors import DataError, UsageError
from kaejon.methods.tabular import Table, read_table
from kaejon.methods.thai.names import clean
from kaejon.methods.wholetable import WholeTable, read_at_once

Answer = TypeVar("Answer")


def with_table(
    path: str,
    use: Callable[[Table | WholeTable], Answer],
    *,
    required: Sequence[str] = (),
    optional: Sequence[str] | None = None,
    others: Literal["refuse", "ignore"] = "refuse",
) -> Answer:
    """What `use` makes of the table in a file.

    A plain file is read at once; a refusal is tried again on the careful reading, whose
    messages name the rows as the file numbers them.
    """
    whole = read_at_once(path, required=required, optional=optional, others=others)
    if whole is not None:
        try:
            return use(whole)
        except DataError:
            pass
    return use(read_table(path, required=required, optional=optional, others=others))


def read_columns(path: str, wanted: Iterable[str]) -> Tabular:
    """A table for an engine: Parquet is scanned where it lies, CSV and XLSX as text columns.

    Column names of CSV and XLSX match whatever their letter case; they come back as `wanted`
    spells them.
    """
    if Path(path).suffix.lower() == ".parquet":
        return path
    spelled = {clean(name).casefold(): name for name in wanted}
    whole = read_at_once(path, required=list(spelled), optional=[], others="ignore")
    columns: Mapping[str, Any] = read_table(path).columns if whole is None else whole.columns
    return {spelled.get(name, name): cells for name, cells in columns.items()}


def as_written(table: Table | WholeTable, own: Iterable[str]) -> dict[str, Any]:
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
        return documents.read_json(file.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise UsageError(
            "not_json", f"{file.name} is not JSON: {error}.", remedy="Correct the file."
        ) from error
