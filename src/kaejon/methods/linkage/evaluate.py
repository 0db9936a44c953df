"""How good a matching is, against pairs known to be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from kaejon.methods.errors import DataError
from kaejon.methods.linkage.profile import Thresholds


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision, recall and F1 as shares; null where nothing was found or nothing is true."""

    found: int
    true: int
    right: int

    @property
    def precision(self) -> float | None:
        """Share of found pairs that are true."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of true pairs that were found."""
        return self.right / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.true) if self.found + self.true else None


def quality(pairs: pa.Table, truth: pa.Table) -> Quality:
    """Compare found with true pairs; both tables need columns left_id and right_id."""
    key = ["left_id", "right_id"]
    right = pairs.select(key).join(truth.select(key), key, join_type="inner")
    return Quality(len(pairs), len(truth), len(right))


def choose_thresholds(
    scored: pa.Table, truth: pa.Table, *, precision: float, queue: float
) -> Thresholds:
    """Thresholds that hold a wished precision and a bearable queue on known pairs.

    `sure` is the lowest threshold in hundredths at which all pairs at or above it, exact
    lanes included, reach `precision` (a share). `ask` is the lowest at which the pairs
    between the two number at most `queue` (a share) of the sure pairs. Refuses: a precision
    that no threshold reaches.
    """
    marked = _marked(scored, truth)
    for step in range(50, 100):
        taken = [is_true for probability, is_true in marked if probability >= step / 100]
        if taken and sum(taken) / len(taken) >= precision:
            return Thresholds(step / 100, _ask_from(marked, step / 100, queue * len(taken)))
    raise DataError(
        "precision_out_of_reach", f"No threshold reaches a precision of {precision}.",
        remedy="Lower the wished precision or look at the wrong pairs.",
    )  # fmt: skip


def _marked(scored: pa.Table, truth: pa.Table) -> list[tuple[float, bool]]:
    known = set(
        zip(truth.column("left_id").to_pylist(), truth.column("right_id").to_pylist(), strict=True)
    )
    columns: list[list[Any]] = [
        scored.column(c).to_pylist() for c in ("left_id", "right_id", "probability")
    ]
    return [(p, (a, b) in known) for a, b, p in zip(*columns, strict=True)]


def _ask_from(marked: list[tuple[float, bool]], sure: float, most: float) -> float:
    for step in range(5, round(sure * 100)):
        if sum(step / 100 <= probability < sure for probability, _ in marked) <= most:
            return step / 100
    return sure
