"""Write down what a village or tambon has to build on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.folders.labels import capital_name
from kaejon.apps.folders.models import CommunityStrength
from kaejon.apps.folders.strengths import (
    StrengthGone,
    add_strength,
    remove_strength,
    replace_strength,
    successor_of,
)
from kaejon.web.doors import actor_of, area_for, permitted
from kaejon.web.places.areas import breadcrumb, shows_strengths
from kaejon.web.places.forms import StrengthForm
from kaejon.web.places.links import area_address
from kaejon.web.templatetags.kaejon_ui import be_date


@permitted(Permission.EDIT_HOUSEHOLDS)
def strength_add(request: HttpRequest, code: str) -> HttpResponse:
    """Add one thing to the area's list."""
    area = area_for(request, code, Permission.EDIT_HOUSEHOLDS)
    if not may(actor_of(request), Permission.EDIT_HOUSEHOLDS, code) or not shows_strengths(area):
        raise Http404
    form = StrengthForm(request.POST or None, initial={"stated_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        add_strength(area=area, by=actor_of(request), **form.cleaned_data)
        messages.success(request, _("Written down."))
        return back_to(area)
    return form_page(request, area, form, _("Write down what the community has"))


@permitted(Permission.EDIT_HOUSEHOLDS)
def strength_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a corrected entry in the place of one; the old one stays in the history."""
    strength = strength_for(request, public_id)
    held = {name: getattr(strength, name) for name in StrengthForm.base_fields}
    form = StrengthForm(request.POST or None, initial=held)
    if request.method == "POST" and form.is_valid():
        try:
            replace_strength(strength=strength, by=actor_of(request), **form.cleaned_data)
        except StrengthGone:
            return both_versions(request, strength, form.cleaned_data)
        messages.success(request, _("Replaced. The earlier wording stays in the history."))
        return back_to(strength.area)
    if strength.removed_at:
        return both_versions(request, strength, held)
    return form_page(request, strength.area, form, _("Correct an entry"))


@permitted(Permission.EDIT_HOUSEHOLDS)
def strength_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask, then take an entry off the list."""
    strength = strength_for(request, public_id)
    if request.method == "POST":
        try:
            remove_strength(strength=strength, by=actor_of(request))
        except StrengthGone:
            messages.info(request, _("Somebody else had already replaced or removed it."))
        else:
            messages.success(request, _("Removed. It stays in the history."))
        return back_to(strength.area)
    context = {
        "question": _("Remove this from the list?"),
        "consequence": strength.text,
        "action_url": request.path,
        "action_label": _("Remove"),
        "cancel_url": area_address(strength.area_id),
        "danger": True,
    }
    return render(request, "components/confirm.html", context)


def strength_for(request: HttpRequest, public_id: UUID) -> CommunityStrength:
    """The entry, if the person may write in its area; removed ones too, to tell what happened."""
    scope = scope_of(actor_of(request), Permission.EDIT_HOUSEHOLDS)
    rows = CommunityStrength.objects.filter(scope.by_area("area_id")).select_related("area")
    return get_object_or_404(rows, public_id=public_id)


def back_to(area: Area) -> HttpResponse:
    return redirect(f"{reverse('area_page', args=[area.code])}#strengths")


def form_page(request: HttpRequest, area: Area, form: StrengthForm, title: str) -> HttpResponse:
    context = {
        "area": area,
        "form": form,
        "title": title,
        "cancel_url": f"{area_address(area.code)}#strengths",
        "breadcrumb": [*breadcrumb(request, area), {"label": title, "url": ""}],
    }
    return render(request, "places/strength_form.html", context, status=422 if form.errors else 200)


def both_versions(
    request: HttpRequest, strength: CommunityStrength, entered: dict[str, Any]
) -> HttpResponse:
    """The entry was replaced or removed meanwhile: show what stands now beside what was entered."""
    now = successor_of(strength)
    removed = [{"label": _("What the community has"), "value": _("Removed from the list")}]
    held = {name: getattr(now, name) for name in StrengthForm.base_fields} if now else {}
    context = {
        "yours": in_words(entered),
        "theirs": in_words(held) if now else removed,
        "changed_by": now.added_by.display_name if now else "",
        "changed_at": now.added_at if now else strength.removed_at,
        "back_url": area_address(strength.area_id),
    }
    return render(request, "409.html", context, status=409)


def in_words(values: dict[str, Any]) -> list[dict[str, str]]:
    shown = values | {
        "capital": capital_name(values["capital"]),
        "stated_on": be_date(values["stated_on"]),
    }
    return [
        {"label": str(field.label), "value": shown[name]}
        for name, field in StrengthForm.base_fields.items()
    ]
