"""How much a request may bring, by page: small everywhere, more only where a file is sent.

The server asks before it reads a body. A larger body is taken only on these pages, with
its length said in advance, and from somebody who is signed in: a stranger can fill
neither memory nor disk.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import Error, close_old_connections
from django.http import parse_cookie
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

MEGABYTE = 1024 * 1024
# Bytes of a form without a file, a tap, a sign-in, a call of the API.
SMALL = MEGABYTE
# Fields and boundaries around the file itself.
AROUND = MEGABYTE
# Name of the page → megabytes of the file; the page itself refuses with its own words first.
FILES = {
    "batch_upload": settings.IMPORT_MAX_MEGABYTES,
    "results_upload": 5,
    "consent_edit": 15,
    "check_record": 8,
    "missed_add": 8,
    "definition_new": 2,
}


def most_bytes(path: str) -> int:
    """Most bytes of a body sent to this path, by whoever is signed in."""
    try:
        name = resolve(path).url_name
    except Resolver404:
        return SMALL
    megabytes = FILES.get(name or "")
    return SMALL if megabytes is None else megabytes * MEGABYTE + AROUND


def is_signed_in(cookies: str) -> bool:
    """Whether these cookies carry the session of somebody; no while the database is away."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return False
    store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    # The server's own thread serves no request, so nothing else lets go of its connection.
    close_old_connections()
    try:
        return SESSION_KEY in store(key)
    except Error:
        return False
