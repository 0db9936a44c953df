"""Thai national ID (เลขประจำตัวประชาชน): 13 digits, the last one a check digit.

A failed or masked number is a flag, never a reason to drop a person: the raw text is
kept, and only status "valid" may be used for exact matching. First digits 0 and 9 are
allowed: registers give 0 to people without civil status, who are often the poorest.
Source: Registration office rule, check = (11 - sum(digit_i * (14 - i)) mod 11) mod 10.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from itertools import chain
from operator import mul
from typing import Literal

from kaejon.methods.thai.digits import to_arabic_digits

Status = Literal["valid", "check_failed", "malformed", "masked", "missing"]

LENGTH = 13
WEIGHTS = range(LENGTH, 1, -1)
SHOWN_DIGITS = 4

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015.'’`\u200b-\u200f\u2060\ufeff\u00a0]")
_NUMBER_TEXT = re.compile(r"([0-9]{1,20})\.0+")
_MASK_SIGNS = str.maketrans(dict.fromkeys("xX*•●×✱✕_#＊", "x"))
_MASK_RUN = re.compile(r"x+")
_MISSING_WORDS = frozenset({"", "ไม่มี", "ไม่ทราบ", "ไม่ระบุ", "na", "n/a", "none", "null", "nan"})


@dataclass(frozen=True, slots=True)
class NationalId:
    """One cell read as a national ID.

    `digits` holds 13 digits for "valid" and "check_failed", otherwise None. `visible` is
    the 13-character pattern with x for hidden digits ("masked"), or the digits themselves.
    """

    raw: str
    digits: str | None
    status: Status
    visible: str | None


def check_digit(first12: str) -> str:
    """The 13th digit for the first twelve. Refuses (ValueError) anything but 12 digits."""
    if len(first12) != LENGTH - 1 or not (first12.isascii() and first12.isdigit()):
        raise ValueError("a check digit needs exactly 12 digits")
    total = sum(map(mul, WEIGHTS, map(int, first12)))
    return str((11 - total % 11) % 10)


def generate(first12: str) -> str:
    """A complete valid number from 12 chosen digits."""
    return first12 + check_digit(first12)


def read(text: object) -> NationalId:
    """Read a cell: Thai digits, dashes, spaces, spreadsheet numbers and masked numbers."""
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return NationalId("", None, "missing", None)
    raw = str(text)
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return _read_number(raw, text)
    plain = to_arabic_digits(raw).strip()
    if from_number := _NUMBER_TEXT.fullmatch(plain):
        return _read_number(raw, int(from_number[1]))
    compact = _SEPARATORS.sub("", plain)
    if compact.lower() in _MISSING_WORDS:
        return NationalId(raw, None, "missing", None)
    if compact.isascii() and compact.isdigit():
        return _judge(raw, compact)
    return _read_masked(raw, compact.translate(_MASK_SIGNS))


def _read_number(raw: str, number: float) -> NationalId:
    """A spreadsheet number; twelve digits may have lost a leading zero."""
    if not 0 <= number < 10**LENGTH or number != int(number):
        return NationalId(raw, None, "malformed", None)
    digits = str(int(number))
    if len(digits) == LENGTH - 1:
        padded = _judge(raw, "0" + digits)
        return padded if padded.status == "valid" else NationalId(raw, None, "malformed", None)
    return _judge(raw, digits)


def _judge(raw: str, digits: str) -> NationalId:
    if not digits.strip("0"):
        return NationalId(raw, None, "missing", None)
    if len(digits) != LENGTH:
        return NationalId(raw, None, "malformed", None)
    passed = check_digit(digits[:-1]) == digits[-1]
    return NationalId(raw, digits, "valid" if passed else "check_failed", digits)


def _read_masked(raw: str, pattern: str) -> NationalId:
    """Place visible digits in 13 positions; one run of mask signs may stand for any number."""
    runs = _MASK_RUN.findall(pattern)
    if not runs or pattern.replace("x", "").strip("0123456789"):
        return NationalId(raw, None, "malformed", None)
    if len(pattern) != LENGTH:
        hidden = LENGTH - (len(pattern) - len(runs[0]))
        if len(runs) != 1 or hidden < 1:
            return NationalId(raw, None, "malformed", None)
        pattern = pattern.replace(runs[0], "x" * hidden)
    return NationalId(raw, None, "masked", pattern)


def format(digits: str) -> str:  # noqa: A001
    """Printed form x-xxxx-xxxxx-xx-x of 13 digits or of a visible pattern."""
    if len(digits) != LENGTH:
        raise ValueError("a national ID has exactly 13 characters")
    return "-".join((digits[0], digits[1:5], digits[5:10], digits[10:12], digits[12]))


def mask(digits: str) -> str:
    """Printed form with only the last four digits shown: x-xxxx-xxxx1-23-4."""
    return format("x" * (len(digits) - SHOWN_DIGITS) + digits[-SHOWN_DIGITS:])


def compatible(a: str, b: str) -> bool:
    """Whether two visible patterns can belong to one number (x agrees with any digit)."""
    return len(a) == len(b) == LENGTH and all(
        left == right or "x" in (left, right) for left, right in zip(a, b, strict=True)
    )


# In running text: 13 digits, Arabic, Thai or full-width, perhaps with a dash, space, dot, stroke or
# invisible characters between two of them. Not inside longer numbers, nor inside lower-case
# hexadecimal (digests).
_DIGIT = "[0-9๐-๙\uff10-\uff19]"
_BETWEEN = "[ \u00a0\\-\u2010-\u2015./_]?[\u200b-\u200f\u2060\ufeff]?"
_IN_TEXT = re.compile(
    f"(?<![0-9๐-๙\uff10-\uff19a-f]){_DIGIT}(?:{_BETWEEN}{_DIGIT}){{12}}(?![0-9๐-๙\uff10-\uff19a-f])"
)


# Typed by hand or read by a machine, a letter may stand for a digit that looks like it. Then the
# run must stand alone, or the end of a word ("No 1234…") would count as its first sign.
_LOOK_ALIKES = str.maketrans("OoIl|", "00111")
_SIGN = "[0-9๐-๙\uff10-\uff19OoIl|]"
_IN_TEXT_WITH_LETTERS = re.compile(
    f"(?<![0-9๐-๙\uff10-\uff19A-Za-z|]){_SIGN}(?:{_BETWEEN}{_SIGN}){{12}}"
    "(?![0-9๐-๙\uff10-\uff19A-Za-z|])"
)
MOST_LETTERS = 2


def _digits_of(run: str) -> str:
    """The digits of a run, whatever script they are written in, look-alike letters among them."""
    plain = run.translate(_LOOK_ALIKES)
    return "".join(str(unicodedata.decimal(sign)) for sign in plain if sign.isdecimal())


def _is_valid_run(run: str) -> bool:
    """Whether the check digit is right, with few enough letters among the digits."""
    letters = sum(ord(sign) in _LOOK_ALIKES for sign in run)
    digits = _digits_of(run)
    right = check_digit(digits[:-1]) == digits[-1]
    return letters <= MOST_LETTERS and bool(digits.strip("0")) and right


def stands_in(text: str) -> bool:
    """Whether a text holds a national ID whose check digit is right.

    Up to two of its digits may be letters that look like them (O for 0, I and l for 1).
    """
    runs = chain(_IN_TEXT.finditer(text), _IN_TEXT_WITH_LETTERS.finditer(text))
    return any(_is_valid_run(run[0]) for run in runs)


def masked_in(text: str) -> str:
    """The text with every national ID that `stands_in` finds in its masked form."""

    def masked(run: re.Match[str]) -> str:
        if not _is_valid_run(run[0]):
            return run[0]
        return mask(_digits_of(run[0]))

    return _IN_TEXT_WITH_LETTERS.sub(masked, _IN_TEXT.sub(masked, text))
