"""Keys for programs that read on behalf of one person, within that person's scope."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.history import note
from kaejon.apps.access.models import ApiToken, User
from kaejon.apps.access.once import refuse_again
from kaejon.apps.access.queries import manages_whole, second_step_missing
from kaejon.apps.access.refusals import AccessRefused, NotPermitted
from kaejon.apps.access.roles import Permission

PREFIX = "kaejon_"
LONGEST_LIFE = timedelta(days=366)
# How stale the "last used" of a key may be: a write for each request would cost more than it tells.
USE_NOTED_EVERY = timedelta(minutes=5)


def fingerprint(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """A person's keys, newest first."""
    return ApiToken.objects.filter(user=user).order_by("-created_at", "-pk")


@transaction.atomic
def create_token(*, user: User, name: str, expires_on: date) -> tuple[ApiToken, str]:
    """Make a key; returns it with the raw text, which is shown once and kept nowhere.

    Refuses a last day in the past or more than a year ahead, and the same form sent twice, which
    would leave a key behind that nobody has seen.
    """
    today = timezone.localdate()
    if not today <= expires_on <= today + LONGEST_LIFE:
        raise AccessRefused(
            "token_life",
            _("A key may live from today up to one year."),
            _("Choose a last day within a year."),
        )
    refuse_again("access.tokens.create_token", by=user)
    raw = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name.strip(),
        token_hash=fingerprint(raw),
        hint=raw[-4:],
        expires_on=expires_on,
    )
    note(user, "token.create", user, {"name": token.name, "until": str(expires_on)})
    return token, raw


def resolve_token(raw: str) -> User | None:
    """The person a key speaks for; None when it is unknown, revoked, expired, or the account is closed."""
    now = timezone.now()
    token = (
        ApiToken.objects.filter(
            token_hash=fingerprint(raw), revoked_at=None, expires_on__gte=timezone.localdate()
        )
        .select_related("user")
        .first()
    )
    if token is None or not token.user.is_active or token.user.is_expired():
        return None
    if second_step_missing(token.user):
        return None
    ApiToken.objects.filter(pk=token.pk).filter(
        Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    ).update(last_used_at=now)
    return token.user


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    """Stop a key at once: one's own, or one of an account that the actor manages."""
    if token.user_id != by.pk and not manages_whole(by, token.user):
        raise NotPermitted(Permission.MANAGE_ACCOUNTS)
    done = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if done:
        note(token.user, "token.revoke", by, {"name": token.name})


def end_keys(user: User) -> list[str]:
    """Stop every key of a person; returns their names."""
    rows = ApiToken.objects.filter(user=user, revoked_at=None)
    names = list(rows.order_by("pk").values_list("name", flat=True))
    rows.update(revoked_at=timezone.now())
    return names
