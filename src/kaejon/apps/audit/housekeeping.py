"""What the worker tidies of history: nothing of its rows, only what was counted of them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kaejon.apps.audit.models import FoldersOpened
from kaejon.apps.audit.queries import BUSY_DAYS_SHOWN


def forget_counts() -> int:
    """Remove the counts of days that no page shows any longer."""
    first_day_shown = timezone.localdate() - timedelta(days=BUSY_DAYS_SHOWN)
    return FoldersOpened.objects.filter(day__lt=first_day_shown).delete()[0]
