"""Turn the cells of a list into canonical, validated rows.

Every row is judged by itself: the same cells give the same result wherever they stand in
the file. What can be mended in the list rejects the row with a remedy; what a field visit
must settle is only flagged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from kaejon.methods.listfiles import not_people, values
from kaejon.methods.listfiles.areas import AreaBook, AreaText, ResolvedArea, resolve
from kaejon.methods.listfiles.canonical import Answers, CanonicalRow, HouseholdFacts, Issue
from kaejon.methods.listfiles.cells import Cells
from kaejon.methods.listfiles.fields import DIMENSION_NAMES, INDICATOR_NAMES, SCORE_NAMES
from kaejon.methods.listfiles.mapping import ListKind, Mapping
from kaejon.methods.listfiles.people import KEPT, DateReader, NameReader, read_person
from kaejon.methods.thai.addresses import HouseAddress, read_house_no
from kaejon.methods.thai.buddhist_era import BE_OFFSET, FIRST_BE_YEAR
from kaejon.methods.thai.digits import to_arabic_digits

HOUSE_CODE_LENGTH = 11
AMOUNTS = ("household_income_year", "household_size")
UNREAD = -1
PASS_FAIL = values.PASS_FAIL
NOT_A_PERSON = Issue("NOT_A_PERSON", "", "", "", "reject")
NOTES = ("problem_text", "need_text", "note")


@dataclass(frozen=True)
class RowContext:
    """What holds for the whole file: kind of list, declared year (BE), today, area codes."""

    kind: ListKind
    year_be: int
    today: dt.date
    areas: AreaBook


class Normaliser:
    """Reads rows of one file. Keeps what repeats (areas, dates, house numbers) for speed only."""

    def __init__(self, mapping: Mapping, context: RowContext) -> None:
        self._context = context
        self._columns = {name: header for header, name in mapping.columns.items()}
        self._constants = mapping.constants
        self._indicators = [n for n in INDICATOR_NAMES if n in mapping.names()]
        self._scores = [n for n in SCORE_NAMES if n in mapping.names()]
        self._head_list = "หัวหน้า" in self._columns.get("full_name", "")
        self._dates = DateReader(context.today)
        self._names = NameReader()
        self._resolve = lru_cache(KEPT)(partial(resolve, book=context.areas))
        self._read_house_no = lru_cache(KEPT)(read_house_no)
        self._score_texts: dict[str, str | None] = {}

    def row(self, number: int, cells: MappingType[str, str]) -> CanonicalRow:
        """The canonical row of `cells` (header → text). Never refuses: see its issues."""
        if not_people.says(cells, self._columns):
            return CanonicalRow(number, None, HouseholdFacts(), Answers(), (NOT_A_PERSON,))
        seen = Cells(cells, self._columns, self._constants)
        self._check_year(seen)
        household = self._household(seen)
        person = read_person(
            seen,
            self._names,
            self._dates,
            year_be=self._context.year_be,
            head_list=self._head_list,
        )
        self._check_identity(seen, person is not None, bool(household.key()))
        answers = self._answers(seen)
        return CanonicalRow(number, person, household, answers, tuple(seen.issues))

    def _check_year(self, cells: Cells) -> None:
        text = to_arabic_digits(cells.known("survey_year")).removeprefix("พ.ศ.").strip()
        if not text:
            return
        declared = self._context.year_be
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            cells.flag("YEAR_UNREADABLE", "survey_year", declared=str(declared))
            return
        year = int(text) if int(text) >= FIRST_BE_YEAR else int(text) + BE_OFFSET
        if year != declared:
            cells.reject("WRONG_YEAR", "survey_year", declared=str(declared), found=str(year))

    def _check_identity(self, cells: Cells, has_person: bool, has_household: bool) -> None:
        if has_person:
            return
        named = cells.has("full_name") or cells.has("first_name") or cells.has("national_id")
        if self._context.kind == "tpmap" or not has_household:
            cells.reject("NO_IDENTITY", "full_name" if cells.has("full_name") else "first_name")
        elif named:
            cells.flag("PERSON_UNNAMED", "full_name" if cells.has("full_name") else "first_name")

    def _household(self, cells: Cells) -> HouseholdFacts:
        facts = HouseholdFacts(
            household_ref=cells.known("household_ref"),
            house_code=self._house_code(cells),
            village_name=cells.known("village_name"),
            district_name=cells.known("district_name"),
            province_name=cells.known("province_name"),
        )
        address = self._house(cells)
        facts.house_no = address.house_no or ""
        facts.moo = cells.read("moo", values.moo, "MOO_UNREADABLE", "flag") or address.moo
        area = self._area(cells, facts)
        facts.village_code, facts.tambon_code = area.village_code, area.tambon_code
        facts.tambon_name = area.tambon_name or cells.known("tambon_name")
        if area.village_code and facts.moo is None:
            facts.moo = int(area.village_code[6:]) or None
        if cells.has("latitude") or cells.has("longitude"):
            _read_point(cells, facts)
        return facts

    def _house_code(self, cells: Cells) -> str:
        text = to_arabic_digits(cells.known("house_code")).replace("-", "").replace(" ", "")
        if not text or (len(text) == HOUSE_CODE_LENGTH and text.isascii() and text.isdigit()):
            return text
        cells.flag("HOUSE_CODE_MALFORMED", "house_code")
        return ""

    def _house(self, cells: Cells) -> HouseAddress:
        text = cells.known("house_no")
        if not text:
            return HouseAddress(None, None, "")
        found = self._read_house_no(text)
        if found.ambiguous:
            cells.flag("HOUSE_NO_WAS_DATE", "house_no", read=found.house_no or "")
        elif found.house_no is None:
            cells.flag("HOUSE_NO_UNREADABLE", "house_no")
        return found

    def _area(self, cells: Cells, facts: HouseholdFacts) -> ResolvedArea:
        text = AreaText(
            cells.known("village_code"),
            cells.known("tambon_code"),
            cells.known("tambon_name"),
            facts.district_name,
            facts.province_name,
            facts.moo,
        )
        found = self._resolve(text)
        for problem in found.problems:
            cells.note(problem.code, problem.field, problem.severity, **dict(problem.params))
        return found

    def _answers(self, cells: Cells) -> Answers:
        get, answers = cells.texts.get, Answers()
        answers.indicators = {n: PASS_FAIL.get(get(n, ""), UNREAD) for n in self._indicators}
        for name in [n for n, value in answers.indicators.items() if value == UNREAD]:
            answers.indicators[name] = self._unusual_indicator(cells, name)
        for name in self._scores:
            answers.capitals[name] = self._score(cells, name)
        answers.other = self._other(cells)
        return answers

    def _unusual_indicator(self, cells: Cells, name: str) -> int | None:
        value = PASS_FAIL.get(to_arabic_digits(cells.get(name)).lower(), UNREAD)
        if value == UNREAD:
            cells.reject("INDICATOR_NOT_PASS_FAIL", name)
            return None
        return value

    def _score(self, cells: Cells, name: str) -> str | None:
        text = cells.get(name)
        if text not in self._score_texts:
            try:
                self._score_texts[text] = values.score(text)
            except values.Unreadable:
                cells.reject("SCORE_NOT_1_TO_4", name)
                return None
        return self._score_texts[text]

    def _other(self, cells: Cells) -> dict[str, Any]:
        other: dict[str, Any] = {}
        for name in AMOUNTS:
            other[name] = cells.read(name, values.amount, "NUMBER_UNREADABLE", "flag")
        for name in NOTES:
            other[name] = cells.known(name)
        other["poor_verdict"] = cells.read(
            "poor_verdict", values.yes_no, "VALUE_NOT_YES_NO", "flag"
        )
        for name in DIMENSION_NAMES:
            other[name] = cells.read(name, values.yes_no, "VALUE_NOT_YES_NO", "flag")
        other["setting"] = cells.read("setting", values.setting, "SETTING_UNREADABLE", "flag")
        surveyed = self._dates.date(cells, "surveyed_on")
        if surveyed is not None and surveyed.date is not None:
            other["surveyed_on"] = surveyed.date.isoformat()
        return {name: value for name, value in other.items() if value not in (None, "")}


def normalise(
    row_number: int, cells: MappingType[str, str], mapping: Mapping, context: RowContext
) -> CanonicalRow:
    """One row on its own; for many rows of a file make one `Normaliser`."""
    return Normaliser(mapping, context).row(row_number, cells)


def _read_point(cells: Cells, facts: HouseholdFacts) -> None:
    latitude = cells.read("latitude", values.coordinate, "COORDINATE_UNREADABLE", "flag")
    longitude = cells.read("longitude", values.coordinate, "COORDINATE_UNREADABLE", "flag")
    if latitude is None or longitude is None:
        if latitude is not longitude:
            cells.flag("COORDINATE_INCOMPLETE", "longitude" if latitude else "latitude")
        return
    if values.in_thailand(longitude, latitude):
        cells.flag("COORDINATE_SWAPPED", "latitude")
        latitude, longitude = longitude, latitude
    if values.in_thailand(latitude, longitude):
        facts.latitude, facts.longitude = latitude, longitude
    else:
        cells.flag("COORDINATE_OUTSIDE", "latitude")
