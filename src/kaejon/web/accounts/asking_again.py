"""Before something that outlives a session is made, the person proves again who she is."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from kaejon.web.doors import actor_of

Page = Callable[..., HttpResponseBase]
# How each proof is asked for again
WAYS = {"password": "account_reauthenticate", "mfa": "mfa_reauthenticate"}


def proved_again(page: Page) -> Page:
    """The page opens when the password, and the second step where there is one, were just given again."""

    @wraps(page)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        for proof in missing_proofs(request):
            next_page = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse(WAYS[proof])}?{next_page}")
        return page(request, *args, **kwargs)

    return guarded


def missing_proofs(request: HttpRequest) -> list[str]:
    """The proofs not given again within the last ACCOUNT_REAUTHENTICATION_TIMEOUT seconds."""
    user = actor_of(request)
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    given = {
        record["method"]
        for record in get_authentication_records(request, user)
        if record.get("reauthenticated") and record["at"] > since
    }
    needed = ["password", *(["mfa"] if is_mfa_enabled(user) else [])]
    return [proof for proof in needed if proof not in given]
