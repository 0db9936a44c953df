"""Which problem first? The ranking, its rule to try and to save, and the sheet for the meeting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards.exports import give_counts
from kaejon.apps.dashboards.queries import widest_area
from kaejon.apps.folders.wording import in_language
from kaejon.apps.ranking.actions import save_rule
from kaejon.apps.ranking.queries import (
    decisions_of,
    problems_shown,
    rule_of,
    rule_row,
    standing_decision,
)
from kaejon.methods.definitions import problem_sides
from kaejon.methods.ranking import Ranked, Rule, default_rule, rank
from kaejon.web.doors import actor_of, area_for, permitted
from kaejon.web.places.areas import breadcrumb, seen_area
from kaejon.web.places.links import area_tabs
from kaejon.web.places.sight import paper_of, sight_of
from kaejon.web.ranking.forms import RuleForm, SaveRuleForm
from kaejon.web.ranking.rows import ranking_of, rows_of
from kaejon.web.ranking.sheet import meeting_sheet

SHOWN = 15


@permitted(Permission.SEE_COUNTS)
def ranking_home(request: HttpRequest) -> HttpResponse:
    """On to the widest area the person may see."""
    area = widest_area(scope_of(actor_of(request), Permission.SEE_COUNTS))
    if area is None:
        raise Http404
    return redirect("ranking_page", code=area.code)


@permitted(Permission.SEE_COUNTS)
def ranking_page(request: HttpRequest, code: str) -> HttpResponse:
    """The problems of an area in order; another rule can be tried without changing anything."""
    area = seen_area(request, code)
    user = actor_of(request)
    sight = sight_of(user, area)
    in_force = rule_of(area)
    form = RuleForm(request.GET if "households" in request.GET else RuleForm.values_of(in_force))
    tried = form.rule() if form.is_valid() else in_force
    problems = problems_shown(sight.measures.problems)
    before = {row.problem.code: row.place for row in rank(problems, in_force)}
    ranked = rank(problems, tried)
    side = request.GET.get("side", "")
    rows = rows_of(of_side(ranked, side), sight, user, before=before)
    everything = "all" in request.GET or bool(side)
    context = {
        "area": area,
        "sight": sight,
        "tabs": area_tabs(area.code, "ranking_page"),
        "breadcrumb": crumbs(request, area),
        "rows": rows if everything else rows[:SHOWN],
        "more": 0 if everything else max(len(rows) - SHOWN, 0),
        "sides": side_tabs(ranked, side),
        "form": form,
        "trying": tried != in_force,
        "saved": rule_row(area),
        "is_default": in_force == default_rule(),
        "may_decide": may(user, Permission.DECIDE, area.code),
        "may_print": may(user, Permission.PRINT),
        "decision": standing_decision(user, area),
        "decisions": decisions_of(user, area)[:10],
        "default_url": f"?{query_of(default_rule())}#rule",
        "save_form": SaveRuleForm(initial=RuleForm.values_of(tried)),
    }
    return render(request, "ranking/page.html", context, status=422 if form.errors else 200)


def of_side(ranked: list[Ranked], side: str) -> list[Ranked]:
    return [row for row in ranked if row.problem.side == side] if side else ranked


def side_tabs(ranked: list[Ranked], chosen: str) -> list[dict[str, Any]]:
    """All problems, then those of each task force."""
    tabs = [{"url": "?", "label": _("All sides"), "active": not chosen, "count": len(ranked)}]
    for side in problem_sides.load().sides:
        tabs.append(
            {
                "url": f"?side={side.code}",
                "label": in_language(side),
                "active": chosen == side.code,
                "count": len(of_side(ranked, side.code)),
            }
        )
    return tabs


def query_of(rule: Rule) -> str:
    return "&".join(f"{name}={value}" for name, value in RuleForm.values_of(rule).items())


def crumbs(request: HttpRequest, area: Area, *more: str) -> list[dict[str, str]]:
    """The way down to the area, then the ranking, then what lies below it."""
    ranking = {"label": _("Ranking"), "url": reverse("ranking_page", args=[area.code])}
    return [*breadcrumb(request, area), ranking, *({"label": word, "url": ""} for word in more)]


def deciding_area(request: HttpRequest, code: str) -> Area:
    """The area, if the person may decide in the whole of it."""
    area = area_for(request, code, Permission.DECIDE)
    if not may(actor_of(request), Permission.DECIDE, code):
        raise Http404
    return area


@permitted(Permission.DECIDE)
def ranking_rule(request: HttpRequest, code: str) -> HttpResponse:
    """Put a tried rule in force, with the reason."""
    area = deciding_area(request, code)
    form = SaveRuleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        save_rule(
            area=area, rule=form.rule(), reason=form.cleaned_data["reason"], by=actor_of(request)
        )
        messages.success(request, _("The rule is in force. Decisions taken before keep theirs."))
        return redirect("ranking_page", code=area.code)
    if request.method == "GET":
        form = SaveRuleForm(initial=RuleForm.values_of(rule_of(area)))
    context = {"area": area, "form": form, "breadcrumb": crumbs(request, area, _("The rule"))}
    return render(request, "ranking/rule.html", context, status=422 if form.is_bound else 200)


@permitted(Permission.PRINT)
def ranking_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The ranking on paper, with lines to write the decision on."""
    area = seen_area(request, code)
    user = actor_of(request)
    give_counts(what="ranking", area=area, form="pdf", by=user)
    sight = paper_of(user, area)
    pdf = meeting_sheet(sight, user, rows_of(ranking_of(sight), sight, user), rule_of(area))
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="ranking-{area.code}.pdf"'
    return response
