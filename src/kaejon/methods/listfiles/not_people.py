"""Rows of an office's table that are no person and no household: sums, numbers of columns and
the headings of the next page.

Judged by the row alone. People are called รวม and รวมพร, too: a sum is a row that says no more
than the word and what is counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kaejon.methods.listfiles.headers import JOINT
from kaejon.methods.thai.digits import to_arabic_digits

SUM = re.compile(
    r"(ยอด)?รวม(ทั้งสิ้น|ทั้งหมด|ทั้งหมู่บ้าน|ย่อย|ยอด|จำนวน|เป็นเงิน)?"
    r"( ?(หมู่ ?(ที่)?|บ้านเลขที่|ครัวเรือนที่|หน้า(นี้|ที่)?) ?[0-9/]*)?"
    r"( ?(จำนวน)? ?[0-9,.]+)?( ?(คน|ราย|ครัวเรือน|หลังคาเรือน|หลัง|บาท))?"
)
NAMES = ("full_name", "first_name", "title")
FIRST_NUMBERS = ("1", "๑")
LONGEST_SUM = 60
LEAST_NUMBERS = 4
LEAST_HEADINGS = 2
ID_DIGITS = 13


def says(cells: Mapping[str, str], columns: Mapping[str, str]) -> bool:
    """Whether the row is no person. Input: header → text; canonical field → header."""
    header, first = next(((header, text) for header, text in cells.items() if text), ("", ""))
    if first in header and first and _is_repeated_header(cells):
        return True
    if first.strip("(. )") in FIRST_NUMBERS and _are_column_numbers(cells):
        return True
    names = [cells.get(columns.get(name, ""), "") for name in NAMES]
    return any(_is_sum(text) for text in (first, *names)) and not _names_somebody(cells, columns)


def _names_somebody(cells: Mapping[str, str], columns: Mapping[str, str]) -> bool:
    surname = cells.get(columns.get("last_name", ""), "")
    number = to_arabic_digits(cells.get(columns.get("national_id", ""), ""))
    return bool(surname) or sum(map(str.isdecimal, number)) == ID_DIGITS


def _is_sum(text: str) -> bool:
    if "รวม" not in text[:6] or len(text) > LONGEST_SUM:
        return False
    return SUM.fullmatch(" ".join(to_arabic_digits(text).split())) is not None


def _are_column_numbers(cells: Mapping[str, str]) -> bool:
    texts = [to_arabic_digits(text) for text in cells.values() if text]
    wanted = [str(n) for n in range(1, len(texts) + 1)]
    bracketed = all(text.startswith("(") and text.endswith(")") for text in texts)
    enough = len(texts) >= (LEAST_HEADINGS if bracketed else LEAST_NUMBERS)
    return enough and [text.strip("(. )") for text in texts] == wanted


def _is_repeated_header(cells: Mapping[str, str]) -> bool:
    """Every cell says what its own heading says, or a part of one of two lines."""
    filled = [(header, " ".join(text.split())) for header, text in cells.items() if text]
    return len(filled) >= LEAST_HEADINGS and all(
        text in (header, *header.split(JOINT)) for header, text in filled
    )
