"""Browsers in which a person has signed in before, known by a signed cookie of their own.

The cookie opens nothing: it only lets the person's own attempts be counted apart from
everybody else's. It names at most the last few people of a shared machine.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from kaejon.apps.access.models import User

COOKIE = "kaejon_device"
SALT = "kaejon.device"
LIVES = 180 * 24 * 3600
PEOPLE = 8


def read(request: HttpRequest) -> dict[str, Any]:
    """What the browser's cookie says, as {"device": mark, "people": [keys]}; empty when it is no cookie of ours."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIVES)
    except signing.BadSignature:
        return {}
    return said if isinstance(said, dict) else {}


def known(request: HttpRequest, user: User) -> str:
    """The mark of the browser, if this person has signed in with it; else empty."""
    said = read(request)
    return str(said["device"]) if user.pk in said.get("people", ()) else ""


def people_of(request: HttpRequest) -> frozenset[int]:
    """Keys of the people who have signed in with the browser."""
    return frozenset(read(request).get("people", ()))


def remember(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """The answer, with a cookie that knows the person from now on."""
    said = read(request)
    people = [user.pk, *(pk for pk in said.get("people", ()) if pk != user.pk)][:PEOPLE]
    value = {"device": said.get("device") or secrets.token_urlsafe(12), "people": people}
    response.set_cookie(
        COOKIE,
        signing.dumps(value, salt=SALT),
        max_age=LIVES,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
