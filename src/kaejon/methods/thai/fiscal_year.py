"""Thai fiscal year (ปีงบประมาณ): 1 October to 30 September, named by its September in BE.

Source: Budget Procedures Act 2561, section 4.
"""

from __future__ import annotations

import datetime as dt

from kaejon.methods.thai.buddhist_era import BE_OFFSET

FIRST_MONTH = 10


def fiscal_year_be(date: dt.date) -> int:
    """Fiscal year, in BE, that holds the date: 1 October 2026 is in 2570."""
    return date.year + BE_OFFSET + (1 if date.month >= FIRST_MONTH else 0)


def start_of(fiscal_year: int) -> dt.date:
    """First day of a fiscal year given in BE."""
    return dt.date(fiscal_year - BE_OFFSET - 1, FIRST_MONTH, 1)


def end_of(fiscal_year: int) -> dt.date:
    """Last day of a fiscal year given in BE."""
    return dt.date(fiscal_year - BE_OFFSET, FIRST_MONTH - 1, 30)
