"""Accounts are made by invitation only, an expired account does not open, and guessing is slow."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from kaejon.apps.access import credentials
from kaejon.apps.access.confirmations import accounts_to_confirm
from kaejon.apps.access.links import links_to_release
from kaejon.apps.access.models import User
from kaejon.web.accounts import devices
from kaejon.web.accounts.sign_in_events import Nobody, speak_to
from kaejon.web.history.sentences import told
from kaejon.web.templatetags.kaejon_ui import be_datetime

# No user name or address is longer; what is longer never reaches the database.
LONGEST_LOGIN, LONGEST_PASSWORD = 254, 4096
# Of this count no right password is taken off again: looking at one costs the server half a second.
COUNTS_RIGHT_ONES = frozenset({"login_address"})
# Sentences at most when somebody comes in; all of them stand on the person's own page.
NEWS = 3


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No self-registration; the last day of an account is the last day to sign in.

    Failed attempts are counted by account *and* address, so that nobody locks another
    person out from elsewhere. A browser in which the person has signed in before has a
    count of its own: strangers' attempts, also from the same office, do not touch it.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        if user.is_expired():
            return render(request, "account/expired.html", status=403)
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """After signing in the pages speak the language the person chose, and the browser is known."""
        response = speak_to(user, super().post_login(request, user, **kwargs))
        with translation.override(user.language):
            tell_news(request, user)
            tell_what_waits(request, user)
        return devices.remember(request, response, user)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt before the password is looked at; refuse when there were too many."""
        typed = str(credentials.get("email") or credentials.get("username") or "").lower()
        if len(typed) > LONGEST_LOGIN or len(credentials.get("password", "")) > LONGEST_PASSWORD:
            raise self.validation_error("username_password_mismatch")
        user = account_named(typed)
        self._usages = []
        for action, key in counted(request, typed, user):
            usage = ratelimit.consume(request, app="allauth.account", action=action, key=key)
            if not usage:
                self.refuse(user)
            if action not in COUNTS_RIGHT_ONES:
                self._usages.append(usage)

    def refuse(self, user: User | None) -> None:
        if user is not None:
            credentials.locked_out(user=user, by=Nobody())
        raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **given: Any) -> AbstractBaseUser | None:
        """The person, if the password is right; a right one is not counted."""
        user: AbstractBaseUser | None = super().authenticate(request, **given)
        if user is not None:
            for usage in self._usages:
                usage.rollback()
        return user


def tell_news(request: HttpRequest, user: User) -> None:
    """Say, once, what others did to the person's sign-in since she was last here."""
    for event in credentials.news_for(user)[-NEWS:]:
        messages.warning(
            request,
            _("%(what)s (%(when)s). If you do not know of this, tell your province officer.")
            % {"what": told(event), "when": be_datetime(event.at)},
        )


def tell_what_waits(request: HttpRequest, user: User) -> None:
    """Say how many accounts and links wait for the person who has just come in."""
    if accounts := accounts_to_confirm(user).count():
        text = _(
            "Accounts that wait for your confirmation: %(count)s. Open your menu, Accounts to confirm."
        )
        messages.warning(request, text % {"count": accounts})
    if waiting := links_to_release(user).filter(released_at=None).count():
        text = _("Links that wait for a code from you: %(count)s. Open Accounts.")
        messages.warning(request, text % {"count": waiting})


def account_named(typed: str) -> User | None:
    """The account of a typed user name or address, so that both are counted as one."""
    return (
        User.objects.filter(Q(username__iexact=typed) | Q(email__iexact=typed)).first()
        if typed
        else None
    )


def counted(request: HttpRequest, typed: str, user: User | None) -> list[tuple[str, str]]:
    """The counts an attempt belongs to, as (action of ACCOUNT_RATE_LIMITS, key)."""
    account = str(user.pk) if user else f"nobody:{typed}"
    if user and (device := devices.known(request, user)):
        return [("login_failed_device", f"{account}:{device}")]
    pair = f"{account}@{ratelimit.get_ip(request)}"
    return [("login_address", pair), ("login_failed", pair), ("login_failed_account", account)]
