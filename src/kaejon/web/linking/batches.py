"""All sure pairs of an area at once: what would be merged, the work under way, taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.linking import sure
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.models import PairDecision, PersonPair
from kaejon.web.doors import actor_of, permitted
from kaejon.web.linking import labels
from kaejon.web.linking.pair_presenting import explained

KINDS = ("link", "homes", "merge_sure", "undo_sure")
PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_sure(request: HttpRequest) -> HttpResponse:
    """What merging all sure pairs of an area would do; said yes, it begins."""
    user = actor_of(request)
    area = chosen_area(request, user)
    if area is None:
        messages.info(request, _("Choose a tambon first."))
        return redirect("review_pairs")
    if request.method == "POST":
        try:
            return redirect("review_job", sure.merge_sure(area=area.code, by=user).public_id)
        except DecisionError as error:
            messages.error(request, labels.REFUSALS[error.code])
            return redirect("review_pairs")
    groups = [g for g in sure.sure_groups(user, area.code) if g.left != sure.ELSEWHERE]
    ready = [g for g in groups if not g.left]
    page: Any = Paginator(ready, PAGE).get_page(request.GET.get("page"))
    pairs = PersonPair.objects.in_bulk([pk for g in page for pk in g.pairs])
    for group in page:
        group.why = list(dict.fromkeys(explained(pairs[pk]) for pk in group.pairs if pk in pairs))
    left = [(g, labels.LEFT[g.left]) for g in groups if g.left]
    context = {
        "area": area,
        "page": page,
        "people": sum(len(g.people) - 1 for g in ready),
        "left": left,
    }
    return render(request, "linking/sure.html", context)


def chosen_area(request: HttpRequest, user: User) -> Area | None:
    """The area of the address or form, when the reader may decide in the whole of it."""
    code = request.POST.get("area") or request.GET.get("area", "")
    area = Area.objects.select_related("parent").filter(code=code).first()
    may_decide = area is not None and scope_of(user, Permission.APPLY_LISTS).holds_at(area.code)
    return area if may_decide else None


def jobs_of(user: User) -> QuerySet[Job]:
    """Searches and batches the reader asked for."""
    return Job.objects.filter(kind__in=KINDS, created_by=user)


@require_safe
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_job(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far the work is, and what came of it."""
    job = get_object_or_404(jobs_of(actor_of(request)), public_id=public_id)
    return render(request, "linking/job.html", job_context(job))


@require_safe
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_job_progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The moving part of the page; at the end the page is loaded anew."""
    job = get_object_or_404(jobs_of(actor_of(request)), public_id=public_id)
    if not request.headers.get("HX-Request"):
        return redirect("review_job", job.public_id)
    if job.is_over:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "linking/job_progress.html", job_context(job))


def job_context(job: Job) -> dict[str, Any]:
    left = {str(labels.REFUSALS[code]): n for code, n in job.result.get("left", {}).items()}
    standing = PairDecision.objects.filter(batch=job, undone_at=None).count()
    return {
        "job": job,
        "kind": job.kind,
        "title": labels.JOBS[job.kind],
        "failed": job.status == Status.FAILED,
        "label": labels.STAGES.get(job.stage, labels.STAGES[""]),
        "left": left,
        "standing": standing,
        "poll_url": reverse("review_job_progress", args=[job.public_id]),
        "refresh_url": reverse("review_job", args=[job.public_id]),
    }


@require_POST
@permitted(Permission.APPLY_LISTS)
def review_job_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back everything a batch merged."""
    user = actor_of(request)
    job = get_object_or_404(jobs_of(user).filter(kind="merge_sure"), public_id=public_id)
    return redirect("review_job", sure.undo_sure(job=job, by=user).public_id)
