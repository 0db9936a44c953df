"""How many households in need may be on no list: from lists of verified poor only.

Each list is cut down to the households that checks found to be in need; raw lists hold
others too and would make the overlap look small. A list that names none of them is left
out, and of more than four lists the four that name most of them are used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from kaejon.apps.coverage.queries import Column
from kaejon.methods import hidden
from kaejon.methods.errors import DataError

LISTS_USED = 4
History = tuple[tuple[int, ...], int]


@dataclass(frozen=True)
class Unseen:
    """The answer for one area, or why there is none.

    `used` and `left_out` are lists, `histories` what was counted, `off_list` households in
    need that checks found and none of the lists used names: the estimate must not be
    below what was seen with them.
    """

    used: tuple[Column, ...]
    left_out: tuple[Column, ...]
    histories: tuple[History, ...]
    off_list: int
    answer: hidden.HiddenPopulation | None
    refused: DataError | None = None

    @property
    def observed(self) -> int:
        return sum(count for _cell, count in self.histories)


def unseen_of(columns: tuple[Column, ...], poor: Mapping[frozenset[str], int]) -> Unseen:
    """What the lists of verified poor say about those on none of them.

    `poor`: set of lists → households that checks found to be in need.
    """
    named = {
        column.code: sum(number for codes, number in poor.items() if column.code in codes)
        for column in columns
    }
    naming = [c for c in columns if named[c.code]]
    kept = sorted(naming, key=lambda c: -named[c.code])[:LISTS_USED]
    used = tuple(column for column in naming if column in kept)
    left_out = tuple(c for c in columns if c not in used)
    counts: Counter[tuple[int, ...]] = Counter()
    for codes, number in poor.items():
        counts[tuple(int(column.code in codes) for column in used)] += number
    off_list = sum(count for cell, count in counts.items() if not any(cell))
    histories = tuple(sorted((c, n) for c, n in counts.items() if any(c) and n))
    try:
        answer = estimated(histories, len(used))
    except DataError as refused:
        return Unseen(used, left_out, histories, off_list, None, refused)
    return Unseen(used, left_out, histories, off_list, answer)


@lru_cache(maxsize=4_096)
def estimated(histories: tuple[History, ...], lists: int) -> hidden.HiddenPopulation:
    """The models for these histories; the same counts are fitted once in a process."""
    columns: dict[str, list[int]] = {
        str(place): [cell[place] for cell, _count in histories] for place in range(lists)
    }
    return hidden.estimate({**columns, "count": [count for _cell, count in histories]})
