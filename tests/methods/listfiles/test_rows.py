"""Rows become facts; every bad cell is named with its column, and only what must be is kept out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaejon.methods.listfiles.canonical import CanonicalRow
from kaejon.methods.listfiles.fields import FIELDS, INDICATOR_NAMES, SCORE_NAMES
from kaejon.methods.listfiles.mapping import KINDS, Mapping
from kaejon.methods.listfiles.people import NameReader
from kaejon.methods.listfiles.rows import Normaliser, RowContext
from kaejon.methods.listfiles.spreadsheet import UNCOMPUTED
from kaejon.methods.thai import names, national_id
from tests.methods.listfiles.lists import (
    BOOK,
    PERSON,
    TAMBON,
    TODAY,
    VALID_PIN,
    codes,
    context,
    read,
)

REPLACED_CODE = "100205"
HOUSE = {"รหัสตำบล": TAMBON, "บ้านเลขที่": "12/3", "หมู่ที่": "4"}


def test_a_complete_row_becomes_a_person_in_a_house_in_a_village():
    row = read(PERSON)
    assert row.issues == ()
    assert row.person is not None
    assert row.person.to_json() == {
        "title": "นาง",
        "first_name": "สมใจ",
        "last_name": "ทดสอบดี",
        "name_key": "สมใจ|ทดสอบดี",
        "national_id": VALID_PIN,
        "national_id_raw": VALID_PIN,
        "national_id_status": "valid",
        "national_id_visible": VALID_PIN,
        "birth_date": "1967-03-12",
        "birth_precision": "day",
        "sex": "F",
    }
    assert row.household.to_json() == {
        "house_no": "12/3",
        "moo": 4,
        "village_code": "33010304",
        "tambon_code": "330103",
        "tambon_name": "คูซอด",
    }


def test_title_and_names_in_one_cell_are_taken_apart():
    person = read({**HOUSE, "ชื่อ-สกุล": "นายบุญมี ใจงาม"}).person
    assert person is not None
    assert (person.title, person.first_name, person.last_name) == ("นาย", "บุญมี", "ใจงาม")
    assert (person.sex, person.is_head) == ("M", None)


def test_a_column_named_after_the_household_head_makes_heads():
    person = read({**HOUSE, "ชื่อหัวหน้าครัวเรือน": "นายบุญมี ใจงาม"}).person
    assert person is not None
    assert person.is_head is True


@pytest.mark.parametrize(
    ("text", "head"), [("หัวหน้าครัวเรือน", True), ("เจ้าบ้าน", True), ("บุตร", False), ("-", None)]
)
def test_the_relation_says_who_is_head(text, head):
    person = read({**PERSON, "ความสัมพันธ์": text}).person
    assert person is not None
    assert person.is_head is head


@pytest.mark.parametrize(
    ("text", "code", "status"),
    [
        ("3-3301-00000-01-X", "PIN_MASKED", "masked"),
        ("x-xxxx-xxxxx-12-3", "PIN_MASKED", "masked"),
        ("12345", "PIN_MALFORMED", "malformed"),
        ("3330100000010", "PIN_CHECK_FAILED", "check_failed"),
    ],
)
def test_a_doubtful_national_id_is_flagged_kept_and_never_matched(text, code, status):
    row = read({**PERSON, "เลขประจำตัวประชาชน": text})
    assert codes(row) == {code: "flag"}
    assert row.person is not None
    assert (row.person.national_id, row.person.national_id_raw) == ("", text)
    assert row.person.national_id_status == status


def test_a_leading_zero_lost_by_the_spreadsheet_is_given_back():
    full = national_id.generate("033010000001")
    person = read({**PERSON, "เลขประจำตัวประชาชน": full[1:]}).person
    assert person is not None
    assert person.national_id == full


def test_a_row_without_name_and_with_a_bad_national_id_has_no_identity():
    row = read({"รหัสตำบล": TAMBON, "ชื่อ": "-", "เลขประจำตัวประชาชน": "12345"})
    assert codes(row) == {"PIN_MALFORMED": "flag", "NO_IDENTITY": "reject"}
    assert row.rejected


def test_a_national_id_alone_identifies_a_person():
    row = read({"รหัสตำบล": TAMBON, "เลขประจำตัวประชาชน": VALID_PIN})
    assert not row.rejected


def test_a_survey_row_without_a_person_stands_for_its_household():
    row = read({**HOUSE, "human_1": "2"}, "ppp")
    assert row.person is None
    assert row.issues == ()


def test_a_survey_row_whose_name_cell_is_empty_is_flagged():
    row = read({**HOUSE, "ชื่อ": "", "human_1": "2"}, "ppp")
    assert codes(row) == {"PERSON_UNNAMED": "flag"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/02/2510", "DATE_IMPOSSIBLE_DAY"),
        ("12/13/2510", "DATE_IMPOSSIBLE_MONTH"),
        ("12/03/1424", "DATE_ERA_MIXED"),
        ("12/03/3053", "DATE_ERA_MIXED"),
        ("12/03/2599", "DATE_IN_FUTURE"),
        ("12/03/2430", "DATE_OVER_130"),
    ],
)
def test_an_impossible_date_keeps_the_row_out_and_names_the_cell(text, code):
    row = read({**PERSON, "วันเกิด": text})
    (issue,) = row.issues
    assert (issue.code, issue.severity, issue.column, issue.value) == (
        code,
        "reject",
        "วันเกิด",
        text,
    )


@pytest.mark.parametrize("text", ["2510", "ไม่ทราบ", "", "มี.ค. 2510", "00/00/2510"])
def test_a_date_known_in_part_or_not_at_all_is_fine(text):
    assert read({**PERSON, "วันเกิด": text}).issues == ()


@pytest.mark.parametrize("text", ["131", "๑๙๙ ปี", "-3"])
def test_an_impossible_age_keeps_the_row_out(text):
    assert codes(read({**PERSON, "อายุ": text})) == {"AGE_IMPOSSIBLE": "reject"}


def test_an_age_that_contradicts_the_birth_date_is_flagged():
    row = read({**PERSON, "อายุ": "20"})
    assert codes(row) == {"AGE_DIFFERS_FROM_BIRTH": "flag"}
    assert row.issues[0].params == {"expected": "53"}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"รหัสตำบล": "339999"}, "AREA_UNKNOWN"),
        ({"รหัสหมู่บ้าน": "33999901"}, "AREA_UNKNOWN"),
        ({"รหัสตำบล": "100904"}, "AREA_ABOLISHED"),
        ({"รหัสตำบล": REPLACED_CODE}, "AREA_REPLACED"),
        ({"รหัสตำบล": "3301"}, "AREA_CODE_MALFORMED"),
        ({"รหัสตำบล": "ก"}, "AREA_CODE_MALFORMED"),
        ({"รหัสตำบล": TAMBON, "รหัสหมู่บ้าน": "33010101"}, "AREA_CODES_DISAGREE"),
        ({"ตำบล": "ไม่มีจริง", "อำเภอ": "ก", "จังหวัด": "ข"}, "AREA_NAME_UNKNOWN"),
        ({"ตำบล": "ในเมือง"}, "AREA_NAME_UNKNOWN"),
        ({"ตำบล": ""}, "AREA_MISSING"),
    ],
)
def test_an_area_that_cannot_be_placed_keeps_the_row_out(cells, code):
    row = read({"ชื่อ-สกุล": "นายบุญมี ใจงาม", **cells})
    assert codes(row) == {code: "reject"}


def test_an_abolished_code_names_its_successor():
    row = read({"ชื่อ-สกุล": "นายบุญมี ใจงาม", "รหัสตำบล": REPLACED_CODE})
    successor = row.issues[0].params["successor"]
    assert BOOK.tambon(successor).status == "current"


def test_names_place_a_row_when_there_is_no_code():
    cells = {"ชื่อ-สกุล": "นายบุญมี ใจงาม", "ตำบล": "ต.คูซอด", "อำเภอ": "เมืองศรีสะเกษ"}
    row = read(cells, province_name="ศรีสะเกษ", moo="2")
    assert row.issues == ()
    assert row.household.village_code == "33010302"


def test_a_tambon_name_unlike_its_code_is_flagged():
    row = read({**PERSON, "ตำบล": "หญ้าปล้อง"})
    assert codes(row) == {"AREA_NAME_DIFFERS": "flag"}


def test_a_house_number_eaten_as_a_date_is_read_back():
    row = read({**PERSON, "บ้านเลขที่": "2026-03-12"})
    assert row.household.house_no == "12/3"
    assert codes(row) == {"HOUSE_NO_WAS_DATE": "flag"}


def test_the_moo_may_stand_in_the_address():
    row = read({**PERSON, "หมู่ที่": "", "บ้านเลขที่": "บ้านเลขที่ 12/3 ม.4"})
    assert (row.household.house_no, row.household.village_code) == ("12/3", "33010304")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("0", 0), ("", None), ("๑", 1), ("ผ่าน", 1), ("ไม่ผ่าน", 0), ("Y", 1), ("n", 0),
     ("√", 1), ("-", None), ("1.0", 1)],
)  # fmt: skip
def test_indicators_are_pass_fail_or_not_applicable(text, value):
    row = read({**HOUSE, "ข้อ 1": text}, "bmn")
    assert row.issues == ()
    assert row.answers.indicators == {"i1": value}


@pytest.mark.parametrize("text", ["2", "-1", "อาจจะ", "0.5"])
def test_any_other_indicator_value_keeps_the_row_out(text):
    row = read({**HOUSE, "ข้อ 1": text}, "bmn")
    assert codes(row) == {"INDICATOR_NOT_PASS_FAIL": "reject"}
    assert row.issues[0].field == "i1"


@pytest.mark.parametrize(
    ("text", "value"), [("1", "1"), ("4.00", "4"), ("2.5", "2.5"), ("๓", "3"), ("", None)]
)
def test_scores_from_1_to_4_are_kept_as_exact_decimals(text, value):
    row = read({**HOUSE, "human_1": text}, "ppp")
    assert row.answers.capitals == {"human_1": value}


@pytest.mark.parametrize("text", ["0", "0.99", "4.01", "5", "มาก", "inf"])
def test_a_score_outside_1_to_4_keeps_every_such_row_out(text):
    reader = Normaliser(
        Mapping({"human_1": "human_1", "รหัสตำบล": "tambon_code", "บ้าน": "house_no"}), context("ppp")
    )
    for number in (2, 3):
        row = reader.row(number, {"human_1": text, "รหัสตำบล": TAMBON, "บ้าน": "5"})
        assert codes(row) == {"SCORE_NOT_1_TO_4": "reject"}


@pytest.mark.parametrize(
    ("text", "right"), [("2563", True), ("2020", True), ("๒๕๖๓", True), ("2562", False)]
)
def test_a_year_column_must_agree_with_the_declared_year(text, right):
    row = read({**PERSON, "ปี": text})
    assert codes(row) == ({} if right else {"WRONG_YEAR": "reject"})


def test_a_formula_without_a_result_keeps_the_row_out():
    row = read({**PERSON, "อาชีพ": UNCOMPUTED})
    assert codes(row) == {"CELL_NOT_COMPUTED": "reject"}
    assert row.issues[0].column == "อาชีพ"


def test_text_that_looks_like_a_formula_stays_text():
    row = read({**PERSON, "หมายเหตุ": '=HYPERLINK("x")', "อาชีพ": "@cmd"})
    assert row.issues == ()
    assert row.answers.other == {"note": '=HYPERLINK("x")'}
    assert row.person is not None
    assert row.person.occupation == "@cmd"


def test_very_long_text_keeps_the_row_out():
    row = read({**PERSON, "อาชีพ": "ก" * 201, "หมายเหตุ": "ข" * 2000})
    assert codes(row) == {"TEXT_TOO_LONG": "reject"}
    assert len(row.issues[0].value) == 80


@pytest.mark.parametrize(
    ("latitude", "longitude", "code", "point"),
    [
        ("15.1186", "104.3220", None, (15.1186, 104.322)),
        ("104.3220", "15.1186", "COORDINATE_SWAPPED", (15.1186, 104.322)),
        ("51.5", "0.1", "COORDINATE_OUTSIDE", (None, None)),
        ("15.1", "", "COORDINATE_INCOMPLETE", (None, None)),
        ("เหนือ", "104.3", "COORDINATE_UNREADABLE", (None, None)),
        ("inf", "104.3", "COORDINATE_OUTSIDE", (None, None)),
    ],
)
def test_a_point_is_kept_only_when_it_lies_in_thailand(latitude, longitude, code, point):
    row = read({**PERSON, "lat": latitude, "long": longitude})
    assert code is None or code in codes(row)
    assert not row.rejected
    assert (row.household.latitude, row.household.longitude) == point


def test_household_answers_are_read_as_numbers_and_verdicts():
    cells = {"รายได้ครัวเรือน": "38,500.50 บาท", "จำนวนสมาชิก": "๔ คน", "สำรวจแล้วพบว่าไม่จนจริง": "ใช่"}
    row = read({**HOUSE, **cells, "วันที่สำรวจ": "5 ม.ค. 2563"}, "ppp")
    assert row.answers.other == {
        "household_income_year": "38500.5",
        "household_size": "4",
        "poor_verdict": 1,
        "surveyed_on": "2020-01-05",
    }


def test_a_household_is_told_apart_by_reference_then_code_then_house_number():
    assert (
        read({**HOUSE, "household_id": "H1", "รหัสบ้าน": "33010012345"}).household.key()
        == "ref:33010304:H1"
    )
    assert read({**HOUSE, "รหัสบ้าน": "33010012345"}).household.key() == "code:33010304:33010012345"
    assert read(HOUSE).household.key() == "house:33010304:12/3"
    assert read({"รหัสตำบล": TAMBON}).household.key() == ""


CELL = st.one_of(
    st.sampled_from(
        ["", "-", "1", "0", "5", "๒", "2510", "31/02/2510", "12/03/2510", "ชาย", "สมใจ ทดสอบดี", "นาย",
         VALID_PIN, "x-xxxx-xxxxx-12-3", TAMBON, "33010304", "12/3 ม.4", "=1+1", UNCOMPUTED, "2.5"]
    ),
    st.text(max_size=30),
)  # fmt: skip
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(FIELDS, CELL)), min_size=1, max_size=4)
FULL = Mapping({name: name for name in FIELDS})


@settings(max_examples=50)
@given(rows=ROWS, kind=st.sampled_from(KINDS), seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_row(rows, kind, seed):
    numbered = list(enumerate(rows, start=2))
    shuffled = list(numbered)
    seed.shuffle(shuffled)
    first, second = Normaliser(FULL, context(kind)), Normaliser(FULL, context(kind))
    straight = [first.row(number, cells) for number, cells in numbered]
    mixed = [second.row(number, cells) for number, cells in shuffled]
    assert straight == sorted(mixed, key=lambda row: row.row)


@settings(max_examples=50)
@given(rows=ROWS, kind=st.sampled_from(KINDS))
def test_any_row_survives_json_and_keeps_its_promises(rows, kind):
    reader = Normaliser(FULL, context(kind))
    for number, cells in enumerate(rows, start=2):
        row = reader.row(number, cells)
        assert CanonicalRow.from_json(json.loads(json.dumps(row.to_json()))) == row
        assert set(row.answers.indicators) == set(INDICATOR_NAMES)
        assert set(row.answers.indicators.values()) <= {0, 1, None}
        assert all(v is None or 1 <= float(v) <= 4 for v in row.answers.capitals.values())
        assert set(row.answers.capitals) == set(SCORE_NAMES)
        if not row.rejected:
            assert row.household.tambon_code
            assert row.person is not None or row.household.key()


@settings(max_examples=100)
@given(title=st.sampled_from(["", "นาย", "นาง", "น.ส."]), parts=st.tuples(CELL, CELL, CELL))
def test_names_read_in_parts_are_the_names_read_whole(title, parts):
    first, last, full = parts
    found = names.read_person(title, first, last, full or None)
    key = names.name_key(found.first, found.last)
    assert NameReader().read(title, first, last, full) == (found, key)


def test_a_context_states_what_holds_for_the_whole_file():
    assert context() == RowContext("tpmap", 2563, TODAY, BOOK)


def test_the_dimensions_a_tpmap_list_names_are_facts_of_the_household():
    row = read({**PERSON, "ตกเกณฑ์ด้านสุขภาพ": "0", "ตกเกณฑ์ด้านรายได้": "1", "มิติด้านการศึกษา": "ใช่"})
    assert row.issues == ()
    assert row.answers.other == {"fails_health": 0, "fails_income": 1, "fails_education": 1}


HOSTILE = [
    "9" * 5_000, "๙" * 5_000, "0" * 32_000, "1e999999999", "-" * 32_000, " " * 32_000, "(" * 32_000,
    "1/" * 16_000, "1," * 16_000, "1." * 16_000, "1-" * 16_000, "นาย " * 8_000, "ม.ค. " * 6_000,
    "\u200b" * 32_000, "ํา" * 16_000,
]  # fmt: skip


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_no_cell_breaks_the_reader(field: str) -> None:
    base = {"first_name": "ชื่อ", "last_name": "สกุล", "tambon_code": "ตำบล"}
    columns = {"ช่อง": field} | {head: name for name, head in base.items() if name != field}
    cells = {"ชื่อ": "สมชาย", "สกุล": "ใจดี", "ตำบล": TAMBON}
    for text in HOSTILE:
        mapping = Mapping(columns, {})
        row = Normaliser(mapping, context("community")).row(7, {**cells, "ช่อง": text})
        assert row.row == 7


FORM = ("ลำดับ", "ชื่อ-สกุล", "เลขประจำตัวประชาชน", "บ้านเลขที่", "รหัสตำบล")


@pytest.mark.parametrize(
    "cells",
    [
        ("", "รวม 5 คน", "", "", ""),
        ("รวมทั้งสิ้น", "", "๑,๒๓๔", "", ""),
        ("", "รวมหมู่ที่ 3 จำนวน 12 คน", "", "12", TAMBON),
        ("ยอดรวม", "18 คน", "", "", ""),
        ("(1)", "(2)", "(3)", "(4)", "(5)"),
        ("๑", "๒", "๓", "๔", "๕"),
        FORM,
    ],
)
def test_sums_column_numbers_and_repeated_headers_are_no_people(cells):
    assert codes(read(dict(zip(FORM, cells, strict=True)), "community")) == {
        "NOT_A_PERSON": "reject"
    }


@pytest.mark.parametrize(
    "cells",
    [
        ("1", "นายรวม ใจดี", "", "2", TAMBON),
        ("1", "รวมพร ใจดี", "", "2", TAMBON),
        ("1", "รวม", VALID_PIN, "2", TAMBON),
        ("1", "รวม ใจดี", "", "2", TAMBON),
    ],
)
def test_people_called_as_sums_are_called_are_people(cells):
    row = read(dict(zip(FORM, cells, strict=True)), "community")
    assert row.person is not None
    assert row.person.first_name.startswith("รวม")
    apart = {"ชื่อ": "รวม", "นามสกุล": "ใจดี", "บ้านเลขที่": "2", "รหัสตำบล": TAMBON}
    assert read(apart, "community").person is not None
