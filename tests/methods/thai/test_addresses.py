"""House numbers, village numbers and area codes."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods.thai.addresses import read_area_code, read_house_no, read_village_code


@pytest.mark.parametrize(
    ("text", "house_no", "moo", "rest"),
    [
        ("12/3", "12/3", None, ""),
        ("๑๒/๓", "12/3", None, ""),
        ("12-3", "12/3", None, ""),
        ("012 / 3", "12/3", None, ""),
        ("บ้านเลขที่ 12/3 ม.4", "12/3", 4, ""),
        ("12/3 หมู่ 4 ต.หนองครก", "12/3", 4, "ต.หนองครก"),
        ("๙๙/๑ หมู่ที่๔ บ้านโนน", "99/1", 4, "บ้านโนน"),
        ("ม.4 เลขที่ 12", "12", 4, ""),
        ("45ม.2", "45", 2, ""),
        ("12/3 ถ.มหาดไทย", "12/3", None, "ถ.มหาดไทย"),
        ("12.0", "12", None, ""),
        ("ต.เมือง", None, None, "ต.เมือง"),
        ("-", None, None, ""),
        ("0", None, None, ""),
    ],
)
def test_a_house_number_is_found_in_what_is_written(text, house_no, moo, rest):
    found = read_house_no(text)
    assert (found.house_no, found.moo, found.rest) == (house_no, moo, rest)
    assert not found.ambiguous


@pytest.mark.parametrize(
    "eaten",
    [
        dt.datetime(2026, 3, 12),
        dt.date(2026, 3, 12),
        "2026-03-12",
        "2026-03-12 00:00:00",
        "12-มี.ค.",
        "12-Mar",
        "Mar-12",
    ],
)
def test_a_number_that_a_spreadsheet_turned_into_a_date_is_read_back_and_marked(eaten):
    found = read_house_no(eaten)
    assert (found.house_no, found.ambiguous) == ("12/3", True)


@given(st.one_of(st.text(max_size=40), st.none(), st.integers(), st.floats(), st.dates()))
def test_no_cell_stops_the_reading_of_an_address(cell):
    read_house_no(cell)
    read_area_code(cell)


@given(st.integers(1, 99999), st.integers(1, 999), st.integers(1, 30))
def test_a_written_address_reads_back(house, part, moo):
    found = read_house_no(f"บ้านเลขที่ {house}/{part} หมู่ที่ {moo} ต.โพธิ์")
    assert (found.house_no, found.moo, found.rest) == (f"{house}/{part}", moo, "ต.โพธิ์")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("33", "33"), ("๓๓๐๑", "3301"), (330101.0, "330101"), ("330101.0", "330101"), (33010105, "33010105"),
        ("33 01 01 05", "33010105"), ("33-01-01", "330101"),
        ("3301010", None), ("05", None), ("", None), (None, None), ("ศรีสะเกษ", None), ("33.5", None),
    ],
)  # fmt: skip
def test_an_area_code_has_2_4_6_or_8_digits(cell, code):
    assert read_area_code(cell) == code


def test_a_village_code_has_eight_digits():
    assert read_village_code("33010105") == "33010105"
    assert read_village_code("330101") is None
