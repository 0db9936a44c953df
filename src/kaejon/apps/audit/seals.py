"""Sealing history: committed rows in blocks, each chained with the one before.

Whoever may write the database can drop triggers and change rows; the digest of their block then
no longer fits. Without the key ring no new chain can be made, and with it the new chain differs
from the last seal that lies beside every backup (`seal_document`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, islice
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from kaejon.apps.audit.digests import canonical
from kaejon.apps.audit.models import Event, Look, SealBlock
from kaejon.apps.vault.keys import KeyRingError, ring_in_use
from kaejon.apps.vault.sealing import keyed_digest

FORMAT = "kaejon-seal-1"
# Rows younger than this wait: a transaction under way may still commit lower keys.
GRACE = timedelta(seconds=10)
# So long a row may come late under a key that was free when its block was sealed.
LATE = timedelta(days=1)
MOST_ROWS = 50_000
# Values in one query, far below what either database takes.
KEYS_AT_ONCE = 500
NO_GAP = (2**63, 2**63)  # beyond every key

FIELDS: dict[type[Event] | type[Look], tuple[str, ...]] = {
    Event: (
        "id", "at", "actor_id", "verb", "subject_type", "subject_id", "area_code", "request_id",
        "client", "digest",
    ),
    Look: (
        "id", "at", "actor_id", "actor_role", "kind", "household_id", "person_id", "area_code",
        "count", "families", "request_id", "digest",
    ),
}  # fmt: skip
TABLES: dict[str, type[Event] | type[Look]] = {"events": Event, "looks": Look}
Ranges = list[list[int]]


@dataclass(frozen=True)
class Part:
    """What a block holds of one table: keys after `after` up to `to`, but for gaps, and late ones."""

    table: str
    after: int
    to: int
    gaps: Ranges
    late: list[int]

    def rows(self, fields: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        """Their values in the order of keys, the key first: late ones lie before the block."""
        rows = TABLES[self.table].objects.order_by("pk").values_list("pk", *fields)
        for keys in batched(sorted(self.late), KEYS_AT_ONCE):
            yield from rows.filter(pk__in=keys)
        inside = rows.filter(pk__gt=self.after, pk__lte=self.to)
        yield from outside(self.gaps, inside.iterator(chunk_size=2000))


def outside(gaps: Ranges, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows, in the order of keys, that stand in none of these gaps."""
    waiting = iter(gaps)
    first, last = next(waiting, NO_GAP)
    for row in rows:
        while row[0] > last:
            first, last = next(waiting, NO_GAP)
        if row[0] < first:
            yield row


def keys_within(table: str, ranges: Ranges) -> Iterator[int]:
    """Keys in these ranges that a row bears.

    A sequence of PostgreSQL leaves a gap for every transaction that was rolled back. One condition
    for each of a thousand ranges is deeper than SQLite allows, so the keys of short ranges are
    asked for one by one, many in a query, and each long range has a query of its own.
    """
    keys = TABLES[table].objects.order_by("pk").values_list("pk", flat=True)
    short = [ends for ends in ranges if ends[1] - ends[0] < KEYS_AT_ONCE]
    one_by_one = chain.from_iterable(range(first, last + 1) for first, last in short)
    for asked in batched(one_by_one, KEYS_AT_ONCE):
        yield from keys.filter(pk__in=asked)
    for first, last in ranges:
        if last - first >= KEYS_AT_ONCE:
            yield from keys.filter(pk__gte=first, pk__lte=last)


def batched(keys: Iterable[int], size: int) -> Iterator[list[int]]:
    """The keys in portions."""
    left = iter(keys)
    while portion := list(islice(left, size)):
        yield portion


def seal_history() -> int:
    """Seal what was committed and is not sealed yet; output: rows sealed. Safe beside another worker."""
    sealed = 0
    while True:
        try:
            with transaction.atomic():
                rows = seal_block()
        except IntegrityError:  # another worker made this block
            return sealed
        sealed += rows
        if rows < MOST_ROWS:
            return sealed


def seal_block() -> int:
    """One block of at most 50,000 rows a table, if there are any; output: its rows."""
    last, now = SealBlock.objects.order_by("number").last(), timezone.now()
    parts = [next_part(table, last, now) for table in TABLES]
    if not any(part.late or part.to > part.after for part in parts):
        return 0
    previous = bytes(last.digest) if last else b""
    digest, rows = digest_of(parts, previous)
    number, key = (last.number + 1 if last else 1), ring_in_use().active
    SealBlock.objects.create(
        number=number,
        at=now,
        events_to=parts[0].to,
        looks_to=parts[1].to,
        rows=rows,
        gaps={part.table: part.gaps for part in parts},
        late={part.table: part.late for part in parts},
        previous=previous,
        digest=digest,
        key=key.number,
        mac=keyed_digest(sealed_words(number, digest), number=key.number),
    )
    return rows


def sealed_words(number: int, digest: bytes) -> bytes:
    return b"history seal %d " % number + digest


def next_part(table: str, last: SealBlock | None, now: Any) -> Part:
    """What the next block will hold of a table."""
    model, after = TABLES[table], end_of(last, table)
    ready = model.objects.filter(pk__gt=after, pk__lte=after + MOST_ROWS, at__lte=now - GRACE)
    to = ready.aggregate(to=Max("pk"))["to"]
    if to is None:
        beyond = model.objects.filter(pk__gt=after, at__lte=now - GRACE).order_by("pk")
        first = beyond.values_list("pk", flat=True).first()
        to = after if first is None else first
    keys = (
        model.objects.filter(pk__gt=after, pk__lte=to).order_by("pk").values_list("pk", flat=True)
    )
    return Part(table, after, to, gaps_between(after, to, keys), late_rows(table, now))


def end_of(block: SealBlock | None, table: str) -> int:
    return getattr(block, f"{table}_to") if block else 0


def gaps_between(after: int, to: int, keys: QuerySet[Any]) -> Ranges:
    """The keys in (after, to] that no row bears, as first and last of each run."""
    gaps: Ranges = []
    expected = after + 1
    for key in keys.iterator():
        if key > expected:
            gaps.append([expected, key - 1])
        expected = key + 1
    return gaps


def late_rows(table: str, now: Any) -> list[int]:
    """Rows under keys that were free when their block was sealed, not yet in a later block."""
    recent = list(SealBlock.objects.filter(at__gte=now - LATE).order_by("number"))
    free = [gap for block in recent for gap in block.gaps[table]]
    known = {key for block in recent for key in block.late[table]}
    return sorted(set(keys_within(table, free)) - known)


def digest_of(parts: list[Part], previous: bytes) -> tuple[bytes, int]:
    """SHA-256 over the digest before and every row in order; output: digest and number of rows."""
    running, rows = hashlib.sha256(previous), 0
    for part in parts:
        for row in plain_rows(part):
            running.update(row)
            rows += 1
    return running.digest(), rows


def plain_rows(part: Part) -> Iterator[bytes]:
    fields = FIELDS[TABLES[part.table]]
    for _key, *values in part.rows(fields):
        yield canonical([part.table, *map(plain_value, values)])


def plain_value(value: Any) -> Any:
    """Times and bytes as text, the same from either database."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat(timespec="microseconds") if hasattr(value, "isoformat") else value


def seal_document() -> dict[str, Any] | None:
    """The last seal, to be kept outside the database; None before the first."""
    block = SealBlock.objects.order_by("number").last()
    if block is None:
        return None
    return {
        "format": FORMAT,
        "number": block.number,
        "at": plain_value(block.at),
        "digest": bytes(block.digest).hex(),
        "key": block.key,
        "mac": bytes(block.mac).hex(),
    }


def mac_fits(block: SealBlock) -> bool | None:
    """Whether the block was sealed with the key it names; None when that key is gone."""
    try:
        mac = keyed_digest(sealed_words(block.number, bytes(block.digest)), number=block.key)
    except KeyRingError:
        return None
    return mac == bytes(block.mac)
