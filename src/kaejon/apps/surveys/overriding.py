"""Set a household's status by hand against the rule, and give it back to the rule."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.audit.actions import record
from kaejon.apps.folders.guards import household_to_change, refuse_no_reason
from kaejon.apps.households.models import Household
from kaejon.apps.surveys.checking import finish
from kaejon.apps.surveys.models import StatusOverride
from kaejon.apps.surveys.refusals import CheckRefused


@made_once
@transaction.atomic
def override_status(
    *, household: Household, outcome: str, year_be: int, reason: str, by: User
) -> StatusOverride:
    """Say another status than the rule does. Refuses: somebody who may not apply lists there, no reason, a second one."""
    held = household_to_change(household, by, permission=Permission.APPLY_LISTS)
    refuse_no_reason(reason)
    if StatusOverride.objects.filter(household=held, removed_at=None).exists():
        raise CheckRefused(
            "already_overridden",
            _("The status is set by hand already."),
            _("Remove that setting first."),
        )
    row = StatusOverride.objects.create(
        household=held,
        year_be=year_be,
        outcome=outcome,
        reason=reason.strip()[:300],
        set_by=by,
        set_on=timezone.localdate(),
    )
    record(
        by=by,
        verb="status.override",
        subject_type="household",
        subject_id=held.public_id,
        area=held.area_id,
        label=held.head_name,
        changes={"outcome": {"from": held.verified, "to": outcome}, "list_year": year_be},
        reason=row.reason,
    )
    finish([held], [])
    return row


@transaction.atomic
def remove_override(*, override: StatusOverride, reason: str, by: User) -> None:
    """Let the rule decide again. Refuses: no reason, somebody without the right."""
    held = household_to_change(override.household, by, permission=Permission.APPLY_LISTS)
    refuse_no_reason(reason)
    StatusOverride.objects.filter(pk=override.pk, removed_at=None).update(
        removed_at=timezone.now(), removed_by=by, removed_reason=reason.strip()[:300]
    )
    record(
        by=by,
        verb="status.restore",
        subject_type="household",
        subject_id=held.public_id,
        area=held.area_id,
        label=held.head_name,
        changes={"outcome": override.outcome},
        reason=reason,
    )
    finish([held], [])
