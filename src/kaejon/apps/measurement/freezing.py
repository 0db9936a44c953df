"""Freeze what a run reads: one row a household, opaque, without names or numbers.

Claims of one list version are read in chunks; the engine's own SQL takes the few facts out of
them, adds the members up, and the rows are kept sealed as a Parquet file. A household is
named by a keyed digest that differs from run to run, so the file alone names nobody.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import within
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.measurement.documents import content_hash
from kaejon.apps.measurement.models import CapitalScore, FrozenInput, MeasurementRun
from kaejon.apps.sources import files
from kaejon.apps.sources.models import Assertion, SourceVersion
from kaejon.methods.definitions import bmn
from kaejon.methods.engine import open_engine, text_literal
from kaejon.methods.errors import DataError
from kaejon.methods.thai.life_stages import LIFE_STAGES

CHUNK = 20_000
LARGEST_BYTES = 4 * 1024**3
UNKNOWN = "unknown"
AREA_COLUMNS = {"province": 2, "district": 4, "tambon": 6, "village": 8}
GROUP_COLUMNS = ("head_sex", "size_band", "disability", "municipal")
STAGE_COLUMNS = {f"n_{stage.code}": stage for stage in LIFE_STAGES}
PEOPLE_COLUMNS = (
    *STAGE_COLUMNS, "n_age_unknown", "n_female", "n_male", "n_sex_unknown", "n_disabled",
)  # fmt: skip
REGISTER_COLUMNS = ("n_registered", "n_validated")
# What a list writes into a column of disabilities for a person who has none.
NO_DISABILITY = ("", "-", "0", "ไม่มี", "ไม่", "ไม่พิการ", "no", "none")


def freeze(
    run: MeasurementRun, number: int, version: SourceVersion, progress: Progress
) -> FrozenInput:
    """Read one list version inside the run's area and keep it; an earlier attempt's file goes.

    Refuses: a version that says nothing the run can measure about any household there.
    """
    table = households_of(run, version, progress)
    if not len(table):
        raise DataError(
            "nothing_to_measure",
            f"the list {version} says nothing measurable about households of {run.area_id}",
            remedy="Choose another list or a larger area.",
        )
    with tempfile.TemporaryDirectory(prefix="kaejon-run-") as private:
        path = Path(private) / "input.parquet"
        stored, digest = keep_table(table, path)
        content = content_hash(path)
    with transaction.atomic():
        progress.advance(stage="measure")
        earlier = FrozenInput.objects.filter(run=run, round=number).first()
        if earlier is not None:
            transaction.on_commit(lambda: files.discard(earlier.stored_as))
            earlier.delete()
        return FrozenInput.objects.create(
            run=run,
            round=number,
            stored_as=stored,
            content_hash=content,
            file_hash=digest,
            rows=len(table),
            people=sum(filter(None, table["size"].to_pylist())),
            columns=table.column_names,
        )


def keep_table(table: pa.Table, path: Path) -> tuple[str, str]:
    """Write the table to `path` and keep it sealed; returns its stored name and SHA-256."""
    pq.write_table(table, path, compression="zstd")
    with path.open("rb") as handle:
        chunks = iter(lambda: handle.read(files.CHUNK), b"")
        stored, digest, _size = files.keep(chunks, limit=LARGEST_BYTES)
    return stored, digest


def households_of(run: MeasurementRun, version: SourceVersion, progress: Progress) -> pa.Table:
    """The rows of one round, in an order that depends on nothing but what they say."""
    if run.kind == "capitals" or run.definition["kind"] == "five_capitals":
        measured = capital_claims(run, version, progress)
        facts = "MIN(items) AS items"
        carried = "h.items"
    else:
        measured = indicator_claims(run, version, progress)
        columns = [indicator.column for indicator in bmn.load().indicators]
        facts = ", ".join(f"MIN({name}) AS {name}" for name in columns)
        carried = ", ".join(f"h.{name}" for name in columns)
    people = members(run, version, progress)
    order = ", ".join(
        (
            "village",
            "size",
            *GROUP_COLUMNS,
            *PEOPLE_COLUMNS,
            *REGISTER_COLUMNS,
            carried.replace("h.", ""),
        )
    )
    with open_engine() as engine:
        households, persons = engine.read(measured), engine.read(people)
        places = engine.read(municipal_table(run.area_id))
        return engine.query(
            f"WITH h AS (SELECT row_name, MIN(area) AS village, {facts} "
            f"FROM {households.name} GROUP BY row_name), "
            f"p AS ({MEMBERS_SQL.format(table=persons.name)}), "
            f"j AS (SELECT h.*, {joined_sql()} FROM h "
            f"LEFT JOIN p ON h.row_name = p.row_name "
            f"LEFT JOIN {places.name} AS m ON h.village = m.area) "
            f"SELECT row_name, {area_sql()}, {', '.join(GROUP_COLUMNS)}, size, "
            f"{', '.join((*PEOPLE_COLUMNS, *REGISTER_COLUMNS))}, "
            # By what the rows say: the same rows are added in the same order in every run.
            f"{carried.replace('h.', 'j.')} FROM j ORDER BY {order}, row_name"
        )


def area_sql() -> str:
    return ", ".join(
        f"SUBSTRING(village, 1, {digits}) AS {level}" for level, digits in AREA_COLUMNS.items()
    )


def joined_sql() -> str:
    """Group columns and counts of members; a household without listed members counts as one person."""
    counts = ", ".join(f"COALESCE(p.{name}, 0) AS {name}" for name in REGISTER_COLUMNS)
    known = [name for name in PEOPLE_COLUMNS if name not in ("n_age_unknown", "n_sex_unknown")]
    people = ", ".join(f"COALESCE(p.{name}, 0) AS {name}" for name in known)
    size = "GREATEST(COALESCE(p.size, 1), 1)"
    return (
        f"COALESCE(p.head_sex, '{UNKNOWN}') AS head_sex, "
        f"CAST({size} AS INTEGER) AS size, "
        f"CASE WHEN {size} = 1 THEN '1' WHEN {size} <= 3 THEN '2-3' "
        f"WHEN {size} <= 5 THEN '4-5' ELSE '6+' END AS size_band, "
        f"CASE WHEN p.n_disabled > 0 THEN 'yes' ELSE 'no' END AS disability, "
        f"COALESCE(m.municipal, '{UNKNOWN}') AS municipal, "
        f"COALESCE(p.n_age_unknown, 1) AS n_age_unknown, "
        f"COALESCE(p.n_sex_unknown, 1) AS n_sex_unknown, {people}, {counts}"
    )


def stage_sql() -> str:
    parts = []
    for name, stage in STAGE_COLUMNS.items():
        upper = f" AND age <= {stage.oldest}" if stage.oldest is not None else ""
        test = f"age >= {stage.youngest}{upper}"
        parts.append(f"CAST(SUM(CASE WHEN {test} THEN 1 ELSE 0 END) AS INTEGER) AS {name}")
    return ", ".join(parts)


def counted(test: str, name: str) -> str:
    return f"CAST(SUM(CASE WHEN {test} THEN 1 ELSE 0 END) AS INTEGER) AS {name}"


MEMBERS_SQL = (
    "SELECT row_name, CAST(COUNT(*) AS INTEGER) AS size, "
    f"{stage_sql()}, "
    f"{counted('age IS NULL OR age < 0', 'n_age_unknown')}, "
    f"{counted('''sex = 'F' ''', 'n_female')}, {counted('''sex = 'M' ''', 'n_male')}, "
    f"{counted('''sex IS NULL OR sex NOT IN ('F', 'M')''', 'n_sex_unknown')}, "
    f"{counted('disabled = 1', 'n_disabled')}, {counted('registered = 1', 'n_registered')}, "
    f"{counted('registered = 1 AND validated = 1', 'n_validated')}, "
    f"MIN(CASE WHEN is_head = 1 AND sex IN ('F', 'M') THEN sex END) AS head_sex "
    "FROM (SELECT row_name, person, MIN(sex) AS sex, MIN(age) AS age, MAX(is_head) AS is_head, "
    "MAX(disabled) AS disabled, MAX(registered) AS registered, MAX(validated) AS validated "
    "FROM {table} GROUP BY row_name, person) AS once GROUP BY row_name"
)


def claims(run: MeasurementRun, version: SourceVersion) -> QuerySet[Assertion]:
    """Live claims of the version about households that are in the run's area today."""
    return Assertion.objects.filter(
        within(run.area_id, "household__area_id"), version=version, withdrawn_at=None
    )


def indicator_claims(run: MeasurementRun, version: SourceVersion, progress: Progress) -> pa.Table:
    """Indicators 1, 0 or null by household and claim."""
    columns = [indicator.column for indicator in bmn.load().indicators]
    # One reading of the text for all indicators; asking for each by itself reads it 31 times.
    shape = json.dumps({"indicators": dict.fromkeys(columns, "TINYINT")})
    facts = ", ".join(f"read.indicators.{name} AS {name}" for name in columns)
    rows = claims(run, version).filter(person=None, facts__has_key="indicators")
    fields = ("household_id", "household__area_id", "text")
    parts = [
        extracted(chunk, run, "area", f"row_name, area, {facts}", shape=shape)
        for chunk in in_chunks(rows, fields, progress, "households")
    ]
    return joined(parts)


def members(run: MeasurementRun, version: SourceVersion, progress: Progress) -> pa.Table:
    """Sex, age at the list's date, register flags and disability of everybody the list names."""
    day = int(version.as_of.strftime("%Y%m%d"))
    born = "TRY_CAST(REPLACE(json_extract_string(facts, '$.birth_date'), '-', '') AS INTEGER)"
    none = ", ".join(f"'{word}'" for word in NO_DISABILITY)
    columns = (
        "row_name, person, json_extract_string(facts, '$.sex') AS sex, "
        f"COALESCE(({day} - {born}) // 10000, "
        "TRY_CAST(json_extract_string(facts, '$.age') AS INTEGER)) AS age, "
        f"{yes('is_head')}, {yes('registered')}, {yes('validated')}, "
        "CASE WHEN LOWER(TRIM(COALESCE(json_extract_string(facts, '$.disability'), ''))) "
        f"IN ({none}) THEN 0 ELSE 1 END AS disabled"
    )
    rows = claims(run, version).filter(person__isnull=False)
    fields = ("household_id", "person_id", "text")
    parts = [
        extracted(chunk, run, "person", columns)
        for chunk in in_chunks(rows, fields, progress, "people")
    ]
    return joined(parts) if parts else nobody()


def nobody() -> pa.Table:
    flags = ("age", "is_head", "registered", "validated", "disabled")
    return pa.table(
        {
            "row_name": pa.array([], pa.string()),
            "person": pa.array([], pa.int64()),
            "sex": pa.array([], pa.string()),
            **{name: pa.array([], pa.int32()) for name in flags},
        }
    )


def yes(name: str) -> str:
    return (
        f"CASE WHEN json_extract_string(facts, '$.{name}') IN ('1', 'true') "
        f"THEN 1 ELSE 0 END AS {name}"
    )


def capital_claims(run: MeasurementRun, version: SourceVersion, progress: Progress) -> pa.Table:
    """Item scores of every household the version scores, as exact text."""
    rows = CapitalScore.objects.filter(within(run.area_id, "household__area_id"), version=version)
    fields = ("household_id", "household__area_id", "text")
    parts = [
        extracted(chunk, run, "area", "row_name, area, facts AS items")
        for chunk in in_chunks(rows, fields, progress, "households", text="items")
    ]
    return joined(parts)


def in_chunks(
    rows: QuerySet[Any],
    fields: Sequence[str],
    progress: Progress,
    stage: str,
    *,
    text: str = "facts",
) -> Iterator[list[tuple[Any, ...]]]:
    """The rows in order of their keys, a chunk at a time, the lease renewed with each."""
    rows = rows.annotate(text=Cast(text, TextField())).order_by("pk")
    last, done = 0, 0
    while True:
        chunk = list(rows.filter(pk__gt=last).values_list("pk", *fields)[:CHUNK])
        if not chunk:
            return
        last, done = chunk[-1][0], done + len(chunk)
        yield [row[1:] for row in chunk]
        with transaction.atomic():
            progress.advance(stage=stage, done=done)


def extracted(
    chunk: Sequence[tuple[Any, ...]],
    run: MeasurementRun,
    beside: str,
    columns: str,
    *,
    shape: str = "{}",
) -> pa.Table:
    """One chunk as a small table: opaque household, the column beside it, facts taken from the text.

    `shape` names the facts that `columns` takes from `read`, in DuckDB's words for JSON.
    """
    households, others, texts = zip(*chunk, strict=True)
    table = pa.table(
        {
            "row_name": [row_name(run, household) for household in households],
            beside: list(others),
            "facts": list(texts),
        }
    )
    read = f", json_transform(facts, {text_literal(shape)}) AS read" if shape != "{}" else ""
    with open_engine() as engine:
        source = engine.read(table).name
        return engine.query(f"SELECT {columns} FROM (SELECT *{read} FROM {source}) AS chunk")


def joined(parts: Sequence[pa.Table]) -> pa.Table:
    if not parts:
        raise DataError(
            "nothing_to_measure",
            "the list says nothing that this run can measure here",
            remedy="Choose another list or a larger area.",
        )
    return pa.concat_tables(parts)


def row_name(run: MeasurementRun, household: int) -> str:
    """The household's opaque name in this run; without the run's salt nobody can make it."""
    return hashlib.blake2b(str(household).encode(), key=bytes(run.salt), digest_size=10).hexdigest()


def municipal_table(code: str) -> pa.Table:
    """Village → inside or outside a municipality, from the village or the tambon around it."""
    known = dict(
        Area.objects.filter(within(code), municipal__isnull=False).values_list("code", "municipal")
    )
    if len(code) == 8:
        known |= dict(
            Area.objects.filter(code=code[:6], municipal__isnull=False).values_list(
                "code", "municipal"
            )
        )
    words = {True: "inside", False: "outside", None: UNKNOWN}
    villages = Area.objects.filter(within(code), level=Level.VILLAGE).values_list("code", flat=True)
    names = list(villages)
    found = [words[known.get(name, known.get(name[:6]))] for name in names]
    return pa.table(
        {"area": pa.array(names, pa.string()), "municipal": pa.array(found, pa.string())}
    )
