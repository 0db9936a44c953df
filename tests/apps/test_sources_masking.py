"""National IDs are hidden in every spelling, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.apps.sources.masking import hide_ids, issue_value
from tests.apps.lists import pin


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1234567890123", "xxxxxxxxx0123"),
        ("1-2345-67890-12-3", "x-xxxx-xxxxx-12-3".replace("xxxxx-12-3", "xxxx0-12-3")),
        ("เลข 1 2345 67890 12 3 ครับ", "เลข x xxxx xxxx0 12 3 ครับ"),
        ("๑๒๓๔๕๖๗๘๙๐๑๒๓", "xxxxxxxxx๐๑๒๓"),
        ("081-234-5678", "081-234-5678"),
        ("33010101001", "33010101001"),
        ("12345678901234", "12345678901234"),
        ("12/03/2510", "12/03/2510"),
        ("", ""),
    ],
)
def test_thirteen_digits_keep_only_the_last_four(text: str, shown: str) -> None:
    assert hide_ids(text) == shown


@given(st.integers(0, 9_999_999), st.text(alphabet="กขค abc,", max_size=8))
def test_a_number_is_hidden_wherever_it_stands_in_a_cell(number: int, around: str) -> None:
    digits = pin(number)
    assert digits not in hide_ids(f"{around}{digits}{around}")


def test_a_malformed_number_in_the_id_column_is_hidden_too() -> None:
    issue = {"field": "national_id", "value": "12345678901"}
    assert issue_value(issue) == "xxxxxxx8901"
    assert issue_value({"field": "house_code", "value": "33010101001"}) == "33010101001"
