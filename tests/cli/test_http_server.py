"""The HTTP side of the server against slow, large, idle and doubtful clients, over real sockets."""

from __future__ import annotations

import inspect
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.forms import BaseForm, FileField
from django.urls import URLPattern, URLResolver, get_resolver

from kaejon.cli import http_server
from kaejon.config import body_limits

Start = Callable[..., "Running"]
HELD = threading.Event()


@dataclass
class Running:
    """A server in a thread of this process."""

    server: http_server.Server
    thread: threading.Thread

    @property
    def port(self) -> int:
        return int(self.server.effective_port)

    def stop(self) -> None:
        self.server.task_dispatcher.shutdown()
        for dispatcher in list(self.server._map.values()):
            dispatcher.close()
        self.thread.join(5)


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Says how much came in; /large answers 8 MB, /held waits for the test."""
    if environ["PATH_INFO"] == "/held":
        assert HELD.wait(20)
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"x" * (8 << 20) if environ["PATH_INFO"] == "/large" else b"%d" % len(body)]


@pytest.fixture
def start(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a server whose clients have little time."""
    running: list[Running] = []
    HELD.clear()
    monkeypatch.setattr(http_server, "TURN_SECONDS", 0.1)

    def begin(seconds: int = 1, connections: int = 1000) -> Running:
        settings.REQUEST_SECONDS = seconds
        listening = socket.create_server(("127.0.0.1", 0))
        server = http_server.server_on(listening, application, threads=2)
        server.connections = connections
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append(Running(server, thread))
        return running[-1]

    yield begin
    HELD.set()
    for each in running:
        each.stop()


def connect(running: Running, sent: str = "") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", running.port), timeout=10)
    if sent:
        client.sendall(sent.replace("\n", "\r\n").encode())
    return client


def answer(client: socket.socket) -> str:
    """Everything until the server ends the connection; "" when it ended without a word."""
    parts = []
    try:
        while part := client.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts).decode()


def status(client: socket.socket) -> int:
    return int(answer(client).split(" ")[1])


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it becomes true within ten seconds."""
    ended = time.monotonic() + 10
    while not condition():
        if time.monotonic() > ended:
            return False
        time.sleep(0.05)
    return True


GET = "GET / HTTP/1.1\nHost: localhost\nConnection: close\n\n"
POST = "POST {path} HTTP/1.1\nHost: localhost\nContent-Length: {length}\nConnection: close\n\n"


def test_a_large_body_is_refused_before_it_is_read(start: Start) -> None:
    client = connect(start(), POST.format(path="/lists/upload/", length=207 << 20) + "a few bytes")
    refusal = answer(client)
    assert refusal.startswith("HTTP/1.1 413 ")
    assert "text/html" in refusal
    assert 'lang="en">What was sent is too large: this page takes up to 1 MB.' in refusal
    assert 'lang="th">' in refusal
    assert '<a href="">' in refusal


def test_who_is_signed_in_is_told_what_the_page_takes(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_server, "is_signed_in", lambda cookies: True)
    refusal = answer(connect(start(), POST.format(path="/lists/upload/", length=900 << 20)))
    megabytes = http_server.most_bytes("/lists/upload/") >> 20
    assert megabytes > 100
    assert f"{megabytes} MB" in refusal


def test_a_client_that_goes_on_sending_still_sees_the_refusal(start: Start) -> None:
    """Closing at once would reset the connection and throw the answer away."""
    client = connect(start(), POST.format(path="/", length=4 << 20))
    client.sendall(b"x" * (4 << 20))
    assert status(client) == 413


def test_no_client_is_asked_to_send_what_will_be_refused(start: Start) -> None:
    waiting = POST.format(path="/", length=4 << 20).replace("\n\n", "\nExpect: 100-continue\n\n")
    assert answer(connect(start(), waiting)).startswith("HTTP/1.1 413 ")


def test_a_body_of_unsaid_length_counts_as_small(start: Start) -> None:
    head = "POST /lists/upload/ HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n"
    client = connect(start(), head)
    client.sendall(b"%x\r\n" % (2 << 20) + b"x" * (2 << 20))
    assert status(client) == 413


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 5\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\nContent-Length: 5",
        "Content-Length: 5\nContent-Length: 6",
    ],
)
def test_two_lengths_hide_no_second_request(start: Start, lengths: str) -> None:
    hidden = f"POST / HTTP/1.1\nHost: localhost\n{lengths}\n\n0\n\n{GET}"
    reply = answer(connect(start(), hidden))
    assert reply.startswith("HTTP/1.1 400 ")
    assert reply.count("HTTP/1.1") == 1


def test_an_old_client_cannot_chunk(start: Start) -> None:
    old = "POST / HTTP/1.0\nHost: localhost\nTransfer-Encoding: chunked\n\n0\n\n"
    assert status(connect(start(), old)) == 400


def test_a_body_that_does_not_arrive_is_given_up_in_words(start: Start) -> None:
    client = connect(start(), POST.format(path="/", length=1000) + "abc")
    assert status(client) == 408


def test_a_byte_now_and_then_buys_no_time(start: Start) -> None:
    client = connect(start(), "GET / HTTP/1.1\nHost: localhost\nX-Slow: ")

    def is_cut_off() -> bool:
        try:
            client.sendall(b"x")
        except OSError:
            return True
        return False

    assert eventually(is_cut_off)


def test_a_reader_that_does_not_read_is_given_up(start: Start) -> None:
    running = start()
    client = connect(running, "GET /large HTTP/1.1\nHost: localhost\n\n")
    others = [connect(running, GET) for _ in range(4)]
    assert [status(other) for other in others] == [200] * 4
    assert eventually(lambda: not running.server.active_channels)
    assert len(answer(client)) < 8 << 20


def test_slow_and_idle_clients_keep_nobody_waiting(start: Start) -> None:
    running = start(seconds=60)
    crowd = [connect(running, POST.format(path="/", length=100_000) + "abc") for _ in range(100)]
    crowd += [connect(running) for _ in range(300)]
    began = time.monotonic()
    assert status(connect(running, GET)) == 200
    assert time.monotonic() - began < 5
    for client in crowd:
        client.close()


def test_whoever_kept_us_waiting_longest_makes_room(start: Start) -> None:
    running = start(seconds=60, connections=5)
    first = connect(running, "GET / HTTP/1.1\n")
    crowd = [connect(running) for _ in range(8)]
    assert [status(connect(running, GET)) for _ in range(3)] == [200] * 3
    assert answer(first) == ""
    del crowd


def test_a_page_at_work_is_never_ended_to_make_room(start: Start) -> None:
    running = start(seconds=60, connections=3)
    at_work = connect(running, "GET /held HTTP/1.1\nHost: localhost\nConnection: close\n\n")
    crowd = [connect(running) for _ in range(6)]
    assert status(connect(running, GET)) == 200
    HELD.set()
    assert status(at_work) == 200
    del crowd


def views(patterns: list[Any]) -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name, inspect.unwrap(pattern.callback)


def forms_with_a_file(base: type = BaseForm) -> Iterator[str]:
    for form in base.__subclasses__():
        if any(isinstance(f, FileField) for f in getattr(form, "base_fields", {}).values()):
            yield form.__name__
        yield from forms_with_a_file(form)


def test_every_page_that_takes_a_file_has_its_limit() -> None:
    """A page takes a file when its own code names a form that holds one."""
    pages = dict(views(get_resolver().url_patterns))
    names = "|".join(forms_with_a_file())
    taking = {
        name
        for name, view in pages.items()
        if view.__module__.startswith("kaejon.web")
        and re.search(rf"\b({names})\(|\b({names})\b,", inspect.getsource(view))
    }
    assert taking == set(body_limits.FILES)
