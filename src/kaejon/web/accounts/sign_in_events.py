"""Sign-ins and changes of credentials in the history: who came in and left, how often it failed, what was
changed; never what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from kaejon.apps.access import credentials
from kaejon.apps.access.history import note
from kaejon.apps.access.models import User
from kaejon.apps.access.sessions import begin
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.audit.actions import record


@dataclass(frozen=True)
class Nobody:
    """Somebody at the login page who did not prove who they are."""

    public_id: str = ""
    display_name: str = ""


def connect() -> None:
    """Listen to what happens to accounts; called once, at start."""
    for signal, receiver in (
        (user_logged_in, signed_in),
        (user_logged_out, signed_out),
        (user_login_failed, sign_in_failed),
        (password_changed, password_was_changed),
        (password_set, password_was_changed),
        (password_reset, password_was_changed),
        (authenticator_added, second_step_added),
        (authenticator_removed, second_step_removed),
        (authenticator_reset, recovery_codes_made),
        (authenticator_used, second_step_used),
        (authentication_failed, second_step_failed),
    ):
        signal.connect(receiver, dispatch_uid="history")


def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    begin(request.session, request.META.get("HTTP_USER_AGENT", ""))
    note(user, "account.sign_in", user)


def signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        note(user, "account.sign_out", user)


def sign_in_failed(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Counted against the account if there is one; the typed words are kept nowhere."""
    typed = (
        credentials.get("username") or credentials.get("email") or credentials.get("login") or ""
    )
    user = (
        User.objects.filter(Q(username=typed) | Q(email__iexact=typed)).first() if typed else None
    )
    if user is None:
        record(
            by=Nobody(),
            verb="account.sign_in_failed",
            subject_type="user",
            subject_id="",
            area=WHOLE_SYSTEM,
        )
        return
    note(user, "account.sign_in_failed", Nobody())


def password_was_changed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    by = user if request.user == user else Nobody()
    credentials.password_changed(user=user, by=by, here=request.session.session_key)


def second_step_added(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    note(user, "account.recovery_codes" if codes else "account.second_step_on", user)


def second_step_removed(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        note(user, "account.second_step_off", user)


def recovery_codes_made(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    note(user, "account.recovery_codes", user)


def second_step_used(
    sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """A code of the phone is everyday; a recovery code is gone afterwards and is told."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        note(user, "account.recovery_code", user)


def second_step_failed(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whoever typed the code had the password already: the person must learn of it."""
    note(user, "account.second_step_failed", Nobody())


def speak_to(user: User, response: HttpResponse) -> HttpResponse:
    """The answer, with the language the person chose for the pages."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, user.language, max_age=365 * 24 * 3600, samesite="Lax"
    )
    return response
