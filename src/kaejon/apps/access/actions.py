"""Write accounts and grants: every change is dated and recorded."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from kaejon.apps.access.models import RoleAssignment, User
from kaejon.apps.access.roles import ASSIGNABLE
from kaejon.apps.audit.actions import record
from kaejon.apps.partners.models import Organization
from kaejon.methods.errors import UsageError


@transaction.atomic
def assign_role(
    *,
    user: User,
    role: str,
    area: str,
    organization: Organization,
    purpose: str,
    valid_from: date,
    by: User,
    valid_until: date | None = None,
) -> RoleAssignment:
    """Grant a role in an area. Refuses a role that is not for people."""
    if role not in ASSIGNABLE:
        raise UsageError("unknown_role", f"{role!r} is not a role a person can be given")
    assignment = RoleAssignment(
        user=user, role=role, area_id=area, organization=organization, purpose=purpose,
        valid_from=valid_from, valid_until=valid_until, granted_by=by,
    )
    assignment.full_clean()
    assignment.save()
    record(
        by=by, verb="access.assign", subject_type="user", subject_id=user.public_id, area=area,
        label=user.display_name,
        changes={"role": role, "from": str(valid_from), "until": str(valid_until or ""), "purpose": purpose},
    )
    return assignment
