"""Typst as a function from plain values to a PDF.

Values reach a template only as one JSON document in `sys.inputs`; nothing from
a household is ever part of Typst source, so markup in a note prints as it was
written. Equal input gives equal bytes: no clock and no document id enter.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import typst

from kaejon.methods.errors import UsageError

FONT_DIR = Path(__file__).parent / "fonts"
FONT_FAMILY = "Sarabun"

_TEMPLATES = Path(__file__).parent / "templates"
_NEEDED_WEIGHTS = frozenset({400, 700})
_COMPILATIONS_TO_FORGET = 12
# About thirty folder pages, 120 MB.
_CHARACTERS_TO_REMEMBER = 250_000
_FOR_MACHINES = frozenset({"url", "qr"})
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
# Control characters have no glyph; direction overrides would let a value disguise its neighbours.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


class SheetFontMissing(UsageError):
    """The directory does not hold Sarabun in regular and bold."""

    def __init__(self, font_dir: Path) -> None:
        super().__init__(
            "sheet_font_missing",
            f"no {FONT_FAMILY} font (regular and bold) in {font_dir}",
            remedy="run `make build`, which fetches the font for printing",
            font_dir=str(font_dir),
        )


@lru_cache(maxsize=4)
def _load_fonts(font_dir: Path) -> typst.Fonts:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_dir]
    )
    weights = {
        font.weight
        for font in fonts.fonts()
        if font.family == FONT_FAMILY and font.style == "normal"
    }
    if not weights >= _NEEDED_WEIGHTS:
        raise SheetFontMissing(font_dir)
    return fonts


def printable(value: object, *, thai_digits: bool) -> object:
    """The value as JSON types: dataclasses become dicts, digits Thai when asked.

    Input: dataclass instances, mappings, sequences, str, numbers, bool, None.
    Characters without a printed form become spaces. Text in a `url` or `qr`
    field keeps its digits, because a machine reads it.
    """
    if isinstance(value, str):
        clean = _UNPRINTABLE.sub(" ", value)
        return clean.translate(_THAI_DIGITS) if thai_digits else clean
    if dataclasses.is_dataclass(value):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {
            key: printable(item, thai_digits=thai_digits and key not in _FOR_MACHINES)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [printable(item, thai_digits=thai_digits) for item in value]
    return value


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis, in at most `limit` characters.

    A Thai vowel or tone mark is never cut from its consonant.
    """
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and _is_combining(text[end]):
        end -= 1
    return text[:end].rstrip() + "…"


def _is_combining(character: str) -> bool:
    return (
        character == "\u0e31"
        or "\u0e33" <= character <= "\u0e3a"
        or "\u0e47" <= character <= "\u0e4e"
    )


def typeset(template: str, document: Mapping[str, object], *, font_dir: Path) -> bytes:
    """A PDF from the named template and its document (JSON types only).

    Only the fonts in `font_dir` are used. Refuses: `SheetFontMissing`.
    """
    fonts = _load_fonts(font_dir)
    text = json.dumps(document, ensure_ascii=False)
    pdf = typst.compile(
        _TEMPLATES / f"{template}.typ",
        root=_TEMPLATES,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"document": text},
    )
    _remembered.append(len(text))
    if sum(_remembered) > _CHARACTERS_TO_REMEMBER:
        _remembered.clear()
        _forget_layouts(fonts)
    return pdf


# Sizes of the documents Typst still remembers; headings and labels met again cost nothing.
_remembered: list[int] = []


def _forget_layouts(fonts: typst.Fonts) -> None:
    """Frees what Typst remembers of documents, about 4 MB per folder page.

    Typst drops a remembered layout only when some ten later compilations did
    not ask for it, and its Python package has no other way to let go.
    """
    for _ in range(_COMPILATIONS_TO_FORGET):
        typst.compile(b"", font_paths=fonts, ignore_system_fonts=True)
