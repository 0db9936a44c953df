"""Match two lists of people, or find one person's several rows within one list.

    with DuckDBEngine() as engine:
        result = link(engine, left, right, today=date(2026, 11, 21))

Symmetric (swapping the lists swaps the columns), order-free (rows may be shuffled) and
repeatable. Memory: DuckDB holds at most `engines.MEMORY_LIMIT` and spills the rest to disk.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kaejon.methods.errors import DataError
from kaejon.methods.linkage import decide
from kaejon.methods.linkage.candidates import add_kin_homes, find_candidates
from kaejon.methods.linkage.engines import DuckDBEngine, Engine
from kaejon.methods.linkage.lanes import DECIDED, run_lanes
from kaejon.methods.linkage.model import score
from kaejon.methods.linkage.prepare import prepare
from kaejon.methods.linkage.profile import (
    Model,
    Profile,
    Thresholds,
    load_model,
    load_profile,
)
from kaejon.methods.linkage.train import train

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PairDecision:
    """A person's decision about a left id and a right id."""

    left_id: str
    right_id: str
    same: bool


@dataclass(frozen=True)
class LinkResult:
    """Pairs and what they rest on.

    `pairs` is a pyarrow table in order of id: left_id, right_id, probability (0-1), band
    ("sure" or "ask"), lane (name of the exact rule, or null) and, per comparison of the
    profile, the 0-based level reached (null: unknown or exact lane).
    """

    pairs: Any
    left: int
    right: int
    profile: Profile
    thresholds: Thresholds
    notes: tuple[str, ...]

    def count(self, band: str) -> int:
        """Pairs in a band."""
        return int(pc.sum(pc.equal(self.pairs.column("band"), band)).as_py() or 0)


def link(
    engine: DuckDBEngine,
    left: str,
    right: str | None = None,
    *,
    today: dt.date,
    profile: Profile | None = None,
    model: Model | None = None,
    decisions: Iterable[PairDecision] = (),
    scorer: Engine | None = None,
    tell: Tell = lambda message: None,
) -> LinkResult:
    """Match the raw tables `left` and `right` of `engine` (without `right`: within `left`).

    Input: tables with text columns out of `prepare.COLUMNS`. `decisions` are kept: pairs
    decided to be the same are sure, pairs decided to be different never appear. `scorer`
    runs everything after preparation elsewhere. Refuses what `prepare` refuses.
    """
    profile = profile or load_profile("thai-person")
    within = right is None
    tell("reading names, dates, numbers and places")
    tables = prepare(engine, [left] if right is None else [left, right], today=today)
    if within:
        engine.view("people_1", "FROM people_0")
    _load_decisions(engine, decisions, within=within)
    place: Engine = engine
    if scorer is not None:
        _hand_over(engine, scorer, ["must_link", "cannot_link", "people_0", "people_1"])
        place = scorer
    notes = _run(place, profile, model or load_model(profile), within=within, tell=tell)
    tell("deciding")
    thresholds = profile.within if within else profile.between
    pairs = place.arrow(_result_sql(profile, thresholds))
    sizes = [int(engine.rows(f"SELECT count(*) FROM {t}")[0][0]) for t in tables]
    return LinkResult(pairs, sizes[0], sizes[-1], profile, thresholds, tuple(notes))


def learn(
    engine: DuckDBEngine,
    left: str,
    right: str,
    *,
    today: dt.date,
    profile: Profile,
    seed: int,
    origin: dict[str, Any],
    sample_pairs: float = 5e6,
) -> Model:
    """A model trained on two raw tables, without knowing any true pair.

    `origin` says where the lists come from and is stored in the model. Same lists and seed,
    same model up to rounding. Refuses: lists too short to train on.
    """
    prepare(engine, [left, right], today=today)
    _load_decisions(engine, (), within=False)
    run_lanes(engine, profile, within=False)
    add_kin_homes(engine, within=False)
    return train(engine, profile, seed=seed, origin=origin, sample_pairs=sample_pairs)


def _run(place: Engine, profile: Profile, model: Model, *, within: bool, tell: Tell) -> list[str]:
    """Lanes, candidates, scores and weighing; leaves tables `lane_pairs` and `weighed`."""
    tell("exact rules")
    run_lanes(place, profile, within=within)
    add_kin_homes(place, within=within)
    tell("finding candidates")
    notes = find_candidates(place, profile, within=within)
    tell("scoring")
    sizes = score(place, profile, model, within=within)
    shift = decide.correct_prior(place, sizes)
    if within:
        decide.weigh_alone(place, shift)
    else:
        decide.weigh_rivals(place, shift, profile.between.sure)
    return notes


def _load_decisions(
    engine: DuckDBEngine, decisions: Iterable[PairDecision], *, within: bool
) -> None:
    """Tables `must_link` and `cannot_link` by row number; ids that are not on the lists are ignored."""
    known = list(decisions)
    table = pa.table(
        {
            "left_id": pa.array([d.left_id for d in known], pa.string()),
            "right_id": pa.array([d.right_id for d in known], pa.string()),
            "same": pa.array([d.same for d in known], pa.bool_()),
        }
    )
    engine.connection.register("decisions", table)
    ends = (
        'least(l."row", r."row") AS l, greatest(l."row", r."row") AS r'
        if within
        else 'l."row" AS l, r."row" AS r'
    )
    for name, same in (("must_link", "d.same"), ("cannot_link", "NOT d.same")):
        engine.create(
            name,
            f"""SELECT DISTINCT {ends} FROM decisions d
            JOIN people_0 l ON l.id = d.left_id JOIN people_1 r ON r.id = d.right_id
            WHERE {same} AND NOT (l."row" = r."row" AND {within})""",
        )
    engine.connection.unregister("decisions")
    _refuse_contradictions(engine, within=within)


def _refuse_contradictions(engine: DuckDBEngine, *, within: bool) -> None:
    both = engine.rows("SELECT count(*) FROM must_link JOIN cannot_link USING (l, r)")[0][0]
    twice = (
        0
        if within
        else engine.rows(
            "SELECT count(*) FROM (SELECT l FROM must_link GROUP BY l HAVING count(*) > 1"
            " UNION ALL SELECT r FROM must_link GROUP BY r HAVING count(*) > 1) t"
        )[0][0]
    )
    if both or twice:
        raise DataError(
            "contradicting_decisions", "Some decisions contradict each other.",
            remedy="A record can be the same as only one record of the other list, and not both same and different.",
            same_and_different=both, decided_twice=twice,
        )  # fmt: skip


def _hand_over(engine: DuckDBEngine, scorer: Engine, tables: list[str]) -> None:
    """Carry prepared tables to another engine as Parquet."""
    with tempfile.TemporaryDirectory(prefix="kaejon-match-") as folder:
        for table in tables:
            path = Path(folder) / f"{table}.parquet"
            engine.connection.execute(f"COPY (FROM {table}) TO '{path}' (FORMAT parquet)")
            scorer.load_parquet(f"handed_{table}", path)
            scorer.create(table, f"SELECT * FROM handed_{table}")


def _result_sql(profile: Profile, thresholds: Thresholds) -> str:
    """Both bands with ids, sorted by id; DuckDB and Spark sort text by code point alike."""
    levels = [c.name for c in profile.comparisons]
    none = ", ".join(f"CAST(NULL AS INTEGER) AS {name}" for name in levels)
    scored = ", ".join(f"CAST({name} AS INTEGER) AS {name}" for name in levels)
    return f"""
        SELECT a.id AS left_id, b.id AS right_id, p.probability, p.band, p.lane, {", ".join(f"p.{name}" for name in levels)}
        FROM (
            SELECT l, r, CAST(1 AS DOUBLE) AS probability, 'sure' AS band, min(lane) AS lane, {none}
            FROM lane_pairs GROUP BY l, r
            UNION ALL
            SELECT l, r, probability, CASE WHEN probability >= {thresholds.sure!r} THEN 'sure' ELSE 'ask' END AS band,
                CAST(NULL AS VARCHAR) AS lane, {scored}
            FROM weighed WHERE probability >= {thresholds.ask!r}) p
        JOIN people_0 a ON a."row" = p.l JOIN people_1 b ON b."row" = p.r
        ORDER BY left_id, right_id"""


__all__ = ["DECIDED", "LinkResult", "PairDecision", "learn", "link"]
