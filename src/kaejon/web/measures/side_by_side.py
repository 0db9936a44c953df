"""Two measurements as tables: headline figures, and every section that both have, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kaejon.apps.measurement.models import MeasurementRun, RunKind
from kaejon.apps.measurement.sampling import is_sample, years_between
from kaejon.methods.dynamics import annualised
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.parts import BARS, TALL_FROM
from kaejon.web.measures.showing import sections_of
from kaejon.web.measures.tables import (
    Cell,
    Column,
    Format,
    Section,
    Table,
    in_points,
    signed,
    value_of,
    with_unit,
    written,
)

# Which column of a section is compared, by kind of run.
MAIN = {
    RunKind.POVERTY: {"indicators": 3, "dimensions": 1, "areas": 4},
    RunKind.TPMAP: {"indicators": 4, "dimensions": 2, "areas": 4},
    RunKind.CAPITALS: {"means": 1, "areas": 4},
}
GROUP_COLUMN = 4


@dataclass(frozen=True)
class Line:
    """One headline figure of both, and how they differ; None where hidden or undefined."""

    label: str
    form: Format
    first: float | None
    second: float | None
    yearly: float | None

    @property
    def gap(self) -> float | None:
        return difference(self.first, self.second)

    @property
    def relative(self) -> float | None:
        return self.gap / self.first if self.gap is not None and self.first else None

    @property
    def without(self) -> Cell:
        """What stands where there is no number: a dash when both figures are shown, else hidden."""
        return "–" if self.gap is not None else None


def lines_of(first: RunSight, second: RunSight) -> list[Line]:
    """The headline figures that both have, and their compound change a year between rounds."""
    years = years_between(first.run, second.run)
    left, right = figures_of(first), figures_of(second)
    found = []
    for label, (form, value) in left.items():
        if label in right:
            other = right[label][1]
            found.append(Line(label, form, value, other, yearly(value, other, years)))
    return found


def overview_columns(lines: list[Line]) -> list[Column]:
    """Both figures, difference, relative, and a year where time passed between the two."""
    over_time = any(line.yearly is not None for line in lines)
    return [
        Column(_("Figure"), "text"),
        Column(_("First"), "score"),
        Column(_("Second"), "score"),
        Column(_("Difference"), "score"),
        Column(_("Relative"), "share", signed=True),
        *([Column(_("A year, compound"), "share", signed=True)] if over_time else []),
    ]


def overview_row(line: Line, figures: list[Cell], columns: list[Column]) -> list[Cell]:
    """One line with its figures as they are to be written, as many cells as there are columns."""
    changes = [
        line.without if change is None else change for change in (line.relative, line.yearly)
    ]
    return [line.label, *figures, *changes][: len(columns)]


def overview(lines: list[Line], *, hides: bool) -> Table:
    """The headline figures, each written in its own way."""
    heads = overview_columns(lines)
    rows = []
    for line in lines:
        gap = line.gap
        figures: list[Cell] = [
            None if line.first is None else written(line.first, line.form),
            None if line.second is None else written(line.second, line.form),
            None if gap is None else difference_words(gap, line.form),
        ]
        rows.append(overview_row(line, figures, heads))
    return Table(heads, rows, hides)


def difference_words(gap: float, form: Format) -> str:
    return with_unit(signed(gap, in_points(form)), in_points(form))


def difference(first: Cell, second: Cell) -> float | None:
    """Second less first; None unless both are shown."""
    if not isinstance(first, int | float) or not isinstance(second, int | float):
        return None
    return second - first


def figures_of(sight: RunSight) -> dict[str, tuple[Format, float | None]]:
    """Headline figures by label; of a sample no counts, which only say how many were asked."""
    found = sight.figures
    share = _("Share of people who are poor")
    if sight.run.kind == RunKind.POVERTY:
        headline: dict[str, tuple[Format, float | None]] = {
            share: ("share", value_of(found["H"])),
            _("A: how much they lack"): ("share", value_of(found["A"])),
            _("M0"): ("index", value_of(found["M0"])),
        }
        if is_sample(sight.run):
            return headline
        return headline | {_("Poor people"): ("count", found["poor_people"])}
    if sight.run.kind == RunKind.TPMAP:
        people, poor = found["people"], found["bmn_poor_people"]
        return {
            share: ("share", poor / people if people and poor is not None else None),
            _("BMN-poor people"): ("count", poor),
            _("Target poor (people)"): ("count", found["target_poor"]),
        }
    return {
        _("Overall mean"): ("score", found["means"].get("overall")),
        _("Households"): ("count", found["with_overall"]),
    }


def yearly(first: float | None, second: float | None, years: float | None) -> float | None:
    found = annualised(first, second, years)
    per_cent = found["relative_pct"] if found else None
    return None if per_cent is None else per_cent / 100


def side_by_side(first: RunSight, second: RunSight) -> list[Section]:
    """Sections that both have, their main column set beside each other row by row."""
    others = {section.key: section for section in sections_of(second)}
    same_kind = first.run.kind == second.run.kind
    found = []
    for section in sections_of(first):
        other = others.get(section.key)
        if other is None or (not same_kind and not section.key.startswith(("areas", "by-"))):
            continue
        places = [main_column(s.run, section.key) for s in (first, second)]
        if None not in places:
            found.append(aligned(section, other, places[0] or 0, places[1] or 0))
    return found


def main_column(run: MeasurementRun, key: str) -> int | None:
    if key.startswith("by-"):
        return GROUP_COLUMN
    return MAIN[RunKind(run.kind)].get(key)


def aligned(section: Section, other: Section, place: int, other_place: int) -> Section:
    theirs = {row[0]: row[other_place] for row in other.table.rows}
    form = section.table.columns[place].format
    rows: list[list[Cell]] = []
    for row in section.table.rows:
        mine, their = row[place], theirs.get(row[0])
        gap = difference(mine, their)
        relative = (
            gap / mine if gap is not None and isinstance(mine, int | float) and mine else None
        )
        rows.append([row[0], mine, their, gap, relative])
    gap_label = _("Difference (points)") if form == "share" else _("Difference")
    heads = [
        section.table.columns[0],
        Column(_("First"), form),
        Column(_("Second"), form),
        Column(gap_label, in_points(form), signed=True),
        Column(_("Relative"), "share", signed=True),
    ]
    title = f"{section.title}: {section.table.columns[place].label}"
    # What neither has is a row of the table, not an empty place in the chart.
    drawn = [row for row in rows if row[1] or row[2]]
    return Section(
        section.key,
        title,
        Table(heads, rows, section.table.hides or other.table.hides),
        chart="bar" if 0 < len(drawn) <= BARS else "",
        data=bars_of(drawn, form),
        size="tall" if len(drawn) > TALL_FROM else "",
    )


def bars_of(rows: list[list[Cell]], form: Format) -> dict[str, Any]:
    """The first and the second beside each other, one pair of bars a row."""
    scale = 100 if form == "share" else 1

    def values(place: int) -> list[float | None]:
        cells = [row[place] for row in rows]
        return [round(scale * v, 2) if isinstance(v, int | float) else None for v in cells]

    return {
        "categories": [str(row[0]) for row in rows],
        "series": [
            {"name": _("First"), "values": values(1)},
            {"name": _("Second"), "values": values(2)},
        ],
        "unit": "%" if form == "share" else "",
        "sideways": True,
    }
