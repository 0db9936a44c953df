"""How well each list finds the households that checks found to be in need.

The benchmark is what checks say: in need (confirmed or missed) against not in need.
Whoever moved, died, was not found or is entered twice is left out, and so is whoever
nobody checked; how many that are is part of the answer, because checks are no random sample.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kaejon.apps.coverage.queries import NOT_POOR, POOR, STATE_OF, UNCHECKED, Picture
from kaejon.apps.households.models import Verified
from kaejon.apps.sources.models import Kind
from kaejon.methods.dropping_out import Gate
from kaejon.methods.targeting import Accuracy


@dataclass(frozen=True)
class Found:
    """What checks say about the households on a list and off it. Counts by state."""

    listed: Mapping[str, int]
    unlisted: Mapping[str, int]

    @property
    def table(self) -> Accuracy:
        """The two-by-two of the list against the checks; empty where nobody was checked."""
        return Accuracy(
            self.listed.get(POOR, 0),
            self.listed.get(NOT_POOR, 0),
            self.unlisted.get(POOR, 0),
            self.unlisted.get(NOT_POOR, 0),
        )

    @property
    def on_list(self) -> int:
        return sum(self.listed.values())

    @property
    def checked_on_list(self) -> int:
        return self.on_list - self.listed.get(UNCHECKED, 0)


def found_by(picture: Picture, code: str) -> Found:
    """One list against the checks."""
    listed = picture.on(code)
    unlisted = Counter(picture.states)
    unlisted.subtract(listed)
    return Found(listed, unlisted)


def found_by_any(picture: Picture) -> Found:
    """All lists taken together: on one at least."""
    listed: Counter[str] = Counter()
    for codes, states in picture.groups.items():
        if codes:
            listed.update(states)
    unlisted = Counter(picture.states)
    unlisted.subtract(listed)
    return Found(listed, unlisted)


@dataclass(frozen=True)
class Lost:
    """Households in need that TPMAP does not name, lost at one gate. `nowhere`: on no list at all."""

    gate: Gate
    count: int
    nowhere: int


def lost_by_gate(picture: Picture) -> list[Lost]:
    """Where the households in need that no TPMAP list names were lost, as far as the data tell."""
    target = {column.code for column in picture.columns if column.kind == Kind.TPMAP}
    count: Counter[str] = Counter()
    nowhere: Counter[str] = Counter()
    for cell in picture.cells:
        codes = picture.lists.on[cell.combination]
        if STATE_OF[cell.verified] != POOR or codes & target:
            continue
        count[cell.gate] += cell.number
        nowhere[cell.gate] += cell.number if not codes else 0
    return [Lost(gate, count[gate], nowhere[gate]) for gate in Gate if count[gate]]


def missed_in_field(picture: Picture) -> int:
    """Households that were on no list and were added by a check."""
    return sum(cell.number for cell in picture.cells if cell.verified == Verified.MISSED)
