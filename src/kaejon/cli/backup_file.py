"""The backup file: a sealed stream (`sealed_file`) of one gzipped tar whose last member is the manifest.

Members: `database/…` (one SQLite file, or one COPY text per PostgreSQL table) and
`files/…` (stored files, sealed as they are). The manifest holds version, applied
migrations, rows per table, size and SHA-256 of every member, and the numbers and
fingerprints of the keys needed; it comes last, so a file without one was cut off.
The key file itself is never inside.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from kaejon.cli.sealed_file import Opener, is_sealed
from kaejon.methods.errors import DataError, UsageError

FORMAT = "kaejon-backup-1"
MANIFEST = "manifest.json"
BLOCK = 1024 * 1024


@dataclass
class Writer:
    """Adds members to an open tar and remembers their sizes and checksums."""

    tar: tarfile.TarFile
    members: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, path: Path) -> None:
        """Add one file. What is written is what is measured, also when the file changes meanwhile."""
        info = tarfile.TarInfo(name)
        info.mode = 0o600
        with path.open("rb") as handle:
            info.size = path.stat().st_size
            measured = Measured(handle)
            self.tar.addfile(info, measured)
        self.members[name] = {"size": measured.size, "sha256": measured.digest.hexdigest()}

    def finish(self, manifest: dict[str, Any]) -> None:
        text = json.dumps(
            manifest | {"format": FORMAT, "members": self.members}, ensure_ascii=False, indent=1
        ).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text), 0o600
        self.tar.addfile(info, io.BytesIO(text))


class Measured(io.RawIOBase):
    """A file being read, with its SHA-256 and size so far."""

    def __init__(self, inner: IO[bytes]) -> None:
        self.inner, self.size, self.digest = inner, 0, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.inner.read(size)
        self.size += len(piece)
        self.digest.update(piece)
        return piece


@contextlib.contextmanager
def opened(path: Path, *, accept_unsealed: bool) -> Iterator[tarfile.TarFile]:
    """The tar inside a backup. Refuses one that is not sealed, as versions before made them."""
    with path.open("rb") as source:
        if is_sealed(path):
            inner = Opener(source)
            with tarfile.open(fileobj=inner, mode="r|gz") as tar:
                yield tar
            while inner.read(BLOCK):  # to the last piece, which says that nothing is missing
                pass
            return
        if not accept_unsealed and tarfile.is_tarfile(path):
            raise UsageError(
                "not_sealed",
                f"{path} is not sealed, so anybody could have written it",
                remedy="Repeat with --accept-unsealed when you know where it comes from; then make a new backup and destroy this one.",
            )
        with tarfile.open(fileobj=source, mode="r:gz") as tar:
            yield tar


def unpack(path: Path, into: Path, *, accept_unsealed: bool = False) -> dict[str, Any]:
    """Write every member below `into` and return the manifest.

    Refuses a file that is no backup, was cut off or changed, is not sealed, or names a
    place outside.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with opened(path, accept_unsealed=accept_unsealed) as tar:
            for info, content in members(tar):
                if info.name == MANIFEST:
                    manifest = json.loads(content.read())
                else:
                    found[info.name] = write_member(into / info.name, content)
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError) as error:
        raise damaged(path, str(error) or type(error).__name__) from error
    if manifest is None or manifest.get("format") != FORMAT:
        raise damaged(path, "it has no manifest")
    if wrong := sorted(
        n for n in {*found, *manifest["members"]} if found.get(n) != manifest["members"].get(n)
    ):
        raise damaged(
            path, f"{len(wrong)} parts do not have the checksum of the manifest, first {wrong[0]}"
        )
    return manifest


def members(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    for info in tar:
        parts = PurePosixPath(info.name).parts
        if (
            not info.isreg()
            or ".." in parts
            or (info.name != MANIFEST and parts[0] not in ("database", "files"))
        ):
            raise tarfile.TarError(f"the part {info.name!r} does not belong into a backup")
        content = tar.extractfile(info)
        if content is not None:
            yield info, content


def write_member(target: Path, content: IO[bytes]) -> dict[str, Any]:
    target.parent.mkdir(parents=True, exist_ok=True)
    measured = Measured(content)
    with target.open("wb") as out:
        while piece := measured.read(BLOCK):
            out.write(piece)
    return {"size": measured.size, "sha256": measured.digest.hexdigest()}


def damaged(path: Path, why: str) -> DataError:
    return DataError(
        "damaged_backup",
        f"{path} is not a whole kaejon backup: {why}",
        remedy="Take another copy of the backup.",
    )
