"""Bring a row into the registry after a person said whom it speaks of, and take that back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from kaejon.apps.access.models import User
from kaejon.apps.households.models import Household
from kaejon.apps.sources.chunk import CLAIMING, Chunk
from kaejon.apps.sources.decisions import SAME
from kaejon.apps.sources.models import (
    Assertion,
    BatchStatus,
    HouseholdReference,
    ImportBatch,
    Outcome,
    SourceRecord,
)
from kaejon.apps.sources.reach import reach_of
from kaejon.apps.sources.reversing import names_handed_over, refuse_if_held, withdraw_claims
from kaejon.apps.sources.signals import areas_changed, households_changed
from kaejon.apps.sources.stated import OF_HOUSEHOLD

SETTLED = (BatchStatus.APPLIED, BatchStatus.REVERSED)


def apply_decided(record: SourceRecord, decision: dict[str, Any], by: User) -> None:
    """Keep the decision on the row and apply it, with rows exactly like it that wait. Inside the caller's transaction."""
    SourceRecord.objects.filter(pk=record.pk).update(decision=decision)
    waiting = like(record).filter(outcome=Outcome.AMBIGUOUS, batch__status=BatchStatus.APPLIED)
    areas: set[str] = set()
    for row in [record.pk, *waiting.order_by("pk").values_list("pk", flat=True)]:
        areas |= apply_late(row, by)
    areas_changed.send(sender=SourceRecord, areas=areas)


def put_off(record: SourceRecord, decision: dict[str, Any] | None) -> None:
    """Mark the row, and waiting rows exactly like it, as one nobody could decide yet; None unmarks."""
    waiting = like(record).filter(outcome=Outcome.AMBIGUOUS)
    SourceRecord.objects.filter(Q(pk=record.pk) | Q(pk__in=waiting.values("pk"))).update(
        decision=decision
    )


def like(record: SourceRecord) -> QuerySet[SourceRecord]:
    """Other rows of the same source with exactly the same content."""
    rows = SourceRecord.objects.exclude(pk=record.pk).exclude(digest="")
    return rows.filter(
        digest=record.digest,
        national_id_index=record.national_id_index,
        batch__version__source=record.batch.version.source_id,
    )


def apply_late(key: int, by: User) -> set[str]:
    """Apply one row of a list that was applied before; returns the areas in which counts change."""
    rows = SourceRecord.objects.select_related("batch__version__source", "batch__uploaded_by")
    record = rows.defer("raw_sealed").get(pk=key)
    before = record.outcome
    chunk = Chunk(record.batch, [record], reach_of(record.batch), applied_before(record))
    chunk.compare()
    chunk.find_households()
    chunk.write()
    recount(record.batch_id, before, record.outcome)
    households_changed.send(sender=SourceRecord, households=chunk.touched_households())
    chunk.tell_history(by)
    chunk.tell_beyond()
    return areas_of(chunk.touched_households()) | {record.area_code}


def apply_left_over(batch: ImportBatch, by: User) -> None:
    """Rows said to be the same as somebody whom the batch itself brought: known only after all other rows."""
    rows = batch.records.filter(outcome=Outcome.AMBIGUOUS, decision__verdict=SAME)
    for key in list(rows.order_by("pk").values_list("pk", flat=True)):
        apply_late(key, by)


def applied_before(record: SourceRecord) -> dict[str, tuple[Household, list[SourceRecord]]]:
    """The rows of the record's group that were applied, and the household they were applied to."""
    rows = list(
        SourceRecord.objects.filter(batch=record.batch_id, group=record.group, outcome__in=CLAIMING)
        .exclude(Q(pk=record.pk) | Q(household=None))
        .defer("raw_sealed")
    )
    claims = Assertion.objects.filter(OF_HOUSEHOLD, record__in=rows, withdrawn_at=None)
    claim = claims.select_related("household__house").order_by("pk").first()
    return {record.group: (claim.household, rows)} if claim else {}


def areas_of(households: Collection[int]) -> set[str]:
    found = Household.objects.filter(pk__in=list(households))
    return set(found.values_list("area_id", flat=True).distinct())


def recount(batch: int, before: str, after: str) -> None:
    """Move one row from one outcome to another in the counts of its batch."""
    held = ImportBatch.objects.select_for_update().get(pk=batch)
    outcomes = held.counts.get("outcomes")
    if before == after or outcomes is None:
        return
    outcomes[before] -= 1
    outcomes[after] += 1
    held.save(update_fields=["counts"])


def withdraw_decided(record: SourceRecord, found: dict[str, Any]) -> None:
    """Take a decision back: the row, and rows that came in by it, wait again as they were `found`.

    `found`: the rule, candidates and codes of issues before the decision. Refuses when a
    household that would disappear carries something written by hand.
    """
    rows = [record, *resting_on(record)]
    withdraw_rows(rows)
    for row in rows:
        put_back(row, found)


def withdraw_rows(rows: Sequence[SourceRecord]) -> None:
    """Withdraw what these rows claim, and derive again. What a row said of its household stays
    with another row of the same household in the same file, where there is one that does not say
    it already.

    Refuses when a household or person that would disappear carries something written by hand.
    """
    keys = [row.pk for row in rows]
    for row in rows:
        beside = SourceRecord.objects.filter(batch=row.batch_id, group=row.group).exclude(group="")
        standing = beside.filter(outcome__in=CLAIMING, household=row.household_id)
        standing = standing.exclude(pk__in=keys).order_by("row_number")
        said = Assertion.objects.filter(record__in=standing, person=None, withdrawn_at=None)
        if (heir := standing.first()) and not said.exists():
            row.assertions.filter(person=None).update(record=heir)
    mine = Q(record__in=keys)
    refuse_if_held(mine)
    claims = Assertion.objects.filter(mine, withdrawn_at=None)
    households = set(claims.values_list("household", flat=True))
    before = areas_of(households)
    with names_handed_over(names_given_by(claims), mine):
        withdraw_claims(mine, households)
    # Without these rows a household may stand where another list says.
    areas = before | areas_of(households) | {r.area_code for r in rows}
    areas_changed.send(sender=SourceRecord, areas=areas)


def resting_on(record: SourceRecord) -> list[SourceRecord]:
    """Rows like this one that were settled by the decision on it."""
    rows = like(record).filter(batch__status__in=SETTLED).select_related("batch__version")
    by_rule = list(rows.filter(rule="decided"))
    versions = {record.batch.version_id, *(r.batch.version_id for r in by_rule)}
    return by_rule + list(rows.filter(rule="same_row", batch__version__in=versions))


def names_given_by(claims: QuerySet[Assertion]) -> QuerySet[HouseholdReference]:
    """The lists' own names that households bear by these claims."""
    names = Q(pk__in=[])
    columns = ("batch", "household", "record__area_code", "record__facts")
    for batch, household, area, facts in claims.filter(OF_HOUSEHOLD).values_list(*columns):
        name = facts["household"].get("household_ref", "")
        names |= Q(batch=batch, household=household, area=area, reference=name)
    return HouseholdReference.objects.filter(names)


def put_back(row: SourceRecord, found: dict[str, Any]) -> None:
    """The row as it waited before the decision."""
    recount(row.batch_id, row.outcome, Outcome.AMBIGUOUS)
    added = {"ID_OF_ANOTHER"} - set(found["codes"])
    SourceRecord.objects.filter(pk=row.pk).update(
        outcome=Outcome.AMBIGUOUS,
        rule=found["rule"],
        candidates=found["candidates"],
        issues=[i for i in row.issues if i["code"] not in added],
        decision=None,
        person=None,
        household=None,
    )
