"""How offices write a value: the ways that the columns of `office_layouts` may name.

A way turns a person or household into the cell as typed and into what that cell states, in the
canonical forms of `office_files`. What a cell is about (`is`) and how it is written (`as`) are
separate, so a layout may pick one of several ways for each file.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.office_people import SURVEY_DAY, SURVEY_YEAR, Household, Person
from kaejon.methods.thai import national_id

Value = str | int | float | dt.date | dt.datetime | bool | None

THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
MONTHS = [
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
LONG_MONTHS = [
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
SHORT_TITLES = {
    "นางสาว": "น.ส.", "เด็กชาย": "ด.ช.", "เด็กหญิง": "ด.ญ.", "สิบเอก": "ส.อ.", "จ่าสิบเอก": "จ.ส.อ.",
    "ร้อยตรี": "ร.ต.", "ดาบตำรวจ": "ด.ต.",
}  # fmt: skip
# Codes of the name titles in the Ministry of Public Health's 43 files.
TITLE_CODES = {"เด็กชาย": "001", "เด็กหญิง": "002", "นาย": "003", "นางสาว": "004", "นาง": "005"}
TICKS = {
    "stroke": ("/", None), "check": ("✓", None), "cross": ("x", None), "one": (1, None), "one_zero": (1, 0),
    "have": ("มี", "ไม่มี"), "yes": ("ใช่", "ไม่ใช่"), "yes_short": ("ใช่", "ไม่"), "wingdings": ("ü", None),
    "passes": ("ไม่ผ่าน", "ผ่าน"), "true": (True, False),
}  # fmt: skip


@dataclass
class Cell:
    """One cell as a writer puts it down.

    `shown` is its number format, `formula` a formula whose stored result is `value`.
    """

    value: Value = None
    shown: str = ""
    formula: str = ""


@dataclass
class Written:
    """A cell and what it says about the person or household of the row.

    `states` must be read; `implies` may be read; `unclear` (field: cause) must be told.
    """

    cell: Cell
    states: dict[str, Any] = field(default_factory=dict)
    implies: dict[str, Any] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)


@dataclass
class Row:
    """What a way may look at: the row's person, her household, its number, chance, and the file."""

    person: Person
    household: Household
    number: int
    index: int
    rng: random.Random
    csv: bool
    column: dict[str, Any]


Way = Callable[[Row, Person, Household], Written]
WAYS: dict[str, dict[str, Way]] = {}


def way(about: str, *names: str) -> Callable[[Way], Way]:
    """Register one way of writing, under one or several names."""

    def keep(function: Way) -> Way:
        for name in names:
            WAYS.setdefault(about, {})[name] = function
        return function

    return keep


def say(value: Value, shown: str = "", formula: str = "", **states: Any) -> Written:
    """A cell that states facts plainly."""
    return Written(Cell(value, shown, formula), states)


def be(year: int) -> int:
    """Buddhist year."""
    return year + 543


# -- names ---------------------------------------------------------------------


def facts(person: Person) -> dict[str, Any]:
    """Title, name and surname as stated by a whole name."""
    return {"title": person.title, "first_name": person.first_name, "surname": person.surname}


def whole(person: Person, title: str | None = None, gap: str = " ", after: str = "") -> str:
    """Title glued to the name, the surname after a gap."""
    title = person.title if title is None else title
    return f"{title}{after}{person.first_name}{gap}{person.surname}".strip()


def _name(text: Callable[[Person, Row], str]) -> Way:
    def write(row: Row, person: Person, household: Household) -> Written:
        return say(text(person, row), **facts(person))

    return write


def _short(person: Person) -> str:
    return SHORT_TITLES.get(person.title, person.title)


WAYS["name"] = {
    "glued": _name(lambda p, r: whole(p)),
    "two_blanks": _name(lambda p, r: whole(p, gap="  ")),
    "spaced": _name(lambda p, r: whole(p, after=" ")),
    "short": _name(lambda p, r: whole(p, _short(p))),
    "short_spaced": _name(lambda p, r: whole(p, _short(p), gap="   ", after=" ")),
    "numbered": _name(lambda p, r: f"{r.number}. {whole(p)}"),
    "numbered_thai": _name(
        lambda p, r: f"{r.number}) ".translate(THAI_DIGITS) + whole(p, _short(p))
    ),
    "wrapped": _name(lambda p, r: whole(p, gap="\n")),
    "no_surname_word": _name(lambda p, r: whole(p) + ("" if p.surname else " ไม่มีนามสกุล")),
    "nickname": _name(lambda p, r: f"{whole(p)} ({p.nickname})"),
}


@way("name", "bare")
def _bare(row: Row, person: Person, household: Household) -> Written:
    written = say(whole(person, title=""), first_name=person.first_name, surname=person.surname)
    written.implies = {"title": person.title}
    return written


@way("name", "gone_in_brackets")
def _gone(row: Row, person: Person, household: Household) -> Written:
    word = {"dead": " (เสียชีวิต)", "moved": " (ย้ายออก)"}.get(person.living, "")
    written = say(whole(person) + word, **facts(person))
    if word:
        written.states["living"] = person.living
    return written


@way("name", "two_people")
def _two(row: Row, person: Person, household: Household) -> Written:
    """Two members in one cell: nobody may choose one of them unasked."""
    if len(household.people) < 2 or row.rng.random() < 0.5:
        return say(whole(person), **facts(person))
    cell = Cell(f"{whole(person)}\n{whole(household.people[1])}")
    told = dict.fromkeys(("title", "first_name", "surname"), "two_people")
    return Written(cell, {}, facts(person), told)


@way("title", "full")
def _title(row: Row, person: Person, household: Household) -> Written:
    return say(person.title, title=person.title)


@way("title", "short")
def _title_short(row: Row, person: Person, household: Household) -> Written:
    return say(_short(person), title=person.title)


@way("title", "code")
def _title_code(row: Row, person: Person, household: Household) -> Written:
    """A code without its table: the title may be left out."""
    code = TITLE_CODES.get(person.title, "")
    return Written(Cell(code), {}, {"title": person.title})


@way("first_name", "plain")
def _first(row: Row, person: Person, household: Household) -> Written:
    return say(person.first_name, first_name=person.first_name)


@way("first_name", "glued")
def _first_glued(row: Row, person: Person, household: Household) -> Written:
    return say(person.title + person.first_name, title=person.title, first_name=person.first_name)


@way("surname", "plain")
def _surname(row: Row, person: Person, household: Household) -> Written:
    return say(person.surname or None, surname=person.surname)


@way("surname", "word_for_none")
def _surname_word(row: Row, person: Person, household: Household) -> Written:
    return say(
        person.surname or row.rng.choice(("ไม่มีนามสกุล", "-", "ไม่มีชื่อสกุล")), surname=person.surname
    )


# -- national IDs --------------------------------------------------------------


def _id(text: Callable[[str], str]) -> Way:
    def write(row: Row, person: Person, household: Household) -> Written:
        return say(text(person.national_id), national_id=person.national_id)

    return write


WAYS["national_id"] = {
    "text": _id(str),
    "dashed": _id(national_id.format),
    "spaced": _id(lambda n: national_id.format(n).replace("-", " ")),
    "apostrophe": _id(lambda n: f"'{n}"),
    "thai": _id(lambda n: national_id.format(n).translate(THAI_DIGITS)),
}


@way("national_id", "number")
def _id_number(row: Row, person: Person, household: Household) -> Written:
    """A number loses its leading zeros; the check digit proves them."""
    return say(int(person.national_id), "0", national_id=person.national_id)


@way("national_id", "formula")
def _id_formula(row: Row, person: Person, household: Household) -> Written:
    number = person.national_id
    value = f'="{number}"' if row.csv else number
    return say(value, formula="" if row.csv else f'"{number}"', national_id=number)


@way("national_id", "masked")
def _id_masked(row: Row, person: Person, household: Household) -> Written:
    number = person.national_id
    pattern = "x" * 9 + number[9:]
    return Written(Cell(national_id.mask(number)), {}, {"national_id": pattern})


@way("national_id", "masked_middle")
def _id_masked_middle(row: Row, person: Person, household: Household) -> Written:
    number = person.national_id
    pattern = number[:5] + "xxxxx" + number[10:]
    return Written(Cell(pattern.replace("x", "X")), {}, {"national_id": pattern})


@way("national_id", "ruined")
def _id_ruined(row: Row, person: Person, household: Household) -> Written:
    """Saved as text after Excel showed it in powers of ten."""
    text = f"{float(person.national_id):.5E}"
    return Written(Cell(text), {}, {}, {"national_id": "id_ruined"})


@way("national_id", "mistyped")
def _id_mistyped(row: Row, person: Person, household: Household) -> Written:
    """One digit in ten numbers is wrong, and the check digit says so."""
    number = person.national_id
    if row.rng.random() > 0.1:
        return say(number, national_id=number)
    wrong = number[:6] + str((int(number[6]) + 1) % 10) + number[7:]
    return Written(Cell(wrong), {}, {"national_id": wrong}, {"national_id": "check_failed"})


# -- birth, age, sex -----------------------------------------------------------


def _day(text: Callable[[dt.date], str]) -> Way:
    def write(row: Row, person: Person, household: Household) -> Written:
        return say(text(person.birth), birth_date=person.birth.isoformat())

    return write


WAYS["birth_date"] = {
    "be_slash": _day(lambda d: f"{d.day}/{d.month}/{be(d.year)}"),
    "be_padded": _day(lambda d: f"{d.day:02}/{d.month:02}/{be(d.year)}"),
    "be_dash": _day(lambda d: f"{d.day}-{d.month}-{be(d.year)}"),
    "be_dot": _day(lambda d: f"{d.day}.{d.month}.{be(d.year)}"),
    "be_short": _day(lambda d: f"{d.day} {MONTHS[d.month - 1]} {be(d.year)}"),
    "be_short_2": _day(lambda d: f"{d.day} {MONTHS[d.month - 1]} {be(d.year) % 100:02}"),
    "be_long": _day(lambda d: f"{d.day} {LONG_MONTHS[d.month - 1]} พ.ศ. {be(d.year)}"),
    "be_long_plain": _day(lambda d: f"{d.day} {LONG_MONTHS[d.month - 1]} {be(d.year)}"),
    "be_thai_digits": _day(
        lambda d: f"{d.day} {MONTHS[d.month - 1]} {be(d.year)}".translate(THAI_DIGITS)
    ),
    "be_compact": _day(lambda d: f"{be(d.year)}{d.month:02}{d.day:02}"),
    "ce_compact": _day(lambda d: f"{d.year}{d.month:02}{d.day:02}"),
    "ce_iso": _day(lambda d: d.isoformat()),
    "ce_slash": _day(lambda d: f"{d.day:02}/{d.month:02}/{d.year}"),
    "ce_month_2": _day(lambda d: f"{d.day:02}-{MONTHS[d.month - 1]}-{d.year % 100:02}"),
}


@way("birth_date", "date")
def _birth_cell(row: Row, person: Person, household: Household) -> Written:
    return say(person.birth, "d/m/yyyy", birth_date=person.birth.isoformat())


@way("birth_date", "date_be_shown")
def _birth_be_cell(row: Row, person: Person, household: Household) -> Written:
    return say(person.birth, "[$-107041E]d/m/bbbb", birth_date=person.birth.isoformat())


@way("birth_date", "date_be_typed")
def _birth_be_typed(row: Row, person: Person, household: Household) -> Written:
    """Typed 13/5/2510, and Excel holds the year 2510 of the common era."""
    born = person.birth
    last = 28 if born.month == 2 else born.day
    born = born.replace(day=min(born.day, last))
    cell = Cell(born.replace(year=be(born.year)), "d/m/yyyy")
    return Written(cell, {"birth_date": born.isoformat()})


@way("birth_date", "serial")
def _birth_serial(row: Row, person: Person, household: Household) -> Written:
    """A day count without a date format, as a script or a paste leaves it."""
    return say(
        (person.birth - dt.date(1899, 12, 30)).days, "0", birth_date=person.birth.isoformat()
    )


@way("birth_date", "be_year")
def _birth_year(row: Row, person: Person, household: Household) -> Written:
    return say(be(person.birth.year), birth_date=str(person.birth.year))


@way("birth_date", "year_in_date_cell")
def _birth_year_in_date(row: Row, person: Person, household: Household) -> Written:
    """2510 typed into a cell that shows days: Excel shows 14 November 1906."""
    return say(be(person.birth.year), "d/m/yyyy", birth_date=str(person.birth.year))


@way("birth_date", "unknown_day")
def _birth_unknown_day(row: Row, person: Person, household: Household) -> Written:
    if row.rng.random() < 0.6:
        return WAYS["birth_date"]["be_slash"](row, person, household)
    return say(f"00/00/{be(person.birth.year)}", birth_date=str(person.birth.year))


@way("age", "number")
def _age(row: Row, person: Person, household: Household) -> Written:
    return say(person.age, age=person.age)


@way("age", "unit")
def _age_unit(row: Row, person: Person, household: Household) -> Written:
    return say(f"{person.age} ปี", age=person.age)


@way("age", "thai")
def _age_thai(row: Row, person: Person, household: Household) -> Written:
    return say(str(person.age).translate(THAI_DIGITS), age=person.age)


@way("age", "years_months")
def _age_months(row: Row, person: Person, household: Household) -> Written:
    return say(f"{person.age} ปี {row.rng.randrange(12)} เดือน", age=person.age)


def _sex(male: Value, female: Value) -> Way:
    def write(row: Row, person: Person, household: Household) -> Written:
        return say(male if person.sex == "male" else female, sex=person.sex)

    return write


WAYS["sex"] = {
    "word": _sex("ชาย", "หญิง"),
    "letter": _sex("ช", "ญ"),
    "code": _sex("1", "2"),
    "number": _sex(1, 2),
    "english": _sex("male", "female"),
    "capital": _sex("M", "F"),
    "tick_male": _sex("/", None),
    "tick_female": _sex(None, "/"),
}

# -- relation, living, telephone ----------------------------------------------


@way("relation", "word")
def _relation(row: Row, person: Person, household: Household) -> Written:
    return say(person.relation, relation=person.relation)


@way("relation", "short")
def _relation_short(row: Row, person: Person, household: Household) -> Written:
    word = person.relation.removesuffix("ครัวเรือน")
    return say(word, relation=person.relation)


@way("relation", "is_head")
def _is_head(row: Row, person: Person, household: Household) -> Written:
    """Yes or no under a header that names the head; a no says nothing about the relation."""
    is_head = person is household.head
    written = say("ใช่" if is_head else "ไม่")
    written.states = {"relation": person.relation} if is_head else {}
    return written


@way("relation", "role")
def _role(row: Row, person: Person, household: Household) -> Written:
    is_head = person is household.head
    written = say(person.relation if is_head else "สมาชิก")
    if is_head:
        written.states = {"relation": person.relation}
    else:
        written.implies = {"relation": "สมาชิก"}
    return written


@way("relation", "code")
def _relation_code(row: Row, person: Person, household: Household) -> Written:
    """1 is the head in the form's code table; the table is not in the file."""
    code = 1 if person is household.head else row.rng.randint(2, 9)
    return Written(Cell(code), {}, {"relation": str(code)})


def _living(here: str, dead: str, moved: str) -> Way:
    def write(row: Row, person: Person, household: Household) -> Written:
        words = {"here": here, "dead": dead, "moved": moved}
        written = say(words[person.living] or None)
        known = {"living": person.living}
        if person.living == "here":
            written.implies = known
        else:
            written.states = known
        return written

    return write


WAYS["living"] = {
    "word": _living("มีชีวิต", "เสียชีวิต", "ย้ายออก"),
    "lives_here": _living("อยู่จริง", "ตาย", "ย้าย"),
    "struck_off": _living("", "ตาย", "ย้ายที่อยู่"),
    "discharge": _living("9", "1", "2"),
}


def _phone(text: Callable[[str], str]) -> Way:
    def write(row: Row, person: Person, household: Household) -> Written:
        return say(text(person.phone), phone=person.phone)

    return write


WAYS["phone"] = {
    "text": _phone(str),
    "dashed": _phone(lambda n: f"{n[:3]}-{n[3:6]}-{n[6:]}"),
    "dashed_once": _phone(lambda n: f"{n[:3]}-{n[3:]}"),
    "spaced": _phone(lambda n: f"{n[:3]} {n[3:6]} {n[6:]}"),
    "apostrophe": _phone(lambda n: f"'{n}"),
    "thai": _phone(lambda n: n.translate(THAI_DIGITS)),
}


@way("phone", "number")
def _phone_number(row: Row, person: Person, household: Household) -> Written:
    return say(int(person.phone), "0", phone=person.phone)


@way("phone", "formula")
def _phone_formula(row: Row, person: Person, household: Household) -> Written:
    value = f'="{person.phone}"' if row.csv else person.phone
    return say(value, formula="" if row.csv else f'"{person.phone}"', phone=person.phone)


# -- places --------------------------------------------------------------------


def _house(text: Callable[[Row, Household], Value], *fields: str) -> Way:
    """A way to write what a household is known by; `fields` are the facts it states."""

    def write(row: Row, person: Person, household: Household) -> Written:
        known = place_facts(household)
        return say(text(row, household), **{name: known[name] for name in fields})

    return write


def place_facts(household: Household) -> dict[str, Any]:
    """Every fact about a household's place, in canonical form."""
    place = household.place
    return {
        "house_number": household.house_number,
        "house_code": household.house_code,
        "household_ref": str(household.number),
        "moo": place.moo,
        "village_name": place.village_name,
        "tambon": place.tambon,
        "district": place.district,
        "province": place.province,
        "area_code": place.code,
        "tambon_code": place.tambon_code,
        "income": household.income,
        "member_count": household.size,
        "latitude": household.latitude,
        "longitude": household.longitude,
    }


def _whole_number(text: str) -> Value:
    return int(text) if text.isdigit() else text


WAYS["house_number"] = {
    "text": _house(lambda r, h: h.house_number, "house_number"),
    "number": _house(lambda r, h: _whole_number(h.house_number), "house_number"),
    "apostrophe": _house(lambda r, h: f"'{h.house_number}", "house_number"),
    "labelled": _house(lambda r, h: f"เลขที่ {h.house_number}", "house_number"),
    "with_moo": _house(lambda r, h: f"{h.house_number} ม.{h.place.moo}", "house_number", "moo"),
    "with_moo_long": _house(
        lambda r, h: f"{h.house_number} หมู่ที่ {h.place.moo}", "house_number", "moo"
    ),
    "thai": _house(lambda r, h: h.house_number.translate(THAI_DIGITS), "house_number"),
}


@way("house_number", "eaten")
def _eaten(row: Row, person: Person, household: Household) -> Written:
    """A spreadsheet takes 12/3 for the 12th of March."""
    first, _, after = household.house_number.partition("/")
    if not after or int(first) > 31:
        return WAYS["house_number"]["number"](row, person, household)
    day = dt.date(SURVEY_YEAR - 543, int(after), int(first)) if int(first) <= 28 else None
    if day is None:
        return WAYS["house_number"]["text"](row, person, household)
    implied = {"house_number": household.house_number}
    return Written(Cell(day, "d-mmm"), {}, implied, {"house_number": "date_eaten"})


WAYS["house_code"] = {
    "text": _house(lambda r, h: h.house_code, "house_code"),
    "dashed": _house(
        lambda r, h: f"{h.house_code[:4]}-{h.house_code[4:10]}-{h.house_code[10]}", "house_code"
    ),
    "number": _house(lambda r, h: int(h.house_code), "house_code"),
}
WAYS["household_ref"] = {
    "number": _house(lambda r, h: h.number, "household_ref"),
    "text": _house(lambda r, h: str(h.number), "household_ref"),
    "code": lambda r, p, h: say(f"HC{h.number:05}", household_ref=f"HC{h.number:05}"),
    "index": lambda r, p, h: say(h.number, household_ref=str(h.number)),
}
WAYS["moo"] = {
    "number": _house(lambda r, h: h.place.moo, "moo"),
    "padded": _house(lambda r, h: f"{h.place.moo:02}", "moo"),
    "word": _house(lambda r, h: f"หมู่ {h.place.moo}", "moo"),
    "word_long": _house(lambda r, h: f"หมู่ที่ {h.place.moo}", "moo"),
    "dotted": _house(lambda r, h: f"ม.{h.place.moo}", "moo"),
    "with_name": _house(
        lambda r, h: f"หมู่ {h.place.moo} บ้าน{h.place.village_name}", "moo", "village_name"
    ),
    "thai": _house(lambda r, h: str(h.place.moo).translate(THAI_DIGITS), "moo"),
}
WAYS["village_name"] = {
    "baan": _house(lambda r, h: f"บ้าน{h.place.village_name}", "village_name"),
    "baan_spaced": _house(lambda r, h: f"บ้าน {h.place.village_name}", "village_name"),
}
for _field, _short_label, _label in (
    ("tambon", "ต.", "ตำบล"),
    ("district", "อ.", "อำเภอ"),
    ("province", "จ.", "จังหวัด"),
):
    WAYS[_field] = {
        "plain": _house(lambda r, h, f=_field: getattr(h.place, f), _field),
        "label": _house(lambda r, h, f=_field, w=_label: w + getattr(h.place, f), _field),
        "dot": _house(lambda r, h, f=_field, w=_short_label: w + getattr(h.place, f), _field),
    }
WAYS["tambon"]["with_district"] = _house(
    lambda r, h: f"ต.{h.place.tambon} อ.{h.place.district}", "tambon", "district"
)
WAYS["tambon"]["slash_district"] = _house(
    lambda r, h: f"{h.place.tambon}/{h.place.district}", "tambon", "district"
)
WAYS["code_part"] = {  # parts of the official code, put together by the layout's `build`
    "province": _house(lambda r, h: h.place.tambon_code[:2]),
    "district": _house(lambda r, h: h.place.tambon_code[2:4]),
    "tambon": _house(lambda r, h: h.place.tambon_code[4:]),
    "village": _house(lambda r, h: f"{h.place.moo:02}", "moo", "area_code"),
}
WAYS["area_code"] = {
    "village": _house(lambda r, h: h.place.code, "area_code"),
    "tambon": lambda r, p, h: say(h.place.tambon_code, area_code=h.place.tambon_code),
    "hamlet": _house(lambda r, h: f"{h.place.code}00", "area_code"),
}
_FULL = ("house_number", "moo", "tambon", "district", "province")
WAYS["address"] = {
    "short": _house(
        lambda r, h: f"{h.house_number} ม.{h.place.moo} ต.{h.place.tambon} อ.{h.place.district} จ.{h.place.province}",
        *_FULL,
    ),
    "long": _house(
        lambda r, h: (
            f"บ้านเลขที่ {h.house_number} หมู่ที่ {h.place.moo} ตำบล{h.place.tambon} "
            f"อำเภอ{h.place.district} จังหวัด{h.place.province}"
        ),
        *_FULL,
    ),
    "to_village": _house(
        lambda r, h: f"{h.house_number} หมู่ {h.place.moo} บ้าน{h.place.village_name}",
        "house_number", "moo", "village_name",
    ),
    "to_district": _house(
        lambda r, h: f"{h.house_number} ม.{h.place.moo} ต.{h.place.tambon} อ.{h.place.district}", *_FULL[:4]
    ),
    "elsewhere": lambda r, p, h: say(
        f"{r.rng.randint(1, 99)} ม.{r.rng.randint(1, 9)} ต.{r.rng.choice(('ในเมือง', 'บ้านใหม่', 'ท่าหลวง'))}"
    ),
}  # fmt: skip
WAYS["latitude"] = {"number": _house(lambda r, h: h.latitude, "latitude")}
WAYS["longitude"] = {"number": _house(lambda r, h: h.longitude, "longitude")}
WAYS["point"] = {
    "comma": _house(lambda r, h: f"{h.latitude}, {h.longitude}", "latitude", "longitude"),
    "kobo": _house(lambda r, h: f"{h.latitude} {h.longitude} 0 0", "latitude", "longitude"),
}
WAYS["member_count"] = {
    "number": _house(lambda r, h: h.size, "member_count"),
    "unit": _house(lambda r, h: f"{h.size} คน", "member_count"),
}
WAYS["income"] = {
    "number": _house(lambda r, h: h.income, "income"),
    "comma": _house(lambda r, h: f"{h.income:,}", "income"),
    "shown_comma": lambda r, p, h: say(h.income, "#,##0", income=h.income),
    "baht": _house(lambda r, h: f"{h.income:,} บาท", "income"),
    # By the month or by head: another fact, which must not be taken for the year's income.
    "month_of_one": lambda r, p, h: say(h.income // 12 // h.size),
    "month": lambda r, p, h: Written(Cell(h.income // 12), {}, {"income": h.income // 12 * 12}),
}

# -- ticks and facts about a person -------------------------------------------


def _ticks(about: str, is_so: Callable[[Person], bool], name: str) -> None:
    for style, (yes, no) in TICKS.items():

        def write(row: Row, p: Person, h: Household, yes: Value = yes, no: Value = no) -> Written:
            so = is_so(p)
            if not so and no is None:
                return Written(Cell(), {}, {name: False})
            return say(yes if so else no, **{name: so})

        WAYS.setdefault(about, {})[style] = write


for _dimension in ("health", "living", "education", "income", "access"):
    _ticks(
        f"fails_{_dimension}",
        lambda person, d=_dimension: d in person.fails,  # type: ignore[misc]
        f"fails_{_dimension}",
    )
_ticks("welfare_card", lambda person: person.welfare_card, "welfare_card")

WAYS["illness"] = {  # sensitive: may be left out, never taken from somewhere else
    "word": lambda r, p, h: Written(Cell(p.illness or None), {}, {"illness": p.illness}),
    "none_word": lambda r, p, h: Written(Cell(p.illness or "ไม่มี"), {}, {"illness": p.illness}),
}
WAYS["job"] = {"word": lambda r, p, h: Written(Cell(p.job), {}, {"job": p.job})}
WAYS["year"] = {
    "be": lambda r, p, h: say(SURVEY_YEAR, year=SURVEY_YEAR),
    "text": lambda r, p, h: say(str(SURVEY_YEAR), year=SURVEY_YEAR),
}

# -- what says nothing about the person ---------------------------------------


def _day_near(row: Row) -> dt.date:
    return SURVEY_DAY - dt.timedelta(days=row.rng.randrange(2000))


WAYS["other"] = {
    "running": lambda r, p, h: say(r.number),
    "running_dot": lambda r, p, h: say(f"{r.number}."),
    "running_in_household": lambda r, p, h: say(r.index),
    "running_thai": lambda r, p, h: say(str(r.number).translate(THAI_DIGITS)),
    "choice": lambda r, p, h: say(r.rng.choice(r.column["words"])),
    "amount": lambda r, p, h: say(r.rng.randrange(600, 9000, 100)),
    "count": lambda r, p, h: say(r.rng.randint(0, 400)),
    "decimal": lambda r, p, h: say(round(r.rng.uniform(1, 4), 2)),
    "percent": lambda r, p, h: say(round(r.rng.uniform(0, 40), 2)),
    "local_number": lambda r, p, h: say(f"{r.rng.randrange(10**6):06}"),
    "ten_digits": lambda r, p, h: say(f"{r.rng.randrange(10**9, 10**10)}"),
    "email": lambda r, p, h: say(f"user{r.number}@example.org"),
    "date_be": lambda r, p, h: say((lambda d: f"{d.day}/{d.month}/{be(d.year)}")(_day_near(r))),
    "date_expiry": lambda r, p, h: say((lambda d: f"{d.day}/{d.month}/{be(d.year) + 8}")(_day_near(r))),
    "date_short": lambda r, p, h: say(
        (lambda d: f"{d.day:02}-{MONTHS[d.month - 1]}-{d.year % 100:02}")(_day_near(r))
    ),
    "date_cell": lambda r, p, h: say(_day_near(r), "d/m/yyyy"),
    "stamp": lambda r, p, h: say(f"{_day_near(r).isoformat()}T08:{r.rng.randrange(60):02}:00.000+07:00"),
    "stamp_cell": lambda r, p, h: say(
        dt.datetime.combine(_day_near(r), dt.time(8, r.rng.randrange(60))), "yyyy-mm-dd hh:mm:ss"
    ),
    "rai": lambda r, p, h: say(f"{r.rng.randint(0, 20)}-{r.rng.randint(0, 3)}-{r.rng.randint(0, 99)}"),
    "uuid": lambda r, p, h: say(f"uuid:{r.rng.randrange(16**12):012x}"),
    "parent_index": lambda r, p, h: say(h.number),
    "blank": lambda r, p, h: say(None),
}  # fmt: skip
