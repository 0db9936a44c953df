"""A list of families is one row of history, and each of its families finds it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from kaejon.apps.audit import actions, queries
from kaejon.apps.audit.actions import record, record_list, record_look
from kaejon.apps.audit.models import Look
from kaejon.apps.audit.packing import common_area, mark_of, packed, wider_areas
from kaejon.apps.audit.queries import Wanted, looks, looks_at_household
from tests.cast import Cast

FAMILIES = [uuid4() for _ in range(50)]
STRANGERS = uuid4()


def seen_by(cast: Cast, families: list[UUID], village: str = "33010101") -> Look | None:
    return record_list(by=cast.malee, families=[(f, village) for f in families], role="tambon")


def test_a_list_is_one_row_found_by_each_of_its_families(cast: Cast) -> None:
    look = seen_by(cast, FAMILIES)
    assert look is not None
    assert (Look.objects.count(), look.count, look.area_code) == (1, 50, "33010101")
    assert len(bytes(look.families or b"")) == 400
    for family in FAMILIES:
        assert [row.pk for row in looks_at_household(str(family), "33010101")] == [look.pk]
    assert not looks_at_household(str(STRANGERS), "33010101").exists()


def test_the_same_list_within_ten_minutes_is_one_look(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seen_by(cast, FAMILIES)
    assert seen_by(cast, list(reversed(FAMILIES))) is None
    assert seen_by(cast, FAMILIES[:49])
    assert record_list(by=cast.somsak, families=[(f, "33010101") for f in FAMILIES])
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr(actions.timezone, "now", lambda: later)
    assert seen_by(cast, FAMILIES)
    assert record_list(by=cast.malee, families=[]) is None


def test_a_family_that_moved_finds_the_lists_of_before(cast: Cast) -> None:
    moved = str(FAMILIES[0])
    before = seen_by(cast, FAMILIES)
    record(
        by=cast.malee, verb="household.move", subject_type="household", subject_id=moved,
        area="33010101",
    )  # fmt: skip
    after = record_list(by=cast.wanna, families=[(moved, "33020101"), (STRANGERS, "33010102")])
    assert before is not None
    assert after is not None
    assert after.area_code == "33"
    assert [row.pk for row in looks_at_household(moved, "33020101")] == [after.pk, before.pk]


def test_looks_are_read_portion_by_portion_without_gap_or_repeat(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LISTS_READ", 3)
    monkeypatch.setattr(queries, "PAGE", 2)
    family, stranger = str(FAMILIES[0]), str(STRANGERS)
    for number in range(9):
        others = FAMILIES[1 : number + 2]
        seen_by(cast, others if number % 3 else [*others, FAMILIES[0]])
        if number == 4:
            record_look(by=cast.malee, kind="view", area="33010101", household=family)
    expected = [look.pk for look in looks_at_household(family, "33010101")]
    read, cursor = [], None
    while True:
        rows, cursor = queries.page_of_looks(family, "33010101", cursor)
        assert len(rows) <= 2
        read += [look.pk for look in rows]
        if cursor is None:  # only the last page may be empty
            break
        assert rows
    assert (read, len(read)) == (expected, 4)
    assert queries.page_of_looks(stranger, "33010101", None) == ([], None)


def test_the_filter_by_household_finds_lists_and_folders(cast: Cast) -> None:
    family, today = str(FAMILIES[0]), timezone.localdate()
    seen_by(cast, FAMILIES)
    record_look(by=cast.malee, kind="view", area="33010101", household=family)
    record_look(by=cast.malee, kind="view", area="33010101", household=STRANGERS)
    wanted = Wanted(today - timedelta(1), today, household=family, household_area="33010101")
    kinds = [row.kind for row in looks(lambda _column: actions.Q(), wanted, wide=True)]
    assert kinds == ["view", "list"]
    earlier = Wanted(date(2020, 1, 1), date(2020, 1, 2), household=family)
    assert not looks(lambda _column: actions.Q(), earlier, wide=True).exists()


@pytest.mark.parametrize(
    ("codes", "area"),
    [
        (["33010101"], "33010101"),
        (["33010101", "33010102"], "330101"),
        (["330101", "33010102"], "330101"),
        (["33010101", "33010201"], "3301"),
        (["33010101", "33020101"], "33"),
        (["33010101", "34010101"], "00"),
        (["00", "33010101"], "00"),
    ],
)
def test_the_area_of_a_list_holds_all_of_it(codes: list[str], area: str) -> None:
    assert common_area(codes) == area
    assert area in wider_areas(codes)


def test_no_mark_begins_between_two_others() -> None:
    marks = packed(FAMILIES)
    assert all(marks.count(mark_of(family)) == 1 for family in FAMILIES)
    assert all(marks.index(mark_of(family)) % 8 == 0 for family in FAMILIES)
