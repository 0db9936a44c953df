"""Whether history is as it was sealed, and what became of it where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from kaejon.apps.audit.digests import salted_digest
from kaejon.apps.audit.models import Event, EventDetail, Look, LookDetail, SealBlock
from kaejon.apps.audit.seals import (
    FORMAT,
    LATE,
    TABLES,
    Part,
    digest_of,
    end_of,
    keys_within,
    mac_fits,
    plain_value,
    seal_document,
)
from kaejon.apps.vault.keys import KeyRingError, ring_in_use
from kaejon.methods.errors import UsageError

RESTORED = "system.restore"
# The worker seals every minute; older rows without any block are no fresh installation.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was sealed. `code` is stable; the words say what it means."""

    code: str
    words: str
    where: str = ""


@dataclass
class Verdict:
    """What was read and what is wrong; nothing wrong: `faults` is empty."""

    blocks: int = 0
    rows: int = 0
    unsealed: int = 0
    erased: int = 0
    last: dict[str, Any] | None = None
    faults: list[Fault] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {"ok": not self.faults, **asdict(self)}


def verify_history(kept: Mapping[str, Any] | None = None) -> Verdict:
    """Read all of history against its seals. `kept` is a seal kept outside the database.

    Refuses (UsageError) a kept seal that is none.
    """
    verdict = Verdict(last=seal_document())
    verdict.faults += [*chain_faults(verdict), *detail_faults(verdict), *unsealed_faults(verdict)]
    if kept is not None:
        verdict.faults += kept_faults(kept)
    return verdict


def chain_faults(verdict: Verdict) -> Iterator[Fault]:
    """Every block against its rows, its key and the block before."""
    last: SealBlock | None = None
    newest, unproved = newest_key(), list[str]()
    for block in SealBlock.objects.order_by("number"):
        where = f"block {block.number} of {plain_value(block.at)}"
        if block.number != (last.number + 1 if last else 1):
            yield Fault("block_missing", "A block before this one is missing.", where)
        elif bytes(block.previous) != (bytes(last.digest) if last else b""):
            yield Fault("chain_broken", "It was not sealed after the block before it.", where)
        fits = mac_fits(block)
        if fits is False or block.key > newest:
            yield Fault("not_our_seal", "It was not sealed with the key it names.", where)
        # A seal of a retired key is proved by a later one, whose digest runs over it.
        unproved = [] if fits else [*unproved, where] if fits is None else unproved
        parts = [
            Part(
                table,
                end_of(last, table),
                end_of(block, table),
                block.gaps[table],
                block.late[table],
            )
            for table in TABLES
        ]
        digest, rows = digest_of(parts, bytes(block.previous))
        if rows != block.rows:
            yield Fault("rows_gone", f"{block.rows} rows were sealed, {rows} are there.", where)
        elif digest != bytes(block.digest):
            yield Fault("rows_changed", "Rows were changed since they were sealed.", where)
        verdict.blocks += 1
        verdict.rows += rows
        last = block
    for where in unproved:
        yield Fault(
            "key_gone", "Its key is not in the key ring, and no later seal proves it.", where
        )
    if last is None and is_old():
        yield Fault("not_sealed", "History has rows older than ten minutes and no seal at all.")


def newest_key() -> int:
    """Its number; the highest there can be where the ring is missing, for then nothing is proved."""
    try:
        return ring_in_use().active.number
    except KeyRingError:
        return 255


def is_old() -> bool:
    before = timezone.now() - FRESH
    return any(model.objects.filter(at__lt=before).exists() for model in TABLES.values())


def late_by_block() -> dict[str, list[int]]:
    """Every key that a later block took up, by table."""
    late: dict[str, list[int]] = {table: [] for table in TABLES}
    for named in SealBlock.objects.exclude(late={}).values_list("late", flat=True):
        for table, keys in named.items():
            late[table] += keys
    return late


def is_young(block: SealBlock) -> bool:
    """Rows may still come late into the gaps of this block."""
    return bool(block.at > timezone.now() - LATE)


def detail_faults(verdict: Verdict) -> Iterator[Fault]:
    """Personal parts that are gone or do not fit the digest on their row."""
    for model, name in ((Event, "event"), (Look, "look")):
        for row in model.objects.order_by("pk").iterator(chunk_size=2000):
            detail = getattr(row, "detail", None)
            if detail is None:
                yield Fault("detail_gone", "Its personal part is gone.", f"{name} {row.pk}")
            elif detail.erased_at is not None:
                verdict.erased += 1
            elif digest_in(detail) != bytes(row.digest):
                yield Fault("detail_changed", "Its personal part was changed.", f"{name} {row.pk}")


def digest_in(detail: EventDetail | LookDetail) -> bytes:
    parts: list[Any] = [detail.actor_name]
    if isinstance(detail, EventDetail):
        parts += [detail.subject_label, detail.changes]
    return salted_digest(bytes(detail.salt), *parts, detail.reason)


def unsealed_faults(verdict: Verdict) -> Iterator[Fault]:
    """Rows after the last block wait for the worker; old ones in a gap were put there since."""
    blocks = list(SealBlock.objects.order_by("number"))
    last, late = (blocks[-1] if blocks else None), late_by_block()
    for table, model in TABLES.items():
        verdict.unsealed += model.objects.filter(pk__gt=end_of(last, table)).count()
        in_gaps = {
            young: rows_in_gaps(table, [b for b in blocks if is_young(b) == young], late[table])
            for young in (True, False)
        }
        verdict.unsealed += in_gaps[True]
        if in_gaps[False]:
            words = f"{in_gaps[False]} rows of {table} stand where none was sealed."
            yield Fault("rows_put_in", words)


def rows_in_gaps(table: str, blocks: list[SealBlock], late: list[int]) -> int:
    """Rows that stand in the gaps of these blocks, and in no later one."""
    free = [gap for block in blocks for gap in block.gaps[table]]
    return len(set(keys_within(table, free)).difference(late))


def kept_faults(kept: Mapping[str, Any]) -> Iterator[Fault]:
    """A seal kept elsewhere against the chain: rewritten and sealed anew, cut, or an old backup."""
    if kept.get("format") != FORMAT or not {"number", "digest", "at"} <= set(kept):
        raise UsageError(
            "not_a_seal",
            "this file is no seal of kaejon",
            remedy="Give the .seal file that was written beside a backup.",
        )
    block = SealBlock.objects.filter(number=kept["number"]).first()
    if block is not None and bytes(block.digest).hex() == kept["digest"]:
        return
    where = f"kept seal {kept['number']} of {kept['at']}"
    if restored := restored_since(kept):
        yield Fault(
            "old_backup",
            f"An older backup was restored at {plain_value(restored.at)}; what was recorded between "
            "the backup and this seal is not in this database.",
            where,
        )
    elif block is None:
        yield Fault("tail_cut", "The end of history is gone: nothing reaches this seal.", where)
    else:
        yield Fault("sealed_anew", "History was rewritten and sealed anew.", where)


def restored_since(kept: Mapping[str, Any]) -> Event | None:
    """The restore that was written down after the kept seal, if there was one."""
    at = parse_datetime(str(kept["at"]))
    rows = Event.objects.filter(verb=RESTORED).order_by("pk")
    restored: Event | None = (rows.filter(at__gte=at) if at else rows.none()).first()
    return restored
