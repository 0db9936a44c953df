"""How long does taking a list back take, beside applying it, and does it grow with the list?

    python bench/reversal.py --rows 30000 100000 300000

Each size has a fresh SQLite database in a folder of its own: one list of basic needs is staged,
applied and taken back. Seconds per row should not grow with the list (within 1.2 x from the
smallest to the largest), and taking back should cost at most 2 x applying. With `--beside`
another list of the same people stays: what it says has to be settled anew.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROWS_A_HOUSEHOLD = 3.5


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[30_000, 100_000, 300_000])
    parser.add_argument("--beside", action="store_true", help="another list of the people stays")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        measure(args.rows[0], args)
        return 0
    print("| rows | applied, s | taken back, s | ms per row | ÷ applying | ÷ smallest |")
    print("| --- | --- | --- | --- | --- | --- |", flush=True)
    smallest = None
    for rows in args.rows:
        # A process for each size: nothing warm, nothing kept from the one before.
        command = [sys.executable, __file__, "--one", "--rows", str(rows), "--seed", str(args.seed)]
        command += ["--beside"] if args.beside else []
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        number, applied, back = (float(word) for word in done.stdout.split())
        smallest = smallest or back / number
        print(
            f"| {number:,.0f} | {applied:.1f} | {back:.1f} | {back / number * 1000:.2f} "
            f"| {back / applied:.2f} | {back / number / smallest:.2f} |",
            flush=True,
        )
    return 0


def measure(rows: int, args: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="kaejon-bench-") as folder:
        os.environ |= {
            "KAEJON_DATA_DIR": folder,
            "KAEJON_LOG_LEVEL": "WARNING",
            "KAEJON_SYNTHETIC": "True",
        }
        from kaejon.cli.migrate import prepare

        prepare(provinces=["33"])
        one_size(Path(folder), rows, args)


def one_size(folder: Path, rows: int, args: argparse.Namespace) -> None:
    import numpy as np

    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.sources import actions as lists
    from kaejon.demo import loading

    operator = ensure_operator()
    rng = np.random.default_rng(args.seed)
    households = max(500, int(rows / ROWS_A_HOUSEHOLD))
    population = loading.build_population(rng, households=households)
    organizations = loading.register_organizations(population.areas, operator)
    files = loading.write_lists(population, folder / "lists", rng, with_errors=False)

    def staged(file: Any) -> Any:
        with file.path.open("rb") as handle:
            batch = lists.upload_list(
                chunks=iter(lambda: handle.read(1 << 20), b""),
                file_name=file.path.name,
                source=loading.source_of(file, organizations, operator),
                year_be=file.year_be,
                by=operator,
            )
        loading.finish(lists.stage(batch=batch, by=operator))
        return batch

    bmn = next(f for f in files if f.kind == "bmn")
    batch = staged(bmn)
    applied = seconds(lambda: loading.finish(lists.apply(batch=batch, by=operator)))
    if args.beside:
        other = staged(next(f for f in files if f.kind == "tpmap"))
        loading.finish(lists.apply(batch=other, by=operator))
    batch.refresh_from_db()
    back = seconds(lambda: loading.finish(lists.reverse(batch=batch, by=operator)))
    print(batch.counts["rows"], applied, back)


def seconds(work: Callable[[], Any]) -> float:
    """Seconds of this process's own processor: others on the machine do not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
