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
    """The cells of one row by canonical field; collects the row's issues.

    `texts` holds field → text of every field that is not empty.
    """

    __slots__ = ("_columns", "issues", "texts")

    def __init__(
        self,
        values: Mapping[str, str],
        columns: Mapping[str, str],
        constants: Mapping[str, str],
    ) -> None:
        """Input: header → text; field → header; field → constant, used where a cell is empty."""
        self._columns = columns
        self.issues: list[Issue] = []
        get = values.get
        given = {name: text for name, column in columns.items() if (text := get(column))}
        self.texts = {**constants, **given} if constants else given
        if UNCOMPUTED in self.texts.values():
            self._refuse_uncomputed()
        if max(map(len, self.texts.values()), default=0) > SHORTEST_LIMIT:
            self._refuse_long()

    def _refuse_uncomputed(self) -> None:
        for name in [name for name, text in self.texts.items() if text == UNCOMPUTED]:
            self.reject("CELL_NOT_COMPUTED", name)
            del self.texts[name]

    def _refuse_long(self) -> None:
        for name, text in self.texts.items():
            longest = FIELDS[name].longest
            if len(text) > longest:
                self.reject("TEXT_TOO_LONG", name, limit=str(longest))

    def get(self, name: str) -> str:
        """The text of a field: its cell, else the mapping's constant, else empty."""
        return self.texts.get(name, "")

    def known(self, name: str) -> str:
        """The text of a field, empty when it only says that nothing is known."""
        text = self.texts.get(name, "")
        return "" if text.lower() in NOTHING else text

    def has(self, name: str) -> bool:
        """Whether the mapping gives the field a value at all."""
        return name in self._columns or name in self.texts

    def read(
        self, name: str, reader: Callable[[str], Value | None], code: str, severity: Severity
    ) -> Value | None:
        """A field through a reader of `values`; what it refuses becomes an issue."""
        text = self.texts.get(name)
        if not text:
            return None
        try:
            return reader(text)
        except Unreadable:
            self.note(code, name, severity)
            return None

    def flag(self, code: str, name: str, /, **params: str) -> None:
        """Mark a cell; the row goes on."""
        self.note(code, name, "flag", **params)

    def reject(self, code: str, name: str, /, **params: str) -> None:
        """Keep the row out because of a cell."""
        self.note(code, name, "reject", **params)

    def note(self, code: str, name: str, severity: Severity, /, **params: str) -> None:
        """Record an issue with the header and the text it concerns."""
        column = self._columns.get(name) or (FIELDS[name].th if name in FIELDS else "")
        value = self.get(name)[:SHOWN_CHARACTERS]
        self.issues.append(Issue(code, name, column, value, severity, params))
