"""Households that moved here from areas of others, and those offered to others."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaejon.apps.homes.handing_over import accept, decline, recall
from kaejon.apps.homes.queries import offers_from, offers_to
from kaejon.methods.errors import DataError
from kaejon.web.doors import actor_of, permitted, row_for
from kaejon.web.folder.corrections import EDIT, folder_address
from kaejon.web.homes.forms import ArrivalForm
from kaejon.web.homes.labels import REFUSALS
from kaejon.web.middleware import sentence


@require_safe
@permitted(EDIT)
def household_arrivals(request: HttpRequest) -> HttpResponse:
    """Who is said to have moved here, and what was offered to others and waits."""
    user = actor_of(request)
    coming, going = list(offers_to(user)), list(offers_from(user))
    return render(request, "homes/arrivals.html", {"coming": coming, "going": going})


@permitted(EDIT)
def household_arrival(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer whether a household lives here now."""
    user = actor_of(request)
    row = row_for(request, offers_to(user), public_id=public_id)
    form = ArrivalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if data["answer"] == "accept":
                home = accept(
                    hand_over=row, house_no=data["house_no"], reason=data["reason"], by=user
                )
                messages.success(request, _("The household is kept by you now."))
                return redirect(folder_address(home))
            decline(hand_over=row, reason=data["reason"], by=user)
        except DataError as error:
            form.add_error(None, str(REFUSALS.get(error.code) or sentence(error)))
        else:
            messages.success(request, _("Those who offered it see your answer."))
            return redirect("household_arrivals")
    return render(
        request,
        "homes/arrival.html",
        {"offer": row, "form": form},
        status=422 if form.errors else 200,
    )


@permitted(EDIT)
@require_POST
def household_recall(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take an offer back before it is answered."""
    user = actor_of(request)
    row = row_for(request, offers_from(user), public_id=public_id)
    try:
        recall(hand_over=row, by=user)
    except DataError as error:
        messages.error(request, str(REFUSALS.get(error.code) or sentence(error)))
    else:
        messages.success(request, _("The offer was recalled."))
    return redirect("household_arrivals")
