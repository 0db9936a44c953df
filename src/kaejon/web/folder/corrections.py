"""Corrections: what was found in the field against what the lists say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kaejon.apps.access.roles import Permission
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.models import Event
from kaejon.apps.folders import actions, members
from kaejon.apps.folders.guards import ChangedMeanwhile
from kaejon.apps.folders.queries import villages_open_to
from kaejon.apps.folders.wording import relation_word
from kaejon.apps.households.models import Household, Person, Presence, Sex
from kaejon.methods.errors import DataError
from kaejon.web.doors import VIEW, actor_of, household_for, permitted, person_for
from kaejon.web.folder.forms import AddMemberForm, CorrectPersonForm, HouseholdForm, relation_words
from kaejon.web.middleware import sentence

EDIT = Permission.EDIT_HOUSEHOLDS
NOT_IN_FORM = ("version", "reason", "another")


def folder_address(household: Household) -> str:
    return reverse("folder", args=[household.public_id])


def form_page(
    request: HttpRequest, form: forms.Form, status: int | None = None, **context: Any
) -> HttpResponse:
    """A page that is one form; 422 when the form has errors, unless another status is given."""
    if status is None:
        status = 422 if form.is_bound and form.errors else 200
    return render(
        request,
        "folder/form.html",
        {"form": form, "relations": relation_words(), **context},
        status=status,
    )


def refused(form: forms.Form, error: DataError) -> None:
    """Show a refusal of the action in the form that asked for it."""
    form.add_error(None, refusal_sentences().get(error.code) or sentence(error))


def refusal_sentences() -> dict[str, str]:
    return {
        "nothing_changed": _("Nothing was changed. Change a field first, or go back."),
        "no_such_village": _("That village is not in use. Choose another."),
        "already_member": _(
            "A member of this name is already recorded here. Correct that member instead."
        ),
        "already_marked": _("This mark is already set."),
        "lives_elsewhere": _("This person lives in another household by now."),
        "no_household": _("This person is in no household now. Put the person back first."),
        "reason_missing": _("Say how you know."),
        "was_erased": _(
            "These data were erased at the wish of the people concerned, so nothing is written any "
            "more. If the family is back and agrees, add it as a new household."
        ),
    }


@permitted(EDIT)
def household_correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct address, presence and point of a household."""
    household = household_for(request, public_id, EDIT, look=VIEW)
    form = household_form(request, household)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.correct_household(
                household=household,
                version=form.cleaned_data["version"],
                values=form.values(),
                reason=form.cleaned_data["reason"],
                by=actor_of(request),
            )
        except ChangedMeanwhile:
            return conflict(request, household_form(request, household), shown_household, household)
        except DataError as error:
            refused(form, error)
        else:
            messages.success(request, _("The correction is kept as a field check."))
            return redirect(folder_address(done))
    return form_page(
        request,
        form,
        title=_("Correct the address"),
        household=household,
        lead=_(
            "What you enter is kept as a field check with your name. What the lists said stays visible."
        ),
    )


def household_form(request: HttpRequest, household: Household) -> HouseholdForm:
    """The form with the villages of the district in which the actor works."""
    form = HouseholdForm(request.POST or None, initial=HouseholdForm.initial_of(household))
    villages = villages_open_to(actor_of(request), household.area_id[:4])
    own = Area.objects.filter(pk=household.area_id).select_related("parent")
    form.fields["area"].queryset = villages | own  # type: ignore[attr-defined]
    return form


def conflict(request: HttpRequest, form: Any, shown: Any, subject: Any) -> HttpResponse:
    """Both versions side by side, and the form with what the person entered, ready to send again."""
    form.is_valid()
    now = type(subject).objects.get(pk=subject.pk)
    data = request.POST.copy()
    data["version"] = str(now.version)
    form.data = data
    kind = "household" if isinstance(now, Household) else "person"
    last = (
        Event.objects.filter(subject_type=kind, subject_id=str(now.public_id))
        .order_by("-at")
        .first()
    )
    household = now if isinstance(now, Household) else now.household
    context = {
        "theirs": shown(type(form).initial_of(now)),
        "yours": shown(form.data),
        "form": form,
        "changed_by": last.actor_name if last else "",
        "changed_at": last.at if last else None,
        "household": household,
        "back_url": folder_address(household),
        "relations": relation_words(),
    }
    return render(request, "folder/conflict.html", context, status=409)


def shown_household(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A household's values in words."""
    area = Area.objects.filter(pk=values.get("area") or "").first()
    return [
        {"label": _("House number"), "value": values.get("house_no") or "–"},
        {"label": _("Village"), "value": area.full_name if area else "–"},
        {
            "label": _("Is the household still there?"),
            "value": dict(Presence.choices).get(values.get("presence", ""), "–"),
        },
        {"label": _("Latitude"), "value": values.get("latitude") or "–"},
        {"label": _("Longitude"), "value": values.get("longitude") or "–"},
    ]


def shown_person(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A person's values in words."""
    name = f"{values.get('title', '')}{values.get('first_name', '')} {values.get('last_name', '')}".strip()
    return [
        {"label": _("Name"), "value": name},
        {"label": _("Sex"), "value": dict(Sex.choices).get(values.get("sex", ""), "–")},
        {"label": _("Birth date"), "value": values.get("birth_date") or "–"},
        {
            "label": _("Place in the household"),
            "value": relation_word(values.get("relation") or "–"),
        },
        {
            "label": _("Is the head of the household"),
            "value": _("yes") if values.get("is_head") else _("no"),
        },
        {"label": _("Died on"), "value": values.get("died_on") or "–"},
    ]


@permitted(EDIT)
def person_correct(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct a member, or record a death."""
    person = member_for(request, public_id)
    form = CorrectPersonForm(request.POST or None, initial=CorrectPersonForm.initial_of(person))
    if request.method == "POST" and form.is_valid():
        try:
            members.correct_person(
                person=person,
                version=form.cleaned_data["version"],
                values=form.values(),
                reason=form.cleaned_data["reason"],
                by=actor_of(request),
            )
        except ChangedMeanwhile:
            return conflict(request, form, shown_person, person)
        except DataError as error:
            refused(form, error)
        else:
            messages.success(request, _("The correction is kept as a field check."))
            return redirect(folder_address(home(person)))
    return form_page(
        request,
        form,
        title=_("Correct a member"),
        pretitle=person.full_name,
        household=home(person),
        lead=_(
            "What you enter is kept as a field check with your name. What the lists said stays visible."
        ),
    )


def member_for(request: HttpRequest, public_id: UUID) -> Person:
    """A person who lives in a household the actor may change; 404 otherwise. The look is recorded."""
    person = person_for(request, public_id, EDIT)
    household_for(request, home(person).public_id, EDIT, look=VIEW)
    return person


def home(person: Person) -> Household:
    """The household of a person who lives in one; 404 for somebody who was taken out."""
    if person.household is None:
        raise Http404
    return person.household


@permitted(EDIT)
def member_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Add somebody who lives here."""
    household = household_for(request, public_id, EDIT, look=VIEW)
    form = AddMemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = members.add_member(
                household=household,
                values=form.values(),
                reason=form.cleaned_data["reason"],
                by=actor_of(request),
            )
        except DataError as error:
            refused(form, error)
        else:
            messages.success(
                request,
                _("%(name)s is now a member of this household.") % {"name": person.full_name},
            )
            return redirect(folder_address(household))
    return form_page(request, form, title=_("Add a member"), household=household)


def day_of(form: forms.Form, name: str, today: Any) -> Any:
    """The day entered, or today."""
    found = form.cleaned_data[name]
    return found.date if found else today
