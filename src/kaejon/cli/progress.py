"""What a command tells on stderr while somebody waits: after two seconds, then every other second.

Only to a person: on a terminal, or with `--progress`.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator

FIRST_SECONDS = 2.0
# What is under way, as the command last said; asked whenever a line is told.
_said: list[Callable[[], str]] = []


def say(what: str | Callable[[], str]) -> None:
    """Set what is under way, in words or as something that knows the words of the moment."""
    _said[:] = [what if callable(what) else lambda: what]


def follow(job: object) -> None:
    """Say how far a job of this process is: its stage, done and total."""
    say(lambda: in_words(job))


def in_words(job: object) -> str:
    stage, done, total = (getattr(job, name) for name in ("stage", "done", "total"))
    return f"{stage} {done:,} of {total:,}" if total else str(stage)


@contextlib.contextmanager
def shown(command: str, *, wanted: bool) -> Iterator[None]:
    """Tell progress while the body runs, when it is wanted or a person sees it."""
    over = threading.Event()
    start = time.monotonic()

    def tell() -> None:
        while not over.wait(FIRST_SECONDS):
            words = _said[0]() if _said else "working"
            # Whoever does not read any more is not told, and the work goes on.
            with contextlib.suppress(OSError, ValueError):
                print(
                    f"kaejon {command} {time.monotonic() - start:6.1f} s  {words}",
                    file=sys.stderr,
                    flush=True,
                )

    _said.clear()
    if not (wanted or sys.stderr.isatty()):
        yield
        return
    teller = threading.Thread(target=tell, name="progress", daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
