"""Which lists name whom in an area, and how good each list is, as counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from kaejon.api.access import area_for, reader_of
from kaejon.api.areas import CodeInPath
from kaejon.api.asking import Asked
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.coverage import queries
from kaejon.apps.coverage.accuracy import found_by
from kaejon.apps.dashboards.pictures import shown_accuracy, shown_sets
from kaejon.apps.dashboards.seeing import sees_exactly, shown

router = Router(tags=["lists"])

Count = Annotated[
    int | None, Field(description="null: fewer than five, for a reader who sees rounded counts")
]
Share = Annotated[float | None, Field(description="0-1; null of nobody")]


class PictureAsked(Asked):
    unit: Literal["household", "person"] = Field(
        "household", description="count households, or the people whom a list names"
    )
    year: int | None = Field(
        None, ge=2500, le=2700, description="lists as they stood at the end of this list year (BE)"
    )
    held: bool = Field(
        False, description="a list counts when it holds a row, not only when it names as poor"
    )


class ByCheck(Schema):
    """Counts by what checks in the field say."""

    all: Count
    in_need: Count
    not_in_need: Count
    gone: Count
    not_checked: Count


class Benchmark(Schema):
    """A list against the checks. Shares are of counts as shown; they hold for those checked, not for everybody."""

    in_need_listed: Count
    in_need_not_listed: Count
    not_in_need_listed: Count
    coverage_of_those_in_need: Share
    exclusion_error_of_those_in_need: Share
    leakage_of_those_listed_and_checked: Share


class ListOut(Schema):
    code: str
    kind: str
    name_th: str
    name_en: str
    year_be: int
    as_of: date
    named: ByCheck
    benchmark: Benchmark


class SetOut(Schema):
    """Whoever exactly these lists name."""

    lists: list[str]
    counts: ByCheck


class PictureOut(Schema):
    """`whole`, `exact` as in measurements. A reader who sees rounded counts gets no set of fewer than five:
    those are added up in `other_sets`."""

    area: str
    unit: str
    whole: bool
    exact: bool
    lists: list[ListOut]
    sets: list[SetOut]
    other_sets: ByCheck
    no_list: ByCheck


def by_check(states: Mapping[str, int], *, exact: bool) -> dict[str, int | None]:
    """Counts by what checks say, as the reader may see them."""
    numbers = {
        "all": sum(states.values()),
        "in_need": states.get(queries.POOR, 0),
        "not_in_need": states.get(queries.NOT_POOR, 0),
        "gone": states.get(queries.GONE, 0),
        "not_checked": states.get(queries.UNCHECKED, 0),
    }
    return {name: shown(number, exact=exact) for name, number in numbers.items()}


def benchmark(picture: queries.Picture, code: str, *, exact: bool) -> dict[str, Any]:
    """One list against the checks."""
    found = found_by(picture, code)
    shares = shown_accuracy(found, exact=exact).shares()
    counts = {
        "in_need_listed": found.listed.get(queries.POOR, 0),
        "in_need_not_listed": found.unlisted.get(queries.POOR, 0),
        "not_in_need_listed": found.listed.get(queries.NOT_POOR, 0),
    }
    return {name: shown(number, exact=exact) for name, number in counts.items()} | {
        "coverage_of_those_in_need": shares["coverage_of_poor"],
        "exclusion_error_of_those_in_need": shares["exclusion_error"],
        "leakage_of_those_listed_and_checked": shares["inclusion_error_leakage"],
    }


def list_out(picture: queries.Picture, column: queries.Column, *, exact: bool) -> dict[str, Any]:
    source = column.version.source
    return {
        "code": column.code,
        "kind": column.kind,
        "name_th": source.name_th,
        "name_en": source.name_en,
        "year_be": column.version.year_be,
        "as_of": column.version.as_of,
        "named": by_check(picture.on(column.code), exact=exact),
        "benchmark": benchmark(picture, column.code, exact=exact),
    }


@router.get(
    "/areas/{code}",
    response=PictureOut,
    operation_id="lists_of_area",
    summary="Which lists name whom in an area",
)
def lists_of_area(
    request: HttpRequest, code: CodeInPath, asked: Query[PictureAsked]
) -> dict[str, Any]:
    """Sets of lists and the accuracy of each, exact or rounded as the reader sees them on the pages."""
    area = area_for(request, code, Permission.SEE_COUNTS)
    reader = reader_of(request)
    scope = scope_of(reader, Permission.SEE_COUNTS)
    exact = sees_exactly(reader, area)
    picture = queries.picture_of(
        scope, area.code, queries.Asked(asked.year or 0, asked.held), unit=asked.unit
    )
    sets = shown_sets(picture, exact=exact)
    return {
        "area": area.code,
        "unit": asked.unit,
        "whole": scope.holds_at(area.code),
        "exact": exact,
        "lists": [list_out(picture, column, exact=exact) for column in picture.columns],
        "sets": [
            {"lists": sorted(codes), "counts": by_check(states, exact=exact)}
            for codes, states in sets.sets
        ],
        "other_sets": by_check(sets.others, exact=exact),
        "no_list": by_check(sets.nobody, exact=exact),
    }
