"""The print-out for a family: what is held, from whom, who looked, and its rights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kaejon.sheets.qr import qr_svg
from kaejon.sheets.typesetting import printable, shortened, typeset
from kaejon.sheets.wording import Language, words

# The family has a right to all of it: the limits only keep a fault from printing for ever.
LONGEST_SOURCES = 100
LONGEST_LOOKS = 1_000
LONGEST_HELD = 1_000

_CELL_LIMIT = 56
_FACT_LIMIT = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFact:
    """A kind of data and what is held, in plain words; sensitive values already masked."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSource:
    """A list from which data came: owner, legal basis, purpose, kept until (text)."""

    name: str
    owner: str
    legal_basis: str
    purpose: str
    kept_until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at the household: date (text), role and office of the viewer, reason."""

    date: str
    role: str
    office: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDataSheet:
    """Everything the print-out shows; `looks` newest first, as many as are to be shown."""

    head_name: str
    place: tuple[str, ...]
    contact: str
    how_to_ask: str
    url: str = ""
    language: Language = "th"
    thai_digits: bool = False
    synthetic: bool = False
    held: tuple[HeldFact, ...] = ()
    sources: tuple[HeldSource, ...] = ()
    looks: tuple[Look, ...] = ()
    consent: str = ""
    printed_by: str = ""
    printed_at: str = ""


def render_held_data(sheet: HeldDataSheet, *, font_dir: Path) -> bytes:
    """A PDF of A4 pages: everything that is held. Lists of thousands say how many items are left out.

    Refuses: an address that is not http(s), `SheetFontMissing`.
    """
    wording = words("held_data", sheet.language)
    document = {
        "language": sheet.language,
        "thai_digits": sheet.thai_digits,
        "synthetic": sheet.synthetic,
        "head": shortened(sheet.head_name, _CELL_LIMIT),
        "place": [shortened(piece, _CELL_LIMIT) for piece in sheet.place],
        "qr": qr_svg(sheet.url) if sheet.url else None,
        "held": [
            [shortened(fact.name, _CELL_LIMIT * 2), shortened(fact.value, _FACT_LIMIT)]
            for fact in sheet.held
        ][:LONGEST_HELD],
        "sources": [_source_cells(source) for source in sheet.sources[:LONGEST_SOURCES]],
        "looks": [_look_cells(look) for look in sheet.looks[:LONGEST_LOOKS]],
        "left_out": {
            "held": max(0, len(sheet.held) - LONGEST_HELD),
            "sources": max(0, len(sheet.sources) - LONGEST_SOURCES),
            "looks": max(0, len(sheet.looks) - LONGEST_LOOKS),
        },
        "consent": shortened(sheet.consent, 300),
        "how_to_ask": shortened(sheet.how_to_ask, 500),
        "contact": shortened(sheet.contact, 300),
        "printed": wording["printed"].format(sheet.printed_by, sheet.printed_at),
        "words": wording,
    }
    shown = printable(document, thai_digits=sheet.thai_digits)
    return typeset("held_data", {"document": shown}, font_dir=font_dir)


def _source_cells(source: HeldSource) -> list[str]:
    cells = (source.name, source.owner, source.legal_basis, source.purpose, source.kept_until)
    return [shortened(cell, _CELL_LIMIT) for cell in cells]


def _look_cells(look: Look) -> list[str]:
    cells = (look.date, look.role, look.office, look.reason)
    return [shortened(cell, _CELL_LIMIT) for cell in cells]
