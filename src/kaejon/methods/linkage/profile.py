"""A linkage profile: rules, comparisons, blocking and thresholds as data.

The profile says what is compared and how it reads in Thai; the model file beside it holds
the trained probabilities (m among true pairs, u among chance pairs) with their origin.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from kaejon.methods.errors import UsageError

PROFILES = {"thai-person": "thai_person.json"}


@dataclass(frozen=True)
class Lane:
    """An exact rule: records that agree on `keys` and pass `check` are one person."""

    name: str
    th: str
    en: str
    keys: tuple[str, ...]
    check: str


@dataclass(frozen=True)
class Count:
    """How a level's chance frequency is counted in the lists at hand.

    Pairs equal on `keys`, less those equal on the finer `minus`; as a share of all pairs, or
    of those equal on `given`. `household` says that housemates are among these pairs, so
    that even the shortest lists expect some.
    """

    keys: tuple[str, ...]
    minus: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    household: bool = False


@dataclass(frozen=True)
class Level:
    """One degree of agreement; `rarity` names the column whose rare values weigh more.

    `fixed` holds m and u set by reasoning where training sees too few such pairs; equal
    values speak neither for nor against.
    """

    name: str
    th: str
    en: str
    sql: str
    rarity: str | None = None
    count: Count | None = None
    fixed: tuple[float, float] | None = None


@dataclass(frozen=True)
class Comparison:
    """Degrees of agreement on one fact, strongest first; `null` says when it is unknown.

    With `given_home`, levels ending in _at_home hold among pairs of one house and the others
    among the rest: a shared surname under one roof says little, elsewhere much.
    """

    name: str
    null: str
    given_home: bool
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Thresholds:
    """Smallest probabilities of the sure band and of the band that people decide."""

    sure: float
    ask: float


@dataclass(frozen=True)
class Profile:
    """Everything that defines one kind of matching.

    `between` holds for two lists, where a person's rivals are weighed too; `within` for one
    list, where they cannot be.
    """

    name: str
    version: str
    lanes: tuple[Lane, ...]
    rules: tuple[tuple[str, ...], ...]
    largest_block: int
    comparisons: tuple[Comparison, ...]
    between: Thresholds
    within: Thresholds
    model_file: str

    @property
    def rarity_columns(self) -> list[str]:
        """Columns whose value frequencies are used."""
        return [level.rarity for c in self.comparisons for level in c.levels if level.rarity]


@dataclass(frozen=True)
class Model:
    """Trained probabilities: `(comparison, level) -> (m, u)`, and where they come from."""

    origin: dict[str, Any]
    probabilities: dict[tuple[str, str], tuple[float, float]]

    def m(self, comparison: str, level: str) -> float:
        """Share of true pairs at this level."""
        return self.probabilities[comparison, level][0]

    def u(self, comparison: str, level: str) -> float:
        """Share of chance pairs at this level."""
        return self.probabilities[comparison, level][1]

    def document(self) -> dict[str, Any]:
        """The model as a JSON-ready document."""
        table: dict[str, dict[str, dict[str, float]]] = {}
        for (comparison, level), (m, u) in self.probabilities.items():
            table.setdefault(comparison, {})[level] = {"m": m, "u": u}
        return {"origin": self.origin, "probabilities": table}


def _read(file: str) -> dict[str, Any]:
    text = resources.files("kaejon.methods.linkage").joinpath("profiles", file).read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@cache
def load_profile(name: str) -> Profile:
    """The profile of this name. Refuses an unknown one."""
    if name not in PROFILES:
        raise UsageError(
            "unknown_profile",
            f"There is no profile {name!r}.",
            remedy=f"Choose one of: {', '.join(PROFILES)}.",
        )
    document = _read(PROFILES[name])
    return Profile(
        name=document["name"],
        version=document["version"],
        lanes=tuple(Lane(**{**lane, "keys": tuple(lane["keys"])}) for lane in document["lanes"]),
        rules=tuple(tuple(rule) for rule in document["blocking"]["rules"]),
        largest_block=document["blocking"]["largest_block_pairs"],
        comparisons=tuple(_comparison(c) for c in document["comparisons"]),
        between=Thresholds(**document["thresholds"]["between"]),
        within=Thresholds(**document["thresholds"]["within"]),
        model_file=document["model"],
    )


def _comparison(document: dict[str, Any]) -> Comparison:
    levels = tuple(_level(level) for level in document["levels"])
    return Comparison(document["name"], document["null"], document.get("given_home", False), levels)


def _count(document: dict[str, Any]) -> Count:
    keys, minus, given = (tuple(document.get(name, ())) for name in ("keys", "minus", "given"))
    return Count(keys, minus, given, bool(document.get("household", False)))


def _level(document: dict[str, Any]) -> Level:
    count = document.get("count")
    keys = _count(count) if count else None
    fixed = document.get("fixed")
    pair = (fixed["m"], fixed["u"]) if fixed else None
    return Level(**{**document, "count": keys, "fixed": pair})


@cache
def load_model(profile: Profile) -> Model:
    """The model shipped with a profile."""
    return model_from(_read(profile.model_file))


def model_from(document: dict[str, Any]) -> Model:
    """A model out of its JSON document."""
    return Model(
        document["origin"],
        {
            (comparison, level): (values["m"], values["u"])
            for comparison, levels in document["probabilities"].items()
            for level, values in levels.items()
        },
    )
