"""Pages of the province officer: accounts that administrators made alone, until she knows of them."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kaejon.apps.access import confirmations
from kaejon.apps.access.models import Confirmation, RoleAssignment, User
from kaejon.apps.access.roles import Permission
from kaejon.web.doors import actor_of, permitted
from kaejon.web.people.asking import Question, ReasonForm, ask, shape

officers = permitted(Permission.CONFIRM_ACCOUNTS)


@officers
def confirm_list(request: HttpRequest) -> HttpResponse:
    """Accounts that wait for the province officer, with why, by whom and since when."""
    doubts = Confirmation.objects.filter(settled_at=None).select_related("made_by").order_by("pk")
    roles = RoleAssignment.objects.select_related("area", "organization")
    waiting = confirmations.accounts_to_confirm(actor_of(request)).prefetch_related(
        Prefetch("confirmations", doubts, to_attr="doubts"),
        Prefetch("assignments", roles, to_attr="roles"),
    )
    waits = confirmations.waits(actor_of(request))
    return render(request, "people/confirm_list.html", {"accounts": waiting, "waits": waits})


def waiting_account(request: HttpRequest, public_id: UUID) -> User:
    waiting = confirmations.accounts_to_confirm(actor_of(request))
    return get_object_or_404(waiting, public_id_value=public_id)


@officers
def confirm_account(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The officer knows the person and what was done."""
    user = waiting_account(request, public_id)

    def act(form: forms.Form) -> HttpResponse:
        confirmations.confirm_account(user=user, by=actor_of(request))
        messages.success(request, _("The account is confirmed."))
        return redirect("confirm_list")

    question = Question(
        title=_("Do you know %(name)s?") % {"name": user.display_name},
        lead=_(
            "Confirm when you know that this person works there and asked for the account or the link. Call the office when you are not sure."
        ),
        submit=_("Confirm the account"),
        back=reverse("confirm_list"),
    )
    return ask(request, question, shape(forms.Form, request), act)


@officers
def confirm_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The officer does not know of it: the account is closed at once."""
    user = waiting_account(request, public_id)

    def act(form: ReasonForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        confirmations.close_unconfirmed(user=user, reason=reason, by=actor_of(request))
        messages.success(request, _("The account is closed."))
        return redirect("confirm_list")

    question = Question(
        title=_("Close the account of %(name)s?") % {"name": user.display_name},
        lead=_(
            "The person is signed out at once. If an administrator opens the account again, it waits for you again."
        ),
        submit=_("Close the account"),
        back=reverse("confirm_list"),
        danger=True,
    )
    return ask(request, question, shape(ReasonForm, request), act)
