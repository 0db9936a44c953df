"""Two people side by side, the decision, the second opinion, and taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.models import PairDecision, PairState, PersonPair, Verdict
from kaejon.apps.linking.pair_queries import (
    next_pair,
    pair_decisions_visible_to,
    pair_queue,
    pairs_visible_to,
    people_of,
    standing_on_pair,
)
from kaejon.apps.linking.pairs import decide_pair, second_opinion, undo_pair
from kaejon.apps.linking.sensitive import causes_of
from kaejon.web.doors import actor_of, permitted, row_for
from kaejon.web.linking import labels
from kaejon.web.linking.forms import PairAnswerForm, PairFilter
from kaejon.web.linking.pair_presenting import PairComparison
from kaejon.web.linking.queue import kept
from kaejon.web.looks import opened


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_pair(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The two people side by side; an answer leads to the next pair."""
    user = actor_of(request)
    pair: Any = waiting_pair(user, public_id)
    if pair is None:
        messages.info(request, _("This pair was decided already."))
        return redirect("review_pairs")
    pair.people = people_of(pair)
    form, refusal = PairAnswerForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            decision = answer(pair, form.cleaned_data, user)
            return redirect(next_address(request, user, decision))
        except DecisionError as error:
            refusal = str(labels.REFUSALS[error.code])
    opened(request, *(person.household for person in pair.people))
    first = standing_on_pair(pair) if pair.state != PairState.OPEN else None
    context = {
        "pair": pair,
        "comparison": PairComparison(pair),
        "first": first,
        "seconding": pair.state == PairState.SECONDING,
        "own": first is not None and first.decided_by_id == user.pk,
        "causes": causes_in_words(pair),
        "left": queue_of(request, user).count(),
        "kept": wanted_part(request),
        "form": form,
        "refusal": refusal,
        "done": done_before(request, user),
    }
    status = 422 if refusal or form.errors else 200
    return render(request, "linking/pair_page.html", context, status=status)


def waiting_pair(user: User, public_id: UUID) -> PersonPair | None:
    """The pair, None when it was decided meanwhile; outside the reader's area it does not exist."""
    pair = pairs_visible_to(user).filter(public_id=public_id).first()
    if (
        pair is None
        and not pair_decisions_visible_to(user).filter(pair__public_id=public_id).exists()
    ):
        raise Http404
    return pair


def causes_in_words(pair: Any) -> list[str]:
    """Why "one person" would need a second person."""
    return [str(labels.CAUSES[cause]) for cause in causes_of(*pair.people)]


def answer(pair: Any, said: dict[str, Any], user: User) -> PairDecision:
    verdict, chosen = said["answer"]
    reason = said["reason"]
    if verdict in ("agree", "disagree"):
        return second_opinion(pair=pair, agrees=verdict == "agree", by=user, reason=reason)
    kept = next((p for p in pair.people if p.public_id == chosen), None)
    return decide_pair(pair=pair, verdict=verdict, kept=kept, by=user, reason=reason)


def queue_of(request: HttpRequest, user: User) -> Any:
    """The queue with the filter of the address."""
    return pair_queue(user, **PairFilter(request.GET).wanted())


def wanted_part(request: HttpRequest) -> str:
    return kept(PairFilter(request.GET).wanted())


def next_address(request: HttpRequest, user: User, decision: PairDecision) -> str:
    """The next pair nobody has spoken on, else the queue; both name the decision, to undo it."""
    following = next_pair(queue_of(request, user), user)
    query = "&".join(filter(None, [wanted_part(request), f"done={decision.public_id}"]))
    if following is None:
        return f"{reverse('review_pairs')}?{query}"
    return f"{reverse('review_pair', args=[following.public_id])}?{query}"


def done_before(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """What was decided on the page before, with the way to undo it."""
    try:
        name = UUID(request.GET.get("done", ""))
    except ValueError:
        return None
    decision = pair_decisions_visible_to(user).filter(public_id=name).first()
    if decision is None or user not in (decision.decided_by, decision.confirmed_by):
        return None
    waits = bool(decision.causes) and decision.confirmed_by_id is None
    person = decision.kept or decision.pair.one
    words = labels.PAIR_WAITS if waits else labels.PAIR_DONE[Verdict(decision.verdict)]
    return {"decision": decision, "words": words % {"name": person.full_name if person else ""}}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_pair_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a decision back; where it is not clear of whom later claims speak, ask."""
    user = actor_of(request)
    decision = row_for(request, pair_decisions_visible_to(user), public_id=public_id)
    context = {"decision": decision, "pair": decision.pair, "unclear": False}
    if request.method != "POST":
        return render(request, "linking/pair_undo.html", context)
    try:
        undo_pair(decision=decision, by=user, since=request.POST.get("since", ""))
    except DecisionError as error:
        if error.code == "SINCE_UNCLEAR":
            return render(
                request, "linking/pair_undo.html", context | {"unclear": True}, status=422
            )
        messages.error(request, labels.REFUSALS[error.code])
        return redirect("review_pairs")
    messages.success(request, _("The decision was taken back. The pair waits again."))
    if not pairs_visible_to(user).filter(pk=decision.pair_id).exists():
        return redirect("review_pairs")
    return redirect("review_pair", decision.pair.public_id)
