"""Secrets of the second step, sealed: whoever holds the database alone cannot make a code.

The library keeps them as text in a JSON column (`secret` of the telephone, `seed` of the
recovery codes). A sealed text is "sealed:" and the base64 of what `vault` seals.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator

from allauth.mfa.models import Authenticator
from django.db import transaction

from kaejon.apps.vault.keys import KeyRing, KeyRingError
from kaejon.apps.vault.sealing import key_number, seal, unseal

PURPOSE = b"second-step"
MARK = "sealed:"
# Columns of the JSON that hold a secret
HOLDERS = ("secret", "seed")
NAME = "mfa_authenticator.data"


def seal_text(text: str, *, ring: KeyRing | None = None) -> str:
    return MARK + base64.b64encode(seal(text.encode(), PURPOSE, ring=ring)).decode()


def unseal_text(sealed: str, *, ring: KeyRing | None = None) -> str:
    """The secret. Refuses (KeyRingError) a text that is not sealed: nobody but us writes here."""
    return unseal(packed(sealed), PURPOSE, ring=ring).decode()


def packed(sealed: str) -> bytes:
    if not sealed.startswith(MARK):
        raise KeyRingError("a secret of the second step is not sealed")
    return base64.b64decode(sealed.removeprefix(MARK))


def held() -> Iterator[tuple[Authenticator, str]]:
    """Every secret, as its row and the name of its place in the JSON."""
    for row in Authenticator.objects.order_by("pk"):
        yield from ((row, name) for name in HOLDERS if name in row.data)


def keys_of_secrets() -> Counter[int]:
    """How many secrets each key sealed."""
    return Counter(key_number(packed(row.data[name])) for row, name in held())


def reseal_secrets(ring: KeyRing) -> int:
    """Bring every secret to the newest key; returns how many there were to bring."""
    changed = 0
    for row, name in held():
        if key_number(packed(row.data[name])) == ring.active.number:
            continue
        with transaction.atomic():
            # Read again: a recovery code may have been used since.
            row = Authenticator.objects.select_for_update().get(pk=row.pk)
            row.data[name] = seal_text(unseal_text(row.data[name], ring=ring), ring=ring)
            row.save(update_fields=["data"])
        changed += 1
    return changed


def secret_faults(ring: KeyRing) -> Iterator[str]:
    """Secrets that do not open, by their row."""
    for row, name in held():
        try:
            unseal_text(row.data[name], ring=ring)
        except KeyRingError as error:
            yield f"{NAME} id {row.pk}: {error}"
