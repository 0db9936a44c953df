"""Counts of areas: sums of villages, inside a scope, equal to the lists behind them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards import paging, queries
from kaejon.apps.dashboards.actions import tally_areas
from kaejon.apps.dashboards.queries import FIGURES, children, levels, points, totals, widest_area
from kaejon.apps.folders.listing import (
    LEVEL_CHOICES,
    MEASURES,
    Filters,
    in_order,
    listed,
    thai_order,
)
from kaejon.apps.households.models import Household
from kaejon.methods.errors import DataError
from tests.cast import Cast
from tests.web.places import household, make_registry

PROVINCE = Scope(areas=("33",))


def area(code: str) -> Area:
    return Area.objects.get(code=code)


@pytest.fixture
def registry(cast: Cast) -> dict[str, Household]:
    return make_registry()


def test_a_province_is_the_sum_of_its_districts(registry: dict[str, Household]) -> None:
    whole = totals(PROVINCE, area("33"))
    parts = [counts for _part, counts in children(PROVINCE, area("33"))]
    for figure in FIGURES:
        assert getattr(whole, figure) == sum(getattr(part, figure) for part in parts)
    for measure in MEASURES:
        assert list(whole.at_levels(measure)) == [
            sum(row) for row in zip(*(p.at_levels(measure) for p in parts), strict=True)
        ]


def test_households_that_no_longer_exist_are_in_no_count(registry: dict[str, Household]) -> None:
    whole = totals(PROVINCE, area("33"))
    assert (whole.households, whole.persons) == (7, 23)
    assert whole.target_poor_persons == 3
    assert whole.at_levels("overall") == (1, 2, 1, 1)


def test_households_without_a_known_village_stand_under_their_tambon(
    registry: dict[str, Household],
) -> None:
    parts = children(PROVINCE, area("330101"))
    assert [(part.code, counts.households) for part, counts in parts] == [
        ("33010101", 3),
        ("33010102", 1),
        ("330101", 1),
    ]


def test_on_the_way_to_the_scope_only_what_lies_inside_is_counted(
    registry: dict[str, Household],
) -> None:
    malee = Scope(areas=("330101",))
    assert totals(malee, area("33")).households == 5
    assert [part.code for part, _counts in children(malee, area("33"))] == ["3301"]
    assert [part.code for part, _counts in children(malee, area("3301"))] == ["330101"]


def test_an_empty_scope_counts_nothing(registry: dict[str, Household]) -> None:
    assert totals(Scope(), area("33")).households == 0
    assert points(Scope(), area("33")) == []
    assert widest_area(Scope()) is None


@pytest.mark.parametrize(
    ("places", "widest"),
    [
        (("330101",), "330101"),
        (("330101", "330102"), "3301"),
        (("330101", "330201"), "33"),
        (("33",), "33"),
    ],
)
def test_the_widest_area_holds_everything_in_scope(
    cast: Cast, places: tuple[str, ...], widest: str
) -> None:
    found = widest_area(Scope(areas=places))
    assert found is not None
    assert found.code == widest


def test_every_number_equals_the_list_behind_it(registry: dict[str, Household], cast: Cast) -> None:
    scope = scope_of(cast.wanna, Permission.SEE_HOUSEHOLDS)
    for code in ("33", "3301", "330101", "33010101", "3302"):
        counts = totals(scope, area(code))
        for asked in [{"target": True}, {"bmn": True}, {"conflicts": True}, {}]:
            filters = Filters(area=code, **asked)
            assert listed(cast.wanna, filters).count() == paging.bound(counts, filters)
        for measure in MEASURES:
            for level in LEVEL_CHOICES:
                filters = Filters(area=code, measure=measure, level=level)
                assert listed(cast.wanna, filters).count() == paging.bound(counts, filters), filters


def test_the_people_counted_are_the_members_of_the_households_listed(
    registry: dict[str, Household], cast: Cast
) -> None:
    counts = totals(PROVINCE, area("33"))
    assert counts.persons == sum(h.members for h in listed(cast.wanna, Filters(area="33")))
    surveyed = listed(cast.wanna, Filters(area="33", level="known"))
    assert counts.surveyed_persons == sum(h.members for h in surveyed)


def test_points_lie_at_the_mean_of_their_households(registry: dict[str, Household]) -> None:
    found = {point.code: point for point in points(PROVINCE, area("33"))}
    assert set(found) == {"33010101", "33010102", "330101", "33010201", "33020101"}
    tambons = queries.tallies(PROVINCE, area("33")).points(6)
    assert [point.code for point in tambons] == ["330101", "330102", "330201"]
    assert tambons[0].counts.households == 5


def test_counts_need_at_most_three_questions_to_the_database(
    registry: dict[str, Household], django_assert_max_num_queries: object
) -> None:
    province = area("33")
    for read in (totals, levels, points, children):
        with django_assert_max_num_queries(3):  # type: ignore[operator]
            read(PROVINCE, province)


def test_a_long_list_walked_by_tallies_shows_every_household_once(
    registry: dict[str, Household], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SORTABLE", 0)
    monkeypatch.setattr(paging, "PAGE_SIZE", 2)
    for filters in (
        Filters(area="33"),
        Filters(level="low"),
        Filters(target=True, bmn=True),
        Filters(level="none"),
    ):
        expected = list(in_order(listed(cast.wanna, filters), "address"))
        walked, place = [], ""
        while True:
            page = paging.page_of(cast.wanna, filters, place=place)
            walked += page.rows
            if not (place := page.next_place):
                break
        assert walked == expected
        assert page.total in (None, len(expected))


@pytest.mark.parametrize("place", ["x", "33010101", "33010101.x", "1.1", "33010101.1; drop"])
def test_a_place_that_is_none_is_refused(
    registry: dict[str, Household], cast: Cast, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(paging, "SORTABLE", 0)
    with pytest.raises(DataError):
        paging.page_of(cast.wanna, Filters(), place=place)


@pytest.mark.parametrize(
    ("code", "areas", "grants"),
    [
        ("33", ("330101", "3302"), ((7, "330201"),)),
        ("330101", ("330101",), ()),
        ("33010101", ("33010101",), ()),
        ("330201", ("330201",), ((7, "330201"),)),
        ("34", (), ()),
        ("00", ("330101", "3302"), ((7, "330201"),)),
    ],
)
def test_a_scope_inside_an_area_is_what_both_share(
    code: str, areas: tuple[str, ...], grants: tuple[tuple[int, str], ...]
) -> None:
    scope = Scope(areas=("330101", "3302"), grants=((7, "330201"),))
    assert scope.inside(code) == Scope(areas, grants)


def test_households_that_moved_are_found_in_a_long_list(
    registry: dict[str, Household], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "SORTABLE", 0)
    page = paging.page_of(cast.wanna, Filters(presence="moved"))
    assert [h.head_name for h in page.rows] == ["นายทอง เกิดดี"]


def test_house_numbers_are_sorted_as_numbers(registry: dict[str, Household], cast: Cast) -> None:
    page = paging.page_of(cast.malee, Filters(area="33010101"))
    assert [h.house_no for h in page.rows] == ["9", "10", "10/2"]


def test_a_house_number_too_long_for_a_number_does_not_break_the_list(cast: Cast) -> None:
    household("33010101", "99999999999999999999", "นางยาว มาก")
    household("33010101", "ไม่มีเลขที่", "นางไม่มี เลข")
    assert paging.page_of(cast.malee, Filters()).total == 2


def test_the_lowest_level_comes_first_and_those_not_surveyed_last(
    registry: dict[str, Household], cast: Cast
) -> None:
    found = [h.overall_level for h in paging.page_of(cast.wanna, Filters(), sort="level").rows]
    known = [level for level in found if level]
    assert all(a <= b for a, b in pairwise(known))
    assert found[len(known) :] == [None, None]


def test_heads_are_sorted_as_a_thai_dictionary_does(
    registry: dict[str, Household], cast: Cast
) -> None:
    household("33010101", "50", "เด็กหญิงเกศ ต้น")
    found = [h.head_name for h in paging.page_of(cast.malee, Filters(), sort="head").rows]
    assert found[0] == "เด็กหญิงเกศ ต้น"
    assert thai_order("นางเกศ") < thai_order("นายขวัญ") < thai_order("นางสาวแขก")


@pytest.mark.parametrize("values", [{"level": "5"}, {"measure": "power"}, {"presence": "hidden"}])
def test_a_filter_that_is_none_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(DataError):
        Filters(**values)  # type: ignore[arg-type]


def test_counts_kept_in_memory_follow_every_change(registry: dict[str, Household]) -> None:
    province = area("33")
    before = totals(PROVINCE, province)
    assert totals(PROVINCE, province) == before
    gone = registry[next(iter(registry))]
    Household.objects.filter(pk=gone.pk).update(presence="dissolved")
    tally_areas({gone.area_id})
    assert totals(PROVINCE, province).households == before.households - 1
