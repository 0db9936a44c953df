"""Take a list out as a file: at once when short, in the background when long."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kaejon.apps.access.roles import Permission
from kaejon.apps.folders import exporting
from kaejon.apps.folders.searching import find
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.sources import files
from kaejon.web.doors import actor_of, permitted
from kaejon.web.places.households import question_of


@require_POST
@permitted(Permission.EXPORT)
def household_export(request: HttpRequest) -> HttpResponse:
    """The list as filtered; a long one becomes a background job."""
    user = actor_of(request)
    question = question_of(request)
    if question.token and question.search is None:
        raise Http404
    found = find(user, question.search, question.filters.area) if question.search else None
    export = exporting.Export(
        filters=question.filters,
        format=request.POST.get("format", "xlsx"),
        language="en" if get_language() == "en" else "th",
        found=found.households if found else None,
    )
    if not exporting.is_small(user, export):
        job = exporting.request_export(
            export=export, token=request.POST.get("token", "")[:40], by=user
        )
        return redirect("export_page", public_id=job.public_id)
    response = HttpResponse(
        exporting.export_now(export=export, by=user), content_type=exporting.FORMATS[export.format]
    )
    response.headers["Content-Disposition"] = disposition(export.format)
    return response


def disposition(form: str) -> str:
    return f'attachment; filename="households-{timezone.localdate():%Y%m%d}.{form}"'


def export_job(request: HttpRequest, public_id: UUID) -> Job:
    """The job, for the person who asked for it and nobody else."""
    return get_object_or_404(
        Job, public_id=public_id, kind=exporting.KIND, created_by=actor_of(request)
    )


@require_GET
@permitted(Permission.EXPORT)
def export_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far the file is, and the file itself when it is ready."""
    return render(
        request, "places/export.html", progress_context(request, export_job(request, public_id))
    )


@require_GET
@permitted(Permission.EXPORT)
def export_progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The part of the page that changes, for polling."""
    return render(
        request,
        "places/_export_progress.html",
        progress_context(request, export_job(request, public_id)),
    )


def progress_context(request: HttpRequest, job: Job) -> dict[str, object]:
    words = {
        Status.QUEUED: _("Waiting for its turn"),
        Status.RUNNING: _("The file is being written"),
        Status.DONE: _("The file is ready"),
        Status.FAILED: _("The file could not be written"),
    }
    return {
        "job": job,
        "label": words[Status(job.status)],
        "ready": exporting.can_be_fetched(job, actor_of(request)),
        "failed": job.status == Status.FAILED,
        "expires_at": exporting.expires_at(job),
        "poll_url": reverse("export_progress", args=[job.public_id]),
        "refresh_url": reverse("export_page", args=[job.public_id]),
    }


@require_GET
@permitted(Permission.EXPORT)
def export_file(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The file, while it is kept and still within the person's scope."""
    job = export_job(request, public_id)
    if not exporting.can_be_fetched(job, actor_of(request)):
        raise Http404
    pieces: Iterator[bytes] = files.pieces(job.result["file"])
    form = job.result["format"]
    response = StreamingHttpResponse(pieces, content_type=exporting.FORMATS[form])
    response.headers["Content-Disposition"] = disposition(form)
    return response
