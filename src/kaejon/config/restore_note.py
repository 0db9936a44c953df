"""A restore that was killed half-way leaves a note: nothing serves what is half of something.

The note lies in the data folder from before the first change until everything is in place. It
says how far it was: "moving" what was here aside (what is left here is still the former data),
or "filling" (what is here is part of the backup, and the next restore clears it away).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from kaejon.methods.errors import DataError

NAME = "restore-under-way.json"

MOVING, FILLING = "moving", "filling"


def note_in(folder: Path) -> dict[str, Any] | None:
    """What an unfinished restore wrote, if there is one."""
    try:
        note: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return {"phase": MOVING, "aside": []}
    return note


def write_note(folder: Path, *, phase: str, aside: list[str]) -> None:
    """On the disk, whole, before anything else happens."""
    draft = folder / f".{NAME}"
    with draft.open("w", encoding="utf-8") as out:
        json.dump({"phase": phase, "aside": aside}, out)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(folder / NAME)


def remove_note(folder: Path) -> None:
    (folder / NAME).unlink(missing_ok=True)


def refuse_unfinished(folder: Path) -> None:
    """Refuse to work on half of a backup."""
    if (note := note_in(folder)) is None:
        return
    aside = ", ".join(note.get("aside", []))
    kept = f" What was here before is kept as: {aside}." if aside else ""
    raise DataError(
        "restore_unfinished",
        f"a restore into {folder} was broken off before its end",
        remedy=f"Run `kaejon restore` with the backup once more.{kept}",
    )
