"""The fiscal year runs October to September and is named by its September."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods.thai.fiscal_year import end_of, fiscal_year_be, start_of


def test_october_begins_the_next_fiscal_year():
    assert fiscal_year_be(dt.date(2026, 9, 30)) == 2569
    assert fiscal_year_be(dt.date(2026, 10, 1)) == 2570
    assert (start_of(2570), end_of(2570)) == (dt.date(2026, 10, 1), dt.date(2027, 9, 30))


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)))
def test_every_day_lies_within_its_own_fiscal_year(day):
    year = fiscal_year_be(day)
    assert start_of(year) <= day <= end_of(year)
    assert start_of(year + 1) - end_of(year) == dt.timedelta(days=1)
