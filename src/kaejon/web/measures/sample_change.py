"""Whether two measurements of samples differ by more than chance, in plain words and as a table."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kaejon.apps.measurement.sampling import CENSORED, HEADLINES, Comparison, Missing
from kaejon.methods.alkire_foster import Change, Estimate
from kaejon.web.measures import tables
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.tables import Cell, Column, Format, Section, Table, with_unit, written
from kaejon.web.measures.words import indicator_names

# Below so many degrees of freedom the normal quantiles of the interval are too narrow.
ROUGH_BELOW = 20
WHY_NOT: dict[Missing, str | Promise] = {
    Missing.WHOLE_LISTS: gettext_lazy(
        "There is no standard error: neither list was drawn by chance. The difference is that of the households in the lists and says nothing of households outside them; wrong or missing answers remain possible."
    ),
    Missing.ONE_WHOLE_LIST: gettext_lazy(
        "There is no interval of the difference: only one of the two is a sample, the other names everybody. The interval of the sample stands on its own page."
    ),
    Missing.OTHER_RULE: gettext_lazy(
        "There is no interval of the difference: the two do not say in the same way who is poor (definition, k, or what is counted), so the difference is no change in people's lives and no question of chance."
    ),
    Missing.OTHER_DESIGN: gettext_lazy(
        "There is no interval of the difference: the two samples are said to be drawn in different ways. Measure both again with the same answer to how the list was drawn."
    ),
    Missing.SAME_LIST: gettext_lazy(
        "There is no interval of the difference: both measure the same sample. What differs comes from corrections of the list, not from chance."
    ),
    Missing.SOFTENED: gettext_lazy(
        "Intervals are shown only to those who may see every household of both areas, because they would give the unrounded figures away. Ask them whether the difference is larger than the sampling error before you use it."
    ),
    Missing.NOT_KEPT: gettext_lazy(
        "There is no interval of the difference yet: at least one of the two was measured before kaejon kept what it needs. Open that measurement, press Repeat, then compare again."
    ),
}
# (whether time passed between the two, whether it is more now)
MOVED: dict[tuple[bool, bool], str | Promise] = {
    (True, False): gettext_lazy(
        "%(figure)s fell by %(size)s (95%% confidence interval: %(low)s to %(high)s)"
    ),
    (True, True): gettext_lazy(
        "%(figure)s rose by %(size)s (95%% confidence interval: %(low)s to %(high)s)"
    ),
    (False, False): gettext_lazy(
        "%(figure)s is lower by %(size)s (95%% confidence interval: %(low)s to %(high)s)"
    ),
    (False, True): gettext_lazy(
        "%(figure)s is higher by %(size)s (95%% confidence interval: %(low)s to %(high)s)"
    ),
}
FIGURES: dict[str, str | Promise] = {
    "H": gettext_lazy("The share who are poor (H)"),
    "A": gettext_lazy("What the poor lack on average (A)"),
    "M0": gettext_lazy("The poverty index (M0)"),
}


@dataclass(frozen=True)
class Sentence:
    """One figure in words, and the mark that says whether chance alone may have made it."""

    text: str
    more: str
    kind: str
    verdict: str


def why_not(found: Comparison) -> str:
    """Why no interval is shown; empty where there is one."""
    return str(WHY_NOT[found.missing]) if found.missing else ""


def is_beyond_chance(moved: Change) -> bool:
    """Whether the 95% interval leaves zero out."""
    low, high = interval(moved.absolute)
    return low is not None and high is not None and (low > 0 or high < 0)


def verdict(moved: Change) -> str:
    if moved.absolute.value == 0 and moved.absolute.se == 0:
        return _("no difference")
    if is_beyond_chance(moved):
        return _("larger than the sampling error")
    return _("not larger than the sampling error")


def sentences(found: Comparison) -> list[Sentence]:
    """H, A and M0: how they moved, how sure that is, and what it is a year."""
    said = []
    for name in HEADLINES:
        moved = found.changes.get(name)
        if moved is not None:
            kind = "info" if is_beyond_chance(moved) else "quiet"
            text = moved_words(name, moved, over_time=found.years is not None)
            said.append(Sentence(text, further_words(name, moved), kind, verdict(moved)))
    return said


def moved_words(name: str, moved: Change, *, over_time: bool) -> str:
    """ "H fell by 2.1 points (95% confidence interval: -3.7 to -0.5)"."""
    value, form = moved.absolute.value or 0.0, form_of(name)
    low, high = interval(moved.absolute)
    if value == 0:
        return _("%(figure)s: the same in both") % {"figure": FIGURES[name]}
    words = {
        "figure": FIGURES[name],
        "size": with_unit(written(abs(value), form), form),
        "low": signed(low, form),
        "high": signed(high, form),
    }
    return str(MOVED[over_time, value > 0]) % words


def further_words(name: str, moved: Change) -> str:
    """The change as a share of the first figure, and per year."""
    parts, form = [], form_of(name)
    if moved.relative is not None and moved.relative.value is not None:
        relative = signed(moved.relative.value / 100, "points")
        parts.append(_("%(share)s%% of the first") % {"share": relative})
    yearly = moved.absolute_per_year
    if yearly is not None and yearly.value is not None:
        each = with_unit(signed(yearly.value, form), form)
        parts.append(_("on average %(change)s a year") % {"change": each})
    return " · ".join(parts)


def form_of(name: str) -> Format:
    return "index" if name == "M0" else "points"


def signed(value: float | None, form: Format) -> str:
    """A change with its sign: points with one place, an index with three."""
    return "–" if value is None else tables.signed(value, form)


def interval(figure: Estimate | None) -> tuple[float | None, float | None]:
    low, high = (figure and figure.ci95) or (None, None)
    return low, high


def sections(found: Comparison, first: RunSight, second: RunSight) -> list[Section]:
    """Two tables: H, A and M0, and the shares of people who lack each thing and are poor."""
    if found.missing:
        return []
    names = indicator_names(first.run.definition)
    before, after = figures_of(first), figures_of(second)
    headline = {name: str(FIGURES[name]) for name in HEADLINES}
    censored = {
        name: names.get(name.removeprefix(CENSORED), name.removeprefix(CENSORED))
        for name in sorted(before, key=lambda name: -(before[name] or 0.0))
        # What nobody lacks in either round says nothing.
        if name.startswith(CENSORED) and (before[name] or after[name])
    }
    return [
        Section(key, title, table_of(named, labels, found, before, after), lead=lead)
        for key, title, named, labels, lead in (
            ("sample-headlines", _("H, A and M0 with their intervals"), _("Figure"), headline, ""),
            (
                "sample-indicators",
                _("Lack it and are poor: each indicator with its interval"),
                _("Indicator"),
                censored,
                _(
                    "Of 20 indicators that did not move at all, about one shows a difference larger than its sampling error by chance alone. Trust those with a reason you know."
                ),
            ),
        )
    ]


def figures_of(sight: RunSight) -> dict[str, float | None]:
    """The figures by the names of a comparison; only asked for where the reader sees them exactly."""
    found = sight.figures
    values = {name: found[name]["value"] for name in HEADLINES}
    return values | {CENSORED + line["name"]: line["censored"] for line in found["indicators"]}


def table_of(
    named: str,
    labels: dict[str, str],
    found: Comparison,
    before: dict[str, float | None],
    after: dict[str, float | None],
) -> Table:
    """One row a figure: both values, the difference with its interval, relative, and per year."""
    over_time = found.years is not None
    heads = [
        Column(named, "text"),
        Column(_("First"), "score"),
        Column(_("Second"), "score"),
        Column(_("Difference (95% interval)"), "score"),
        Column(_("Relative"), "share", signed=True),
        *([Column(_("A year (95% interval)"), "score")] if over_time else []),
        Column(_("More than chance"), "text"),
    ]
    rows: list[list[Cell]] = []
    for name, label in labels.items():
        form = form_of(name)
        both: Format = "index" if form == "index" else "share"
        pair = [written_or_dash(value, both) for value in (before[name], after[name])]
        rows.append([label, *pair, *change_cells(found.changes[name], form, over_time=over_time)])
    return Table(heads, rows)


def written_or_dash(value: float | None, form: Format) -> str:
    return "–" if value is None else written(value, form)


def change_cells(moved: Change | None, form: Format, *, over_time: bool) -> list[Cell]:
    if moved is None:
        return [None] * (4 if over_time else 3)
    relative = moved.relative.value if moved.relative else None
    return [
        with_interval(moved.absolute, form),
        None if relative is None else relative / 100,
        *([with_interval(moved.absolute_per_year, form)] if over_time else []),
        _("yes") if is_beyond_chance(moved) else _("no"),
    ]


def with_interval(figure: Estimate | None, form: Format) -> str:
    """A change and its interval in one cell: "-2.1 (-3.7 to -0.5)"."""
    if figure is None or figure.value is None:
        return "–"
    low, high = interval(figure)
    words = {"low": signed(low, form), "high": signed(high, form)}
    between = _("%(low)s to %(high)s") % words
    return f"{signed(figure.value, form)} ({between})"


def exported(found: Comparison, first: RunSight, second: RunSight) -> Table:
    """Every change as unrounded numbers, one row a figure: shares 0-1, relative changes in per cent."""
    names = indicator_names(first.run.definition)
    before, after = figures_of(first), figures_of(second)
    heads = [Column(_("Figure"), "text"), Column(_("First")), Column(_("Second"))]
    for label in (
        _("Difference"),
        _("Relative, %"),
        _("A year"),
        _("A year, compound, %"),
    ):
        heads += [
            Column(label),
            Column(_("%(figure)s: standard error") % {"figure": label}),
            Column(_("%(figure)s: interval from") % {"figure": label}),
            Column(_("%(figure)s: interval to") % {"figure": label}),
        ]
    heads.append(Column(_("Sampling error"), "text"))
    rows: list[list[Cell]] = []
    both = _("Lack it and are poor")
    for name, moved in found.changes.items():
        code = name.removeprefix(CENSORED)
        label = str(FIGURES.get(name) or f"{both}: {names.get(code, code)}")
        numbers = change_numbers(moved) if moved else [None] * 16
        rows.append([label, before[name], after[name], *numbers, verdict(moved) if moved else None])
    return Table(heads, rows)


def change_numbers(moved: Change) -> list[Cell]:
    numbers: list[Cell] = []
    for figure in (
        moved.absolute,
        moved.relative,
        moved.absolute_per_year,
        moved.relative_per_year,
    ):
        numbers += [figure.value, figure.se, *interval(figure)] if figure else [None] * 4
    return numbers


def caption_of(found: Comparison) -> str:
    """How the intervals were made, and a caution where few villages stand behind them."""
    text = _(
        "Changes of shares in points of 100; M0 in its own unit. Standard errors by Taylor linearisation over villages; villages that are in both samples are counted as the same ones."
    )
    if found.degrees_of_freedom < ROUGH_BELOW:
        rough = _("Only few villages were drawn: read the intervals as rough.")
        return f"{text} {rough}"
    return text
