"""Write the state of accounts: expiry, disabling, two-step login, own profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.actions import (
    refuse_own_account,
    refuse_unseen,
    refuse_without_administrator,
)
from kaejon.apps.access.models import ApiToken, User
from kaejon.apps.access.queries import manages_whole, open_assignments
from kaejon.apps.access.refusals import AccessRefused
from kaejon.apps.access.sessions import end_sessions
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.audit.actions import Actor, difference, record


def home_area(user: User) -> str:
    """The area under which the account's own events are filed: that of its newest open grant."""
    row = open_assignments(user).first()
    return row.area_id if row else WHOLE_SYSTEM


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
def reset_second_step(*, user: User, reason: str, by: User) -> None:
    """Forget the phone and recovery codes of somebody who lost them."""
    held = locked(user, by)
    if not reason.strip():
        raise AccessRefused("reason_missing", _("Write why the two-step login is reset."))
    Authenticator.objects.filter(user=held).delete()
    note(held, "account.reset_second_step", by, reason=reason)


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


def end_keys(user: User) -> list[str]:
    """Stop every key of a person; returns their names."""
    rows = ApiToken.objects.filter(user=user, revoked_at=None)
    names = list(rows.order_by("pk").values_list("name", flat=True))
    rows.update(revoked_at=timezone.now())
    return names


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
