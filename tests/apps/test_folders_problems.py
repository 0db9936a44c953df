"""Problems in a family's words: every indicator and item has one, and one side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.apps.folders.contents import read_folder
from kaejon.methods.definitions import bmn, five_capitals, problem_sides
from tests.apps.families import Family, make_family
from tests.cast import Cast

SIX = ("land", "health", "education", "housing", "economy", "other")


def test_there_are_the_six_sides_of_the_province() -> None:
    assert tuple(side.code for side in problem_sides.load().sides) == SIX


def test_every_indicator_and_item_has_its_problem_and_nothing_else_has() -> None:
    known = {i.column for i in bmn.load().indicators} | {i.code for i in five_capitals.load().items}
    assert set(problem_sides.load().problems) == known


@pytest.mark.parametrize("of", ["i28", "i29", "i26", "human_5", "financial_4"])
def test_health_disability_belief_and_debt_are_sensitive(of: str) -> None:
    assert problem_sides.load().problems[of].sensitive


@pytest.mark.parametrize(
    ("text", "side", "sensitive"),
    [
        ("ไม่มีน้ำสะอาดใช้", "housing", False),
        ("น้ำท่วมที่นาทุกปี", "land", False),
        ("ป่วยติดเตียง ไม่มีคนดูแล", "health", True),
        ("เป็นหนี้นอกระบบ", "economy", True),
        ("หลานไม่มีเงินเรียน", "education", False),
        ("อยู่คนเดียว", "other", False),
    ],
)
def test_a_communitys_own_words_find_their_side(text: str, side: str, sensitive: bool) -> None:
    sides = problem_sides.load()
    assert (sides.side_of_text(text).code, sides.is_sensitive_text(text)) == (side, sensitive)


@given(st.text(max_size=80))
def test_any_text_has_exactly_one_side(text: str) -> None:
    assert problem_sides.load().side_of_text(text).code in SIX


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


def test_an_indicator_about_an_age_belongs_to_the_members_of_that_age(
    cast: Cast, family: Family
) -> None:
    folder = read_folder(family.again(), cast.malee)
    of = {p.text: p.people for p in folder.problems}
    assert of["เด็กยังไม่ได้เรียนภาคบังคับ 9 ปี"] == (family.ton.pk,)
    assert of["รายได้เฉลี่ยของคนในบ้านต่ำกว่าเกณฑ์"] == ()
    assert of["ผู้ป่วยโรคเรื้อรังยังไม่มีคนดูแล"] == (family.somsri.pk,)


def test_the_age_that_counts_is_that_of_the_day_of_the_list(cast: Cast, family: Family) -> None:
    type(family.ton).objects.filter(pk=family.ton.pk).update(birth_date="2006-03-02")
    folder = read_folder(family.again(), cast.malee)
    of = {p.text: p.people for p in folder.problems}
    assert of["เด็กยังไม่ได้เรียนภาคบังคับ 9 ปี"] == ()


def test_a_low_item_belongs_to_the_member_who_answered_it(cast: Cast, family: Family) -> None:
    folder = read_folder(family.again(), cast.malee)
    of = {p.text: p.people for p in folder.problems}
    assert of["สุขภาพไม่ดี ต้องมีคนช่วยดูแล"] == (family.somsri.pk,)
    assert of["บ้านทรุดโทรม"] == ()
