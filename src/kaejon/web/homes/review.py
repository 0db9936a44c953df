"""The queue of households that may stand twice: search, two side by side, the decision and its undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.areas.models import Area
from kaejon.apps.homes import searching
from kaejon.apps.homes.deciding import decide_pair, undo_decision
from kaejon.apps.homes.models import HouseholdDecision, HouseholdPair, PairState
from kaejon.apps.homes.queries import (
    decisions_visible_to,
    next_pair,
    pair_queue,
    pairs_by_tambon,
    pairs_visible_to,
)
from kaejon.apps.households.models import Household
from kaejon.methods.errors import DataError
from kaejon.web.doors import actor_of, permitted, row_for
from kaejon.web.homes import labels
from kaejon.web.homes.forms import HomeAnswerForm
from kaejon.web.homes.presenting import HomeComparison
from kaejon.web.linking.forms import SearchForm
from kaejon.web.linking.queue import tabs
from kaejon.web.looks import opened
from kaejon.web.middleware import sentence

PAGE = 50
LATELY = 10


@require_safe
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_homes(request: HttpRequest) -> HttpResponse:
    """Pairs that wait, by tambon, and the latest decisions with their undo."""
    user = actor_of(request)
    area = request.GET.get("area", "")
    area = area if area.isdigit() and len(area) <= 8 else ""
    rows = pair_queue(user, area)
    page: Any = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for pair in page:
        show(pair)
    context = {
        "tabs": tabs(user, "homes"),
        "page": page,
        "areas": pairs_by_tambon(pair_queue(user)),
        "area": Area.objects.filter(code=area).first() if area else None,
        "first": next_pair(rows),
        "search": SearchForm(user),
        "lately": decisions_visible_to(user)[:LATELY],
    }
    return render(request, "homes/review_list.html", context)


def show(pair: Any) -> None:
    """Give a pair what its row on the page needs: both households, and why."""
    pair.seen = [pair.one, pair.other]
    pair.why = [labels.REASONS[reason] for reason in pair.reasons]


@require_POST
@permitted(Permission.APPLY_LISTS)
def review_homes_search(request: HttpRequest) -> HttpResponse:
    """Search an area for households that stand twice; the work goes on in the background."""
    user = actor_of(request)
    form = SearchForm(user, request.POST)
    if not form.is_valid():
        messages.error(request, labels.REFUSALS["outside_scope"])
        return redirect("review_homes")
    return redirect(
        "review_job", searching.start(area=form.cleaned_data["area"], by=user).public_id
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_home(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Two households side by side; an answer leads to the next pair."""
    user = actor_of(request)
    pair: Any = waiting_pair(user, public_id)
    if pair is None:
        messages.info(request, labels.REFUSALS["NOT_WAITING"])
        return redirect("review_homes")
    show(pair)
    form, refusal = HomeAnswerForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(next_address(user, answer(pair, form.cleaned_data, user)))
        except DataError as error:
            refusal = str(labels.REFUSALS.get(error.code) or sentence(error))
    opened(request, *pair.seen)
    context = {
        "pair": pair,
        "comparison": HomeComparison(pair.seen),
        "form": form,
        "refusal": refusal,
        "left": pair_queue(user).count(),
        "done": done_before(request, user),
    }
    return render(
        request, "homes/review_pair.html", context, status=422 if refusal or form.errors else 200
    )


def waiting_pair(user: User, public_id: UUID) -> HouseholdPair | None:
    """The pair, None when it was decided meanwhile; outside the reader's area it does not exist."""
    pair = pairs_visible_to(user).filter(public_id=public_id).first()
    if pair is None and not decisions_visible_to(user).filter(pair__public_id=public_id).exists():
        raise Http404
    return pair


def answer(pair: Any, said: dict[str, Any], user: User) -> HouseholdDecision:
    verdict, chosen = said["answer"]
    kept: Household | None = next((h for h in pair.seen if h.public_id == chosen), None)
    return decide_pair(pair=pair, verdict=verdict, kept=kept, by=user, reason=said["reason"])


def next_address(user: User, decision: HouseholdDecision) -> str:
    """The next pair nobody has spoken on, else the queue; both name the decision, to undo it."""
    following = next_pair(pair_queue(user))
    address = (
        reverse("review_home", args=[following.public_id]) if following else reverse("review_homes")
    )
    return f"{address}?done={decision.public_id}"


def done_before(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """What was decided on the page before, with the way to undo it."""
    try:
        name = UUID(request.GET.get("done", ""))
    except ValueError:
        return None
    decision = decisions_visible_to(user).filter(public_id=name, decided_by=user).first()
    if decision is None:
        return None
    kept = decision.change.kept if decision.change else decision.pair.one
    head = kept.head_name if kept else ""
    words = labels.DONE[PairState(decision.verdict)] % {"name": head or _("no name recorded")}
    return {"decision": decision, "words": words}


@require_POST
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_home_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a decision back and show its pair again."""
    user = actor_of(request)
    decision = row_for(request, decisions_visible_to(user), public_id=public_id)
    try:
        undo_decision(decision=decision, by=user)
    except DataError as error:
        messages.error(request, str(labels.REFUSALS.get(error.code) or sentence(error)))
        return redirect("review_homes")
    messages.success(request, _("The decision was taken back. The pair waits again."))
    return redirect("review_home", decision.pair.public_id)
