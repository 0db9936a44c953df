"""Pages by cursor: a signed place in the list, so that a page costs the same at any depth."""

from __future__ import annotations

from typing import Any

from django.core import signing

from kaejon.methods.errors import DataError

LARGEST_PAGE = 200


class UnknownPlace(DataError):
    """A cursor names no place of this list."""


def cursor_at(place: list[Any], of: str) -> str:
    """The text that continues a list (`of` names it) behind this place."""
    return signing.dumps(place, salt=f"api-cursor-{of}")


def place_of(cursor: str, of: str) -> list[Any]:
    """The place a cursor stands for. Refuses a text this list did not give out."""
    try:
        place: list[Any] = signing.loads(cursor, salt=f"api-cursor-{of}")
    except signing.BadSignature as error:
        raise UnknownPlace(
            "bad_cursor",
            "the cursor was not given out by this list",
            remedy="Begin without a cursor, then pass on 'next' as it is.",
        ) from error
    return place
