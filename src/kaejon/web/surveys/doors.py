"""Fetch and authorise for field work: a place, a list year, a check, a forum."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import TAMBON_DIGITS
from kaejon.apps.surveys.models import AgendaItem, Forum
from kaejon.apps.surveys.queries import forums_visible_to, items_visible_to
from kaejon.apps.surveys.worklists import list_years
from kaejon.methods.errors import DataError
from kaejon.web.doors import actor_of, area_for, row_for
from kaejon.web.middleware import sentence

VERIFY = Permission.VERIFY


def village_for(request: HttpRequest, code: str, permission: Permission = VERIFY) -> Area:
    """A village (or a tambon, for households of which only it is known) that is wholly open to the person."""
    area = area_for(request, code, permission)
    if len(code) < TAMBON_DIGITS or not scope_of(actor_of(request), permission).holds_at(code):
        raise Http404
    return area


def year_of(request: HttpRequest) -> int:
    """The list year asked for, else the latest."""
    years = list_years()
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and int(asked) in years else years[0]


def forum_for(request: HttpRequest, public_id: UUID) -> Forum:
    """A forum of an area in which the person may check."""
    return get_object_or_404(forums_visible_to(actor_of(request)), public_id=public_id)


def item_for(request: HttpRequest, public_id: UUID) -> AgendaItem:
    """A household on the agenda of a forum, if the person may check both."""
    return row_for(request, items_visible_to(actor_of(request)), public_id=public_id)


def one_of(request: HttpRequest, rows: QuerySet[Any], public_id: UUID) -> Any:
    """A row among those the person may see."""
    return row_for(request, rows, public_id=public_id)


def refused(form: forms.Form, error: DataError) -> None:
    """Show a refusal, with what to do, in the form that asked for it."""
    form.add_error(None, sentence(error))


def form_page(request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
    """A page that is one form: title, back; optional: lead, pretitle, submit. 422 when it has errors."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "surveys/form.html", {"form": form, **context}, status=status)
