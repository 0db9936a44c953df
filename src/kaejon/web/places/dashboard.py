"""The start page: how the households of the widest area stand that the person may see."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, scope_of
from kaejon.apps.dashboards.queries import widest_area
from kaejon.apps.folders.labels import definition_name, weights_are_provisional
from kaejon.web.doors import actor_of
from kaejon.web.places import figures
from kaejon.web.places.answers import answers_of
from kaejon.web.places.sight import SURVEY, sight_of


@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """Households, people, problems by capital, levels by district, map, help given."""
    user = actor_of(request)
    area = widest_area(scope_of(user, Permission.SEE_COUNTS))
    if area is None:
        return without_counts(request)
    sight = sight_of(user, area)
    chart = figures.parts_chart(sight)
    context = {
        "area": area,
        "sight": sight,
        "answers": answers_of(sight, user),
        "stats": figures.headline(sight),
        "problems": figures.problems(sight),
        "levels": figures.level_table(sight),
        **figures.parts_shown(sight),
        "parts_chart": chart,
        "parts_chart_size": figures.chart_size(chart),
        "maps": figures.maps(sight),
        "survey_note": sight.list_note(*SURVEY),
        "target_note": sight.target_note(),
        "definition": definition_name(),
        "provisional": weights_are_provisional(),
    }
    return render(request, "places/dashboard.html", context)


def without_counts(request: HttpRequest) -> HttpResponse:
    """Somebody who sees no area: on to the accounts or the history, or told whom to ask."""
    user = actor_of(request)
    for permission, name in (
        (Permission.MANAGE_ACCOUNTS, "account_list"),
        (Permission.READ_AUDIT, "history"),
    ):
        if may(user, permission):
            return redirect(name)
    return render(request, "places/no_area.html")
