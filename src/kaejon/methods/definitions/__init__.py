"""Versioned definitions: indicator sets, weights and thresholds as data.

Each is one file, TOML or JSON, holding its name, kind, unit, survey years (BE), date and source.
Figures that must stay exact are written as strings.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from kaejon.methods.documents import read_json, read_toml
from kaejon.methods.errors import UsageError

REQUIRED = ("name", "kind", "title_th", "title_en", "unit", "survey_years_be", "issued", "source")

FILE_KINDS = (".toml", ".json")

Document = dict[str, Any]


def names(kind: str | None = None) -> list[str]:
    """Names of the definitions that come with kaejon, of one kind or of all."""
    return [name for name in _all_names() if kind in (None, _shipped(name)["kind"])]


def load(name: str, kind: str | None = None) -> Document:
    """The parsed definition of a name, or of a path to a TOML or JSON file.

    Refuses (UsageError): an unknown name, an unreadable file, a missing header field, a
    definition of another kind than asked for.
    """
    path = Path(name)
    document = _from_file(path) if path.suffix.lower() in FILE_KINDS else _shipped(name)
    missing = [field for field in REQUIRED if field not in document]
    if missing:
        raise UsageError(
            "definition_incomplete",
            f"Definition {name} lacks {', '.join(missing)}.",
            remedy="Add the missing fields; see the definitions that come with kaejon.",
        )
    if kind not in (None, document["kind"]):
        raise UsageError(
            "definition_of_other_kind",
            f"Definition {name} is of kind {document['kind']}, not {kind}.",
            remedy=f"Choose one of: {', '.join(names(kind))}.",
        )
    return document


def file_text(name: str) -> str:
    """The file of a definition that comes with kaejon, as it is written. Refuses an unknown name."""
    _shipped(name)
    return (resources.files(__name__) / f"{name}.toml").read_text(encoding="utf-8")


@cache
def _shipped(name: str) -> Document:
    file = resources.files(__name__) / f"{name}.toml"
    if not name.isidentifier() or not file.is_file():
        raise UsageError(
            "definition_unknown",
            f"There is no definition named {name}.",
            remedy=f"Choose one of: {', '.join(_all_names())}, or give the path of a .toml or .json file.",
        )
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _all_names() -> list[str]:
    files = (item.name for item in resources.files(__name__).iterdir())
    return sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml"))


def _from_file(path: Path) -> Document:
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = read_json(text) if path.suffix.lower() == ".json" else read_toml(text)
    except (OSError, ValueError) as error:
        raise UsageError(
            "definition_unreadable",
            f"Definition file {path} cannot be read: {error}.",
            remedy="Give the path of a TOML or JSON file in UTF-8.",
        ) from error
    if not isinstance(document, dict):
        raise UsageError(
            "definition_unreadable",
            f"Definition file {path} does not hold one object of fields.",
            remedy="Start it with { … }; see the definitions that come with kaejon.",
        )
    return document
