"""Reads PDFs back as text, so that tests speak of what stands on the paper."""

from __future__ import annotations

import io
import re

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from kaejon.sheets.typesetting import FONT_DIR

# Typst names a consonant with two marks above it twice in the text layer; it is printed once.
TWICE_MARKED = re.compile("([ก-ฮ][\u0e31\u0e34-\u0e37][\u0e47-\u0e4e])\\1")


@pytest.fixture(scope="session")
def font_dir():
    """The fonts that `make build` fetched."""
    return FONT_DIR


@pytest.fixture(scope="session")
def pages_of():
    """The text of every page of a PDF in drawing order, with all white space removed.

    A Thai syllable of several glyphs carries its letters as ActualText, which
    readers prefer to the map of single glyphs; pypdf's own extraction does not.
    """

    def read(pdf: bytes) -> list[str]:
        reader = PdfReader(io.BytesIO(pdf))
        return [_drawn_text(page.get_contents(), page, reader) for page in reader.pages]

    return read


def _drawn_text(content: object, owner: object, reader: PdfReader) -> str:
    letters, spans, shown = {}, [], []
    fonts = owner["/Resources"].get("/Font", {})
    for operands, operator in ContentStream(content, reader).operations:
        if operator == b"Tf":
            letters = _letters_of(fonts[operands[0]].get_object())
        elif operator in (b"BDC", b"BMC"):
            properties = operands[1] if operator == b"BDC" else {}
            spans.append("/ActualText" in properties)
            if spans[-1]:
                shown.append(str(properties["/ActualText"]))
        elif operator == b"EMC":
            spans.pop()
        elif operator in (b"Tj", b"TJ") and not any(spans):
            shown.append(_shown(operands[0], letters))
    return TWICE_MARKED.sub(r"\1", re.sub(r"\s+", "", "".join(shown)))


def _shown(operand: object, letters: dict[str, str]) -> str:
    parts = operand if isinstance(operand, list) else [operand]
    codes = "".join(_bytes(part).hex() for part in parts if not isinstance(part, (int, float)))
    glyphs = re.findall("....", codes.upper())
    return "".join(letters.get(glyph, "�") for glyph in glyphs)


def _bytes(text: object) -> bytes:
    return text if isinstance(text, bytes) else text.original_bytes


def _letters_of(font: object) -> dict[str, str]:
    cmap = font["/ToUnicode"].get_object().get_data().decode("ascii")
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]+)>\n", cmap)
    return {glyph: bytes.fromhex(units).decode("utf-16-be") for glyph, units in pairs}
