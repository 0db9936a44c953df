"""Reads an office file as `kaejon import` does with the mapping it proposes itself.

The reader of `bench.office_files` that stands for the product: a list of the kind "community",
its year declared. What the command would refuse or the page of columns would ask is a question
where an answer mends it. What comes in flagged is told and not believed; rows kept out with a
remedy are told, too, and none of their fields is believed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import geothai

from bench.office_people import SURVEY_YEAR
from bench.office_truth import FIELDS, Reading
from kaejon.methods.listfiles import mapping as mappings
from kaejon.methods.listfiles.areas import OfficialBook
from kaejon.methods.listfiles.canonical import CanonicalRow
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.households import HousesOfRunningNumbers, group_of
from kaejon.methods.listfiles.reading import TableInfo, inspect, iter_rows
from kaejon.methods.listfiles.rows import Normaliser, RowContext

MOST_REJECTED = 0.3  # as IMPORT_MAX_REJECTED_SHARE
CAUSES = {
    "NO_HEADER": "header_missing",
    "DUPLICATE_HEADERS": "two_meanings",
    "AREA_NAMES_INCOMPLETE": "area_missing",
    "AREA_MISSING": "area_missing",
    "OTHER_SHEETS": "other_sheets",
    "HIDDEN_ROWS": "hidden_rows",
    "HIDDEN_COLUMNS": "hidden_columns",
    "UNKNOWN_ENCODING": "encoding",
    "RAGGED_ROW": "shifted_row",
    "BROKEN_QUOTES": "open_quote",
    "PIN_MALFORMED": "id_ruined",
    "PIN_CHECK_FAILED": "check_failed",
    "HOUSE_NO_WAS_DATE": "date_eaten",
}
# What a flag leaves in doubt, where it is not the field of the same name.
DOUBTED = {
    "house_no": "house_number",
    "full_name": "first_name",
    "last_name": "surname",
    "birth_year": "birth_date",
    "household_income_year": "income",
    "household_size": "member_count",
    "chronic_illness": "illness",
    "occupation": "job",
    "survey_year": "year",
}
PERSON = {
    "title": "title",
    "first_name": "first_name",
    "last_name": "surname",
    "age": "age",
    "phone": "phone",
    "chronic_illness": "illness",
    "occupation": "job",
}
HOUSEHOLD = {
    "house_no": "house_number",
    "house_code": "house_code",
    "household_ref": "household_ref",
    "moo": "moo",
    "village_name": "village_name",
    "tambon_name": "tambon",
    "district_name": "district",
    "province_name": "province",
    "latitude": "latitude",
    "longitude": "longitude",
}
ANSWERED = {
    "household_income_year": "income",
    "household_size": "member_count",
    "fails_health": "fails_health",
    "fails_living": "fails_living",
    "fails_education": "fails_education",
    "fails_income": "fails_income",
    "fails_accessibility": "fails_access",
}
CONSTANTS = {
    "tambon": "tambon_name",
    "district": "district_name",
    "province": "province_name",
    "moo": "moo",
}
PRECISION = {"day": 10, "month": 7, "year": 4}


def read(path: Path, given: Mapping[str, Any], answers: Mapping[str, Any]) -> Reading:
    """The file as the import would take it; see `bench.office_files` for the protocol."""
    try:
        info = inspect(path, path.name)
        facts = {**given, **answers.get("facts", {}).get(info.sheet, {})}
        mapping = _mapping(info, facts)
        notices = [cause(notice.code) for notice in info.warnings if notice.code in CAUSES]
        lacking = [
            "area_missing" if "tambon_code" in problem.params.get("fields", "") else problem.code
            for problem in mappings.problems(mapping, "community")
            if problem.severity == "error"
        ]
        lacking = [cause(code) for code in lacking]
        if lacking and answers:
            return Reading(refusal=lacking[0])
        if lacking:
            return Reading(questions=list(dict.fromkeys(lacking)), notices=notices)
        return _rows(path, info, mapping, notices)
    except ListFileError as error:
        return Reading(refusal=cause(error.code))


def cause(code: str) -> str:
    """The cause that a message of the import tells of."""
    if code in {*CAUSES.values()}:
        return code
    return CAUSES.get(code) or ("date_unclear" if code.startswith("DATE_") else code.lower())


def _mapping(info: TableInfo, facts: Mapping[str, Any]) -> mappings.Mapping:
    """The proposed columns, and constants for what the rows do not say."""
    columns = mappings.guess(info.header, "community").mapping.columns
    taken = {*columns.values()}
    placed = {"tambon_code", "village_code"} & taken
    constants = {
        name: str(facts[fact])
        for fact, name in CONSTANTS.items()
        if fact in facts and name not in taken and not placed
    }
    return mappings.Mapping(columns, constants)


def _rows(path: Path, info: TableInfo, mapping: mappings.Mapping, notices: list[str]) -> Reading:
    context = RowContext("community", SURVEY_YEAR, dt.date.today(), OfficialBook())
    normaliser, numbered = Normaliser(mapping, context), HousesOfRunningNumbers()
    reading, rejected, count = Reading(notices=notices), 0, 0
    for number, cells in iter_rows(path, info):
        row = normaliser.row(number, dict(zip(info.header, cells, strict=True)))
        if any(issue.code == "NOT_A_PERSON" for issue in row.issues):
            continue
        count += 1
        rejected += row.rejected
        reading.notices += [cause(issue.code) for issue in row.issues]
        if any(issue.code == "NO_IDENTITY" for issue in row.issues):
            continue  # kept out and told: nobody is named
        told = _told(row, mapping)
        told["household"] = group_of(row, numbered.note(row.household))
        told["doubt"] = list(FIELDS) if row.rejected else _doubts(row)
        reading.rows.append(told)
    reading.notices = list(dict.fromkeys(reading.notices))
    if rejected > MOST_REJECTED * count:
        return Reading(refusal="too_many_rejected", notices=reading.notices)
    return reading


def _told(row: CanonicalRow, mapping: mappings.Mapping) -> dict[str, Any]:
    """The row in the words of `office_truth.FIELDS`."""
    household, other = row.household.to_json(), row.answers.other
    told = {name: household[key] for key, name in HOUSEHOLD.items() if key in household}
    told |= {name: _amount(other[key]) for key, name in ANSWERED.items() if key in other}
    for name in ("fails_health", "fails_living", "fails_education", "fails_income", "fails_access"):
        if name in told:
            told[name] = bool(int(told[name]))
    code = household.get("village_code") or household.get("tambon_code")
    if code:  # pages and papers name places as the register of areas does
        told |= {"area_code": code, **_official_names(code)}
    if "survey_year" in mapping.columns.values():
        told["year"] = SURVEY_YEAR
    if row.person is not None:
        told |= _person(row)
    return told


def _official_names(code: str) -> dict[str, str]:
    return {
        "tambon": geothai.subdistrict(code[:6]).name_th,
        "district": geothai.district(code[:4]).name_th,
        "province": geothai.province(code[:2]).name_th,
    }


def _person(row: CanonicalRow) -> dict[str, Any]:
    assert row.person is not None
    person, facts = row.person, row.person.to_json()
    told = {name: facts[key] for key, name in PERSON.items() if key in facts}
    if person.national_id_status in ("valid", "masked"):
        told["national_id"] = person.national_id or person.national_id_visible
    if person.birth_date:
        told["birth_date"] = person.birth_date[: PRECISION[person.birth_precision]]
    if person.sex:
        told["sex"] = {"M": "male", "F": "female"}[person.sex]
    relation = "หัวหน้าครัวเรือน" if person.is_head else person.relation
    told |= {"relation": relation} if relation else {}
    if person.welfare_card is not None:
        told["welfare_card"] = bool(person.welfare_card)
    return told


def _amount(value: Any) -> Any:
    """A number that was kept as its text."""
    return float(value) if isinstance(value, str) and value.replace(".", "", 1).isdigit() else value


def _doubts(row: CanonicalRow) -> list[str]:
    """Fields that a flag says were not taken over, or not surely."""
    names: Iterable[str] = (DOUBTED.get(issue.field, issue.field) for issue in row.issues)
    missing = {"SURNAME_MISSING", "PERSON_UNNAMED", "PIN_MASKED", "COORDINATE_SWAPPED"}
    told = [name for name, i in zip(names, row.issues, strict=True) if i.code not in missing]
    return [name for name in dict.fromkeys(told) if name in FIELDS]
