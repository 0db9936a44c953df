"""Which of several measurements of a household stands on its row."""

from __future__ import annotations

from datetime import date

import pytest

from kaejon.apps.households.models import Household
from kaejon.apps.measurement.actions import newest
from kaejon.apps.measurement.models import CapitalScore
from tests.factories import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("newer_first", [False, True])
def test_the_newest_measurement_of_a_household_stands(newer_first: bool) -> None:
    household = make(Household)
    days = [date(2024, 9, 30), date(2025, 9, 30)]
    scores = [make(CapitalScore, household=household, as_of=day) for day in days]

    standing = newest(scores[::-1] if newer_first else scores)

    assert standing[household.pk].as_of == days[1]
