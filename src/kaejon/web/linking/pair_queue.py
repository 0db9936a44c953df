"""The queue of people who may stand twice: counts by tambon, the pairs, searching again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.linking.assigning import (
    assign_queue,
    workers_of,
)
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.models import Band, LinkRun
from kaejon.apps.linking.pair_queries import (
    counts_of_bands,
    next_pair,
    pair_decisions_visible_to,
    pair_queue,
    pairs_by_tambon,
    people_of,
)
from kaejon.apps.linking.scoring import start
from kaejon.web.doors import actor_of, permitted
from kaejon.web.linking import labels
from kaejon.web.linking.forms import PairFilter, SearchForm
from kaejon.web.linking.pair_presenting import explained
from kaejon.web.linking.queue import assignment_context, kept, tabs

PAGE = 50
LATELY = 10


@require_safe
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_pairs(request: HttpRequest) -> HttpResponse:
    """Pairs that wait, by tambon and sureness, and the latest decisions with their undo."""
    user = actor_of(request)
    form = PairFilter(request.GET)
    wanted = form.wanted()
    rows = pair_queue(user, **wanted)
    page: Any = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for pair in page:
        pair.people, pair.why = people_of(pair), explained(pair)
    everywhere = pair_queue(user, **{**wanted, "area": ""})
    context = {
        "tabs": tabs(user, "pairs"),
        "form": form,
        "page": page,
        "areas": pairs_by_tambon(everywhere, user),
        "first": next_pair(rows, user) or (page.object_list[0] if page.object_list else None),
        "kept": kept(wanted),
        "sure": counts_of_bands(rows).get(Band.SURE, 0),
        "lately": pair_decisions_visible_to(user)[:LATELY],
        "filtered": any(wanted.values()),
        "search": SearchForm(user),
        "runs": latest_searches(user),
    }
    return render(
        request, "linking/pair_list.html", context | assignment_context(user, wanted["area"])
    )


def latest_searches(user: User) -> list[LinkRun]:
    """The last search of each area that lies in the actor's own, at most three."""
    scope = scope_of(user, Permission.APPLY_LISTS)
    runs = LinkRun.objects.exclude(finished_at=None).select_related("area", "started_by")[:50]
    newest: dict[str, LinkRun] = {}
    for run in runs:
        if scope.holds_at(run.area_id):
            newest.setdefault(run.area_id, run)
    return list(newest.values())[:3]


@require_POST
@permitted(Permission.APPLY_LISTS)
def review_assign(request: HttpRequest) -> HttpResponse:
    """Give what waits in a tambon to somebody who may work there."""
    user = actor_of(request)
    area = Area.objects.filter(code=request.POST.get("area", "")).first()
    back = "review_list" if request.POST.get("from") == "rows" else "review_pairs"
    if area is None:
        messages.error(request, labels.REFUSALS["OUTSIDE"])
        return redirect(back)
    chosen = workers_of(area).filter(username=request.POST.get("user", "")).first()
    try:
        assign_queue(area=area, user=chosen, by=user)
    except DecisionError as error:
        messages.error(request, labels.REFUSALS[error.code])
        return redirect(back)
    messages.success(request, _("Written down who decides what waits here."))
    response = redirect(back)
    response["Location"] += f"?area={area.code}"
    return response


@require_POST
@permitted(Permission.APPLY_LISTS)
def review_search(request: HttpRequest) -> HttpResponse:
    """Search an area for people who stand twice; the work goes on in the background."""
    user = actor_of(request)
    form = SearchForm(user, request.POST)
    if not form.is_valid():
        messages.error(request, labels.REFUSALS["OUTSIDE"])
        return redirect("review_pairs")
    job = start(area=form.cleaned_data["area"], by=user)
    return redirect("review_job", job.public_id)
