"""A comparison of two measurements as a file, as softened as on the page."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from kaejon.apps.measurement.sampling import Comparison, compare
from kaejon.web.measures import sample_change
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.exporting import about as about_run
from kaejon.web.measures.exporting import book_of, long_csv
from kaejon.web.measures.side_by_side import lines_of, overview_columns, overview_row, side_by_side
from kaejon.web.measures.tables import Section, Table

Said = list[tuple[bool, str, str]]
FORMATS: dict[str, Callable[[list[list[str]], list[Section]], bytes]] = {
    "xlsx": book_of,
    "csv": long_csv,
}


def comparison_file(form: str, first: RunSight, second: RunSight, said: Said) -> bytes:
    """What the file is about, then its tables with unrounded numbers where the reader sees them."""
    found = compare(first.run, second.run, exact=first.exact and second.exact)
    return FORMATS[form](about(first, second, said, found), tables(first, second, found))


def about(first: RunSight, second: RunSight, said: Said, found: Comparison) -> list[list[str]]:
    rows = [[what, text] for _same, what, text in said]
    if why := sample_change.why_not(found):
        rows.append([_("Sampling error"), why])
    for line in sample_change.sentences(found):
        rows.append([line.verdict, f"{line.text} {line.more}".strip()])
    for name, sight in ((_("First"), first), (_("Second"), second)):
        rows += [[f"{name}: {label}", value] for label, value in about_run(sight)]
    return rows


def tables(first: RunSight, second: RunSight, found: Comparison) -> list[Section]:
    hides = not (first.exact and second.exact)
    sections = [Section("overview", _("In short"), raw_overview(first, second, hides=hides))]
    if not found.missing:
        errors = sample_change.exported(found, first, second)
        sections.append(Section("sample", _("Differences with their intervals"), errors))
    return sections + side_by_side(first, second)


def raw_overview(first: RunSight, second: RunSight, *, hides: bool) -> Table:
    """The headline figures as numbers: shares and relative changes 0-1."""
    lines = lines_of(first, second)
    heads = overview_columns(lines)
    rows = [overview_row(line, [line.first, line.second, line.gap], heads) for line in lines]
    return Table(heads, rows, hides)
