"""What a process that was killed left of a list: found and removed by the worker's housekeeping."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from kaejon.apps.sources import files
from kaejon.apps.sources.actions import MOVES, discard
from kaejon.apps.sources.models import ImportBatch

# A command that still waits for its answer after this is not there any more.
ABANDONED = timedelta(hours=1)


def discard_trials() -> int:
    """Drop files that a command only wanted checked and never discarded; returns how many."""
    states = MOVES["discard"][0]
    old = ImportBatch.objects.filter(
        trial=True, status__in=states, uploaded_at__lt=timezone.now() - ABANDONED
    )
    dropped = list(old.select_related("uploaded_by"))
    for batch in dropped:
        discard(batch=batch, by=batch.uploaded_by)
    return len(dropped)


def remove_unrecorded_files() -> int:
    """Remove stored files that no list names: their process died before it could record them."""
    removed = 0
    for path in files.folder().glob("*.sealed"):
        if time.time() - path.stat().st_mtime < ABANDONED.total_seconds():
            continue  # an upload under way records its file at its end
        with transaction.atomic():
            if not ImportBatch.objects.filter(stored_as=path.name).exists():
                path.unlink(missing_ok=True)
                removed += 1
    return removed
