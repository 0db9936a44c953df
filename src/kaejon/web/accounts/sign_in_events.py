"""Sign-ins in the history: who came in and left, and how often it failed, never what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from kaejon.apps.access.accounts import home_area
from kaejon.apps.access.models import User
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.audit.actions import record


@dataclass(frozen=True)
class Nobody:
    """Somebody at the login page who did not prove who they are."""

    public_id: str = ""
    display_name: str = ""


def connect() -> None:
    user_logged_in.connect(signed_in, dispatch_uid="history")
    user_logged_out.connect(signed_out, dispatch_uid="history")
    user_login_failed.connect(sign_in_failed, dispatch_uid="history")


def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
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


def note(user: User, verb: str, by: User | Nobody) -> None:
    record(
        by=by,
        verb=verb,
        subject_type="user",
        subject_id=user.public_id,
        area=home_area(user),
        label=user.display_name,
    )


def speak_to(user: User, response: HttpResponse) -> HttpResponse:
    """The answer, with the language the person chose for the pages."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, user.language, max_age=365 * 24 * 3600, samesite="Lax"
    )
    return response
