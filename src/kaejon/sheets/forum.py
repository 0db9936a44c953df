"""A village forum on paper: the agenda before it, the minutes after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kaejon.sheets.typesetting import printable, shortened, typeset
from kaejon.sheets.wording import Language, words

_CELL_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumItem:
    """One household: what is to be looked at (agenda), what was decided, how and why (minutes)."""

    house_no: str
    head_name: str
    look_at: tuple[str, ...] = ()
    decision: str = ""
    how: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumObjection:
    """Who objects to the decision about a house, to what, and what was answered."""

    house_no: str
    raised_by: str
    text: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumSheet:
    """A forum as printed. `attendance`: group and number; `quorum`: group and the least number."""

    kind: Literal["agenda", "minutes"]
    place: tuple[str, ...]
    year: str
    held_on: str
    where: str
    chair: str
    quorum: tuple[str, int]
    attendance: tuple[tuple[str, int], ...] = ()
    items: Sequence[ForumItem] = ()
    objections: Sequence[ForumObjection] = ()
    note: str = ""
    closed: bool = False
    language: Language = "th"
    thai_digits: bool = False
    synthetic: bool = False
    printed_by: str = ""
    printed_at: str = ""


def render_forum(sheet: ForumSheet, *, font_dir: Path) -> bytes:
    """A PDF of A4 pages. Refuses: `SheetFontMissing`."""
    wording = words("forum", sheet.language)
    row = _agenda_row if sheet.kind == "agenda" else _minutes_row
    document = {
        "kind": sheet.kind,
        "language": sheet.language,
        "thai_digits": sheet.thai_digits,
        "synthetic": sheet.synthetic,
        "place": [shortened(piece, _CELL_LIMIT) for piece in sheet.place],
        "year": wording["year"].format(sheet.year),
        "held": wording["held"].format(sheet.held_on, shortened(sheet.where, _CELL_LIMIT)),
        "chair": wording["chair"].format(shortened(sheet.chair, _CELL_LIMIT)),
        "attendance": [(group, wording["people"].format(n)) for group, n in sheet.attendance],
        "quorum": wording["quorum"].format(*sheet.quorum),
        "columns": wording[f"columns_{sheet.kind}"],
        "rows": [
            [str(number), *(shortened(cell, _CELL_LIMIT) for cell in row(item))]
            for number, item in enumerate(sheet.items, start=1)
        ],
        "objections": [
            [shortened(cell, _CELL_LIMIT) for cell in (o.house_no, o.raised_by, o.text, o.answer)]
            for o in sheet.objections
        ],
        "note": sheet.note,
        "closed": sheet.closed,
        "printed": wording["printed"].format(sheet.printed_by, sheet.printed_at),
        "words": wording,
    }
    shown = printable(document, thai_digits=sheet.thai_digits)
    return typeset("forum", {"document": shown}, font_dir=font_dir)


def _agenda_row(item: ForumItem) -> tuple[str, ...]:
    return (item.house_no, item.head_name, " · ".join(item.look_at), item.decision, "")


def _minutes_row(item: ForumItem) -> tuple[str, ...]:
    return (item.house_no, item.head_name, item.decision, item.how, item.reason)
