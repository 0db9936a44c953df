"""What the worker tidies of accounts."""

from __future__ import annotations

import time

from django.db.models import Q
from django.utils import timezone

from kaejon.apps.access.models import Counter, Session
from kaejon.apps.access.once import forget_askings


def forget_what_is_over() -> int:
    """Remove sessions and counters whose time is over, and sessions of closed accounts."""
    closed = Q(user__is_active=False) | Q(user__expires_on__lt=timezone.localdate())
    over = Session.objects.filter(Q(expire_date__lt=timezone.now()) | closed)
    counters = Counter.objects.filter(ends_at__lt=time.time())
    return int(over.delete()[0] + counters.delete()[0]) + forget_askings()
