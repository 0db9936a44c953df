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
from pathlib import Path

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
        "KAEJON_MFA_REQUIRED_ROLES": "none",
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


@pytest.mark.parametrize("number", ["0", "-3", "65"])
def test_no_server_starts_that_answers_nobody(migrated: Installation, number: str) -> None:
    for option in ("--threads", "--processes"):
        refused = migrated.kaejon("serve", "--port", "0", "--no-worker", f"{option}={number}")
        assert refused.returncode == 2
        assert f"{option} is {number}; allowed: 1 to 64" in refused.stderr


def children_of(server: subprocess.Popen[str]) -> list[int]:
    """Server processes a running `kaejon serve --no-worker` started."""
    listed = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    return [
        int(child)
        for task in listed.parents[1].iterdir()
        for child in (task / "children").read_text().split()
    ]


@pytest.mark.on_both
def test_a_killed_process_is_replaced_and_its_fellow_answers(installation: Installation) -> None:
    server, address = started(installation, "--no-worker", "--processes", "2")
    try:
        assert fetch(f"{address}healthz")[0] == 200
        first, second = children_of(server)
        os.kill(first, signal.SIGKILL)
        assert server.stderr
        next(line for line in server.stderr if "is started again" in line)
        assert [fetch(f"{address}healthz")[0] for _ in range(5)] == [200] * 5
        os.kill(second, signal.SIGKILL)
        assert fetch(f"{address}healthz")[0] == 200
    finally:
        server.terminate()
        server.communicate(timeout=60)
    assert server.returncode == 0


def test_server_processes_end_with_a_killed_parent(installation: Installation) -> None:
    server, address = started(installation, "--no-worker", "--processes", "2")
    fetch(f"{address}healthz")
    server.kill()
    # The pipe closes only when all processes that hold it have ended.
    server.communicate(timeout=60)
    assert not answers(address)


def answers(address: str) -> bool:
    try:
        fetch(f"{address}healthz")
    except OSError:
        return False
    return True


def test_the_place_for_large_files_is_for_those_signed_in(installation: Installation) -> None:
    key = installation.python(
        "from django.contrib.auth import SESSION_KEY\n"
        "from importlib import import_module\nfrom django.conf import settings\n"
        "session = import_module(settings.SESSION_ENGINE).SessionStore()\n"
        "session[SESSION_KEY] = '1'\nsession.create()\nanswer = session.session_key"
    )
    server, address = started(installation, "--no-worker", "--processes", "1")
    try:
        assert sent_to(address, "lists/upload/", cookie=f"sessionid={key}") != 413
        assert sent_to(address, "lists/upload/", cookie="sessionid=made-up") == 413
        assert sent_to(address, "lists/upload/", cookie="") == 413
        assert sent_to(address, "households/", cookie=f"sessionid={key}") == 413
    finally:
        server.terminate()
        server.communicate(timeout=60)


def sent_to(address: str, path: str, *, cookie: str) -> int:
    """Status of a post of 3 MB."""
    request = urllib.request.Request(
        address + path, data=b"x" * (3 << 20), headers={"Cookie": cookie}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.on_both
def test_no_more_threads_than_the_database_has_connections(installation: Installation) -> None:
    if not installation.database_url:
        pytest.skip("SQLite counts no connections")
    refused = installation.kaejon("serve", "--port", "0", "--processes", "64", "--threads", "64")
    assert refused.returncode == 2
    assert "PostgreSQL has" in refused.stderr
    assert "--threads" in refused.stderr


MOVED_UNDER_AN_OPEN_CONNECTION = """
import shutil
from pathlib import Path
from django.conf import settings
from django.db import close_old_connections, connection
from kaejon.apps.areas.models import Area

path = Path(settings.DATABASES["default"]["NAME"])
shutil.copy(path, path.with_name("restored"))
areas = Area.objects.count()
for part in path.parent.glob(f"{path.name}*"):
    part.rename(part.with_name(f"aside-{part.name}"))
path.with_name("restored").rename(path)
close_old_connections()  # as Django does before each request
Area.objects.update(name_th="written")
connection.close()
answer = [areas > 0, Area.objects.filter(name_th="written").count() == areas]
"""


def test_a_restored_database_is_the_one_written_to(installation: Installation) -> None:
    """A connection that stays open would go on in the file that was moved aside."""
    assert installation.python(MOVED_UNDER_AN_OPEN_CONNECTION) == [True, True]


@pytest.mark.parametrize("installed", [True, False])
def test_a_warm_server_sets_its_libraries_apart(migrated: Installation, installed: bool) -> None:
    without = "" if installed else "sys.modules['pandas'] = None\n"
    found = migrated.python(
        f"import gc, sys\n{without}from kaejon.config.warming import warm_up\n"
        "before = gc.get_freeze_count()\nwarm_up()\n"
        "answer = [before, gc.get_freeze_count() > 10_000, sys.modules['pandas'] is not None]"
    )
    assert found == [0, True, installed]
