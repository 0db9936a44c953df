"""A worker may be killed at any moment: nothing is lost, nothing is done twice."""

from __future__ import annotations

import json
import signal
import subprocess
import time

import pytest

from tests.cli.conftest import Installation

ASK = """
from kaejon.apps.access.operator import ensure_operator
from kaejon.apps.jobs.actions import enqueue
enqueue(kind="count_villages", key="count", payload={"villages": 30, "stop_at": 11}, by=ensure_operator())
"""
LOOK = """
from kaejon.apps.areas.models import Area
from kaejon.apps.jobs.models import Job
job = Job.objects.get(key="count")
answer = {
    "villages": Area.objects.filter(name_th__startswith="หมู่ทดสอบ").count(),
    "status": job.status, "done": job.done, "attempts": job.attempts, "leased_by": job.leased_by,
    "result": job.result,
}
"""

STRAYS = """
from kaejon.apps.areas.models import Area
answer = Area.objects.filter(name_th="หมู่หลงทาง").count()
"""


@pytest.fixture
def asked(installation: Installation) -> Installation:
    installation.extra["KAEJON_JOB_LEASE_SECONDS"] = "2"
    installation.python(ASK)
    return installation


def worker_at(installation: Installation, number: int, *how: str) -> subprocess.Popen[str]:
    """A worker that has done village `number` and now stands still inside its job."""
    worker = installation.start("-m", "tests.cli.counting_job", *how)
    assert worker.stdout
    for line in worker.stdout:
        if line.strip() == str(number):
            return worker
    raise AssertionError(worker.stderr.read() if worker.stderr else "")


def end_of(worker: subprocess.Popen[str]) -> list[int]:
    """The numbers a worker printed until it ended."""
    out, _ = worker.communicate(timeout=60)
    return [int(line) for line in out.split()]


@pytest.mark.on_both
def test_a_killed_worker_loses_nothing_and_doubles_nothing(asked: Installation) -> None:
    worker = worker_at(asked, 10)
    worker.kill()
    worker.wait()
    half = asked.python(LOOK)
    assert (half["status"], half["done"], half["villages"]) == ("running", 11, 11)  # type: ignore[index]

    # The dead worker's lease must run out first; until then there is nothing to do.
    numbers: list[int] = []
    while not numbers:
        numbers = end_of(asked.start("-m", "tests.cli.counting_job", "--until-idle"))
    assert numbers == list(range(11, 30))
    whole = asked.python(LOOK)
    assert (whole["done"], whole["villages"], whole["attempts"]) == (30, 30, 1)  # type: ignore[index]


def test_a_lease_that_still_holds_is_respected(asked: Installation) -> None:
    asked.extra["KAEJON_JOB_LEASE_SECONDS"] = "600"
    first = worker_at(asked, 10)
    try:
        second = asked.start("-m", "tests.cli.counting_job", "--until-idle")
        assert end_of(second) == []
    finally:
        first.kill()
        first.communicate()
    assert asked.python(LOOK)["villages"] == 11  # type: ignore[index]


def test_a_worker_told_to_stop_gives_its_job_back_at_once(asked: Installation) -> None:
    asked.extra["KAEJON_JOB_LEASE_SECONDS"] = "600"
    worker = worker_at(asked, 10)
    worker.terminate()
    assert end_of(worker) == []
    assert asked.python(LOOK)["status"] == "queued"  # type: ignore[index]
    second = asked.start("-m", "tests.cli.counting_job", "--until-idle")
    assert end_of(second) == list(range(11, 30))
    found = asked.python(LOOK)
    assert (found["status"], found["villages"], found["leased_by"]) == ("done", 30, "")  # type: ignore[index]


def test_the_worker_command_ends_on_sigterm(installation: Installation) -> None:
    worker = installation.start("-m", "kaejon.cli.main", "worker")
    assert worker.stderr
    for line in worker.stderr:
        if "worker started" in line:
            break
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    worker.communicate()


def test_an_idle_worker_can_be_told_to_end(installation: Installation) -> None:
    assert installation.kaejon("worker", "--until-idle").returncode == 0


@pytest.mark.on_both
def test_a_worker_that_slept_past_its_lease_writes_nothing_more(asked: Installation) -> None:
    asked.extra["KAEJON_JOB_LEASE_SECONDS"] = "1"
    sleeper = worker_at(asked, 10, "--until-idle")
    sleeper.send_signal(signal.SIGSTOP)
    # The lease runs out while it sleeps; until then a second worker finds nothing to do.
    numbers: list[int] = []
    while not numbers:
        numbers = end_of(asked.start("-m", "tests.cli.counting_job", "--until-idle"))
    assert numbers == list(range(11, 30))

    # Told to go on, it does its next step and may not keep it.
    sleeper.send_signal(signal.SIGUSR1)
    sleeper.send_signal(signal.SIGCONT)
    assert end_of(sleeper) == []
    whole = asked.python(LOOK)
    assert (whole["status"], whole["done"], whole["villages"]) == ("done", 30, 30)  # type: ignore[index]
    assert asked.python(STRAYS) == 0


@pytest.mark.on_both
def test_a_step_longer_than_the_lease_keeps_its_worker(asked: Installation) -> None:
    slow = worker_at(asked, 10, "--until-idle")
    # It stands still alive for longer than its lease of two seconds: a second worker finds nothing.
    since = time.monotonic()
    while time.monotonic() - since < 4:
        second = asked.start("-m", "tests.cli.counting_job", "--until-idle")
        assert end_of(second) == []
    slow.send_signal(signal.SIGUSR1)
    assert end_of(slow) == list(range(11, 30))
    whole = asked.python(LOOK)
    assert (whole["status"], whole["attempts"]) == ("done", 1)  # type: ignore[index]
    assert asked.python(STRAYS) == 1


DIES_LINKING = """
import os, signal, sys
from kaejon.config.setup import start_django
start_django()
from kaejon.apps.linking import scoring
from kaejon.cli.main import main
def dies(progress):
    if sys.argv[1] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    raise KeyboardInterrupt
scoring.run = dies
sys.exit(main(["link", "--area", "33", "--json"]))
"""


@pytest.mark.parametrize(("how", "code"), [("killed", -9), ("interrupted", 130)])
def test_link_goes_on_with_what_a_broken_off_command_left(
    installation: Installation, how: str, code: int
) -> None:
    installation.extra["KAEJON_JOB_LEASE_SECONDS"] = "2"
    broken = installation.start("-c", DIES_LINKING, how)
    _, errors = broken.communicate(timeout=120)
    assert (broken.returncode, "Traceback" in errors) == (code, False)

    again = installation.kaejon("link", "--area", "33", "--json")

    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["area"] == "33"
