"""Ranked problems as rows that a person may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.dashboards.measured import Measured
from kaejon.apps.folders.problem_words import problem_name, side_named
from kaejon.apps.folders.wording import in_language
from kaejon.apps.measurement.problems import is_sensitive
from kaejon.apps.ranking.queries import ANSWER, INDICATOR, WORDS, asked_about, kind_of
from kaejon.methods.ranking import Ranked
from kaejon.web.places.sight import Sight
from kaejon.web.ranking.forms import READINESS

TOLD_BY = {
    INDICATOR: _("จปฐ. screen"),
    ANSWER: _("five-capital survey"),
    WORDS: _("community list"),
}
# With fewer households than this, readers of rounded counts are told no share
SHARE_FROM = 20
Row = dict[str, Any]


def rows_of(
    ranked: Sequence[Ranked],
    sight: Sight,
    user: User,
    *,
    before: Mapping[str, int] | None = None,
    measured: Measured | None = None,
) -> list[Row]:
    """One row a problem. `before`: places by the rule in force; `measured`: who was asked."""
    sensitive = may(user, Permission.SEE_SENSITIVE, sight.area.code)
    return [row_of(row, sight, sensitive, before or {}, measured) for row in ranked]


def row_of(
    row: Ranked, sight: Sight, sensitive: bool, before: Mapping[str, int], measured: Measured | None
) -> Row:
    problem = row.problem
    side = side_named(problem.side)
    closed = is_sensitive(problem.code) and not sensitive
    asked = asked_about(measured, problem.code) if measured else None
    told = sight.exact or problem.households >= SHARE_FROM
    place = before.get(problem.code, row.place)
    return {
        "place": row.place,
        "up": max(place - row.place, 0),
        "down": max(row.place - place, 0),
        "code": problem.code,
        "name": problem_name(problem.code),
        "told_by": TOLD_BY[kind_of(problem.code)],
        "side": in_language(side),
        "side_code": side.code,
        "offices": side.offices_en if in_language(side) == side.en else side.offices_th,
        "households": {
            "text": sight.text(problem.households),
            "url": "" if closed else sight.link(problem.households, problem=problem.code),
        },
        "people": sight.text(problem.people),
        "asked": sight.text(asked) if asked else "",
        "share": float(problem.households / asked) if asked and told else None,
        "several": float(row.severity) if told else None,
        "ready": dict(READINESS)[int(3 * row.readiness)],
        "score": round(float(row.score)),
        "closed": closed,
    }
