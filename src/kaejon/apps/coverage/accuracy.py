"""Where the households were lost that checks found to be in need and TPMAP does not name.

The benchmark is what checks say: in need (confirmed or missed) against not in need.
Whoever moved, died, was not found or is entered twice is left out, and so is whoever
nobody checked; how many that are is part of the answer, because checks are no random sample.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kaejon.apps.coverage.queries import POOR, STATE_OF, Picture
from kaejon.apps.sources.models import Kind
from kaejon.methods.dropping_out import Gate


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
