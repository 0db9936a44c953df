"""Refusals of account work, each with its reason and the next step."""

from __future__ import annotations

from django.utils.functional import Promise

from kaejon.methods.errors import DataError


class AccessRefused(DataError):
    """What was asked about an account or a grant is not allowed, or not possible any more."""

    def __init__(self, code: str, message: str | Promise, remedy: str | Promise = "") -> None:
        super().__init__(code, str(message), remedy=str(remedy))
