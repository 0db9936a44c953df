"""Save a rule, record a decision: both only ever add."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require, scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import difference, record
from kaejon.apps.dashboards.measured import measured_in
from kaejon.apps.dashboards.queries import lists_behind, tallies
from kaejon.apps.folders.wording import list_name
from kaejon.apps.ranking.models import Decision, RankingRule
from kaejon.apps.ranking.queries import frozen_ranking, hash_of, problems_of, rule_of
from kaejon.apps.statistics.measures import Measures
from kaejon.apps.statistics.standing import Standing
from kaejon.apps.statistics.visibility import on_paper, reader_of
from kaejon.methods.errors import DataError
from kaejon.methods.ranking import Rule

CHOSEN_AT_MOST = 10


class DecisionReplaced(DataError):
    """Somebody else already replaced it."""

    def __init__(self) -> None:
        super().__init__(
            "decision_replaced",
            "this decision was already replaced by a later one",
            remedy="Open the area's decisions and replace the latest.",
        )


@made_once
@transaction.atomic
def save_rule(*, area: Area, rule: Rule, reason: str, by: User) -> RankingRule:
    """Put a new wording of the area's rule in force; earlier ones stay. Same as in force: nothing new."""
    require(by, Permission.DECIDE, at=area.code)
    Area.objects.select_for_update().get(pk=area.pk)
    before = rule_of(area)
    last = RankingRule.objects.filter(area=area).aggregate(last=Max("number"))["last"] or 0
    row = RankingRule.objects.create(
        area=area, number=last + 1, rule=rule.as_dict(), reason=reason, made_by=by
    )
    record(
        by=by,
        verb="ranking.rule",
        subject_type="ranking",
        subject_id=f"{area.code} {row.number}",
        area=area.code,
        label=area.full_name,
        changes=difference(flat(before), flat(rule)),
        reason=reason,
    )
    return row


def flat(rule: Rule) -> dict[str, int]:
    """Every number of a rule by name."""
    document = rule.as_dict()
    return {**document.pop("readiness"), **{f"weight_{k}": v for k, v in document.items()}}


@made_once
@transaction.atomic
def record_decision(
    *,
    area: Area,
    decided_on: date,
    decided_by: str,
    meeting: str,
    text: str,
    chosen: Sequence[str],
    by: User,
    replaces: Decision | None = None,
) -> Decision:
    """Write down what was decided, with the ranking as it stands now.

    Refuses an area of others (NotPermitted); as DataError: nothing chosen or more than ten, a problem nobody has here, a
    decision that was already replaced (DecisionReplaced).
    """
    require(by, Permission.DECIDE, at=area.code)
    Area.objects.select_for_update().get(pk=area.pk)
    if replaces and Decision.objects.filter(replaces=replaces).exists():
        raise DecisionReplaced
    scope = scope_of(by, Permission.DECIDE)
    problems = problems_of(measured_in(scope, area))
    check_chosen(chosen, {p.code for p in problems if p.households})
    counted = tallies(scope, area).counted_at
    frozen = frozen_ranking(
        problems,
        rule_of(area),
        counted_at=counted.isoformat() if counted else "",
        lists=[list_name(version) for version in lists_behind(area)],
        told=Measures(Standing(area, on_paper(reader_of(by)))),
    )
    last = Decision.objects.filter(area=area).aggregate(last=Max("number"))["last"] or 0
    decision = Decision.objects.create(
        area=area,
        number=last + 1,
        decided_on=decided_on,
        decided_by=decided_by,
        meeting=meeting,
        text=text,
        chosen=list(chosen),
        frozen=frozen,
        frozen_hash=hash_of(frozen),
        replaces=replaces,
        recorded_by=by,
    )
    record(
        by=by,
        verb="ranking.decide",
        subject_type="decision",
        subject_id=decision.public_id,
        area=area.code,
        label=f"{area.full_name} {decision.number}",
        changes={"text": text, "on": decided_on.isoformat(), "chosen_problems": list(chosen)},
    )
    return decision


def check_chosen(chosen: Sequence[str], known: set[str]) -> None:
    if not chosen or len(chosen) > CHOSEN_AT_MOST or len(set(chosen)) != len(chosen):
        raise DataError(
            "decision_chosen",
            f"{len(chosen)} priorities chosen",
            remedy=f"Choose 1 to {CHOSEN_AT_MOST} different problems.",
        )
    strangers = sorted(set(chosen) - known)
    if strangers:
        raise DataError(
            "decision_unknown_problem",
            f"no household here has {', '.join(strangers)} any more",
            remedy="Open the ranking again and choose from what stands there now.",
        )
