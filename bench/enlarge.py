"""Make a province-size database out of a small demo, for timing pages only.

    kaejon demo --data-dir data/large --no-serve
    python bench/enlarge.py --data-dir data/large --households 400000

Copies every household with its members, claims and scores into other villages of
the province until the number is reached. Copies have their own public ids and
search tokens; names repeat. Works on SQLite and, with DATABASE_URL, on PostgreSQL.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import Any

VILLAGES_A_TAMBON = 13

# table → columns that point to a copied table; every other column is copied as it is
COPIED: dict[str, dict[str, str]] = {
    "households_house": {},
    "households_household": {"house_id": "households_house"},
    "households_person": {"household_id": "households_household"},
    "households_membership": {
        "person_id": "households_person",
        "household_id": "households_household",
    },
    "sources_assertion": {"person_id": "households_person", "household_id": "households_household"},
    "measurement_capitalscore": {"household_id": "households_household"},
    "measurement_povertyscreen": {"household_id": "households_household"},
    "coverage_standing": {"household_id": "households_household"},
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", required=True)
    parser.add_argument("--households", type=int, default=400_000)
    args = parser.parse_args()
    os.environ |= {"KAEJON_DATA_DIR": args.data_dir, "KAEJON_LOG_LEVEL": "ERROR"}
    from kaejon.config.setup import start_django

    start_django()
    started = time.monotonic()
    enlarge(args.households)
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    return 0


def enlarge(households: int) -> None:
    from django.db import connection, transaction

    from kaejon.apps.areas.models import Area
    from kaejon.apps.coverage.tallying import tally_areas as tally_lists
    from kaejon.apps.dashboards.actions import tally_areas
    from kaejon.apps.households.models import Household

    base = Household.objects.count()
    old = sorted(set(Household.objects.values_list("area_id", flat=True)))
    new = all_villages()
    limits = {table: (lowest(table), highest(table)) for table in COPIED}
    for copy in range(1, max(1, round(households / base))):
        places = {v: new[(copy * len(old) + i * 7) % len(new)] for i, v in enumerate(old)}
        with transaction.atomic(), connection.cursor() as cursor:
            write_map(cursor, places)
            offsets = {table: highest(table) - low + 1 for table, (low, _) in limits.items()}
            for table in COPIED:
                cursor.execute(statement(table, offsets, limits[table]))
                if connection.vendor == "postgresql":
                    cursor.execute(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                    )
        if copy % 20 == 0:
            print(f"{Household.objects.count():,} households", file=sys.stderr, flush=True)
    villages = set(Area.objects.filter(level="village").values_list("code", flat=True))
    tally_areas(villages)
    with transaction.atomic():
        tally_lists(villages)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def all_villages() -> list[str]:
    """Villages in every tambon of the province, made where they are missing."""
    from kaejon.apps.areas.actions import ensure_villages
    from kaejon.apps.areas.models import Area

    tambons = Area.objects.filter(level="tambon", valid_until=None).values_list("code", flat=True)
    codes = [f"{tambon}{moo:02}" for tambon in tambons for moo in range(1, VILLAGES_A_TAMBON + 1)]
    ensure_villages(dict.fromkeys(codes, "บ้านจำลอง"))
    return codes


def lowest(table: str) -> int:
    return edge(table, "min")


def highest(table: str) -> int:
    return edge(table, "max")


def edge(table: str, which: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce({which}(id), 0) FROM {table}")
        return int(cursor.fetchone()[0])


def write_map(cursor: Any, places: dict[str, str]) -> None:
    cursor.execute("DROP TABLE IF EXISTS bench_map")
    cursor.execute("CREATE TEMPORARY TABLE bench_map (old varchar(8) PRIMARY KEY, new varchar(8))")
    cursor.executemany("INSERT INTO bench_map VALUES (%s, %s)", list(places.items()))


def statement(table: str, offsets: dict[str, int], limits: tuple[int, int]) -> str:
    """INSERT … SELECT of the base rows under new keys."""
    from django.apps import apps
    from django.db import connection

    random_hex = (
        "md5(random()::text)" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    )
    random_id = "gen_random_uuid()" if connection.vendor == "postgresql" else random_hex
    model = next(m for m in apps.get_models() if m._meta.db_table == table)
    names, values = [], []
    for field in model._meta.concrete_fields:
        column = field.column
        names.append(f'"{column}"')
        if column == "id":
            values.append(f"t.id + {offsets[table]}")
        elif column in COPIED[table]:
            values.append(f"t.{column} + {offsets[COPIED[table][column]]}")
        elif column == "public_id":
            values.append(random_id)
        elif column == "area_id":
            values.append("bench_map.new")
        elif column == "national_id_index":
            values.append(f"CASE WHEN t.{column} = '' THEN '' ELSE {random_hex} END")
        else:
            values.append(f't."{column}"')
    joined = " JOIN bench_map ON bench_map.old = t.area_id" if '"area_id"' in names else ""
    low, high = limits
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} FROM {table} t{joined} WHERE t.id BETWEEN {low} AND {high}"


if __name__ == "__main__":
    sys.exit(main())
