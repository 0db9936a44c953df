"""The report on an area for a meeting: on paper with rounded counts, as a spreadsheet for the office."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kaejon.apps.access.roles import Permission
from kaejon.apps.areas.queries import path_to
from kaejon.apps.dashboards.exports import give_counts
from kaejon.apps.folders.labels import definition_name, weights_are_provisional
from kaejon.apps.statistics.visibility import INTERNAL
from kaejon.methods.listfiles.exporting import Sheet, write_workbook
from kaejon.sheets.report import AreaReport, ReportSection, render_report
from kaejon.sheets.typesetting import FONT_DIR
from kaejon.web.doors import actor_of, area_for, permitted
from kaejon.web.places import figures
from kaejon.web.places.areas import seen_area
from kaejon.web.places.report_sections import Section, sections_of
from kaejon.web.places.sight import Sight, paper_of, sight_of
from kaejon.web.templatetags.kaejon_ui import be_date, be_datetime

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@permitted(Permission.PRINT)
def area_report(request: HttpRequest, code: str) -> HttpResponse:
    """The report on paper. It goes round a table of many offices: counts are told as to everybody who may not open the households."""
    area = seen_area(request, code)
    user = actor_of(request)
    give_counts(what="report", area=area, form="pdf", by=user)
    sight = paper_of(user, area)
    report = AreaReport(
        name=area.full_name,
        place=tuple(step.full_name for step in path_to(area)[:-1]),
        figures=[
            (str(f["label"]), f"{f['text']} {f['unit']}", str(f["note"]))
            for f in figures.headline(sight)
        ],
        sections=[on_paper(section) for section in sections_of(sight, user)],
        sources=sources_of(sight),
        notes=notes_of(rounded=True),
        language="en" if get_language() == "en" else "th",
        synthetic=settings.SYNTHETIC_DATA,
        printed_by=user.display_name,
        printed_at=be_datetime(timezone.now()),
    )
    response = HttpResponse(
        render_report(report, font_dir=FONT_DIR), content_type="application/pdf"
    )
    response.headers["Content-Disposition"] = f'inline; filename="report-{area.code}.pdf"'
    return response


def on_paper(section: Section) -> ReportSection:
    return ReportSection(
        title=section.title,
        columns=section.columns,
        rows=[[cell.text for cell in row] for row in section.rows],
        bars=section.bar_shares(),
        strong=section.strong,
        radar=section.radar,
        text=section.text,
        note=section.note,
    )


def sources_of(sight: Sight) -> list[str]:
    lists = [f"{v.source.name} ({be_date(v.as_of)})" for v in sight.lists]
    return [*lists, sight.registry_note()]


def notes_of(*, rounded: bool) -> list[str]:
    """What a reader must know of the numbers."""
    notes = [
        _("Households that no longer exist are not counted."),
        _("A household may have several problems, so the counts of problems cannot be added."),
    ]
    if rounded:
        notes.append(
            _(
                "Counts are rounded to the nearest five and those below %(small)s are not told, so "
                "that no family can be recognised; sums may differ a little."
            )
            % {"small": INTERNAL}
        )
    if weights_are_provisional():
        notes.append(
            _("Levels by “%(name)s”, some weights of which are provisional.")
            % {"name": definition_name()}
        )
    if settings.SYNTHETIC_DATA:
        notes.append(_("Synthetic data: no real person."))
    return notes


@permitted(Permission.EXPORT)
def area_workbook(request: HttpRequest, code: str) -> HttpResponse:
    """The same sections as a spreadsheet, with the counts as the person sees them."""
    area = area_for(request, code, Permission.EXPORT)
    user = actor_of(request)
    give_counts(what="report", area=area, form="xlsx", by=user)
    sight = sight_of(user, area)
    pages = [page_of(section) for section in sections_of(sight, user)]
    about = [area.full_name, *sources_of(sight), *notes_of(rounded=not sight.exact)]
    printed = _("Written by %(who)s on %(when)s") % {
        "who": user.display_name,
        "when": be_datetime(timezone.now()),
    }
    pages.append(
        Sheet(
            _("About this report"),
            [_("About these numbers")],
            [[line] for line in [*about, printed]],
        )
    )
    with tempfile.TemporaryDirectory(prefix="kaejon-report-") as private:
        path = Path(private) / "report.xlsx"
        write_workbook(path, pages)
        content = path.read_bytes()
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="report-{area.code}.xlsx"'
    return response


def page_of(section: Section) -> Sheet:
    """A section as a sheet: numbers as numbers where they may be given, else their text."""
    rows: list[list[object]] = [
        [cell.text if cell.number is None else cell.number for cell in row] for row in section.rows
    ]
    rows += [[line] for line in [*section.text, section.note] if line]
    return Sheet(section.title, section.columns or [section.title], rows)
