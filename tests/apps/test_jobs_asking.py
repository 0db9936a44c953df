"""Work is asked for once, and nobody's asking keeps everybody else waiting."""

from __future__ import annotations

import errno
import threading
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area
from kaejon.apps.folders.printing import enqueue_area
from kaejon.apps.households.models import Household
from kaejon.apps.jobs.actions import claim, enqueue, give_back, run_one
from kaejon.apps.jobs.models import Job
from kaejon.methods.errors import DataError
from tests.cast import Cast
from tests.factories import make

pytestmark = pytest.mark.django_db


def ask(by: User, number: int, *, owed: bool = False, like: dict[str, Any] | None = None) -> Job:
    return enqueue(kind="link", key=f"work {number}", payload={}, by=by, owed=owed, like=like)


def test_equal_work_that_waits_is_not_asked_twice(cast: Cast) -> None:
    make(Household)
    area = Area.objects.get(code="330101")
    how = {"area": area, "everyone": True, "thai_digits": False, "language": "th"}

    first = enqueue_area(**how, by=cast.malee)

    assert enqueue_area(**how, by=cast.malee) == first
    assert enqueue_area(**{**how, "language": "en"}, by=cast.malee) != first
    assert enqueue_area(**how, by=cast.wanna) != first


def test_work_that_was_taken_can_be_asked_for_again(cast: Cast) -> None:
    first = ask(cast.malee, 1, like={"area": "330101"})
    assert claim("a worker") == first
    second = ask(cast.malee, 2, like={"area": "330101"})
    assert second != first
    give_back("a worker")  # both wait now, and neither hinders the other
    assert Job.objects.filter(status="queued").count() == 2


def test_only_so_much_work_waits_for_one_person(cast: Cast) -> None:
    for number in range(settings.JOBS_PER_PERSON):
        ask(cast.malee, number)

    with pytest.raises(DataError) as refused:
        ask(cast.malee, 99)

    assert refused.value.code == "too_much_waiting"
    assert refused.value.remedy
    assert Job.objects.filter(created_by=cast.malee).count() == settings.JOBS_PER_PERSON
    ask(cast.somsak, 100)
    ask(cast.malee, 101, owed=True)
    claim("a worker")
    ask(cast.malee, 102)  # what is owed does not count


def test_the_machine_itself_may_ask_for_any_amount(cast: Cast) -> None:
    for number in range(settings.JOBS_PER_PERSON + 1):
        ask(cast.operator, number)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_equal_work_asked_for_in_the_same_moment_is_one_job(cast: Cast) -> None:
    together = threading.Barrier(4)
    jobs: list[Job] = []

    def ask_at_once(number: int) -> None:
        together.wait()
        jobs.append(ask(cast.malee, number, like={"area": "330101"}))
        connection.close()

    threads = [threading.Thread(target=ask_at_once, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({job.pk for job in jobs}) == 1


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("database or disk is full"),
        OperationalError('could not extend file "base/16384/2619": No space left on device'),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_a_full_disk_is_told_as_what_it_is(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(name: str) -> Any:
        raise error

    job = ask(cast.malee, 1)
    monkeypatch.setattr("kaejon.apps.jobs.actions.called", lambda name: fails)
    run_one("a worker")
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("failed", "disk_full")
    assert job.result["error"]["remedy"]
