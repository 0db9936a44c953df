"""Who sees counts exactly, where classes begin and end, and what of a run or of a sensitive problem is told."""

from __future__ import annotations

from typing import Any

import pytest

from kaejon.apps.access.actions import assign_role
from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards import remembering
from kaejon.apps.dashboards.actions import tally_areas
from kaejon.apps.dashboards.figuring import figure_areas
from kaejon.apps.measurement.models import MeasurementRun, RunKind
from kaejon.apps.statistics.measures import Measures
from kaejon.apps.statistics.runs import RunView, protect_run, public
from kaejon.apps.statistics.standing import Standing
from kaejon.apps.statistics.visibility import PUBLIC, reader_of, sees_exactly
from kaejon.methods.disclosure import Protected, Shown
from tests.cast import LONG_AGO, Cast
from tests.web.places import household

V1, V2, V3 = "33010101", "33010102", "33010201"


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    remembering._kept.clear()


def area(code: str) -> Area:
    return Area.objects.get(code=code)


def live(village: str, number: int, **values: Any) -> None:
    """So many households of a village, counted."""
    for n in range(number):
        name = f"{len(values)}{values.get('problems', '').strip()}{n}"
        household(village, name, "นางสมมติ", **values)
    tally_areas({village})
    figure_areas({village})


def households(user: Any, code: str) -> Shown:
    return Standing(area(code), reader_of(user)).total.figure("households")


@pytest.fixture
def mixed(cast: Cast) -> Cast:
    """Malee keeps 330101 and works for an agency that sees counts of the whole district."""
    assign_role(
        user=cast.malee,
        role="agency_user",
        area="3301",
        organization=cast.organizations["health"],
        purpose="ดูจำนวน",
        valid_from=LONG_AGO,
        by=cast.operator,
    )
    return cast


def test_households_here_and_counts_next_door_are_not_exact_together(mixed: Cast) -> None:
    live(V1, 19)
    live(V3, 4)
    malee = type(mixed.malee).objects.get(pk=mixed.malee.pk)
    seen = [sees_exactly(malee, area(code)) for code in ("330101", "330102", "3301")]
    assert seen == [True, False, False]
    assert households(malee, "330101").number == 19
    assert households(malee, "330102").is_small
    district = households(malee, "3301")
    assert district.low <= 19 + 1, "else somebody lives next door"
    assert (district.high or 99) >= 23


def test_a_district_seen_in_two_tambons_is_exact_only_where_both_are_open(cast: Cast) -> None:
    """Malee keeps 330101 and sees counts of 330102 alone: the district is those two to her."""
    assign_role(
        user=cast.malee,
        role="agency_user",
        area="330102",
        organization=cast.organizations["health"],
        purpose="ดูจำนวน",
        valid_from=LONG_AGO,
        by=cast.operator,
    )
    malee = type(cast.malee).objects.get(pk=cast.malee.pk)
    seen = [sees_exactly(malee, area(code)) for code in ("330101", "330102", "3301")]
    assert seen == [True, False, False]


def test_the_same_district_is_told_to_who_opens_none_of_it_in_wider_classes(mixed: Cast) -> None:
    live(V1, 8)
    live(V3, 8)
    agency = households(mixed.preecha, "3301")
    assert (agency.low, agency.high) == (13, 27)


@pytest.mark.parametrize(("count", "told"), [(0, None), (1, None), (4, None), (5, 5), (7, 5)])
def test_fewer_than_five_ends_at_four(cast: Cast, count: int, told: int | None) -> None:
    live(V1, count)
    live(V2, 1)
    shown = Standing(area("330101"), reader_of(cast.preecha)).parts[0][1].figure("households")
    assert (shown.number, shown.is_small) == (told, told is None)


def problem(user: Any, code: str, name: str) -> Shown:
    return Measures(Standing(area(code), reader_of(user))).problem(name).households


def test_a_sensitive_problem_of_all_few_is_not_told_without_the_right(cast: Cast) -> None:
    """Darunee opens households but not sensitive facts: 3 of 3 would name three families."""
    live(V1, 3, level=1, problems=" human_5 ")
    live(V2, 30, level=1)
    live(V2, 6, level=2, problems=" human_5 ")
    assert problem(cast.wanna, V1, "human_5").number == 3
    assert problem(cast.darunee, V1, "human_5").number is None
    assert problem(cast.darunee, V1, "human_5").high is None, "nothing at all is told"
    assert problem(cast.darunee, V2, "human_5").number == 5
    assert households(cast.darunee, V1).number == 3


def poverty(households: int, poor: int) -> dict[str, Any]:
    return {
        "households": households, "people": households, "poor_households": poor,
        "poor_people": poor, "H": poor / households, "A": 0.4567, "M0": 0.4567 * poor / households,
    }  # fmt: skip


def run_of(
    tambons: dict[str, tuple[int, int]], step: int, by: dict[str, Any] | None = None
) -> tuple[MeasurementRun, Protected]:
    areas = {code: poverty(*numbers) for code, numbers in tambons.items()}
    whole = poverty(*(sum(n) for n in zip(*tambons.values(), strict=True)))
    results = whole | {"n": whole["households"], "population": whole["people"], "by": by or {}}
    run = MeasurementRun(kind=RunKind.POVERTY, area_id="33", results=results, results_hash="0" * 64)
    scope = public().households
    return run, protect_run(RunKind.POVERTY, "33", results, areas, step, scope)


def view_of(tambons: dict[str, tuple[int, int]], by: dict[str, Any] | None = None) -> RunView:
    """A run as the public sees it, its table made without a database."""
    run, table = run_of(tambons, PUBLIC, by)
    view = RunView(run, public())
    view.__dict__["table"] = table
    return view


@pytest.mark.parametrize(("poor", "told"), [(94, False), (95, True)])
def test_averages_begin_at_ten_steps_of_people(poor: int, told: bool) -> None:
    """For the whole and for an area alike: 94 is rounded to 90, 95 to 100."""
    view = view_of({"330101": (400, poor), "330201": (300, 200)})
    shown = view.area("330101", poverty(400, poor))
    assert (shown["A"] is not None, shown["M0"] is not None) == (told, told)
    assert shown["A"] in (None, 0.46), "to two decimals"
    alone = view_of({"330101": (400, poor)})
    assert (alone.figures(alone.run.results, "33")["A"] is not None) == told


def test_groups_by_size_are_for_who_opens_households() -> None:
    """One household of five people would stand there as fewer than ten households, and five people."""
    groups = [{"group": "4-5"} | poverty(40, 20), {"group": "6+"} | poverty(360, 180)]
    view = view_of({"330101": (400, 200)}, {"size_band": groups, "head_sex": groups})
    assert view.results()["by"].keys() == {"head_sex"}


def test_a_public_file_holds_no_village_no_small_count_and_no_hash() -> None:
    view = view_of({"330101": (400, 9), "330102": (250, 130), "330201": (300, 0)})
    assert view.area("33010101", poverty(30, 20)) == {"hidden": True}
    few, none = (view.area(c, poverty(400, n)) for c, n in (("330101", 9), ("330201", 0)))
    assert (few["poor_households"], none["poor_households"]) == (None, None)
    assert (few["H"], none["H"]) == (None, None)
    assert view.area("330102", poverty(250, 130))["H"] == 0.52
    assert not view.tells_hash
