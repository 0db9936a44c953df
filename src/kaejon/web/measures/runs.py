"""Measurement home, start a run, its page, repeat and withdraw it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.measurement.models import MeasurementRun, RunKind, RunStatus
from kaejon.apps.measurement.queries import runs_visible_to
from kaejon.apps.measurement.running import repeat_run, start_run, withdraw_run
from kaejon.apps.statistics.runs import view_for
from kaejon.methods.errors import KaejonError
from kaejon.web.doors import actor_of, permitted
from kaejon.web.measures.door import RunSight, run_for, sight_for
from kaejon.web.measures.forms import RunForm, WithdrawForm
from kaejon.web.measures.provenance import caption, facts, notes, repeated_words
from kaejon.web.measures.showing import headlines_of, sections_of
from kaejon.web.measures.words import REFUSALS, refusal, title_of
from kaejon.web.templatetags.kaejon_ui import thai_number

PAGE = 30
KIND_LEADS = {
    RunKind.TPMAP: gettext_lazy("Who is poor by basic needs, and who is target poor"),
    RunKind.POVERTY: gettext_lazy("How many lack several things at once, and what they lack"),
    RunKind.CAPITALS: gettext_lazy("What families have to build on, in five capitals"),
    RunKind.DYNAMICS: gettext_lazy("Who left poverty and who fell in between two rounds"),
}


@require_safe
@permitted(Permission.SEE_COUNTS)
def run_home(request: HttpRequest) -> HttpResponse:
    """Every measurement whose area the person sees, newest first."""
    user = actor_of(request)
    kind = request.GET.get("kind", "")
    rows = runs_visible_to(user).defer("results")
    if kind in RunKind.values:
        rows = rows.filter(kind=kind)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for run in page.object_list:
        run.title = title_of(run.definition)
        run.years = " → ".join(str(entry["year_be"]) for entry in run.lists)
        run.mark = mark_of(run)
        run.shown_households = count_shown(run, user)
    tabs = [{"url": reverse("run_home"), "label": _("All"), "active": kind not in RunKind.values}]
    tabs += [
        {"url": f"?kind={value}", "label": label, "active": kind == value}
        for value, label in RunKind.choices
    ]
    context = {"page": page, "runs": page.object_list, "tabs": tabs}
    return render(request, "measures/run_home.html", context | {"actions": home_actions(request)})


def count_shown(run: MeasurementRun, user: User) -> str:
    """Households of the run as exactly as the person may see them."""
    view = view_for(run, user)
    if view.audience(run.area_id) == "exact" or run.status != RunStatus.DONE:
        return thai_number(run.households)
    count = view.results().get("n")
    return _("hidden") if count is None else thai_number(count)


def home_actions(request: HttpRequest) -> list[dict[str, Any]]:
    actions = [
        {"url": reverse("definition_list"), "label": _("Definitions"), "icon": "book"},
        {"url": reverse("run_compare"), "label": _("Compare"), "icon": "arrows-exchange"},
    ]
    if may(actor_of(request), Permission.MEASURE):
        start = {
            "url": reverse("run_start"),
            "label": _("Measure"),
            "icon": "plus",
            "primary": True,
        }
        actions.insert(0, start)
    return actions


def mark_of(run: MeasurementRun) -> dict[str, str]:
    """The state of a run as a mark."""
    if run.withdrawn_at:
        return {"kind": "stop", "label": _("withdrawn")}
    if run.status == RunStatus.WAITING and run.job and run.job.status == Status.FAILED:
        return {"kind": "stop", "label": str(RunStatus.FAILED.label)}
    kinds = {RunStatus.DONE: "ok", RunStatus.FAILED: "stop", RunStatus.WAITING: "info"}
    return {"kind": kinds[RunStatus(run.status)], "label": run.get_status_display()}


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(Permission.MEASURE)
def run_start(request: HttpRequest) -> HttpResponse:
    """One form: what, where, by which definition, from which list."""
    kind = request.GET.get("kind", RunKind.TPMAP)
    kind = kind if kind in RunKind.values else RunKind.TPMAP
    form = RunForm(request.POST or None, actor=actor_of(request), kind=kind)
    if request.method == "POST" and form.is_valid():
        held = form.cleaned_data
        try:
            run = start_run(
                kind=kind,
                area=held["area"],
                version=held["version"],
                before=held.get("before"),
                definition_name=held["definition"],
                options=form.options(),
                by=actor_of(request),
            )
        except KaejonError as error:
            form.add_error(None, refusal(error))
        else:
            return redirect("run_page", run.public_id)
    tabs = [
        {"url": f"?kind={value}", "label": label, "active": kind == value}
        for value, label in RunKind.choices
    ]
    context = {"form": form, "tabs": tabs, "lead": KIND_LEADS[RunKind(kind)]}
    context["no_list"] = not form.fields["version"].queryset.exists()
    return render(request, "measures/run_start.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
@permitted(Permission.SEE_COUNTS)
def run_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What one run says about its area, or about one inside it."""
    run = run_for(request, public_id)
    sight = sight_for(request, run)
    context: dict[str, Any] = {"run": run, "sight": sight, "mark": mark_of(run)}
    context |= {"title": title_of(run.definition), "notes": notes(sight)}
    context |= {"may_measure": may(actor_of(request), Permission.MEASURE, at=run.area_id)}
    context |= {"may_export": may(actor_of(request), Permission.EXPORT)}
    if run.status == RunStatus.DONE:
        context |= results_of(sight)
    elif run.status == RunStatus.FAILED or (run.job and run.job.status == Status.FAILED):
        context["failed"] = failed_words(run)
    else:
        context |= progress_of(run)
    return render(request, "measures/run_page.html", context)


def results_of(sight: RunSight) -> dict[str, Any]:
    run = sight.run
    again = Job.objects.filter(kind="measure_again", payload__run=str(run.public_id))
    repeating = again.filter(status__in=(Status.QUEUED, Status.RUNNING)).exists()
    sections = sections_of(sight)
    return {
        "has_halves": any(section.is_half for section in sections),
        "headlines": headlines_of(sight) if not sight.figures.get("hidden") else [],
        "sections": sections,
        "caption": caption(sight),
        "facts": facts(sight),
        "repeated": repeated_words(run),
        "repeating": repeating,
        "repeatable": not any(i.erased or i.discarded_at for i in run.inputs.all()),
        "all_hidden": sight.figures.get("hidden", False),
    }


def failed_words(run: MeasurementRun) -> str:
    code = run.problem.get("code", "")
    return str(
        REFUSALS.get(code)
        or run.problem.get("message")
        or _(
            "The work stopped. Start it again; if it stops again, tell the administrator the time."
        )
    )


def progress_of(run: MeasurementRun) -> dict[str, Any]:
    labels = {
        "households": _("reading the households of the list"),
        "people": _("reading the people of the list"),
        "measure": _("measuring"),
        "save": _("saving the results"),
    }
    job = run.job
    return {
        "progress_label": labels.get(job.stage if job else "", _("waiting for its turn")),
        "done": job.done if job else 0,
        "poll_url": reverse("run_progress", args=[run.public_id]),
        "refresh_url": reverse("run_page", args=[run.public_id]),
    }


@require_safe
@never_cache
@permitted(Permission.SEE_COUNTS)
def run_progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The progress of a run, asked for every second; at its end the page is loaded anew."""
    run = run_for(request, public_id)
    if not request.headers.get("HX-Request"):
        return redirect("run_page", run.public_id)
    if run.status != RunStatus.WAITING or (run.job and run.job.is_over):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "measures/run_progress.html", progress_of(run))


@require_POST
@permitted(Permission.MEASURE)
def run_repeat(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Compute the run again from its kept input."""
    run = run_for(request, public_id, Permission.MEASURE)
    try:
        repeat_run(run=run, by=actor_of(request))
    except KaejonError as error:
        messages.error(request, refusal(error))
    else:
        messages.success(
            request, _("The measurement is being repeated. Load this page again in a moment.")
        )
    return redirect("run_page", run.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(Permission.MEASURE)
def run_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that nobody should use the run any more, and why."""
    run = run_for(request, public_id, Permission.MEASURE)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_run(run=run, reason=form.cleaned_data["reason"], by=actor_of(request))
        except KaejonError as error:
            form.add_error(None, refusal(error))
        else:
            return redirect("run_page", run.public_id)
    context = {"run": run, "form": form}
    return render(
        request, "measures/run_withdraw.html", context, status=422 if form.errors else 200
    )
