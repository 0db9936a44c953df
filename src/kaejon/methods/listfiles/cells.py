"""The cells of one row seen through a mapping, and the objections raised against them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from kaejon.methods.listfiles.canonical import Issue, Severity
from kaejon.methods.listfiles.fields import FIELDS
from kaejon.methods.listfiles.spreadsheet import UNCOMPUTED
from kaejon.methods.listfiles.values import NOTHING, Unreadable

Value = TypeVar("Value")
SHORTEST_LIMIT = min(item.longest for item in FIELDS.values())
SHOWN_CHARACTERS = 80


class Cells:
    """The cells of one row by canonical field; collects the row's issues."""

    __slots__ = ("_columns", "_constants", "_values", "issues")

    def __init__(
        self,
        values: Mapping[str, str],
        columns: Mapping[str, str],
        constants: Mapping[str, str],
    ) -> None:
        """Input: header → text; field → header; field → constant."""
        self._values = values
        self._columns = columns
        self._constants = constants
        self.issues: list[Issue] = []
        if UNCOMPUTED in values.values():
            self._refuse_uncomputed()
        if max(map(len, values.values()), default=0) > SHORTEST_LIMIT:
            self._refuse_long()

    def _refuse_uncomputed(self) -> None:
        for name, column in self._columns.items():
            if self._values.get(column) == UNCOMPUTED:
                self.reject("CELL_NOT_COMPUTED", name)
        self._values = {k: "" if v == UNCOMPUTED else v for k, v in self._values.items()}

    def _refuse_long(self) -> None:
        for name, column in self._columns.items():
            longest = FIELDS[name].longest
            if len(self._values.get(column, "")) > longest:
                self.reject("TEXT_TOO_LONG", name, limit=str(longest))

    def get(self, name: str) -> str:
        """The text of a field: its cell, else the mapping's constant, else empty."""
        column = self._columns.get(name)
        text = self._values.get(column, "") if column is not None else ""
        return text or self._constants.get(name, "")

    def known(self, name: str) -> str:
        """The text of a field, empty when it only says that nothing is known."""
        text = self.get(name)
        return "" if text.lower() in NOTHING else text

    def has(self, name: str) -> bool:
        """Whether the mapping gives the field a value at all."""
        return name in self._columns or name in self._constants

    def read(
        self, name: str, reader: Callable[[str], Value | None], code: str, severity: Severity
    ) -> Value | None:
        """A field through a reader of `values`; what it refuses becomes an issue."""
        text = self.get(name)
        if not text:
            return None
        try:
            return reader(text)
        except Unreadable:
            self.note(code, name, severity)
            return None

    def flag(self, code: str, name: str, **params: str) -> None:
        """Mark a cell; the row goes on."""
        self.note(code, name, "flag", **params)

    def reject(self, code: str, name: str, **params: str) -> None:
        """Keep the row out because of a cell."""
        self.note(code, name, "reject", **params)

    def note(self, code: str, name: str, severity: Severity, **params: str) -> None:
        """Record an issue with the header and the text it concerns."""
        column = self._columns.get(name) or (FIELDS[name].th if name in FIELDS else "")
        value = self.get(name)[:SHOWN_CHARACTERS]
        self.issues.append(Issue(code, name, column, value, severity, params))
