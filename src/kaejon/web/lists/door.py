"""How a page of lists gets hold of a batch: fetch and authorise in one step."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.sources.models import ImportBatch
from kaejon.apps.sources.queries import visible_to
from kaejon.web.doors import actor_of


def batch_for(
    request: HttpRequest, public_id: UUID, permission: Permission = Permission.IMPORT_LISTS
) -> ImportBatch:
    """The batch, if the person may do this to lists of its area; otherwise it does not exist."""
    user = actor_of(request)
    batch = get_object_or_404(visible_to(user), public_id=public_id)
    if not may(user, permission, at=batch.area_id):
        raise Http404
    return batch


def language() -> Literal["th", "en"]:
    """The language of the page, as the messages of lists name it."""
    return "en" if (get_language() or "th").startswith("en") else "th"
