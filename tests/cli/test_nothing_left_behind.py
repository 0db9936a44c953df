"""A process that is killed leaves no plain copy of a list behind, once anything starts again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import PYTHON, Installation

SECRET = "เลขลับของครอบครัวหนึ่ง"
# Reads a stored list and stops in the middle; says where its plain copy lies.
READER = f"""
import sys
from kaejon.config.setup import start_django
start_django()
from kaejon.apps.sources import files
name, _, _ = files.keep([{SECRET!r}.encode()], limit=10**6)
with files.opened(name, ".csv") as path:
    print(path, flush=True)
    sys.stdin.read()
"""


def plain_copies(installation: Installation) -> list[Path]:
    """Files in the data folder that hold the secret readable."""
    found = [p for p in installation.folder.rglob("*") if p.is_file()]
    return [p for p in found if SECRET.encode() in p.read_bytes()]


@pytest.mark.on_both
def test_a_plain_copy_goes_with_the_next_start_and_never_before(installation: Installation) -> None:
    reader = installation.start("-c", READER)
    assert reader.stdout
    copy = Path(reader.stdout.readline().strip())
    assert plain_copies(installation) == [copy]
    assert copy.stat().st_mode & 0o077 == 0 or copy.parent.stat().st_mode & 0o077 == 0

    # Another process starts and ends while the first one reads: its copy stays.
    assert installation.kaejon("worker", "--until-idle").returncode == 0
    assert plain_copies(installation) == [copy]

    reader.kill()
    reader.communicate()
    assert plain_copies(installation) == [copy]
    assert installation.kaejon("worker", "--until-idle").returncode == 0
    assert plain_copies(installation) == []
    assert not (installation.folder / "tmp").exists()


# checks of the command line

ROWS = "".join(f"33010101,{n},คนที่{n},ใจดี,12/03/2510\n" for n in range(1, 40))
LIST = f"รหัสหมู่บ้าน,บ้านเลขที่,ชื่อ,นามสกุล,วันเดือนปีเกิด\n{ROWS}"
LEFT = """
from kaejon.apps.sources import files
from kaejon.apps.sources.models import ImportBatch, SourceRecord
answer = [ImportBatch.objects.exclude(status="discarded").count(), SourceRecord.objects.count(),
    len(list(files.folder().iterdir()))]
"""
NOTHING = [0, 0, 0]


@pytest.fixture
def some_list(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8-sig")
    return path


def check(some_list: Path, *more: object) -> tuple[object, ...]:
    return ("import", some_list, "--source", "community", "--year", 2567, "--json", *more)


def test_a_check_a_refusal_and_a_gate_leave_nothing(
    installation: Installation, some_list: Path, tmp_path: Path
) -> None:
    assert installation.kaejon(*check(some_list)).returncode == 0
    nameless = tmp_path / "nameless.json"
    nameless.write_text(json.dumps({"columns": {"บ้านเลขที่": "house_no"}}), encoding="utf-8")
    refused = installation.kaejon(*check(some_list, "--mapping", nameless, "--apply"))
    assert json.loads(refused.stdout)["error"]["code"]
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(LIST.replace("33010101", "99999999"), encoding="utf-8-sig")
    gated = installation.kaejon(*check(wrong, "--apply"))
    assert json.loads(gated.stdout)["status"] == "refused"

    assert installation.python(LEFT) == NOTHING


def test_nobody_reads_the_answer_and_nothing_is_left(
    installation: Installation, some_list: Path
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [PYTHON, "-m", "kaejon.cli.main", *map(str, check(some_list))]
    try:
        done = subprocess.run(
            command, env=installation.environment, stdout=writing, stderr=subprocess.PIPE,
            text=True, timeout=120, check=False,
        )  # fmt: skip
    finally:
        os.close(writing)

    assert done.returncode == 141
    assert done.stderr == ""
    assert installation.python(LEFT) == NOTHING


# A check that says when it is in the middle of its rows, and then waits to be interrupted.
INTERRUPTED = """
import sys, time
from kaejon.apps.jobs import actions as jobs
from kaejon.cli.main import main
advance = jobs.Progress.advance
def slow(progress, **how):
    advance(progress, **how)
    print("reading", file=sys.stderr, flush=True)
    time.sleep(60)
jobs.Progress.advance = slow
sys.exit(main(sys.argv[1:]))
"""
START = "from kaejon.config.setup import start_django\nstart_django()\n"


def test_an_interrupted_check_leaves_nothing(installation: Installation, some_list: Path) -> None:
    command = installation.start("-c", START + INTERRUPTED, *check(some_list))
    assert command.stderr
    for line in command.stderr:
        if "reading" in line:
            break
    command.send_signal(signal.SIGINT)
    out, errors = command.communicate(timeout=60)

    assert (command.returncode, out) == (130, "")
    assert "Traceback" not in errors
    assert installation.python(LEFT) == NOTHING


AGE = """
import os
from datetime import timedelta
from django.utils import timezone
from kaejon.apps.jobs.actions import keep_house
from kaejon.apps.sources import files
from kaejon.apps.sources.models import ImportBatch
past = timezone.now() - timedelta(hours=2)
ImportBatch.objects.update(uploaded_at=past)
for path in files.folder().iterdir():
    os.utime(path, (past.timestamp(), past.timestamp()))
keep_house()
"""


def test_what_a_killed_check_left_goes_with_the_housekeeping(
    installation: Installation, some_list: Path
) -> None:
    command = installation.start("-c", START + INTERRUPTED, *check(some_list))
    assert command.stderr
    for line in command.stderr:
        if "reading" in line:
            break
    command.kill()
    command.communicate()
    installation.python("from kaejon.apps.sources import files\nfiles.keep([b'x'], limit=9)")
    assert installation.python(LEFT) != NOTHING

    installation.python(AGE)
    assert installation.python(LEFT) == NOTHING
