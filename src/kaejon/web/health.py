"""Is this installation able to work? For the machine that watches it; holds no personal data.

Strangers learn "ok" or "bad"; which part is wrong learn an administrator who is signed
in and `kaejon health` on the server.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.jobs.actions import ALONE
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.vault.keys import KeyRingError, ring_in_use
from kaejon.config.restore_note import note_in

WORK_MAY_WAIT = timedelta(minutes=5)


class Unwell(Exception):
    """One part does not work; the text says which way."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when every part works, 503 otherwise."""
    report = health_report()
    user = request.user
    if not (isinstance(user, User) and may(user, Permission.MANAGE_ACCOUNTS)):
        report = {"status": report["status"]}
    return JsonResponse(report, status=200 if report["status"] == "ok" else 503)


def health_report() -> dict[str, Any]:
    """Version, and each part with "ok" or what is wrong."""
    parts = {name: state_of(part) for name, part in PARTS.items()}
    well = all(state == "ok" for state in parts.values())
    return {"status": "ok" if well else "bad", "version": settings.PRODUCT_VERSION, "parts": parts}


def state_of(part: Callable[[], None]) -> str:
    try:
        part()
    except Unwell as error:
        return str(error)
    except Error:
        return "no answer from the database"
    return "ok"


def database_answers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def tables_are_current() -> None:
    if unapplied := unapplied_migrations():
        raise Unwell(f"{unapplied} changes of this version are not applied")


def unapplied_migrations() -> int:
    """How many changes of the tables this version brings that the database has not seen."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    return len(migrations_of_this_version() - applied)


@cache
def migrations_of_this_version() -> frozenset[tuple[str, str]]:
    """Read from the disk once: it does not change while the program runs."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def key_ring_is_there() -> None:
    try:
        ring_in_use()
    except KeyRingError as error:
        raise Unwell("the key ring is missing or unreadable") from error
    # Until it is over nothing else runs, and no worker takes up what failed.
    if Job.objects.filter(kind=ALONE, status=Status.FAILED).exists():
        raise Unwell("a rotation was broken off; run `kaejon keys rotate` once more")


def work_is_taken_up() -> None:
    """Unwell when work has waited long and no worker holds a lease."""
    now = timezone.now()
    waiting = (
        Job.objects.filter(status=Status.QUEUED, created_at__lt=now - WORK_MAY_WAIT)
        .order_by("created_at")
        .first()
    )
    left = (
        Job.objects.filter(status=Status.RUNNING, lease_until__lt=now - WORK_MAY_WAIT)
        .order_by("lease_until")
        .first()
    )
    if (waiting or left) and not Job.objects.filter(
        status=Status.RUNNING, lease_until__gte=now
    ).exists():
        since = min(t for t in (waiting and waiting.created_at, left and left.lease_until) if t)
        raise Unwell(
            f"work has waited {int((now - since).total_seconds())} seconds and no worker takes it up"
        )


def nothing_is_half_restored() -> None:
    if note_in(Path(settings.DATA_DIR)) is not None:
        raise Unwell("a restore was broken off before its end")


PARTS: dict[str, Callable[[], None]] = {
    "database": database_answers,
    "tables": tables_are_current,
    "keys": key_ring_is_there,
    "worker": work_is_taken_up,
    "restore": nothing_is_half_restored,
}
