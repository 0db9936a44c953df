"""What counts as being named as poor, and where a household was lost on the way to the target poor."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaejon.methods import naming
from kaejon.methods.completeness import FIELDS, judge
from kaejon.methods.dropping_out import Gate, Member, gate
from kaejon.methods.errors import UsageError
from kaejon.methods.naming import Said, names_as_poor


@pytest.mark.parametrize(
    ("kind", "said", "named"),
    [
        ("tpmap", Said(), True),
        ("bmn", Said(below_basic_needs=True), True),
        ("bmn", Said(below_basic_needs=False), False),
        ("bmn", Said(level=1), False),
        ("ppp", Said(level=2), True),
        ("ppp", Said(level=3), False),
        ("ppp", Said(), False),
        ("ppp", Said(level=1, found_outside=True), False),
        ("community", Said(need_stated=True), True),
        ("community", Said(), False),
        ("community", Said(need_stated=True, found_outside=True), False),
        ("field", Said(below_basic_needs=True, level=1, need_stated=True), False),
    ],
)
def test_a_survey_of_everybody_is_no_list_of_the_poor(kind: str, said: Said, named: bool) -> None:
    assert names_as_poor(kind, said) is named


def test_every_rule_is_told_in_both_languages_with_its_source() -> None:
    for rule in naming.rules().values():
        assert rule.th
        assert rule.en
        assert rule.source


def test_a_rule_with_an_unknown_condition_is_refused(tmp_path: Path) -> None:
    shipped = Path(naming.definitions.__file__).with_name("naming_poor_2569.toml")
    changed = tmp_path / "mine.toml"
    changed.write_text(shipped.read_text().replace('"low_level"', '"looks_poor"'))
    with pytest.raises(UsageError) as refused:
        naming.rules(str(changed))
    assert refused.value.code == "condition_unknown"


REGISTERED, VALIDATED, NEITHER = Member(True, False), Member(True, True), Member(False, False)


@pytest.mark.parametrize(
    ("below", "members", "valid_id", "lost_at"),
    [
        (None, [], True, Gate.NOT_SURVEYED),
        (False, [VALIDATED], True, Gate.PASSED),
        (True, [NEITHER, VALIDATED], True, Gate.NONE),
        (True, [NEITHER, REGISTERED], False, Gate.NOT_VALIDATED),
        (True, [NEITHER], False, Gate.NO_VALID_ID),
        (True, [NEITHER], True, Gate.NEVER_REGISTERED),
        (True, [Member(None, None)], True, Gate.NOT_TOLD),
        (True, [], True, Gate.NOT_TOLD),
    ],
)
def test_a_household_is_lost_at_the_first_gate_it_does_not_pass(
    below: bool | None, members: list[Member], valid_id: bool, lost_at: Gate
) -> None:
    assert gate(below, members, any_valid_id=valid_id) is lost_at


def test_filled_is_not_yet_fit_for_use() -> None:
    row = {
        "person": {"national_id_status": "check_failed", "age": 60, "last_name": "ใจดี"},
        "household": {"house_no": "1"},
    }
    found = judge(row)
    assert set(found) == set(FIELDS)
    assert found["national_id"] == (True, False)
    assert found["birth_date"] == (True, False)
    assert found["surname"] == found["house_no"] == (True, True)
    assert found["village"] == found["coordinates"] == (False, False)
    whole = {"person": {"birth_date": "1960-02-03", "birth_precision": "day"}}
    assert judge(whole)["birth_date"] == (True, True)
    assert not any(filled for filled, _valid in judge({}).values())
