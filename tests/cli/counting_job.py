"""A worker with one job of its own: it adds villages one by one, each in a transaction with its progress.

Used by test_worker.py; prints the number of each village, so that the test can
kill it at a chosen place.
"""

from __future__ import annotations

import signal
import sys
import threading

from kaejon.config.setup import start_django

TAMBON = "330101"
FIRST_MOO = 40


def run(progress):  # type: ignore[no-untyped-def]
    from django.db import transaction

    from kaejon.apps.areas.models import Area, Level

    total = progress.job.payload["villages"]
    for number in range(progress.job.done, total):
        with transaction.atomic():
            code = f"{TAMBON}{FIRST_MOO + number:02d}"
            Area.objects.create(
                code=code, level=Level.VILLAGE, parent_id=TAMBON, name_th=f"หมู่ทดสอบ {number}"
            )
            progress.advance(done=number + 1, total=total)
        print(number, flush=True)
        if number + 1 == progress.job.payload.get("stop_at") and progress.job.attempts == 1:
            stand_still()
            with transaction.atomic():
                # Written by whoever goes on after standing still; nobody who lost the job may keep it.
                Area.objects.create(
                    code=f"{TAMBON}99", level=Level.VILLAGE, parent_id=TAMBON, name_th="หมู่หลงทาง"
                )
                progress.advance()
    return {"villages": total}


def stand_still() -> None:
    """Wait to be killed, told to go on, or, told to stop, until the job was given back."""
    for thread in threading.enumerate():
        if thread.name == "give-back":
            while thread.is_alive() and not go_on.wait(0.05):
                pass


go_on = threading.Event()


if __name__ == "__main__":
    start_django()
    from kaejon.apps.jobs.actions import HANDLERS
    from kaejon.cli.worker import work, worker_name

    # Not by its file's name: imported a second time, it would wait for an event nobody sets.
    HANDLERS["count_villages"] = "__main__:run"
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGUSR1, lambda *_: go_on.set())
    work(worker_name(), stop, until_idle="--until-idle" in sys.argv)
