"""Health tells the machine that watches: which part does not work, and nothing about people."""

from __future__ import annotations

import json
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.jobs.actions import claim, enqueue
from kaejon.apps.jobs.models import Job
from kaejon.cli.main import main
from kaejon.web import health
from tests.cast import Cast


def told() -> tuple[int, dict[str, str]]:
    """What a stranger's status is, and what the administrator reads beside it."""
    client = Client()
    client.force_login(User.objects.get(username="anan"))
    answer = client.get("/healthz")
    assert Client().get("/healthz").status_code == answer.status_code
    return answer.status_code, answer.json()["parts"]


def wait_long(**fields: object) -> None:
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=6), **fields)


def test_a_sound_installation_is_well(cast: Cast) -> None:
    assert told() == (
        200,
        {"database": "ok", "tables": "ok", "keys": "ok", "worker": "ok", "restore": "ok"},
    )


@pytest.mark.parametrize("who", ["", "malee", "wanna"])
def test_strangers_and_officers_learn_only_whether_it_works(cast: Cast, who: str) -> None:
    client = Client()
    if who:
        client.force_login(getattr(cast, who))
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_server_tells_its_operator_each_part(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["health", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["parts"]) == set(health.PARTS)
    enqueue(kind="stage", key="k", payload={}, by=cast.operator)
    wait_long()
    assert main(["health"]) == 1
    assert "no worker takes it up" in capsys.readouterr().out


def test_the_plan_of_migrations_is_not_made_anew(cast: Cast) -> None:
    told()
    with patch.object(health, "MigrationLoader", side_effect=AssertionError("read again")):
        assert told()[0] == 200


def test_a_change_that_was_not_applied_is_counted(cast: Cast) -> None:
    MigrationRecorder(connection).record_unapplied("access", "0001_initial")
    assert told()[1]["tables"] == "1 changes of this version are not applied"


def test_it_needs_no_account_and_is_never_stored(db: None) -> None:
    assert "no-store" in Client().get("/healthz").headers["Cache-Control"]
    assert Client().post("/healthz").status_code == 405


def test_a_missing_key_ring_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAEJON_PERSON_KEYS")
    status, parts = told()
    assert (status, parts["keys"]) == (503, "the key ring is missing or unreadable")


def test_tables_of_another_version_are_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "unapplied_migrations", lambda: 3)
    status, parts = told()
    assert (status, parts["tables"]) == (503, "3 changes of this version are not applied")


def test_work_that_nobody_takes_up_is_told(cast: Cast) -> None:
    enqueue(kind="stage", key="k", payload={}, by=cast.operator)
    assert told()[0] == 200
    wait_long()
    status, parts = told()
    assert status == 503
    assert parts["worker"].startswith("work has waited 36")


def test_waiting_behind_a_working_worker_is_well(cast: Cast) -> None:
    enqueue(kind="stage", key="k", payload={}, by=cast.operator)
    assert claim("a worker")
    enqueue(kind="stage", key="l", payload={}, by=cast.operator)
    wait_long()
    assert told()[0] == 200


def test_a_job_left_by_a_dead_worker_is_told(cast: Cast) -> None:
    enqueue(kind="stage", key="k", payload={}, by=cast.operator)
    claim("a worker")
    Job.objects.update(lease_until=timezone.now() - timedelta(minutes=7))
    assert told()[0] == 503


def test_nothing_personal_is_told(cast: Cast) -> None:
    enqueue(kind="stage", key="นางสมมติ", payload={"name": "นางสมมติ"}, by=cast.malee)
    wait_long()
    text = Client().get("/healthz").content.decode()
    assert "สมมติ" not in text
    assert "มาลี" not in text


def test_a_rotation_that_failed_is_told_for_nothing_else_runs(cast: Cast) -> None:
    enqueue(kind="rotate_keys", key="k", payload={}, by=cast.operator)
    Job.objects.update(status="failed")
    status, parts = told()
    assert (status, "keys rotate" in parts["keys"]) == (503, True)
