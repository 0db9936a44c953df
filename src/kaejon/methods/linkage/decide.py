"""From scores to decisions: which pairs are sure, which go to people, which people are one.

Between two lists a person can be only one person on the other list. So a pair is weighed
against its rivals: its probability is its odds over the odds of all pairs that share one of
its records, and of no match. A probability above one half then has no equal rival, and sure
pairs are one-to-one by construction. Two equally good candidates both go to people.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from kaejon.methods.errors import DataError
from kaejon.methods.linkage.engines import Engine
from kaejon.methods.linkage.model import Sizes

# Odds are summed as integers so that sums do not depend on their order.
ODDS_UNIT = 2**24
LARGEST_WEIGHT = 60
ROUNDS = 3
PRIOR_RATE, PRIOR_STRENGTH = 0.5, 3.0


def correct_prior(engine: Engine, sizes: Sizes, *, steps: int = 6) -> float:
    """Weight to add to every score so that the expected number of true pairs fits the scores.

    Fixed-point of the share of true pairs (the EM step for the prior), pulled towards one
    half of the shorter list by three imaginary people so that tiny lists stay sensible.
    """
    shift, shorter = 0.0, min(sizes.left, sizes.right)
    start = sizes.expected
    if not shorter:
        return 0.0
    for _ in range(steps):
        found = _expected_pairs(engine, shift)
        if not sizes.within:
            found = shorter * (found + PRIOR_STRENGTH * PRIOR_RATE) / (shorter + PRIOR_STRENGTH)
        shift = math.log2(min(max(found, 0.01), 0.95 * shorter) / start)
    return round(shift, 6)


def _expected_pairs(engine: Engine, shift: float) -> float:
    """Sum of the best probability of each record, halved over the two sides.

    Summed in millionths as integers, so that neither row order nor the order of the lists
    matters.
    """
    millionths = f"CAST(1000000 / (1 + power(2.0, -least(weight + {shift!r}, 60))) AS BIGINT)"
    total = 0
    for side in ("l", "r"):
        best = f"SELECT max({millionths}) AS best FROM scored GROUP BY {side}"
        total += int(
            engine.rows(f"SELECT CAST(coalesce(sum(best), 0) AS BIGINT) FROM ({best}) b")[0][0]
        )
    return total / 2_000_000


def weigh_rivals(engine: Engine, shift: float, sure: float) -> None:
    """Fill table `weighed (l, r, probability, …levels)` for pairs between two lists.

    Works in rounds: pairs that are sure leave with both their records, and what stays is
    weighed again without them.
    """
    weight = f"least(greatest(weight + {shift!r}, -20), {LARGEST_WEIGHT})"
    odds = f"CAST(power(2.0, {weight}) * {ODDS_UNIT} AS DECIMAL(38, 0))"
    engine.create("rivals", f"SELECT *, {odds} AS odds FROM scored")
    kept = []
    for number in range(ROUNDS):
        engine.create("shared", _probability_sql())
        last = number == ROUNDS - 1
        chosen = "TRUE" if last else f"probability >= {sure!r}"
        engine.create(f"weighed_{number}", f"SELECT * FROM shared WHERE {chosen}")
        kept.append(f"SELECT * FROM weighed_{number}")
        if not last:
            engine.create("remaining", _remaining_sql(number))
            engine.create("rivals", "SELECT * FROM remaining")
    engine.create("weighed", " UNION ALL ".join(kept))
    engine.drop("rivals", "shared", "remaining", *(f"weighed_{n}" for n in range(ROUNDS)))


def _probability_sql() -> str:
    rivals = (
        f"(sum(odds) OVER (PARTITION BY l) + sum(odds) OVER (PARTITION BY r) - odds + {ODDS_UNIT})"
    )
    return f"SELECT *, round(CAST(odds AS DOUBLE) / CAST({rivals} AS DOUBLE), 6) AS probability FROM rivals"


def _remaining_sql(number: int) -> str:
    return f"""
        SELECT v.* FROM rivals v
        LEFT JOIN (SELECT DISTINCT l FROM weighed_{number}) a ON a.l = v.l
        LEFT JOIN (SELECT DISTINCT r FROM weighed_{number}) b ON b.r = v.r
        WHERE a.l IS NULL AND b.r IS NULL"""


def weigh_alone(engine: Engine, shift: float) -> None:
    """Fill table `weighed` for pairs within one list, where a person may stand many times."""
    chance = f"round(1 / (1 + power(2.0, -greatest(least(weight + {shift!r}, 60), -60))), 6)"
    engine.create("weighed", f"SELECT *, {chance} AS probability FROM scored")


Record = tuple[str, str]
"""A record: the list it stands on and its id there."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A link between two records with its probability."""

    a: Record
    b: Record
    probability: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about two records."""

    a: Record
    b: Record
    same: bool


@dataclass(frozen=True, slots=True)
class Blocked:
    """An edge that was not followed, and why it waits for a person."""

    edge: Edge
    reason: Literal["two_valid_ids", "decided_different"]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Groups of records that are one person, each sorted, and the edges left for people."""

    groups: tuple[tuple[Record, ...], ...]
    blocked: tuple[Blocked, ...]


def clusters(
    edges: Iterable[Edge],
    decisions: Iterable[Decision] = (),
    *,
    valid_ids: Mapping[Record, str] | None = None,
) -> Clusters:
    """Join records across any number of lists into persons.

    Decisions of people come first, then edges from the most probable down; ties by record, so
    the order of input does not matter. Two groups that hold different valid national IDs, or
    a pair decided to be different, are never joined by an edge; only a decision joins them.
    Refuses: decisions that contradict each other.
    """
    made = _Groups(valid_ids or {})
    decided = sorted(decisions, key=lambda d: _ends(d.a, d.b))
    for decision in decided:
        if decision.same:
            made.join(decision.a, decision.b)
    for decision in decided:
        if not decision.same:
            made.separate(decision.a, decision.b)
    blocked = []
    for edge in sorted(edges, key=lambda e: (-e.probability, *_ends(e.a, e.b))):
        reason = made.obstacle(edge.a, edge.b)
        if reason is None:
            made.join(edge.a, edge.b)
        else:
            blocked.append(Blocked(edge, reason))
    return Clusters(made.groups(), tuple(blocked))


def _ends(a: Record, b: Record) -> tuple[Record, Record]:
    return (a, b) if a <= b else (b, a)


class _Groups:
    """Disjoint groups of records with the IDs they hold and the groups they must not join."""

    def __init__(self, valid_ids: Mapping[Record, str]) -> None:
        self._valid_ids = valid_ids
        self._parent: dict[Record, Record] = {}
        self._members: dict[Record, list[Record]] = {}
        self._ids: dict[Record, set[str]] = {}
        self._apart: dict[Record, set[Record]] = {}

    def _root(self, record: Record) -> Record:
        if record not in self._parent:
            self._parent[record] = record
            self._members[record] = [record]
            known = self._valid_ids.get(record)
            self._ids[record] = {known} if known else set()
            self._apart[record] = set()
        while self._parent[record] != record:
            self._parent[record] = self._parent[self._parent[record]]
            record = self._parent[record]
        return record

    def join(self, a: Record, b: Record) -> None:
        """Make the groups of two records one."""
        keep, gone = self._root(a), self._root(b)
        if keep == gone:
            return
        if len(self._members[keep]) < len(self._members[gone]):
            keep, gone = gone, keep
        self._parent[gone] = keep
        self._members[keep] += self._members.pop(gone)
        self._ids[keep] |= self._ids.pop(gone)
        for other in self._apart.pop(gone):
            self._apart[other].discard(gone)
            self._apart[other].add(keep)
            self._apart[keep].add(other)

    def separate(self, a: Record, b: Record) -> None:
        """Keep two records apart. Refuses records that decisions have joined."""
        first, second = self._root(a), self._root(b)
        if first == second:
            raise DataError(
                "contradicting_decisions",
                f"{a[1]} and {b[1]} were decided to be different but other decisions make them one person.",
                remedy="Undo one of the decisions about these records.",
                records=[list(a), list(b)],
            )
        self._apart[first].add(second)
        self._apart[second].add(first)

    def obstacle(
        self, a: Record, b: Record
    ) -> Literal["two_valid_ids", "decided_different"] | None:
        """Why an edge may not join two records, or None when it may."""
        first, second = self._root(a), self._root(b)
        if first == second:
            return None
        if second in self._apart[first]:
            return "decided_different"
        held = self._ids[first], self._ids[second]
        return "two_valid_ids" if all(held) and held[0] != held[1] else None

    def groups(self) -> tuple[tuple[Record, ...], ...]:
        """Groups of at least two records, in order."""
        return tuple(
            sorted(tuple(sorted(members)) for members in self._members.values() if len(members) > 1)
        )
