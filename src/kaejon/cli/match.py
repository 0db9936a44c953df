"""`kaejon match LEFT [RIGHT] -o PAIRS.csv`: who on one list is who on the other."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kaejon.cli.outputs import require_place, written_whole

HEADER = ("left_id", "right_id", "probability", "band")
ROWS_AT_ONCE = 50_000


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the subcommand."""
    parser = subparsers.add_parser(
        "match", help="link two lists of people, or find duplicates in one"
    )
    parser.add_argument("left", metavar="LEFT", help="CSV, XLSX or Parquet, one row per person")
    parser.add_argument(
        "right",
        metavar="RIGHT",
        nargs="?",
        help="the other list; without it, duplicates within LEFT",
    )
    parser.add_argument("--profile", default="thai-person", help="what is compared (%(default)s)")
    parser.add_argument(
        "--engine", default="duckdb", choices=["duckdb", "spark"], help="default: %(default)s"
    )
    parser.add_argument("-o", "--output", required=True, metavar="PAIRS.csv", help="pairs to write")
    parser.add_argument("--why", action="store_true", help="add a column that says why, in Thai")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Match, write the pairs and print a summary."""
    from kaejon.methods.linkage.engines import DuckDBEngine, open_engine
    from kaejon.methods.linkage.link import link
    from kaejon.methods.linkage.lists import load_list
    from kaejon.methods.linkage.profile import load_profile

    profile = load_profile(args.profile)
    output = Path(args.output)
    require_place(output)
    tell = _teller()
    with DuckDBEngine() as engine:
        tell("reading the lists")
        load_list(engine, "given_left", Path(args.left))
        if args.right is not None:
            load_list(engine, "given_right", Path(args.right))
        right = "given_right" if args.right is not None else None
        # Thailand's day, whatever clock the machine keeps: a child born today is no typing error.
        today = dt.datetime.now(ZoneInfo("Asia/Bangkok")).date()
        if args.engine == "spark":
            with open_engine("spark") as spark:
                result = link(
                    engine,
                    "given_left",
                    right,
                    today=today,
                    profile=profile,
                    scorer=spark,
                    tell=tell,
                )
        else:
            result = link(engine, "given_left", right, today=today, profile=profile, tell=tell)
    with written_whole(output) as draft:
        _write(draft, result, why=args.why)
    for note in result.notes:
        tell(f"left to other rules, {note}")
    tell(f"done: {result.count('sure')} sure, {result.count('ask')} to ask")
    if args.json:
        print(json.dumps(_summary(result, args.engine), ensure_ascii=False))
    return 0


def _teller() -> Callable[[str], None]:
    """Progress on stderr with the seconds since the start."""
    start = time.monotonic()

    def tell(message: str) -> None:
        print(f"kaejon match {time.monotonic() - start:6.1f} s  {message}", file=sys.stderr)

    return tell


def _write(path: Path, result: Any, *, why: bool) -> None:
    """The pairs in order of id; the same input gives the same bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*HEADER, "why") if why else HEADER)
        for row in _rows(result.pairs):
            cells = [row[name] for name in HEADER]
            writer.writerow([*cells, _why(result, row)] if why else cells)


def _rows(pairs: Any) -> Iterator[dict[str, Any]]:
    for batch in pairs.to_batches(max_chunksize=ROWS_AT_ONCE):
        yield from batch.to_pylist()


def _why(result: Any, row: dict[str, Any]) -> str:
    from kaejon.methods.linkage.explain import explain

    return explain(result.profile, lane=row["lane"], levels=row)


def _summary(result: Any, engine: str) -> dict[str, Any]:
    return {
        "left": result.left,
        "right": result.right,
        "sure": result.count("sure"),
        "ask": result.count("ask"),
        "thresholds": asdict(result.thresholds),
        "engine": engine,
    }
