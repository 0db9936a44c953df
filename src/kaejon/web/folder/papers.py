"""Folders on paper: one household at once, a village or tambon in the background."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import TAMBON_DIGITS, within
from kaejon.apps.folders import printing
from kaejon.apps.folders.paper import Print, language_of_page
from kaejon.apps.jobs.models import Job, Status
from kaejon.methods.errors import DataError
from kaejon.web.doors import actor_of, area_for, household_for, permitted
from kaejon.web.forms import Form
from kaejon.web.middleware import sentence

PRINT = Permission.PRINT


class PrintForm(Form):
    """Which folders of an area, and how."""

    who = forms.ChoiceField(
        label=gettext_lazy("Which households"),
        widget=forms.RadioSelect,
        initial="need",
        choices=[
            ("need", gettext_lazy("those in need of help by any list, survey or mark")),
            ("all", gettext_lazy("every household")),
        ],
    )
    thai_digits = forms.BooleanField(label=gettext_lazy("Thai digits (๑๒๓)"), required=False)


@permitted(PRINT)
@never_cache
def folder_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One A4 page; `?thai_digits=1` prints Thai digits."""
    household = household_for(request, public_id, PRINT)
    how = Print(actor_of(request), language_of_page(), request.GET.get("thai_digits") == "1")
    pdf = printing.print_households([household], how)
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="folder-{household.public_id}.pdf"'
    return response


@permitted(PRINT)
def print_area(request: HttpRequest) -> HttpResponse:
    """Ask what to print of an area (`?area=`), or of which area."""
    code = request.GET.get("area", "")
    if len(code) < TAMBON_DIGITS:
        return render(request, "folder/print_choose.html", {"areas": areas_to_print(request)})
    area = area_for(request, code, PRINT)
    form = PrintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            job = printing.enqueue_area(
                area=area,
                everyone=form.cleaned_data["who"] == "all",
                by=actor_of(request),
                thai_digits=form.cleaned_data["thai_digits"],
                language=language_of_page(),
            )
        except DataError as error:
            form.add_error(None, refusals().get(error.code) or sentence(error))
        else:
            return redirect("folders_print_job", job=job.public_id)
    counts = {
        "need": printing.printable(actor_of(request), code, everyone=False)[
            : printing.LARGEST_JOB + 1
        ].count(),
        "all": printing.printable(actor_of(request), code)[: printing.LARGEST_JOB + 1].count(),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request,
        "folder/print_area.html",
        {"form": form, "area": area, "counts": counts, "largest": printing.LARGEST_JOB},
        status=status,
    )


def refusals() -> dict[str, str]:
    return {
        "no_households": _("There is no such household here."),
        "print_too_large": _(
            "That is more than %(n)s households. Print tambon by tambon or village by village."
        )
        % {"n": f"{printing.LARGEST_JOB:,}"},
    }


def areas_to_print(request: HttpRequest) -> list[Area]:
    """Tambons and villages of small scopes, tambons of larger ones."""
    places = scope_of(actor_of(request), PRINT).places
    small = all(len(code) >= TAMBON_DIGITS for code in places)
    inside = Q(pk__in=[code[:TAMBON_DIGITS] for code in places])
    for code in places:
        inside |= within(code)
    levels = (Level.TAMBON, Level.VILLAGE) if small else (Level.TAMBON,)
    rows = Area.objects.filter(inside, level__in=levels, valid_until=None)
    return list(rows.select_related("parent").order_by("code"))


def job_for(request: HttpRequest, job: UUID) -> Job:
    """A print this person asked for within the last day; 404 otherwise."""
    return get_object_or_404(printing.visible_jobs(actor_of(request)), public_id=job)


def job_context(job: Job) -> dict[str, Any]:
    return {
        "job": job,
        "finished": job.is_over,
        "failed": job.status == Status.FAILED,
        "area": Area.objects.get(pk=job.payload["area"]),
        "expires": printing.expires_at(job),
        "label": ngettext(
            "Printing the folder of %(n)s household",
            "Printing the folders of %(n)s households",
            job.total,
        )
        % {"n": f"{job.total:,}"},
    }


@permitted(PRINT)
@never_cache
def print_job(request: HttpRequest, job: UUID) -> HttpResponse:
    """How far the print is, and the file when it is done."""
    return render(request, "folder/print_job.html", job_context(job_for(request, job)))


@permitted(PRINT)
@never_cache
def print_progress(request: HttpRequest, job: UUID) -> HttpResponse:
    """The moving part of the page."""
    return render(request, "folder/_print_progress.html", job_context(job_for(request, job)))


@permitted(PRINT)
@never_cache
def print_file(request: HttpRequest, job: UUID) -> HttpResponseBase:
    """The file, for the person who asked, while it is kept and the right to print lasts."""
    row = job_for(request, job)
    area_for(request, row.payload["area"], PRINT)
    whole, suffix = printing.opened(row)
    return FileResponse(
        whole, as_attachment=True, filename=f"folders-{row.payload['area']}{suffix}"
    )
