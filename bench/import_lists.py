"""How fast is a list staged and applied, beside saving row by row?

    python bench/import_lists.py --rows 100000

Both sides write to a fresh SQLite database in a folder of their own. The rival
does what row-by-row importers do: look each person up, save household, person and
membership through the ORM, one row at a time, in one transaction per thousand; it
validates nothing, seals nothing and keeps no claim. It runs on `--rival-rows` rows
because it is slow; the ratio is of rates.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

HOUSEHOLDS_PER_ROW = 3.5


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rival-rows", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kaejon-bench-") as folder:
        os.environ |= {
            "KAEJON_DATA_DIR": folder,
            "KAEJON_LOG_LEVEL": "WARNING",
            "KAEJON_SYNTHETIC": "True",
        }
        from kaejon.cli.migrate import prepare

        prepare(provinces=["33"])
        measure(Path(folder), args)
    return 0


def measure(folder: Path, args: argparse.Namespace) -> None:
    import numpy as np

    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.sources import actions as lists
    from kaejon.demo import loading

    operator = ensure_operator()
    households = max(500, int(args.rows / HOUSEHOLDS_PER_ROW))
    rng = np.random.default_rng(args.seed)
    population = loading.build_population(rng, households=households)
    organizations = loading.register_organizations(population.areas, operator)
    files = loading.write_lists(population, folder / "lists", rng, with_errors=False)
    bmn = next(f for f in files if f.kind == "bmn")
    with bmn.path.open("rb") as handle:
        batch = lists.upload_list(
            chunks=iter(lambda: handle.read(1 << 20), b""),
            file_name=bmn.path.name,
            source=loading.source_of(bmn, organizations, operator),
            year_be=bmn.year_be,
            by=operator,
        )
    staged = both_clocks(lambda: loading.finish(lists.stage(batch=batch, by=operator)))
    rival = rival_rate(batch, args.rival_rows)
    batch.refresh_from_db()
    applied = both_clocks(lambda: loading.finish(lists.apply(batch=batch, by=operator)))
    rows = batch.counts["rows"]
    print(
        f"| {rows:,} rows, {len(batch.info['header'])} columns | seconds | of a processor "
        "| rows/s | rows per processor second | rows/s ÷ row-by-row |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    for name, (seconds, busy) in (
        ("staged (read, validate, seal, compare)", staged),
        ("applied", applied),
        ("both", (staged[0] + applied[0], staged[1] + applied[1])),
    ):
        rate = rows / seconds
        print(
            f"| {name} | {seconds:.1f} | {busy:.1f} | {rate:,.0f} | {rows / busy:,.0f} "
            f"| {rate / rival:.1f} |"
        )
    print(f"| row-by-row ORM, unvalidated | - | - | {rival:,.0f} | - | 1 |")


def both_clocks(work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock and of the processor; they part when the disk or others are waited for."""
    busy = time.process_time()
    seconds = clock(work)
    return seconds, time.process_time() - busy


def clock(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def rival_rate(batch: Any, rows: int) -> float:
    """Rows per second of saving row by row: median of three thousands, rolled back."""
    from django.db import transaction

    from kaejon.apps.areas.actions import ensure_villages

    class RollBack(Exception):
        pass

    records = list(
        islice(batch.records.filter(outcome="created").defer("raw_sealed").iterator(), rows)
    )
    rates = []
    try:
        with transaction.atomic():
            ensure_villages({r.area_code: "" for r in records if len(r.area_code) == 8})
            for start in range(0, len(records), 1000):
                part = records[start : start + 1000]
                rates.append(len(part) / clock(lambda part=part: save_row_by_row(part)))
            raise RollBack
    except RollBack:
        pass
    return statistics.median(rates)


def save_row_by_row(records: list[Any]) -> None:
    """The usual importer: get_or_create for each thing of each row."""
    from datetime import date

    from kaejon.apps.households.models import House, Household, Membership, Person

    for record in records:
        facts, place = record.facts["person"], record.facts["household"]
        house, _ = House.objects.get_or_create(
            area_id=record.area_code, house_no=place.get("house_no", "")
        )
        household, _ = Household.objects.get_or_create(
            house=house, defaults={"area_id": record.area_code, "house_no": house.house_no}
        )
        born = facts.get("birth_date")
        person, created = Person.objects.get_or_create(
            name_key=facts.get("name_key", ""),
            birth_date=date.fromisoformat(born) if born else None,
            household=household,
            defaults={
                "area_id": record.area_code,
                "first_name": facts.get("first_name", ""),
                "last_name": facts.get("last_name", ""),
                "birth_precision": facts.get("birth_precision", "") if born else "",
            },
        )
        if created:
            Membership.objects.create(person=person, household=household)
        household.members = household.people.count()
        household.save()


if __name__ == "__main__":
    sys.exit(main())
