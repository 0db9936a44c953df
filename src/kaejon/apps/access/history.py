"""Events of accounts, filed under the area of the account."""

from __future__ import annotations

from collections.abc import Mapping

from kaejon.apps.access.models import User
from kaejon.apps.access.queries import open_assignments
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.audit.actions import Actor, record


def home_area(user: User) -> str:
    """The area under which the account's own events are filed: that of its newest open grant."""
    row = open_assignments(user).first()
    return row.area_id if row else WHOLE_SYSTEM


def note(
    user: User,
    verb: str,
    by: Actor,
    changes: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    """Record a change of an account."""
    record(
        by=by,
        verb=verb,
        subject_type="user",
        subject_id=user.public_id,
        area=home_area(user),
        label=user.display_name,
        changes=changes,
        reason=reason,
    )
