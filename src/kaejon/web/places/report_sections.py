"""The sections of an area's report, one content for paper and spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.apps.folders.problem_words import problem_name, side_named
from kaejon.apps.folders.strengths import strengths_of
from kaejon.apps.folders.wording import in_language
from kaejon.apps.households.models import CAPITALS
from kaejon.apps.ranking.queries import rule_of, standing_decision
from kaejon.apps.statistics.measures import AffectedShown
from kaejon.methods.definitions import tpmap_dimensions
from kaejon.methods.disclosure import SHARE_BASE, Shown
from kaejon.methods.disclosure import share as share_shown
from kaejon.web.places import round_rows
from kaejon.web.places.measured_rows import (
    MEASURES,
    mean_of,
    pentagon,
    settings_shown,
)
from kaejon.web.places.poverty_rows import poverty_of
from kaejon.web.places.sight import NEEDS, SURVEY, Sight
from kaejon.web.ranking.rows import ranking_of
from kaejon.web.templatetags.kaejon_ui import be_date, percent

TOP_PROBLEMS = 12
TOP_ANSWERS = 12
LONGEST_STRENGTHS = 20


@dataclass(frozen=True)
class Cell:
    """What is printed, and the number behind it where it may be given."""

    text: str
    number: float | None = None


@dataclass
class Section:
    """One section. `bars`: the column whose numbers are drawn as bars."""

    title: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    strong: list[int] = field(default_factory=list)
    bars: int | None = None
    radar: list[tuple[str, float | None]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    note: str = ""

    def bar_shares(self) -> list[float | None]:
        """Lengths 0-1 of the bars, the longest 1."""
        if self.bars is None:
            return []
        numbers = [row[self.bars].number for row in self.rows]
        most = max((n for n in numbers if n), default=0)
        return [n / most if n and most else None for n in numbers]


def sections_of(sight: Sight, user: User) -> list[Section]:
    """Everything that is known of the area, in the order in which a meeting asks."""
    found = [
        pentagon_section(sight),
        levels_section(sight),
        indicators_section(sight),
        answers_section(sight),
        ranking_section(sight),
        poverty_section(sight, user),
        *change_sections(sight),
        strengths_section(sight),
        decision_section(sight, user),
    ]
    return [section for section in found if section and (section.rows or section.text)]


def count(sight: Sight, number: Shown) -> Cell:
    return Cell(sight.text(number), sight.value(number))


def share(part: Shown, whole: Shown) -> Cell:
    found = share_shown(part, whole)
    return Cell(percent(found, 0), found)


def pentagon_section(sight: Sight) -> Section:
    shown = pentagon(sight)
    section = Section(
        _("Five capitals: mean of the surveyed households"),
        columns=[_("Capital"), *shown["places"], _("Level"), "n"],
        note=f"{sight.list_note(*SURVEY)} · {_('unit: score 1-4')}",
    )
    if not shown["known"]:
        section.text = [_("Too few households are surveyed here to give a mean.")]
        return section
    for row in shown["rows"]:
        own = row["cells"][0]
        means = [Cell(cell["text"], cell["value"]) for cell in row["cells"]]
        section.rows.append([Cell(row["name"]), *means, Cell(own["word"] or "–"), Cell(own["n"])])
    section.strong = [len(CAPITALS)]
    section.radar = [
        (f"{row['name']} {row['cells'][0]['text']}", reach(row["cells"][0]["value"]))
        for row in shown["rows"][: len(CAPITALS)]
    ]
    return section


def reach(mean: float | None) -> float | None:
    """How far a mean 1-4 reaches on an axis whose rings are 1 to 4."""
    return None if mean is None else mean / 4


def levels_section(sight: Sight) -> Section:
    words = [level_name(level) for level in (1, 2, 3, 4)]
    section = Section(
        _("Households by capital and level, inside and outside municipalities"),
        columns=[_("Capital"), *words, _("Measured"), _("Mean")],
        note=f"{sight.list_note(*SURVEY)} · {_('unit: households and per cent of those measured')}",
    )
    for measure in MEASURES:
        for word, setting in settings_shown(sight):
            levels = sight.measures.levels(measure, setting)
            if levels.measured.is_none or (setting is not None and too_few(levels.measured)):
                continue
            if setting is None:
                section.strong.append(len(section.rows))
            mean = mean_of(levels)
            section.rows.append(
                [
                    Cell(capital_name(measure) if setting is None else f"– {word}"),
                    *(with_share(n, levels.measured, sight) for n in levels.levels.counts),
                    count(sight, levels.measured),
                    Cell(mean["text"], mean["value"]),
                ]
            )
    return section


def too_few(measured: Shown) -> bool:
    """Whether a line of a setting is left out for this reader."""
    return not measured.is_exact and measured.low < SHARE_BASE


def with_share(number: Shown, whole: Shown, sight: Sight) -> Cell:
    found = share_shown(number, whole)
    text = sight.text(number)
    return Cell(f"{text} ({percent(found, 0)})" if found else text, sight.value(number))


def affected_row(sight: Sight, name: str, found: AffectedShown, whole: Shown) -> list[Cell]:
    return [
        Cell(name),
        count(sight, found.households),
        count(sight, found.people),
        share(found.households, whole),
    ]


def affected_columns(first: str) -> list[str]:
    return [first, _("Households"), _("People in them"), _("Share of the households asked")]


def indicators_section(sight: Sight) -> Section:
    measures = sight.measures
    section = Section(
        _("Basic needs: which indicators fail"),
        columns=affected_columns(_("Indicator")),
        bars=3,
        note=f"{sight.list_note(*NEEDS)} · "
        + _("%(n)s households screened") % {"n": sight.text(measures.screened)},
    )
    dimensions = sorted(
        tpmap_dimensions.load().dimensions,
        key=lambda d: -measures.dimension(d.code).households.estimate,
    )
    told = measures.problems
    for dimension in dimensions:
        codes = [code for n in dimension.indicators if (code := f"i{n}") in told]
        for code in sorted(codes, key=lambda c: -told[c].households.estimate):
            section.rows.append(
                affected_row(sight, problem_name(code), told[code], measures.screened)
            )
        if codes:
            section.strong.append(len(section.rows))
            name = _("Dimension %(name)s: at least one of these") % {"name": in_language(dimension)}
            total = measures.dimension(dimension.code)
            section.rows.append(affected_row(sight, name, total, measures.screened))
    return section


def answers_section(sight: Sight) -> Section:
    told = sight.measures.problems
    codes = [c for c in told if c.split("_")[0] in CAPITALS]
    codes.sort(key=lambda c: (-told[c].households.estimate, c))
    return Section(
        _("Five capitals: what is lowest"),
        columns=affected_columns(_("Item")),
        rows=[
            affected_row(
                sight,
                problem_name(code),
                told[code],
                sight.measures.levels(code.split("_")[0]).measured,
            )
            for code in codes[:TOP_ANSWERS]
        ],
        bars=3,
        note=sight.list_note(*SURVEY),
    )


def ranking_section(sight: Sight) -> Section:
    rule = rule_of(sight.area)
    rows = ranking_of(sight)[:TOP_PROBLEMS]
    told = sight.measures.problems
    return Section(
        _("Problems in order"),
        columns=[_("Problem"), _("Who acts"), _("Households"), _("Score")],
        rows=[
            [
                Cell(f"{row.place}. {problem_name(row.problem.code)}"),
                Cell(in_language(side_named(row.problem.side))),
                count(sight, told[row.problem.code].households),
                Cell(str(round(float(row.score))), round(float(row.score))),
            ]
            for row in rows
        ],
        bars=3,
        note=_("Rule: households %(a)s, severity %(b)s, who can act %(c)s")
        % {"a": rule.households, "b": rule.severity, "c": rule.action},
    )


def poverty_section(sight: Sight, user: User) -> Section | None:
    found = poverty_of(sight, user)
    if found is None:
        return None
    error = _("everybody on the list was asked: no sampling error")
    text = [
        f"{item['name']} {item['text']} {item['between'] or ('' if found['sample'] else f'({error})')}"
        for item in found["headline"]
    ]
    parts = found["contributions"]["rows"] if found["contributions"] else []
    values = found["contributions"]["chart"]["series"][0]["values"] if parts else []
    mark = f" · {_('provisional definition')}" if found["run"].provisional else ""
    return Section(
        _("Poverty in many dimensions"),
        columns=[_("Indicator"), _("contribution to M0")] if parts else [],
        rows=[
            [Cell(row["name"]), Cell(row["text"], value)]
            for row, value in zip(parts, values, strict=True)
        ],
        bars=1 if parts else None,
        text=text,
        note=f"{found['title']} · k {found['k']} · {found['note']}{mark}",
    )


def change_sections(sight: Sight) -> list[Section]:
    """Means of each survey, and moves between the last two."""
    found = []
    line, moves = round_rows.trend(sight), round_rows.moves(sight)
    if line:
        found.append(from_table(_("Mean scores of each survey"), line["table"], line["lists"]))
    if moves:
        title = _("How households moved between levels, %(before)s to %(after)s") % {
            "before": moves["before"],
            "after": moves["after"],
        }
        found.append(from_table(title, moves["table"], [moves["list"]]))
    return found


def from_table(
    title: str, table: dict[str, list[dict[str, object]]], lists: Sequence[str]
) -> Section:
    rows = [[Cell(str(cell["text"])) for cell in row["cells"]] for row in table["rows"]]  # type: ignore[attr-defined]
    return Section(
        title,
        columns=[str(column["label"]) for column in table["columns"]],
        rows=rows,
        note=" · ".join(lists),
    )


def strengths_section(sight: Sight) -> Section:
    found = strengths_of(sight.area).filter(sight.scope.by_area("area_id"))[:LONGEST_STRENGTHS]
    return Section(
        _("What the community has to build on"),
        text=[f"{capital_name(s.capital)}: {s.text} ({s.area.full_name})" for s in found],
    )


def decision_section(sight: Sight, user: User) -> Section | None:
    decision = standing_decision(user, sight.area)
    if decision is None:
        return None
    chosen = [f"{n}. {problem_name(code)}" for n, code in enumerate(decision.chosen, start=1)]
    return Section(
        _("What was decided last"),
        text=[decision.text, *chosen],
        note=f"{decision.decided_by} · {decision.meeting} · {be_date(decision.decided_on)}",
    )
