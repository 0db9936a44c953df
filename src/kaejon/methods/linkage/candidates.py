"""Which pairs are worth scoring: the union of several blocking rules.

No key survives every error, so a pair is a candidate when any rule holds. A key value so
common that its block would exceed the limit is left to the other rules: ten thousand people
of one name cost no more than a village.
"""

from __future__ import annotations

from collections.abc import Sequence

from kaejon.methods.linkage.engines import Engine
from kaejon.methods.linkage.profile import Profile


def add_kin_homes(engine: Engine, *, within: bool) -> None:
    """Add `kin_home` to `rest_0` and `rest_1`: the house where one's housemates were found.

    Known when the linked members of the household point to exactly one house on the other
    list. A household that moved together stays together this way.
    """
    for side, mark, other in (("0", "l", "r"), ("1", "r", "l")):
        if within:
            engine.create(f"kin_{side}", "SELECT home, home AS kin_home FROM people_0 WHERE FALSE")
        else:
            engine.create(
                f"kin_{side}",
                f"""SELECT p.home, min(q.home) AS kin_home FROM lane_pairs k
                JOIN people_{side} p ON p."row" = k.{mark}
                JOIN people_{1 - int(side)} q ON q."row" = k.{other}
                WHERE p.home IS NOT NULL AND q.home IS NOT NULL
                GROUP BY p.home HAVING count(DISTINCT q.home) = 1 AND min(q.home) <> p.home""",
            )
        engine.create(
            f"open_{side}",
            f"SELECT p.*, k.kin_home FROM rest_{side} p LEFT JOIN kin_{side} k ON k.home = p.home",
        )
        engine.drop(f"kin_{side}", f"rest_{side}")


def find_candidates(engine: Engine, profile: Profile, *, within: bool) -> list[str]:
    """Fill table `candidates (l, r)` and return notes about blocks left out as too common."""
    notes, parts = [], []
    for number, rule in enumerate(profile.rules):
        engine.define("block_sizes", _sizes_sql(rule))
        large = engine.rows(
            f"SELECT count(*), max(pairs) FROM block_sizes WHERE pairs > {profile.largest_block}"
        )[0]
        if large[0]:
            notes.append(
                f"{'+'.join(rule)}: {large[0]} values too common, largest {large[1]} pairs"
            )
        engine.define(
            f"block_{number}",
            _pairs_sql(rule, profile.largest_block, bool(large[0]), within=within),
        )
        parts.append(f"block_{number}")
    if not within:
        engine.define("block_kin", _kin_sql(profile.largest_block))
        parts.append("block_kin")
    union = " UNION ".join(f"SELECT l, r FROM {part}" for part in parts)
    engine.create(
        "candidates", f"SELECT u.l, u.r FROM ({union}) u WHERE {_open_pair(within=within)}"
    )
    engine.drop("block_sizes", *parts)
    return notes


def _open_pair(*, within: bool) -> str:
    """Pairs a person separated are never candidates; within one list neither are lane pairs."""
    forbidden = "SELECT l, r FROM cannot_link" + (
        " UNION ALL SELECT l, r FROM lane_pairs" if within else ""
    )
    return f"NOT EXISTS (SELECT 1 FROM ({forbidden}) d WHERE d.l = u.l AND d.r = u.r)"


def _sizes_sql(rule: Sequence[str]) -> str:
    keys = ", ".join(rule)
    return f"""
        SELECT {keys}, a.n * b.n AS pairs
        FROM (SELECT {keys}, count(*) AS n FROM open_0 WHERE {_known(rule)} GROUP BY {keys}) a
        JOIN (SELECT {keys}, count(*) AS n FROM open_1 WHERE {_known(rule)} GROUP BY {keys}) b USING ({keys})"""


def _known(rule: Sequence[str]) -> str:
    return " AND ".join(f"{key} IS NOT NULL" for key in rule)


def _pairs_sql(rule: Sequence[str], largest: int, capped: bool, *, within: bool) -> str:
    on = " AND ".join(f"l.{key} = r.{key}" for key in rule)
    order = ' AND l."row" < r."row"' if within else ""
    cap = ""
    if capped:
        same = " AND ".join(f"s.{key} = l.{key}" for key in rule)
        cap = f"JOIN block_sizes s ON {same} AND s.pairs <= {largest}"
    return f'SELECT l."row" AS l, r."row" AS r FROM open_0 l {cap} JOIN open_1 r ON {on}{order}'


def _kin_sql(largest: int) -> str:
    """Everyone open at the house where one's housemates were found, seen from either list."""
    crowded = "SELECT home FROM open_{side} WHERE home IS NOT NULL GROUP BY home HAVING count(*) > {limit}"
    limit = max(1, int(largest**0.5))
    return f"""
        SELECT l."row" AS l, r."row" AS r FROM open_0 l JOIN open_1 r ON l.kin_home = r.home
        WHERE r.home NOT IN ({crowded.format(side=1, limit=limit)}) AND l.home NOT IN ({crowded.format(side=0, limit=limit)})
        UNION
        SELECT l."row" AS l, r."row" AS r FROM open_0 l JOIN open_1 r ON l.home = r.kin_home
        WHERE r.home NOT IN ({crowded.format(side=1, limit=limit)}) AND l.home NOT IN ({crowded.format(side=0, limit=limit)})"""
