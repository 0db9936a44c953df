"""The page behind an invitation link: set the first password and choose the language."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kaejon.apps.access import invitations
from kaejon.web.accounts.sign_in_events import speak_to
from kaejon.web.people.asking import Question, ask, shape
from kaejon.web.people.forms import JoinForm


@never_cache
@sensitive_post_parameters("password", "again")
def invitation_accept(request: HttpRequest, raw: str) -> HttpResponse:
    """Open to whoever holds the link; a used, expired or unknown link all look the same."""
    invitation = invitations.invitation_of(raw)
    if invitation is None:
        return render(request, "people/link_dead.html", status=404)

    def act(form: JoinForm) -> HttpResponse:
        held = form.cleaned_data
        try:
            user = invitations.accept(raw=raw, password=held["password"], language=held["language"])
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from error
        messages.success(
            request, _("The password is set. Log in with your user name and the password.")
        )
        return speak_to(user, redirect("account_login"))

    question = Question(
        title=_("Welcome, %(name)s") % {"name": invitation.user.display_name},
        lead=_("Your user name is %(username)s. Set a password that only you know.")
        % {"username": invitation.user.username},
        submit=_("Set the password"),
        back="",
        template="people/join.html",
    )
    initial = {"language": getattr(request, "LANGUAGE_CODE", "th")}
    return ask(request, question, shape(JoinForm, request, initial=initial), act)
