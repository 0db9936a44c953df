"""Rotating keys changes every seal and no value; a key goes only when nothing needs it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import PYTHON, Installation
from tests.cli.sealed_people import PEOPLE, READ

BREAKING_OFF = """
from kaejon.apps.sources import rotation
rotation.CHUNK = 2
first_store = rotation.store
def store(column, rows):
    if column.model.__name__ == "SourceRecord":
        import os, signal
        os.kill(os.getpid(), signal.SIGKILL)
    first_store(column, rows)
rotation.store = store
from kaejon.cli.keys import rotation_job
from kaejon.apps.jobs.actions import run_one
rotation_job()
run_one("worker-to-be-killed")
"""


def shown(installation: Installation) -> dict[int, dict[str, int]]:
    done = installation.kaejon("keys", "show", "--json")
    assert done.returncode == 0, done.stderr
    return {key["number"]: key["seals"] for key in json.loads(done.stdout)["keys"]}


def key_file(installation: Installation) -> Path:
    return installation.folder / "person-keys.json"


def test_rotation_reseals_everything_and_changes_no_value(filled: Installation) -> None:
    before = filled.python(READ)
    everything = shown(filled)[1]
    done = filled.kaejon("keys", "rotate", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["key"] == 2
    assert shown(filled) == {1: {}, 2: everything}
    after = filled.python(READ)
    assert all(after["found"])  # type: ignore[index]
    same = ("numbers", "rows", "file", "secrets")
    assert {k: after[k] for k in same} == {k: before[k] for k in same}  # type: ignore[index]
    assert after["person_tokens"] == after["row_tokens"]  # type: ignore[index]
    assert not set(after["person_tokens"]) & set(before["person_tokens"])  # type: ignore[index]
    assert filled.kaejon("keys", "verify").returncode == 0


@pytest.mark.on_both
def test_a_killed_rotation_goes_on_where_it_stopped(filled: Installation) -> None:
    before = filled.python(READ)
    program = f"from kaejon.config.setup import start_django\nstart_django()\n{BREAKING_OFF}"
    killed = subprocess.run(
        [PYTHON, "-c", program], env=filled.environment, check=False, timeout=60
    )
    assert killed.returncode == -9
    half = shown(filled)
    assert set(half[1]) == {
        "sources_sourcerecord.national_id_sealed",
        "sources_sourcerecord.raw_sealed",
        "mfa_authenticator.data",
        "files",
    }
    assert half[2] == {"households_person.national_id_sealed": PEOPLE}
    # In between every search still finds its person, and no other work starts.
    assert all(filled.python(READ)["found"])  # type: ignore[index]
    assert (
        filled.python(
            "from kaejon.apps.access.operator import ensure_operator\n"
            "from kaejon.apps.jobs.actions import enqueue, run_one\n"
            "from kaejon.apps.jobs.models import Job\n"
            "enqueue(kind='stage', key='other', payload={}, by=ensure_operator())\n"
            "run_one('another')\n"
            "answer = Job.objects.get(key='other').status"
        )
        == "queued"
    )
    filled.python(
        "from django.utils import timezone\n"
        "from kaejon.apps.jobs.models import Job\n"
        "Job.objects.filter(kind='rotate_keys').update(lease_until=timezone.now())"
    )
    assert filled.kaejon("keys", "rotate").returncode == 0
    assert set(shown(filled)) == {1, 2}
    assert shown(filled)[1] == {}
    assert filled.python(READ)["rows"] == before["rows"]  # type: ignore[index]


def test_a_key_is_retired_only_when_nothing_needs_it(filled: Installation) -> None:
    active = filled.kaejon("keys", "retire", "1", "--copy-kept", "--json")
    assert (active.returncode, json.loads(active.stdout)["error"]["code"]) == (2, "key_is_active")
    assert filled.kaejon("keys", "rotate").returncode == 0
    unconfirmed = filled.kaejon("keys", "retire", "1", "--json")
    assert json.loads(unconfirmed.stdout)["error"]["code"] == "copy_not_confirmed"
    assert filled.kaejon("keys", "retire", "1", "--copy-kept").returncode == 0
    assert set(shown(filled)) == {2}
    assert all(filled.python(READ)["found"])  # type: ignore[index]
    again = filled.kaejon("keys", "retire", "1", "--copy-kept", "--json")
    assert json.loads(again.stdout)["error"]["code"] == "no_such_key"


def test_a_key_in_use_is_not_retired(filled: Installation) -> None:
    filled.python(
        "from pathlib import Path\n"
        "from django.conf import settings\n"
        "from kaejon.apps.vault import keys\n"
        "keys.write(keys.ring_in_use().with_new_key(created='2026'), Path(settings.KEY_FILE))"
    )
    refused = filled.kaejon("keys", "retire", "1", "--copy-kept", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (1, "key_in_use")


def test_a_lost_key_file_is_told_by_every_action(filled: Installation) -> None:
    key_file(filled).unlink()
    for action in ("show", "verify", "rotate"):
        refused = filled.kaejon("keys", action)
        assert refused.returncode == 1
        assert "no key ring" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_the_wrong_key_file_is_found_out(filled: Installation, another_installation) -> None:  # type: ignore[no-untyped-def]
    key_file(filled).write_text(
        key_file(filled).read_text().replace('"data": "', '"data": "AAAA'), encoding="utf-8"
    )
    assert "32 bytes" in filled.kaejon("keys", "verify").stderr
    other = another_installation("other")
    key_file(other).unlink()
    other.kaejon("migrate")
    key_file(filled).write_bytes(key_file(other).read_bytes())
    found = filled.kaejon("keys", "verify", "--json")
    assert found.returncode == 1
    assert len(json.loads(found.stdout)["faults"]) == 3 * PEOPLE + 3


def test_a_ring_in_the_environment_is_not_rotated(filled: Installation) -> None:
    filled.extra["KAEJON_PERSON_KEYS"] = key_file(filled).read_text()
    key_file(filled).unlink()
    refused = filled.kaejon("keys", "rotate", "--json")
    assert (refused.returncode, json.loads(refused.stdout)["error"]["code"]) == (
        1,
        "ring_in_environment",
    )


def test_no_secret_is_ever_shown(filled: Installation) -> None:
    secret = json.loads(key_file(filled).read_text())["keys"][0]["data"]
    for arguments in (
        ("keys", "show"),
        ("keys", "show", "--json"),
        ("keys", "rotate"),
        ("keys", "verify"),
    ):
        done = filled.kaejon(*arguments)
        assert secret not in done.stdout + done.stderr
