"""The HTTP side of `kaejon serve`: waitress, made safe against slow, large and idle clients.

waitress reads a whole request in one thread before a page sees it, so that slow clients
hold no page thread. What it lacks is added here: a limit of the body by page, a deadline
for the whole request and the whole answer, a place for the next client when all are taken.
Decision 54 names what else was tried.
"""

from __future__ import annotations

import copy
import logging
import socket
import sys
import time
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, gettext_noop, override
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher
from waitress.utilities import Error, RequestEntityTooLarge

from kaejon.config.body_limits import SMALL, is_signed_in, most_bytes

log = logging.getLogger("kaejon.serve")

# Python's select() on Windows takes 512 sockets; elsewhere poll() takes any number.
ON_WINDOWS = sys.platform == "win32"
CONNECTIONS = 400 if ON_WINDOWS else 1000
# A connection, its body and its answer may each lie in a file.
FILES_A_CONNECTION = 3

# Beside settings.REQUEST_SECONDS, a request and an answer have a second for so many bytes.
SLOWEST_BYTES_A_SECOND = 16_000
# A connection without a request under way: browsers keep theirs for the next page.
IDLE_SECONDS = 120
# Reading on after a refusal, so that the client sees it before the connection ends.
LINGER_SECONDS = 10.0
HEADER_BYTES = 32 * 1024
# An answer waits in a file beyond 1 MB; no thread waits for a slow reader.
ANSWER_BYTES = 1024**3
FULL_TOLD_SECONDS = 60.0
TURN_SECONDS = 1.0
# A server told to stop lets the pages under way end.
FINISH_SECONDS = 15


class TooLarge(RequestEntityTooLarge):
    """413 in words for the person who chose the file."""

    def __init__(self, limit: int) -> None:
        super().__init__("")
        self.limit = limit

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        text = gettext_noop(
            "What was sent is too large: this page takes up to %(n)s MB. "
            "Choose a smaller file, or sign in again and repeat."
        )
        return as_page(self, text, n=self.limit // 1024**2)


class TooSlow(Error):
    """408 for a body that does not arrive."""

    code = 408
    reason = "Request Timeout"

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        text = gettext_noop(
            "What was sent arrived too slowly and was given up. Try again on a better line."
        )
        return as_page(self, text)


# Django is not asked: no session, no template, no file of style. An empty address is this page again.
PAGE = """<!doctype html>
<html lang="th"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>body{{font:1.125rem/1.7 Sarabun,"Noto Sans Thai",Tahoma,sans-serif;max-width:34rem;
margin:3rem auto;padding:0 1rem;color:#17202a}}a{{color:#0b5a5f}}</style></head>
<body>{parts}</body></html>
"""


def as_page(error: Any, text: str, **values: int) -> tuple[str, list[tuple[str, str]], bytes]:
    """The refusal in Thai and in English with a way back: nobody knows here which one is read."""
    parts = []
    for language in ("th", "en"):
        with override(language):
            back = gettext("Back to the page")
            parts.append(
                f'<p lang="{language}">{gettext(text) % values}<br><a href="">{back}</a></p>'
            )
    body = PAGE.format(title=f"kaejon {error.code}", parts="".join(parts))
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    return f"{error.code} {error.reason}", headers, body.encode()


class Parser(HTTPRequestParser):
    """One request being read; refuses a large or doubtful body when its headers are there."""

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        # Two lengths, or one that this server would pass over, hide a second request from a proxy.
        if "TRANSFER_ENCODING" in self.headers or (
            self.chunked and "CONTENT_LENGTH" in self.headers
        ):
            raise ParsingError("Transfer-Encoding together with Content-Length or HTTP/1.0")
        if SMALL <= self.content_length < most_bytes(self.path) and is_signed_in(
            self.headers.get("COOKIE", "")
        ):
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = most_bytes(self.path)

    def most_allowed(self) -> int:
        """Most bytes this page takes of whoever sent this, for the refusal."""
        known = is_signed_in(self.headers.get("COOKIE", ""))
        return most_bytes(self.path) if known else SMALL

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = TooLarge(self.most_allowed())
        if self.error:
            self.expect_continue = False
        return consumed

    @property
    def bytes_received(self) -> int:
        return int(self.header_bytes_received + self.body_bytes_received)


class Channel(HTTPChannel):
    """One connection, which knows since when it waits for its client."""

    parser_class = Parser
    arriving_since: float | None = None
    leaving_since: float | None = None
    lingering_since: float | None = None
    refused = False
    sent = 0
    sent_before = 0

    def received(self, data: bytes) -> bool:
        if self.lingering_since is not None:
            return False
        before = self.request
        result: bool = super().received(data)
        if self.request is None:
            self.arriving_since = None
        elif self.request is not before:
            self.arriving_since = time.time()
        return result

    def send(self, data: bytes, do_close: bool = True) -> int:
        count: int = super().send(data, do_close)
        self.sent += count
        return count

    def service(self) -> None:
        if self.requests and self.requests[0].error:
            self.refused = True
        super().service()

    def readable(self) -> bool:
        return self.lingering_since is not None or bool(super().readable())

    def handle_write(self) -> None:
        if not (self.refused and self.close_when_flushed):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.will_close:
            self.handle_close()
        elif not self.total_outbufs_len:
            self.end_our_half()

    def end_our_half(self) -> None:
        """A refused client may still be sending: closing at once would throw our answer away."""
        self.close_when_flushed = False
        self.lingering_since = time.time()
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()

    @property
    def waits_for_client(self) -> bool:
        """No page is at work for this connection."""
        return not self.requests

    @property
    def waiting_since(self) -> float:
        return float(
            self.lingering_since or self.arriving_since or self.leaving_since or self.last_activity
        )

    def look_at_the_clock(self, now: float) -> None:
        """End the connection of a client that had its time."""
        if self.lingering_since is not None:
            overdue = now - self.lingering_since > LINGER_SECONDS
        elif self.request is not None and self.arriving_since is not None:
            overdue = now - self.arriving_since > allowed_seconds(self.request.bytes_received)
            if overdue and self.request.headers_finished and self.waits_for_client:
                self.give_up_request()
                return
        elif self.total_outbufs_len:
            if self.leaving_since is None:
                self.leaving_since, self.sent_before = now, self.sent
            overdue = now - self.leaving_since > allowed_seconds(self.sent - self.sent_before)
        else:
            self.leaving_since = None
            overdue = self.waits_for_client and now - self.last_activity > IDLE_SECONDS
        if overdue:
            self.handle_close()

    def give_up_request(self) -> None:
        """Answer 408 to a body that does not arrive."""
        with self.requests_lock:
            request, self.request, self.arriving_since = self.request, None, None
            request.error, request.completed = TooSlow(""), True
            self.requests.append(request)
            self.server.add_task(self)


def allowed_seconds(count: int) -> float:
    """How long so many bytes may take."""
    return float(settings.REQUEST_SECONDS) + count / SLOWEST_BYTES_A_SECOND


class Server(TcpWSGIServer):
    """Takes the next client always: when all places are taken, whoever kept us waiting longest goes."""

    channel_class = Channel
    connections = CONNECTIONS
    tended = 0.0
    full_told = 0.0

    def readable(self) -> bool:
        return bool(self.accepting) and len(self.active_channels) < self.connections

    def run(self) -> None:
        """Serve until SystemExit or KeyboardInterrupt; then finish what is under way."""
        poll = wasyncore.poll2 if self.adj.asyncore_use_poll else wasyncore.poll
        try:
            while self._map:
                poll(TURN_SECONDS, self._map)
                self.tend(time.time())
        except (SystemExit, KeyboardInterrupt):
            self.task_dispatcher.shutdown(timeout=FINISH_SECONDS)

    def tend(self, now: float) -> None:
        """Look at every client's time once a second, and keep a place for the next one."""
        if now - self.tended >= TURN_SECONDS:
            self.tended = now
            for channel in list(self.active_channels.values()):
                channel.look_at_the_clock(now)
        if len(self.active_channels) >= self.connections:
            self.make_room(now)

    def make_room(self, now: float) -> None:
        """End the connection that kept us waiting longest, unless a page works for every one."""
        if now - self.full_told > FULL_TOLD_SECONDS:
            self.full_told = now
            log.warning("all places for connections are taken")
        waiting = [c for c in self.active_channels.values() if c.waits_for_client]
        if waiting:
            min(waiting, key=lambda channel: channel.waiting_since).handle_close()


def server_on(listening: socket.socket, application: Any, *, threads: int, **proxy: Any) -> Server:
    """A server that answers on a socket which already listens."""
    adjustments = Adjustments(
        sockets=[listening],
        threads=threads,
        ident="kaejon",
        clear_untrusted_proxy_headers=True,
        max_request_body_size=SMALL,
        max_request_header_size=HEADER_BYTES,
        outbuf_high_watermark=ANSWER_BYTES,
        asyncore_use_poll=not ON_WINDOWS,
        # Reads on while a page works, so that it learns of a client that has gone.
        channel_request_lookahead=1,
        log_socket_errors=False,
        **proxy,
    )
    room_for_files(CONNECTIONS * FILES_A_CONNECTION)
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(threads)
    return Server(
        application,
        {},
        True,
        listening,
        dispatcher=dispatcher,
        adj=adjustments,
        bind_socket=False,
        sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
    )


def room_for_files(number: int) -> None:
    """Let this process open so many files, as far as the system allows it."""
    if ON_WINDOWS:
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
