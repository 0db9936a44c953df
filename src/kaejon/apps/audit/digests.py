"""Digests of history: what a row says of people, tied to the row without standing in it.

An append-only row keeps the salted digest of its personal part. While that part lies beside it,
anybody can see that both belong together; once it was erased together with its salt, the digest
tells nothing, because short texts cannot be guessed against 16 unknown random bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

SALT_BYTES = 16


def new_salt() -> bytes:
    return os.urandom(SALT_BYTES)


def salted_digest(salt: bytes, *parts: Any) -> bytes:
    """SHA-256 of salt and parts. Input: texts and JSON-ready values. Output: 32 bytes.

    The same after a round through any database: keys in order, numbers by value.
    """
    return hashlib.sha256(bytes(salt) + canonical(parts)).digest()


def canonical(value: Any) -> bytes:
    """One spelling for one value: PostgreSQL reorders keys and writes 1e16 as a whole number."""
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, float):
        return int(value) if value.is_integer() else repr(value)
    return value
