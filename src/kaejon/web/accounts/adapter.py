"""Accounts are made by invitation only, and an expired account does not open."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kaejon.web.accounts.sign_in_events import speak_to


class ClosedSignupAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No self-registration; the last day of an account is the last day to sign in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        if user.is_expired():
            return render(request, "account/expired.html", status=403)
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """After signing in the pages speak the language the person chose."""
        return speak_to(user, super().post_login(request, user, **kwargs))
