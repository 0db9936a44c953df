"""How good each list is, measured by what checks found; every share names what it is a share of."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kaejon.apps.coverage.accuracy import Found, found_by, found_by_any, lost_by_gate
from kaejon.apps.coverage.queries import GONE, NOT_POOR, POOR, Picture
from kaejon.apps.sources.models import Kind
from kaejon.methods.dropping_out import Gate
from kaejon.web.picture.asking import Cell, Question, Table, heads, words
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


def measures(question: Question, found: Found, code: str, area: str = "") -> list[Cell]:
    """The figures of one list as cells."""
    table = found.table
    listed_poor, missed = int(table.listed_poor), int(table.missed_poor)
    listed_not = int(table.listed_not_poor)
    named: dict[str, str] = {"on": code} if code else {}
    poor = question.count(listed_poor) + question.count(missed)
    judged = question.count(listed_poor) + question.count(listed_not)
    return [
        question.number(found.on_list, area, **named),
        question.share(found.checked_on_list, found.on_list),
        question.number(listed_poor + missed, area, verified=POOR),
        question.number(listed_poor, area, **named, verified=POOR)
        if code
        else question.number(listed_poor),
        question.share(listed_poor, poor),
        question.share(missed, poor),
        question.share(listed_not, judged),
    ]


def by_list(question: Question) -> Table:
    """One row a list, and one for all of them together."""
    picture = question.picture
    found = Table(_("How good each list is"), measure_heads(_("List")))
    for column in picture.columns:
        row = measures(question, found_by(picture, column.code), column.code)
        found.add(words(column_name(column), question.address(list=column.code) + "#parts"), *row)
    if len(picture.columns) > 1:
        found.add(words(_("On at least one list")), *measures(question, found_by_any(picture), ""))
    return found


def by_part(question: Question) -> Table | None:
    """One row for each area below, of the list chosen; none where there is nothing below."""
    column = question.column
    parts = question.picture.parts()
    if column is None or len(parts) < 2:
        return None
    found = Table(
        _("%(list)s, by area") % {"list": column_name(column)}, measure_heads(question.part_word)
    )
    for code, part in parts.items():
        name = question.part_names.get(code, code)
        url = question.address(area=code) if code != question.area.code else ""
        found.add(
            words(name, url), *measures(question, found_by(part, column.code), column.code, code)
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
    columns = question.picture.columns
    target = ",".join(c.code for c in columns if c.kind == Kind.TPMAP)
    every = ",".join(c.code for c in columns)
    for row in lost_by_gate(question.picture):
        asked = {"verified": POOR, "gate": str(row.gate)}
        found.add(
            words(str(GATES[row.gate])),
            question.number(row.count, **asked, not_on=target),
            question.number(row.nowhere, **asked, not_on=every),
        )
    return found


def top_reason(picture: Picture) -> Gate | None:
    """The gate at which most of those in need were lost."""
    rows = lost_by_gate(picture)
    return max(rows, key=lambda row: row.count).gate if rows else None


def checked_sentence(question: Question) -> dict[str, str]:
    """How many were checked, and what the benchmark leaves out."""
    states = question.picture.states
    checked = sum(n for state, n in states.items() if state != "none")
    return {
        "checked": question.figure(checked),
        "all": question.figure(question.picture.total),
        "share": question.share(checked, question.picture.total)["text"],
        "poor": question.figure(states[POOR]),
        "not_poor": question.figure(states[NOT_POOR]),
        "gone": question.figure(states[GONE]),
        "unit": question.unit_word,
    }
