"""Seal everything again with the newest key, and recompute the search tokens.

Runs as a job, alone: other jobs find people by those tokens. Each chunk is one
transaction with its progress; what already bears the newest key is passed over,
so a killed rotation goes on where it stopped.
"""

from __future__ import annotations

import os
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from kaejon.apps import records
from kaejon.apps.access import second_step
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.audit.actions import record
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.vault.keys import ENVIRONMENT_VARIABLE, KeyRing, KeyRingError, ring_in_use, write
from kaejon.apps.vault.sealing import (
    FILE,
    blind_index,
    key_number,
    seal,
    unseal,
)
from kaejon.methods.errors import UsageError

CHUNK = 1000


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed values; `index`: the column of their search tokens."""

    model: type[models.Model]
    column: str
    purpose: bytes
    index: str = ""

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def rows(self, after: int) -> list[tuple[Any, ...]]:
        """The next rows as (id, sealed value[, token])."""
        fields = ["pk", self.column, *([self.index] if self.index else [])]
        found = self.model._base_manager.filter(pk__gt=after, **{f"{self.column}__isnull": False})
        return list(found.order_by("pk").values_list(*fields)[:CHUNK])


def sealed_columns() -> list[SealedColumn]:
    """Every column that some table says is sealed."""
    return [
        SealedColumn(model, said.column, said.purpose, said.index)
        for model, said in records.sealed_columns()
    ]


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: add the key the payload numbers, bring every sealed value and file to it."""
    ring = ring_with(progress.job.payload["key"])
    number = ring.active.number
    total = sum(c.model._base_manager.count() for c in sealed_columns()) + sum(
        1 for _ in stored_files()
    )
    with transaction.atomic():
        progress.advance(stage="columns", done=0, total=total)
    counts: Counter[str] = Counter()
    # A program that had the old ring in hand may still have written behind the first sweep.
    while any(key != number for key in keys_in_use()):
        done = 0
        for column in sealed_columns():
            done = rotate_column(column, ring, progress, counts, done)
        counts[second_step.NAME] += second_step.reseal_secrets(ring)
        rotate_files(ring, progress, counts, done)
    with transaction.atomic():
        record(
            by=progress.job.created_by,
            verb="keys.rotate",
            subject_type="key",
            subject_id=number,
            area=WHOLE_SYSTEM,
            changes=dict(counts),
        )
        progress.advance(stage="done", done=total, total=total)
    return {"key": number, **counts}


def ring_with(number: int) -> KeyRing:
    """The ring whose active key has this number; the key file gets it now if it is not there yet.

    Only here, when no other job runs: a list read with two keys would not find its people.
    """
    ring = ring_in_use()
    if ring.active.number >= number:
        return ring
    if os.environ.get(ENVIRONMENT_VARIABLE):
        raise UsageError(
            "ring_in_environment",
            f"the key ring comes from {ENVIRONMENT_VARIABLE}, which a rotation cannot change",
            remedy="Write the ring to a file, name it with KAEJON_KEY_FILE, unset the variable, restart, then rotate.",
        )
    larger = ring.with_new_key(created=timezone.now().isoformat(timespec="seconds"))
    try:
        write(larger, Path(settings.KEY_FILE))
    except OSError as error:
        raise UsageError(
            "key_file_not_writable",
            f"the key file {settings.KEY_FILE} cannot be replaced: {error.strerror}",
            remedy="Let the account that runs kaejon write to the folder of the key file while the keys are rotated.",
        ) from error
    return larger


def rotate_column(
    column: SealedColumn, ring: KeyRing, progress: Progress, counts: Counter[str], done: int
) -> int:
    """Seal one column again, chunk by chunk; returns the progress reached."""
    last = 0
    while rows := column.rows(last):
        last = rows[-1][0]
        old = [row for row in rows if key_number(row[1]) != ring.active.number]
        done += len(rows)
        with transaction.atomic():
            store(column, [resealed(column, row, ring) for row in old])
            progress.advance(stage=column.name[:40], done=min(done, progress.job.total))
        counts[column.name] += len(old)
    return done


def resealed(column: SealedColumn, row: tuple[Any, ...], ring: KeyRing) -> tuple[Any, ...]:
    """The row's new values, then its id and old sealed value, as `store` wants them."""
    sealed = bytes(row[1])
    plain = unseal(sealed, column.purpose, ring=ring)
    tokens = (blind_index(plain.decode(), ring=ring),) if column.index else ()
    return (seal(plain, column.purpose, ring=ring), *tokens, row[0], sealed)


def store(column: SealedColumn, rows: list[tuple[Any, ...]]) -> None:
    """Write back; a row that somebody changed meanwhile is left for the next sweep."""
    changes = ", ".join(f"{name} = %s" for name in (column.column, column.index) if name)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {column.model._meta.db_table} SET {changes} WHERE id = %s AND {column.column} = %s",
            rows,
        )


def rotate_files(ring: KeyRing, progress: Progress, counts: Counter[str], done: int) -> None:
    for path in list(stored_files()):
        done += 1
        if file_keys(path) - {ring.active.number}:
            reseal_file(path, ring)
            counts["files"] += 1
            with transaction.atomic():
                progress.advance(stage="files", done=min(done, progress.job.total))


def reseal_file(path: Path, ring: KeyRing) -> None:
    """Write the file again beside itself, then put it in place in one step."""
    fresh = path.with_suffix(".resealing")
    with fresh.open("wb") as out:
        for piece in sealed_pieces(path):
            sealed = seal(unseal(piece, FILE, ring=ring), FILE, ring=ring)
            out.write(struct.pack(">I", len(sealed)) + sealed)
        out.flush()
        os.fsync(out.fileno())
    os.replace(fresh, path)


def stored_files() -> Iterator[Path]:
    return (path for path in Path(settings.MEDIA_ROOT).rglob("*.sealed") if path.is_file())


def sealed_pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while head := handle.read(4):
            yield handle.read(struct.unpack(">I", head)[0])


def file_keys(path: Path) -> set[int]:
    """The keys that sealed a file's pieces; reads only the first byte of each."""
    found = set()
    with path.open("rb") as handle:
        while head := handle.read(5):
            found.add(head[4])
            handle.seek(struct.unpack(">I", head[:4])[0] - 1, os.SEEK_CUR)
    return found


def keys_in_use() -> dict[int, dict[str, int]]:
    """How many values each key sealed: {key number: {column or "files": count}}."""
    used: dict[int, dict[str, int]] = {}
    first = (
        "get_byte({column}, 0)"
        if connection.vendor == "postgresql"
        else "hex(substr({column}, 1, 1))"
    )
    base = 10 if connection.vendor == "postgresql" else 16
    for column in sealed_columns():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {first.format(column=column.column)}, COUNT(*) FROM {column.model._meta.db_table} "
                f"WHERE {column.column} IS NOT NULL GROUP BY 1"
            )
            for number, count in cursor.fetchall():
                used.setdefault(int(str(number), base), {})[column.name] = count
    for number, count in second_step.keys_of_secrets().items():
        used.setdefault(number, {})[second_step.NAME] = count
    for path in stored_files():
        for number in file_keys(path):
            counts = used.setdefault(number, {})
            counts["files"] = counts.get("files", 0) + 1
    return used


def faults() -> Iterator[str]:
    """Open every sealed value and compare every search token; yields what is wrong, without any value."""
    ring = ring_in_use()
    for column in sealed_columns():
        last = 0
        while rows := column.rows(last):
            last = rows[-1][0]
            yield from (
                f"{column.name} id {row[0]}: {wrong}"
                for row in rows
                if (wrong := fault_of(column, row, ring))
            )
    yield from second_step.secret_faults(ring)
    for path in stored_files():
        try:
            for piece in sealed_pieces(path):
                unseal(piece, FILE, ring=ring)
        except KeyRingError as error:
            yield f"file {path.name}: {error}"


def fault_of(column: SealedColumn, row: tuple[Any, ...], ring: KeyRing) -> str:
    try:
        plain = unseal(row[1], column.purpose, ring=ring)
    except KeyRingError as error:
        return str(error)
    if column.index:
        key = ring.key(key_number(row[1]))
        if blind_index(plain.decode(), ring=KeyRing((key,))) != row[2]:
            return "the search token does not belong to the sealed number"
    return ""
