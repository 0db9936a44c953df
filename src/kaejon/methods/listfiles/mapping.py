"""Which column of a list means which canonical field; saved as a profile and used again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.fields import (
    ALIASES,
    FIELDS,
    INDICATOR_NAMES,
    SCORE_NAMES,
    header_key,
)
from kaejon.methods.listfiles.headers import JOINT

ListKind = Literal["tpmap", "bmn", "ppp", "community"]
KINDS: tuple[ListKind, ...] = ("tpmap", "bmn", "ppp", "community")

NAME = ("full_name", "first_name")
AREA = ("village_code", "tambon_code", "tambon_name")
HOUSE = ("household_ref", "house_code", "house_no")
REQUIRED: dict[ListKind, tuple[tuple[str, ...], ...]] = {
    "tpmap": ((*NAME, "national_id"), AREA),
    "bmn": (HOUSE, AREA, INDICATOR_NAMES),
    "ppp": (HOUSE, AREA, SCORE_NAMES),
    "community": ((*NAME, *HOUSE), AREA),
}
COMPLETE: dict[ListKind, tuple[str, ...]] = {
    "tpmap": (),
    "bmn": INDICATOR_NAMES,
    "ppp": SCORE_NAMES,
    "community": (),
}
FULL_NAME_OR_SURNAME = header_key("ชื่อสกุล")


@dataclass(frozen=True)
class Mapping:
    """Source header → canonical field, and canonical field → constant for every row."""

    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in (*self.columns.values(), *self.constants):
            if name not in FIELDS:
                raise ListFileError("UNKNOWN_FIELD", field=name)

    def to_json(self) -> dict[str, Any]:
        """The mapping as a JSON-ready document."""
        return {"columns": dict(self.columns), "constants": dict(self.constants)}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Mapping:
        """The mapping back from `to_json`. Refuses: UNKNOWN_FIELD."""
        return cls(dict(document.get("columns", {})), dict(document.get("constants", {})))

    def names(self) -> set[str]:
        """The canonical fields that get a value."""
        return {*self.columns.values(), *self.constants}

    def for_header(self, header: Sequence[str]) -> Mapping:
        """The part of a saved profile whose columns are in this file."""
        present = set(header)
        return Mapping(
            {name: target for name, target in self.columns.items() if name in present},
            self.constants,
        )


@dataclass(frozen=True)
class Guess:
    """A proposed mapping. `confidence` 0-1 per mapped header; `unmapped` headers are left out."""

    mapping: Mapping
    confidence: dict[str, float]
    unmapped: tuple[str, ...]


@dataclass(frozen=True)
class MappingProblem:
    """Why a mapping is not enough (`error`) or thinner than it could be (`warning`)."""

    code: str
    severity: Literal["error", "warning"]
    params: dict[str, str]


def guess(header: Sequence[str], kind: ListKind) -> Guess:
    """Propose a field for every header.

    Confidence 1 is a spelling the registry knows, 0.7 one part of a joined header. Of two
    headers for one field the surer, then the first, gets it. In a BMN list a header that is
    only a number is that indicator.
    """
    found = {name: _recognise(name, kind) for name in header if name}
    if any(target == "first_name" for target, _ in found.values()):
        for name, (_, sure) in list(found.items()):
            if header_key(name.split("/")[-1]) == FULL_NAME_OR_SURNAME and "-" not in name:
                found[name] = ("last_name", sure)
    columns: dict[str, str] = {}
    taken: set[str] = set()
    for name, (target, _) in sorted(found.items(), key=lambda item: -item[1][1]):
        if target and target not in taken:
            columns[name] = target
            taken.add(target)
    ordered = {name: columns[name] for name in header if name in columns}
    confidence = {name: found[name][1] for name in ordered}
    unmapped = tuple(name for name in header if name and name not in ordered)
    return Guess(Mapping(ordered), confidence, unmapped)


def _recognise(name: str, kind: ListKind) -> tuple[str | None, float]:
    key = header_key(name)
    if kind == "bmn" and key.isdecimal() and len(key) <= 3 and f"i{int(key)}" in FIELDS:
        return f"i{int(key)}", 0.7
    if key in ALIASES:
        return ALIASES[key], 1.0
    parts = name.split(JOINT) if JOINT in name else name.split("/")
    for part in reversed(parts if len(parts) > 1 else []):
        target = _recognise(part, kind)[0]
        if target:
            return target, 0.7
    return None, 0.0


def problems(mapping: Mapping, kind: ListKind) -> tuple[MappingProblem, ...]:
    """What a mapping lacks for a kind of list: required fields, doubled fields, missing items."""
    found = [
        MappingProblem("FIELD_MAPPED_TWICE", "error", {"field": name})
        for name, count in Counter(mapping.columns.values()).items()
        if count > 1
    ]
    names = mapping.names()
    for choices in REQUIRED[kind]:
        if not names & set(choices):
            shown = ", ".join(choices[:3]) + (" …" if len(choices) > 3 else "")
            found.append(MappingProblem("FIELD_REQUIRED", "error", {"fields": shown}))
    by_name_only = "tambon_name" in names and not names & {"tambon_code", "village_code"}
    if by_name_only and not {"district_name", "province_name"} <= names:
        found.append(MappingProblem("AREA_NAMES_INCOMPLETE", "error", {}))
    missing = [name for name in COMPLETE[kind] if name not in names]
    if missing and len(missing) < len(COMPLETE[kind]):
        params = {"fields": ", ".join(missing), "count": str(len(missing))}
        found.append(MappingProblem("ITEMS_MISSING", "warning", params))
    return tuple(found)
