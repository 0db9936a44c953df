"""Writes on organizations and outlines of areas: their apps lie below this one, which knows who may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.actions import read_outlines, store_outlines
from kaejon.apps.partners.actions import keep_organization
from kaejon.apps.partners.models import Organization


@transaction.atomic
def register_organization(
    *,
    code: str,
    name_th: str,
    sector: str,
    area: str,
    by: User,
    name_en: str = "",
    legal_person: bool = True,
) -> Organization:
    """Add an organization, or update the one with this code.

    Refuses (NotPermitted) one of an area in which the actor manages no accounts.
    """
    require(by, Permission.MANAGE_ACCOUNTS, at=area)
    known = Organization.objects.filter(code=code).values_list("area_id", flat=True)
    for place in known:
        require(by, Permission.MANAGE_ACCOUNTS, at=place)
    return keep_organization(
        code=code,
        name_th=name_th,
        sector=sector,
        area=area,
        actor=by,
        name_en=name_en,
        legal_person=legal_person,
    )


@transaction.atomic
def load_boundaries(*, features: Iterable[Mapping[str, Any]], source: str, by: User) -> int:
    """Store outlines from GeoJSON features; each names its area in the property `code`.

    Refuses an area in which the actor keeps no sources (NotPermitted) and whatever
    `read_outlines` refuses, without writing anything.
    """
    require(by, Permission.MANAGE_SOURCES)
    outlines = read_outlines(features)
    for code in outlines:
        require(by, Permission.MANAGE_SOURCES, at=code)
    return store_outlines(outlines, source, actor=by)
