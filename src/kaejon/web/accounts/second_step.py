"""People whose role asks for two steps set up the second before they open anything else."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kaejon.apps.access.models import User
from kaejon.apps.access.queries import second_step_missing
from kaejon.apps.access.second_step import seal_text, unseal_text

# Open on the way to the second step; everything else waits.
OPEN_ROUTES = frozenset(
    {
        "mfa_activate_totp",
        "mfa_reauthenticate",
        "account_reauthenticate",
        "account_logout",
        "account_change_password",
        "set_language",
        "healthz",
    }
)


class SecondStepMiddleware:
    """Leads to the set-up page while a required second step is missing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, page: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        user = request.user
        if not settings.MFA_REQUIRED_ROLES or not isinstance(user, User):
            return None
        route = request.resolver_match.view_name if request.resolver_match else ""
        if route in OPEN_ROUTES or not second_step_missing(user):
            return None
        return redirect("mfa_activate_totp")


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]
    """The library's secrets go through the key ring."""

    def encrypt(self, text: str) -> str:
        return seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal_text(encrypted_text)
