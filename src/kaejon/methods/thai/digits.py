"""Thai digits ๐-๙ and Arabic digits 0-9, both ways."""

from __future__ import annotations

_TO_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def to_arabic_digits(text: str) -> str:
    """The text with ๐-๙ written 0-9; everything else unchanged."""
    return text.translate(_TO_ARABIC)


def to_thai_digits(text: str) -> str:
    """The text with 0-9 written ๐-๙; everything else unchanged."""
    return text.translate(_TO_THAI)
