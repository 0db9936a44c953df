"""Search a whole registry for people who stand twice: `python -m bench.registry_linkage --people 1000000`.

Fills an empty installation with the people of the linkage benchmark (seeded, error rates
stated there), so many of whom stand twice with other faults, runs `kaejon link` and prints
time, peak memory and quality against the known truth.
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
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from bench.linkage_people import draw_lists

TODAY = date(2026, 11, 1)
AT_ONCE = 20_000
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000, help="rows of the registry")
    parser.add_argument(
        "--twice", type=float, default=0.03, help="share of rows that are duplicates"
    )
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kaejon-bench-") as folder:
        os.environ["KAEJON_DATA_DIR"] = folder
        kaejon("migrate")
        twice = fill(args.people, args.twice, args.seed)
        began = time.monotonic()
        found = json.loads(kaejon("link", "--json"))
        seconds = time.monotonic() - began
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
        print(
            f"{found['people']:,} people, {len(twice):,} twice; {seconds:.0f} s, peak {peak:.2f} GB"
        )
        judge(twice)


def kaejon(*arguments: str) -> str:
    command = [sys.executable, "-m", "kaejon.cli.main", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def fill(people: int, twice: float, seed: int) -> set[tuple[int, int]]:
    """Write the registry; returns the keys of the pairs that are one person."""
    from kaejon.config.setup import start_django

    start_django()
    again = int(people * twice)
    left, right, truth = draw_lists(people=people - again, seed=seed)
    keys = {name: n for n, name in enumerate(left.column("id").to_pylist(), 1)}
    partner = {
        b: a
        for a, b in zip(
            *(truth.column(c).to_pylist() for c in ("left_id", "right_id")), strict=True
        )
    }
    known = pa.array([name in partner for name in right.column("id").to_pylist()])
    right = right.filter(known).slice(0, again)
    pairs = {
        (keys[partner[name]], len(keys) + n)
        for n, name in enumerate(right.column("id").to_pylist(), 1)
    }
    write(pa.concat_tables([left, right]))
    return pairs


def write(people: pa.Table) -> None:
    """Areas, houses, households and people by the registry's own bulk insert."""
    from django.db import transaction

    from kaejon.apps.areas.models import Area, Level
    from kaejon.apps.households.bulk import insert_rows
    from kaejon.apps.households.models import House, Household

    rows = people.to_pylist()
    places = {place_of(row) for row in rows}
    areas = {code[:n] for code, _ in places for n in (2, 4, 6, 8)}
    levels = {2: Level.PROVINCE, 4: Level.DISTRICT, 6: Level.TAMBON, 8: Level.VILLAGE}
    with transaction.atomic():
        Area.objects.bulk_create(
            Area(code=code, level=levels[len(code)], name_th=code, parent_id=code[:-2] or None)
            for code in sorted(areas, key=lambda c: (len(c), c))
            if not Area.objects.filter(code=code).exists()
        )
        homes: dict[tuple[str, str], int] = {}
        for some in chunks(sorted(places)):
            houses = [House(area_id=code, house_no=number) for code, number in some]
            insert_rows(houses)
            households = [
                Household(house=h, area_id=h.area_id, house_no=h.house_no) for h in houses
            ]
            insert_rows(households)
            homes |= {(h.area_id, h.house_no): h.pk for h in households}
        for some in chunks(rows):
            insert_rows([person(row, homes[place_of(row)]) for row in some])


def chunks(items: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]


def place_of(row: Row) -> tuple[str, str]:
    """Village code, or tambon where the list names no village, and house number."""
    from kaejon.methods.thai import addresses

    read = addresses.read_house_no(row["house_no"] or "")
    moo = read.moo or (int(row["moo"]) if (row["moo"] or "").isdigit() else None)
    return f"{row['tambon_code']}{moo:02d}" if moo else row["tambon_code"], read.house_no or ""


def person(row: Row, household: int) -> Any:
    """One row as the import would keep it."""
    from kaejon.apps.households.models import Person
    from kaejon.apps.vault.sealing import blind_index
    from kaejon.methods.thai import buddhist_era, names, national_id

    read = names.read_person(row["title"], row["first_name"], row["last_name"])
    number, born = (
        national_id.read(row["national_id"]),
        buddhist_era.read_date(row["birth_date"], today=TODAY),
    )
    token = blind_index(number.digits) if number.status == "valid" else ""
    return Person(
        household_id=household,
        area_id=place_of(row)[0],
        title=read.title or "",
        first_name=read.first,
        last_name=read.last or "",
        sex={"หญิง": "F", "ชาย": "M"}.get(row["sex"], ""),
        birth_date=born.date,
        birth_precision=born.precision or "",
        national_id_index=token,
        national_id_sealed=b"sealed" if token else None,
    )


def judge(twice: set[tuple[int, int]]) -> None:
    """Precision and recall of both bands."""
    from kaejon.apps.linking.models import PersonPair

    for bands in (("sure",), ("sure", "ask")):
        found = set(PersonPair.objects.filter(band__in=bands).values_list("one", "other"))
        right = len(found & twice)
        print(
            f"  {'+'.join(bands)}: {len(found):,} pairs, precision {right / max(1, len(found)):.4f},"
            f" recall {right / max(1, len(twice)):.4f}"
        )


if __name__ == "__main__":
    main()
