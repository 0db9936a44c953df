"""Child processes of `kaejon serve`: started again when they die, stopped with their parent."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

log = logging.getLogger("kaejon.serve")

STOP_SECONDS = 20
# A child that cannot start is not tried again in a tight loop.
PAUSE_SECONDS = 1.0


@dataclass
class Child:
    """One `kaejon` command that runs as long as its parent; it ends when its standard input closes."""

    name: str
    arguments: Sequence[str]
    # File descriptors it keeps open under the same numbers.
    descriptors: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def keep_alive(self, ending: threading.Event) -> None:
        while not ending.is_set():
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kaejon.cli.main", *self.arguments],
                stdin=subprocess.PIPE,
                pass_fds=self.descriptors,
            )
            if ending.is_set():
                self.process.terminate()
            self.process.wait()
            if not ending.is_set():
                log.warning("%s ended and is started again", self.name)
                ending.wait(PAUSE_SECONDS)

    def stop(self) -> None:
        """Wait until it has stopped; kill it when it does not. A worker's job is taken up again later."""
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()


@contextlib.contextmanager
def kept_alive(children: Sequence[Child]) -> Iterator[None]:
    """The children run while the body runs."""
    ending = threading.Event()
    keepers = [
        threading.Thread(target=child.keep_alive, args=(ending,), daemon=True) for child in children
    ]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        ending.set()
        for child in children:
            if child.process is not None:
                child.process.terminate()
        for child in children:
            child.stop()
        for keeper in keepers:
            keeper.join(STOP_SECONDS)


def end_with_parent(stop: Callable[[], object]) -> None:
    """Call `stop` when standard input closes: a parent that was killed leaves nobody behind."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        stop()

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()


def end_myself() -> None:
    """End as SIGTERM ends this process, from any thread."""
    os.kill(os.getpid(), signal.SIGTERM)


def cores() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
