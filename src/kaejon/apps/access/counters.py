"""What counts across requests and processes: attempts to sign in, used codes, requests of programs.

Django's cache, kept in one table. Every change is one statement, so two server
processes that count at the same moment both count; a counter that is over is as
good as gone and is removed by the worker's housekeeping. Keys are stored as their
SHA-256: they hold names that were typed.
"""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

from kaejon.apps.access.models import Counter

# "For ever" of the cache; nothing here is meant to outlive it.
LONGEST = 366 * 24 * 3600.0
TABLE = Counter._meta.db_table

WRITE = (
    f"INSERT INTO {TABLE} (key, value, ends_at) VALUES (%s, %s, %s) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value, ends_at = excluded.ends_at"
)
WRITE_WHERE_OVER = f"{WRITE} WHERE {TABLE}.ends_at <= %s"
COUNT = (
    f"UPDATE {TABLE} SET value = CAST(CAST(value AS integer) + %s AS text) "
    "WHERE key = %s AND ends_at > %s RETURNING value"
)
COUNT_UP = (
    f"INSERT INTO {TABLE} (key, value, ends_at) VALUES (%s, '1', %s) "
    "ON CONFLICT (key) DO UPDATE SET "
    f"value = CASE WHEN {TABLE}.ends_at > %s "
    f"THEN CAST(CAST({TABLE}.value AS integer) + 1 AS text) ELSE '1' END, "
    f"ends_at = CASE WHEN {TABLE}.ends_at > %s THEN {TABLE}.ends_at ELSE excluded.ends_at END "
    "RETURNING value"
)


def count_up(key: str, *, seconds: int) -> int:
    """One more of `key`, and how many that makes; a count is over `seconds` after its first."""
    now, digest = time.time(), hashlib.sha256(f"count:{key}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UP, [digest, now + seconds, now, now])
        return int(cursor.fetchone()[0])


class DatabaseCounters(BaseCache):
    """A cache whose entries every process of the installation shares."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def stored(self, key: str, version: int | None) -> str:
        return hashlib.sha256(self.make_and_validate_key(key, version=version).encode()).hexdigest()

    def end(self, timeout: Any) -> float:
        """Seconds since 1970 at which an entry is over."""
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return time.time() + (LONGEST if seconds is None else seconds)

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        row: list[Any] = [
            self.stored(key, version),
            json.dumps(value),
            self.end(timeout),
            time.time(),
        ]
        with connection.cursor() as cursor:
            cursor.execute(WRITE_WHERE_OVER, row)
            return bool(cursor.rowcount == 1)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        rows = Counter.objects.filter(key=self.stored(key, version), ends_at__gt=time.time())
        value = rows.values_list("value", flat=True).first()
        return default if value is None else json.loads(value)

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [self.stored(key, version), json.dumps(value), self.end(timeout)])

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        rows = Counter.objects.filter(key=self.stored(key, version), ends_at__gt=time.time())
        return bool(rows.update(ends_at=self.end(timeout)))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """The count after adding; refuses (ValueError) a key that is not there."""
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [delta, self.stored(key, version), time.time()])
            row = cursor.fetchone()
        if row is None:
            raise ValueError("there is no such counter")
        return int(row[0])

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(Counter.objects.filter(key=self.stored(key, version)).delete()[0])

    def clear(self) -> None:
        Counter.objects.all().delete()
