"""Measurement runs and what they say, scoped and softened as on the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema

from kaejon.api.access import reader_of
from kaejon.apps.measurement.models import RunStatus
from kaejon.apps.measurement.queries import area_results, runs_visible_to
from kaejon.apps.statistics.runs import RunView, view_for

router = Router(tags=["measurements"])
NEWEST = 200
Figures = dict[str, Any]


class ListOut(Schema):
    """A list version that was read."""

    source: str
    year_be: int
    round: int
    as_of: date


class RunOut(Schema):
    """A finished measurement. Equal `inputs` mean the same rows to the last answer; they are
    none for a reader who does not see those rows."""

    id: UUID
    kind: Literal["alkire_foster", "tpmap", "capitals", "dynamics"]
    area: str
    definition: str
    definition_sha256: str
    provisional: bool
    lists: list[ListOut]
    options: dict[str, Any]
    inputs: list[str]
    results_sha256: str | None = Field(
        description="of the unrounded results; null for a reader who does not see them"
    )
    code_sha256: str
    engine: str
    finished_at: datetime | None
    withdrawn_at: datetime | None


class AreaFigures(Schema):
    """Figures of one area; an area of which the reader may see none has no row."""

    area: str
    level: str
    figures: Figures


class RunResults(RunOut):
    """`audience`: exact, or internal when counts are rounded and null where small ones could be worked out."""

    audience: str = Field(description="exact or internal")
    results: Figures
    areas: list[AreaFigures]


@router.get(
    "/runs", response=list[RunOut], operation_id="list_runs", summary="Finished measurements"
)
def list_runs(request: HttpRequest) -> list[dict[str, Any]]:
    """Measurements of the areas in the reader's scope and of those around them, newest first."""
    reader = reader_of(request)
    rows = runs_visible_to(reader).filter(status=RunStatus.DONE)
    held = rows.defer("results", "definition").prefetch_related("inputs")
    return [run_out(view_for(run, reader)) for run in held[:NEWEST]]


@router.get(
    "/runs/{uuid:run_id}", response=RunResults, operation_id="read_run", summary="Results of a run"
)
def read_run(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    """Unrounded where the reader may open the households behind the counts, softened elsewhere."""
    reader = reader_of(request)
    rows = runs_visible_to(reader).filter(status=RunStatus.DONE).prefetch_related("inputs")
    run = get_object_or_404(rows, public_id=run_id)
    view = view_for(run, reader)
    return run_out(view) | {
        "audience": view.audience(run.area_id),
        "results": view.results(),
        "areas": [
            {"area": row.area_id, "level": row.level, "figures": figures}
            for row, figures in view.areas(area_results(reader, run))
        ],
    }


def run_out(view: RunView) -> dict[str, Any]:
    run = view.run
    return {
        "id": run.public_id,
        "kind": run.kind,
        "area": run.area_id,
        "definition": run.definition_name,
        "definition_sha256": run.definition_hash,
        "provisional": run.provisional,
        "lists": run.lists,
        "options": run.options,
        "inputs": [held.content_hash for held in run.inputs.all()] if view.tells_hash else [],
        "results_sha256": run.results_hash if view.tells_hash else None,
        "code_sha256": run.code_hash,
        "engine": run.engine,
        "finished_at": run.finished_at,
        "withdrawn_at": run.withdrawn_at,
    }
