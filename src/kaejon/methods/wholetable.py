"""Read a plain table file at once, as columns that never become Python objects.

A million rows take about a second instead of a minute. Only files that leave no doubt are
read this way: plain CSV and Parquet without nested columns. For everything else the answer
is None, and the careful reader (`tabular.read_table`) reads row by row and names what is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from kaejon.methods.errors import KaejonError
from kaejon.methods.listfiles import textfile
from kaejon.methods.listfiles.container import file_kind
from kaejon.methods.tabular import LIMITS
from kaejon.methods.thai.names import clean


@dataclass(frozen=True, slots=True)
class WholeTable:
    """Columns of one length; text is trimmed and "" when empty, numbers keep their type.

    Without blank rows the first row of data is row 2 of the file. `unused` and `headings` as
    in `tabular.Table`.
    """

    columns: dict[str, pa.ChunkedArray]
    unused: tuple[str, ...] = ()
    headings: dict[str, str] = field(default_factory=dict)
    row_numbers: None = None


def read_at_once(
    path: Path | str,
    *,
    required: Sequence[str] = (),
    optional: Sequence[str] | None = None,
    others: Literal["refuse", "ignore"] = "refuse",
) -> WholeTable | None:
    """The table of a plain file, or None when only the careful reader can judge it.

    Input as for `tabular.read_table`. Never raises on a faulty file.
    """
    path = Path(path)
    try:
        kind = file_kind(path, LIMITS)
        form = textfile.read_form(path) if kind == "csv" else None
        if form is not None and form.quoted:
            # The quick reader passes over stray quotation marks.
            textfile.check(path, form, LIMITS)
        headings = _headings(path, kind, form)
    except (KaejonError, OSError, pa.ArrowException, UnicodeError):
        return None
    places = {clean(heading).casefold(): heading for heading in headings}
    wanted = list(places) if optional is None else [*required, *optional]
    doubtful = "" in places or len(places) < len(headings) or not set(required) <= set(places)
    kept = [name for name in places if name in wanted]
    unused = tuple(name for name in places if name not in kept)
    if not headings or doubtful or (unused and others == "refuse"):
        return None
    try:
        table = _read(path, form, [places[name] for name in kept])
    except (KaejonError, OSError, pa.ArrowException, UnicodeError):
        return None
    if table is None or not len(table):
        return None
    columns = {name: table[places[name]] for name in kept}
    return WholeTable(columns, unused, {name: clean(places[name]) for name in places})


def _headings(path: Path, kind: str, form: textfile.TextForm | None) -> list[str]:
    if kind == "parquet":
        return list(pa.parquet.ParquetFile(path).schema_arrow.names)
    if form is None:
        return []
    with pa.csv.open_csv(path, **_options(form, None)) as opened:
        return list(opened.schema.names)


def _options(form: textfile.TextForm, columns: list[str] | None) -> dict[str, object]:
    encoding = "utf-8" if form.encoding == "utf-8-sig" else form.encoding
    return {
        "read_options": pa.csv.ReadOptions(encoding=encoding),
        "parse_options": pa.csv.ParseOptions(
            delimiter=form.delimiter, newlines_in_values=form.quoted
        ),
        "convert_options": pa.csv.ConvertOptions(
            column_types=dict.fromkeys(columns or [], pa.string()),
            include_columns=columns or [],
            strings_can_be_null=False,
        ),
    }


def _read(path: Path, form: textfile.TextForm | None, headings: list[str]) -> pa.Table | None:
    if form is None:
        table = pa.parquet.ParquetFile(path).read(columns=headings)
    else:
        table = pa.csv.read_csv(path, **_options(form, headings))
    for place, name in enumerate(table.column_names):
        plain = _plain(table[name])
        if plain is None:
            return None
        table = table.set_column(place, name, plain)
    return _without_blank_rows(table)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """A column of numbers as it is, text trimmed and never empty; None for any other type."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if numeric or pa.types.is_boolean(kind):
        return column
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if not (is_text or pa.types.is_string_view(kind) or pa.types.is_null(kind)):
        return None
    text = pc.utf8_trim_whitespace(column.cast(pa.string())).fill_null("")
    longest = pc.max(pc.utf8_length(text)).as_py() or 0
    return text if longest <= LIMITS.cell_characters else None


def _without_blank_rows(table: pa.Table) -> pa.Table:
    blank = None
    for column in table.columns:
        empty = pc.equal(column, "") if pa.types.is_string(column.type) else pc.is_null(column)
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return table
    return table.filter(pc.invert(blank))
