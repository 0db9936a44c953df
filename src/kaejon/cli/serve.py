"""`kaejon serve`: the web server, with a worker beside it."""

from __future__ import annotations

import argparse
import contextlib
import errno
import logging
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from kaejon.config.warming import warm_up
from kaejon.methods.errors import DataError, UsageError

log = logging.getLogger("kaejon.serve")

STOP_SECONDS = 20
MEGABYTE = 1024 * 1024


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "serve", help="serve the pages and the API, with a worker beside"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    parser.add_argument(
        "--threads", type=int, default=8, help="requests answered at the same time (default 8)"
    )
    parser.add_argument(
        "--no-worker", action="store_true", help="start no worker: one runs elsewhere"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    start_django()
    return serve(
        host=args.host, port=args.port, threads=args.threads, with_worker=not args.no_worker
    )


def serve(*, host: str, port: int, threads: int = 8, with_worker: bool = True) -> int:
    """Serve until SIGTERM or SIGINT. Refuses a taken port, a failed start-up check and a database that is behind."""
    from django.conf import settings
    from waitress.server import create_server

    listening = listen(host, port)
    require_sound_installation()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    from kaejon.config.wsgi import application

    proxy: dict[str, Any] = {}
    if settings.TRUSTED_PROXY:
        proxy = {
            "trusted_proxy": settings.TRUSTED_PROXY,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        }
    server = create_server(
        application,
        sockets=[listening],
        threads=threads,
        ident="kaejon",
        clear_untrusted_proxy_headers=True,
        max_request_body_size=(settings.IMPORT_MAX_MEGABYTES + 8) * MEGABYTE,
        **proxy,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    with worker_beside() if with_worker else contextlib.nullcontext():
        shown = f"[{host}]" if ":" in host else host
        print(
            f"kaejon serves at http://{shown}:{listening.getsockname()[1]}/",
            file=sys.stderr,
            flush=True,
        )
        # Returns after finishing the requests under way once `end` was called.
        server.run()
    return 0


def end(*_: object) -> NoReturn:
    raise SystemExit(0)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; a taken or forbidden port is told in one line."""
    if not 0 <= port <= 65535:
        raise UsageError(
            "bad_port", f"{port} is no port", remedy="Give a number from 1 to 65535 with --port."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
    except (OSError, UnicodeError) as error:
        opened.close()
        raise UsageError(
            "port_taken" if getattr(error, "errno", None) == errno.EADDRINUSE else "cannot_listen",
            f"cannot listen on {host} port {port}: {getattr(error, 'strerror', None) or error}",
            remedy="Stop the program that uses it, or choose another with --port.",
        ) from error
    opened.listen(128)
    return opened


def require_sound_installation() -> None:
    """Refuse to start with a failed check or tables of another version; print the warnings."""
    from django.core import checks
    from django.db import Error

    from kaejon.web.health import unapplied_migrations

    found = checks.run_checks(include_deployment_checks=False)
    for message in found:
        print(f"kaejon: {message.id}: {message.msg} {message.hint or ''}".rstrip(), file=sys.stderr)
    if any(message.is_serious() for message in found):
        raise UsageError(
            "unsafe_settings", "the settings above must be corrected before kaejon starts"
        )
    try:
        unapplied = unapplied_migrations()
    except Error as error:
        raise DataError(
            "no_database",
            f"the database cannot be opened: {str(error).strip()}",
            remedy="Run `kaejon migrate` once; with PostgreSQL, check DATABASE_URL and that the server runs.",
        ) from error
    if unapplied:
        raise DataError(
            "database_behind",
            f"the database lacks {unapplied} changes of this version",
            remedy="Make a backup, then run `kaejon migrate`.",
        )


@contextlib.contextmanager
def worker_beside() -> Iterator[None]:
    """A worker process that is started again when it dies, and stopped with the server."""
    ending = threading.Event()
    current: list[subprocess.Popen[bytes]] = []

    def keep_alive() -> None:
        while not ending.is_set():
            child = subprocess.Popen(
                [sys.executable, "-m", "kaejon.cli.main", "worker", "--end-with-parent"],
                stdin=subprocess.PIPE,
            )
            current[:] = [child]
            if ending.is_set():
                child.terminate()
            child.wait()
            if not ending.is_set():
                log.warning("worker ended and is started again")
                ending.wait(1)

    keeper = threading.Thread(target=keep_alive, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        stop_child(current)
        keeper.join(STOP_SECONDS)


def stop_child(current: list[subprocess.Popen[bytes]]) -> None:
    """Ask the worker to stop; kill it when it does not. Its job is taken up again later."""
    for child in current:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
