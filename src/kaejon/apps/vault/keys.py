"""The key ring: one JSON file (or environment variable) kept apart from the database.

A ring holds one or more keys; the active one seals, all of them open. Each key
has two independent secrets of 32 bytes: `data` for AES-256-GCM and `index` for
the HMAC blind index. A backup without its key ring is a loss: see
docs/developer/keys.md.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

ENVIRONMENT_VARIABLE = "KAEJON_PERSON_KEYS"


class KeyRingError(RuntimeError):
    """The key ring is missing, unreadable or does not hold the key that sealed a value."""


@dataclass(frozen=True)
class Key:
    """One generation of secrets. `number` (1-255) stands in front of what it sealed."""

    number: int
    data: bytes
    index: bytes
    created: str

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that name the key without telling it."""
        return hashlib.sha256(b"kaejon-key" + self.data + self.index).hexdigest()[:16]


@dataclass(frozen=True)
class KeyRing:
    """All generations, oldest first; the last one is active."""

    keys: tuple[Key, ...]

    @property
    def active(self) -> Key:
        return self.keys[-1]

    def key(self, number: int) -> Key:
        for key in self.keys:
            if key.number == number:
                return key
        raise KeyRingError(
            f"the value was sealed with key {number}, which is not in the key ring; "
            "restore the key file that belongs to this database"
        )

    def with_new_key(self, *, created: str) -> KeyRing:
        """The ring with one more key, which is active. Refuses a 256th number."""
        number = self.active.number + 1
        if number > 255:
            raise KeyRingError(
                "key numbers end at 255: make a new installation and move the data by export and import"
            )
        return KeyRing((*self.keys, new_key(number, created=created)))

    def without(self, number: int) -> KeyRing:
        return KeyRing(tuple(key for key in self.keys if key.number != number))


def new_key(number: int, *, created: str) -> Key:
    return Key(number, secrets.token_bytes(32), secrets.token_bytes(32), created)


def dump(ring: KeyRing) -> str:
    """The ring as the JSON text of the key file."""
    return json.dumps(
        {
            "format": "kaejon-keys-1",
            "keys": [
                {
                    "number": key.number,
                    "created": key.created,
                    "data": base64.b64encode(key.data).decode(),
                    "index": base64.b64encode(key.index).decode(),
                }
                for key in ring.keys
            ],
        },
        indent=1,
    )


def parse(text: str) -> KeyRing:
    """The ring from JSON text; refuses another format, short secrets and an empty ring."""
    try:
        document = json.loads(text)
        keys = tuple(
            Key(
                number=int(entry["number"]),
                data=base64.b64decode(entry["data"]),
                index=base64.b64decode(entry["index"]),
                created=str(entry["created"]),
            )
            for entry in document["keys"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise KeyRingError(f"the key ring cannot be read: {error}") from error
    if not keys or any(len(k.data) != 32 or len(k.index) != 32 for k in keys):
        raise KeyRingError("the key ring is empty or holds a secret that is not 32 bytes long")
    return KeyRing(tuple(sorted(keys, key=lambda k: k.number)))


def write(ring: KeyRing, path: Path) -> None:
    """Write the key file, readable by its owner only, replacing it in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(dump(ring))
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(temporary, path)


def ring_in_use() -> KeyRing:
    """The ring from the environment, else from the key file; a changed file is seen at once.

    Refuses with KeyRingError when there is none.
    """
    if text := os.environ.get(ENVIRONMENT_VARIABLE):
        return _parsed(text)
    try:
        changed = os.stat(settings.KEY_FILE).st_mtime_ns
    except OSError as error:
        raise KeyRingError(
            f"no key ring: set {ENVIRONMENT_VARIABLE} or put the key file at {settings.KEY_FILE} "
            "(`kaejon migrate` makes a first one)"
        ) from error
    return _read(Path(settings.KEY_FILE), changed)


@lru_cache(maxsize=2)
def _parsed(text: str) -> KeyRing:
    return parse(text)


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> KeyRing:
    return parse(path.read_text(encoding="utf-8"))
