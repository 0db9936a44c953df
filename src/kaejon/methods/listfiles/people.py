"""The person part of a row: name, national ID, birth, sex, place in the household."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache, partial

from kaejon.methods.listfiles import values
from kaejon.methods.listfiles.canonical import PersonFacts
from kaejon.methods.listfiles.cells import Cells
from kaejon.methods.thai import names, national_id
from kaejon.methods.thai.buddhist_era import BE_OFFSET, PartialDate, read_date
from kaejon.methods.thai.digits import to_arabic_digits
from kaejon.methods.thai.names import PersonName

TEXT_FACTS = ("phone", "education", "occupation", "disability", "chronic_illness")
YES_NO_FACTS = ("registered", "validated", "welfare_card")
PIN_FLAGS = {
    "malformed": "PIN_MALFORMED",
    "masked": "PIN_MASKED",
    "check_failed": "PIN_CHECK_FAILED",
}
DATE_CODES = {
    "impossible_day": "DATE_IMPOSSIBLE_DAY",
    "impossible_month": "DATE_IMPOSSIBLE_MONTH",
    "era_mixed": "DATE_ERA_MIXED",
    "in_future": "DATE_IN_FUTURE",
    "over_130": "DATE_OVER_130",
}
DATE_FLAGS = {
    "unreadable": "DATE_UNREADABLE",
    "era_unclear": "DATE_ERA_UNCLEAR",
    "estimated_from_age": "DATE_FROM_AGE",
}
AGE_TOLERANCE = 2
LOST_ZERO_LENGTH = 12
ANY_SURNAME = "ก"
KEPT = 50_000
"""How many distinct texts of a file are remembered."""


class DateReader:
    """Dates of one file, each distinct text read once."""

    def __init__(self, today: dt.date) -> None:
        self._read = lru_cache(KEPT)(partial(read_date, today=today))

    def date(self, cells: Cells, name: str) -> PartialDate | None:
        """The date of a field; None when there is none to use. Impossible dates reject the row."""
        text = cells.known(name)
        if not text:
            return None
        found = self._read(text)
        if found.issue in DATE_CODES:
            cells.reject(DATE_CODES[found.issue], name)
        elif found.issue is not None:
            cells.flag(DATE_FLAGS[found.issue], name)
        return found if found.date is not None else None


class NameReader:
    """Names of one file. First names and surnames repeat, whole names seldom do."""

    def __init__(self) -> None:
        self._given = lru_cache(KEPT)(_read_given)
        self._surname = lru_cache(KEPT)(_read_surname)

    def read(self, title: str, first: str, last: str, full: str) -> tuple[PersonName, str]:
        """The name and its key, as `names.read_person` and `names.name_key` give them."""
        surname, surname_key = self._surname(last) if last else ("", "")
        if first and surname:
            given, given_key = self._given(title, first)
            if given.first:
                return PersonName(given.title, given.first, surname), given_key + surname_key
        found = names.read_person(title, first, last, full or None)
        return found, names.name_key(found.first, found.last)


def _read_given(title: str, first: str) -> tuple[PersonName, str]:
    """Title and first name beside a surname, and the first half of the key."""
    found = names.read_person(title, first, ANY_SURNAME)
    return found, names.name_key(found.first, "")


def _read_surname(last: str) -> tuple[str, str]:
    surname = names.read_person(None, None, last).last
    return surname, names.name_key("", surname).removeprefix("|")


def read_person(
    cells: Cells, people: NameReader, dates: DateReader, *, year_be: int, head_list: bool
) -> PersonFacts | None:
    """The person a row names, None when it names none.

    Input: `head_list` says that the name column is that of the household head.
    A national ID that is masked, malformed or fails its check is flagged and kept as text.
    """
    person = PersonFacts()
    _read_name(cells, people, person)
    _read_national_id(cells, person)
    if not person.first_name and not person.national_id:
        return None
    _read_birth(cells, dates, person, year_be)
    _read_sex(cells, person)
    _read_place_in_household(cells, person, head_list)
    for name in TEXT_FACTS:
        if cells.has(name):
            setattr(person, name, cells.known(name))
    for name in YES_NO_FACTS:
        setattr(person, name, cells.read(name, values.yes_no, "VALUE_NOT_YES_NO", "flag"))
    return person


def _read_name(cells: Cells, people: NameReader, person: PersonFacts) -> None:
    title, first, last, full = map(cells.get, ("title", "first_name", "last_name", "full_name"))
    if not (first or full):
        return
    found, key = people.read(title, first, last, full)
    if not any(letter.isalpha() for letter in found.first):
        return
    person.title = found.title or ""
    person.first_name, person.last_name = found.first, found.last
    person.name_key = key
    if not found.last:
        cells.flag("SURNAME_MISSING", "last_name" if cells.has("last_name") else "full_name")


def _read_national_id(cells: Cells, person: PersonFacts) -> None:
    text = cells.get("national_id")
    if not text:
        return
    lost_zero = len(text) == LOST_ZERO_LENGTH and text.isascii() and text.isdigit()
    found = national_id.read(float(text) if lost_zero else text)
    person.national_id_raw = text
    person.national_id_status = found.status
    person.national_id_visible = found.visible or ""
    if found.status == "valid":
        person.national_id = found.digits or ""
    elif found.status in PIN_FLAGS:
        cells.flag(PIN_FLAGS[found.status], "national_id")


def _read_birth(cells: Cells, dates: DateReader, person: PersonFacts, year_be: int) -> None:
    birth = dates.date(cells, "birth_date") or dates.date(cells, "birth_year")
    if birth is not None and birth.date is not None:
        person.birth_date = birth.date.isoformat()
        person.birth_precision = birth.precision or ""
    person.age = cells.read("age", values.age, "AGE_UNREADABLE", "flag")
    if person.age is None:
        return
    if not 0 <= person.age <= values.OLDEST_AGE:
        cells.reject("AGE_IMPOSSIBLE", "age")
        person.age = None
    elif birth is not None and birth.date is not None:
        expected = year_be - BE_OFFSET - birth.date.year
        if abs(expected - person.age) > AGE_TOLERANCE:
            cells.flag("AGE_DIFFERS_FROM_BIRTH", "age", expected=str(expected))


def _read_sex(cells: Cells, person: PersonFacts) -> None:
    text = cells.known("sex")
    shown = names.sex_of_title(person.title) if person.title else None
    person.sex = values.SEXES.get(to_arabic_digits(text).lower(), "")
    if text and not person.sex:
        cells.flag("SEX_UNREADABLE", "sex")
    if person.sex and shown and person.sex != shown:
        cells.flag("SEX_DIFFERS_FROM_TITLE", "sex", title=person.title)
    person.sex = person.sex or shown or ""


def _read_place_in_household(cells: Cells, person: PersonFacts, head_list: bool) -> None:
    person.relation = cells.known("relation")
    if person.relation:
        person.is_head = person.relation.lower() in values.HEAD_WORDS
    elif head_list:
        person.is_head = True
