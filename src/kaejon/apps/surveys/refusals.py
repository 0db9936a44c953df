"""Refusals of field work, each with its reason and the next step."""

from __future__ import annotations

from django.utils.functional import Promise

from kaejon.methods.errors import DataError


class CheckRefused(DataError):
    """A check, forum or correction that cannot be taken as it was given."""

    def __init__(self, code: str, message: str | Promise, remedy: str | Promise = "") -> None:
        super().__init__(code, str(message), remedy=str(remedy))
