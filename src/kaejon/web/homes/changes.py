"""Part a household, join two, say that it moved far, and take a change back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kaejon.apps.access.models import User
from kaejon.apps.access.scope import may
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import within
from kaejon.apps.folders.actions import correct_household
from kaejon.apps.folders.queries import villages_open_to
from kaejon.apps.homes.changing import as_seen, refuse_stale
from kaejon.apps.homes.handing_over import offer
from kaejon.apps.homes.merging import merge_households
from kaejon.apps.homes.parting import join_households, split_household
from kaejon.apps.homes.queries import changes_visible_to
from kaejon.apps.homes.undoing import undo_change
from kaejon.apps.households.models import Household, Person, Presence
from kaejon.apps.households.queries import known_values, visible_to
from kaejon.methods.errors import DataError
from kaejon.web.doors import VIEW, actor_of, household_for, permitted, row_for
from kaejon.web.folder.corrections import EDIT, day_of, folder_address, form_page
from kaejon.web.folder.forms import FindHomeForm
from kaejon.web.folder.moving import home_label
from kaejon.web.homes.forms import JoinForm, OfferForm, SeenForm, SplitForm, TambonForm
from kaejon.web.homes.labels import REFUSALS
from kaejon.web.middleware import sentence

STALE = "STALE"


def refuse(form: forms.Form, error: DataError, shown: Iterable[Household] = ()) -> None:
    """Show a refusal in the form that asked for it; a stale form shows the households as they are now."""
    form.add_error(None, str(REFUSALS.get(error.code) or sentence(error)))
    if error.code == STALE and isinstance(form, SeenForm):
        form.show_anew(shown)


def status_of(form: forms.Form, error: DataError | None) -> int:
    """409 when somebody else was faster, 422 when the form has errors."""
    if error is not None and error.code == STALE:
        return 409
    return 422 if form.is_bound and form.errors else 200


@permitted(EDIT)
def household_split(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Some members found a household of their own."""
    household = household_for(request, public_id, EDIT, look=VIEW)
    form = split_form(request, household)
    refusal: DataError | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change = split_household(
                household=household,
                members=list(data["members"]),
                head=data["head"],
                area=data["area"].code,
                house_no=data["house_no"].strip(),
                on=day_of(form, "on", timezone.localdate()),
                reason=data["reason"],
                by=actor_of(request),
                seen=data["seen"],
            )
        except DataError as error:
            refusal = error
            refuse(form, error, [household])
        else:
            messages.success(request, _("The new household has its own Family Folder now."))
            return redirect(folder_address(change.other or household))
    return form_page(
        request,
        form,
        status_of(form, refusal),
        title=_("Some members found a household"),
        household=household,
        lead=_(
            "For those who live here or next door but eat and plan apart. The time before stays as it was."
        ),
    )


def split_form(request: HttpRequest, household: Household) -> SplitForm:
    """The form with the living members and the villages of the district."""
    initial = {
        "area": household.area_id,
        "house_no": household.house_no,
        "seen": as_seen([household]),
    }
    form = SplitForm(request.POST or None, initial=initial)
    people = Person.objects.filter(household=household, died_on=None).order_by("pk")
    for name in ("members", "head"):
        field: Any = form.fields[name]
        field.queryset = people
        field.label_from_instance = full_name
    village: Any = form.fields["area"]
    village.queryset = villages_open_to(actor_of(request), household.area_id[:4])
    return form


def full_name(person: Person) -> str:
    return person.full_name


@permitted(EDIT)
def household_join(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Find the other household by its address, then say whether it is the same one or joined."""
    household = household_for(request, public_id, EDIT, look=VIEW)
    find = find_form(request, household)
    found = others_found(request, household, find)
    shown = [household, *found]
    form = JoinForm(request.POST or None, initial={"seen": as_seen(shown)})
    refusal: DataError | None = None
    choice: Any = form.fields["to"]
    choice.queryset, choice.label_from_instance = found, home_label
    if request.method == "POST" and form.is_valid():
        try:
            join(form, household, request)
        except DataError as error:
            refusal = error
            refuse(form, error, shown)
        else:
            messages.success(request, _("Both are one household now. It can be taken back below."))
            return redirect(folder_address(form.cleaned_data["to"]))
    context = {
        "household": household,
        "find": find,
        "form": form,
        "found": found,
        "title": _("Bring two households together"),
    }
    return render(request, "homes/join.html", context, status=status_of(form, refusal))


def join(form: JoinForm, household: Household, request: HttpRequest) -> None:
    data, by = form.cleaned_data, actor_of(request)
    kept, reason, seen = data["to"], data["reason"], data["seen"]
    if data["what"] == "merge":
        merge_households(kept=kept, gone=household, reason=reason, by=by, seen=seen)
        return
    on = day_of(form, "on", timezone.localdate())
    join_households(kept=kept, ended=household, on=on, reason=reason, by=by, seen=seen)


def find_form(request: HttpRequest, household: Household) -> FindHomeForm:
    """The search, which begins at the household's own address."""
    own = {"area": household.area_id, "house_no": household.house_no}
    form = FindHomeForm(request.GET if "area" in request.GET else own)
    village: Any = form.fields["area"]
    village.queryset = villages_open_to(actor_of(request), household.area_id[:4])
    return form


def others_found(
    request: HttpRequest, household: Household, find: FindHomeForm
) -> QuerySet[Household]:
    """Other households at the address asked for."""
    rows = visible_to(actor_of(request), EDIT).exclude(pk=household.pk)
    rows = rows.exclude(presence=Presence.DISSOLVED)
    if not find.is_valid():
        return rows.none()
    return rows.filter(
        area=find.cleaned_data["area"], house_no=find.cleaned_data["house_no"].strip()
    ).order_by("pk")


@permitted(EDIT)
def household_offer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The household moved to a village outside the actor's area: offer it to those who work there."""
    household = household_for(request, public_id, EDIT, look=VIEW)
    where = TambonForm(request.GET if "tambon" in request.GET else None)
    tambon = where.cleaned_data["tambon"] if where.is_bound and where.is_valid() else None
    form = OfferForm(request.POST or None, initial={"seen": as_seen([household])})
    refusal: DataError | None = None
    village: Any = form.fields["village"]
    village.queryset = villages_of(tambon)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, move_away(household, form, actor_of(request)))
            return redirect(folder_address(household))
        except DataError as error:
            refusal = error
            refuse(form, error, [household])
    context = {
        "household": household,
        "where": where,
        "tambon": tambon,
        "has_villages": village.queryset.exists(),
        "form": form,
    }
    return render(request, "homes/offer.html", context, status=status_of(form, refusal))


def move_away(household: Household, form: OfferForm, by: User) -> str:
    """Move the household where the actor works there too; otherwise offer it to those who do."""
    data, day = form.cleaned_data, day_of(form, "on", timezone.localdate())
    refuse_stale(data["seen"], household)
    if may(by, EDIT, at=data["village"].code):
        here = {"area": data["village"].code, "house_no": data["house_no"].strip()}
        correct_household(
            household=household,
            version=household.version,
            values=known_values(household) | here | {"latitude": None, "longitude": None},
            reason=data["reason"],
            by=by,
        )
        return _("The household lives there now, with its folder.")
    offer(
        household=household,
        to_area=data["village"],
        moved_on=day,
        reason=data["reason"],
        by=by,
    )
    return _("Those who work there see it now and answer.")


def villages_of(tambon: Area | None) -> QuerySet[Area]:
    """Villages in use of a tambon."""
    rows = Area.objects.filter(level=Level.VILLAGE, valid_until=None)
    return (
        rows.filter(within(tambon.code)).select_related("parent").order_by("code")
        if tambon
        else rows.none()
    )


@permitted(EDIT)
@require_POST
def household_change_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a change back; the folder of the household that stands shows what became of it."""
    change = row_for(request, changes_visible_to(actor_of(request)), public_id=public_id)
    kept = change.kept
    try:
        undo_change(change=change, by=actor_of(request))
    except DataError as error:
        messages.error(request, str(REFUSALS.get(error.code) or sentence(error)))
    else:
        messages.success(request, _("The change was taken back. Both are as they were."))
    return redirect(folder_address(kept)) if kept else redirect("household_list")
