"""Pages of the picture: who is missed, which lists name whom, how good they are; and the tables as files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.coverage.quality import not_counted_yet
from kaejon.apps.dashboards.exports import give_counts
from kaejon.methods.listfiles.exporting import write_xlsx
from kaejon.web.doors import actor_of, permitted
from kaejon.web.picture import accuracy, landing, quality, sets, unseen
from kaejon.web.picture.asking import Question, Table, question_of
from kaejon.web.picture.words import column_name, naming_rule

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def shown(
    request: HttpRequest, question: Question, without: tuple[str, ...], **more: Any
) -> HttpResponse:
    """A page of the picture with what all of them share."""
    pages = {
        "picture": _("In short"),
        "picture_sets": _("Which lists name whom"),
        "picture_accuracy": _("How good the lists are"),
        "picture_quality": _("Complete and fresh"),
        "picture_unseen": _("On no list"),
    }
    context = {
        "question": question,
        "sight": question.sight,
        "form": question.form(*without),
        "tabs": [
            {"url": question.address(page), "label": label, "active": page == question.page}
            for page, label in pages.items()
        ],
        "rules": [
            {"name": column_name(column), "rule": naming_rule(column.kind)}
            for column in question.columns
        ],
        "checks": accuracy.checked_sentence(question),
    }
    return render(
        request, f"picture/{question.page.partition('_')[2] or 'landing'}.html", context | more
    )


@permitted(Permission.SEE_COUNTS)
def picture_page(request: HttpRequest) -> HttpResponse:
    """Who is missed, which list is how good."""
    question = question_of(request, "picture")
    return shown(
        request,
        question,
        ("unit", "held"),
        stats=landing.figures(question),
        missed=landing.missed(question),
        lists=landing.lists(question),
    )


@permitted(Permission.SEE_COUNTS)
def sets_page(request: HttpRequest) -> HttpResponse:
    """Which lists name whom: the sets as a plot and as a table."""
    question = question_of(request, "picture_sets")
    return shown(request, question, (), plot=sets.plot(question), table=sets.table(question))


@permitted(Permission.SEE_COUNTS)
def accuracy_page(request: HttpRequest) -> HttpResponse:
    """Coverage, exclusion error and leakage of each list, by area, and where the missed were lost."""
    question = question_of(request, "picture_accuracy")
    return shown(
        request,
        question,
        (),
        lists=accuracy.by_list(question),
        parts=accuracy.by_part(question),
        lost=accuracy.lost(question),
        list_tabs=list_tabs(question),
    )


@permitted(Permission.SEE_COUNTS)
def quality_page(request: HttpRequest) -> HttpResponse:
    """How complete, valid and fresh each list is."""
    question = question_of(request, "picture_quality")
    return shown(
        request,
        question,
        ("unit", "held", "year"),
        versions=quality.by_version(question, actor_of(request)),
        parts=quality.by_part(question),
        list_tabs=list_tabs(question),
        uncounted=not_counted_yet(),
    )


@permitted(Permission.SEE_COUNTS)
def unseen_page(request: HttpRequest) -> HttpResponse:
    """How many in need may be on no list."""
    question = question_of(request, "picture_unseen")
    found = question.shown.unseen
    return shown(
        request,
        question,
        ("unit", "held"),
        models=unseen.models(question, found),
        histories=unseen.histories(question, found),
        parts=unseen.by_part(question),
        refused=unseen.refused(found),
        refusal=unseen.refusal(found),
        caution=unseen.caution(question, found),
        spread=unseen.spread(question, found),
        left_out=[column_name(column) for column in found.left_out],
    )


def list_tabs(question: Question) -> list[dict[str, Any]]:
    """The lists a table by area may be about."""
    chosen = question.column
    return [
        {
            "url": question.address(list=column.code) + "#parts",
            "label": column_name(column),
            "active": chosen is not None and column.code == chosen.code,
        }
        for column in question.columns
    ]


TABLES: dict[str, Callable[[Question, User], Table | None]] = {
    "sets": lambda question, user: sets.table(question),
    "accuracy": lambda question, user: accuracy.by_list(question),
    "accuracy-areas": lambda question, user: accuracy.by_part(question),
    "reasons": lambda question, user: accuracy.lost(question),
    "quality": quality.by_version,
    "quality-areas": lambda question, user: quality.by_part(question),
    "unseen": lambda question, user: unseen.models(question, question.shown.unseen),
    "histories": lambda question, user: unseen.histories(question, question.shown.unseen),
    "unseen-areas": lambda question, user: unseen.by_part(question),
}


@permitted(Permission.EXPORT)
def picture_export(request: HttpRequest, table: str) -> HttpResponse:
    """One table as a workbook, with the same numbers as on the page."""
    question = question_of(request, "picture")
    found = TABLES[table](question, actor_of(request)) if table in TABLES else None
    if found is None:
        raise Http404
    give_counts(what=table, area=question.area, form="xlsx", by=actor_of(request))
    response = HttpResponse(workbook(question, found), content_type=XLSX)
    name = f"{table}-{question.area.code}-{timezone.localdate():%Y%m%d}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def workbook(question: Question, table: Table) -> bytes:
    """The table, and below it what it shows, where, and by which lists."""
    header = [column["label"] for column in table.columns]
    rows = [[cell_value(cell) for cell in row["cells"]] for row in table.rows]
    lists = ", ".join(column_name(column) for column in question.columns)
    notes = [
        table.title,
        question.area.full_name,
        question.sight.registry_note(),
        _("Lists: %(lists)s") % {"lists": lists},
    ]
    if not question.exact:
        notes.append(
            _(
                "Counts are rounded to the nearest five; a dash or words stand where fewer are counted."
            )
        )
    with tempfile.TemporaryDirectory(prefix="kaejon-picture-") as private:
        path = Path(private) / "table.xlsx"
        write_xlsx(path, header, [*rows, [], *([note] for note in notes)], widths=(48, *[16] * 12))
        return path.read_bytes()


def cell_value(cell: dict[str, Any]) -> Any:
    """The number behind a cell; its words where there is none."""
    value = cell.get("value")
    return cell["text"] if value is None else value
