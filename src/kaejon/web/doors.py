"""The only ways by which a page gets hold of a household: fetch and authorise in one step.

Outside scope a thing does not exist (404). Opening a household records the look.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, role_names, scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record_look
from kaejon.apps.audit.models import LookKind
from kaejon.apps.households.models import Household, Person
from kaejon.apps.households.queries import (
    people_visible_to,
    standing,
    standing_home,
    visible_to,
)

Page = Callable[..., HttpResponseBase]


def actor_of(request: HttpRequest) -> User:
    """The signed-in person."""
    return cast(User, request.user)


def permitted(permission: Permission) -> Callable[[Page], Page]:
    """A page only for people who hold the permission somewhere; others get 404."""

    def wrap(page: Page) -> Page:
        @login_required
        @wraps(page)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may(actor_of(request), permission):
                raise Http404
            return page(request, *args, **kwargs)

        return guarded

    return wrap


def household_for(
    request: HttpRequest,
    public_id: UUID,
    permission: Permission = Permission.SEE_HOUSEHOLDS,
    *,
    look: str | None = None,
    reason: str = "",
) -> Household:
    """The household, if the person may do this to it; `look` records how it was seen.

    An old link of a household that was found to be another finds the one that stands.
    """
    user = actor_of(request)
    rows = visible_to(user, permission).select_related("house", "area")
    household = get_object_or_404(rows, public_id=standing_home(public_id))
    if look:
        record_look(
            by=user,
            kind=look,
            area=household.area_id,
            household=household.public_id,
            role=role_names(user),
            reason=reason,
        )
    return household


def person_for(
    request: HttpRequest, public_id: UUID, permission: Permission = Permission.SEE_HOUSEHOLDS
) -> Person:
    """The person, if the signed-in user may do this to them; an old link finds whom it was merged into."""
    rows = people_visible_to(actor_of(request), permission).select_related("household", "area")
    return get_object_or_404(rows, public_id=standing(public_id))


def area_for(
    request: HttpRequest, code: str, permission: Permission = Permission.SEE_COUNTS
) -> Area:
    """An area in which, or on the way to which, the person may see something."""
    area = get_object_or_404(Area, code=code)
    if not scope_of(actor_of(request), permission).touches(code):
        raise Http404
    return area


VIEW = LookKind.VIEW
