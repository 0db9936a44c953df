"""Who reads: a key in the Authorization header stands for one person and that person's scope."""

from __future__ import annotations

import time
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from kaejon.apps.access.counters import count_up
from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import role_names, scope_of
from kaejon.apps.access.tokens import resolve_token
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record_looks
from kaejon.apps.audit.models import LookKind
from kaejon.apps.households.models import Household
from kaejon.apps.households.queries import visible_to

MINUTE = 60


class BearerKey(HttpBearer):
    """A key made on the account page: `Authorization: Bearer kaejon_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = resolve_token(token)
        if user is not None:
            request.user = user
        return user


class PerMinute(BaseThrottle):
    """So many requests a person and minute, counted for all server processes together."""

    def allow_request(self, request: HttpRequest) -> bool:
        key = f"api:{request.user.pk}:{int(time.time()) // MINUTE}"
        return count_up(key, seconds=2 * MINUTE) <= settings.API_PER_MINUTE

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE


def reader_of(request: HttpRequest) -> User:
    """The person the key stands for."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("the request was not authenticated")
    return user


def area_for(request: HttpRequest, code: str, permission: Permission) -> Area:
    """An area in which, or on the way to which, the reader may see something; 404 otherwise."""
    area = get_object_or_404(Area, code=code)
    if not scope_of(reader_of(request), permission).touches(code):
        return get_object_or_404(Area.objects.none())
    return area


def household_for(request: HttpRequest, public_id: UUID) -> Household:
    """One household the reader may see, with the look recorded; 404 otherwise."""
    rows = visible_to(reader_of(request), Permission.SEE_HOUSEHOLDS).select_related("house")
    household = get_object_or_404(rows, public_id=public_id)
    remember_looks(request, [household])
    return household


def remember_looks(request: HttpRequest, households: list[Household]) -> None:
    """One look a household: the family's question "who saw us?" has an answer."""
    user = reader_of(request)
    record_looks(
        by=user,
        kind=LookKind.API,
        role=role_names(user),
        households=[(household.public_id, household.area_id) for household in households],
    )
