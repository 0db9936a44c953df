"""History is written once: the database refuses the rest, and only erasure empties what is personal."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from kaejon.apps.audit.actions import during, erase_details, record, record_look, record_looks
from kaejon.apps.audit.digests import salted_digest
from kaejon.apps.audit.models import Event, EventDetail, Look, LookDetail
from tests.cast import Cast

FAMILY, NEIGHBOURS, PERSON, NOTE = (str(uuid4()) for _ in range(4))
VILLAGE = "33010101"
TABLES = ("audit_event", "audit_look", "audit_eventdetail", "audit_lookdetail")


@pytest.fixture
def rows(cast: Cast) -> tuple[Event, Look]:
    event = record(
        by=cast.malee,
        verb="household.correct",
        subject_type="household",
        subject_id=FAMILY,
        area=VILLAGE,
        label="นางบุญมี ใจงาม",
        changes={"first_name": {"from": "บุญมี", "to": "บุญมา"}, "share": 1e16, "again": 0.1},
        reason="แก้ตามบัตร",
    )
    look = record_look(
        by=cast.malee,
        kind="reveal",
        area=VILLAGE,
        household=FAMILY,
        person=PERSON,
        reason="ตรวจบัตร",
    )
    return Event.objects.get(pk=event.pk), Look.objects.get(pk=look.pk)


def refused(statement: str, *values: object) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        return "append-only" in str(error) or "unique" in str(error).lower()
    return False


def test_what_was_written_is_read_from_both_rows(rows: tuple[Event, Look]) -> None:
    event, look = rows
    assert (event.actor_name, event.subject_label) == ("มาลี ใจดี", "นางบุญมี ใจงาม")
    assert event.changes["first_name"] == {"from": "บุญมี", "to": "บุญมา"}
    assert (event.reason, look.reason, look.actor_name) == ("แก้ตามบัตร", "ตรวจบัตร", "มาลี ใจดี")
    assert not event.is_erased


def test_the_row_holds_the_digest_of_its_personal_part(rows: tuple[Event, Look]) -> None:
    event, look = rows
    held = event.detail
    digest = salted_digest(
        held.salt, held.actor_name, held.subject_label, held.changes, held.reason
    )
    assert bytes(event.digest) == digest
    assert bytes(look.digest) == salted_digest(
        look.detail.salt, look.detail.actor_name, look.detail.reason
    )


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_changed_deleted_or_written_over(table: str) -> None:
    column = "reason" if table.endswith("detail") else "area_code"
    assert refused(f"UPDATE {table} SET {column} = 'x'")
    assert refused(f"DELETE FROM {table}")
    over = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    assert refused(f"{over} INTO {table} SELECT * FROM {table}")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = 'x'")
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        "salt = ''",
        "reason = ''",
        "actor_name = ''",
        "erased_at = '2026-01-01'",
        "actor_name = 'คนอื่น', reason = '', salt = '', erased_at = '2026-01-01'",
    ],
)
def test_a_detail_is_emptied_whole_or_not_at_all(rows: tuple[Event, Look], change: str) -> None:
    assert refused(f"UPDATE audit_lookdetail SET {change}")
    assert Look.objects.get().reason == "ตรวจบัตร"


def test_erasure_leaves_that_it_happened_but_not_who_it_was(
    rows: tuple[Event, Look], cast: Cast
) -> None:
    write: Callable[..., Event] = lambda **more: record(  # noqa: E731
        by=cast.malee, verb="note.add", area=VILLAGE, label="นางบุญมี", reason="บุญมีป่วย", **more
    )
    about_note = write(subject_type="note", subject_id=NOTE)
    named_inside = write(
        subject_type="match", subject_id=uuid4(), changes={"household": FAMILY, "name": "บุญมี"}
    )
    of_others = write(subject_type="household", subject_id=NEIGHBOURS)
    record_looks(by=cast.malee, kind="print", households=[(FAMILY, VILLAGE)], reason="เยี่ยมบุญมี")

    emptied = erase_details(
        by=cast.wanna, households=[FAMILY], people=[PERSON], others={"note": [NOTE]}
    )

    assert emptied == {"events": 3, "looks": 2}
    for pk in (rows[0].pk, about_note.pk, named_inside.pk):
        event = Event.objects.get(pk=pk)
        assert (event.subject_label, event.changes, event.reason) == ("", {}, "")
        assert event.is_erased
        assert event.actor_name == "มาลี ใจดี"
        assert bytes(event.detail.salt) == b""
        assert event.detail.erased_by == cast.wanna.public_id
    assert {(look.reason, look.is_erased) for look in Look.objects.all()} == {("", True)}
    assert Event.objects.get(pk=of_others.pk).subject_label == "นางบุญมี"
    everything = str(list(EventDetail.objects.filter(pk=rows[0].pk).values()))
    assert "บุญมี" not in everything + str(list(LookDetail.objects.values()))
    assert erase_details(by=cast.wanna, households=[FAMILY]) == {"events": 0, "looks": 0}


def test_events_keep_the_keyed_address_and_never_the_address(cast: Cast) -> None:
    def sign_in(address: str) -> str:
        with during("request", address=address):
            return record(
                by=cast.malee, verb="account.sign_in", subject_type="user", subject_id="", area="33"
            ).client

    here, again, elsewhere = sign_in("203.0.113.7"), sign_in("203.0.113.7"), sign_in("203.0.113.8")
    assert here == again != elsewhere
    assert len(here) == 32
    assert "203.0.113" not in str(list(Event.objects.values()))
