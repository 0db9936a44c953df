"""The steps a list can take: check, apply, take back, discard, go on after a stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kaejon.apps.access.roles import Permission
from kaejon.apps.sources import actions
from kaejon.apps.sources.models import ImportBatch
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.web.doors import actor_of, permitted
from kaejon.web.lists.door import batch_for
from kaejon.web.lists.uploading import in_words
from kaejon.web.templatetags.kaejon_ui import thai_number

Action = Callable[..., object]


@require_POST
@permitted(Permission.IMPORT_LISTS)
def batch_check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Check the rows again, for instance after another list was applied."""
    return take(request, batch_for(request, public_id), actions.stage)


@require_POST
@permitted(Permission.IMPORT_LISTS)
def batch_resume(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Go on with a step that stopped."""
    return take(request, batch_for(request, public_id), actions.resume)


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(Permission.APPLY_LISTS)
def batch_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Bring the checked rows into the registry, after a question."""
    batch = batch_for(request, public_id, Permission.APPLY_LISTS)
    if request.method == "POST":
        return take(request, batch, actions.apply)
    if refusal := not_yet(request, batch, "apply"):
        return refusal
    counts = {name: thai_number(n) for name, n in batch.counts.get("outcomes", {}).items()}
    told = _(
        "%(created)s new rows and %(updated)s rows about people already known come into the registry. "
        "%(ambiguous)s rows that could be several people and %(rejected)s rejected rows stay outside. "
        "You can take the list back afterwards."
    )
    empty = dict.fromkeys(("created", "updated", "ambiguous", "rejected"), "0")
    return ask(
        request, batch, "batch_apply",
        question=_("Apply this list to the registry?"),
        consequence=told % (empty | counts), action_label=_("Apply"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(Permission.APPLY_LISTS)
def batch_reverse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an applied list back, after a question."""
    batch = batch_for(request, public_id, Permission.APPLY_LISTS)
    if request.method == "POST":
        return take(request, batch, actions.reverse)
    if refusal := not_yet(request, batch, "reverse"):
        return refusal
    return ask(
        request, batch, "batch_reverse",
        question=_("Take this list back?"),
        consequence=_(
            "What this list says no longer counts. People and households that only this list brought "
            "disappear from the registry; for the others the values of the remaining lists count again. "
            "The history stays, and the list can be applied again."
        ),
        action_label=_("Take back"), danger=True,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@permitted(Permission.IMPORT_LISTS)
def batch_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Drop a list that does not count, after a question."""
    batch = batch_for(request, public_id)
    if request.method == "POST":
        return take(request, batch, actions.discard)
    if refusal := not_yet(request, batch, "discard"):
        return refusal
    return ask(
        request, batch, "batch_discard",
        question=_("Discard this list?"),
        consequence=_("The file is deleted for good. The registry does not change, and the history of the list stays."),
        action_label=_("Discard"), danger=True,
    )  # fmt: skip


def not_yet(request: HttpRequest, batch: ImportBatch, step: str) -> HttpResponse | None:
    """A step that the list cannot take now is not asked about: its page says why and offers the next."""
    if batch.status in actions.MOVES[step][0]:
        return None
    if step == "apply" and batch.status in actions.MOVES["stage"][0]:
        told = _("Every row of this list must be checked before it can be applied.")
    else:
        told = in_words(actions.wrong_state(batch, step))
    messages.error(request, told)
    return redirect("batch_page", batch.public_id)


def take(request: HttpRequest, batch: ImportBatch, action: Action) -> HttpResponse:
    """Take the step; a refusal is told on the page of the list."""
    try:
        action(batch=batch, by=actor_of(request))
    except ListFileError as error:
        messages.error(request, in_words(error))
    return redirect("batch_page", batch.public_id)


def ask(request: HttpRequest, batch: ImportBatch, name: str, **words: Any) -> HttpResponse:
    """The question as a page of its own."""
    context = {
        "action_url": reverse(name, args=[batch.public_id]),
        "cancel_url": reverse("batch_page", args=[batch.public_id]),
        "batch": batch,
    }
    return render(request, "lists/confirm.html", context | words)
