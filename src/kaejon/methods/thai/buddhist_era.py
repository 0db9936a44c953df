"""Dates as Thai lists write them: Buddhist Era (BE = CE + 543), partial, mixed or broken.

Dates are stored ISO (CE) and shown in BE. Registers write an unknown day and month as
00/00 or 1 January, so both mean "year only". Years from 2300 on are BE.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Literal

from kaejon.methods.thai.digits import to_arabic_digits, to_thai_digits
from kaejon.methods.thai.life_stages import LIFE_STAGES, LifeStage, life_stage

__all__ = [
    "BE_OFFSET",
    "ISSUES",
    "LIFE_STAGES",
    "LifeStage",
    "PartialDate",
    "age_on",
    "birth_from_age",
    "format_date",
    "life_stage",
    "month_number",
    "read_date",
    "to_arabic_digits",
    "to_be",
    "to_thai_digits",
]

Precision = Literal["day", "month", "year"]
Era = Literal["BE", "CE"]
Style = Literal["short", "long", "numeric"]

BE_OFFSET = 543
FIRST_BE_YEAR = 2300
OLDEST_AGE = 130

ISSUES = {
    "unreadable": "The text is not a date we can read.",
    "impossible_day": "The month has no such day.",
    "impossible_month": "The month is not between 1 and 12.",
    "era_mixed": "The year does not fit its era: BE and CE are mixed up.",
    "era_unclear": "A two-digit year beside an English month may be BE or CE.",
    "in_future": "The date is after today.",
    "over_130": "The date is more than 130 years ago.",
    "estimated_from_age": "Only an age was given; the year is today's year less the age.",
}

_TH_LONG = [
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
]
_TH_SHORT = [
    "ม.ค.",
    "ก.พ.",
    "มี.ค.",
    "เม.ย.",
    "พ.ค.",
    "มิ.ย.",
    "ก.ค.",
    "ส.ค.",
    "ก.ย.",
    "ต.ค.",
    "พ.ย.",
    "ธ.ค.",
]
_EN_LONG = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MONTHS = {
    name: number
    for names in (
        _TH_LONG,
        [name.replace(".", "") for name in _TH_SHORT],
        [name.lower() for name in _EN_LONG],
        [name[:3].lower() for name in _EN_LONG],
    )
    for number, name in enumerate(names, start=1)
} | {"sept": 9}

_ERA_MARK = re.compile(
    r"(?P<be>พุทธศักราช|พ\.?\s?ศ\.?|\bb\.?e\.?(?![a-z]))|(?P<ce>คริสต์ศักราช|ค\.?\s?ศ\.?|\b[ca]\.?[de]\.?(?![a-z]))",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"(?:อายุ\s*(?:ประมาณ|ราว|ได้)?\s*(\d{1,3})(?:\s*ปี)?|(\d{1,3})\s*(?:ปี|years?(?: old)?))",
    re.IGNORECASE | re.ASCII,
)
_CLOCK = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$", re.ASCII)
_WORDS = re.compile(r"^(?:เกิด)?(?:วัน)?ที่\s*|เดือน\s*|ปี\s*(?=\d)")
_NUMERIC = re.compile(r"(\d{1,4})\s*[/\-. ]\s*(\d{1,2})\s*[/\-. ]\s*(\d{1,4})", re.ASCII)
# Day or month that somebody marked as unknown: "-/-/2510", "xx/03/2510", "??/??/2510".
_NO_DAY = re.compile(r"[\s\-?xX*_.]*/\s*(\d{1,2})\s*/\s*(\d{4})", re.ASCII)
_NO_DAY_OR_MONTH = re.compile(r"[\s\-?xX*_.]*/[\s\-?xX*_.]*/\s*(\d{4})", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[/\-.]\s*(\d{4})", re.ASCII)
_NAMED = re.compile(
    r"(?:(\d{1,2})\s*[/\-. ]?\s*)?([^\d\s/\-,]+)\s*[/\-., ]*\s*(\d{4}|\d{2})", re.ASCII
)
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_EXCEL_DAYS = range(10_000, 260_000)  # 1927 CE to 2611 "CE", that is BE typed as CE


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date read from a cell, with what is known of it.

    `date` is CE, with unknown parts set to 1; None with an `issue` (a key of `ISSUES`) when
    it cannot be trusted. `era` is the era the text was written in. An empty cell has
    neither date nor issue.
    """

    date: dt.date | None
    precision: Precision | None
    era: Era | None
    raw: str
    issue: str | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    """Day, month and year as written; 0 for a part that is unknown."""

    day: int
    month: int
    year: int
    era: Era | None = None


class _Unreadable(Exception):
    """Carries the issue code from the place that found it."""


def to_be(year: int) -> int:
    """Buddhist Era year of a CE year."""
    return year + BE_OFFSET


def month_number(name: str) -> int | None:
    """1-12 for a Thai or English month name, full or abbreviated, with or without dots."""
    return _MONTHS.get(name.replace(".", "").replace(" ", "").lower())


def read_date(value: object, *, today: dt.date) -> PartialDate:
    """Read a cell as a date not after today and not over 130 years ago.

    Accepts date objects (also with a BE year in the CE field), spreadsheet serial numbers,
    "12/03/2510", "12-3-10" (BE), "12 มี.ค. 2510", "12 มีนาคม พ.ศ. 2510", "2510-03-12",
    "25100312", ISO CE, "มี.ค. 2510", "-/-/2510", "2510" and "อายุ 56 ปี". Never raises.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return PartialDate(None, None, None, "")
    raw = str(value)
    text = " ".join(to_arabic_digits(raw).split())
    if text in {"", "-"}:
        return PartialDate(None, None, None, raw)
    try:
        if age := _AGE.fullmatch(text):
            return _from_age_text(int(age[1] or age[2]), raw, today)
        return _judge(_parts_of(value, text, today), raw, today)
    except _Unreadable as refusal:
        return PartialDate(None, None, None, raw, str(refusal))


def _parts_of(value: object, text: str, today: dt.date) -> _Parts:
    if isinstance(value, dt.date):
        return _Parts(value.day, value.month, value.year)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(value)
    return _from_text(text, today)


def _from_number(number: float) -> _Parts:
    """A bare year, yyyymmdd, or a spreadsheet serial number."""
    if not 0 <= number < 100_000_000:
        raise _Unreadable("unreadable")
    whole = int(number)
    if number >= 1_000_000 and number == whole:
        return _from_digits(str(whole))
    if number == whole and len(str(whole)) == 4:
        return _Parts(0, 0, whole)
    if whole not in _EXCEL_DAYS:
        raise _Unreadable("unreadable")
    day = _EXCEL_EPOCH + dt.timedelta(days=whole)
    return _Parts(day.day, day.month, day.year)


def _from_text(text: str, today: dt.date) -> _Parts:
    text = _WORDS.sub("", _CLOCK.sub("", text))
    text, era = _take_era(text)
    text = re.sub(r"(?<=\d)\.0+$", "", text)
    if text.isascii() and text.isdigit():
        parts = _from_digits(text)
    elif match := _NUMERIC.fullmatch(text):
        parts = _from_three(match[1], match[2], match[3], today)
    elif match := _MONTH_YEAR.fullmatch(text) or _NO_DAY.fullmatch(text):
        parts = _Parts(0, int(match[1]), int(match[2]))
    elif match := _NO_DAY_OR_MONTH.fullmatch(text):
        parts = _Parts(0, 0, int(match[1]))
    elif match := _NAMED.fullmatch(text):
        parts = _from_named(match[1], match[2], match[3], today)
    else:
        raise _Unreadable("unreadable")
    return _Parts(parts.day, parts.month, parts.year, era)


def _take_era(text: str) -> tuple[str, Era | None]:
    marked = _ERA_MARK.search(text)
    if marked is None:
        return text, None
    era: Era = "BE" if marked["be"] else "CE"
    return " ".join(f"{text[: marked.start()]} {text[marked.end() :]}".split()), era


def _from_digits(digits: str) -> _Parts:
    if len(digits) == 4:
        return _Parts(0, 0, int(digits))
    if len(digits) == 5:
        return _from_number(int(digits))
    if len(digits) != 8:
        raise _Unreadable("unreadable")
    year_first = _Parts(int(digits[6:]), int(digits[4:6]), int(digits[:4]))
    plausible = 1800 <= year_first.year < 2700 and year_first.month <= 12 and year_first.day <= 31
    return year_first if plausible else _Parts(int(digits[:2]), int(digits[2:4]), int(digits[4:]))


def _from_three(first: str, middle: str, last: str, today: dt.date) -> _Parts:
    if len(first) == 4:
        return _Parts(int(last), int(middle), int(first))
    if len(first) > 2 or len(last) not in {2, 4}:
        raise _Unreadable("unreadable")
    year = _full_be_year(int(last), today) if len(last) == 2 else int(last)
    return _Parts(int(first), int(middle), year)


def _from_named(day: str | None, name: str, year: str, today: dt.date) -> _Parts:
    month = month_number(name)
    if month is None:
        raise _Unreadable("unreadable")
    if len(year) == 4:
        return _Parts(int(day or 0), month, int(year))
    if name.isascii():
        raise _Unreadable("era_unclear")
    return _Parts(int(day or 0), month, _full_be_year(int(year), today))


def _full_be_year(two_digits: int, today: dt.date) -> int:
    """The latest BE year that ends in these digits and is not in the future."""
    year = to_be(today.year) // 100 * 100 + two_digits
    return year if year <= to_be(today.year) else year - 100


def _judge(parts: _Parts, raw: str, today: dt.date) -> PartialDate:
    year, era = _ce_year(parts, today)
    date, precision = _complete(parts, year)
    if date > today:
        raise _Unreadable("in_future")
    if today.year - date.year > OLDEST_AGE:
        raise _Unreadable("over_130")
    return PartialDate(date, precision, era, raw)


def _ce_year(parts: _Parts, today: dt.date) -> tuple[int, Era]:
    era: Era = "BE" if parts.year >= FIRST_BE_YEAR else "CE"
    year = parts.year - BE_OFFSET if era == "BE" else parts.year
    if parts.era not in {None, era}:
        raise _Unreadable("era_mixed")
    converted_twice = (year - BE_OFFSET, year + BE_OFFSET)
    if not _plausible(year, today) and any(_plausible(y, today) for y in converted_twice):
        raise _Unreadable("era_mixed")
    return year, era


def _plausible(year: int, today: dt.date) -> bool:
    return today.year - OLDEST_AGE <= year <= today.year


def _complete(parts: _Parts, year: int) -> tuple[dt.date, Precision]:
    if not 1 <= year <= 9999:
        raise _Unreadable("unreadable")
    if parts.month > 12:
        raise _Unreadable("impossible_month")
    if parts.month == 0:
        if parts.day:
            raise _Unreadable("impossible_month")
        return dt.date(year, 1, 1), "year"
    if parts.day == 0:
        return dt.date(year, parts.month, 1), "month"
    try:
        date = dt.date(year, parts.month, parts.day)
    except ValueError:
        raise _Unreadable("impossible_day") from None
    return date, "year" if (date.month, date.day) == (1, 1) else "day"


def birth_from_age(age: int, today: dt.date) -> dt.date:
    """1 January of the year in which a person of this age was probably born."""
    return dt.date(today.year - age, 1, 1)


def _from_age_text(age: int, raw: str, today: dt.date) -> PartialDate:
    if age > OLDEST_AGE:
        raise _Unreadable("over_130")
    return PartialDate(birth_from_age(age, today), "year", None, raw, "estimated_from_age")


def format_date(
    date: dt.date,
    style: Style = "short",
    thai_digits: bool = False,
    lang: Literal["th", "en"] = "th",
    precision: Precision = "day",
) -> str:
    """A date in BE for people: "12 มี.ค. 2510", "12 มีนาคม พ.ศ. 2510" or "12/03/2510".

    Only the parts that `precision` says are known appear.
    """
    year, shown = to_be(date.year), ("day", "month", "year").index(precision)
    if style == "numeric":
        parts = [f"{date.day:02d}", f"{date.month:02d}", f"{year}"][shown:]
        text = "/".join(parts)
    else:
        parts = [str(date.day), _month_name(date.month, style, lang), _year_name(year, style, lang)]
        text = " ".join(parts[shown:])
    return to_thai_digits(text) if thai_digits else text


def _month_name(month: int, style: Style, lang: str) -> str:
    if lang == "en":
        return _EN_LONG[month - 1] if style == "long" else _EN_LONG[month - 1][:3]
    return _TH_LONG[month - 1] if style == "long" else _TH_SHORT[month - 1]


def _year_name(year: int, style: Style, lang: str) -> str:
    if lang == "en":
        return f"{year} BE"
    return f"พ.ศ. {year}" if style == "long" else str(year)


def age_on(birth: dt.date, today: dt.date, precision: Precision = "day") -> int | None:
    """Completed years on a day; parts of the birth date that are not known are not compared.

    With precision "year" it is the age reached in that year. None before birth.
    """
    known = {"day": 3, "month": 2, "year": 1}[precision]
    born, now = birth.timetuple()[:known], today.timetuple()[:known]
    if now < born:
        return None
    return now[0] - born[0] - (1 if now[1:] < born[1:] else 0)
