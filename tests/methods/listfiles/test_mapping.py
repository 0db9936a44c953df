"""Headers of real offices find their field; what a mapping lacks is said."""

from __future__ import annotations

import json

import pytest

from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.fields import (
    ALIASES,
    FIELDS,
    INDICATOR_NAMES,
    SCORE_NAMES,
    header_key,
)
from kaejon.methods.listfiles.mapping import KINDS, Mapping, guess, problems


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("เลขประจำตัวประชาชน", "national_id"),
        ("เลขบัตรประชาชน", "national_id"),
        ("13 หลัก", "national_id"),
        ("๑๓ หลัก", "national_id"),
        ("PID", "national_id"),
        ("คำนำหน้าชื่อ", "title"),
        ("คํานําหน้า", "title"),
        ("ชื่อ", "first_name"),
        ("สกุล", "last_name"),
        ("นามสกุล", "last_name"),
        ("ชื่อ-สกุล", "full_name"),
        ("ชื่อ - นามสกุล", "full_name"),
        ("บ้านเลขที่", "house_no"),
        ("หมู่ที่", "moo"),
        ("ต.", "tambon_name"),
        ("อำเภอ", "district_name"),
        ("จังหวัด", "province_name"),
        ("ว/ด/ป เกิด", "birth_date"),
        ("วันเดือนปีเกิด", "birth_date"),
        ("ปีเกิด (พ.ศ.)", "birth_year"),
        ("อายุ (ปี)", "age"),
        ("เพศ", "sex"),
        ("รหัสหมู่บ้าน", "village_code"),
        ("รหัสบ้าน", "house_code"),
        ("HID", "house_code"),
        ("ตัวชี้วัดที่ ๒๒", "i22"),
        ("ข้อ 5", "i5"),
        ("I31", "i31"),
        ("human_1", "human_1"),
        ("ทุนกายภาพ ข้อ 8", "physical_8"),
        ("economic 5", "financial_5"),
        ("สำรวจแล้วพบว่าไม่จนจริง", "poor_verdict"),
        ("ที่อยู่ตามทะเบียนบ้าน / บ้านเลขที่", "house_no"),
    ],
)
def test_a_header_as_offices_write_it_finds_its_field(header, field):
    assert guess([header], "community").mapping.columns == {header: field}


def test_surname_is_meant_by_chue_sakun_only_beside_a_first_name():
    assert guess(["ชื่อสกุล"], "community").mapping.columns == {"ชื่อสกุล": "full_name"}
    both = guess(["ชื่อ", "ชื่อสกุล"], "community").mapping.columns
    assert both == {"ชื่อ": "first_name", "ชื่อสกุล": "last_name"}


def test_a_bare_number_is_an_indicator_in_a_bmn_file_only():
    assert guess(["5"], "bmn").mapping.columns == {"5": "i5"}
    assert guess(["5"], "community").unmapped == ("5",)


def test_of_two_headers_for_one_field_the_surer_one_is_taken():
    found = guess(["ที่อยู่เดิม / บ้านเลขที่", "บ้านเลขที่", "สีบ้าน"], "community")
    assert found.mapping.columns == {"บ้านเลขที่": "house_no"}
    assert found.confidence == {"บ้านเลขที่": 1.0}
    assert found.unmapped == ("ที่อยู่เดิม / บ้านเลขที่", "สีบ้าน")


def test_every_field_is_found_by_its_own_name_and_labels():
    for field in FIELDS.values():
        for text in (field.name, field.th, field.en):
            assert ALIASES[header_key(text)] == field.name


def test_no_alias_is_claimed_by_two_fields():
    claimed: dict[str, str] = {}
    for field in FIELDS.values():
        for alias in (field.name, field.th, field.en, *field.aliases):
            assert claimed.setdefault(header_key(alias), field.name) == field.name, alias


def test_the_registry_holds_31_indicators_and_37_items_and_marks_health_as_sensitive():
    assert len(INDICATOR_NAMES) == 31
    assert len(SCORE_NAMES) == 37
    assert {name for name, field in FIELDS.items() if field.sensitive} == {
        "disability",
        "chronic_illness",
    }


def test_a_mapping_survives_json():
    mapping = Mapping({"ชื่อ": "first_name"}, {"province_name": "ศรีสะเกษ"})
    assert Mapping.from_json(json.loads(json.dumps(mapping.to_json()))) == mapping


def test_a_profile_keeps_only_the_columns_of_the_file():
    profile = Mapping({"ชื่อ": "first_name", "สกุล": "last_name"}, {"moo": "4"})
    assert profile.for_header(["สกุล"]) == Mapping({"สกุล": "last_name"}, {"moo": "4"})


def test_a_profile_with_an_unknown_field_is_refused():
    with pytest.raises(ListFileError) as caught:
        Mapping.from_json({"columns": {"ชื่อ": "nickname"}})
    assert caught.value.code == "UNKNOWN_FIELD"


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_mapping_lacks_the_required_fields(kind):
    assert {problem.code for problem in problems(Mapping(), kind)} == {"FIELD_REQUIRED"}


def test_constants_count_as_mapped():
    mapping = Mapping({"ชื่อ": "full_name"}, {"tambon_code": "330103"})
    assert problems(mapping, "community") == ()


def test_two_columns_for_one_field_are_a_problem():
    mapping = Mapping({"ชื่อ": "full_name", "นาม": "full_name", "รหัสตำบล": "tambon_code"})
    assert [p.code for p in problems(mapping, "tpmap")] == ["FIELD_MAPPED_TWICE"]


def test_a_tambon_name_alone_is_not_a_place():
    mapping = Mapping({"ชื่อ": "full_name", "ตำบล": "tambon_name"})
    assert [p.code for p in problems(mapping, "tpmap")] == ["AREA_NAMES_INCOMPLETE"]


def test_missing_items_are_a_warning():
    columns = {f"ข้อ {n}": f"i{n}" for n in range(1, 31)}
    mapping = Mapping({**columns, "บ้านเลขที่": "house_no", "รหัสตำบล": "tambon_code"})
    (problem,) = problems(mapping, "bmn")
    assert (problem.severity, problem.params["fields"]) == ("warning", "i31")
