"""How long does a measurement run over a whole registry take?

    python bench/measurement_runs.py --data-dir data/province       (made by `kaejon demo`)

One run of each kind over the province's newest list of that kind, from asking for it to
its result, in this process instead of the worker's. Writes the runs: use a data folder of
your own. Seconds, processor seconds and the peak memory of the process so far.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time

KINDS = (
    ("capitals", "ppp", "five_capitals_ppp_2568", {}),
    ("tpmap", "bmn", "tpmap_2561", {}),
    ("alkire_foster", "bmn", "mpi_bmn_five_dimensions", {"k": "1/20"}),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--area", default="33")
    args = parser.parse_args()
    os.environ |= {"KAEJON_DATA_DIR": args.data_dir, "KAEJON_LOG_LEVEL": "ERROR"}
    from kaejon.config.setup import start_django

    start_django()
    print("| Run | Rows of the list | Households | Seconds | Processor s | Peak MB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind, source_kind, definition, options in KINDS:
        measure(args.area, kind, source_kind, definition, options)
    return 0


def measure(
    area: str, kind: str, source_kind: str, definition: str, options: dict[str, str]
) -> None:
    from kaejon.apps.access.models import User
    from kaejon.apps.areas.models import Area
    from kaejon.apps.jobs.actions import run_job_here
    from kaejon.apps.measurement.running import start_run
    from kaejon.apps.sources.models import SourceRecord, SourceVersion

    version = SourceVersion.objects.filter(source__kind=source_kind).order_by("as_of").last()
    if version is None:
        raise SystemExit(f"no list of kind {source_kind}: make the data with `kaejon demo`")
    rows = SourceRecord.objects.filter(batch__version=version).count()
    started, worked = time.perf_counter(), time.process_time()
    run = start_run(
        kind=kind,
        area=Area.objects.get(code=area),
        version=version,
        definition_name=definition,
        options=options,
        by=User.objects.get(username="province"),
    )
    run_job_here(run.job)
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    run.refresh_from_db()
    if run.status != "done":
        raise SystemExit(f"{kind}: {run.status} {run.problem}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {kind} | {rows:,} | {run.households:,} | {seconds:.1f} | {processor:.1f} | {peak:,.0f} |",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
