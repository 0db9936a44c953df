"""House numbers, village numbers (หมู่) and official area codes as people write them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from kaejon.methods.thai.buddhist_era import month_number
from kaejon.methods.thai.digits import to_arabic_digits
from kaejon.methods.thai.names import clean

AREA_CODE_LENGTHS = {2: "province", 4: "district", 6: "tambon", 8: "village"}

_NUMBER = r"[0-9]+(?:\s*[/\-]\s*[0-9]+)*"
_MOO = re.compile(
    r"(?:หมู่บ้านที่|หมู่ที่|หมู่|(?<![ก-๎])ม\.|(?<![ก-๎])ม(?=\s*\d)|moo\b\.?|m\.)\s*(?:ที่\s*)?([0-9]{1,3})(?![0-9])",
    re.I,
)
_LABELLED_HOUSE = re.compile(rf"(?:บ้าน\s*เลข\s*ที่|เลข\s*ที่)\s*({_NUMBER})")
_LEADING_HOUSE = re.compile(rf"^\s*(?:บ้าน\s*)?({_NUMBER})(?![\d.])")
_SPREADSHEET_NUMBER = re.compile(r"^\s*([0-9]+)\.0+\s*$")
_ISO_DATE = re.compile(r"^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?\s*$")
_DAY_MONTH_NAME = re.compile(r"^\s*(\d{1,2})-([^\d\s-]+)\s*$")
_MONTH_NAME_DAY = re.compile(r"^\s*([^\d\s-]+)-(\d{1,2})\s*$")


@dataclass(frozen=True, slots=True)
class HouseAddress:
    """A house number and village number taken out of an address.

    `rest` is what is left of the text. `ambiguous` says that a spreadsheet had turned the
    number into a date and it was read back as day/month.
    """

    house_no: str | None
    moo: int | None
    rest: str
    ambiguous: bool = False


def read_house_no(text: object) -> HouseAddress:
    """Read "12/3", "๑๒/๓", "12-3", "บ้านเลขที่ 12/3 ม.4", or a date that ate "12/3"."""
    if text is None:
        return HouseAddress(None, None, "")
    if isinstance(text, dt.date):
        return HouseAddress(f"{text.day}/{text.month}", None, "", ambiguous=True)
    plain = to_arabic_digits(clean(str(text)))
    if eaten := _eaten_by_spreadsheet(plain):
        return HouseAddress(eaten, None, "", ambiguous=True)
    if number := _SPREADSHEET_NUMBER.match(plain):
        return HouseAddress(_normal_number(number[1]), None, "")
    return _read_address(plain)


def _read_address(plain: str) -> HouseAddress:
    moo_match = _MOO.search(plain)
    moo = int(moo_match[1]) or None if moo_match else None
    remaining = plain if moo_match is None else _without(plain, moo_match)
    house = _LABELLED_HOUSE.search(remaining) or _LEADING_HOUSE.search(remaining)
    if house is None:
        return HouseAddress(None, moo, _tidy(remaining))
    return HouseAddress(_normal_number(house[1]), moo, _tidy(_without(remaining, house)))


def _eaten_by_spreadsheet(plain: str) -> str | None:
    """ "2026-03-12", "12-มี.ค." and "Mar-12" back to day/month."""
    if iso := _ISO_DATE.match(plain):
        return f"{int(iso[3])}/{int(iso[2])}"
    if match := _DAY_MONTH_NAME.match(plain):
        day, month = match[1], month_number(match[2])
    elif match := _MONTH_NAME_DAY.match(plain):
        day, month = match[2], month_number(match[1])
    else:
        return None
    return f"{int(day)}/{month}" if month else None


def _normal_number(written: str) -> str | None:
    parts = [part.lstrip("0") or "0" for part in re.findall(r"[0-9]+", written)]
    return None if set(parts) == {"0"} else "/".join(parts)


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" ,;-")


def read_area_code(text: object) -> str | None:
    """Official code of 2 (province), 4 (district), 6 (tambon) or 8 (village) digits, or None.

    Accepts Thai digits, spaces, dashes and spreadsheet numbers such as 330101.0.
    """
    if text is None:
        return None
    plain = re.sub(r"\.0+$", "", to_arabic_digits(str(text)).strip())
    digits = re.sub(r"[\s\-]", "", plain)
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in AREA_CODE_LENGTHS:
        return None
    return digits if digits[0] != "0" else None


def read_village_code(text: object) -> str | None:
    """Official village code of 8 digits, or None."""
    code = read_area_code(text)
    return code if code is not None and len(code) == 8 else None
