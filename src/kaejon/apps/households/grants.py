"""Open a household to an organization for a purpose, from a day until a day, and end that.

A grant is never edited: a change ends it and gives another, so that who could see what on any
day stays answerable. Whoever keeps the sources of an area gives and ends them there.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.audit.actions import record
from kaejon.apps.households.models import Grant, Household
from kaejon.apps.partners.models import Organization
from kaejon.methods.errors import DataError


@made_once
@transaction.atomic
def grant_household(
    *,
    household: Household,
    organization: Organization,
    purpose: str,
    valid_from: date,
    by: User,
    valid_until: date | None = None,
) -> Grant:
    """Let the people of an organization open this household from one day until another (or no end).

    Refuses a household of others (NotPermitted), no purpose, and a last day before the first.
    """
    held = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
    require(by, Permission.MANAGE_SOURCES, at=held.area_id)
    if not purpose.strip():
        raise DataError(
            "purpose_missing", "a grant needs a purpose", remedy="Say what the office is to do."
        )
    if valid_until is not None and valid_until < valid_from:
        raise DataError(
            "grant_dates",
            f"the last day {valid_until} lies before the first day {valid_from}",
            remedy="Choose the first day or a later one as the last.",
        )
    grant = Grant.objects.create(
        household=held,
        organization=organization,
        purpose=purpose.strip()[:300],
        valid_from=valid_from,
        valid_until=valid_until,
        granted_by=by,
    )
    remember(grant, "grant.give", by)
    return grant


@transaction.atomic
def end_grant(*, grant: Grant, last_day: date, by: User, reason: str = "") -> Grant:
    """End a grant after its last day. Refuses (NotPermitted) one of others, and one that ends sooner."""
    held = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    require(by, Permission.MANAGE_SOURCES, at=held.household.area_id)
    if held.valid_until is not None and held.valid_until <= last_day:
        raise DataError(
            "grant_ended",
            f"this grant ends on {held.valid_until} already",
            remedy="Nothing is left to do.",
        )
    # Ended before it began it opens no day at all (`Grant.opens`).
    held.valid_until = last_day
    held.save(update_fields=["valid_until"])
    remember(held, "grant.end", by, reason)
    return held


def remember(grant: Grant, verb: str, by: User, reason: str = "") -> None:
    """One line in the history of the household: to whom, what for, between which days, if any."""
    record(
        by=by,
        verb=verb,
        subject_type="household",
        subject_id=grant.household.public_id,
        area=grant.household.area_id,
        label=grant.household.head_name,
        changes={
            "organization": grant.organization.code,
            "purpose": grant.purpose,
            "from": grant.valid_from.isoformat() if grant.opens else "",
            "until": grant.valid_until.isoformat() if grant.opens and grant.valid_until else "",
        },
        reason=reason,
    )
