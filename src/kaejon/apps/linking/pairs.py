"""Say whether two people of the registry are one, confirm it, take it back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, require
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.areas.queries import shared_area
from kaejon.apps.audit.actions import record as record_event
from kaejon.apps.households.models import Person
from kaejon.apps.jobs.models import Job
from kaejon.apps.linking.actions import mark_undone
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.merging import MOST_ROWS, merge_people, rows_of
from kaejon.apps.linking.models import PairDecision, PairState, PersonPair, Verdict
from kaejon.apps.linking.sensitive import TWO_IDS, causes_of
from kaejon.apps.linking.unmerging import unmerge_people

STATE_AFTER = {
    Verdict.SAME: PairState.SAME,
    Verdict.DIFFERENT: PairState.DIFFERENT,
    Verdict.CANNOT_TELL: PairState.CANNOT_TELL,
}


@dataclass(frozen=True)
class HeldPair:
    """A pair under lock with its two people."""

    pair: PersonPair
    one: Person
    other: Person


@transaction.atomic
def decide_pair(
    *,
    pair: PersonPair,
    verdict: str,
    by: User,
    kept: Person | None = None,
    reason: str = "",
    batch: Job | None = None,
) -> PairDecision:
    """Say whether two people are one. `kept`: who stands when they are the same.

    A grave "same" (see `sensitive`) takes effect only when a second person confirms it.
    Refuses somebody who may not see both (NotPermitted), a pair that no longer waits, two national
    IDs without a reason, and a contradiction to an earlier decision.
    """
    refuse_unseen(pair, by)
    held = hold(pair, PairState.OPEN, PairState.CANNOT_TELL)
    causes = refuse_unsound(held, verdict, kept, reason, by)
    note_rows(held)
    end_standing(held.pair, by)
    decision = PairDecision(
        pair=held.pair,
        verdict=verdict,
        kept=kept if verdict == Verdict.SAME else None,
        causes=causes,
        reason=reason,
        decided_by=by,
        batch=batch,
    )
    if verdict == Verdict.SAME and not causes:
        take_effect(decision, held)
    decision.save()
    state = PairState.SECONDING if causes else STATE_AFTER[Verdict(verdict)]
    write_down(held, state)
    remember(decision, f"pair.{verdict}", by)
    return decision


def hold(pair: PersonPair, *states: PairState) -> HeldPair:
    """The pair and its people as they stand now, locked; refuses when it does not wait so."""
    held = PersonPair.objects.select_for_update().get(pk=pair.pk)
    people = {p.pk: p for p in Person.objects.filter(pk__in=ends_of(held))}
    if held.state not in states or len(people) < 2:
        raise DecisionError("NOT_WAITING")
    return HeldPair(held, people[held.one_id or 0], people[held.other_id or 0])


def refuse_unseen(pair: PersonPair, by: User) -> None:
    """Refuse (NotPermitted) somebody who may not decide about both people."""
    if not all(may(by, Permission.APPLY_LISTS, at=place) for place in places_of(pair)):
        raise NotPermitted(Permission.APPLY_LISTS)


def places_of(pair: PersonPair) -> list[str]:
    """Where the two people of a pair live, in the order of codes; of nobody: where it was searched."""
    people = Person.everyone.filter(pk__in=ends_of(pair))
    return sorted(people.values_list("area_id", flat=True)) or [
        pair.run.area_id if pair.run else WHOLE_SYSTEM
    ]


def ends_of(pair: PersonPair) -> list[int]:
    """Keys of the two people."""
    return [key for key in (pair.one_id, pair.other_id) if key is not None]


def refuse_unsound(
    held: HeldPair, verdict: str, kept: Person | None, reason: str, by: User
) -> list[str]:
    """Refuse what may not be said; returns why "the same" needs a second person."""
    if verdict in (Verdict.CANNOT_TELL, Verdict.DIFFERENT):
        return []
    if kept not in (held.one, held.other):
        raise DecisionError("NOT_A_CANDIDATE")
    refuse_contradiction(held)
    causes = causes_of(held.one, held.other)
    if TWO_IDS in causes and not reason.strip():
        raise DecisionError("REASON_NEEDED")
    return causes


def refuse_contradiction(held: HeldPair) -> None:
    """Nobody is made one with somebody from whom she was said to be different, through whatever chain."""
    mine, theirs = (Q(pk=p.pk) | Q(merged_into=p) for p in (held.one, held.other))
    here, there = (Person.everyone.filter(who).values("pk") for who in (mine, theirs))
    apart = PersonPair.objects.filter(state=PairState.DIFFERENT).filter(
        Q(one__in=here, other__in=there) | Q(one__in=there, other__in=here)
    )
    if apart.exists():
        raise DecisionError("DECIDED_DIFFERENT")


def end_standing(pair: PersonPair, by: User) -> None:
    """Whoever speaks now replaces who could not tell."""
    for earlier in pair.decisions.filter(undone_at=None):
        mark_undone(earlier, by)


def take_effect(decision: PairDecision, held: HeldPair) -> None:
    kept = held.one if decision.kept_id == held.one.pk else held.other
    gone = held.other if kept is held.one else held.one
    by = decision.confirmed_by or decision.decided_by
    decision.merge = merge_people(kept=kept, gone=gone, actor=by, reason=decision.reason)


def write_down(held: HeldPair, state: PairState) -> None:
    """The new state, and the rows by which both are found again."""
    held.pair.state = state
    held.pair.save(update_fields=["state", "rows_one", "rows_other"])


def note_rows(held: HeldPair) -> None:
    """The rows that speak of each, while they are two."""
    held.pair.rows_one, held.pair.rows_other = (
        list(rows_of(person).values_list("pk", flat=True)[:MOST_ROWS])
        for person in (held.one, held.other)
    )


@transaction.atomic
def second_opinion(*, pair: PersonPair, agrees: bool, by: User, reason: str = "") -> PairDecision:
    """Confirm a grave "same", which then takes effect, or not: the pair waits again at the end.

    Refuses the one who spoke first, and somebody who may not see both.
    """
    refuse_unseen(pair, by)
    held = hold(pair, PairState.SECONDING)
    first = held.pair.decisions.select_related("decided_by").get(undone_at=None)
    if first.decided_by_id == by.pk:
        raise DecisionError("ANOTHER_PERSON_NEEDED")
    if not agrees:
        write_down(held, PairState.OPEN)
        return decide_pair(pair=pair, verdict=Verdict.CANNOT_TELL, by=by, reason=reason)
    refuse_contradiction(held)
    first.confirmed_by, first.confirmed_at = by, timezone.now()
    take_effect(first, held)
    first.save(update_fields=["confirmed_by", "confirmed_at", "merge"])
    write_down(held, PairState.SAME)
    remember(first, "pair.confirm", by, reason)
    return first


@transaction.atomic
def undo_pair(
    *, decision: PairDecision, by: User, since: str = "", reason: str = ""
) -> PairDecision:
    """Take a decision on a pair back; two people made one are two again. `since` as of `unmerge_people`."""
    held = PairDecision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    for place in places_of(held.pair):
        require(by, Permission.APPLY_LISTS, at=place)
    if held.undone_at is not None:
        raise DecisionError("ALREADY_UNDONE")
    remember(held, "pair.undo", by, reason)
    mark_undone(held, by)
    PersonPair.objects.filter(pk=held.pair_id).update(state=PairState.OPEN)
    if held.merge is not None and held.merge.undone_at is None:
        unmerge_people(merge=held.merge, actor=by, since=since, reason=reason)
    return held


def remember(decision: PairDecision, verb: str, by: User, reason: str = "") -> None:
    """One line of history, without names: which pair, which verdict, in the area that holds both."""
    pair = decision.pair
    places = places_of(pair)
    record_event(
        by=by,
        verb=verb,
        subject_type="pair",
        subject_id=pair.public_id,
        area=shared_area(places),
        changes={
            "verdict": decision.verdict,
            "decision": str(decision.public_id),
            "probability": pair.probability,
            "causes": decision.causes,
            "places": places,
        },
        reason=reason or decision.reason,
    )
