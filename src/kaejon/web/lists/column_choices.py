"""What the mapping page shows of a file: columns with samples, choices, sets of items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kaejon.apps.sources.models import ImportBatch
from kaejon.methods.listfiles.fields import FIELDS, INDICATOR_NAMES, SCORE_NAMES, Field
from kaejon.methods.listfiles.mapping import COMPLETE, ListKind, Mapping, guess

# Facts that are often the same for a whole file and then missing from its columns.
CONSTANTS = ("province_name", "district_name", "tambon_name", "tambon_code", "village_name", "moo")
SAMPLES = 3
SURE = 1.0
Groups = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True)
class Column:
    """One column. `trust`: sure, likely, chosen or unused."""

    index: int
    name: str
    samples: list[str]
    target: str
    target_label: str
    trust: str
    groups: Groups


@dataclass(frozen=True)
class ItemSet:
    """The 31 indicators or the 37 capital items, when every one of them has its column."""

    title: str
    columns: list[Column]


def columns_of(batch: ImportBatch, mapping: Mapping, language: str) -> list[Column]:
    """The named columns of a file in order."""
    kind: ListKind = batch.version.source.kind
    header = batch.info["header"]
    guessed = guess(header, kind)
    found = []
    for index, name in enumerate(header):
        if not name:
            continue
        target = mapping.columns.get(name, "")
        same = bool(target) and guessed.mapping.columns.get(name) == target
        trust = "unused" if not target else "chosen"
        if same:
            trust = "sure" if guessed.confidence[name] >= SURE else "likely"
        label = FIELDS[target].label(language) if target else ""
        samples = samples_of(batch.info["sample"], index)
        found.append(
            Column(index, name, samples, target, label, trust, choices(kind, target, language))
        )
    return found


def samples_of(sample: Iterable[Any], index: int) -> list[str]:
    """The first different values of a column."""
    seen: dict[str, None] = {}
    for _number, cells in sample:
        text = cells[index].strip() if index < len(cells) else ""
        if text:
            seen.setdefault(text[:60])
        if len(seen) == SAMPLES:
            break
    return list(seen)


def choices(kind: ListKind, target: str, language: str) -> Groups:
    """Every field a column may mean, by group; items only where the kind of list has them."""
    items = set(INDICATOR_NAMES) | set(SCORE_NAMES)
    plain = [f for f in FIELDS.values() if f.name not in items]
    wanted = set(COMPLETE[kind]) | {target}
    groups = [
        (_("Person"), [f for f in plain if f.level == "person"]),
        (_("Household and address"), [f for f in plain if f.level == "household"]),
        (_("The whole file"), [f for f in plain if f.level == "file"]),
        (_("BMN indicators"), fields_in(INDICATOR_NAMES, wanted)),
        (_("Items of the five capitals"), fields_in(SCORE_NAMES, wanted)),
    ]
    return [(title, [(f.name, f.label(language)) for f in fs]) for title, fs in groups if fs]


def fields_in(names: Iterable[str], wanted: set[str]) -> list[Field]:
    return [FIELDS[name] for name in names if name in wanted]


def item_sets(
    kind: ListKind, mapping: Mapping, columns: list[Column], language: str
) -> list[ItemSet]:
    """The complete sets of items of this kind of list; they need no look one by one."""
    names = set(COMPLETE[kind])
    if not names or not names <= set(mapping.columns.values()):
        return []
    title = (
        _("31 BMN indicators")
        if names == set(INDICATOR_NAMES)
        else _("37 items of the five capitals")
    )
    return [ItemSet(title, [c for c in columns if c.target in names])]


def constant_fields(mapping: Mapping, language: str) -> list[dict[str, str]]:
    """Facts that may be given once for all rows, where no column says or implies them."""
    mapped = set(mapping.columns.values())
    known = set(CONSTANTS) if "village_code" in mapped else mapped
    if "tambon_code" in mapped:
        known = known | {"province_name", "district_name", "tambon_name"}
    return [
        {
            "name": name,
            "label": FIELDS[name].label(language),
            "value": mapping.constants.get(name, ""),
        }
        for name in CONSTANTS
        if name not in known or name in mapping.constants
    ]
