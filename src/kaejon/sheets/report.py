"""A report on an area for a meeting: sections of tables with bars, a pentagon, text; 4 to 8 pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kaejon.sheets.typesetting import printable, shortened, typeset
from kaejon.sheets.wording import Language, words

_CELL_LIMIT = 200
_TEXT_LIMIT = 2_500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """One section. `bars`: shares 0-1 drawn beside the rows, None for no bar. `radar`: (label, reach 0-1 or None).

    `strong`: numbers of rows that are sums or headings of the rows around them.
    """

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    bars: Sequence[float | None] = ()
    strong: Sequence[int] = ()
    radar: Sequence[tuple[str, float | None]] = ()
    text: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaReport:
    """What the report shows; every number is text as it may be printed."""

    name: str
    place: tuple[str, ...] = ()
    figures: Sequence[tuple[str, str, str]] = ()
    sections: Sequence[ReportSection] = field(default_factory=tuple)
    sources: Sequence[str] = ()
    notes: Sequence[str] = ()
    language: Language = "th"
    thai_digits: bool = False
    synthetic: bool = False
    printed_by: str = ""
    printed_at: str = ""


def render_report(report: AreaReport, *, font_dir: Path) -> bytes:
    """A PDF of A4 pages with page numbers. Refuses: `SheetFontMissing`."""
    wording = words("report", report.language)
    document = {
        "language": report.language,
        "thai_digits": report.thai_digits,
        "synthetic": report.synthetic,
        "name": report.name,
        "place": list(report.place),
        "figures": [list(figure) for figure in report.figures],
        "sections": [_section(section) for section in report.sections],
        "sources": list(report.sources),
        "notes": list(report.notes),
        "printed": wording["printed"].format(report.printed_by, report.printed_at),
        "words": wording,
    }
    shown = printable(document, thai_digits=report.thai_digits)
    return typeset("report", {"document": shown}, font_dir=font_dir)


def _section(section: ReportSection) -> dict[str, object]:
    return {
        "title": section.title,
        "columns": list(section.columns),
        "rows": [[shortened(cell, _CELL_LIMIT) for cell in row] for row in section.rows],
        "bars": list(section.bars),
        "strong": list(section.strong),
        "radar": [{"label": label, "reach": reach} for label, reach in section.radar],
        "text": [shortened(line, _TEXT_LIMIT) for line in section.text],
        "note": section.note,
    }
