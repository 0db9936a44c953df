"""Exact lanes: rules a person can read, tried before any statistics.

A pair enters a lane only when each record has no other partner under the same rule, so an
ambiguous record is never given to whoever came first; it goes on to scoring.
"""

from __future__ import annotations

from kaejon.methods.linkage.engines import Engine
from kaejon.methods.linkage.profile import Lane, Profile

DECIDED = "decided_same"


def run_lanes(engine: Engine, profile: Profile, *, within: bool) -> None:
    """Fill table `lane_pairs (l, r, lane)` and tables `rest_0`, `rest_1` of unlinked records.

    Input tables: `people_0`, `people_1` (the same list when `within`), `must_link (l, r)` and
    `cannot_link (l, r)`. Between two lists every record enters at most one lane.
    """
    engine.create("lane_pairs", f"SELECT l, r, '{DECIDED}' AS lane FROM must_link")
    for lane in profile.lanes:
        engine.create("lane_new", _lane_sql(lane, within=within))
        engine.create("lane_kept", "SELECT * FROM lane_pairs UNION ALL SELECT * FROM lane_new")
        engine.create("lane_pairs", "SELECT * FROM lane_kept")
    engine.drop("lane_new", "lane_kept")
    for side, mark in (("0", "l"), ("1", "r")):
        taken = "FALSE" if within else f'p."row" IN (SELECT {mark} FROM lane_pairs)'
        engine.create(f"rest_{side}", f"SELECT * FROM people_{side} p WHERE NOT ({taken})")


def _lane_sql(lane: Lane, *, within: bool) -> str:
    keys = " AND ".join(f"l.{key} = r.{key}" for key in lane.keys)
    pairs = f"""
        SELECT l."row" AS l, r."row" AS r
        FROM people_0 l JOIN people_1 r ON {keys}
        LEFT JOIN cannot_link c ON c.l = l."row" AND c.r = r."row"
        LEFT JOIN lane_pairs k ON k.l = l."row" AND k.r = r."row"
        WHERE c.l IS NULL AND k.l IS NULL AND ({lane.check})"""
    if within:
        return f'SELECT l, r, \'{lane.name}\' AS lane FROM ({pairs} AND l."row" < r."row") p'
    free = f"""{pairs}
        AND l."row" NOT IN (SELECT l FROM lane_pairs) AND r."row" NOT IN (SELECT r FROM lane_pairs)"""
    return f"""
        SELECT l, r, '{lane.name}' AS lane FROM (
            SELECT l, r, count(*) OVER (PARTITION BY l) AS for_l, count(*) OVER (PARTITION BY r) AS for_r
            FROM ({free}) p) counted
        WHERE for_l = 1 AND for_r = 1"""
