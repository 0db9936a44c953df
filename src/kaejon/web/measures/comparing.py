"""Two measurements side by side: rounds, areas, or two definitions on the same data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaejon.apps.access.roles import Permission
from kaejon.apps.measurement.models import MeasurementRun, RunKind, RunStatus
from kaejon.apps.measurement.queries import runs_visible_to
from kaejon.methods.dynamics import annualised
from kaejon.web.doors import actor_of, permitted
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.provenance import caption, list_words, notes
from kaejon.web.measures.showing import sections_of
from kaejon.web.measures.tables import Cell, Column, Format, Section, Table, value_of
from kaejon.web.measures.words import title_of

CHOICES = 200
# Which column of a section is compared, by kind of run.
MAIN = {
    RunKind.POVERTY: {"indicators": 3, "dimensions": 1, "areas": 4},
    RunKind.TPMAP: {"indicators": 4, "dimensions": 2, "areas": 4},
    RunKind.CAPITALS: {"means": 1, "areas": 4},
}
GROUP_COLUMN = 4


@require_safe
@permitted(Permission.SEE_COUNTS)
def run_compare(request: HttpRequest) -> HttpResponse:
    """Choose two measurements and see what differs, and why it may."""
    user = actor_of(request)
    runs = runs_visible_to(user).filter(status=RunStatus.DONE).exclude(kind=RunKind.DYNAMICS)
    chosen = [asked(request, runs, name) for name in ("a", "b")]
    context: dict[str, Any] = {
        "choices": [choice(run) for run in runs.defer("results", "hidden")[:CHOICES]],
        "chosen": chosen,
    }
    first, second = chosen
    if first and second:
        sights = (RunSight(first, user, first.area), RunSight(second, user, second.area))
        context |= {
            "first": sights[0],
            "second": sights[1],
            "captions": [caption(s) for s in sights],
        }
        said = {note["text"]: note for s in sights for note in notes(s)}
        context["notes"] = list(said.values())
        context["differences"] = differences(first, second)
        if comparable(first, second):
            context |= {"overview": overview(*sights), "sections": side_by_side(*sights)}
        else:
            context["cannot"] = True
    return render(request, "measures/run_compare.html", context)


def asked(request: HttpRequest, runs: Any, name: str) -> MeasurementRun | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        key = UUID(text)
    except ValueError:
        return None
    found: MeasurementRun = get_object_or_404(runs, public_id=key)
    return found


def choice(run: MeasurementRun) -> dict[str, str]:
    years = ", ".join(str(entry["year_be"]) for entry in run.lists)
    parts = [run.get_kind_display(), run.area.full_name, years, title_of(run.definition)]
    if run.options.get("k"):
        parts.append(f"k = {run.options['k']}")
    return {"value": str(run.public_id), "label": " · ".join(parts)}


def comparable(first: MeasurementRun, second: MeasurementRun) -> bool:
    """Same kind, or the two ways of counting poor people on BMN lists."""
    return first.kind == second.kind or {first.kind, second.kind} == {
        RunKind.POVERTY,
        RunKind.TPMAP,
    }


def differences(first: MeasurementRun, second: MeasurementRun) -> list[tuple[bool, str, str]]:
    """What the two have in common and what not: (same, what, sentence)."""
    inputs = [[i.content_hash for i in run.inputs.all()] for run in (first, second)]
    same_input = bool(inputs[0]) and inputs[0] == inputs[1]
    rows = [
        (first.area_id == second.area_id, _("Area"), first.area.full_name, second.area.full_name),
        (
            first.lists == second.lists,
            _("List"),
            list_words(first.lists[-1]),
            list_words(second.lists[-1]),
        ),
        (
            first.definition_hash == second.definition_hash,
            _("Definition"),
            title_of(first.definition),
            title_of(second.definition),
        ),
        (first.options == second.options, _("Choices"), option_words(first), option_words(second)),
        (
            first.code_hash == second.code_hash and first.engine == second.engine,
            _("Program"),
            f"{first.code_version} {first.engine}",
            f"{second.code_version} {second.engine}",
        ),
    ]
    found = [(same, what, a if same else f"{a} ↔ {b}") for same, what, a, b in rows]
    text = (
        _(
            "the same rows to the last answer: any difference comes from definition, choices or program"
        )
        if same_input
        else _("not the same rows")
    )
    return [*found, (same_input, _("Data"), text)]


def option_words(run: MeasurementRun) -> str:
    parts = []
    if run.options.get("k"):
        parts.append(f"k = {run.options['k']}")
    if run.options.get("unit"):
        parts.append(_("people") if run.options["unit"] == "person" else _("households"))
    return ", ".join(parts) or "–"


def overview(first: RunSight, second: RunSight) -> Table:
    """The headline figures of both, their difference, and the change a year between rounds."""
    rows = []
    years = years_between(first.run, second.run)
    left, right = figures_of(first), figures_of(second)
    for label, (form, value) in left.items():
        other = right.get(label, (form, None))[1]
        rows.append([label, *written_pair(value, other, form), yearly(value, other, years)])
    heads = [
        Column(_("Figure"), "text"),
        Column(_("First"), "text"),
        Column(_("Second"), "text"),
        Column(_("Difference"), "text"),
        Column(_("Relative"), "share"),
        Column(_("A year, compound"), "share"),
    ]
    return Table(heads, rows)


def figures_of(sight: RunSight) -> dict[str, tuple[Format, float | None]]:
    found = sight.figures
    share = _("Share of people who are poor")
    if sight.run.kind == RunKind.POVERTY:
        return {
            share: ("share", value_of(found["H"])),
            _("A: how much they lack"): ("share", value_of(found["A"])),
            _("M0"): ("score", value_of(found["M0"])),
            _("Poor people"): ("count", found["poor_people"]),
        }
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


def written_pair(first: Cell, second: Cell, form: Format) -> list[Cell]:
    """Both figures, their difference, and the difference as a share of the first."""
    table = Table([], [])
    column = Column("", form)
    cells: list[Cell] = [table.text(first, column), table.text(second, column)]
    if not isinstance(first, int | float) or not isinstance(second, int | float):
        return [*cells, None, None]
    gap = second - first
    change = Column("", "points" if form == "share" else form)
    unit = f" {_('points')}" if form == "share" else ""
    sign = "+" if gap > 0 and form != "share" else ""
    return [*cells, f"{sign}{table.text(gap, change)}{unit}", gap / first if first else None]


def yearly(first: float | None, second: float | None, years: float | None) -> float | None:
    found = annualised(first, second, years)
    per_cent = found["relative_pct"] if found else None
    return None if per_cent is None else per_cent / 100


def years_between(first: MeasurementRun, second: MeasurementRun) -> float | None:
    """Years from the first list to the second; none unless it is later."""
    days = (second.version.as_of - first.version.as_of).days
    return days / 365.25 if days > 0 else None


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
    rows = [
        [row[0], *written_pair(row[place], theirs.get(row[0]), form)] for row in section.table.rows
    ]
    heads = [
        section.table.columns[0],
        Column(_("First"), "text"),
        Column(_("Second"), "text"),
        Column(_("Difference"), "text"),
        Column(_("Relative"), "share"),
    ]
    names = [str(row[0]) for row in section.table.rows]
    scale = 100 if form == "share" else 1

    def bars(values: list[Cell]) -> list[float | None]:
        return [round(scale * v, 2) if isinstance(v, int | float) else None for v in values]

    data = {
        "categories": names,
        "series": [
            {"name": _("First"), "values": bars([row[place] for row in section.table.rows])},
            {"name": _("Second"), "values": bars([theirs.get(name) for name in names])},
        ],
        "unit": "%" if form == "share" else "",
        "sideways": True,
    }
    title = f"{section.title}: {section.table.columns[place].label}"
    return Section(
        section.key,
        title,
        Table(heads, rows),
        chart="bar" if len(rows) <= 30 else "",
        data=data,
        size="tall" if len(rows) > 8 else "",
    )
