"""`kaejon restore`: bring back what `kaejon backup` wrote."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kaejon.config.restore_note import FILLING, MOVING, note_in, remove_note, write_note
from kaejon.methods.errors import DataError, UsageError


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "restore", help="bring back a backup; the key file must be in place"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="backup made by `kaejon backup`")
    parser.add_argument(
        "--force", action="store_true", help="move a present database and its files aside first"
    )
    parser.add_argument(
        "--accept-unsealed",
        action="store_true",
        help="take a backup of an earlier version, which is not sealed",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from kaejon.cli.migrate import ensure_secret
    from kaejon.config.setup import start_django

    if not args.file.is_file():
        raise UsageError("no_file", f"there is no file {args.file}")
    start_django(half_restored=True)
    manifest, aside = restore(args.file, force=args.force, accept_unsealed=args.accept_unsealed)
    ensure_secret()
    if args.json:
        print(
            json.dumps(
                {"made_at": manifest["made_at"], "counts": manifest["counts"], "moved_aside": aside}
            )
        )
    else:
        print(
            f"Restored the backup of {manifest['made_at']}: {manifest['counts']['households']} households."
        )
        if aside:
            print(f"What was here before is kept as: {', '.join(aside)}.", file=sys.stderr)
    return 0


def restore(
    path: Path, *, force: bool, accept_unsealed: bool = False
) -> tuple[dict[str, Any], list[str]]:
    """Check everything, then change. Returns the manifest and where the former data is now.

    Refuses a damaged or newer backup, another database engine, a key ring without
    the keys needed, and, without `force`, a place that already holds data. Killed on its way
    it leaves a note (`restore_note`), and the next restore goes on from there.
    """
    from django.conf import settings

    from kaejon.cli.backup_file import unpack

    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    # Below the data folder, so that files move into place by their names alone.
    with tempfile.TemporaryDirectory(prefix="restore-") as private:
        manifest = unpack(path, Path(private), accept_unsealed=accept_unsealed)
        require_same_kind(manifest)
        require_keys(manifest["keys"])
        aside = bring_in(Path(private), manifest, folder, force=force)
    if manifest["synthetic"]:
        (folder / "SYNTHETIC").touch()
    remember(path, manifest)
    go_on_from_its_seal()
    seal_with_the_newest_key()
    ask_about_erased()
    remove_note(folder)
    return manifest, aside


def go_on_from_its_seal() -> None:
    """Let the worker seal from the last seal of the backup, and say which later one was given up."""
    from kaejon.apps.audit.last_seal import begin_again

    if former := begin_again():
        print(
            f"The last seal before this restore was number {former['number']} of {former['at']}; it is "
            "kept as last-seal.before-restore.json. History is sealed on from the backup.",
            file=sys.stderr,
        )


def ask_about_erased() -> None:
    """Whom the backup brought back although they were erased since: an open request for each household."""
    from kaejon.apps.privacy.named_again import ask_about_restored

    if count := ask_about_restored():
        print(
            f"{count} households in this backup were erased since. They wait on the page of requests.",
            file=sys.stderr,
        )


def bring_in(unpacked: Path, manifest: dict[str, Any], folder: Path, *, force: bool) -> list[str]:
    """Put database and files in the place of what is here; the note stays until the caller is done."""
    from django.conf import settings

    from kaejon.cli import database_copies

    earlier = note_in(folder)
    aside = list(earlier["aside"]) if earlier else []
    if earlier and earlier["phase"] == FILLING:
        clear_half_restored(Path(settings.MEDIA_ROOT))
    else:
        refuse_present_data(force=force or earlier is not None)
        write_note(folder, phase=MOVING, aside=aside)
        aside += make_room()
    write_note(folder, phase=FILLING, aside=aside)
    if (unpacked / "files").is_dir():
        shutil.move(unpacked / "files", settings.MEDIA_ROOT)
    database_copies.copy_in(unpacked / "database", manifest)
    return aside


def clear_half_restored(media: Path) -> None:
    """Remove what an earlier restore brought before it was broken off."""
    from kaejon.cli import database_copies

    database_copies.remove_all()
    if media.is_dir():
        shutil.rmtree(media)


def require_same_kind(manifest: dict[str, Any]) -> None:
    from django.conf import settings

    from kaejon.cli import database_copies

    if manifest["engine"] != database_copies.engine():
        raise UsageError(
            "other_engine",
            f"the backup was made on {manifest['engine']}, this installation uses {database_copies.engine()}",
            remedy="Set DATABASE_URL to a database of the kind the backup was made on.",
        )
    if unknown := database_copies.unknown_migrations(manifest["migrations"]):
        raise UsageError(
            "newer_backup",
            f"the backup was made by version {manifest['version']}, this is {settings.PRODUCT_VERSION}: "
            f"it does not know {unknown[0]}",
            remedy="Install the version of the backup, or a later one.",
        )


def require_keys(needed: list[dict[str, Any]]) -> None:
    """Refuse unless the present ring holds the very keys that sealed the backup."""
    from kaejon.apps.vault.keys import KeyRingError, ring_in_use

    try:
        present = {(key.number, key.fingerprint) for key in ring_in_use().keys}
    except KeyRingError as error:
        raise DataError(
            "key_ring", str(error), remedy="Put the key file of the backup in its place first."
        ) from error
    lacking = [key for key in needed if (key["number"], key["fingerprint"]) not in present]
    if lacking:
        named = ", ".join(f"key {key['number']} ({key['fingerprint']})" for key in lacking)
        raise DataError(
            "keys_missing",
            f"the key ring does not hold what sealed this backup: {named}",
            remedy="Put the key file that was in use when the backup was made in its place.",
        )


def has_files(media: Path) -> bool:
    return media.is_dir() and any(path.is_file() for path in media.rglob("*"))


def refuse_present_data(*, force: bool) -> None:
    """Refuse a place that holds data, unless it is to be moved aside."""
    from django.conf import settings

    from kaejon.cli import database_copies

    if not force and (has_files(Path(settings.MEDIA_ROOT)) or database_copies.holds_something()):
        raise UsageError(
            "not_empty",
            "this installation already holds data",
            remedy="Restore into an empty data folder, or repeat with --force to move the present data aside.",
        )


def make_room() -> list[str]:
    """Move what is here aside; returns where it is now."""
    from django.conf import settings

    from kaejon.cli import database_copies

    media = Path(settings.MEDIA_ROOT)
    now = datetime.now(UTC)
    aside = [database_copies.move_aside(now)] if database_copies.holds_something() else []
    if has_files(media):
        kept = media.with_name(f"{media.name}.before_restore_{now:%Y%m%d_%H%M%S}")
        media.rename(kept)
        aside.append(kept.name)
    elif media.is_dir():
        remove_empty(media)
    return aside


def remove_empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir()
    folder.rmdir()


def seal_with_the_newest_key() -> None:
    """Ask for the rest of a rotation when the backup is older than the newest key.

    Nothing else runs until it is done: a list read with the newest key would not find
    people whose search tokens were made with an older one.
    """
    from kaejon.apps.sources.rotation import keys_in_use
    from kaejon.apps.vault.keys import ring_in_use
    from kaejon.cli.keys import rotation_job

    newest = ring_in_use().active.number
    if any(number != newest for number in keys_in_use()):
        rotation_job()
        print(
            f"The backup is sealed with a key older than key {newest}. The worker seals it again before "
            "any other work; `kaejon keys rotate` does it now.",
            file=sys.stderr,
        )


def remember(path: Path, manifest: dict[str, Any]) -> None:
    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.areas.models import WHOLE_SYSTEM
    from kaejon.apps.audit.actions import record

    record(
        by=ensure_operator(),
        verb="system.restore",
        subject_type="backup",
        subject_id=path.name[:40],
        area=WHOLE_SYSTEM,
        changes={"made_at": manifest["made_at"], **manifest["counts"]},
    )
