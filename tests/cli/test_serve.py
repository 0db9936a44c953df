"""The server starts with a clear word, answers, and stops cleanly with its worker."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request

import pytest

from tests.cli.conftest import Installation


def started(installation: Installation, *options: str) -> tuple[subprocess.Popen[str], str]:
    """A running server and its address."""
    server = installation.start("-m", "kaejon.cli.main", "serve", "--port", "0", *options)
    assert server.stderr
    seen = []
    for line in server.stderr:
        seen.append(line)
        if found := re.search(r"serves at (http://\S+)", line):
            return server, found[1]
    raise AssertionError("".join(seen))


def fetch(address: str) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.on_both
def test_health_is_told_and_sigterm_ends_server_and_worker(installation: Installation) -> None:
    server, address = started(installation)
    assert server.stderr
    worker_started = next(line for line in server.stderr if "worker started" in line)
    assert json.loads(worker_started)["logger"] == "kaejon.worker"
    status, body = fetch(f"{address}healthz")
    assert (status, body["status"]) == (200, "ok")
    server.send_signal(signal.SIGTERM)
    rest = server.communicate(timeout=60)[1]
    assert server.returncode == 0
    assert "worker stopped" in rest


def test_a_killed_server_leaves_no_worker_behind(installation: Installation) -> None:
    server, _ = started(installation)
    assert server.stderr
    next(line for line in server.stderr if "worker started" in line)
    server.kill()
    # The pipe closes only when the worker, which holds it too, has ended.
    assert "worker stopped" in server.communicate(timeout=60)[1]


def test_a_taken_port_is_told_in_one_line(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = installation.kaejon("serve", "--port", taken.getsockname()[1])
    assert refused.returncode == 2
    assert "cannot listen on 127.0.0.1 port" in refused.stderr
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.on_both
def test_a_database_that_was_never_made_is_named(empty_installation: Installation) -> None:
    empty_installation.extra["KAEJON_SECRET_KEY"] = os.urandom(32).hex()
    refused = empty_installation.kaejon("serve", "--port", "0", "--no-worker")
    assert refused.returncode == 1
    assert "kaejon migrate" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_unsafe_settings_stop_the_start(installation: Installation) -> None:
    installation.extra |= {"KAEJON_ALLOWED_HOSTS": "kaejon.example.go.th"}
    refused = installation.kaejon("serve", "--port", "0", "--no-worker")
    assert refused.returncode == 2
    assert "kaejon.E003" in refused.stderr


def test_a_forwarded_address_is_believed_only_from_the_named_proxy(
    installation: Installation,
) -> None:
    installation.extra |= {
        "KAEJON_TLS": "True",
        "KAEJON_ALLOWED_HOSTS": "kaejon.example.go.th",
        "KAEJON_SITE_URL": "https://kaejon.example.go.th",
        "KAEJON_TRUSTED_PROXY": "127.0.0.1",
    }
    server, address = started(installation, "--no-worker")
    try:
        request = urllib.request.Request(
            f"{address}accounts/login/",
            headers={
                "Host": "kaejon.example.go.th",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": "203.0.113.7",
            },
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.status == 200
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    finally:
        server.terminate()
        server.communicate(timeout=60)


@pytest.mark.parametrize("installed", [True, False])
def test_a_warm_server_sets_its_libraries_apart(migrated: Installation, installed: bool) -> None:
    without = "" if installed else "sys.modules['pandas'] = None\n"
    found = migrated.python(
        f"import gc, sys\n{without}from kaejon.config.warming import warm_up\n"
        "before = gc.get_freeze_count()\nwarm_up()\n"
        "answer = [before, gc.get_freeze_count() > 10_000, sys.modules['pandas'] is not None]"
    )
    assert found == [0, True, installed]
