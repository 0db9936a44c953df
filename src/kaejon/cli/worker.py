"""`kaejon worker`: do the long work that waits, one job after another."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import threading
import time
import uuid
from typing import Any

from kaejon.cli.processes import end_with_parent

log = logging.getLogger("kaejon.worker")

IDLE_SECONDS = 1.0
DATABASE_AWAY_SECONDS = 5.0
TIDY_SECONDS = 3600.0
SEAL_SECONDS = 60.0


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "worker", help="do the long work that waits (imports, prints, exports)"
    )
    parser.add_argument("--until-idle", action="store_true", help="end when no work waits")
    parser.add_argument(
        "--end-with-parent",
        action="store_true",
        help="end when standard input closes (used by `kaejon serve`)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    start_django()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if args.end_with_parent:
        end_with_parent(stop.set)
    work(worker_name(), stop, until_idle=args.until_idle)
    return 0


def worker_name() -> str:
    """Unlike any other worker's, also one of an earlier process with the same number."""
    return f"{socket.gethostname()[:24]}-{os.getpid()}-{uuid.uuid4().hex[:12]}"


def work(name: str, stop: threading.Event, *, until_idle: bool = False) -> None:
    """Run jobs until told to stop.

    A job under way when the stop comes is given back at once: its next commit
    finds the lease gone, rolls back and ends, and another worker goes on.
    """
    from django.db import Error, close_old_connections

    from kaejon.apps.jobs.actions import keep_house, run_one

    giving_back = threading.Thread(
        target=give_back_on, args=(stop, name), name="give-back", daemon=True
    )
    giving_back.start()
    sealing = threading.Thread(target=seal_until, args=(stop,), name="seal-history", daemon=True)
    sealing.start()
    log.info("worker started")
    tidied = -TIDY_SECONDS  # also when the machine itself has just started
    while not stop.is_set():
        close_old_connections()
        try:
            worked = run_one(name)
            if not worked and time.monotonic() - tidied >= TIDY_SECONDS:
                tidied = time.monotonic()
                keep_house()
                continue  # it may have asked for work
        except Error:
            log.exception("database away")
            stop.wait(DATABASE_AWAY_SECONDS)
            continue
        if not worked:
            if until_idle:
                return
            stop.wait(IDLE_SECONDS)
    giving_back.join()
    log.info("worker stopped")


def seal_until(stop: threading.Event) -> None:
    """Seal history every minute, also while a long job runs (on a connection of its own)."""
    from django.db import Error, connection

    from kaejon.apps.audit.last_seal import seal_and_keep
    from kaejon.apps.vault.keys import KeyRingError
    from kaejon.methods.errors import DataError

    while not stop.wait(SEAL_SECONDS):
        try:
            seal_and_keep()
        except (Error, KeyRingError, DataError):
            log.exception("history not sealed")
        finally:
            connection.close()


def give_back_on(stop: threading.Event, name: str) -> None:
    """Wait for the stop, then let go of the job this worker holds (on a connection of its own)."""
    from django.db import connection

    from kaejon.apps.jobs.actions import give_back

    stop.wait()
    try:
        give_back(name)
    finally:
        connection.close()
