"""Synthetic households for the Alkire-Foster bench: seeded, skewed, with missing values.

40 indicators on levels 1-4 (deprived below 2), about 2% missing in each, household sizes 1
to 6, 7,255 tambons in file order as area lists come. Nothing is a real household.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

INDICATORS = 40
TAMBONS = 7255
WEIGHTS = [5, 5, 4, 3, 3, 2, 2, 1] * 5


def write_households(path: Path, rows: int, seed: float = 0.42) -> None:
    """Write `rows` households to a zstd Parquet file."""
    levels = ", ".join(
        f"CASE WHEN random() < 0.02 THEN NULL ELSE "
        f"CAST(1 + floor(4 * pow(random(), {0.75 + 0.05 * (n % 10):.2f})) AS TINYINT) END AS i{n}"
        for n in range(INDICATORS)
    )
    with duckdb.connect(config={"threads": "1", "memory_limit": "2GB"}) as connection:
        connection.execute(f"SELECT setseed({seed})")
        connection.execute(
            f"COPY (SELECT CAST(row * {TAMBONS} // {rows} AS SMALLINT) AS tambon, "
            f"CAST(1 + floor(6 * random()) AS TINYINT) AS size, {levels} "
            f"FROM range({rows}) AS t(row)) "
            f"TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
        )


def spec() -> dict[str, object]:
    """The measure: k = 1/3, unequal weights, missing counts as not deprived, by tambon."""
    total = sum(WEIGHTS)
    return {
        "indicators": [
            {"name": f"i{n}", "column": f"i{n}", "cutoff": 2, "weight": f"{WEIGHTS[n]}/{total}"}
            for n in range(INDICATORS)
        ],
        "k": "1/3",
        "household_size": "size",
        "by": ["tambon"],
        "missing": "not_deprived",
        "gaps": False,
    }
