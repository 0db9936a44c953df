"""The page behind a one-time link: set a password, or remove a lost second step."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from kaejon.apps.access import invitations, links
from kaejon.apps.access.models import Invitation, User
from kaejon.web.accounts import devices
from kaejon.web.accounts.sign_in_events import speak_to
from kaejon.web.people.asking import Question, ask, shape
from kaejon.web.people.forms import ForgetSecondStepForm, JoinForm


@never_cache
@sensitive_post_parameters("password", "again", "code")
def invitation_accept(request: HttpRequest, raw: str) -> HttpResponse:
    """Open to whoever holds the link; a used, expired or unknown link all look the same."""
    invitation = links.invitation_of(raw)
    if invitation is None:
        return render(request, "people/link_dead.html", status=404)
    if invitation.purpose == links.SECOND_STEP:
        return forget_second_step(request, raw, invitation)

    def act(form: JoinForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            user = invitations.accept(
                raw=raw,
                password=given["password"],
                language=given["language"],
                code=given.get("code", ""),
                signed_in=signed_in(request),
                known_people=devices.people_of(request),
            )
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
    form = shape(JoinForm, request, initial=initial, needs_code=invitation.needs_release)
    return ask(request, question, form, act)


def forget_second_step(request: HttpRequest, raw: str, invitation: Invitation) -> HttpResponse:
    """Remove the second step of somebody who lost the phone and knows the password."""

    def act(form: ForgetSecondStepForm) -> HttpResponse:
        invitations.forget_second_step(
            raw=raw,
            password=form.cleaned_data["password"],
            code=form.cleaned_data.get("code", ""),
            signed_in=signed_in(request),
            known_people=devices.people_of(request),
        )
        messages.success(
            request, _("The two-step login is removed. Log in and set it up again with your phone.")
        )
        return redirect("account_login")

    question = Question(
        title=_("Remove the two-step login of %(name)s?") % {"name": invitation.user.display_name},
        lead=_("You need the password of the account. Afterwards set up the new phone."),
        submit=_("Remove"),
        back="",
        template="people/join.html",
        danger=True,
    )
    form = shape(ForgetSecondStepForm, request, needs_code=invitation.needs_release)
    return ask(request, question, form, act)


def signed_in(request: HttpRequest) -> User | None:
    """Who is signed in in this browser."""
    return request.user if isinstance(request.user, User) else None
