"""The survey panel of the vectors as two runs over samples, frozen as the registry freezes a list."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from kaejon.apps.areas.models import Area
from kaejon.apps.jobs.actions import Progress, enqueue
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.measurement.documents import content_hash, digest
from kaejon.apps.measurement.freezing import PEOPLE_COLUMNS, keep_table
from kaejon.apps.measurement.models import FrozenInput, MeasurementRun
from kaejon.apps.measurement.running import compute, list_document, save
from kaejon.apps.sources.models import SourceVersion
from tests.cast import Cast

VECTORS = Path(__file__).parents[1] / "vectors"
PANEL = json.loads((VECTORS / "alkire_foster_survey_panel.json").read_text())["synthetic_panel"]
ROWS = list(csv.DictReader(io.StringIO(PANEL["rows_csv"])))
DEFINITION = {
    "name": "panel",
    "kind": "mpi",
    "title_th": "ชุดทดสอบ",
    "k": "33/100",
    "indicators": [
        {"name": name, "column": name, "th": name, "deprived_values": [1], "weight": weight}
        for name, weight in PANEL["weights"].items()
    ],
}


def frozen_rows(round_number: int) -> pa.Table:
    """One round as frozen rows: strata as districts, PSUs as villages, persons times weight as size."""
    rows = [row for row in ROWS if row["t"] == str(round_number)]
    village = [f"330{row['stratum']}01{int(row['psu']) % 100:02}" for row in rows]
    size = [float(row["w"]) * int(row["hhsize"]) for row in rows]
    return pa.table(
        {
            "row_name": [row["hh"] for row in rows],
            "province": ["33"] * len(rows),
            "district": [code[:4] for code in village],
            "tambon": [code[:6] for code in village],
            "village": village,
            "head_sex": ["F"] * len(rows),
            "size_band": ["1"] * len(rows),
            "disability": ["no"] * len(rows),
            "municipal": [{"U": "inside", "R": "outside"}[row["area"]] for row in rows],
            "size": size,
            **{name: [0] * len(rows) for name in PEOPLE_COLUMNS},
            **{name: [int(row[name]) for row in rows] for name in PANEL["weights"]},
        }
    )


def sample_run(
    cast: Cast, version: SourceVersion, table: pa.Table, folder: Path, **options: Any
) -> MeasurementRun:
    """A finished run over frozen rows, computed and saved by the code that does every run."""
    chosen = {"k": "33/100", "unit": "person", "design": "villages"} | options
    run = MeasurementRun.objects.create(
        kind="alkire_foster",
        area=Area.objects.get(code="33"),
        version=version,
        lists=[list_document(version)],
        definition_name="panel",
        definition=DEFINITION,
        definition_hash=digest(DEFINITION),
        options=chosen,
        salt=b"salt",
        engine="duckdb",
        created_by=cast.wanna,
    )
    path = folder / f"{run.public_id}.parquet"
    stored, file_hash = keep_table(table, path)
    held = FrozenInput.objects.create(
        run=run,
        stored_as=stored,
        content_hash=content_hash(path),
        file_hash=file_hash,
        rows=len(table),
        people=int(sum(table["size"].to_pylist())),
        columns=table.column_names,
    )
    job = enqueue(kind="measure", key=str(run.public_id), payload={}, by=cast.wanna)
    Job.objects.filter(pk=job.pk).update(status=Status.RUNNING, leased_by="test")
    save(run, compute(run, [held], "duckdb", lambda: None), Progress(job, "test"))
    return run
