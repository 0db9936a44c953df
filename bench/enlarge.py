"""Make a province-size database out of a small demonstration, for timing only.

    .venv/bin/kaejon demo --data-dir data/large --no-serve --households 6000
    .venv/bin/python bench/enlarge.py --data-dir data/large --households 400000

Copies every household with all that is kept of it (members, list rows, claims, checks, pairs,
history) into other villages of the province until the number is reached, then counts anew what is
counted, writes a year of looks, and seals history as the worker does. Works on SQLite and, with
DATABASE_URL, on PostgreSQL. Copies have public ids and search tokens of their own; names and sealed
values repeat. What stands inside JSON beside them (what a merge moved, what an event changed) still
speaks of the small demonstration: a copied merge cannot be undone. Measurement runs stay those of the
small demonstration.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

VILLAGES_A_TAMBON = 13

# -- every table, and what becomes of it (tests/apps/test_enlarge.py) -----------------------------

# Each row once more for every copy, under new keys. Keys, areas and public ids are moved by the kind
# of their column; `OTHERWISE` names columns that need more.
COPIED = (
    "households.House",
    "households.Household",
    "households.Person",
    "households.Membership",
    "households.Grant",
    "sources.SourceRecord",
    "sources.Assertion",
    "sources.HouseholdReference",
    "linking.MatchDecision",
    "linking.PersonPair",
    "linking.PersonMerge",
    "linking.PairDecision",
    "surveys.Forum",
    "surveys.Verification",
    "surveys.StatusOverride",
    "surveys.VillageTask",
    "surveys.AgendaItem",
    "surveys.Objection",
    "surveys.Correction",
    "measurement.CapitalScore",
    "measurement.PovertyScreen",
    "coverage.Standing",
    "folders.Note",
    "folders.Attention",
    "privacy.Consent",
    "privacy.SubjectRequest",
    "homes.HouseholdChange",
    "homes.HouseholdPair",
    "homes.HouseholdDecision",
    "homes.HandOver",
    "audit.Event",
    "audit.EventDetail",
)

# Written anew when the copies are there.
WRITTEN = {
    "areas.Area": "villages are made for the copies",
    "dashboards.VillageTally": "counted",
    "dashboards.VillageFigures": "added up",
    "dashboards.TambonFigures": "added up",
    "coverage.PictureTally": "counted",
    "coverage.ListQuality": "counted by the job of its own",
    "jobs.Job": "that job",
    "audit.Look": "a year of looks is invented (bench/invented_looks.py)",
    "audit.LookDetail": "with its look",
    "audit.FoldersOpened": "counted from the looks",
    "audit.SealBlock": "history is sealed",
}

# Left as it is → why it does not grow with households.
NOT_GROWING = {
    "admin.LogEntry": "the site of maintainers",
    "auth.Permission": "one per table and verb",
    "auth.Group": "unused",
    "contenttypes.ContentType": "one per table",
    "sessions.Session": "kept in access.Session",
    "account.EmailAddress": "per account",
    "account.EmailConfirmation": "per account",
    "mfa.Authenticator": "per account",
    "access.User": "per account; bench/officers.py makes its own",
    "access.RoleAssignment": "per account",
    "access.Invitation": "per account",
    "access.Confirmation": "per account",
    "access.ApiToken": "per account",
    "access.Asked": "per form sent, forgotten by housekeeping",
    "access.Session": "per browser",
    "access.Counter": "per account and address",
    "areas.Boundary": "per area of the official list",
    "partners.Organization": "per organization",
    "sources.Source": "per list",
    "sources.SourceVersion": "per list and year",
    "sources.MappingProfile": "per shape of a file",
    "sources.ImportBatch": "per file; the copied rows stand in the files of the demonstration",
    "linking.LinkRun": "per search",
    "linking.QueueAssignment": "per tambon",
    "surveys.ResultsFile": "per file",
    "measurement.StoredDefinition": "per definition",
    "measurement.MeasurementRun": "per run, which tells what it froze",
    "measurement.SampleValues": "per run",
    "measurement.FrozenInput": "per run",
    "measurement.AreaResult": "per run and area, which tells what was frozen",
    "measurement.RunRepeat": "per run",
    "coverage.Combination": "per set of lists",
    "folders.CommunityStrength": "per tambon",
    "ranking.RankingRule": "per area",
    "ranking.Decision": "per meeting",
}

# Of history only lines about what is copied.
SUBJECTS = ("household", "household_pair", "person", "pair", "match", "note", "attention", "forum")
# One row a village: a second copy that falls into the village adds none.
ONE_A_VILLAGE = ("surveys.VillageTask",)


# -- copying --------------------------------------------------------------------------------------


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
    from django.utils import timezone

    from bench.invented_looks import write_looks
    from kaejon.apps.audit.last_seal import seal_and_keep
    from kaejon.apps.households.models import Household

    refuse_unless_small_demo()
    started = timezone.now()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -500000")
    base = Household.objects.count()
    old = sorted(set(Household.everyone.values_list("area_id", flat=True)))
    new = all_villages()
    tables = [Table.of(label) for label in COPIED]
    number_events()
    for number in range(1, max(1, round(households / base))):
        places = {v: new[(number * len(old) + i * 7) % len(new)] for i, v in enumerate(old)}
        copy = Copy(number, {table.model: table for table in tables}, started)
        with transaction.atomic(), connection.cursor() as cursor:
            write_map(cursor, places)
            for table in tables:
                cursor.execute(copy.statement(table))
        if number % 20 == 0:
            tell(f"{Household.objects.count():,} households")
    with connection.cursor() as cursor:
        for table in tables:
            continue_sequence(cursor, table.model)
    tell("looks")
    write_looks()
    tell("counts")
    count_anew()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    tell("seals")
    seal_and_keep()


def refuse_unless_small_demo() -> None:
    """Copies of copies would bear the public ids of copies."""
    from kaejon.apps.households.models import Household

    first = Household.everyone.order_by("pk").first()
    if first is None:
        raise SystemExit("there is no household to copy: run `kaejon demo` with this folder first")
    copy = hashlib.md5(f"1 {first.public_id.hex}".encode(), usedforsecurity=False).hexdigest()
    if Household.everyone.filter(public_id=copy).exists():
        raise SystemExit("this was enlarged already: begin with a new demonstration")


def tell(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


def count_anew() -> None:
    """What is counted from rows, by the product's own functions."""
    from django.db import transaction

    from kaejon.apps.areas.models import Area
    from kaejon.apps.coverage.quality import request_count
    from kaejon.apps.coverage.tallying import tally_areas as tally_lists
    from kaejon.apps.dashboards.actions import tally_areas
    from kaejon.apps.dashboards.figuring import figure_areas
    from kaejon.apps.jobs.actions import run_job_here
    from kaejon.apps.sources.models import BatchStatus, ImportBatch

    villages = set(Area.objects.filter(level="village").values_list("code", flat=True))
    with transaction.atomic():
        tally_areas(villages)
        figure_areas(villages)
        tally_lists(villages)
    for batch in ImportBatch.objects.filter(status=BatchStatus.APPLIED):
        run_job_here(request_count(batch, batch.uploaded_by))


def all_villages() -> list[str]:
    """Villages in every tambon of the province, made where they are missing."""
    from kaejon.apps.areas.actions import ensure_villages
    from kaejon.apps.areas.models import Area

    tambons = Area.objects.filter(level="tambon", valid_until=None).values_list("code", flat=True)
    codes = [f"{tambon}{moo:02}" for tambon in tambons for moo in range(1, VILLAGES_A_TAMBON + 1)]
    ensure_villages(dict.fromkeys(codes, "บ้านจำลอง"))
    return codes


def write_map(cursor: Any, places: dict[str, str]) -> None:
    cursor.execute("DROP TABLE IF EXISTS bench_map")
    cursor.execute("CREATE TEMPORARY TABLE bench_map (old varchar(8) PRIMARY KEY, new varchar(8))")
    cursor.executemany("INSERT INTO bench_map VALUES (%s, %s)", list(places.items()))


def number_events() -> None:
    """The events to copy, numbered without gaps: a gap in history is remembered in every seal."""
    from django.db import connection

    subjects = ", ".join(f"'{subject}'" for subject in SUBJECTS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_events")
        cursor.execute("CREATE TEMPORARY TABLE bench_events (old bigint PRIMARY KEY, n bigint)")
        cursor.execute(
            "INSERT INTO bench_events SELECT id, row_number() OVER (ORDER BY id) "
            f"FROM audit_event WHERE subject_type IN ({subjects})"
        )


def continue_sequence(cursor: Any, model: Any) -> None:
    """PostgreSQL gives the next row the key after the copies; SQLite does by itself."""
    from django.db import connection, models

    name = model._meta.db_table
    if connection.vendor == "postgresql" and isinstance(model._meta.pk, models.AutoField):
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) "
            f"FROM {name} HAVING max(id) IS NOT NULL"
        )


@dataclass(frozen=True)
class Table:
    """A table to copy, with the keys and the highest row number of the small demonstration."""

    label: str
    model: Any
    low: int
    high: int
    rows: int

    @classmethod
    def of(cls, label: str) -> Table:
        from django.apps import apps
        from django.db.models import Count, Max, Min

        model = apps.get_model(label)
        edges = model._base_manager.aggregate(low=Min("pk"), high=Max("pk"), rows=Count("pk"))
        return cls(label, model, edges["low"] or 0, edges["high"] or 0, edges["rows"])

    @property
    def is_history(self) -> bool:
        return self.label.startswith("audit.")

    @property
    def width(self) -> int:
        return self.high - self.low + 1


@dataclass(frozen=True)
class Copy:
    """The statements of one copy: INSERT … SELECT of the rows of the small demonstration."""

    number: int
    tables: dict[Any, Table]
    at: Any

    def statement(self, table: Table) -> str:
        fields = table.model._meta.concrete_fields
        names = ", ".join(f'"{field.column}"' for field in fields)
        values = ", ".join(self.value(table, field) for field in fields)
        source = f"{table.model._meta.db_table} t"
        if table.is_history:
            source += " JOIN bench_events e ON e.old = t.id"
        return (
            f"INSERT INTO {table.model._meta.db_table} ({names}) SELECT {values} FROM {source} "
            f"WHERE t.id BETWEEN {table.low} AND {table.high}"
            + (" ON CONFLICT DO NOTHING" if table.label in ONE_A_VILLAGE else "")
        )

    def value(self, table: Table, field: Any) -> str:
        column = f't."{field.column}"'
        if special := OTHERWISE.get(f"{table.label}.{field.name}"):
            return str(special(self, column))
        if field.primary_key and table.is_history:
            return f"{table.high} + {self.number - 1} * (SELECT count(*) FROM bench_events) + e.n"
        if field.primary_key:
            return f"{column} + {self.number * table.width}"
        if (target := self.tables.get(field.related_model)) is not None:
            return f"{column} + {self.number * target.width}"
        if field.column == "area_code" or getattr(field.related_model, "__name__", "") == "Area":
            return f"coalesce((SELECT new FROM bench_map WHERE old = {column}), {column})"
        return self.public_id(column) if field.column == "public_id" else column

    def digest(self, column: str) -> str:
        """32 hex digits that only this copy has, the same for the same value."""
        return f"md5('{self.number} ' || {column})"

    def token(self, column: str) -> str:
        return f"CASE WHEN {column} = '' THEN '' ELSE {self.digest(column)} END"

    def public_id(self, column: str) -> str:
        if on_postgres():
            return self.digest(f"replace({column}::text, '-', '')") + "::uuid"
        return self.digest(column)

    def public_id_as_text(self, column: str) -> str:
        made = self.digest(f"replace({column}, '-', '')")
        if on_postgres():
            return f"({made}::uuid)::text"
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        return " || '-' || ".join(f"substr({made}, {start}, {size})" for start, size in parts)

    def public_ids_in_list(self, column: str) -> str:
        return each(column, self.public_id_as_text("value"))

    def record_keys_in_list(self, column: str) -> str:
        from kaejon.apps.sources.models import SourceRecord

        number = "value::bigint" if on_postgres() else "value"
        return each(column, f"{number} + {self.number * self.tables[SourceRecord].width}")

    def with_number(self, column: str) -> str:
        return f"CASE WHEN {column} = '' THEN '' ELSE {column} || '/{self.number}' END"

    def row_number(self, column: str) -> str:
        highest = "SELECT max(row_number) FROM sources_sourcerecord WHERE id <= {}"
        from kaejon.apps.sources.models import SourceRecord

        return f"{column} + {self.number} * ({highest.format(self.tables[SourceRecord].high)})"

    def moment(self, column: str) -> str:
        """History is written in the order of time."""
        return f"'{self.at:%Y-%m-%d %H:%M:%S.%f}'" + ("::timestamptz" if on_postgres() else "")


def on_postgres() -> bool:
    from django.db import connection

    return bool(connection.vendor == "postgresql")


def each(column: str, value: str) -> str:
    """A list in JSON with every `value` made anew."""
    if on_postgres():
        rows = f"jsonb_array_elements_text({column}) AS listed(value)"
        return f"(SELECT coalesce(jsonb_agg({value}), '[]') FROM {rows})"
    return f"(SELECT json_group_array({value}) FROM json_each({column}))"


OTHERWISE = {
    "households.Person.national_id_index": Copy.token,
    "sources.SourceRecord.national_id_index": Copy.token,
    "sources.SourceRecord.digest": Copy.digest,
    "sources.SourceRecord.row_number": Copy.row_number,
    "sources.SourceRecord.group": Copy.with_number,
    "sources.SourceRecord.candidates": Copy.public_ids_in_list,
    "sources.HouseholdReference.reference": Copy.with_number,
    "linking.PersonPair.rows_one": Copy.record_keys_in_list,
    "linking.PersonPair.rows_other": Copy.record_keys_in_list,
    "homes.HouseholdPair.rows_one": Copy.record_keys_in_list,
    "homes.HouseholdPair.rows_other": Copy.record_keys_in_list,
    "audit.Event.at": Copy.moment,
    "audit.Event.subject_id": Copy.public_id_as_text,
}


def unsaid() -> Iterator[str]:
    """What is wrong with the three lists above; nothing when every table stands in one of them."""
    from django.apps import apps

    models = {model._meta.label: model for model in apps.get_models()}
    named = [*COPIED, *WRITTEN, *NOT_GROWING]
    for label in sorted(models.keys() - set(named)):
        yield f"{label} stands in no list of bench/enlarge.py: is it copied, written, or not growing?"
    for label in sorted(set(named) - models.keys()):
        yield f"{label} is no table"
    for label in sorted({label for label in named if named.count(label) > 1}):
        yield f"{label} stands in two lists"
    for label in NOT_GROWING.keys() & models.keys():
        for field in models[label]._meta.concrete_fields:
            if (
                getattr(field.related_model, "_meta", None)
                and field.related_model._meta.label in COPIED
            ):
                yield f"{label}.{field.name} points to {field.related_model._meta.label}, which grows"


if __name__ == "__main__":
    sys.exit(main())
