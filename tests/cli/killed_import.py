"""A worker on small chunks that kills itself: `python -m tests.cli.killed_import ADVANCES before|after`.

"before" kills inside the transaction that has done the work and moved the
progress, "after" as soon as that transaction is committed. ADVANCES 0 never kills.
Only work on the list itself is counted: counting its quality writes nothing before
its end, so one that is always killed there would never get on.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Any

from kaejon.config.setup import start_django

CHUNK = 40


def main() -> None:
    start_django()
    from django.db import transaction

    from kaejon.apps.jobs import actions as jobs
    from kaejon.apps.sources import applying, reversing, staging
    from kaejon.cli.worker import work, worker_name

    applying.CHUNK = staging.CHUNK = reversing.CHUNK = CHUNK
    limit, moment = int(sys.argv[1]), sys.argv[2]
    count = 0
    advance = jobs.Progress.advance

    def counted(progress: jobs.Progress, **how: Any) -> None:
        nonlocal count
        advance(progress, **how)
        if progress.job.kind not in ("stage", "apply", "reverse"):
            return
        if threading.current_thread() is not threading.main_thread():
            return  # a lease renewed while the work goes on is no progress
        count += 1
        if count == limit:
            if moment == "before":
                die()
            transaction.on_commit(die)

    jobs.Progress.advance = counted  # type: ignore[method-assign]
    work(worker_name(), threading.Event(), until_idle=True)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
