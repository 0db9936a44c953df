"""Uploaded files are kept sealed; reading one opens it into a private temporary file."""

from __future__ import annotations

import contextlib
import hashlib
import re
import struct
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings

from kaejon.apps.vault.sealing import FILE, seal, unseal
from kaejon.methods.listfiles.container import Limits
from kaejon.methods.listfiles.errors import ListFileError

CHUNK = 4 * 1024 * 1024
USUAL_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")


def folder() -> Path:
    path = Path(settings.MEDIA_ROOT) / "lists"
    path.mkdir(parents=True, exist_ok=True)
    return path


def keep(chunks: Iterable[bytes], *, limit: int) -> tuple[str, str, int]:
    """Seal and store a file; returns its stored name, SHA-256 and size in bytes.

    Refuses a file above `limit` bytes, leaving nothing behind.
    """
    name = f"{uuid.uuid4().hex}.sealed"
    digest, size = hashlib.sha256(), 0
    target = folder() / name
    try:
        with target.open("wb") as out:
            for piece in resized(chunks):
                size += len(piece)
                if size > limit:
                    raise ListFileError("FILE_TOO_LARGE", limit=limit // 1024**2)
                digest.update(piece)
                out.write(sealed_piece(piece))
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return name, digest.hexdigest(), size


def sealed_piece(plain: bytes) -> bytes:
    """One piece of a sealed file: its length, then what was sealed. Every sealed file is made of such."""
    sealed = seal(plain, FILE)
    return struct.pack(">I", len(sealed)) + sealed


def resized(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of CHUNK."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held:
        yield bytes(held)


def pieces(name: str | Path) -> Iterator[bytes]:
    """The plain bytes of a stored file, piece by piece."""
    with (folder() / name).open("rb") as handle:
        while head := handle.read(4):
            yield unseal(handle.read(struct.unpack(">I", head)[0]), FILE)


@contextlib.contextmanager
def opened(name: str, suffix: str) -> Iterator[Path]:
    """The stored file as a plain file that exists only inside the block.

    An ending that is no usual one is left away: it is part of a name somebody else chose.
    """
    suffix = suffix if USUAL_ENDING.fullmatch(suffix) else ""
    with tempfile.TemporaryDirectory(prefix="kaejon-list-") as private:
        path = Path(private) / f"list{suffix}"
        with path.open("wb") as out:
            for piece in pieces(name):
                out.write(piece)
        yield path


def import_limits() -> Limits:
    """What reading one list may take, as set for this installation."""
    return Limits(
        data_rows=settings.IMPORT_MAX_ROWS,
        seconds=settings.IMPORT_MAX_SECONDS,
        memory_bytes=settings.IMPORT_MAX_MEMORY_MEGABYTES * 1024**2,
    )


def discard(name: str | Path) -> None:
    (folder() / name).unlink(missing_ok=True)
