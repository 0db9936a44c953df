"""Tables of results: the same rows for the page, for XLSX and CSV, and for comparing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _

from kaejon.web.templatetags.kaejon_ui import percent, thai_number

Cell = str | int | float | None
Format = Literal["text", "count", "share", "score", "index", "points"]

# Decimals of numbers that are no shares.
PLACES: dict[Format, int] = {"score": 2, "index": 3}


@dataclass(frozen=True)
class Column:
    """A column: what it shows and how its numbers are written; `signed`: a plus before a rise."""

    label: str
    format: Format = "count"
    signed: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of raw values; the first cell names the row. `hides`: an empty cell may be a hidden count."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    hides: bool = False
    urls: Sequence[str] = ()

    def shown(self) -> dict[str, Any]:
        """The table as `components/table.html` draws it."""
        return {
            "columns": [{"label": c.label, "numeric": c.format != "text"} for c in self.columns],
            "rows": [
                {
                    "cells": [
                        {
                            "text": self.text(cell, column),
                            "url": self.urls[number] if self.urls and place == 0 else "",
                        }
                        for place, (cell, column) in enumerate(zip(row, self.columns, strict=True))
                    ]
                }
                for number, row in enumerate(self.rows)
            ],
        }

    def text(self, cell: Cell, column: Column) -> str:
        if cell is None:
            return _("hidden") if self.hides and column.format != "text" else "–"
        if isinstance(cell, str):
            return cell
        return (signed if column.signed else written)(cell, column.format)


def written(number: float, form: Format) -> str:
    """A number as a reader sees it: shares in per cent, scores with two decimals and an index with
    three decimals, changes of shares in points."""
    if form == "share":
        return percent(number)
    if form == "points":
        return thai_number(100 * number, 1)
    return thai_number(number, PLACES.get(form, 0))


def signed(number: float, form: Format) -> str:
    """A change as a reader sees it, with a plus before a rise."""
    text = written(number, form)
    if not text.strip("-0.%"):
        return text.removeprefix("-")
    return f"+{text}" if number > 0 else text


def with_unit(text: str, form: Format) -> str:
    """A written change with its unit: points are named, other numbers stand for themselves."""
    return _("%(number)s points") % {"number": text} if form == "points" else text


def in_points(form: Format) -> Format:
    """How a difference of such figures is written: that of two shares in points."""
    return "points" if form == "share" else form


@dataclass(frozen=True)
class Section:
    """One question of a run's page: a title, a chart and its table.

    `is_open`: the table stands open below the chart. `is_half`: two such sections share a line.
    """

    key: str
    title: str
    table: Table
    lead: str = ""
    chart: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    size: str = ""
    is_open: bool = False
    is_half: bool = False

    @property
    def shown(self) -> dict[str, Any]:
        return self.table.shown()

    @property
    def chart_id(self) -> str:
        return f"chart-{self.key}"


@dataclass(frozen=True)
class Headline:
    """One figure in plain words: "in 100 people 14 …", with the figure itself."""

    label: str
    text: str
    sentence: str
    icon: str = ""


def hundredfold(value: float | None, *, places: int = 1) -> float | None:
    """A share as per cent for a chart; None stays a gap."""
    return None if value is None else round(100 * value, places)


def value_of(figure: Any) -> float | None:
    """The value of an estimate, or the figure itself."""
    return figure["value"] if isinstance(figure, dict) else figure
