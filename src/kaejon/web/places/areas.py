"""Province, district, tambon, village: who lives there, what is lacking, what to build on."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, may, scope_of
from kaejon.apps.areas.models import WHOLE_SYSTEM, Area, Level
from kaejon.apps.areas.queries import path_to
from kaejon.apps.dashboards.exports import give_counts
from kaejon.apps.dashboards.queries import widest_area
from kaejon.apps.folders.labels import capital_name, definition_name, weights_are_provisional
from kaejon.apps.folders.strengths import strengths_of
from kaejon.apps.households.models import CAPITALS, Verified
from kaejon.apps.statistics.standing import CHECKED, TO_CHECK
from kaejon.apps.surveys.worklists import list_year
from kaejon.web.doors import actor_of, area_for, permitted
from kaejon.web.places import figures, profile_sheet
from kaejon.web.places.links import area_address, area_tabs
from kaejon.web.places.sight import SURVEY, Sight, paper_of, sight_of

AREAS_FOUND = 50


@permitted(Permission.SEE_COUNTS)
def area_home(request: HttpRequest) -> HttpResponse:
    """Find an area by name or code; without a question, the widest area the person may see."""
    scope = scope_of(actor_of(request), Permission.SEE_COUNTS)
    asked = " ".join(request.GET.get("q", "").split())[:60]
    if not asked and (area := widest_area(scope)):
        return redirect("area_page", code=area.code)
    return render(
        request, "places/area_search.html", {"asked": asked, "areas": areas_named(scope, asked)}
    )


def areas_named(scope: Scope, asked: str) -> list[dict[str, str]]:
    """Areas whose name contains the words or whose code begins with the digits, inside the scope."""
    named = Q(name_th__contains=asked) | Q(name_en__icontains=asked)
    if asked.isascii() and asked.isdigit():
        named |= Q(code__startswith=asked)
    rows = (
        Area.objects.filter(named, scope.by_area("code"))
        .exclude(code=WHOLE_SYSTEM)
        .order_by("code")[:AREAS_FOUND]
    )
    around = Area.objects.in_bulk({code for area in rows for code in area.ancestor_codes()})
    return [
        {
            "name": area.full_name,
            "url": area_address(area.code),
            "path": " › ".join(
                around[c].full_name for c in area.ancestor_codes()[:-1] if c in around
            ),
        }
        for area in rows
    ]


@permitted(Permission.SEE_COUNTS)
def area_page(request: HttpRequest, code: str) -> HttpResponse:
    """The counts of an area and of its parts, its levels, and what the community has to build on."""
    area = seen_area(request, code)
    user = actor_of(request)
    sight = sight_of(user, area)
    strengths = strengths_by_capital(area, sight.scope) if shows_strengths(area) else None
    measure = request.GET.get("measure", "overall")
    if measure not in figures.MEASURES:
        measure = "overall"
    context = {
        "area": area,
        "breadcrumb": breadcrumb(request, area),
        "tabs": area_tabs(area.code, "area_page"),
        "sight": sight,
        "stats": figures.headline(sight),
        "levels": figures.level_table(sight),
        "checked": checked_shown(sight),
        **figures.parts_shown(sight, measure),
        "measure_name": capital_name(measure),
        "measure_tabs": [
            {
                "url": f"?measure={name}#parts",
                "label": capital_name(name),
                "active": name == measure,
            }
            for name in figures.MEASURES
        ],
        "part_word": part_word(area),
        "strengths": strengths,
        "has_strengths": any(group["entries"] for group in strengths or ()),
        "may_write": may(user, Permission.EDIT_HOUSEHOLDS, area.code),
        "may_print": may(user, Permission.PRINT),
        "survey_note": sight.list_note(*SURVEY),
        "definition": definition_name(),
        "provisional": weights_are_provisional(),
    }
    return render(request, "places/area.html", context)


def checked_shown(sight: Sight) -> dict[str, object] | None:
    """What checks found here, by outcome, each with the households behind it; None before the first check."""
    if not sight.standing.has_checks:
        return None
    return {
        "year": list_year(),
        "done": sight.text(sight.total.outcome(CHECKED)),
        "total": sight.text(sight.total.outcome(TO_CHECK)),
        "cells": [
            (label, sight.cell(sight.total.outcome(code), verified=code))
            for code, label in Verified.choices
        ],
    }


def seen_area(request: HttpRequest, code: str) -> Area:
    """The area, if the signed-in person may see counts in it."""
    return area_for(request, code, Permission.SEE_COUNTS)


def breadcrumb(request: HttpRequest, area: Area) -> list[dict[str, str]]:
    """The way down to the area; every step leads to a page, for each lies on the way to the scope."""
    return [{"label": step.full_name, "url": area_address(step.code)} for step in path_to(area)]


def part_word(area: Area) -> str:
    """What the areas one rung below are called."""
    return {
        Level.COUNTRY: _("Provinces"),
        Level.PROVINCE: _("Districts"),
        Level.DISTRICT: _("Tambons"),
        Level.TAMBON: _("Villages"),
        Level.VILLAGE: "",
    }[Level(area.level)]


def shows_strengths(area: Area) -> bool:
    """Strengths are told of a tambon or a village: further up the list would be too long to use."""
    return area.level in (Level.TAMBON, Level.VILLAGE)


def strengths_by_capital(area: Area, scope: Scope) -> list[dict[str, object]]:
    """The five capitals, each with what is written down within the scope."""
    found = list(strengths_of(area).filter(scope.by_area("area_id")))
    return [
        {"name": capital_name(capital), "entries": [s for s in found if s.capital == capital]}
        for capital in CAPITALS
    ]


@permitted(Permission.PRINT)
def area_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The profile of an area on paper for a meeting: counts without names, rounded for everybody."""
    area = seen_area(request, code)
    give_counts(what="profile", area=area, form="pdf", by=actor_of(request))
    pdf = profile_sheet.profile_pdf(paper_of(actor_of(request), area), actor_of(request))
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="area-{area.code}.pdf"'
    return response
