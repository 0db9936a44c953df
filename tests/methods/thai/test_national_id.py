"""National IDs as lists hold them: a bad one is a flag, never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods.thai import national_id

TWELVE_DIGITS = st.text("0123456789", min_size=12, max_size=12)
PATTERN = st.text("0123456789x", min_size=13, max_size=13)


@given(TWELVE_DIGITS.filter(lambda digits: digits.strip("0")))
def test_a_completed_number_is_valid_and_any_other_check_digit_fails(first12):
    number = national_id.generate(first12)
    assert national_id.read(number).status == "valid"
    for digit in "0123456789":
        if digit != number[-1]:
            assert national_id.read(first12 + digit).status == "check_failed"


@given(TWELVE_DIGITS.filter(lambda digits: digits.strip("0")))
def test_every_spelling_of_one_number_reads_alike(first12):
    number = national_id.generate(first12)
    thai = number.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))
    spellings = [
        thai,
        f" {national_id.format(number)} ",
        national_id.format(number).replace("-", " "),
    ]
    if number[0] != "0":
        spellings += [int(number), float(number), f"{number}.0"]
    for spelling in spellings:
        found = national_id.read(spelling)
        assert (found.digits, found.status) == (number, "valid")


@pytest.mark.parametrize(
    ("number", "digit"), [("123456789012", "1"), ("000000000001", "9"), ("900000000000", "4")]
)
def test_the_check_digit_follows_the_weights_13_to_2(number, digit):
    assert national_id.check_digit(number) == digit


def test_numbers_that_start_with_0_or_9_are_valid():
    assert national_id.read(national_id.generate("000000000001")).status == "valid"
    assert national_id.read(national_id.generate("912345678901")).status == "valid"


def test_a_spreadsheet_number_gets_its_lost_leading_zero_back_only_if_the_check_agrees():
    number = national_id.generate("012345678901")
    assert national_id.read(int(number)).digits == number
    assert national_id.read(float(number)).digits == number
    assert national_id.read(int(number) + 1).status == "malformed"
    assert national_id.read(number[1:]).status == "malformed"


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("x-xxxx-xxxxx-12-3", "xxxxxxxxxx123"),
        ("X-XXXX-XXXX1-23-4", "xxxxxxxxx1234"),
        ("***๑๒๓๔", "xxxxxxxxx1234"),
        ("3-3301***", "33301xxxxxxxx"),
        ("13***23", "13xxxxxxxxx23"),
        ("•••••••••1234", "xxxxxxxxx1234"),
    ],
)
def test_a_masked_number_keeps_what_can_be_seen(text, visible):
    found = national_id.read(text)
    assert (found.status, found.visible, found.digits, found.raw) == ("masked", visible, None, text)


@pytest.mark.parametrize("text", [None, "", "  ", "-", "ไม่มี", float("nan"), "0000000000000", "N/A"])
def test_nothing_written_is_missing(text):
    assert national_id.read(text).status == "missing"


@pytest.mark.parametrize(
    "text",
    [
        "12345",
        "1.23457E+12",
        "x1x2x3",
        "12345678901234",
        "ก1234",
        1.5,
        -1,
        10**400,
        float("inf"),
        "1234567890l21",
    ],
)
def test_what_cannot_be_a_number_is_malformed_and_kept_raw(text):
    found = national_id.read(text)
    assert (found.status, found.digits, found.raw) == ("malformed", None, str(text))


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none()))
def test_no_cell_stops_the_reading(cell):
    found = national_id.read(cell)
    assert (found.digits is not None) == (found.status in {"valid", "check_failed"})
    assert found.visible is None or len(found.visible) == 13


def test_a_mask_shows_exactly_the_last_four_digits():
    assert national_id.mask("1234567890121") == "x-xxxx-xxxx0-12-1"
    assert national_id.format("1234567890121") == "1-2345-67890-12-1"


@given(PATTERN, PATTERN)
def test_patterns_agree_when_no_visible_digit_differs(a, b):
    agree = all(x == y or "x" in (x, y) for x, y in zip(a, b, strict=True))
    assert national_id.compatible(a, b) == national_id.compatible(b, a) == agree


@given(TWELVE_DIGITS)
def test_a_masked_number_is_compatible_with_its_own_number(first12):
    number = national_id.generate(first12)
    masked = national_id.read(national_id.mask(number)).visible
    assert masked is not None
    assert national_id.compatible(masked, number)


@pytest.mark.parametrize(
    "digits", ["", "12345678901", "1234567890123", "12345678901x", "๑๒๓๔๕๖๗๘๙๐๑๒"]
)
def test_a_check_digit_needs_twelve_plain_digits(digits):
    with pytest.raises(ValueError, match="12 digits"):
        national_id.check_digit(digits)


def _written(number: str) -> dict[str, str]:
    """One number as people write it, also to get past a door."""
    return {
        "plain": number,
        "dashes": f"{number[0]}-{number[1:5]}-{number[5:10]}-{number[10:12]}-{number[12]}",
        "dots": f"{number[0]}.{number[1:5]}.{number[5:10]}.{number[10:12]}.{number[12]}",
        "strokes": f"{number[:3]}/{number[3:]}",
        "thai": number.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")),
        "full-width": number.translate({48 + n: 0xFF10 + n for n in range(10)}),
        "invisible": f"{number[0]}\u200b{number[1:7]}\u2060{number[7:]}",
        "both": f"{number[0]}-\u200b{number[1:]}",
    }


@pytest.mark.parametrize("way", list(_written("1" * 13)))
def test_a_number_in_running_text_is_recognised_however_it_is_written(way: str) -> None:
    number = national_id.generate("033007332669")
    text = f"เลขของเขา {_written(number)[way]} ตามบัตร"
    assert national_id.stands_in(text)
    hidden = national_id.masked_in(text)
    assert not national_id.stands_in(hidden)
    assert hidden.startswith("เลขของเขา ")
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert not national_id.stands_in(f"เลข {_written(wrong)[way]} ตามบัตร")


@pytest.mark.parametrize(
    "text", ["12/03/2510", "081-234-5678", "01/01/2560 ถึง 31/12/2565", "1" * 14, "a" * 6 + "1" * 13]
)
def test_dates_telephones_and_longer_numbers_are_no_national_ids(text: str) -> None:
    assert not national_id.stands_in(text)
