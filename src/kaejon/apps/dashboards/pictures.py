"""The picture of many lists as one person may see it: exact, or rounded to the nearest five.

Everything shown is made from the numbers a person may see, so that no share and no sum
tells more than they do. Who may not open the households sees no set of fewer than five:
which lists name it would describe one family.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kaejon.apps.coverage.accuracy import Found
from kaejon.apps.coverage.queries import NOT_POOR, POOR, Picture
from kaejon.apps.dashboards.seeing import SMALL, rounded
from kaejon.methods.targeting import Accuracy

States = Mapping[str, int]


@dataclass(frozen=True)
class ShownSets:
    """Sets with one list and more, the largest first; `others`: those left out, added up; `nobody`: on no list."""

    sets: tuple[tuple[frozenset[str], States], ...]
    others: States
    others_number: int
    nobody: States


def shown_sets(picture: Picture, *, exact: bool, most: int = 0) -> ShownSets:
    """The sets a person may see, at most so many (0: all)."""
    found = [(codes, states) for codes, states in picture.groups.items() if codes]
    found.sort(key=lambda item: (-sum(item[1].values()), sorted(item[0])))
    shown = [item for item in found if exact or sum(item[1].values()) >= SMALL]
    shown = shown[:most] if most else shown
    kept = {codes for codes, _states in shown}
    others: Counter[str] = Counter()
    for codes, states in found:
        if codes not in kept:
            others.update(states)
    nobody = picture.groups.get(frozenset(), Counter())
    return ShownSets(tuple(shown), others, len(found) - len(shown), nobody)


def shown_accuracy(found: Found, *, exact: bool) -> Accuracy:
    """The two-by-two of a list from the counts a person may see."""
    counts = (
        found.listed.get(POOR, 0),
        found.listed.get(NOT_POOR, 0),
        found.unlisted.get(POOR, 0),
        found.unlisted.get(NOT_POOR, 0),
    )
    return Accuracy(*counts) if exact else Accuracy(*map(rounded, counts))
