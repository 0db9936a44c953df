"""How good each list is, measured by what checks found; every share names what it is a share of."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kaejon.apps.coverage.queries import GONE, NOT_POOR, POOR
from kaejon.apps.sources.models import Kind
from kaejon.apps.statistics.coverage import CoverageShown, StatesShown, coverage_shares, plus
from kaejon.methods.dropping_out import Gate
from kaejon.web.picture.asking import Cell, Question, Table, heads, share_cell, words
from kaejon.web.picture.words import GATES, column_name


def measure_heads(first: str) -> list[dict[str, object]]:
    return heads(
        first,
        _("On the list"),
        _("of them checked"),
        _("In need, found by checks"),
        _("of them on the list"),
        _("Coverage: share of those in need who are on the list"),
        _("Exclusion error: share of those in need who are not on the list"),
        _(
            "Inclusion error (leakage): share of the checked on the list who do not meet the criteria"
        ),
    )


def measures(
    question: Question, on: StatesShown, off: StatesShown, code: str, area: str = ""
) -> list[Cell]:
    """The figures of one list as cells."""
    named: dict[str, str] = {"on": code} if code else {}
    shares = coverage_shares(on, off)
    return [
        question.number(on.all, area, **named),
        question.share(on.checked, on.all),
        question.number(plus(on[POOR], off[POOR]), area, verified=POOR),
        question.number(on[POOR], area, **named, verified=POOR)
        if code
        else question.number(on[POOR]),
        share_cell(shares["coverage"]),
        share_cell(shares["exclusion"]),
        share_cell(shares["leakage"]),
    ]


def by_list(question: Question) -> Table:
    """One row a list, and one for all of them together."""
    shown = question.shown
    found = Table(_("How good each list is"), measure_heads(_("List")))
    for column in shown.columns:
        row = measures(question, shown.on(column.code), shown.off(column.code), column.code)
        found.add(words(column_name(column), question.address(list=column.code) + "#parts"), *row)
    if len(shown.columns) > 1:
        row = measures(question, shown.on(), shown.nobody, "")
        found.add(words(_("On at least one list")), *row)
    return found


def by_part(question: Question) -> Table | None:
    """One row for each area below, of the list chosen; none where there is nothing below."""
    column = question.column
    parts = question.coverage.parts
    if column is None or len(parts) < 2:
        return None
    found = Table(
        _("%(list)s, by area") % {"list": column_name(column)}, measure_heads(question.part_word)
    )
    for code, part in parts.items():
        name = question.part_names.get(code, code)
        url = question.address(area=code) if code != question.area.code else ""
        found.add(
            words(name, url),
            *measures(question, part.on(column.code), part.off(column.code), column.code, code),
        )
    return found


def lost(question: Question) -> Table:
    """Those in need whom TPMAP does not name, by where they were lost."""
    found = Table(
        _("Why those in need are not among the target poor (TPMAP)"),
        heads(
            _("Reason, as far as the lists tell"),
            _("In need, not on TPMAP"),
            _("of them on no list at all"),
        ),
    )
    columns = question.columns
    target = ",".join(c.code for c in columns if c.kind == Kind.TPMAP)
    every = ",".join(c.code for c in columns)
    for row in question.shown.lost:
        asked = {"verified": POOR, "gate": str(row.gate)}
        found.add(
            words(str(GATES[row.gate])),
            question.number(row.count, **asked, not_on=target),
            question.number(row.nowhere, **asked, not_on=every),
        )
    return found


def top_reason(shown: CoverageShown) -> Gate | None:
    """The gate at which most of those in need were lost."""
    rows = shown.lost
    return max(rows, key=lambda row: row.count.estimate).gate if rows else None


def checked_sentence(question: Question) -> dict[str, str]:
    """How many were checked, and what the benchmark leaves out."""
    states = question.shown.all
    return {
        "checked": question.figure(states.checked),
        "all": question.figure(states.all),
        "share": question.share(states.checked, states.all)["text"],
        "poor": question.figure(states[POOR]),
        "not_poor": question.figure(states[NOT_POOR]),
        "gone": question.figure(states[GONE]),
        "unit": question.unit_word,
    }
