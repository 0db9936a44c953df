"""Sessions that know whose they are: seen and ended by their owner, gone when the account is closed.

A session lives SESSION_COOKIE_AGE seconds from signing in, whatever is done in it;
its row says so, and a row that was deleted never comes back.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from kaejon.apps.access.models import Session, User

# Words of searches, which stay out of addresses (decision 11).
SEARCHES = "searches"
BEGAN, LAST_SEEN, DEVICE = "began", "last_seen", "device"
# What a browser calls itself, in the order in which the words exclude each other.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class SessionStore(DatabaseStore):
    """Django's sessions in the database, with their owner and their last hour."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        row.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        if began := data.get(BEGAN):
            last = datetime.fromtimestamp(began, UTC) + timedelta(
                seconds=settings.SESSION_COOKIE_AGE
            )
            row.expire_date = min(row.expire_date, last)
        return row


@dataclass(frozen=True)
class SignedIn:
    """One place where a person is signed in. `mark` names it without telling its secret."""

    mark: str
    device: str
    began: datetime
    last_seen: datetime
    here: bool


def begin(session: SessionBase, user_agent: str) -> None:
    """Start the clock of a session in which somebody has just signed in."""
    session[BEGAN] = session[LAST_SEEN] = int(time.time())
    session[DEVICE] = device_name(user_agent)


def device_name(user_agent: str) -> str:
    """ "Chrome · Windows" of what a browser calls itself; empty words when it says nothing known."""
    browser = next((name for word, name in BROWSERS if word in user_agent), "")
    system = next((name for word, name in SYSTEMS if word in user_agent), "")
    return " · ".join(part for part in (browser, system) if part)


def mark_of(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:32]


def sessions_of(user: User, *, here: str | None) -> list[SignedIn]:
    """Where the person is signed in now, newest first. `here`: key of the session that asks."""
    rows = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    signed_in = []
    for row in rows:
        data = row.get_decoded()
        began = data.get(BEGAN, 0)
        signed_in.append(
            SignedIn(
                mark=mark_of(row.session_key),
                device=data.get(DEVICE, ""),
                began=datetime.fromtimestamp(began, UTC),
                last_seen=datetime.fromtimestamp(data.get(LAST_SEEN, began), UTC),
                here=row.session_key == here,
            )
        )
    return sorted(signed_in, key=lambda one: one.began, reverse=True)


def end_sessions(user: User, *, but: str | None = None, mark: str = "") -> int:
    """End the person's sessions for good: all, all `but` one key, or the one with this mark."""
    keys = [
        key
        for key in Session.objects.filter(user=user).values_list("session_key", flat=True)
        if key != but and (not mark or mark_of(key) == mark)
    ]
    return int(Session.objects.filter(session_key__in=keys).delete()[0])


def forget_searches(sender: Any, **kwargs: Any) -> None:
    """Somebody was erased: no session keeps the words of a search, which may have been their name."""
    for row in Session.objects.all():
        data = row.get_decoded()
        if data.pop(SEARCHES, None):
            row.session_data = SessionStore().encode(data)
            row.save(update_fields=["session_data"])
