"""What happens to the things a person proves herself with, and what she is told of it.

Every change is an event with the person as its subject. She reads the latest on her
own page, and what others did (or tried) since her last sign-in when she signs in.
"""

from __future__ import annotations

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet

from kaejon.apps.access.history import note
from kaejon.apps.access.models import User
from kaejon.apps.access.sessions import end_sessions
from kaejon.apps.access.tokens import end_keys
from kaejon.apps.audit.actions import Actor
from kaejon.apps.audit.models import Event

# Verbs of what a person sees of her own account
CHANGES = (
    "account.accept",
    "account.confirm",
    "account.disable",
    "account.enable",
    "account.expire",
    "account.forget_second_step",
    "account.invite",
    "account.link_failed",
    "account.link_released",
    "account.lock_out",
    "account.maintainer",
    "account.new_link",
    "account.new_link_alone",
    "account.password",
    "account.recovery_code",
    "account.reset",
    "account.recovery_codes",
    "account.second_step_failed",
    "account.second_step_link",
    "account.second_step_link_alone",
    "account.second_step_off",
    "account.second_step_on",
    "account.sessions_ended",
    "token.create",
    "token.revoke",
)
# What she did not do herself even when nobody is named: somebody tried
ATTEMPTS = ("account.lock_out", "account.second_step_failed", "account.link_failed")
LATEST = 20
LOCK_OUT_TOLD_EVERY = 300


@transaction.atomic
def password_changed(
    *, user: User, by: Actor, verb: str = "account.password", here: str | None = None
) -> None:
    """After a new password every key is ended, and every session but the one at hand (`here`)."""
    keys = end_keys(user)
    ended = end_sessions(user, but=here)
    note(user, verb, by, {"keys_ended": keys, "sessions_ended": ended})


@transaction.atomic
def end_own_sessions(*, user: User, here: str, mark: str = "") -> int:
    """End the person's other sessions, or the one with this mark; returns how many."""
    ended = end_sessions(user, but=here, mark=mark)
    if ended:
        note(user, "account.sessions_ended", user)
    return ended


def locked_out(*, user: User, by: Actor) -> None:
    """Record that signing in was refused for a while; once a while, not once a try."""
    if cache.add(f"lock-out-told:{user.pk}", True, timeout=LOCK_OUT_TOLD_EVERY):
        note(user, "account.lock_out", by)


def changes_of_sign_in(user: User) -> QuerySet[Event]:
    """The latest changes of the person's password, second step, keys, links and state."""
    rows = Event.objects.filter(subject_type="user", subject_id=user.public_id, verb__in=CHANGES)
    return rows.select_related("detail").order_by("-pk")[:LATEST]


def news_for(user: User) -> list[Event]:
    """What others did to the person's sign-in, or tried, since the sign-in before this one."""
    own = Event.objects.filter(subject_type="user", subject_id=user.public_id)
    own = own.select_related("detail")
    sign_ins = own.filter(verb="account.sign_in").order_by("-pk").values_list("pk", flat=True)[:2]
    before = sign_ins[1] if len(sign_ins) > 1 else 0
    by_others = ~Q(actor_id=user.public_id) | Q(verb__in=ATTEMPTS)
    return list(own.filter(by_others, pk__gt=before, verb__in=CHANGES).order_by("pk"))
