"""Settle what lists disagree on, and add a household that is on no list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.folders import actions
from kaejon.apps.folders.contents import Disagreement, Folder, read_folder
from kaejon.apps.folders.guards import MayBeKnown
from kaejon.apps.folders.queries import tambons_open_to, villages_open_to
from kaejon.apps.folders.wording import FACT_NAMES
from kaejon.apps.households.models import Household
from kaejon.methods.claims import Claim
from kaejon.methods.errors import DataError
from kaejon.web.doors import VIEW, actor_of, household_for, permitted
from kaejon.web.folder.corrections import EDIT, folder_address, form_page, refused
from kaejon.web.folder.forms import AddHouseholdForm, SettleForm
from kaejon.web.folder.presenting import conflict_row

FACTS_OF = {
    "name": ("title", "first_name", "last_name", "name_key"),
    "birth_date": ("birth_date", "birth_precision"),
    "sex": ("sex",),
    "area": ("area", "house_no"),
    "house_no": ("house_no",),
}


@permitted(EDIT)
def conflict_settle(request: HttpRequest, public_id: UUID, fact: str) -> HttpResponse:
    """Say which of the stated values is right; it becomes a field check."""
    household = household_for(request, public_id, EDIT, look=VIEW)
    found = read_folder(household, actor_of(request))
    disagreement = disagreement_on(found, fact, request.GET.get("person", ""))
    row = conflict_row(disagreement, found)
    form = SettleForm(request.POST or None)
    form.fields["choice"].choices = [(str(n), choice_label(v)) for n, v in enumerate(row["values"])]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        claim = row["values"][int(form.cleaned_data["choice"])]["claim"]
        try:
            actions.settle_conflict(
                household=household,
                person=disagreement.person,
                fact=fact,
                facts=facts_of(claim, fact),
                reason=form.cleaned_data["reason"],
                by=actor_of(request),
            )
        except DataError as error:
            refused(form, error)
        else:
            messages.success(request, _("Settled. What the lists said stays in the timeline."))
            return redirect(f"{folder_address(household)}#sources")
    name = disagreement.person.full_name if disagreement.person else household.head_name
    return form_page(
        request,
        form,
        title=_("Lists differ: %(fact)s") % {"fact": FACT_NAMES[fact]},
        household=household,
        pretitle=name,
        lead=_("If none is right, use “Correct” in the folder instead."),
    )


def disagreement_on(found: Folder, fact: str, person: str) -> Disagreement:
    """The conflict asked about; 404 when there is none (any more)."""
    for row in found.disagreements:
        subject = str(row.person.public_id) if row.person else ""
        if row.conflict.fact == fact and subject == person:
            return row
    raise Http404


def choice_label(value: dict[str, Any]) -> str:
    """A value with the lists that say so."""
    return f"{value['text']} ({', '.join(entry['name'] for entry in value['lists'])})"


def facts_of(claim: Claim, fact: str) -> dict[str, Any]:
    """The part of a claim that states this fact."""
    return {
        name: claim.facts[name]
        for name in FACTS_OF[fact]
        if claim.facts.get(name) not in (None, "")
    }


@permitted(EDIT)
def household_add(request: HttpRequest) -> HttpResponse:
    """Add a household found in the field: choose the tambon, then village, house and head."""
    user = actor_of(request)
    tambons = list(tambons_open_to(user))
    asked = request.GET.get("tambon", "")
    tambon = next(
        (t for t in tambons if t.code == asked), tambons[0] if len(tambons) == 1 else None
    )
    if tambon is None:
        return render(request, "folder/choose_tambon.html", {"tambons": tambons})
    form = AddHouseholdForm(request.POST or None)
    form.fields["area"].queryset = villages_open_to(user, tambon.code)  # type: ignore[attr-defined]
    alike: list[Household] = []
    if request.method == "POST" and form.is_valid():
        household, alike = added(form, user)
        if household is not None:
            messages.success(
                request, _("The household is recorded. Now add its members and what it needs.")
            )
            return redirect(folder_address(household))
    if not alike:
        del form.fields["another"]
    context = {"form": form, "tambon": tambon, "alike": alike, "several": len(tambons) > 1}
    status = 422 if form.is_bound and (form.errors or alike) else 200
    return render(request, "folder/add_household.html", context, status=status)


def added(form: AddHouseholdForm, user: User) -> tuple[Household | None, list[Household]]:
    """The new household; or none and those it might be; or neither, and the form says why."""
    data = form.cleaned_data
    try:
        household = actions.add_household(
            area=data["area"].pk,
            house_no=data["house_no"],
            head=form.head(),
            reason=data["reason"],
            latitude=data["latitude"],
            longitude=data["longitude"],
            another=data["another"],
            by=user,
        )
    except MayBeKnown as known:
        return None, known.households
    except DataError as error:
        refused(form, error)
        return None, []
    return household, []
