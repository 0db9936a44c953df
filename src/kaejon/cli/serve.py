"""`kaejon serve`: the web server, with a worker beside it."""

from __future__ import annotations

import argparse
import contextlib
import errno
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

from kaejon.cli.processes import Child, cores, end_myself, end_with_parent, kept_alive
from kaejon.config.warming import load_pages, warm_up
from kaejon.methods.errors import DataError, UsageError

THREADS = 8
# Processes, and threads of one, that can be asked for.
MOST = 64
MOST_BY_DEFAULT = 8
# Clients the system lets wait for a place.
BACKLOG = 1024
# PostgreSQL's connections that are not the server's: worker, commands, backup, an administrator.
OTHER_CONNECTIONS = 10


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "serve", help="serve the pages and the API, with a worker beside"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
    parser.add_argument(
        "--processes",
        type=int,
        metavar="N",
        help="server processes (default: one for each processor, at most 8; one on Windows)",
    )
    parser.add_argument(
        "--threads",
        type=int,
        default=THREADS,
        help=f"requests answered at the same time by one process (default {THREADS})",
    )
    parser.add_argument(
        "--no-worker", action="store_true", help="start no worker: one runs elsewhere"
    )
    # How a server process is told its socket by the `kaejon serve` that started it.
    parser.add_argument("--socket", type=int, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    require_sound_numbers(args.threads, args.processes)
    start_django()
    if args.socket is not None:
        return answer(socket.socket(fileno=args.socket), threads=args.threads, as_child=True)
    return serve(
        host=args.host,
        port=args.port,
        threads=args.threads,
        processes=args.processes,
        with_worker=not args.no_worker,
    )


def require_sound_numbers(threads: int, processes: int | None) -> None:
    for name, number in (("--threads", threads), ("--processes", processes)):
        if number is not None and not 1 <= number <= MOST:
            raise UsageError("bad_number", f"{name} is {number}; allowed: 1 to {MOST}")
    if sys.platform == "win32" and processes not in (None, 1):
        raise UsageError(
            "one_process",
            f"--processes is {processes}; on Windows kaejon serves with one process",
            remedy="Leave --processes out, or serve from Linux.",
        )


def serve(
    *,
    host: str,
    port: int,
    threads: int = THREADS,
    processes: int | None = None,
    with_worker: bool = True,
) -> int:
    """Serve until SIGTERM or SIGINT. Refuses a taken port, a failed start-up check and a database that is behind.

    `processes` None: as many as the machine and the database have room for.
    """
    from django.conf import settings
    from django.db import connections

    listening = listen(host, port)
    require_sound_installation()
    number = affordable_processes(threads, processes)
    connections.close_all()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, end)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/"
    children = [WORKER] if with_worker else []
    if number > 1:
        children += [server_process(listening, threads, n) for n in range(1, number + 1)]
    with kept_alive(children):
        print(f"kaejon serves at {address}", file=sys.stderr, flush=True)
        if number == 1:
            answer(listening, threads=threads)
        else:
            wait_for_signal()
    return 0


WORKER = Child("worker", ["worker", "--end-with-parent"])


def server_process(listening: socket.socket, threads: int, number: int) -> Child:
    """A process that takes connections from the same socket as its fellows."""
    descriptor = listening.fileno()
    arguments = ["serve", "--socket", str(descriptor), "--threads", str(threads)]
    return Child(f"server process {number}", arguments, descriptors=[descriptor])


def wait_for_signal() -> None:
    with contextlib.suppress(SystemExit):
        threading.Event().wait()


def answer(listening: socket.socket, *, threads: int, as_child: bool = False) -> int:
    """Answer requests in this process until it is told to end."""
    from django.conf import settings
    from django.db.backends.signals import connection_created

    from kaejon.cli.http_server import server_on
    from kaejon.config.wsgi import application

    proxy: dict[str, Any] = {}
    if settings.TRUSTED_PROXY:
        proxy = {
            "trusted_proxy": settings.TRUSTED_PROXY,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        }
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    connection_created.connect(keep_few_pages)
    load_pages()
    server = server_on(listening, application, threads=threads, **proxy)
    if as_child:
        end_with_parent(end_myself)
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    # Returns after finishing the requests under way once `end` was called.
    server.run()
    return 0


def keep_few_pages(connection: Any, **_: Any) -> None:
    """Every thread keeps its connection: 64 MB of pages each, as an import wants them, would fill the machine."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size=-16384")


def affordable_processes(threads: int, asked: int | None) -> int:
    """How many processes to start; refuses more threads than PostgreSQL has connections for."""
    from django.db import connection

    number = asked or (1 if sys.platform == "win32" else min(cores(), MOST_BY_DEFAULT))
    if connection.vendor != "postgresql":
        return number
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
        )
        room = cursor.fetchone()[0] - OTHER_CONNECTIONS
    # Each thread keeps one, and so does the loop that reads requests.
    most = room // (threads + 1)
    if most < (asked or 1):
        raise UsageError(
            "too_many_connections",
            f"{number} processes with {threads} threads need {number * (threads + 1)} connections; "
            f"PostgreSQL has {max(room, 0)} to give",
            remedy="Give smaller numbers with --processes and --threads, or raise max_connections.",
        )
    return min(number, most)


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
    opened.listen(BACKLOG)
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
