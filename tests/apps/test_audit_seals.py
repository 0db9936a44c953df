"""History is sealed in blocks: what was changed, cut, rewritten or restored is told apart."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kaejon.apps.audit import last_seal, seals, verifying
from kaejon.apps.audit.actions import erase_details, record, record_list, record_look
from kaejon.apps.audit.models import Event, EventDetail, SealBlock
from kaejon.apps.audit.seals import seal_document, seal_history
from kaejon.apps.audit.verifying import verify_history
from kaejon.methods.errors import DataError, UsageError
from tests.cast import Cast

FAMILY = "6f3c2f0e-4d0e-4c44-9a52-6f0e1c1b7a01"
TABLES = (
    "audit_event", "audit_eventdetail", "audit_look", "audit_lookdetail", "audit_sealblock",
)  # fmt: skip


@pytest.fixture
def by_force(db: None) -> Callable[..., None]:
    """A statement of somebody who owns the database and takes the triggers away first."""

    def run(statement: str, *values: object) -> None:
        with connection.cursor() as cursor:
            for table in TABLES:
                if connection.vendor == "postgresql":
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                    continue
                for verb in ("update", "delete", "replace"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
            cursor.execute(statement, values)

    return run


@pytest.fixture
def write(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Event]:
    """Write events; everything written is old enough to be sealed."""
    monkeypatch.setattr(seals, "GRACE", timedelta(0))

    def one(verb: str = "household.correct", **more: Any) -> Event:
        facts = {"subject_type": "household", "subject_id": FAMILY, "area": "33010101"}
        return record(by=cast.malee, verb=verb, **{**facts, **more})

    return one


@pytest.fixture
def sealed(write: Callable[..., Event], cast: Cast) -> Callable[..., Event]:
    """Two blocks: events, a look and a list."""
    write(label="นางบุญมี", reason="แก้ชื่อ", changes={"a": 1})
    record_look(by=cast.malee, kind="view", area="33010101", household=FAMILY)
    assert seal_history() > 0
    write(label="นางบุญมี")
    record_list(by=cast.malee, families=[(FAMILY, "33010101")])
    assert seal_history() == 2
    return write


def codes(kept: dict[str, Any] | None = None) -> list[str]:
    return [fault.code for fault in verify_history(kept).faults]


def test_what_was_sealed_is_found_as_it_was(sealed: Callable[..., Event]) -> None:
    kept = seal_document()
    sealed()
    verdict = verify_history(kept)
    assert verdict.faults == []
    assert (verdict.blocks, verdict.unsealed) == (2, 1)
    assert verdict.as_dict()["ok"]
    assert seal_history() == 1
    assert seal_history() == 0
    assert codes(kept) == []


def test_rows_too_young_wait_for_transactions_under_way(
    write: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "GRACE", timedelta(seconds=10))
    write()
    assert seal_history() == 0


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE audit_event SET actor_id = 'somebody else'", "rows_changed"),
        ("UPDATE audit_look SET families = NULL", "rows_changed"),
        ("UPDATE audit_eventdetail SET reason = 'x' WHERE reason <> ''", "detail_changed"),
        ("UPDATE audit_lookdetail SET actor_name = 'คนอื่น'", "detail_changed"),
        ("DELETE FROM audit_look WHERE household_id = ''", "rows_gone"),
        ("DELETE FROM audit_eventdetail", "detail_gone"),
        ("DELETE FROM audit_sealblock WHERE number = 1", "block_missing"),
        ("UPDATE audit_sealblock SET number = number + 1 WHERE number = 2", "block_missing"),
        ("UPDATE audit_sealblock SET rows = rows + 1 WHERE number = 2", "rows_gone"),
    ],
)  # fmt: skip
def test_what_was_changed_by_force_is_told(
    sealed: Callable[..., Event], by_force: Callable[..., None], statement: str, code: str
) -> None:
    by_force(statement)
    assert code in codes()


def test_history_rewritten_and_sealed_with_the_key_differs_from_the_kept_seal(
    sealed: Callable[..., Event], by_force: Callable[..., None]
) -> None:
    kept = seal_document()
    by_force("UPDATE audit_event SET actor_id = 'somebody else'")
    by_force("DELETE FROM audit_sealblock")
    seal_history()
    sealed()
    seal_history()
    assert codes() == []
    assert codes(kept) == ["sealed_anew"]


def test_without_the_key_no_new_chain_can_be_made(
    sealed: Callable[..., Event], by_force: Callable[..., None]
) -> None:
    by_force("UPDATE audit_sealblock SET mac = digest")
    assert set(codes()) == {"not_our_seal"}


def cut_back_to_the_first_block(by_force: Callable[..., None]) -> None:
    first = SealBlock.objects.get(number=1)
    by_force("DELETE FROM audit_sealblock WHERE number > 1")
    for table, to in (("event", first.events_to), ("look", first.looks_to)):
        by_force(f"DELETE FROM audit_{table} WHERE id > %s", to)
        by_force(f"DELETE FROM audit_{table}detail WHERE id > %s", to)


def test_a_cut_tail_and_an_old_backup_are_told_apart(
    sealed: Callable[..., Event], by_force: Callable[..., None]
) -> None:
    kept = seal_document()
    cut_back_to_the_first_block(by_force)
    assert codes() == []
    assert codes(kept) == ["tail_cut"]
    sealed(verb="system.restore", subject_type="backup", subject_id="old.tar.gz", area="00")
    assert codes(kept) == ["old_backup"]
    seal_history()  # a block of the same number, sealed after the restore
    assert codes(kept) == ["old_backup"]


def test_erasure_leaves_every_seal_as_it_is(sealed: Callable[..., Event], cast: Cast) -> None:
    assert erase_details(by=cast.wanna, households=[FAMILY])["events"] == 2
    verdict = verify_history(seal_document())
    assert verdict.faults == []
    assert verdict.erased == 3


def late(number: int) -> None:
    """A row that takes its key now, though higher ones were committed before."""
    event = Event(pk=number, actor_id="x", verb="late.row", area_code="33", subject_type="x")
    detail = EventDetail(row=event, salt=b"1" * 16)
    event.digest = verifying.digest_in(detail)
    event.save(force_insert=True)
    detail.save(force_insert=True)


def test_a_row_that_commits_late_goes_into_a_later_block(sealed: Callable[..., Event]) -> None:
    top = Event.objects.latest("pk").pk
    late(top + 9)
    seal_history()
    late(top + 3)
    assert verify_history().faults == []
    assert verify_history().unsealed == 1
    assert seal_history() == 1
    late(top + 4)
    assert seal_history() == 1
    verdict = verify_history(seal_document())
    assert (verdict.faults, verdict.unsealed) == ([], 0)


def test_a_block_of_many_gaps_is_sealed_and_verified(sealed: Callable[..., Event]) -> None:
    """As on PostgreSQL, where every transaction that is rolled back leaves a gap."""
    top = Event.objects.latest("pk").pk
    keys = [top + 2 * number for number in range(1, 1501)]
    events = [Event(pk=key, actor_id="x", verb="a.row", area_code="33") for key in keys]
    details = [EventDetail(row=event, salt=b"1" * 16) for event in events]
    for event, detail in zip(events, details, strict=True):
        event.digest = verifying.digest_in(detail)
    Event.objects.bulk_create(events)
    EventDetail.objects.bulk_create(details)
    late(keys[-1] + 5000)
    assert seal_history() == 1501
    late(keys[700] - 1)
    late(keys[-1] + 2000)
    assert seal_history() == 2
    verdict = verify_history(seal_document())
    assert (verdict.faults, verdict.unsealed) == ([], 0)


def test_a_row_put_into_an_old_gap_is_told(
    sealed: Callable[..., Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    top = Event.objects.latest("pk").pk
    late(top + 9)
    seal_history()
    late(top + 3)
    monkeypatch.setattr(verifying, "LATE", timedelta(0))
    monkeypatch.setattr(seals, "LATE", timedelta(0))
    assert seal_history() == 0
    assert codes() == ["rows_put_in"]


def test_a_file_that_is_no_seal_is_refused(sealed: Callable[..., Event]) -> None:
    with pytest.raises(UsageError):
        verify_history({"format": "something", "at": str(timezone.now())})


@pytest.fixture
def beside_the_keys(settings: Any, tmp_path: Path) -> Path:
    """The file of the last seal, in a folder of its own."""
    settings.KEY_FILE = tmp_path / "keys.json"
    return tmp_path / "last-seal.json"


def test_no_new_chain_begins_while_the_file_names_a_seal(
    beside_the_keys: Path, write: Callable[..., Event], by_force: Callable[..., None]
) -> None:
    write()
    assert last_seal.seal_and_keep() > 0
    assert json.loads(beside_the_keys.read_text()) == seal_document()
    if os.name != "nt":
        assert beside_the_keys.stat().st_mode & 0o777 == 0o600
    write()
    assert last_seal.seal_and_keep() == 1
    kept = last_seal.kept_seal()
    assert kept == seal_document()
    assert codes(kept) == []
    by_force("DELETE FROM audit_sealblock")
    with pytest.raises(DataError, match="seal 2 of"):
        last_seal.seal_and_keep()
    assert not SealBlock.objects.exists()
    assert last_seal.kept_seal() == kept
    assert codes(kept) == ["tail_cut"]
    beside_the_keys.write_text("{}")
    with pytest.raises(DataError, match="cannot be read"):
        last_seal.seal_and_keep()


def test_where_the_file_cannot_be_written_history_is_sealed_all_the_same(
    beside_the_keys: Path,
    write: Callable[..., Event],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(last_seal, "place", lambda: beside_the_keys.parent / "no" / "file.json")
    write()
    assert last_seal.seal_and_keep() > 0
    assert "the last seal is not kept" in caplog.text


def test_old_history_without_any_seal_is_told(
    sealed: Callable[..., Event], by_force: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_force("DELETE FROM audit_sealblock")
    assert codes() == []  # as a fresh installation
    monkeypatch.setattr(verifying, "FRESH", timedelta(0))
    assert codes() == ["not_sealed"]


@pytest.mark.parametrize(
    ("number", "key", "told"),
    [(1, 200, ["not_our_seal"]), (2, 0, ["key_gone"]), (1, 0, [])],
)
def test_a_seal_of_an_unknown_key_needs_a_later_proof(
    sealed: Callable[..., Event],
    by_force: Callable[..., None],
    number: int,
    key: int,
    told: list[str],
) -> None:
    """Number 0 stands for a retired key: lower than any in the ring."""
    by_force("UPDATE audit_sealblock SET key = %s WHERE number = %s", key, number)
    assert codes() == told
