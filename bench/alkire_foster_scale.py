"""Alkire-Foster for every tambon of the country: ours against rivals in the same run.

    python bench/alkire_foster_scale.py --rows 1000000 --repeats 5
    python bench/alkire_foster_scale.py --rows 13000000 --engines scan,duckdb,polars,packed_polars

Each figure comes from a process of its own (time without imports, peak memory of the whole
process); the engines take turns, so that a slow minute of the machine hits all of them.
Outputs per tambon at k = 1/3, 49 numbers: people, H, A, M0, 40 censored headcounts and the
mean weighted deprivation in each of five capitals. Ours and `polars_all` give the 40
uncensored headcounts as well, from which ours has the five means. `scan` sums the same 42 columns with
DuckDB and computes nothing: the floor for anything that reads them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alkire_foster_data import INDICATORS, WEIGHTS, spec, write_households

MEMORY, THREADS = "2GB", 2
TOTAL = sum(WEIGHTS)
NAMES = [f"i{n}" for n in range(INDICATORS)]
CAPITALS = [
    (f"capital_{n}", NAMES[8 * n : 8 * n + 8], WEIGHTS[8 * n : 8 * n + 8]) for n in range(5)
]
Checks = tuple[int, float, float, float, float]


def run_scan(path: str) -> Checks:
    connection = duckdb_connection()
    sums = ", ".join(f"SUM({name})" for name in [*NAMES, "size", "tambon"])
    connection.sql(f"SELECT {sums} FROM '{path}'").fetchall()
    return 0, 0.0, 0.0, 0.0, 0.0


def run_ours(path: str, engine: str = "duckdb") -> Checks:
    from kaejon.methods import alkire_foster
    from kaejon.methods.engine import open_engine

    with open_engine(engine, memory=MEMORY, threads=THREADS) as opened:
        found = alkire_foster.measure(path, spec(), engine=opened)
    table = found.group_table("tambon", found.spec.k_values[0])
    people = table.people
    weighted = table.uncensored * WEIGHTS / TOTAL
    capitals = weighted.reshape(len(people), len(CAPITALS), -1).sum(axis=2)
    return (
        len(table.labels),
        float(people.sum()),
        float((table.adjusted * people).sum()),
        float((table.censored * people[:, None]).sum()),
        float((capitals * people[:, None]).sum()),
    )


def run_spark(path: str) -> Checks:
    return run_ours(path, "spark")


def run_plain_duckdb(path: str) -> Checks:
    score = " + ".join(
        f"CASE WHEN {n} < 2 THEN {w} ELSE 0 END" for n, w in zip(NAMES, WEIGHTS, strict=True)
    )
    censored = ", ".join(
        f"SUM(CASE WHEN poor AND {name} < 2 THEN size ELSE 0 END) AS {name}" for name in NAMES
    )
    capitals = ", ".join(
        "SUM(size * ("
        + " + ".join(f"CASE WHEN {n} < 2 THEN {w} ELSE 0 END" for n, w in zip(ns, ws, strict=True))
        + f")) AS {capital}"
        for capital, ns, ws in CAPITALS
    )
    rows = duckdb_connection().sql(
        f"WITH scored AS (SELECT *, {score} AS score FROM '{path}'), "
        f"judged AS (SELECT *, score * 3 >= {TOTAL} AS poor FROM scored) "
        "SELECT tambon, SUM(size) AS people, SUM(CASE WHEN poor THEN size ELSE 0 END) AS q, "
        f"SUM(CASE WHEN poor THEN size * score ELSE 0 END) AS s, {capitals}, {censored} "
        "FROM judged GROUP BY tambon"
    )
    table = rows.to_arrow_table()
    columns = {name: table[name].to_numpy().astype(float) for name in table.column_names}
    deprived = sum(float(columns[name].sum()) for name in NAMES)
    capitals = sum(float(columns[name].sum()) for name, _, _ in CAPITALS)
    return (
        table.num_rows,
        columns["people"].sum(),
        columns["s"].sum() / TOTAL,
        deprived,
        capitals / TOTAL,
    )


def polars_checks(frame: Any) -> Checks:
    deprived = float(frame.select(NAMES).sum().sum_horizontal()[0])
    capitals = float(frame.select(c for c, _, _ in CAPITALS).sum().sum_horizontal()[0]) / TOTAL
    people, score = float(frame["people"].sum()), float(frame["s"].sum()) / TOTAL
    return len(frame), people, score, deprived, capitals


def run_polars(path: str, *, everything: bool = False) -> Checks:
    """The plain way to write it, on the streaming engine.

    `everything`: the 40 uncensored headcounts too, as ours has them.
    """
    import polars as pl

    capitals = [
        pl.sum_horizontal(
            pl.when(pl.col(n) < 2).then(w).otherwise(0).cast(pl.Int32)
            for n, w in zip(names, weights, strict=True)
        ).alias(capital)
        for capital, names, weights in CAPITALS
    ]
    size = pl.col("size").cast(pl.Int64)
    deprived = {f"all_{n}": pl.col(n) < 2 for n in NAMES} if everything else {}
    deprived |= {n: pl.col("poor") & (pl.col(n) < 2) for n in NAMES}
    frame = (
        pl.scan_parquet(path)
        .with_columns(capitals)
        .with_columns(score=pl.sum_horizontal(capital for capital, _, _ in CAPITALS))
        .with_columns(poor=pl.col("score") * 3 >= TOTAL)
        .with_columns(
            [
                (is_so.fill_null(False).cast(pl.Int64) * size).alias(name)
                for name, is_so in deprived.items()
            ]
        )
        .group_by("tambon")
        .agg(
            size.sum().alias("people"),
            size.filter(pl.col("poor")).sum().alias("q"),
            (size * pl.col("score")).filter(pl.col("poor")).sum().alias("s"),
            *[(size * pl.col(capital)).sum().alias(capital) for capital, _, _ in CAPITALS],
            *[pl.col(name).sum() for name in deprived],
        )
        .collect(engine="streaming")
    )
    return polars_checks(frame)


def run_polars_all(path: str) -> Checks:
    return run_polars(path, everything=True)


def run_packed_polars(path: str) -> Checks:
    """Our algorithm in polars: bits, integer score, headcounts packed into one number."""
    import polars as pl

    scan = pl.scan_parquet(path)
    largest = scan.group_by("tambon").agg(pl.col("size").cast(pl.Int64).sum())
    width = int(largest.collect(engine="streaming")["size"].max()).bit_length()
    fields = 62 // width
    packs = [NAMES[start : start + fields] for start in range(0, INDICATORS, fields)]
    size = pl.col("size").cast(pl.Int64)
    score = [
        pl.when(pl.col(n) < 2).then(w).otherwise(0).cast(pl.Int32)
        for n, w in zip(NAMES, WEIGHTS, strict=True)
    ]
    packed = [
        pl.sum_horizontal(
            [
                pl.when(pl.col(n) < 2).then(1 << (f * width)).otherwise(0).cast(pl.Int64)
                for f, n in enumerate(pack)
            ]
        ).alias(f"pack_{p}")
        for p, pack in enumerate(packs)
    ]
    cells = (
        scan.select("tambon", size.alias("size"), pl.sum_horizontal(score).alias("score"), *packed)
        .with_columns(poor=pl.col("score") * 3 >= TOTAL)
        .group_by("tambon", "poor")
        .agg(
            pl.col("size").sum().alias("people"),
            (pl.col("size") * pl.col("score")).sum().alias("s"),
            *[(pl.col(f"pack_{p}") * pl.col("size")).sum() for p in range(len(packs))],
        )
        .collect(engine="streaming")
    )
    poor = pl.col("poor").cast(pl.Int64)
    mask = (1 << width) - 1
    counts = {
        n: (pl.col(f"pack_{p}") // (1 << (f * width))) & mask
        for p, pack in enumerate(packs)
        for f, n in enumerate(pack)
    }
    fields_out = [(count * poor).sum().alias(n) for n, count in counts.items()]
    fields_out += [
        pl.sum_horizontal(counts[n] * w for n, w in zip(ns, ws, strict=True)).sum().alias(capital)
        for capital, ns, ws in CAPITALS
    ]
    frame = cells.group_by("tambon").agg(
        pl.col("people").sum(), (pl.col("s") * poor).sum(), *fields_out
    )
    return polars_checks(frame)


def run_pandas(path: str) -> Checks:
    import numpy as np
    import pandas as pd

    frame = pd.read_parquet(path)
    deprived = frame[NAMES].lt(2).fillna(False).to_numpy(dtype=bool)
    score = deprived.astype(np.int32) @ np.array(WEIGHTS, dtype=np.int32)
    poor = score * 3 >= TOTAL
    size = frame["size"].to_numpy(dtype=np.int64)
    out = pd.DataFrame({n: deprived[:, p] & poor for p, n in enumerate(NAMES)}).mul(size, axis=0)
    out["people"], out["s"] = size, np.where(poor, size * score, 0)
    for number, (capital, names, weights) in enumerate(CAPITALS):
        own = deprived[:, 8 * number : 8 * number + len(names)]
        out[capital] = own @ np.array(weights, dtype=np.int32) * size
    sums = out.groupby(frame["tambon"]).sum()
    total = float(sums[NAMES].to_numpy().sum())
    capitals = float(sums[[c for c, _, _ in CAPITALS]].to_numpy().sum()) / TOTAL
    return len(sums), float(sums["people"].sum()), float(sums["s"].sum()) / TOTAL, total, capitals


def duckdb_connection() -> Any:
    import duckdb

    config = {"threads": str(THREADS), "memory_limit": MEMORY}
    return duckdb.connect(config={**config, "autoinstall_known_extensions": "false"})


ENGINES: dict[str, Callable[[str], Checks]] = {
    "scan": run_scan,
    "duckdb": run_ours,
    "polars": run_polars,
    "polars_all": run_polars_all,
    "packed_polars": run_packed_polars,
    "plain_duckdb": run_plain_duckdb,
    "pandas": run_pandas,
    "spark": run_spark,
}
IMPORTS = {
    "scan": ["duckdb"],
    "duckdb": ["kaejon.methods.alkire_foster", "duckdb", "pyarrow"],
    "polars": ["polars"],
    "polars_all": ["polars"],
    "packed_polars": ["polars"],
    "plain_duckdb": ["duckdb", "pyarrow"],
    "pandas": ["pandas", "pyarrow"],
    "spark": ["kaejon.methods.alkire_foster", "pyspark", "sqlglot"],
}


def run_one(engine: str, path: str) -> None:
    """Measure one engine in this process and print the figures as JSON."""
    for name in IMPORTS[engine]:
        __import__(name)
    started = time.perf_counter()
    checks = ENGINES[engine](path)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "checks": checks}))


def measured(engine: str, path: str) -> dict[str, Any]:
    """Figures of one engine from a process of its own."""
    environment = {**os.environ, "POLARS_MAX_THREADS": str(THREADS)}
    done = subprocess.run(
        [sys.executable, __file__, "--one", engine, "--data", path],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def same(ours: list[float], theirs: list[float]) -> bool:
    """Whether two engines found the same sums."""
    return all(abs(a - b) <= 1e-9 * max(1.0, abs(a)) for a, b in zip(ours, theirs, strict=True))


def compare(path: str, engines: list[str], repeats: int) -> None:
    """Take turns, then print one row per engine and whether all agree."""
    runs: dict[str, list[dict[str, Any]]] = {engine: [] for engine in engines}
    for _ in range(repeats):
        for engine in engines:
            runs[engine].append(measured(engine, path))
    floor = statistics.median(r["seconds"] for r in runs["scan"])
    reference = runs["duckdb"][0]["checks"]
    print("| engine | median s | best s | peak MB | x scan | same sums |")
    print("| --- | --- | --- | --- | --- | --- |")
    for engine, found in runs.items():
        seconds = [r["seconds"] for r in found]
        peak = max(r["peak_mb"] for r in found)
        agrees = "-" if engine == "scan" else str(same(reference, found[0]["checks"]))
        print(
            f"| {engine} | {statistics.median(seconds):.2f} | {min(seconds):.2f} | {peak:.0f} "
            f"| {statistics.median(seconds) / floor:.2f} | {agrees} |"
        )


def main() -> None:
    """Make the data once, then compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--engines", default="scan,duckdb,polars,packed_polars,plain_duckdb,pandas")
    parser.add_argument("--one", choices=list(ENGINES), help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        run_one(arguments.one, arguments.data)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "households.parquet"
        write_households(path, arguments.rows)
        print(f"{arguments.rows:,} households, {path.stat().st_size / 1e6:.0f} MB zstd Parquet\n")
        engines = ["scan", "duckdb", *arguments.engines.split(",")]
        compare(str(path), list(dict.fromkeys(engines)), arguments.repeats)


if __name__ == "__main__":
    main()
