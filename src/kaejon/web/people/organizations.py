"""Pages of organizations: list, add, change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access.places import register_organization
from kaejon.apps.access.queries import organizations_visible_to
from kaejon.apps.access.refusals import AccessRefused
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.partners.models import Organization
from kaejon.web.doors import actor_of
from kaejon.web.people.accounts import managers
from kaejon.web.people.asking import Question, ask, shape
from kaejon.web.people.forms import OrganizationForm


@managers
def organization_list(request: HttpRequest) -> HttpResponse:
    """Organizations of the manager's area, with how many people work for each."""
    manager = actor_of(request)
    scope = scope_of(manager, Permission.MANAGE_ACCOUNTS)
    today = timezone.localdate()
    current = Q(assignments__valid_until=None) | Q(assignments__valid_until__gte=today)
    rows = organizations_visible_to(manager).annotate(
        people=Count("assignments__user", filter=current, distinct=True)
    )
    listed = [{"row": row, "can_edit": scope.holds_at(row.area_id)} for row in rows]
    actions = [
        {
            "url": reverse("organization_add"),
            "label": _("Add an organization"),
            "icon": "plus",
            "primary": True,
        }
    ]
    return render(
        request, "people/organization_list.html", {"organizations": listed, "actions": actions}
    )


def keep(form: OrganizationForm, request: HttpRequest, code: str) -> HttpResponse:
    held = form.cleaned_data
    names = ("name_th", "name_en", "sector", "area", "legal_person")
    register_organization(code=code, by=actor_of(request), **{name: held[name] for name in names})
    messages.success(request, _("The organization was saved."))
    return redirect("organization_list")


@managers
def organization_add(request: HttpRequest) -> HttpResponse:
    """Add an organization; a code that exists is refused, not overwritten."""

    def act(form: OrganizationForm) -> HttpResponse:
        code = form.cleaned_data["code"]
        if Organization.objects.filter(code=code).exists():
            raise AccessRefused("code_taken", _("This short code is taken."), _("Choose another."))
        return keep(form, request, code)

    question = Question(
        title=_("Add an organization"), submit=_("Save"), back=reverse("organization_list")
    )
    return ask(request, question, shape(OrganizationForm, request, manager=actor_of(request)), act)


@managers
def organization_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change an organization of the manager's own area."""
    manager = actor_of(request)
    row = get_object_or_404(organizations_visible_to(manager), public_id=public_id)
    if not scope_of(manager, Permission.MANAGE_ACCOUNTS).holds_at(row.area_id):
        raise Http404

    def act(form: forms.Form) -> HttpResponse:
        return keep(form, request, row.code)  # type: ignore[arg-type]

    initial: dict[str, Any] = {
        "name_th": row.name_th,
        "name_en": row.name_en,
        "sector": row.sector,
        "area": row.area_id,
        "legal_person": row.legal_person,
    }
    form = shape(OrganizationForm, request, manager=manager, fixed_code=True, initial=initial)
    question = Question(
        title=row.name, lead=row.code, submit=_("Save"), back=reverse("organization_list")
    )
    return ask(request, question, form, act)
