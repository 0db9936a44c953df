"""Write the state of accounts: expiry, disabling, keys, own profile."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.actions import (
    refuse_own_account,
    refuse_unseen,
    refuse_without_administrator,
)
from kaejon.apps.access.history import note
from kaejon.apps.access.models import OPERATOR_USERNAME, User
from kaejon.apps.access.queries import manages_whole, open_assignments
from kaejon.apps.access.refusals import AccessRefused, NotPermitted
from kaejon.apps.access.sessions import end_sessions
from kaejon.apps.access.tokens import end_keys
from kaejon.apps.audit.actions import difference


@transaction.atomic
def set_expiry(*, user: User, expires_on: date | None, by: User) -> User:
    """Set the last day on which the account may be used; empty: no end."""
    held = locked(user, by)
    if expires_on is not None:
        refuse_without_administrator(list(open_assignments(held)), expires_on)
    # A session that slept through the last day must not wake when the account is prolonged.
    was_over = held.is_expired()
    before, held.expires_on = held.expires_on, expires_on
    held.save(update_fields=["expires_on"])
    if was_over or held.is_expired():
        end_sessions(held)
    note(
        held,
        "account.expire",
        by,
        {"expires_on": {"from": str(before or ""), "to": str(expires_on or "")}},
    )
    return held


@transaction.atomic
def disable(*, user: User, reason: str, by: User) -> User:
    """Close an account at once: its sessions and API keys are ended for good."""
    held = locked(user, by)
    refuse_without_administrator(
        list(open_assignments(held)), timezone.localdate() - timedelta(days=1)
    )
    held.is_active = False
    held.save(update_fields=["is_active"])
    end_keys(held)
    end_sessions(held)
    note(held, "account.disable", by, reason=reason)
    return held


@transaction.atomic
def enable(*, user: User, reason: str, by: User) -> User:
    """Open a closed account again; its API keys and sessions stay ended."""
    held = locked(user, by)
    held.is_active = True
    held.save(update_fields=["is_active"])
    note(held, "account.enable", by, reason=reason)
    return held


@transaction.atomic
def change_profile(
    *, user: User, first_name: str, last_name: str, position: str, phone: str, language: str
) -> User:
    """What people may change about their own account."""
    names = ("first_name", "last_name", "position", "phone", "language")
    held = User.objects.select_for_update().get(pk=user.pk)
    before = {name: getattr(held, name) for name in names}
    after = dict(zip(names, (first_name, last_name, position, phone, language), strict=True))
    for name, value in after.items():
        setattr(held, name, value)
    held.save(update_fields=list(names))
    note(held, "account.profile", held, difference(before, after))
    return held


@transaction.atomic
def set_maintainer(*, user: User, on: bool, by: User) -> User:
    """Let a person into the admin site, or out of it. Only the operator does it, on the server."""
    if by.username != OPERATOR_USERNAME:
        raise NotPermitted("maintain")
    user = User.objects.select_for_update().get(pk=user.pk)
    user.is_staff, user.is_superuser = on, False
    user.save(update_fields=["is_staff", "is_superuser"])
    note(user, "account.maintainer", by, {"maintainer": on})
    return user


def locked(user: User, by: User) -> User:
    """The account, locked for a change by somebody who manages all of it; NotPermitted for one of others."""
    refuse_unseen(user, by)
    refuse_own_account(user, by)
    held = User.objects.select_for_update().get(pk=user.pk)
    if not manages_whole(by, held):
        raise AccessRefused(
            "outside_area",
            _("This person also works outside the area you manage."),
            _("Ask the administrator of that area."),
        )
    return held
