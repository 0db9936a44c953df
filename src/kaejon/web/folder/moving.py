"""Members who move, who do not live here, and their way back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kaejon.apps.folders import members
from kaejon.apps.folders.guards import ChangedMeanwhile
from kaejon.apps.folders.queries import ended_memberships_visible_to, villages_open_to
from kaejon.apps.households.models import Household, Person, Presence
from kaejon.apps.households.queries import visible_to
from kaejon.methods.errors import DataError
from kaejon.web.doors import actor_of, permitted, row_for
from kaejon.web.folder.corrections import (
    EDIT,
    day_of,
    folder_address,
    form_page,
    home,
    member_for,
    refusal_sentences,
    refused,
)
from kaejon.web.folder.forms import FindHomeForm, MoveMemberForm, RemoveMemberForm, relation_words
from kaejon.web.middleware import sentence


@permitted(EDIT)
def member_move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """First find the new household by its address, then say since when and how it is known."""
    person = member_for(request, public_id)
    find = find_form(request, person)
    found = homes_found(request, person, find)
    form = MoveMemberForm(request.POST or None, initial={"version": person.version})
    form.fields["to"].queryset = found  # type: ignore[attr-defined]
    form.fields["to"].label_from_instance = home_label  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            members.move_member(
                person=person,
                version=data["version"],
                to=data["to"],
                relation=data["relation"].strip(),
                on=day_of(form, "on", timezone.localdate()),
                reason=data["reason"],
                by=actor_of(request),
            )
        except ChangedMeanwhile:
            form.add_error(None, meanwhile())
        except DataError as error:
            refused(form, error)
        else:
            messages.success(
                request,
                _("%(name)s now belongs to the other household.") % {"name": person.full_name},
            )
            return redirect(folder_address(data["to"]))
    context = {
        "person": person,
        "household": home(person),
        "find": find,
        "form": form,
        "found": found,
        "relations": relation_words(),
        "title": _("Moved to another household"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "folder/move.html", context, status=status)


def find_form(request: HttpRequest, person: Person) -> FindHomeForm:
    """The search for the new home, in the district and the actor's scope."""
    asked = request.GET if "area" in request.GET else None
    form = FindHomeForm(asked, initial={"area": person.area_id})
    form.fields["area"].queryset = villages_open_to(actor_of(request), person.area_id[:4])  # type: ignore[attr-defined]
    return form


def homes_found(request: HttpRequest, person: Person, find: FindHomeForm):  # type: ignore[no-untyped-def]
    """Households at the address asked for, other than the present one."""
    rows = (
        visible_to(actor_of(request), EDIT)
        .exclude(pk=person.household_id)
        .exclude(presence=Presence.DISSOLVED)
    )
    if not find.is_bound or not find.is_valid():
        return rows.none()
    return rows.filter(
        area=find.cleaned_data["area"], house_no=find.cleaned_data["house_no"].strip()
    ).order_by("pk")


def home_label(household: Household) -> str:
    """A household among those at one address: by its head and size."""
    return _("%(head)s, %(count)s members") % {
        "head": household.head_name or _("no name recorded"),
        "count": household.members,
    }


def meanwhile() -> str:
    return _(
        "Somebody changed this member while you were writing. Look at the folder again, then send once more."
    )


@permitted(EDIT)
def member_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a person out of the household; it can be taken back."""
    person = member_for(request, public_id)
    form = RemoveMemberForm(request.POST or None, initial={"version": person.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            household = members.remove_member(
                person=person,
                version=data["version"],
                why=data["why"],
                reason=data["reason"],
                on=day_of(form, "on", timezone.localdate()),
                by=actor_of(request),
            )
        except ChangedMeanwhile:
            form.add_error(None, meanwhile())
        except DataError as error:
            refused(form, error)
        else:
            messages.success(
                request,
                _(
                    "%(name)s no longer counts as living here. You can put the person back below the list of members."
                )
                % {"name": person.full_name},
            )
            return redirect(folder_address(household))
    return form_page(
        request,
        form,
        title=_("Does not live here"),
        pretitle=person.full_name,
        household=home(person),
        lead=_(
            "If you know where the person lives now, choose “Moved” in the folder instead. A death is entered under “Correct”."
        ),
    )


@permitted(EDIT)
@require_POST
def member_restore(request: HttpRequest, membership: int) -> HttpResponse:
    """Put a person back."""
    row = row_for(request, ended_memberships_visible_to(actor_of(request)), pk=membership)
    try:
        members.restore_member(membership=row, by=actor_of(request))
    except DataError as error:
        messages.error(request, refusal_sentences().get(error.code) or sentence(error))
    else:
        messages.success(
            request,
            _("%(name)s is a member of this household again.") % {"name": row.person.full_name},
        )
    return redirect(folder_address(row.household))
