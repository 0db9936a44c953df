"""Files that commands write: whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from kaejon.methods.errors import DataError, UsageError


def require_place(target: Path) -> None:
    """Refuse, before any work, a name where no file can stand."""
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise UsageError(
            "cannot_write",
            f"{target} cannot be written",
            remedy="Name a file in an existing folder.",
        )


@contextlib.contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """A draft beside `target` that only its owner can read; it takes the name when the body ends well.

    Fails or is interrupted: nothing of it stays, and a former file stands as it was. Refuses a
    full disk and a place that cannot be written.
    """
    require_place(target)
    special = target.exists() and not target.is_file()  # /dev/stdout and the like
    draft = target if special else target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if not special:
            os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield draft
        if not special:
            draft.replace(target)
    except OSError as error:
        raise cannot_write(target, error) from error
    finally:
        if not special:
            draft.unlink(missing_ok=True)


def cannot_write(target: Path | str, error: OSError) -> DataError:
    return DataError(
        "cannot_write",
        f"{target} cannot be written: {error.strerror or error}",
        remedy="Make room, or name a file in a folder you may write to.",
    )
