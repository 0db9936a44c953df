"""Pages of rows that name somebody who was erased: the list, and the decision on one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import role_names
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record_look
from kaejon.apps.audit.models import LookKind
from kaejon.apps.privacy import named_again
from kaejon.apps.sources.models import SourceRecord
from kaejon.web.accounts.asking_again import proved_lately
from kaejon.web.doors import actor_of, permitted
from kaejon.web.forms import Form
from kaejon.web.looks import recorded
from kaejon.web.people.asking import Question, ask, shape

deciders = permitted(Permission.MANAGE_SOURCES)
PAGE = 50


class NamedAgainForm(Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("What becomes of the row"),
        widget=forms.RadioSelect,
        choices=[
            ("take_out", gettext_lazy("it is taken out, and what it says is deleted")),
            ("let_stay", gettext_lazy("it stays: the family agreed, or it is somebody else")),
        ],
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


@deciders
def named_again_list(request: HttpRequest) -> HttpResponse:
    """Rows that wait, by list and number; names only on the page of a row."""
    rows = named_again.rows_for(actor_of(request))
    page: Any = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    places = Area.objects.select_related("parent").in_bulk({row.area_code for row in page})
    for row in page:
        row.place = places.get(row.area_code)
    return render(request, "requests/named_again.html", {"page": page})


@deciders
@proved_lately
def named_again_row(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """One row with the person it names, and the decision."""
    user = actor_of(request)
    rows = named_again.rows_for(user)
    row = get_object_or_404(
        rows.select_related("household", "batch__version__source"),
        batch__public_id=public_id,
        row_number=number,
    )
    if row.household:
        recorded(request, row.household)
    record_look(
        by=user,
        kind=LookKind.VIEW,
        area=row.area_code,
        household=row.household.public_id if row.household else "",
        role=role_names(user),
        reason=gettext_noop("row of a list that names somebody who was erased"),
    )

    def act(form: Form) -> HttpResponse:
        decide = (
            named_again.let_stay
            if form.cleaned_data["answer"] == "let_stay"
            else named_again.take_out
        )
        decide(row=row, reason=form.cleaned_data["reason"], by=user)
        messages.success(request, _("The decision was saved."))
        return redirect("named_again_list")

    question = Question(
        title=_("Somebody who was erased stands in a list again"),
        lead=f"{row.batch.version} · {row.batch.file_name}",
        submit=_("Save the decision"),
        back=reverse("named_again_list"),
        template="requests/named_again_row.html",
    )
    return ask(request, question, shape(NamedAgainForm, request), act, **shown(row))


def shown(row: SourceRecord) -> dict[str, Any]:
    person = row.facts.get("person") or {}
    parts = (person.get("title", ""), person.get("first_name", ""), person.get("last_name", ""))
    return {
        "row": row,
        "name": f"{parts[0]}{parts[1]} {parts[2]}".strip(),
        "erased_on": timezone.localdate(row.erased_before),
        "house_no": row.facts["household"].get("house_no", ""),
    }
