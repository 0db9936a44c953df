"""What was measured in an area: five capitals, indicators, poverty in many dimensions, change."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, scope_of
from kaejon.apps.folders.labels import definition_name, weights_are_provisional
from kaejon.web.doors import actor_of, permitted
from kaejon.web.places import measured_rows, round_rows
from kaejon.web.places.areas import breadcrumb, part_word, seen_area
from kaejon.web.places.links import area_tabs
from kaejon.web.places.measure_map import maps_of
from kaejon.web.places.poverty_rows import poverty_of
from kaejon.web.places.sight import NEEDS, SURVEY, Sight, sight_of


@permitted(Permission.SEE_COUNTS)
def area_measures(request: HttpRequest, code: str) -> HttpResponse:
    """Everything measured in an area, each figure with list, date and number of households."""
    area = seen_area(request, code)
    user = actor_of(request)
    sight = sight_of(user, area)
    context = measures_of(sight, user) | {
        "breadcrumb": breadcrumb(request, area),
        "tabs": area_tabs(area.code, "area_measures"),
        "map": maps_of(sight, user, request.GET.get("map", "")),
        "part_word": part_word(area),
        "may_print": may(user, Permission.PRINT),
        "may_export": scope_of(user, Permission.EXPORT).touches(area.code),
    }
    return render(request, "places/measures.html", context)


def measures_of(sight: Sight, user: User) -> dict[str, Any]:
    """The figures of the page, which the report prints too."""
    return {
        "area": sight.area,
        "sight": sight,
        "pentagon": measured_rows.pentagon(sight),
        "level_table": measured_rows.level_table(sight),
        "indicators": measured_rows.indicators(sight, user),
        "screened": sight.text(sight.measures.screened),
        "answers": measured_rows.answers(sight, user),
        "surveyed": sight.text(sight.measures.levels("overall").measured),
        "poverty": poverty_of(sight, user),
        "trend": round_rows.trend(sight),
        "needs_trend": round_rows.needs_trend(sight),
        "moves": round_rows.moves(sight),
        "survey_note": sight.list_note(*SURVEY),
        "needs_note": sight.list_note(*NEEDS),
        "definition": definition_name(),
        "provisional": weights_are_provisional(),
    }
