"""Decide whom a row speaks of, and take a decision back. Each is one transaction with its history."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.audit.actions import record as record_event
from kaejon.apps.households.models import Household, Person
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.models import MatchDecision, TakenBack, Verdict
from kaejon.apps.linking.queries import Candidates, candidates_for, number_is_free, standing_on
from kaejon.apps.sources.deciding import SETTLED, apply_decided, put_off, withdraw_decided
from kaejon.apps.sources.models import Assertion, BatchStatus, ImportBatch, Outcome, SourceRecord

# Rows of earlier lists kept with a decision, by which the chosen one is found again.
MOST_ROWS = 20


@made_once
@transaction.atomic
def decide(
    *,
    record: SourceRecord,
    verdict: str,
    by: User,
    person: Person | None = None,
    household: Household | None = None,
    reason: str = "",
    number: bool = False,
) -> MatchDecision:
    """Say whom a waiting row speaks of. `person` or `household`: the one it is the same as.

    `number`: the somebody else bears the national ID that stands on several rows. Refuses a row that no longer waits, a choice that is not a candidate `by` may see,
    "different" while some candidates live outside the area of `by`, and the joining of
    two different national IDs without a reason.
    """
    require(by, Permission.APPLY_LISTS, at=record.area_code)
    held = waiting(record)
    refuse_unsound(held, verdict, person, household, reason, candidates_for(held, by))
    if number and (verdict != Verdict.DIFFERENT or not number_is_free(held)):
        raise DecisionError("NUMBER_TAKEN")
    earlier = standing_on(held)
    if earlier is not None:
        mark_undone(earlier, by)
    decision = MatchDecision.objects.create(
        record=held,
        verdict=verdict,
        person=person,
        household=household,
        found={
            "rule": held.rule,
            "candidates": held.candidates,
            "codes": sorted({i["code"] for i in held.issues}),
        },
        reason=reason,
        decided_by=by,
    )
    if verdict == Verdict.CANNOT_TELL:
        put_off(held, {"verdict": verdict})
    else:
        said = what_matching_reads(verdict, person, household)
        apply_decided(held, said | ({"number": True} if number else {}), by)
    remember(decision, f"match.{verdict}", by, reason)
    return decision


def waiting(record: SourceRecord) -> SourceRecord:
    """The row as it is now, its list locked; refuses when it no longer waits."""
    batch = ImportBatch.objects.select_for_update().get(pk=record.batch_id)
    held = SourceRecord.objects.select_related("batch__version__source").get(pk=record.pk)
    if batch.status != BatchStatus.APPLIED or held.outcome != Outcome.AMBIGUOUS:
        raise DecisionError("NOT_WAITING")
    return held


def refuse_unsound(
    record: SourceRecord,
    verdict: str,
    person: Person | None,
    household: Household | None,
    reason: str,
    candidates: Candidates,
) -> None:
    if verdict == Verdict.SAME:
        chosen = person if person is not None else household
        if chosen is None or chosen not in (*candidates.people, *candidates.households):
            raise DecisionError("NOT_A_CANDIDATE")
        if person is not None and ids_differ(record, person) and not reason.strip():
            raise DecisionError("REASON_NEEDED")
    if verdict == Verdict.DIFFERENT and candidates.elsewhere:
        raise DecisionError("SOME_ELSEWHERE")


def ids_differ(record: SourceRecord, person: Person) -> bool:
    """Both bear a valid national ID, and not the same."""
    mine, theirs = record.national_id_index, person.national_id_index
    return bool(mine and theirs) and mine != theirs


def what_matching_reads(
    verdict: str, person: Person | None, household: Household | None
) -> dict[str, Any]:
    """The decision as it is kept on the row."""
    if verdict != Verdict.SAME:
        return {"verdict": verdict}
    about = {"person": person} if person is not None else {"household": household}
    claims = Assertion.objects.filter(withdrawn_at=None, record__isnull=False, **about)
    if person is None:
        claims = claims.filter(person=None)
    rows = list(claims.order_by("pk").values_list("record", flat=True)[:MOST_ROWS])
    names = {kind: str(chosen.public_id) for kind, chosen in about.items() if chosen is not None}
    return {"verdict": str(verdict), **names, "rows": rows}


@transaction.atomic
def undo(*, decision: MatchDecision, by: User) -> MatchDecision:
    """Take a decision back: the row waits again and the registry is as it was without it.

    Refuses while the list is being applied or taken back, and when somebody has written
    by hand on a household that would disappear.
    """
    record = SourceRecord.objects.select_related("batch__version__source").get(
        pk=decision.record_id
    )
    require(by, Permission.APPLY_LISTS, at=record.area_code)
    batch = ImportBatch.objects.select_for_update().get(pk=record.batch_id)
    held = MatchDecision.objects.select_for_update().get(pk=decision.pk)
    if held.undone_at is not None:
        raise DecisionError("ALREADY_UNDONE")
    if batch.status not in SETTLED:
        raise DecisionError("LIST_BUSY")
    if held.verdict == Verdict.CANNOT_TELL:
        put_off(record, None)
    else:
        withdraw_decided(record, held.found)
    mark_undone(held, by)
    held.refresh_from_db(fields=["person", "household"])
    remember(held, "match.undo", by, "")
    return held


def mark_undone(decision: TakenBack, by: User) -> None:
    decision.undone_by, decision.undone_at = by, timezone.now()
    decision.save(update_fields=["undone_by", "undone_at"])


def remember(decision: MatchDecision, verb: str, by: User, reason: str) -> None:
    """One line of history, without names: which row, which verdict, whom."""
    record = decision.record
    chosen = decision.person or decision.household
    record_event(
        by=by,
        verb=verb,
        subject_type="match",
        subject_id=decision.public_id,
        area=record.area_code,
        label=record.batch.file_name,
        changes={
            "batch": str(record.batch.public_id),
            "row": record.row_number,
            "verdict": decision.verdict,
            "chosen": str(chosen.public_id) if chosen else "",
        },
        reason=reason,
    )
