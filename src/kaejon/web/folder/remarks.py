"""Notes, attention marks, and the full national ID with its reason."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import role_names
from kaejon.apps.audit.actions import record_look
from kaejon.apps.audit.models import LookKind
from kaejon.apps.folders import actions
from kaejon.apps.folders.models import Note
from kaejon.apps.folders.queries import marks_visible_to, may_on, notes_visible_to
from kaejon.apps.vault.sealing import unseal_national_id
from kaejon.methods.errors import DataError
from kaejon.web.accounts.asking_again import proved_lately
from kaejon.web.doors import actor_of, household_for, permitted, person_for, row_for
from kaejon.web.folder.corrections import EDIT, folder_address, form_page, home, refused
from kaejon.web.folder.forms import AttentionForm, ClearAttentionForm, NoteForm, RevealForm
from kaejon.web.looks import recorded


@permitted(EDIT)
def note_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a note on a household."""
    household = household_for(request, public_id, EDIT)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.add_note(household=household, by=actor_of(request), **form.cleaned_data)
        return redirect(f"{folder_address(household)}#notes")
    return form_page(
        request,
        form,
        title=_("Write a note"),
        household=household,
        lead=_(
            "The family may ask to read what is written about it. Write what you saw, in words you would say to them."
        ),
    )


@permitted(EDIT)
@require_POST
def note_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a note away."""
    note = note_for(request, public_id)
    actions.remove_note(note=note, by=actor_of(request))
    return redirect(f"{folder_address(note.household)}#notes")


@permitted(EDIT)
@require_POST
def note_restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the removal back."""
    note = note_for(request, public_id)
    actions.restore_note(note=note, by=actor_of(request))
    return redirect(f"{folder_address(note.household)}#notes")


def note_for(request: HttpRequest, public_id: UUID) -> Note:
    """A note the actor may read and put away; a sensitive one of others only with that right."""
    user = actor_of(request)
    note = row_for(request, notes_visible_to(user), public_id=public_id)
    if (
        note.sensitive
        and note.written_by_id != user.pk
        and not may_on(user, Permission.SEE_SENSITIVE, note.household)
    ):
        raise Http404
    return note


@permitted(EDIT)
def attention_mark(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask that somebody looks at this family."""
    household = household_for(request, public_id, EDIT)
    form = AttentionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.mark_attention(household=household, by=actor_of(request), **form.cleaned_data)
        except DataError as error:
            refused(form, error)
        else:
            return redirect(folder_address(household))
    return form_page(request, form, title=_("This family needs attention"), household=household)


@permitted(EDIT)
def attention_clear(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that a mark is dealt with."""
    mark = row_for(request, marks_visible_to(actor_of(request)), public_id=public_id)
    form = ClearAttentionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.clear_attention(mark=mark, reason=form.cleaned_data["reason"], by=actor_of(request))
        messages.success(request, _("The mark is cleared; the history keeps what was done."))
        return redirect(folder_address(mark.household))
    return form_page(
        request,
        form,
        title=_("Dealt with: %(kind)s") % {"kind": mark.get_kind_display()},
        lead=mark.reason,
        household=mark.household,
    )


@permitted(Permission.REVEAL_ID)
@proved_lately
@never_cache
def person_reveal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The full national ID, once, for a stated reason that is kept with the name of the reader."""
    person = person_for(request, public_id, Permission.REVEAL_ID)
    household = home(person)
    form = RevealForm(request.POST or None)
    title = _("Full national ID")
    if request.method != "POST" or not form.is_valid() or not person.national_id_sealed:
        return form_page(
            request,
            form,
            title=title,
            pretitle=person.full_name,
            household=household,
            submit=_("Show the number"),
            submit_icon="eye",
        )
    user = actor_of(request)
    recorded(request, household)
    record_look(
        by=user,
        kind=LookKind.REVEAL,
        area=household.area_id,
        household=household.public_id,
        person=person.public_id,
        role=role_names(user),
        reason=form.cleaned_data["reason"],
    )
    digits = unseal_national_id(person.national_id_sealed)
    return render(
        request,
        "folder/revealed.html",
        {"person": person, "household": household, "number": spaced(digits), "title": title},
    )


def spaced(digits: str) -> str:
    """1-2345-67890-12-3, as on the card."""
    return "-".join((digits[0], digits[1:5], digits[5:10], digits[10:12], digits[12:]))
