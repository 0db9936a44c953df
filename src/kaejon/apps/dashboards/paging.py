"""Page through the households of a whole province without reading it.

The tallies say how many households of each village can answer to a filter, so a
page is read from the few villages that hold it. Lists of a tambon or less are
counted and sorted as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, scope_of
from kaejon.apps.areas.queries import within
from kaejon.apps.coverage.queries import households_on
from kaejon.apps.dashboards.checks import most_of
from kaejon.apps.dashboards.measured import households_with
from kaejon.apps.dashboards.models import VillageTally
from kaejon.apps.dashboards.queries import Counts, read
from kaejon.apps.folders.listing import (
    BY_ADDRESS,
    Filters,
    in_order,
    in_this_order,
    keys_by_head,
    listed,
)
from kaejon.apps.households.models import Household, Presence
from kaejon.methods.errors import DataError

PAGE_SIZE = 50
# More households than this are only walked through by address
SORTABLE = 5_000
VILLAGES_AT_ONCE = 400
# The tallies do not count these; they are few, and an index finds them
ANSWERED_BY_INDEX = (Presence.MOVED, Presence.DISSOLVED)
PLACE = re.compile(r"(\d{2,8})\.(\d{1,6})")


@dataclass(frozen=True)
class Page:
    """Households of one page. `total` is None where counting would mean reading everything.

    `number` counts pages of a sortable list from 1; a list that is only walked
    through has `next_place` instead.
    """

    rows: list[Household]
    total: int | None
    number: int = 1
    pages: int = 1
    next_place: str = ""
    place: str = ""
    sortable: bool = True


def bound(counts: Counts, filters: Filters) -> int:
    """The most households of an area with these counts that can answer to the filters."""
    bounds = [counts.households]
    if filters.target:
        bounds.append(counts.target_poor_households)
    if filters.bmn:
        bounds.append(counts.bmn_poor_households)
    if filters.conflicts:
        bounds.append(counts.conflicts)
    if filters.level:
        bounds.append(at_level(counts, filters))
    return min(bounds)


def at_level(counts: Counts, filters: Filters) -> int:
    """Households of an area that answer to the level asked for."""
    overall = filters.measure == "overall"
    known = counts.surveyed_households if overall else counts.measured(filters.measure)
    if filters.level == "known":
        return known
    if filters.level == "none":
        return counts.households - known
    if filters.level == "low":
        return counts.low(filters.measure)
    return counts.at_levels(filters.measure)[int(filters.level) - 1]


def is_exact(filters: Filters) -> bool:
    """Whether the bound is the very number: at most one thing is asked, or lists and an outcome."""
    asked = [filters.target, filters.bmn, filters.conflicts, bool(filters.level)]
    if filters.asks_lists:
        return not any(asked) and not filters.presence and not filters.problem
    if filters.verified == "none":
        return False
    asked += [bool(filters.verified), bool(filters.problem)]
    return sum(asked) <= 1 and not filters.presence


def bounds_by_village(scope: Scope, filters: Filters) -> list[tuple[str, int]]:
    """Area codes in order with the most households each can give to the list. One query."""
    if filters.asks_lists:
        return households_on(
            scope,
            filters.area,
            filters.combinations(),
            outcomes=filters.outcomes(),
            gate=filters.gate,
        )
    rows = tallies_in(scope, filters.area)
    if filters.problem:
        return sorted(households_with(scope, filters.area, filters.problem).items())
    if filters.verified not in ("", "none"):
        # Gone households count here too, which the other bounds leave out.
        found = most_of(scope, filters.area, filters.outcomes())
        return sorted((code, most) for code, most in found.items() if most)
    if not (filters.level or filters.target or filters.bmn or filters.conflicts):
        return list(
            rows.filter(households__gt=0).order_by("area_id").values_list("area_id", "households")
        )
    return [(tally.code, most) for tally in read(rows) if (most := bound(tally.counts, filters))]


def tallies_in(scope: Scope, area: str) -> QuerySet[VillageTally]:
    rows = VillageTally.objects.filter(scope.by_area("area_id"))
    return rows.filter(within(area, "area_id")) if area else rows


def page_of(
    actor: User, filters: Filters, *, sort: str = "address", number: int = 1, place: str = ""
) -> Page:
    """One page of a list; `place` is where a walk through a large list goes on."""
    scope = scope_of(actor, Permission.SEE_HOUSEHOLDS)
    if not scope.grants and filters.presence not in ANSWERED_BY_INDEX:
        size = sum(tallies_in(scope, filters.area).values_list("households", flat=True))
        if size > SORTABLE:
            return walked_page(
                listed(actor, filters), bounds_by_village(scope, filters), is_exact(filters), place
            )
    return sorted_page(listed(actor, filters), sort, number)


def sorted_page(rows: QuerySet[Household], sort: str, number: int) -> Page:
    """A numbered page of a list small enough to be counted and sorted."""
    keys = keys_by_head(rows) if sort == "head" else None
    total = len(keys) if keys is not None else rows.count()
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    here = slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE)
    found = in_this_order(keys[here]) if keys is not None else list(in_order(rows, sort)[here])
    return Page(found, total, number, pages)


def walked_page(
    rows: QuerySet[Household], bounds: Sequence[tuple[str, int]], exact: bool, place: str
) -> Page:
    """The next households by address from a place on. Refuses a place that is none."""
    code, offset = read_place(place)
    wanted = offset + PAGE_SIZE + 1
    found: list[Household] = []
    for villages in groups([b for b in bounds if b[0] >= code], wanted):
        here = rows.filter(area_id__in=villages).order_by(*BY_ADDRESS)
        found.extend(here[: wanted - len(found)])
        if len(found) >= wanted:
            break
    shown = found[offset : offset + PAGE_SIZE]
    total = sum(most for _, most in bounds) if exact else None
    further = place_of(found, offset + PAGE_SIZE, code, offset)
    return Page(shown, total, next_place=further, place=place, sortable=False)


def groups(bounds: Sequence[tuple[str, int]], wanted: int) -> Iterator[list[str]]:
    """Area codes in groups, each likely to fill the page; later groups are larger."""
    villages: list[str] = []
    held = 0
    for code, most in bounds:
        villages.append(code)
        held += most
        if held >= wanted or len(villages) == VILLAGES_AT_ONCE:
            yield villages
            villages, held, wanted = [], 0, wanted * 4
    if villages:
        yield villages


def read_place(place: str) -> tuple[str, int]:
    if not place:
        return "", 0
    match = PLACE.fullmatch(place)
    if match is None:
        raise DataError(
            "unknown_place", f"no such place in the list: {place}", remedy="Open the list again."
        )
    return match[1], int(match[2])


def place_of(found: Sequence[Household], index: int, code: str, offset: int) -> str:
    """The place of the household at `index`: its area and how many of that area come before it."""
    if index >= len(found):
        return ""
    area = found[index].area_id
    before = sum(1 for household in found[:index] if household.area_id == area)
    return f"{area}.{before}"
