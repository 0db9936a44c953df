"""What a run is known by: hashes of documents in one canonical form, and of the code that measures."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kaejon.methods.engine import open_engine, quoted


def digest(document: Any) -> str:
    """SHA-256 of a JSON document, whatever the order of its keys; floats to the last bit."""
    text = json.dumps(
        document, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code_hash() -> str:
    """SHA-256 of the sources that measure: the pure methods and this app."""
    digested = hashlib.sha256()
    for package in ("kaejon.methods", "kaejon.apps.measurement"):
        for name, text in sorted(sources_of(resources.files(package), "")):
            digested.update(f"{package}/{name}\n{text}\n".encode())
    return digested.hexdigest()


def sources_of(folder: Any, prefix: str) -> list[tuple[str, str]]:
    found = []
    for item in folder.iterdir():
        if item.is_dir() and item.name not in ("__pycache__", "migrations"):
            found += sources_of(item, f"{prefix}{item.name}/")
        elif item.name.endswith((".py", ".toml")):
            found.append((f"{prefix}{item.name}", item.read_text(encoding="utf-8")))
    return found


def content_hash(path: Path) -> str:
    """SHA-256 of what the rows say: the same for any order of rows and any opaque names."""
    names = [name for name in pq.read_schema(path).names if name != "row_name"]
    cells = ", ".join(f"COALESCE(CAST({quoted(name)} AS VARCHAR), '')" for name in names)
    with open_engine() as engine:
        source = engine.read(path)
        found = engine.query(
            "SELECT SHA256(STRING_AGG(line, '' ORDER BY line)) AS digest FROM "
            f"(SELECT SHA256(CONCAT_WS('|', {cells})) AS line FROM {source.name}) AS lines"
        )
    header = "|".join(names)
    return hashlib.sha256(f"{header}\n{found['digest'][0].as_py()}".encode()).hexdigest()
