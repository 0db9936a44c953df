"""Write organizations."""

from __future__ import annotations

from django.db import transaction

from kaejon.apps.audit.actions import Actor, record
from kaejon.apps.partners.models import Organization


@transaction.atomic
def keep_organization(
    *,
    code: str,
    name_th: str,
    sector: str,
    area: str,
    actor: Actor,
    name_en: str = "",
    legal_person: bool = True,
) -> Organization:
    """Add an organization, or update the one with this code; a part of verbs that asked who may."""
    organization, created = Organization.objects.update_or_create(
        code=code,
        defaults={
            "name_th": name_th,
            "name_en": name_en,
            "sector": sector,
            "area_id": area,
            "legal_person": legal_person,
        },
    )
    record(
        by=actor,
        verb="organization.register" if created else "organization.update",
        subject_type="organization",
        subject_id=organization.public_id,
        area=area,
        label=name_th,
    )
    return organization
