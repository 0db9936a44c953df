"""Pages of rows held back because their person was erased: the list, and the decision on one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import role_names
from kaejon.apps.audit.actions import record_look
from kaejon.apps.audit.models import LookKind
from kaejon.apps.privacy import held_rows
from kaejon.apps.sources.models import SourceRecord
from kaejon.web.doors import actor_of, permitted
from kaejon.web.forms import Form
from kaejon.web.people.asking import Question, ask, shape

deciders = permitted(Permission.MANAGE_SOURCES)
PAGE = 50


class HeldRowForm(Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("What becomes of the row"),
        widget=forms.RadioSelect,
        choices=[
            ("keep_out", gettext_lazy("it stays out, and what it says is deleted")),
            ("let_in", gettext_lazy("it comes in: the family agreed, or it is somebody else")),
        ],
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


@deciders
def held_row_list(request: HttpRequest) -> HttpResponse:
    """Rows that wait, by list and number; names only on the page of a row."""
    rows = held_rows.held_rows(actor_of(request))
    context = {"page": Paginator(rows, PAGE).get_page(request.GET.get("page"))}
    return render(request, "requests/held_rows.html", context)


@deciders
def held_row(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """One row with the person it names, and the decision."""
    user = actor_of(request)
    rows = held_rows.held_rows(user)
    row = get_object_or_404(rows, batch__public_id=public_id, row_number=number)
    record_look(
        by=user,
        kind=LookKind.VIEW,
        area=row.area_code,
        role=role_names(user),
        reason=gettext_noop("row of a list that names somebody who was erased"),
    )

    def act(form: Form) -> HttpResponse:
        decide = held_rows.let_in if form.cleaned_data["answer"] == "let_in" else held_rows.keep_out
        decide(row=row, reason=form.cleaned_data["reason"], by=user)
        messages.success(request, _("The decision was saved."))
        return redirect("held_row_list")

    question = Question(
        title=_("Somebody who was erased stands in a list again"),
        lead=f"{row.batch.version} · {row.batch.file_name}",
        submit=_("Save the decision"),
        back=reverse("held_row_list"),
        template="requests/held_row.html",
    )
    return ask(request, question, shape(HeldRowForm, request), act, **shown(row))


def shown(row: SourceRecord) -> dict[str, Any]:
    person = row.facts.get("person") or {}
    parts = (person.get("title", ""), person.get("first_name", ""), person.get("last_name", ""))
    moment = held_rows.erased_on(row)
    return {
        "row": row,
        "name": f"{parts[0]}{parts[1]} {parts[2]}".strip(),
        "erased_on": held_rows.day_of(moment) if moment else None,
        "house_no": row.facts["household"].get("house_no", ""),
    }
