"""Temporary files of this process: in one place, and gone even after a kill.

Lists, prints and exports lie plain in temporary files while they are read or written. A
killed process cannot remove its own, so each has a folder with a lock that the system
lets go of when the process ends, however it ends; whoever starts next removes the folders
nobody holds. Everything that asks `tempfile` for a place gets one there.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import IO

LOCK = "in-use"
# A folder is made and locked within moments; one that has no lock for longer has no process.
YOUNG_SECONDS = 60
_held: list[tuple[Path, IO[bytes]]] = []


def use_private_folder(root: Path) -> Path:
    """Let this process keep its temporary files in a folder of its own below `root`.

    Removes what processes that ended left there. Asked again for the same root, it changes
    nothing: a process has one folder.
    """
    for folder, _ in _held:
        if folder.parent == root:
            tempfile.tempdir = str(folder)
            return folder
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_left_over(root)
    folder, lock = make_locked(root)
    _held.append((folder, lock))
    tempfile.tempdir = str(folder)
    atexit.register(remove_own, os.getpid(), folder, lock)
    return folder


def make_locked(root: Path) -> tuple[Path, IO[bytes]]:
    """A new folder with its lock. Made again when another process tidied it away before the lock held."""
    while True:
        folder = root / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        folder.mkdir(mode=0o700, parents=True)
        lock = (folder / LOCK).open("wb")
        take(lock, wait=True)
        if (folder / LOCK).exists():
            return folder, lock
        lock.close()


def remove_left_over(root: Path) -> int:
    """Remove the folders whose process is gone; returns how many."""
    removed = 0
    for folder in root.iterdir() if root.is_dir() else ():
        if folder.is_dir() and not in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def in_use(folder: Path) -> bool:
    """Whether the process that made the folder still runs."""
    if any(folder == mine for mine, _ in _held):
        return True
    try:
        with (folder / LOCK).open("r+b") as lock:
            take(lock)
    except FileNotFoundError:
        # Just being made, by a process between making the folder and its lock; or half removed.
        return _is_young(folder)
    except OSError:
        return True
    return False


def _is_young(folder: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return time.time() - folder.stat().st_mtime < YOUNG_SECONDS
    return False


def use_private_folder_of_the_system() -> Path | None:
    """The same for commands that need no data folder; None where another account holds the place."""
    account = os.getuid() if hasattr(os, "getuid") else "user"
    root = Path(tempfile.gettempdir()) / f"kaejon-{account}"
    with contextlib.suppress(OSError):
        root.mkdir(mode=0o700, exist_ok=True)
        if not hasattr(os, "getuid") or (root.stat().st_uid == account and not root.is_symlink()):
            return use_private_folder(root)
    return None


def take(lock: IO[bytes], *, wait: bool = False) -> None:
    """Lock the file for as long as this process lives. Refuses with OSError what another holds."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def remove_own(process: int, folder: Path, lock: IO[bytes]) -> None:
    """At an orderly end nothing waits for the next start. A forked child removes nothing."""
    if os.getpid() == process:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # others have theirs there
            folder.parent.rmdir()
