"""Sources: whose lists come in, by which right, for what, and for how long."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kaejon.apps.access.roles import Permission
from kaejon.apps.sources.actions import register_source
from kaejon.apps.sources.models import Source
from kaejon.apps.sources.queries import sources_for
from kaejon.web.doors import actor_of, permitted
from kaejon.web.lists.columns import digest
from kaejon.web.lists.forms import RANKS, UNITS, SourceForm

PROMISE = (
    "name_th",
    "name_en",
    "kind",
    "legal_basis",
    "purpose",
    "retention_years",
    "rank",
    "shared",
)


@require_safe
@permitted(Permission.MANAGE_SOURCES)
def source_list(request: HttpRequest) -> HttpResponse:
    """Every source of the person's area with its promise."""
    sources = sources_for(actor_of(request), Permission.MANAGE_SOURCES)
    sources = sources.annotate(files=Count("versions__batches"))
    trust = dict(RANKS)
    for source in sources:
        source.trust = trust.get(source.rank, source.rank)
    actions = [
        {"url": reverse("source_add"), "label": _("Add a source"), "icon": "plus", "primary": True}
    ]
    return render(request, "lists/source_list.html", {"sources": sources, "actions": actions})


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(Permission.MANAGE_SOURCES)
def source_add(request: HttpRequest) -> HttpResponse:
    """A new source. Without one no list can be uploaded."""
    form = SourceForm(request.POST or None, actor=actor_of(request))
    if request.method == "POST" and form.is_valid():
        code = f"{form.cleaned_data['kind']}-{secrets.token_hex(4)}"
        keep(request, form, code)
        return redirect("source_list")
    return render(
        request, "lists/source_form.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(Permission.MANAGE_SOURCES)
def source_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change the promise of a source; the shape of its lists stays."""
    user = actor_of(request)
    source = get_object_or_404(sources_for(user, Permission.MANAGE_SOURCES), code=code)
    held = {name: getattr(source, name) for name in PROMISE} | {"owner": source.owner.code}
    form = SourceForm(request.POST or None, initial=held, actor=user)
    form.fields["kind"].disabled = True
    if request.method == "POST" and form.is_valid():
        if request.POST.get("seen") != digest(held):
            return conflict(request, form, source)
        keep(request, form, source.code)
        return redirect("source_list")
    context = {"form": form, "source": source, "seen": digest(held)}
    return render(request, "lists/source_form.html", context, status=422 if form.errors else 200)


def keep(request: HttpRequest, form: SourceForm, code: str) -> None:
    held = form.cleaned_data
    promise = {name: held[name] for name in PROMISE}
    unit = UNITS[held["kind"]]
    register_source(code=code, owner=held["owner"], unit=unit, by=actor_of(request), **promise)
    messages.success(request, _("“%(name)s” was saved.") % {"name": held["name_th"]})


def conflict(request: HttpRequest, form: SourceForm, source: Source) -> HttpResponse:
    """409: somebody else changed the source meanwhile."""
    fresh = SourceForm(initial=dict(form.initial), actor=actor_of(request))
    context = {
        "yours": [{"label": f.label, "value": str(form.cleaned_data[f.name])} for f in form],
        "theirs": [{"label": f.label, "value": str(f.initial)} for f in fresh],
        "back_url": reverse("source_edit", args=[source.code]),
    }
    return render(request, "409.html", context, status=409)
