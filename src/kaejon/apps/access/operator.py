"""The system operator: the account that acts for commands run on the server itself.

It is inactive, so nobody can sign in with it; its one assignment covers the
whole system, and everything it does is recorded under its name.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from kaejon.apps.access.models import OPERATOR_USERNAME, RoleAssignment, User
from kaejon.apps.areas.models import WHOLE_SYSTEM, Area, Level
from kaejon.apps.partners.models import Organization, Sector


@transaction.atomic
def ensure_operator() -> User:
    """The operator's account, made on first use together with the whole-system area."""
    Area.objects.get_or_create(
        code=WHOLE_SYSTEM,
        defaults={"level": Level.COUNTRY, "name_th": "ทั้งระบบ", "name_en": "Whole system"},
    )
    operator, created = User.objects.get_or_create(
        username=OPERATOR_USERNAME,
        defaults={"first_name": "ผู้ดูแลเครื่อง", "last_name": "(คำสั่งบนเครื่อง)", "is_active": False},
    )
    if created:
        operator.set_unusable_password()
        operator.save()
        organization, _ = Organization.objects.get_or_create(
            code="system-operator",
            defaults={
                "name_th": "ผู้ดูแลระบบ",
                "name_en": "System operator",
                "sector": Sector.STATE,
                "area_id": WHOLE_SYSTEM,
            },
        )
        RoleAssignment.objects.create(
            user=operator,
            role="operator",
            area_id=WHOLE_SYSTEM,
            organization=organization,
            purpose="commands on the server",
            valid_from=date(2000, 1, 1),
            granted_by=operator,
        )
    return operator
