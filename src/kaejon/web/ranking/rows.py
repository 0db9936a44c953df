"""Ranked problems as rows that a person may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.folders.problem_words import problem_name, side_named
from kaejon.apps.folders.wording import in_language
from kaejon.apps.measurement.problems import is_sensitive, side_of
from kaejon.apps.ranking.models import Decision
from kaejon.apps.ranking.queries import (
    ANSWER,
    INDICATOR,
    WORDS,
    kind_of,
    problems_shown,
    ranked_again,
    rule_of,
    told_then,
)
from kaejon.apps.statistics.measures import AffectedShown
from kaejon.methods.disclosure import Shown, exactly, share
from kaejon.methods.ranking import Problem, Ranked, Rule, rank
from kaejon.web.places.sight import Sight, count_text
from kaejon.web.ranking.forms import READINESS

TOLD_BY = {
    INDICATOR: _("จปฐ. screen"),
    ANSWER: _("five-capital survey"),
    WORDS: _("community list"),
}
Row = dict[str, Any]


def ranking_of(sight: Sight, rule: Rule | None = None) -> list[Ranked]:
    """The problems of an area in order, made of the numbers the reader may see."""
    return rank(problems_shown(sight.measures.problems), rule or rule_of(sight.area))


def rows_of(
    ranked: Sequence[Ranked], sight: Sight, user: User, *, before: Mapping[str, int] | None = None
) -> list[Row]:
    """One row a problem. `before`: places by the rule in force."""
    sensitive = may(user, Permission.SEE_SENSITIVE, sight.area.code)
    return [row_of(row, sight, sensitive, before or {}) for row in ranked]


def row_of(row: Ranked, sight: Sight, sensitive: bool, before: Mapping[str, int]) -> Row:
    code = row.problem.code
    found = sight.measures.problems[code]
    asked = asked_about(sight, code)
    closed = is_sensitive(code) and not sensitive
    place = before.get(code, row.place)
    link = "" if closed else sight.link(found.households, problem=code)
    return (
        name_of(row)
        | numbers_of(row, found, link)
        | {
            "up": max(place - row.place, 0),
            "down": max(row.place - place, 0),
            "asked": sight.text(asked) if asked else "",
            "share": share(found.households, asked) if asked else None,
            "closed": closed,
        }
    )


def frozen_rows(decision: Decision, sight: Sight) -> list[Row]:
    """The ranking as it lay on the table, with the counts of that day as the reader may see them."""
    if sight.reader.sees_sensitive(sight.area.code):
        ranked = ranked_again(decision.frozen)
        found = {row.problem.code: exact_counts(row.problem) for row in ranked}
    else:
        found = told_then(decision)
        ranked = rank(problems_shown(found), Rule.from_dict(decision.frozen["rule"]))
    return [name_of(row) | numbers_of(row, found[row.problem.code]) for row in ranked]


def exact_counts(problem: Problem) -> AffectedShown:
    return AffectedShown(*map(exactly, (problem.households, problem.people, problem.several)))


def numbers_of(row: Ranked, found: AffectedShown, link: str = "") -> Row:
    """Counts, share and score of a ranked problem."""
    return {
        "households": {"text": count_text(found.households), "url": link},
        "people": count_text(found.people),
        "several": share(found.several, found.households),
        "score": round(float(row.score)),
    }


def unranked(code: str) -> Row:
    """A problem that was chosen, by its name alone: nothing of its numbers is told."""
    side = side_named(side_of(code))
    return {
        "place": "–",
        "code": code,
        "name": problem_name(code),
        "told_by": TOLD_BY[kind_of(code)],
        "side": in_language(side),
        "households": {"text": str(_("not told")), "url": ""},
        "people": str(_("not told")),
        "several": None,
        "score": "–",
    }


def name_of(row: Ranked) -> Row:
    """What a problem is called and who acts."""
    side = side_named(row.problem.side)
    return {
        "place": row.place,
        "code": row.problem.code,
        "name": problem_name(row.problem.code),
        "told_by": TOLD_BY[kind_of(row.problem.code)],
        "side": in_language(side),
        "side_code": side.code,
        "offices": side.offices_en if in_language(side) == side.en else side.offices_th,
        "ready": dict(READINESS)[int(3 * row.readiness)],
    }


def asked_about(sight: Sight, code: str) -> Shown | None:
    """Households that were asked about a problem; None for words nobody was asked for."""
    kind = kind_of(code)
    if kind == INDICATOR:
        return sight.measures.screened
    return sight.measures.levels(code.split("_")[0]).measured if kind == ANSWER else None
