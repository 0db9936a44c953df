"""One list: where it stands, what it would change, and what can be done next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, role_names
from kaejon.apps.audit.actions import record_look
from kaejon.apps.audit.models import LookKind
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.linking.queries import families_of
from kaejon.apps.sources.actions import MOVES, WORKING, latest_job
from kaejon.apps.sources.models import BatchStatus, ImportBatch, Outcome
from kaejon.apps.sources.previews import Preview, previews
from kaejon.apps.sources.queries import (
    file_notices,
    history_of,
    issue_summary,
    page_of_rows,
    problem_in_words,
)
from kaejon.web.doors import actor_of, permitted
from kaejon.web.lists import labels
from kaejon.web.lists.door import batch_for, language
from kaejon.web.looks import shown_by_key

PAGE = 50
LONGEST_NUMBER = 9  # digits of a row number a database can compare
EVENTS_SHOWN = 30


@require_safe
@never_cache
@permitted(Permission.IMPORT_LISTS)
def batch_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """State, preview by outcome, steps that are open, history."""
    batch = batch_for(request, public_id)
    job = latest_job(batch)
    context = {"batch": batch, "mark": labels.STATUS_MARKS[batch.status]}
    context |= {
        "problem": problem_in_words(batch, language()),
        "notices": file_notices(batch, language()),
    }
    context |= {"steps": open_steps(request, batch), "job": job, "stopped": is_stopped(job)}
    if job is not None:
        context |= progress_of(batch, job)
    if batch.counts and batch.status not in (BatchStatus.DISCARDED, BatchStatus.FAILED):
        context |= rows_of_tab(request, batch)
        record_rows_seen(request, batch, context["rows"])
    events = list(history_of(batch)[:EVENTS_SHOWN])
    for event in events:
        event.words = labels.EVENTS.get(event.verb, event.verb)
    return render(request, "lists/batch_page.html", context | {"events": events})


@require_safe
@never_cache
@permitted(Permission.IMPORT_LISTS)
def batch_progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The progress of the step under way, asked for every second; at its end the page is loaded anew."""
    batch = batch_for(request, public_id)
    job = latest_job(batch)
    if not request.headers.get("HX-Request"):
        return redirect("batch_page", batch.public_id)
    if job is None or job.is_over:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "lists/batch_progress.html", {"batch": batch} | progress_of(batch, job))


def progress_of(batch: ImportBatch, job: Job) -> dict[str, Any]:
    stage = "" if job.status == Status.QUEUED else job.stage or ""
    return {
        "progress_label": labels.STAGES.get(stage, labels.STAGES[""]),
        "done": job.done,
        "total": job.total,
        "poll_url": reverse("batch_progress", args=[batch.public_id]),
        "refresh_url": reverse("batch_page", args=[batch.public_id]),
    }


def is_stopped(job: Job | None) -> bool:
    """The step ended without finishing; a person must ask for it again."""
    return job is not None and job.status == Status.FAILED


def open_steps(request: HttpRequest, batch: ImportBatch) -> dict[str, bool]:
    """The steps this person may take with the list as it stands."""
    status = BatchStatus(batch.status)
    may_apply = may(actor_of(request), Permission.APPLY_LISTS, at=batch.area_id)
    return {
        "stage": status in MOVES["stage"][0],
        "apply": status in MOVES["apply"][0] and may_apply,
        "reverse": status == BatchStatus.APPLIED and may_apply,
        "discard": status in MOVES["discard"][0],
        "waits_for_other": status in MOVES["apply"][0] and not may_apply,
        "working": status in WORKING,
    }


def rows_of_tab(request: HttpRequest, batch: ImportBatch) -> dict[str, Any]:
    """The rows of one outcome with what each would change, a page at a time."""
    counts = batch.counts["outcomes"]
    outcome = request.GET.get("outcome", "")
    if outcome not in counts:
        outcome = next((o for o in labels.OUTCOMES if counts.get(o)), Outcome.CREATED.value)
    asked = request.GET.get("after", "")
    after = int(asked) if asked.isdecimal() and len(asked) <= LONGEST_NUMBER else 0
    rows, following = page_of_rows(batch, outcome, after=after, size=PAGE)
    shown = previews(batch, rows, actor_of(request), language())
    in_sight = {row.number for row in shown if not row.hidden}
    seen = [row for row in rows if row.row_number in in_sight]
    families = families_of(seen, actor_of(request), Permission.SEE_HOUSEHOLDS)
    shown_by_key(request, households=families)
    tabs = [
        {
            "url": f"?outcome={o.value}",
            "label": o.label,
            "count": counts[o],
            "active": o.value == outcome,
        }
        for o in labels.OUTCOMES
        if o in counts
    ]
    return {
        "tabs": tabs,
        "outcome": outcome,
        "outcome_help": outcome_help(batch)[Outcome(outcome)],
        "rows": shown,
        "columns": row_columns(outcome, shown),
        "total": counts[outcome],
        "next_url": f"?outcome={outcome}&after={following}" if following else "",
        "first_url": f"?outcome={outcome}" if after else "",
        "summary": issue_summary(batch, language()),
    }


def outcome_help(batch: ImportBatch) -> dict[Outcome, Any]:
    """What a tab says of its rows: what would become of them, or what became of them."""
    is_applied = batch.status == BatchStatus.APPLIED
    return labels.OUTCOME_HELP_APPLIED if is_applied else labels.OUTCOME_HELP


def record_rows_seen(request: HttpRequest, batch: ImportBatch, rows: list[Preview]) -> None:
    """A page of rows is a look at that much of a list; the families it names have their own row."""
    user = actor_of(request)
    if seen := sum(not row.hidden for row in rows):
        record_look(
            by=user,
            kind=LookKind.VIEW,
            area=batch.area_id,
            count=seen,
            role=role_names(user),
            reason=f"rows of {batch.public_id}",
        )


def row_columns(outcome: str, rows: list[Preview]) -> dict[str, bool]:
    """Which columns the table of this tab needs."""
    return {
        "changes": outcome in (Outcome.UPDATED, Outcome.AMBIGUOUS),
        "issues": outcome == Outcome.REJECTED or any(r.objections for r in rows),
    }
