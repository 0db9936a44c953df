"""Does a list name a household as poor, or does it merely hold the household?

A survey of everybody is not a list of the poor. What counts differs by kind of list and
is data (`definitions/naming_poor_2569.toml`): a condition that names, and one that takes
the naming back. Input: what one list says about one household. Output: yes or no.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from kaejon.methods import definitions
from kaejon.methods.errors import UsageError

KIND = "naming_poor"
DEFAULT = "naming_poor_2569"


@dataclass(frozen=True, slots=True)
class Said:
    """What one list says about one household; None where it says nothing.

    `below_basic_needs`: fails TPMAP's union rule. `level`: overall level 1-4 of the five
    capitals. `need_stated`: a problem or a wish for help is written down. `found_outside`:
    the surveyor wrote that the household is outside the criteria of the round.
    """

    below_basic_needs: bool | None = None
    level: int | None = None
    need_stated: bool = False
    found_outside: bool = False


@dataclass(frozen=True, slots=True)
class ListRule:
    """The rule for one kind of list, in words and as named conditions."""

    kind: str
    when: tuple[str, ...]
    unless: tuple[str, ...]
    highest_level: int
    th: str
    en: str
    source: str

    def names(self, said: Said) -> bool:
        """Whether the list names the household as poor."""
        return self._any(self.when, said) and not self._any(self.unless, said)

    def _any(self, conditions: tuple[str, ...], said: Said) -> bool:
        return any(CONDITIONS[name](said, self) for name in conditions)


CONDITIONS: dict[str, Callable[[Said, ListRule], bool]] = {
    "row": lambda said, rule: True,
    "below_basic_needs": lambda said, rule: bool(said.below_basic_needs),
    "low_level": lambda said, rule: said.level is not None and said.level <= rule.highest_level,
    "need_stated": lambda said, rule: said.need_stated,
    "found_outside": lambda said, rule: said.found_outside,
}


@lru_cache(maxsize=8)
def rules(name: str = DEFAULT) -> dict[str, ListRule]:
    """The rule of each kind of list. Refuses (UsageError): an unknown name or condition."""
    found = {}
    for entry in definitions.load(name, KIND)["lists"]:
        unknown = {*entry["when"], *entry["unless"]} - CONDITIONS.keys()
        if unknown:
            raise UsageError(
                "condition_unknown",
                f"Definition {name} asks for {', '.join(sorted(unknown))}.",
                remedy=f"Use only: {', '.join(CONDITIONS)}.",
            )
        found[entry["kind"]] = ListRule(
            entry["kind"],
            tuple(entry["when"]),
            tuple(entry["unless"]),
            entry.get("highest_level", 0),
            entry["th"],
            entry["en"],
            entry["source"],
        )
    return found


def names_as_poor(kind: str, said: Said) -> bool:
    """Whether a list of this kind names the household; a kind without a rule names nobody."""
    rule = rules().get(kind)
    return rule is not None and rule.names(said)
