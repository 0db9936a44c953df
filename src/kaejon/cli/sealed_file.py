"""A sealed stream: what a backup is wrapped in, so that the file alone tells nobody anything.

After the first line come the number and fingerprint of the key and a salt; then
pieces of 1 MiB, each AES-256-GCM with a key of this file only (HKDF-SHA256 of the
ring's data secret and the salt). The nonce counts the pieces and marks the last
one, so that none can be left out, swapped or cut off unseen (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár 2015).
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kaejon.methods.errors import DataError

MAGIC = b"kaejon-sealed-backup-1\n"
HEADER = struct.Struct(">B8s16s")
PIECE, TAG = 1024 * 1024, 16


def is_sealed(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(len(MAGIC)) == MAGIC


def cipher(key: Any, salt: bytes) -> AESGCM:
    secret = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"kaejon-backup").derive(key.data)
    return AESGCM(secret)


def nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">xxxQB", number, last)


class Sealer(io.RawIOBase):
    """Seals what is written to it with the active key; `close` writes the last piece."""

    def __init__(self, out: IO[bytes], ring: Any = None) -> None:
        key, salt = (ring or present_ring()).active, os.urandom(16)
        self.header = MAGIC + HEADER.pack(key.number, bytes.fromhex(key.fingerprint), salt)
        self.out, self.cipher = out, cipher(key, salt)
        self.pending, self.number = bytearray(), 0
        out.write(self.header)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.pending += data
        # A whole piece waits until more comes: the last one is marked.
        while len(self.pending) > PIECE:
            self.put(bytes(self.pending[:PIECE]), last=False)
            del self.pending[:PIECE]
        return len(data)

    def put(self, piece: bytes, *, last: bool) -> None:
        self.out.write(self.cipher.encrypt(nonce(self.number, last=last), piece, self.header))
        self.number += 1

    def close(self) -> None:
        if not self.closed:
            self.put(bytes(self.pending), last=True)
        super().close()


class Opener(io.RawIOBase):
    """Reads what a Sealer wrote. Refuses a file of other keys, and one that was changed or cut off."""

    def __init__(self, source: IO[bytes], ring: Any = None) -> None:
        self.pieces, self.ready = opened_pieces(source, ring), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.ready:
            piece = next(self.pieces, None)
            if piece is None:
                return 0
            self.ready = piece
        taken = self.ready[: len(buffer)]
        buffer[: len(taken)] = taken
        self.ready = self.ready[len(taken) :]
        return len(taken)


def opened_pieces(source: IO[bytes], ring: Any) -> Iterator[bytes]:
    head = source.read(len(MAGIC) + HEADER.size)
    if len(head) < len(MAGIC) + HEADER.size:
        raise ValueError("it was cut off")
    number, fingerprint, salt = HEADER.unpack(head[len(MAGIC) :])
    opener = cipher(key_of(number, fingerprint.hex(), ring or present_ring()), salt)
    piece, count = source.read(PIECE + TAG), 0
    while True:
        following = source.read(PIECE + TAG)
        try:
            yield opener.decrypt(nonce(count, last=not following), piece, head)
        except InvalidTag as error:
            raise ValueError("a piece was changed, or the end is missing") from error
        if not following:
            return
        piece, count = following, count + 1


def present_ring() -> Any:
    """The key ring of this installation; refuses when there is none."""
    from kaejon.apps.vault.keys import KeyRingError, ring_in_use

    try:
        return ring_in_use()
    except KeyRingError as error:
        raise DataError(
            "key_ring", str(error), remedy="Put the key file of the backup in its place first."
        ) from error


def key_of(number: int, fingerprint: str, ring: Any) -> Any:
    """The key that sealed a file; refuses when the ring does not hold it."""
    for key in ring.keys:
        if (key.number, key.fingerprint) == (number, fingerprint):
            return key
    raise DataError(
        "keys_missing",
        f"the key ring does not hold what sealed this backup: key {number} ({fingerprint})",
        remedy="Put the key file that was in use when the backup was made in its place.",
    )
