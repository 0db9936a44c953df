"""A measurement as a file: workbook, CSV or JSON, exactly as softened as on the page."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.areas.models import WHOLE_SYSTEM, Level
from kaejon.apps.areas.queries import within
from kaejon.apps.audit.actions import record
from kaejon.apps.measurement.models import RunKind, RunStatus
from kaejon.apps.measurement.queries import area_results
from kaejon.apps.measurement.running import label_of
from kaejon.methods.listfiles.exporting import Sheet, write_csv, write_workbook
from kaejon.web.doors import actor_of, permitted
from kaejon.web.measures.door import RunSight, run_for, sight_for
from kaejon.web.measures.provenance import facts, notes
from kaejon.web.measures.showing import PAGES, headlines_of, sections_of
from kaejon.web.measures.tables import Cell, Column, Section, Table

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


@require_safe
@permitted(Permission.EXPORT)
def run_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask which file and for whom; with `?format=` the file itself."""
    run = run_for(request, public_id)
    if run.status != RunStatus.DONE or not may(actor_of(request), Permission.EXPORT):
        raise Http404
    sight = sight_for(request, run)
    form = request.GET.get("format", "")
    if form not in FORMATS:
        return render(request, "measures/run_export.html", {"run": run, "sight": sight})
    if request.GET.get("for") == "public":
        sight = RunSight(run, sight.user, sight.area, public=True)
    body = {"xlsx": workbook, "csv": csv_file, "json": json_file}[form](sight)
    record(
        by=sight.user,
        verb="run.export",
        subject_type="run",
        subject_id=run.public_id,
        area=sight.area.code,
        label=label_of(run),
        changes={"format": form, "audience": sight.audience},
    )
    key = str(run.public_id)[:8]
    name = f"kaejon-{run.kind}-{sight.area.code}-{run.version.year_be}-{key}.{form}"
    return as_file(body, form, name)


def as_file(body: bytes, form: str, name: str) -> HttpResponse:
    """An answer that the browser keeps under this name."""
    response = HttpResponse(body, content_type=FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def tables(sight: RunSight) -> list[Section]:
    """The sections of the page, and every level of areas below instead of the next one alone."""
    found = [section for section in sections_of(sight) if section.key != "areas"]
    return found + all_areas(sight)


def all_areas(sight: RunSight) -> list[Section]:
    """One table a level with every area the person may see."""
    if sight.run.kind == RunKind.DYNAMICS:
        return []
    page = PAGES[sight.run.kind]
    by_level: dict[str, list[list[Any]]] = {}
    for row, document in sight.view.areas(inner(sight)):
        by_level.setdefault(row.level, []).append(
            [row.area_id, row.area.full_name, *page.row(document)]
        )
    heads = [Column(_("Area code"), "text"), Column(_("Area"), "text"), *page.columns()]
    return [
        Section(f"areas-{level}", str(Level(level).label), Table(heads, rows, True))
        for level, rows in by_level.items()
    ]


def inner(sight: RunSight) -> Iterator[Any]:
    rows = area_results(sight.user, sight.run).order_by("level", "area_id")
    if sight.area.code != WHOLE_SYSTEM:
        rows = rows.filter(within(sight.area.code, "area_id"))
    return rows.exclude(area=sight.area).iterator(chunk_size=500)


def about(sight: RunSight) -> list[list[str]]:
    """What the file is about: headline, provenance and warnings, as rows of two cells."""
    rows = [[_("Measurement"), f"{sight.run.get_kind_display()}: {sight.area.full_name}"]]
    if not sight.figures.get("hidden"):
        rows += [[h.label, f"{h.text} {h.sentence}".strip()] for h in headlines_of(sight)]
    rows += [[fact["label"], fact["value"]] for fact in facts(sight)]
    rows += [[_("Note"), f"{note['title']} {note['text']}".strip()] for note in notes(sight)]
    return rows


def raw(table: Table) -> list[list[object]]:
    """Rows with numbers unrounded, changes in points as their column says, hidden cells in words."""
    return [
        [raw_cell(table, cell, column) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows
    ]


def raw_cell(table: Table, cell: Cell, column: Column) -> object:
    if cell is None:
        return table.text(cell, column)
    return 100 * cell if column.format == "points" and not isinstance(cell, str) else cell


def workbook(sight: RunSight) -> bytes:
    return book_of(about(sight), tables(sight))


def book_of(about: list[list[str]], sections: list[Section]) -> bytes:
    """A workbook: what it is about, then a sheet for each section."""
    sheets = [Sheet(_("About"), [_("What"), _("Value")], about)]
    sheets += [
        Sheet(section.title, [c.label for c in section.table.columns], raw(section.table))
        for section in sections
    ]
    with tempfile.TemporaryDirectory(prefix="kaejon-run-") as private:
        path = Path(private) / "run.xlsx"
        write_workbook(path, sheets)
        return path.read_bytes()


def csv_file(sight: RunSight) -> bytes:
    return long_csv(about(sight), tables(sight))


def long_csv(about: list[list[str]], sections: list[Section]) -> bytes:
    """One long table: section, row, column, value; provenance first."""
    lines: list[list[object]] = [[_("About"), label, "", value] for label, value in about]
    for section in sections:
        columns = section.table.columns
        for row in raw(section.table):
            lines += [
                [section.title, row[0], column.label, cell]
                for column, cell in zip(columns[1:], row[1:], strict=True)
            ]
    with tempfile.TemporaryDirectory(prefix="kaejon-run-") as private:
        path = Path(private) / "run.csv"
        write_csv(path, [_("Part"), _("Row"), _("Column"), _("Value")], lines)
        return path.read_bytes()


def json_file(sight: RunSight) -> bytes:
    """Everything a program needs: provenance, definition, figures of the whole and of the areas."""
    run = sight.run
    document = {
        "run": str(run.public_id),
        "kind": run.kind,
        "area": sight.area.code,
        "audience": sight.audience,
        "lists": run.lists,
        "options": run.options,
        "definition": {
            "name": run.definition_name,
            "sha256": run.definition_hash,
            "provisional": run.provisional,
            "document": run.definition,
        },
        "inputs": [
            {
                "round": i.round,
                "sha256": i.content_hash if sight.view.tells_hash else None,
                "rows": sight.view.alone(i.rows) if sight.view.tells_hash else None,
                "erased": sight.view.alone(i.erased),
            }
            for i in run.inputs.all()
        ],
        "results_sha256": run.results_hash if sight.view.tells_hash else None,
        "code_sha256": run.code_hash,
        "program": f"kaejon {run.code_version}",
        "engine": run.engine,
        "withdrawn": run.withdrawn_at.isoformat() if run.withdrawn_at else None,
        "results": sight.figures,
        "areas": [
            {"code": row.area_id, "figures": figures}
            for row, figures in sight.view.areas(inner(sight))
        ],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1).encode()
