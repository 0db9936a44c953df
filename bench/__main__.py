"""`make bench`: the comparisons that need no large data folder, one after another.

About ten minutes on two quiet cores. `python -m bench --full` takes the sizes of
docs/performance.md instead, about half an hour; Spark and pandas join where installed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

SCALE = "alkire_foster_scale.py"
ENGINES = "scan,duckdb,polars,polars_all,packed_polars,plain_duckdb,pandas"
if find_spec("pyspark"):
    ENGINES += ",spark"
QUICK = (
    ("import_lists.py", "--rows", "20000"),
    ("reversal.py", "--rows", "3000", "10000", "30000"),
    ("folder_pdf.py", "--folders", "50", "--rival-folders", "5"),
    (SCALE, "--rows", "1000000", "--repeats", "3", "--engines", ENGINES),
    ("households_scale.py", "--rows", "1000000"),
    ("linkage.py", "--people", "100000", "--profile", "stated", "worse", "no-id"),
    ("linkage.py", "--febrl4"),
)
FULL = (
    ("import_lists.py", "--rows", "100000"),
    ("reversal.py", "--rows", "30000", "100000", "300000"),
    ("folder_pdf.py", "--folders", "200", "--rival-folders", "12"),
    (SCALE, "--rows", "1000000", "--repeats", "5", "--engines", ENGINES),
    (
        SCALE,
        "--rows",
        "13000000",
        "--repeats",
        "3",
        "--engines",
        "scan,duckdb,polars,polars_all,packed_polars",
    ),
    ("households_scale.py", "--rows", "1000000", "--country", "13000000"),
    ("linkage.py", "--people", "100000", "--profile", "stated", "worse", "no-id"),
    ("linkage.py", "--febrl4"),
    ("linkage.py", "--people", "1000000", "--profile", "stated"),
)


def main() -> int:
    """Run every comparison; each prints its own table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the sizes of docs/performance.md")
    folder = Path(__file__).parent
    for script, *arguments in FULL if parser.parse_args().full else QUICK:
        print(f"\n## {script} {' '.join(arguments)}\n", flush=True)
        subprocess.run(
            [sys.executable, str(folder / script), *arguments], check=True, cwd=folder.parent
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
