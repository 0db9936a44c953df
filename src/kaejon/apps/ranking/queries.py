"""The problems of an area in the order of its rule, and the decisions taken."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, scope_of
from kaejon.apps.areas.models import WHOLE_SYSTEM, Area
from kaejon.apps.areas.queries import within
from kaejon.apps.dashboards.measured import Measured, measured_in
from kaejon.apps.measurement.problems import SAID, side_of
from kaejon.apps.ranking.models import Decision, RankingRule
from kaejon.apps.statistics.measures import AffectedShown, Measures
from kaejon.apps.statistics.visibility import INTERNAL
from kaejon.methods.disclosure import Shown
from kaejon.methods.ranking import Problem, Ranked, Rule, default_rule, rank

# Kinds of problems: failed indicators, lowest answers of the survey, words of community lists
INDICATOR, ANSWER, WORDS = "indicator", "answer", "words"


def kind_of(code: str) -> str:
    """Which kind of list tells of a problem."""
    if code.startswith(SAID):
        return WORDS
    return INDICATOR if code[0] == "i" and code[1:].isdigit() else ANSWER


def problems_of(measured: Measured) -> list[Problem]:
    """The problems of an area with their counts, as the ranking takes them."""
    return [
        Problem(code, side_of(code), found.households, found.people, found.several)
        for code, found in measured.problems().items()
    ]


def problems_shown(problems: Mapping[str, AffectedShown]) -> list[Problem]:
    """The problems as the ranking takes them for one reader: with the numbers told, no others.

    What fewer than t households have is left out, so that neither order nor score nor any
    weight somebody tries is made of a number that is not told.
    """
    found = []
    for code, shown in problems.items():
        households = shown.households.estimate
        several = min(shown.several.estimate, households)
        found.append(Problem(code, side_of(code), households, shown.people.estimate, several))
    return found


def ranking(scope: Scope, area: Area, rule: Rule) -> list[Ranked]:
    """The problems of an area within a scope by a rule."""
    return rank(problems_of(measured_in(scope, area)), rule)


def rule_row(area: Area) -> RankingRule | None:
    """The saved rule in force: the area's own, else that of the nearest area around it."""
    codes = [WHOLE_SYSTEM, *(area.ancestor_codes() if area.code != WHOLE_SYSTEM else [])]
    rows = list(RankingRule.objects.filter(area__in=codes).select_related("made_by", "area"))
    return max(rows, key=lambda row: (codes.index(row.area_id), row.number), default=None)


def rule_of(area: Area) -> Rule:
    """The rule in force in an area."""
    row = rule_row(area)
    return Rule.from_dict(row.rule) if row else default_rule()


def decisions_visible_to(actor: User) -> QuerySet[Decision]:
    """Decisions about areas in which the actor sees counts, the latest first."""
    scope = scope_of(actor, Permission.SEE_COUNTS)
    return Decision.objects.filter(scope.by_area("area_id")).select_related("area", "recorded_by")


def decisions_of(actor: User, area: Area) -> QuerySet[Decision]:
    """Decisions about the area itself and the areas in it that the actor may see."""
    return decisions_visible_to(actor).filter(within(area.code, "area_id"))


def standing_decision(actor: User, area: Area) -> Decision | None:
    """The latest decision about an area that no other replaced."""
    return decisions_visible_to(actor).filter(area=area, replaced_by=None).first()


def frozen_ranking(
    problems: list[Problem], rule: Rule, *, counted_at: str, lists: list[str], told: Measures
) -> dict[str, Any]:
    """Everything the order depends on, and the order itself, as one document.

    `told`: the same counts as a paper gives them on that day. Whoever may not open the
    households reads the decision by them: told anew later, the same counts might be in other
    classes, and both together would say too much.
    """
    return {
        "rule": rule.as_dict(),
        "problems": [
            [p.code, p.side, p.households, p.people, p.several]
            for p in sorted(problems, key=lambda p: p.code)
        ],
        "order": [row.problem.code for row in rank(problems, rule)],
        "counted_at": counted_at,
        "lists": lists,
        "told": {code: told_counts(shown) for code, shown in sorted(told.problems.items())},
    }


def told_counts(shown: AffectedShown) -> list[list[int | None]]:
    """Households, people and those hit in several ways, each as low end, high end, number."""
    return [[n.low, n.high, n.number] for n in (shown.households, shown.people, shown.several)]


def told_then(decision: Decision) -> dict[str, AffectedShown]:
    """The problems of a decision as they were told on its day; none before that was kept."""
    return {
        code: AffectedShown(*(Shown(low, high, number, INTERNAL) for low, high, number in counts))
        for code, counts in decision.frozen.get("told", {}).items()
    }


def hash_of(frozen: Mapping[str, Any]) -> str:
    """SHA-256 of a frozen ranking in one fixed way of writing."""
    text = json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def ranked_again(frozen: Mapping[str, Any]) -> list[Ranked]:
    """The ranking worked out again from what was frozen."""
    return rank([Problem(*row) for row in frozen["problems"]], Rule.from_dict(frozen["rule"]))


def repeats(decision: Decision) -> bool:
    """Whether the frozen ranking is untouched and gives the same order again."""
    order = [row.problem.code for row in ranked_again(decision.frozen)]
    return hash_of(decision.frozen) == decision.frozen_hash and order == decision.frozen["order"]
