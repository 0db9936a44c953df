"""Field work by area, and the worklist of a village: on screen, on paper, as a spreadsheet."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import path_to
from kaejon.apps.audit.actions import record
from kaejon.apps.dashboards.checks import CheckCounts, check_counts
from kaejon.apps.dashboards.queries import CODE_LENGTH_BELOW, areas_below, widest_area
from kaejon.apps.surveys.fillin import write_fillin
from kaejon.apps.surveys.models import VillageTask
from kaejon.apps.surveys.papers import looked_at, worklist_pdf
from kaejon.apps.surveys.queries import checks_visible_to, forums_with_counts
from kaejon.apps.surveys.worklists import (
    Progress,
    assign_village,
    checked,
    list_years,
    progress,
    task_of,
    to_check,
    visits_of,
    workers_for,
    worklist,
)
from kaejon.methods.errors import DataError
from kaejon.web.doors import actor_of, area_for, permitted
from kaejon.web.surveys.doors import VERIFY, form_page, refused, village_for, year_of
from kaejon.web.surveys.forms import AssignForm

CARDS = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Row:
    """One part of an area: how far it is, who walks it, where it leads."""

    area: Area
    progress: Progress
    url: str
    task: VillageTask | None = None


@permitted(VERIFY)
def field_home(request: HttpRequest) -> HttpResponse:
    """How far the checks of an area's parts are, down to the village worklists."""
    user = actor_of(request)
    scope = scope_of(user, VERIFY)
    code = request.GET.get("area", "")
    area = area_for(request, code, VERIFY) if code else widest_area(scope)
    if area is None:
        raise Http404
    if area.level == Level.VILLAGE:
        return redirect("field_village", code=area.code)
    year = year_of(request)
    length = CODE_LENGTH_BELOW[Level(area.level)]
    counts = check_counts(scope, area, length)
    parts = [a for a in areas_below(area) if scope.touches(a.code)]
    own = [area] if area.code in counts and length == 8 else []
    tasks = tasks_in(area, year) if length == 8 else {}
    rows = [row_of(part, area, counts, year, tasks.get(part.code)) for part in [*parts, *own]]
    context = {
        "area": area,
        "year": year,
        "years": list_years(),
        "rows": [row for row in rows if row.progress.total or row.task],
        "empty": [row for row in rows if not row.progress.total and not row.task],
        "total": total_of(counts).progress(year),
        "breadcrumb": breadcrumb(area, scope),
        "forums": list(forums_with_counts(user, area.code)[:5]),
        "villages": length == 8,
    }
    return render(request, "surveys/home.html", context)


def tasks_in(area: Area, year: int) -> dict[str, VillageTask]:
    rows = VillageTask.objects.filter(area__code__startswith=area.code, year_be=year)
    return {row.area_id: row for row in rows.select_related("assigned_to")}


def row_of(
    part: Area, area: Area, counts: dict[str, CheckCounts], year: int, task: VillageTask | None
) -> Row:
    """A part with the page it leads to: a worklist, or the parts of the part."""
    found = counts.get(part.code, CheckCounts())
    if part.level == Level.VILLAGE or part == area:
        url = f"{reverse('field_village', args=[part.code])}?year={year}"
    else:
        url = f"{reverse('field_home')}?area={part.code}&year={year}"
    return Row(part, found.progress(year), url, task)


def total_of(counts: dict[str, CheckCounts]) -> CheckCounts:
    """Everything together."""
    total = CheckCounts()
    for part in counts.values():
        total.merge(part)
    return total


def breadcrumb(area: Area, scope: Any) -> list[dict[str, str]]:
    """From the widest area of the person down to this one."""
    steps = [step for step in path_to(area) if scope.touches(step.code)]
    return [
        {"label": step.full_name, "url": f"{reverse('field_home')}?area={step.code}"}
        for step in steps[:-1]
    ] + [{"label": area.full_name, "url": ""}]


@permitted(VERIFY)
@never_cache
def field_village(request: HttpRequest, code: str) -> HttpResponse:
    """The worklist: one household a card, tap what was found."""
    area, year, user = village_for(request, code), year_of(request), actor_of(request)
    show = "done" if request.GET.get("show") == "done" else "open"
    rows = worklist(user, area.code, year)
    rows = rows.filter(checked(year)) if show == "done" else rows.filter(to_check(year))
    page = Paginator(rows, CARDS).get_page(request.GET.get("page"))
    context = {
        "area": area,
        "tambon": area.parent,
        "year": year,
        "years": list_years(),
        "show": show,
        "page": page,
        "visits": visits_of(list(page.object_list), year),
        "progress": progress(user, area.code, year),
        "task": task_of(area.code, year),
        "done_now": just_done(request),
        "breadcrumb": breadcrumb(area, scope_of(user, VERIFY)),
        "may_assign": may(user, Permission.APPLY_LISTS, at=area.code),
        "may_export": may(user, Permission.EXPORT, at=area.code),
        "may_print": may(user, Permission.PRINT, at=area.code),
        "address": request.get_full_path(),
    }
    return render(request, "surveys/village.html", context)


def just_done(request: HttpRequest) -> Any:
    """The check recorded a moment ago, so that it can be undone or given evidence."""
    asked = request.session.pop("check_recorded", "")
    return (
        checks_visible_to(actor_of(request), VERIFY).filter(public_id=asked).first()
        if asked
        else None
    )


@permitted(Permission.APPLY_LISTS)
def field_assign(request: HttpRequest, code: str) -> HttpResponse:
    """Give the worklist of a village to somebody."""
    area, year = village_for(request, code, Permission.APPLY_LISTS), year_of(request)
    form = AssignForm(request.POST or None)
    form.fields["to"].queryset = workers_for(area.code)  # type: ignore[attr-defined]
    back = f"{reverse('field_village', args=[area.code])}?year={year}"
    if request.method == "POST" and form.is_valid():
        try:
            assign_village(
                area=area,
                year_be=year,
                to=form.cleaned_data["to"],
                due_on=form.cleaned_data["due"].date,
                by=actor_of(request),
            )
        except DataError as error:
            refused(form, error)
        else:
            messages.success(request, _("The worklist is given to this person."))
            return redirect(back)
    title = _("Give the worklist to somebody")
    return form_page(request, form, title=title, pretitle=area.full_name, back=back)


@permitted(Permission.PRINT)
@never_cache
def field_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The worklist on paper."""
    area, year, user = village_for(request, code, VERIFY), year_of(request), actor_of(request)
    rows = list(worklist(user, area.code, year, Permission.PRINT))
    pdf = worklist_pdf(area=area, year=year, visits=visits_of(rows, year), by=user)
    return file_answer(pdf, "application/pdf", f"worklist-{area.code}-{year}.pdf", inline=True)


@permitted(Permission.EXPORT)
@never_cache
def field_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """The worklist to fill in."""
    area = village_for(request, code, Permission.EXPORT)
    year, user = year_of(request), actor_of(request)
    rows = list(worklist(user, area.code, year, Permission.EXPORT).filter(to_check(year)))
    title = _("Households to check in %(place)s, list year %(year)s") % {
        "place": area.full_name,
        "year": year,
    }
    with tempfile.TemporaryDirectory(prefix="kaejon-worklist-") as folder:
        path = Path(folder) / "worklist.xlsx"
        write_fillin(path, title=title, area=area.code, year=year, visits=visits_of(rows, year))
        content = path.read_bytes()
    looked_at(rows, user)
    record(
        by=user,
        verb="worklist.export",
        subject_type="area",
        subject_id=area.code,
        area=area.code,
        label=area.full_name,
        changes={"households": len(rows)},
    )
    return file_answer(content, XLSX, f"worklist-{area.code}-{year}.xlsx")


def file_answer(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    """A file as an answer."""
    response = HttpResponse(content, content_type=kind)
    how = "inline" if inline else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response
