"""`kaejon backup`: everything except the key file and the sessions, in one sealed file."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kaejon.config.temporary import take
from kaejon.methods.errors import DataError, UsageError

# The end of the name of a backup that is being written.
PART = ".kaejon-part"
LOUD = """
THIS BACKUP IS A LOSS WITHOUT ITS KEY FILE. The key file is not inside.
Keep {file} safe, in another place than the backups. Needed: {keys}.
"""


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "backup", help="write database and stored files to one sealed file (not the keys)"
    )
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="backup to write, for example kaejon-2569-11-21.backup",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from kaejon.config.setup import start_django

    start_django()
    manifest = back_up(args.file)
    keys = ", ".join(f"key {key['number']} ({key['fingerprint']})" for key in manifest["keys"])
    print(LOUD.format(file=key_place(), keys=keys).strip(), file=sys.stderr)
    if args.json:
        print(
            json.dumps(
                {
                    "file": str(args.file),
                    **{k: manifest[k] for k in ("version", "engine", "counts", "keys")},
                }
            )
        )
    else:
        print(
            f"{args.file} holds {manifest['counts']['households']} households, {manifest['counts']['files']} files."
        )
    return 0


def key_place() -> str:
    from django.conf import settings

    from kaejon.apps.vault.keys import ENVIRONMENT_VARIABLE

    return ENVIRONMENT_VARIABLE if os.environ.get(ENVIRONMENT_VARIABLE) else str(settings.KEY_FILE)


def back_up(target: Path) -> dict[str, Any]:
    """Write a backup and return its manifest. Refuses to overwrite, and a folder that does not exist."""
    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.areas.models import WHOLE_SYSTEM
    from kaejon.apps.audit.actions import record

    if target.exists():
        raise UsageError("file_exists", f"{target} is already there", remedy="Choose another name.")
    if not target.absolute().parent.is_dir():
        raise UsageError(
            "no_folder", f"there is no folder {target.absolute().parent}", remedy="Make it first."
        )
    remove_broken_off(target.absolute().parent)
    seal = seal_now()
    part = target.with_name(target.name + PART)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
            take(handle)
            manifest = write_to(handle)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(target)
    except OSError as error:
        raise DataError(
            "cannot_write", f"{target} cannot be written: {error.strerror or error}"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    keep_seal(target, seal)
    record(
        by=ensure_operator(),
        verb="system.backup",
        subject_type="backup",
        subject_id=target.name[:40],
        area=WHOLE_SYSTEM,
        changes=manifest["counts"],
    )
    return manifest


def seal_now() -> dict[str, Any] | None:
    """Seal what history holds by now; the last seal, which the backup will hold too."""
    from kaejon.apps.audit.last_seal import seal_and_keep
    from kaejon.apps.audit.seals import seal_document
    from kaejon.apps.vault.keys import KeyRingError

    try:
        seal_and_keep()
    except KeyRingError as error:
        raise DataError("key_ring", str(error), remedy="See docs/developer/keys.md.") from error
    except DataError as error:  # a backup is made all the same: it may be the last one
        print(f"{error} {error.remedy}", file=sys.stderr)
    return seal_document()


def seal_file(target: Path) -> Path:
    return target.with_name(target.name + ".seal")


def keep_seal(target: Path, seal: dict[str, Any] | None) -> None:
    """Write the last seal beside the backup and say it, to be kept away from this machine."""
    if seal is None:
        return
    seal_file(target).write_text(
        json.dumps({**seal, "backup": target.name}, indent=1) + "\n", encoding="utf-8"
    )
    print(
        f"Seal {seal['number']} of history: {seal['digest']} ({seal_file(target)}). Keep it away from "
        "this machine: `kaejon audit verify --seal` tells by it whether history was rewritten.",
        file=sys.stderr,
    )


def remove_broken_off(folder: Path) -> None:
    """Remove parts of backups beside whose process is gone: nobody finishes them."""
    for part in folder.glob(f"*{PART}"):
        with contextlib.suppress(OSError), part.open("r+b") as handle:
            take(handle)  # refused while a backup still writes it
            part.unlink()


def write_to(handle: Any) -> dict[str, Any]:
    """The database first, then the files: a stored file is written before a row names it, and never changed."""
    from django.conf import settings

    from kaejon.cli import database_copies
    from kaejon.cli.backup_file import Writer
    from kaejon.cli.sealed_file import Sealer

    media, keys = Path(settings.MEDIA_ROOT), needed_keys()
    with (
        tempfile.TemporaryDirectory(prefix="backup-") as private,
        Sealer(handle) as sealed,
        tarfile.open(fileobj=sealed, mode="w:gz", compresslevel=3) as tar,
    ):
        writer = Writer(tar)
        described = database_copies.copy_out(Path(private))
        for path in sorted(Path(private).iterdir()):
            writer.add(f"database/{path.name}", path)
            path.unlink()
        stored = (
            [path for path in sorted(media.rglob("*")) if path.is_file()] if media.is_dir() else []
        )
        for path in stored:
            writer.add(f"files/{path.relative_to(media).as_posix()}", path)
        manifest = {
            "version": settings.PRODUCT_VERSION,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "engine": database_copies.engine(),
            "synthetic": settings.SYNTHETIC_DATA,
            "migrations": database_copies.applied_migrations(),
            "tables": described,
            "keys": keys,
            "counts": {
                "households": described["households_household"]["rows"],
                "people": described["households_person"]["rows"],
                "users": described["access_user"]["rows"],
                "files": len(stored),
            },
        }
        writer.finish(manifest)
    return manifest


def needed_keys() -> list[dict[str, Any]]:
    """Number and fingerprint of every key that sealed something. Refuses when one of them is lost."""
    from kaejon.apps.sources.rotation import keys_in_use
    from kaejon.apps.vault.keys import KeyRingError, ring_in_use

    try:
        ring = ring_in_use()
        used = [ring.key(number) for number in sorted({*keys_in_use(), ring.active.number})]
    except KeyRingError as error:
        raise DataError("key_ring", str(error), remedy="See docs/developer/keys.md.") from error
    return [{"number": key.number, "fingerprint": key.fingerprint} for key in used]
