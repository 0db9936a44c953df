"""JSON documents in one canonical form, so that equal documents have equal hashes."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest(document: Any) -> str:
    """SHA-256 of a JSON document, whatever the order of its keys; floats to the last bit."""
    text = json.dumps(
        document, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()
