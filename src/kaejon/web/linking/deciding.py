"""One row beside those it may speak of, the decision, and its undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import role_names
from kaejon.apps.audit.actions import record_look
from kaejon.apps.audit.models import LookKind
from kaejon.apps.linking.actions import decide, undo
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.models import MatchDecision, Verdict
from kaejon.apps.linking.queries import (
    Candidates,
    candidates_for,
    decisions_visible_to,
    names_chosen,
    next_in,
    number_is_free,
    queue,
    rows_with_same_id,
    standing_on,
    visible_to,
)
from kaejon.apps.sources.models import SourceRecord
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.web.doors import actor_of, permitted, row_for
from kaejon.web.linking import labels
from kaejon.web.linking.forms import WITH_NUMBER, DecisionForm, QueueFilter
from kaejon.web.linking.presenting import Comparison
from kaejon.web.linking.queue import kept
from kaejon.web.lists.batch import LONGEST_NUMBER
from kaejon.web.lists.door import language
from kaejon.web.looks import seen_in


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_page(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """The row and each candidate side by side; an answer leads to the next row."""
    user = actor_of(request)
    record = waiting_row(request, public_id, number)
    if record is None:
        messages.info(request, _("This row was decided already."))
        return redirect("review_list")
    wanted = QueueFilter(user, request.GET).wanted()
    candidates = candidates_for(record, user)
    form, refusal = DecisionForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            decision = answer(request, record, candidates, form.cleaned_data)
            return redirect(next_address(request, wanted, decision))
        except DecisionError as error:
            refusal = str(labels.REFUSALS[error.code])
    record_sides_seen(request, record, candidates)
    rows = queue(user, **wanted)
    context = {
        "record": record,
        "comparison": Comparison(record, candidates),
        "elsewhere": candidates.elsewhere,
        "number_free": number_is_free(record),
        "same_id": rows_with_same_id(record, user),
        "why": labels.WHY.get(record.rule, ""),
        "second": standing_on(record) if record.decision else None,
        "left": rows.count(),
        "kept": kept(wanted),
        "form": form,
        "refusal": refusal,
        "done": done_before(request),
    }
    return render(
        request, "linking/review_page.html", context, status=422 if refusal or form.errors else 200
    )


def waiting_row(request: HttpRequest, public_id: UUID, number: int) -> SourceRecord | None:
    """The row, None when it was decided meanwhile; outside the reader's area it does not exist."""
    if len(str(number)) > LONGEST_NUMBER:
        raise Http404
    user = actor_of(request)
    row = visible_to(user).filter(batch__public_id=public_id, row_number=number).first()
    if row is None:
        settled = decisions_visible_to(user).filter(
            record__batch__public_id=public_id, record__row_number=number
        )
        if not settled.exists():
            raise Http404
    return row


def answer(
    request: HttpRequest, record: SourceRecord, candidates: Candidates, said: dict[str, Any]
) -> MatchDecision:
    verdict, chosen = said["answer"]
    bears_number = verdict == WITH_NUMBER
    return decide(
        record=record,
        verdict=Verdict.DIFFERENT if bears_number else verdict,
        number=bears_number,
        person=candidates.person(chosen),
        household=candidates.household(chosen),
        by=actor_of(request),
        reason=said["reason"],
    )


def next_address(request: HttpRequest, wanted: dict[str, Any], decision: MatchDecision) -> str:
    """The next row nobody has spoken on, else the queue; both name the decision, to undo it."""
    following = next_in(queue(actor_of(request), **wanted))
    query = "&".join(filter(None, [kept(wanted), f"done={decision.public_id}"]))
    if following is None:
        return f"{reverse('review_list')}?done={decision.public_id}"
    place = [following.batch.public_id, following.row_number]
    return f"{reverse('review_page', args=place)}?{query}"


def done_before(request: HttpRequest) -> dict[str, Any] | None:
    """What was decided on the page before, with the way to undo it."""
    try:
        name = UUID(request.GET.get("done", ""))
    except ValueError:
        return None
    user = actor_of(request)
    decision = decisions_visible_to(user).filter(public_id=name, decided_by=user).first()
    if decision is None:
        return None
    words = labels.DONE[Verdict(decision.verdict)] % {
        "number": decision.record.row_number,
        "name": names_chosen([decision], user).get(decision.pk, ""),
    }
    return {"decision": decision, "words": words}


def record_sides_seen(request: HttpRequest, record: SourceRecord, candidates: Candidates) -> None:
    """The row and every household shown beside it were looked at."""
    user = actor_of(request)
    role, reason = role_names(user), f"row {record.row_number} of {record.batch.public_id}"
    record_look(by=user, kind=LookKind.VIEW, area=record.area_code, role=role, reason=reason)
    seen_in(request).opened.update(candidates.seen_households())


@require_POST
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a decision back and show its row again."""
    user = actor_of(request)
    decision = row_for(request, decisions_visible_to(user), public_id=public_id)
    try:
        undo(decision=decision, by=user)
    except DecisionError as error:
        messages.error(request, labels.REFUSALS[error.code])
        return redirect("review_list")
    except ListFileError as error:
        messages.error(request, " ".join(error.in_language(language())))
        return redirect("review_list")
    messages.success(request, _("The decision was taken back. The row waits again."))
    record = decision.record
    if not visible_to(user).filter(pk=record.pk).exists():
        return redirect("review_list")
    return redirect("review_page", record.batch.public_id, record.row_number)
