"""A rule is saved and inherited, a decision freezes the ranking, and neither is ever changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.models import Event
from kaejon.apps.dashboards.figuring import figure_areas
from kaejon.apps.folders.listing import Filters, listed
from kaejon.apps.households.models import House, Household
from kaejon.apps.ranking.actions import DecisionReplaced, record_decision, save_rule
from kaejon.apps.ranking.models import Decision
from kaejon.apps.ranking.queries import decisions_visible_to, ranking, repeats, rule_of
from kaejon.methods.errors import DataError
from kaejon.methods.ranking import Rule, default_rule
from tests.cast import Cast

VILLAGES = ("33010101", "33010201", "33020101")
READY = default_rule().readiness


@pytest.fixture
def problems(cast: Cast) -> None:
    """Two villages where houses lack order (i8), one where somebody drinks (i22)."""
    for number, (area, codes, level) in enumerate(
        [
            ("33010101", " i8 human_5 ", 1),
            ("33010101", " i8 ", 2),
            ("33010201", " i8 i22 ", 1),
            ("33020101", " i22 ", 3),
            ("33020101", " i22 ", 3),
            ("33020101", " i22 ", None),
        ]
    ):
        Household.objects.create(
            house=House.objects.create(area_id=area, house_no=str(number)),
            area_id=area,
            house_no=str(number),
            members=number + 1,
            overall_level=level,
            problems=codes,
            bmn_poor=True,
        )
    figure_areas(VILLAGES)


def area(code: str) -> Area:
    return Area.objects.get(code=code)


def order(cast: Cast, code: str, rule: Rule) -> list[str]:
    scope = scope_of(cast.wanna, Permission.SEE_COUNTS)
    return [row.problem.code for row in ranking(scope, area(code), rule)]


def decide(cast: Cast, code: str = "33", **values: Any) -> Decision:
    asked = {
        "decided_on": date(2026, 11, 20),
        "decided_by": "ผู้ว่าราชการจังหวัด",
        "meeting": "ประชุม 3/2569",
        "text": "ซ่อมบ้านก่อนฤดูฝน",
        "chosen": ["i8"],
    }
    return record_decision(area=area(code), by=cast.wanna, **(asked | values))


def test_weight_on_severity_turns_the_order_of_weight_on_numbers(
    cast: Cast, problems: None
) -> None:
    assert order(cast, "33", Rule(100, 0, 0, READY)) == ["i22", "i8", "human_5"]
    assert order(cast, "33", Rule(0, 100, 0, READY)) == ["human_5", "i8", "i22"]


def test_an_area_uses_its_own_rule_else_that_of_the_area_around_it(cast: Cast) -> None:
    province, district = Rule(10, 80, 10, READY), Rule(80, 10, 10, READY)
    assert rule_of(area("330101")) == default_rule()
    save_rule(area=area("33"), rule=province, reason="มติ", by=cast.wanna)
    save_rule(area=area("3301"), rule=district, reason="อำเภอเห็นต่าง", by=cast.wanna)
    assert [rule_of(area(c)) for c in ("33", "330201", "330101")] == [province, province, district]
    event = Event.objects.filter(verb="ranking.rule").latest("pk")
    assert event.changes["weight_households"] == {"from": 10, "to": 80}


def test_a_decision_keeps_the_ranking_as_it_was_whatever_happens_later(
    cast: Cast, problems: None
) -> None:
    decision = decide(cast)
    Household.objects.update(problems=" i8 ")
    figure_areas(VILLAGES)
    save_rule(area=area("33"), rule=Rule(0, 100, 0, READY), reason="ลอง", by=cast.wanna)
    kept = Decision.objects.get(pk=decision.pk)
    assert ["i8", "housing", 3, 6, 2] in kept.frozen["problems"]
    assert repeats(kept)
    kept.frozen["problems"][0][2] += 1
    assert not repeats(kept)


def test_a_decision_is_replaced_once_and_never_edited(cast: Cast, problems: None) -> None:
    first = decide(cast)
    second = decide(cast, text="ซ่อมบ้านและดูแลผู้ป่วย", replaces=first)
    assert (second.number, first.replaced_by) == (2, second)
    with pytest.raises(DecisionReplaced):
        decide(cast, replaces=first)
    for change in (
        lambda: Decision.objects.filter(pk=first.pk).update(text="อื่น"),
        lambda: Decision.objects.filter(pk=first.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ([], "decision_chosen"),
        (["i8", "i8"], "decision_chosen"),
        (["i5"], "decision_unknown_problem"),
    ],
)
def test_a_decision_names_problems_that_households_have(
    cast: Cast, problems: None, chosen: list[str], code: str
) -> None:
    with pytest.raises(DataError) as refused:
        decide(cast, chosen=chosen)
    assert refused.value.code == code


def test_decisions_are_read_where_counts_of_the_whole_area_are_seen(
    cast: Cast, problems: None
) -> None:
    decide(cast, "33")
    decide(cast, "3301")
    seen = {
        who: sorted(d.area_id for d in decisions_visible_to(getattr(cast, who)))
        for who in ("wanna", "preecha", "darunee", "malee", "stranger")
    }
    assert seen == {
        "wanna": ["33", "3301"],
        "preecha": ["33", "3301"],
        "darunee": ["3301"],
        "malee": [],
        "stranger": [],
    }


def test_households_with_a_sensitive_problem_are_listed_only_to_who_may_know(
    cast: Cast, problems: None
) -> None:
    asked = Filters(problem="human_5")
    assert listed(cast.malee, asked).count() == 1
    assert listed(cast.darunee, asked).count() == 0
    assert listed(cast.darunee, Filters(problem="i8")).count() == 3
