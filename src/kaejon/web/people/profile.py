"""A person's own page: name, language, what they can see, keys for programs."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access import accounts, credentials, tokens
from kaejon.apps.access.queries import second_step_required, sights_of
from kaejon.apps.access.sessions import sessions_of
from kaejon.web.accounts.asking_again import proved_again
from kaejon.web.accounts.sign_in_events import speak_to
from kaejon.web.doors import actor_of
from kaejon.web.history.sentences import told
from kaejon.web.people.asking import Question, ask, shape
from kaejon.web.people.forms import ProfileForm, TokenForm


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """What the system knows of the signed-in person, and what that opens."""
    user = actor_of(request)
    held = {
        n: getattr(user, n) for n in ("first_name", "last_name", "position", "phone", "language")
    }

    def act(form: ProfileForm) -> HttpResponse:
        changed = accounts.change_profile(user=user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return speak_to(changed, redirect("profile"))

    question = Question(
        title=_("Your account"), submit=_("Save"), back="/", template="people/profile.html"
    )
    return ask(
        request,
        question,
        shape(ProfileForm, request, initial=held),
        act,
        sights=sights_of(user),
        tokens=tokens.tokens_of(user),
        today=timezone.localdate(),
        second_step=is_mfa_enabled(user),
        second_step_required=second_step_required(user),
        sessions=sessions_of(user, here=request.session.session_key),
        changes=[
            {"at": event.at, "sentence": told(event)}
            for event in credentials.changes_of_sign_in(user)
        ],
    )


@login_required
def session_end(request: HttpRequest, mark: str = "") -> HttpResponse:
    """Sign out one other browser of the person, or all but this one."""
    user = actor_of(request)

    def act(form: forms.Form) -> HttpResponse:
        here = request.session.session_key or ""
        ended = credentials.end_own_sessions(user=user, here=here, mark=mark)
        messages.success(request, _("Signed out there: %(count)s.") % {"count": ended})
        return redirect("profile")

    question = Question(
        title=_("Sign out there?") if mark else _("Sign out everywhere else?"),
        lead=_("Whoever uses that browser has to sign in again. Here you stay signed in."),
        submit=_("Sign out there"),
        back=reverse("profile"),
        danger=True,
    )
    return ask(request, question, shape(forms.Form, request), act)


@login_required
@proved_again
def token_create(request: HttpRequest) -> HttpResponse:
    """Make a key for a program and show it, this once."""
    user = actor_of(request)

    def act(form: TokenForm) -> HttpResponse:
        token, raw = tokens.create_token(user=user, **form.cleaned_data)
        response = render(request, "people/token.html", {"token": token, "raw": raw})
        response["Cache-Control"] = "no-store"
        return response

    question = Question(
        title=_("Make a key for a program"),
        lead=_(
            "The program reads what you may see, changes nothing, and every read stands in the history under your name."
        ),
        submit=_("Make the key"),
        back=reverse("profile"),
    )
    initial = {"expires_on": timezone.localdate() + timedelta(days=90)}
    return ask(request, question, shape(TokenForm, request, initial=initial), act)


@login_required
def token_revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stop one of the person's own keys."""
    user = actor_of(request)
    token = get_object_or_404(tokens.tokens_of(user), public_id=public_id)

    def act(form: forms.Form) -> HttpResponse:
        tokens.revoke_token(token=token, by=user)
        messages.success(request, _("The key no longer works."))
        return redirect("profile")

    question = Question(
        title=_("Stop the key “%(name)s”?") % {"name": token.name},
        lead=_("Programs that use it are refused at once."),
        submit=_("Stop the key"),
        back=reverse("profile"),
        danger=True,
    )
    return ask(request, question, shape(forms.Form, request), act)
