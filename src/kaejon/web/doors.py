"""The only ways by which a page gets hold of a household: fetch and authorise in one step.

Outside scope a thing does not exist (404). What a page got here is written down as a look when
the page leaves (`looks.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Model, QuerySet
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
from kaejon.web.looks import opened, opened_by, recorded

Page = Callable[..., HttpResponseBase]
VIEW = LookKind.VIEW
Row = TypeVar("Row", bound=Model)


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
    opened(request, household)
    if look not in (None, VIEW):
        recorded(request, household)
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
    person = get_object_or_404(rows, public_id=standing(public_id))
    opened(request, person.household)
    return person


def row_for(request: HttpRequest, rows: QuerySet[Row], **named: Any) -> Row:
    """The one row so named among those the person may see; the answer shows whose it is."""
    row = get_object_or_404(rows, **named)
    opened_by(request, row)
    return row


def area_for(
    request: HttpRequest, code: str, permission: Permission = Permission.SEE_COUNTS
) -> Area:
    """An area in which, or on the way to which, the person may see something."""
    area = get_object_or_404(Area, code=code)
    if not scope_of(actor_of(request), permission).touches(code):
        raise Http404
    return area
