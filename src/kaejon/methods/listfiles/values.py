"""Single cells: yes or no, indicator, score, number, sex, age, village number, coordinate."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from kaejon.methods.thai.digits import to_arabic_digits

NOTHING = frozenset(
    {"", "-", "--", "–", ".", "ไม่ระบุ", "ไม่ทราบ", "ไม่มีข้อมูล", "n/a", "na", "null", "none", "nan"}
)
YES = ("1", "1.0", "๑", "ใช่", "มี", "y", "yes", "true", "t", "√", "✓", "✔", "/", "ผ่าน", "ได้", "เป็น")
NO = ("0", "0.0", "๐", "ไม่ใช่", "ไม่มี", "n", "no", "false", "f", "✗", "✘", "×", "ไม่ผ่าน", "ไม่ได้",
      "ไม่เป็น")  # fmt: skip
YES_NO: dict[str, int | None] = {
    **dict.fromkeys(YES, 1),
    **dict.fromkeys(NO, 0),
    "ลงทะเบียน": 1,
    "ไม่ลงทะเบียน": 0,
    "ไม่ได้ลงทะเบียน": 0,
}
PASS_FAIL: dict[str, int | None] = {
    **dict.fromkeys(YES, 1),
    **dict.fromkeys(NO, 0),
    **dict.fromkeys(NOTHING, None),
    "ไม่เข้าข่าย": None,
    "ไม่มีผู้เข้าข่าย": None,
    "ตกเกณฑ์": 0,
    "ผ่านเกณฑ์": 1,
    "ไม่ผ่านเกณฑ์": 0,
}
SEXES = {
    **dict.fromkeys(("ชาย", "ช", "ช.", "m", "male", "1", "ผู้ชาย", "man"), "M"),
    **dict.fromkeys(("หญิง", "ญ", "ญ.", "f", "female", "2", "ผู้หญิง", "woman"), "F"),
}
HEAD_WORDS = frozenset(
    {
        "หัวหน้าครัวเรือน",
        "หัวหน้าครอบครัว",
        "หัวหน้า",
        "เจ้าบ้าน",
        "head",
        "household head",
        "head of household",
    }
)
SETTINGS = {
    **dict.fromkeys(
        ("ในเขต", "ในเขตเทศบาล", "เทศบาล", "เขตเทศบาล", "inside", "municipal"), "inside"
    ),
    **dict.fromkeys(("นอกเขต", "นอกเขตเทศบาล", "อบต.", "อบต", "เขตอบต.", "outside"), "outside"),
    **dict.fromkeys(YES, "inside"),
    **dict.fromkeys(NO, "outside"),
}
OLDEST_AGE = 130
AGE = re.compile(r"(?:อายุ\s*)?(-?\d{1,4})(?:\.\d+)?\s*(?:ปี.*|years?)?")
MONTHS_OLD = re.compile(r"(?:อายุ\s*)?\d{1,2}\s*(?:เดือน|วัน|months?)")
MOO = re.compile(r"(?:หมู่ที่|หมู่|ม\.|ม|moo)?\s*(?:ที่)?\s*(\d{1,3})(?!\d)")
NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?")
THAILAND = {"latitude": (5.5, 20.6), "longitude": (97.2, 105.8)}


class Unreadable(ValueError):
    """A cell that holds something, but not what its field allows."""


def yes_no(text: str) -> int | None:
    """1, 0, or None for an empty cell. Refuses: Unreadable."""
    key = text.lower()
    if key in YES_NO:
        return YES_NO[key]
    if key in NOTHING:
        return None
    raise Unreadable


def setting(text: str) -> str | None:
    """ "inside" or "outside" a municipality, None for an empty cell. Refuses: Unreadable."""
    key = text.lower().replace(" ", "")
    if key in NOTHING:
        return None
    if key not in SETTINGS:
        raise Unreadable
    return SETTINGS[key]


def score(text: str) -> str | None:
    """A capital item score 1-4 as plain decimal text, None for an empty cell. Refuses: Unreadable."""
    if text.lower() in NOTHING:
        return None
    try:
        value = Decimal(to_arabic_digits(text))
    except InvalidOperation:
        raise Unreadable from None
    if not value.is_finite() or not 1 <= value <= 4:
        raise Unreadable
    return plain(value)


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(text: str) -> str | None:
    """A number of baht or of persons, not negative, as decimal text. Refuses: Unreadable."""
    compact = to_arabic_digits(text).replace(",", "").replace(" ", "")
    compact = compact.removesuffix("บาท").removesuffix("คน").removesuffix("/ปี")
    if compact.lower() in NOTHING:
        return None
    if not NUMBER.fullmatch(compact) or compact.startswith("-"):
        raise Unreadable
    return plain(Decimal(compact))


@lru_cache(4096)
def age(text: str) -> int | None:
    """Whole years. Refuses: Unreadable. The limit of 130 is the caller's to check."""
    compact = to_arabic_digits(text).strip()
    if compact.lower() in NOTHING:
        return None
    if compact == "แรกเกิด" or MONTHS_OLD.fullmatch(compact):
        return 0
    match = AGE.fullmatch(compact)
    if match is None:
        raise Unreadable
    return int(match[1])


@lru_cache(4096)
def moo(text: str) -> int | None:
    """The number of a village in its tambon; None for none (0 stands for a town). Refuses: Unreadable."""
    compact = to_arabic_digits(text).strip()
    if compact.lower() in NOTHING:
        return None
    match = MOO.match(compact)
    if match is None:
        raise Unreadable
    return int(match[1]) or None


def coordinate(text: str) -> float | None:
    """Degrees with a decimal point. Refuses: Unreadable."""
    compact = to_arabic_digits(text).replace("°", "").strip()
    if compact.lower() in NOTHING:
        return None
    try:
        return float(compact)
    except ValueError:
        raise Unreadable from None


def in_thailand(latitude: float, longitude: float) -> bool:
    """Whether a point lies in the box around Thailand."""
    south, north = THAILAND["latitude"]
    west, east = THAILAND["longitude"]
    return south <= latitude <= north and west <= longitude <= east
