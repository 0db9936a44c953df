"""The last seal, kept in a file beside the key ring: outside the database, for whoever owns that.

While the file names a seal that the database does not hold, nothing is sealed: the forged history
would get a chain of its own. Only `kaejon restore` sets the file to an earlier seal.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from kaejon.apps.audit.models import SealBlock
from kaejon.apps.audit.seals import seal_document, seal_history
from kaejon.methods.errors import DataError

log = logging.getLogger("kaejon.audit")


def place() -> Path:
    return Path(settings.KEY_FILE).with_name("last-seal.json")


def kept_seal() -> dict[str, Any] | None:
    """The seal in the file; None when there is none yet. Refuses (DataError) an unreadable file."""
    try:
        seal = json.loads(place().read_text(encoding="utf-8"))
        if not isinstance(seal["number"], int):
            raise TypeError(seal["number"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            "last_seal_unreadable",
            f"{place()} cannot be read as a seal",
            remedy="Put back a copy of it, or the newest .seal file of a backup under this name.",
        ) from error
    return dict(seal)


def is_held(seal: Mapping[str, Any]) -> bool:
    """Whether the chain in the database holds this very seal."""
    block = SealBlock.objects.filter(number=seal["number"]).first()
    return block is not None and bytes(block.digest).hex() == seal["digest"]


def seal_and_keep() -> int:
    """Seal history and keep the last seal; output: rows sealed.

    Refuses (DataError) while the database does not hold the seal that was kept.
    """
    kept = kept_seal()
    if kept is not None and not is_held(kept):
        raise DataError(
            "seal_not_held",
            f"history is not sealed: seal {kept['number']} of {kept['at']} was kept in {place()} and "
            "is not in this database",
            remedy="Run `kaejon audit verify`, and restore a backup where history was rewritten.",
        )
    rows = seal_history()
    if (rows or kept is None) and (seal := seal_document()):
        keep(seal)
    return rows


def keep(seal: Mapping[str, Any] | None) -> bool:
    """Write the file in one step, for its owner only. Where that cannot be, a log line; False then."""
    target = place()
    draft = target.with_suffix(f".{secrets.token_hex(8)}")
    try:
        if seal is None:
            target.unlink(missing_ok=True)
            return True
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            json.dump(seal, handle)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(draft, target)
    except OSError as error:
        log.warning("the last seal is not kept in a file: %s", error.strerror)
        return False
    return True


def begin_again() -> dict[str, Any] | None:
    """After a restore: go on from the last seal of the backup. Output: the later seal kept before.

    That one stays beside the file, to be given to `kaejon audit verify --seal`.
    """
    try:
        former = kept_seal()
    except DataError:
        former = None
    if former is not None and is_held(former):
        former = None
    if former is not None:
        try:
            os.replace(place(), place().with_name("last-seal.before-restore.json"))
        except OSError as error:
            log.warning("the former last seal is not kept: %s", error.strerror)
    keep(seal_document())
    return former
