"""Keep what somebody searched for out of addresses: the session holds it, the address a token.

See docs/decisions/0011-search-words-stay-out-of-addresses.md.
"""

from __future__ import annotations

import secrets

from django.http import HttpRequest

from kaejon.apps.access.sessions import SEARCHES
from kaejon.apps.folders.searching import Search

KEPT = 20


def remember(request: HttpRequest, search: Search) -> str:
    """Keep a search in the session; returns its token. The oldest of many is forgotten."""
    token = secrets.token_urlsafe(9)
    held = dict(request.session.get(SEARCHES, {}))
    held[token] = search.as_dict()
    request.session[SEARCHES] = dict(list(held.items())[-KEPT:])
    return token


def recall(request: HttpRequest, token: str) -> Search | None:
    """The search of a token; None when it is unknown or was forgotten."""
    held = request.session.get(SEARCHES, {}).get(token)
    return Search.from_dict(held) if held else None
