"""The household's status from its checks: the one place that writes it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from kaejon.apps.households.bulk import update_rows
from kaejon.apps.households.models import Household
from kaejon.apps.surveys.models import StatusOverride, Verification
from kaejon.methods.checks import Check, Override, Standing, standing

FIELDS = ("verified", "verified_year", "verified_on")


def check_of(row: Verification) -> Check:
    """A check as the rule reads it."""
    return Check(row.outcome, row.year_be, row.method, row.checked_on, row.pk)


def standings(households: Collection[int]) -> dict[int, Standing | None]:
    """What the rule says about each of these households, from live checks and overrides."""
    checks: dict[int, list[Check]] = defaultdict(list)
    for row in Verification.objects.filter(household__in=households, withdrawn_at=None):
        checks[row.household_id].append(check_of(row))
    overrides = {
        row.household_id: Override(row.outcome, row.year_be, row.set_on)
        for row in StatusOverride.objects.filter(household__in=households, removed_at=None)
    }
    return {key: standing(checks[key], overrides.get(key)) for key in households}


def write_status(households: Collection[int]) -> None:
    """Derive the status of these households again and write it."""
    found = standings(households)
    rows = list(Household.objects.filter(pk__in=list(households)).only("pk", *FIELDS))
    for row in rows:
        now = found[row.pk]
        row.verified = now.outcome if now else ""
        row.verified_year = now.year if now else None
        row.verified_on = now.on if now else None
    update_rows(rows, FIELDS)
