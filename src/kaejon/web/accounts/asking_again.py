"""Before what cannot be undone the person proves again who she is.

Making a key, which outlives the session: password and second step, once more. Showing whole
national IDs, and erasing: the password, where it was given longer ago than a quarter of an hour.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from kaejon.web.doors import actor_of

Page = Callable[..., HttpResponseBase]
# How each proof is asked for again
WAYS = {"password": "account_reauthenticate", "mfa": "mfa_reauthenticate"}


def proved_again(page: Page) -> Page:
    """The page opens when the password, and the second step where there is one, were just given again."""
    return guarded(page, missing_proofs)


def proved_lately(page: Page) -> Page:
    """The page opens when the password was given a short while ago, be it at signing in."""
    return guarded(page, missing_password)


def guarded(page: Page, missing: Callable[[HttpRequest], list[str]]) -> Page:
    @wraps(page)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return asked_for(request, missing) or page(request, *args, **kwargs)

    return asking


def password_asked(request: HttpRequest) -> HttpResponse | None:
    """The way to the question for the password, for a page that needs it only for some answers."""
    return asked_for(request, missing_password)


def asked_for(
    request: HttpRequest, missing: Callable[[HttpRequest], list[str]]
) -> HttpResponse | None:
    for proof in missing(request):
        next_page = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse(WAYS[proof])}?{next_page}")
    return None


def missing_proofs(request: HttpRequest) -> list[str]:
    """The proofs not given again lately."""
    given = {record["method"] for record in given_lately(request) if record.get("reauthenticated")}
    needed = ["password", *(["mfa"] if is_mfa_enabled(actor_of(request)) else [])]
    return [proof for proof in needed if proof not in given]


def missing_password(request: HttpRequest) -> list[str]:
    """The password, unless it was given lately. The second step is not asked for again: it was given
    in this session, and officers read a number at the door of a house, phone in hand."""
    given = {record["method"] for record in given_lately(request)}
    return [] if "password" in given else ["password"]


def given_lately(request: HttpRequest) -> list[dict[str, Any]]:
    """What the session proved within the last ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return [r for r in get_authentication_records(request, actor_of(request)) if r["at"] > since]
