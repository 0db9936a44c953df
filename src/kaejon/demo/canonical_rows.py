"""Canonical rows of a synthetic list without the way through a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from kaejon.demo.list_tables import COMMUNITY_MAPPING, ListTable
from kaejon.demo.lists import PLANS
from kaejon.methods.listfiles.areas import OfficialBook
from kaejon.methods.listfiles.canonical import CanonicalRow
from kaejon.methods.listfiles.mapping import Mapping, guess
from kaejon.methods.listfiles.rows import Normaliser, RowContext


def canonical_rows(table: ListTable, today: dt.date) -> Iterator[CanonicalRow]:
    """The rows as the import would read them from the file, numbered from 1 without the header."""
    if table.kind == "community":
        mapping = Mapping.from_json(dict(COMMUNITY_MAPPING))
    else:
        mapping = guess(table.header, table.kind).mapping
    context = RowContext(table.kind, PLANS[table.kind].year_be, today, OfficialBook())
    normaliser = Normaliser(mapping, context)
    for number, row in enumerate(table.rows(), start=1):
        cells = (str(cell) for cell in row)
        yield normaliser.row(number, dict(zip(table.header, cells, strict=True)))
