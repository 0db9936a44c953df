"""What a synthetic office file states, and the form in which a reader answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

# What a row may state, and its canonical form.
FIELDS = {
    "title": "in full: นาย, นางสาว, สิบเอก",
    "first_name": "without title, number, nickname, note",
    "surname": "may be two words; left out when there is none",
    "national_id": "13 digits; of a masked one the pattern with x",
    "birth_date": "ISO, or the year alone: 1967-05-13, 1967",
    "age": "whole years",
    "sex": "male or female",
    "relation": "to the head, the list's word; หัวหน้าครัวเรือน for the head",
    "phone": "digits, with the leading zero",
    "living": "here, dead or moved",
    "house_number": "12/3",
    "house_code": "11 digits of the house register",
    "household_ref": "the list's own key of the household, as text",
    "moo": "number",
    "village_name": "without บ้าน",
    "tambon": "name without label",
    "district": "name without label",
    "province": "name without label",
    "area_code": "official code, 2 to 8 digits",
    "latitude": "degrees",
    "longitude": "degrees",
    "income": "of the household, baht a year",
    "member_count": "as the list says",
    "year": "Buddhist year the list speaks of",
    "welfare_card": "true or false",
    "fails_health": "true or false",
    "fails_living": "true or false",
    "fails_education": "true or false",
    "fails_income": "true or false",
    "fails_access": "true or false",
    "illness": "sensitive: may always be left out",
    "job": "may always be left out",
}

CAUSES = {
    "area_missing": "province, district, tambon or village is not in the rows",
    "year_missing": "the year of the list is not in the rows",
    "header_missing": "no row of headings",
    "no_names": "numbers of persons, and no column of names",
    "two_meanings": "two columns for one field, or a column that may be two fields",
    "two_people": "two people in one cell",
    "other_sheets": "more sheets than one hold data",
    "hidden_sheet": "a sheet is hidden",
    "hidden_rows": "rows are hidden, by hand or by a filter",
    "hidden_columns": "columns are hidden",
    "household_unclear": "which rows are one household",
    "id_ruined": "digits of a national ID are lost",
    "check_failed": "the check digit of a national ID is wrong",
    "date_eaten": "a house number became a date",
    "date_unclear": "day, month or era of a date",
    "not_living": "people who died or moved stand in the list",
    "open_quote": "a quotation mark is never closed",
    "shifted_row": "a row has more or fewer cells than the header",
    "statistics": "the file counts people and names none",
    "encoding": "the letters cannot be read",
}


@dataclass
class TrueRow:
    """A person or household of the file.

    `states` must be read, `implies` may be, fields of `unclear` may not without telling the cause.
    """

    states: dict[str, Any]
    implies: dict[str, Any]
    unclear: dict[str, str]
    household: int
    sheet: str
    row: int


@dataclass
class Truth:
    """Everything that is true of one file.

    `needs` must be asked or refused, `may_ask` may be asked, `tells` must at least be told,
    `refuse` is the cause for which the file must not be taken; `may_refuse` need not but may.
    """

    layout: str
    follows: str
    seed: int
    writer: str
    file: str
    encoding: str
    delimiter: str
    given: dict[str, Any]
    answers: dict[str, Any]
    needs: list[str]
    may_ask: list[str]
    tells: list[str]
    refuse: str
    may_refuse: list[str]
    rows: list[TrueRow]
    not_people: dict[str, int]

    def text(self) -> str:
        """As JSON, the same for the same layout, seed and writer."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@dataclass
class Reading:
    """What a reader says about a file; see the protocol in `office_files`."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    refusal: str = ""


Reader = Callable[[Path, Mapping[str, Any], Mapping[str, Any]], Reading]
