"""The status of a household as its folder shows it: what decided it, every check, what may be done."""

from __future__ import annotations

from typing import Any

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.households.models import Household
from kaejon.apps.households.queries import open_households
from kaejon.apps.surveys.queries import checks_visible_to, overrides_visible_to


def standing_of(household: Household, user: User) -> dict[str, Any]:
    """Checks newest first, the setting by hand, and the person's rights. Three queries."""
    rows = checks_visible_to(user).filter(household=household).select_related("duplicate_of")
    checks: list[Any] = list(rows)
    others = open_households(user, [c.duplicate_of_id for c in checks if c.duplicate_of_id])
    for check in checks:
        check.same_as = check.duplicate_of if check.duplicate_of_id in others else None
    return {
        "checks": checks,
        "override": overrides_visible_to(user).filter(household=household).first(),
        "may_check": may(user, Permission.VERIFY, at=household.area_id),
        "may_override": may(user, Permission.APPLY_LISTS, at=household.area_id),
    }
