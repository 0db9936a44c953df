"""Seal and open values; blind index for exact search.

A sealed value is `key number (1 byte) + nonce (12) + ciphertext + tag (16)`,
AES-256-GCM (NIST SP 800-38D). The purpose is bound in as associated data, so a
value cannot be moved to another column. The blind index is HMAC-SHA256 with its
own secret: a plain hash of 13 digits could be enumerated in minutes.
"""

from __future__ import annotations

import hmac
import json
import os
import zlib
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kaejon.apps.vault.keys import KeyRing, KeyRingError, ring_in_use

NATIONAL_ID = b"national-id"
RAW_ROW = b"raw-row"
FILE = b"file"

_ciphers: dict[bytes, AESGCM] = {}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def _cipher(secret: bytes) -> AESGCM:
    if secret not in _ciphers:
        _ciphers[secret] = AESGCM(secret)
    return _ciphers[secret]


def seal(plain: bytes, purpose: bytes, *, ring: KeyRing | None = None) -> bytes:
    """Encrypt with the active key."""
    key = (ring or ring_in_use()).active
    nonce = os.urandom(12)
    return bytes([key.number]) + nonce + _cipher(key.data).encrypt(nonce, plain, purpose)


def unseal(sealed: bytes | memoryview, purpose: bytes, *, ring: KeyRing | None = None) -> bytes:
    """Decrypt with the key that sealed; refuses a value that was changed or moved."""
    sealed = bytes(sealed)
    key = (ring or ring_in_use()).key(sealed[0])
    try:
        return _cipher(key.data).decrypt(sealed[1:13], sealed[13:], purpose)
    except InvalidTag as error:
        raise KeyRingError(
            "a sealed value does not open with its key: wrong key file, or the value was changed"
        ) from error


def seal_national_id(digits: str, *, ring: KeyRing | None = None) -> bytes:
    return seal(digits.encode(), NATIONAL_ID, ring=ring)


def unseal_national_id(sealed: bytes | memoryview) -> str:
    return unseal(sealed, NATIONAL_ID).decode()


def seal_json(value: Any, purpose: bytes = RAW_ROW, *, ring: KeyRing | None = None) -> bytes:
    """Encrypt a JSON-ready value, compressed."""
    return seal(zlib.compress(_encode(value).encode(), 1), purpose, ring=ring)


def unseal_json(sealed: bytes | memoryview, purpose: bytes = RAW_ROW) -> Any:
    return json.loads(zlib.decompress(unseal(sealed, purpose)))


def key_number(sealed: bytes | memoryview) -> int:
    """The number of the key that sealed a value."""
    return bytes(sealed[:1])[0]


def blind_index(digits: str, *, ring: KeyRing | None = None) -> str:
    """Search token of a national ID: the first 32 hex digits of HMAC-SHA256 with the active index secret."""
    return _token(digits, (ring or ring_in_use()).active.index)


def blind_indexes(digits: str, *, ring: KeyRing | None = None) -> list[str]:
    """The tokens under every key of the ring: what a search asks for, so that it works during a rotation."""
    return [_token(digits, key.index) for key in (ring or ring_in_use()).keys]


def keyed_address(address: str, *, ring: KeyRing | None = None) -> str:
    """A network address under the active index secret: equal ones can be told, none can be read."""
    return _token(f"network address {address}", (ring or ring_in_use()).active.index)


def keyed_digest(content: bytes, *, number: int, ring: KeyRing | None = None) -> bytes:
    """HMAC-SHA256 of content under the index secret of a key. Refuses a key that is gone."""
    return hmac.digest((ring or ring_in_use()).key(number).index, content, "sha256")


def _token(digits: str, secret: bytes) -> str:
    return hmac.digest(secret, digits.encode(), "sha256").hex()[:32]
