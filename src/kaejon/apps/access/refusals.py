"""Refusals of account work, each with its reason and the next step."""

from __future__ import annotations

from django.utils.functional import Promise

from kaejon.methods.errors import DataError, KaejonError


class AccessRefused(DataError):
    """What was asked about an account or a grant is not allowed, or not possible any more."""

    def __init__(self, code: str, message: str | Promise, remedy: str | Promise = "") -> None:
        super().__init__(code, str(message), remedy=str(remedy))


class NotPermitted(KaejonError):
    """The one refusal of permission: the actor does not hold `permission`, or not over `area`.

    It says nothing of the thing asked for: outside the scope a thing does not exist, so pages
    and the API answer it with 404.
    """

    def __init__(self, permission: str, area: str = "") -> None:
        super().__init__(
            "not_permitted",
            "This is not yours to do here.",
            remedy="Ask the person who manages accounts for the role, or the officer of that area to do it.",
            permission=permission,
            area=area,
        )
