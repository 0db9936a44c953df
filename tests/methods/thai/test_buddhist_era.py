"""Dates in Buddhist Era: many spellings, partial dates, and dates that cannot be."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods.thai import buddhist_era as be

TODAY = dt.date(2026, 11, 21)
BIRTHDAY = dt.date(1967, 3, 12)
BIRTHS = st.dates(dt.date(1900, 1, 2), TODAY).filter(lambda d: (d.month, d.day) != (1, 1))


@pytest.mark.parametrize(
    "written",
    [
        "12/03/2510", "12/3/2510", "๑๒/๐๓/๒๕๑๐", "12-3-10", "12.03.2510", "12 มี.ค. 2510", "12มี.ค.2510", "12 มี.ค. 10", "12 มีนาคม พ.ศ. 2510",
        "12 มีนาคม พ.ศ.๒๕๑๐", "วันที่ 12 เดือน มีนาคม 2510", "2510-03-12", "2510-03-12 00:00:00", "25100312", "12032510", "1967-03-12",
        "1967-03-12T00:00:00", "12 March 1967", "12-Mar-1967", "12/03/ค.ศ. 1967", "24543", "24543.0", 24543, 24543.0, 25100312, dt.date(1967, 3, 12),
        dt.datetime(1967, 3, 12), dt.datetime(2510, 3, 12),
    ],
)  # fmt: skip
def test_every_spelling_is_the_same_day(written):
    found = be.read_date(written, today=TODAY)
    assert (found.date, found.precision, found.issue) == (BIRTHDAY, "day", None)
    assert found.raw == str(written)


@pytest.mark.parametrize(
    ("written", "date", "precision"),
    [
        ("2510", dt.date(1967, 1, 1), "year"),
        (2510, dt.date(1967, 1, 1), "year"),
        ("พ.ศ. 2510", dt.date(1967, 1, 1), "year"),
        ("00/00/2510", dt.date(1967, 1, 1), "year"),
        ("01/01/2510", dt.date(1967, 1, 1), "year"),
        ("1 มกราคม 2510", dt.date(1967, 1, 1), "year"),
        (dt.date(1967, 1, 1), dt.date(1967, 1, 1), "year"),
        ("00/03/2510", dt.date(1967, 3, 1), "month"),
        ("มี.ค. 2510", dt.date(1967, 3, 1), "month"),
        ("3/2510", dt.date(1967, 3, 1), "month"),
    ],
)
def test_a_partial_date_says_how_much_is_known(written, date, precision):
    found = be.read_date(written, today=TODAY)
    assert (found.date, found.precision, found.issue) == (date, precision, None)


@pytest.mark.parametrize(
    ("written", "issue"),
    [
        ("31/02/2510", "impossible_day"),
        ("29/02/2510", "impossible_day"),
        ("12/13/2510", "impossible_month"),
        ("12/00/2510", "impossible_month"),
        ("12/03/2570", "in_future"),
        ("22/11/2569", "in_future"),
        ("12/03/2430", "over_130"),
        ("อายุ 131 ปี", "over_130"),
        ("พ.ศ. 1967", "era_mixed"),
        ("12 มีนาคม ค.ศ. 2510", "era_mixed"),
        ("1424-03-12", "era_mixed"),
        ("3053-03-12", "era_mixed"),
        ("12-Mar-67", "era_unclear"),
        ("ไม่ทราบ", "unreadable"),
        ("12/03", "unreadable"),
        ("00/00/0000", "unreadable"),
        (56, "unreadable"),
        (True, "unreadable"),
        (float("inf"), "unreadable"),
        (10**400, "unreadable"),
        ("²²²²", "unreadable"),
        ("٣٣٣٣", "unreadable"),
    ],
)
def test_a_date_that_cannot_be_is_named_and_not_guessed(written, issue):
    found = be.read_date(written, today=TODAY)
    assert (found.date, found.precision, found.issue, found.raw) == (
        None,
        None,
        issue,
        str(written),
    )
    assert issue in be.ISSUES


@pytest.mark.parametrize("empty", [None, "", "  ", "-", float("nan")])
def test_an_empty_cell_has_neither_date_nor_issue(empty):
    found = be.read_date(empty, today=TODAY)
    assert (found.date, found.issue) == (None, None)


def test_an_age_gives_a_year_marked_as_estimate():
    found = be.read_date("อายุ ๕๖ ปี", today=TODAY)
    assert (found.date, found.precision, found.issue) == (
        dt.date(1970, 1, 1),
        "year",
        "estimated_from_age",
    )


def test_a_leap_day_is_judged_by_the_ce_year():
    assert be.read_date("29/02/2511", today=TODAY).date == dt.date(1968, 2, 29)


@given(
    BIRTHS,
    st.sampled_from(["short", "long", "numeric"]),
    st.booleans(),
    st.sampled_from(["th", "en"]),
)
def test_a_formatted_date_reads_back(date, style, thai_digits, lang):
    text = be.format_date(date, style, thai_digits, lang)
    found = be.read_date(text, today=TODAY)
    assert (found.date, found.precision, found.era) == (date, "day", "BE")


@given(
    st.one_of(
        st.text(max_size=30),
        st.floats(),
        st.integers(),
        st.datetimes(),
        st.text("0123456789/-. ", max_size=14),
    )
)
def test_no_cell_stops_the_reading_of_a_date(cell):
    found = be.read_date(cell, today=TODAY)
    assert found.date is None or dt.date(TODAY.year - 130, 1, 1) <= found.date <= TODAY
    assert (found.date is None) == (found.precision is None)


@pytest.mark.parametrize(
    ("style", "precision", "th", "en"),
    [
        ("short", "day", "12 มี.ค. 2510", "12 Mar 2510 BE"),
        ("short", "month", "มี.ค. 2510", "Mar 2510 BE"),
        ("short", "year", "2510", "2510 BE"),
        ("long", "day", "12 มีนาคม พ.ศ. 2510", "12 March 2510 BE"),
        ("long", "year", "พ.ศ. 2510", "2510 BE"),
        ("numeric", "day", "12/03/2510", "12/03/2510"),
        ("numeric", "month", "03/2510", "03/2510"),
    ],
)
def test_only_what_is_known_of_a_date_is_shown(style, precision, th, en):
    assert be.format_date(BIRTHDAY, style, precision=precision) == th
    assert be.format_date(BIRTHDAY, style, lang="en", precision=precision) == en


@given(st.text())
def test_digits_go_to_thai_and_back(text):
    assert be.to_arabic_digits(be.to_thai_digits(text)) == be.to_arabic_digits(text)


def test_age_counts_completed_years_and_only_known_parts():
    assert be.age_on(dt.date(2000, 2, 29), dt.date(2021, 2, 28)) == 20
    assert be.age_on(dt.date(2000, 2, 29), dt.date(2021, 3, 1)) == 21
    assert be.age_on(dt.date(1967, 12, 31), TODAY) == 58
    assert be.age_on(dt.date(1967, 12, 31), TODAY, "year") == 59
    assert be.age_on(TODAY, TODAY) == 0
    assert be.age_on(dt.date(2027, 1, 1), TODAY) is None


@given(st.integers(0, 150))
def test_every_age_is_in_exactly_one_life_stage(age):
    assert [stage for stage in be.LIFE_STAGES if stage.holds(age)] == [be.life_stage(age)]


@pytest.mark.parametrize(
    ("age", "code"),
    [
        (0, "early_childhood"),
        (4, "early_childhood"),
        (5, "school_age"),
        (14, "school_age"),
        (15, "working_age"),
        (59, "working_age"),
        (60, "elderly"),
    ],
)
def test_life_stages_change_at_5_15_and_60(age, code):
    assert be.life_stage(age).code == code


def test_a_negative_age_has_no_life_stage():
    with pytest.raises(ValueError, match="negative"):
        be.life_stage(-1)
