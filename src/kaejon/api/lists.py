"""Which lists name whom in an area, and how good each list is, as counts."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from kaejon.api.access import area_for, reader_of
from kaejon.api.areas import CodeInPath
from kaejon.api.asking import Asked
from kaejon.api.counts import Count, Share, count_out
from kaejon.apps.access.roles import Permission
from kaejon.apps.coverage import queries
from kaejon.apps.statistics.coverage import Coverage, CoverageShown, StatesShown, coverage_shares
from kaejon.apps.statistics.visibility import reader_of as counts_reader
from kaejon.methods.disclosure import exactly, untold

router = Router(tags=["lists"])


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
    """`whole`, `exact` as in measurements. A reader who sees rounded counts gets no set of fewer than five, and
    `other_sets` says nothing of them; villages are told to those who may open their households."""

    area: str
    unit: str
    whole: bool
    exact: bool
    lists: list[ListOut]
    sets: list[SetOut]
    other_sets: ByCheck
    no_list: ByCheck


def by_check(states: StatesShown) -> dict[str, Any]:
    """Counts by what checks say, as the reader may see them."""
    return {
        "all": count_out(states.all),
        "in_need": count_out(states[queries.POOR]),
        "not_in_need": count_out(states[queries.NOT_POOR]),
        "gone": count_out(states[queries.GONE]),
        "not_checked": count_out(states[queries.UNCHECKED]),
    }


def benchmark(picture: CoverageShown, code: str) -> dict[str, Any]:
    """One list against the checks."""
    on, off = picture.on(code), picture.off(code)
    shares = coverage_shares(on, off)
    return {
        "in_need_listed": count_out(on[queries.POOR]),
        "in_need_not_listed": count_out(off[queries.POOR]),
        "not_in_need_listed": count_out(on[queries.NOT_POOR]),
        "coverage_of_those_in_need": shares["coverage"],
        "exclusion_error_of_those_in_need": shares["exclusion"],
        "leakage_of_those_listed_and_checked": shares["leakage"],
    }


def list_out(picture: CoverageShown, column: queries.Column) -> dict[str, Any]:
    source = column.version.source
    return {
        "code": column.code,
        "kind": column.kind,
        "name_th": source.name_th,
        "name_en": source.name_en,
        "year_be": column.version.year_be,
        "as_of": column.version.as_of,
        "named": by_check(picture.on(column.code)),
        "benchmark": benchmark(picture, column.code),
    }


def other_sets(step: int, *, exact: bool) -> StatesShown:
    """The sets that are not told one by one: none, or of them nothing either."""
    number = exactly(0) if exact else untold(step)
    return StatesShown(number, dict.fromkeys(queries.STATES, number))


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
    reader = counts_reader(reader_of(request))
    by = queries.Asked(asked.year or 0, asked.held)
    picture = Coverage(reader, area.code, by, asked.unit)
    shown = picture.whole
    return {
        "area": area.code,
        "unit": asked.unit,
        "whole": reader.counts.holds_at(area.code),
        "exact": picture.exact,
        "lists": [list_out(shown, column) for column in shown.columns],
        "sets": [
            {"lists": sorted(item.codes), "counts": by_check(item.states)}
            for item in shown.shown_sets
        ],
        "other_sets": by_check(other_sets(reader.step, exact=picture.exact)),
        "no_list": by_check(shown.nobody),
    }
