"""Counts that every server process shares: each statement counts once, whoever else counts."""

from __future__ import annotations

import pytest

from kaejon.apps.access.counters import DatabaseCounters, count_up
from kaejon.apps.access.housekeeping import forget_what_is_over
from kaejon.apps.access.models import Counter


@pytest.fixture
def counters(db: None) -> DatabaseCounters:
    return DatabaseCounters("", {})


def test_the_first_comes_in_and_the_second_does_not(counters: DatabaseCounters) -> None:
    assert counters.add("code", "y", timeout=60)
    assert not counters.add("code", "y", timeout=60)
    assert counters.delete("code")
    assert counters.add("code", "y", timeout=60)


def test_what_is_over_counts_for_nothing(counters: DatabaseCounters) -> None:
    counters.set("tries", [1.5, 1.0], timeout=-1)
    assert counters.get("tries", []) == []
    with pytest.raises(ValueError, match="no such counter"):
        counters.incr("tries")
    assert counters.add("tries", 1, timeout=60)
    assert counters.incr("tries") == 2


def test_counting_up_begins_again_when_the_time_is_over(db: None) -> None:
    assert [count_up("api:1", seconds=60) for _ in range(3)] == [1, 2, 3]
    Counter.objects.update(ends_at=0)
    assert [count_up("api:1", seconds=60) for _ in range(2)] == [1, 2]
    assert count_up("api:2", seconds=60) == 1


def test_a_typed_name_is_not_stored(counters: DatabaseCounters) -> None:
    counters.add("login:มาลี@office.example", True, timeout=60)
    assert "มาลี" not in str(list(Counter.objects.values()))


def test_the_worker_forgets_what_is_over(counters: DatabaseCounters) -> None:
    counters.set("old", 1, timeout=-1)
    counters.set("new", 1, timeout=60)
    assert forget_what_is_over() == 1
    assert counters.get("new") == 1
