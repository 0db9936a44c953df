"""Another day than today, for a synthetic demonstration that must look the same whenever it is made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

THAILAND = ZoneInfo("Asia/Bangkok")
_machine_now: Callable[[], datetime] = timezone.now


def use_day(day: date) -> None:
    """From now on the program's clock shows `day`; the hour goes on as it is."""
    ahead = day - _machine_now().astimezone(THAILAND).date()
    timezone.now = lambda: _machine_now() + timedelta(days=ahead.days)


def use_machine_day() -> None:
    """Back to the clock of the machine."""
    timezone.now = _machine_now
