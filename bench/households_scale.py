"""Five capitals and TPMAP of many households: the command line, and a country in one scan.

    python bench/households_scale.py --rows 1000000 --country 13000000

`kaejon measure capitals` and `tpmap` run as commands on CSV and Parquet, start-up and writing
of the answer included. `measure_areas` gives the means and level counts of every tambon on an
engine; beside it a plain scan that sums the same columns. Data is synthetic and seeded.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from kaejon.methods import capitals

KAEJON = Path(sys.executable).with_name("kaejon")
CODES = capitals.columns_needed(capitals.definition())
TAMBONS = 7255


def write(path: Path, columns: str, rows: int) -> None:
    """One Parquet file of synthetic rows and the same as CSV."""
    with duckdb.connect(config={"threads": "1", "memory_limit": "2GB"}) as connection:
        connection.execute("SELECT setseed(0.42)")
        connection.execute(
            f"COPY (SELECT {columns} FROM range({rows}) AS t(row)) TO '{path}' (FORMAT parquet)"
        )


def households(rows: int) -> str:
    """Columns of households with scores 1-4, about 1% missing."""
    scores = ", ".join(
        f"CASE WHEN random() < 0.01 THEN NULL ELSE CAST(1 + floor(4 * random()) AS TINYINT) END "
        f"AS {code}"
        for code in CODES
    )
    return (
        f"'h' || row AS household_id, CAST(row * {TAMBONS} // {rows} AS SMALLINT) AS tambon, "
        f"CAST(random() < 0.3 AS TINYINT) AS town, {scores}"
    )


def persons(rows: int) -> str:
    """Columns of persons, three to a household, with indicators, register and validation."""
    passed = ", ".join(
        f"CASE WHEN random() < 0.1 THEN NULL WHEN random() < 0.004 THEN 0 ELSE 1 END::TINYINT AS i{n}"
        for n in range(1, 32)
    )
    return (
        "'h' || (row // 3) AS household_id, 'p' || row AS person_id, "
        f"(random() < 0.3)::TINYINT AS registered, (random() < 0.8)::TINYINT AS validated, "
        f"CAST(row * {TAMBONS} // {rows} AS SMALLINT) AS tambon, {passed}"
    )


def as_csv(path: Path) -> Path:
    """The same rows as CSV."""
    target = path.with_suffix(".csv")
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM '{path}') TO '{target}' (HEADER)")
    return target


def command(*arguments: str) -> tuple[float, float]:
    """Wall seconds and peak MB of one `kaejon measure`."""
    started = time.monotonic()
    child = os.spawnv(
        os.P_NOWAIT,
        "/bin/sh",
        ["sh", "-c", f"{KAEJON} measure {' '.join(arguments)} --json > /dev/null 2>&1"],
    )
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"kaejon measure {' '.join(arguments)} failed")
    return time.monotonic() - started, usage.ru_maxrss / 1024


def areas(path: str) -> None:
    """Means and level counts of every tambon."""
    found = capitals.measure_areas(path, capitals.definition(), "tambon", inside="town")
    assert len(found) == 3 * TAMBONS


def scan(path: str) -> None:
    """A sum of the same columns and nothing else."""
    sums = ", ".join(f"SUM({code})" for code in [*CODES, "tambon", "town"])
    with duckdb.connect(config={"threads": "2", "memory_limit": "2GB"}) as connection:
        connection.sql(f"SELECT {sums} FROM '{path}'").fetchall()


ALONE: dict[str, Callable[[str], None]] = {"areas": areas, "scan": scan}


def alone(name: str, path: Path) -> dict[str, Any]:
    """Seconds and peak MB of one function in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", name, "--data", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Print the table for docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--country", type=int, default=0, help="households for one scan (0: none)")
    parser.add_argument("--one", choices=list(ALONE), help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        started = time.perf_counter()
        ALONE[arguments.one](arguments.data)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": time.perf_counter() - started, "peak": peak}))
        return
    print("| measure | rows | seconds | peak MB |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for measure, columns in (("capitals", households), ("tpmap", persons)):
            path = folder / f"{measure}.parquet"
            write(path, columns(arguments.rows), arguments.rows)
            for file in (path, as_csv(path)):
                seconds, peak = command(measure, str(file))
                kind = file.suffix[1:]
                print(
                    f"| kaejon measure {measure}, {kind} | {arguments.rows:,} | {seconds:.1f} | {peak:.0f} |"
                )
        if arguments.country:
            path = folder / "country.parquet"
            write(path, households(arguments.country), arguments.country)
            for one in ("scan", "areas", "scan", "areas"):
                found = alone(one, path)
                print(
                    f"| {one} | {arguments.country:,} | {found['seconds']:.1f} | {found['peak']:.0f} |"
                )


if __name__ == "__main__":
    main()
