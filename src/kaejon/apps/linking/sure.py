"""Merge all sure pairs of an area at once, after a preview; and take the whole batch back.

A group of people joined by sure pairs is merged only as a whole and only when nothing in it
needs a person: not when it holds two national IDs, two people said to be different, a grave
case, or somebody the actor may not see. Whoever fits several is left to people, never given
to the first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import transaction

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require, scope_of
from kaejon.apps.areas.queries import contains
from kaejon.apps.audit.actions import record
from kaejon.apps.households.models import Person
from kaejon.apps.jobs.actions import Progress, enqueue
from kaejon.apps.jobs.models import Job
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.models import WAITING, Band, PairDecision, PairState, PersonPair, Verdict
from kaejon.apps.linking.pair_queries import suggested_to_keep
from kaejon.apps.linking.pairs import decide_pair, undo_pair
from kaejon.apps.linking.sensitive import DISTRICT_DIGITS, sensitive_people
from kaejon.methods.linkage.decide import Edge, clusters

# Why a group is left to people.
SEVERAL_IDS, GRAVE, SPOKEN_ON, ELSEWHERE = "several_ids", "grave", "spoken_on", "elsewhere"


@dataclass
class Group:
    """People joined by sure pairs. `left`: why they wait for a person; empty when they may be merged."""

    people: tuple[Person, ...]
    pairs: tuple[int, ...]
    left: str = ""
    why: list[str] = field(default_factory=list)

    @property
    def kept(self) -> Person:
        best = self.people[0]
        for person in self.people[1:]:
            best = suggested_to_keep(best, person)
        return best


def sure_groups(actor: User, area: str) -> list[Group]:
    """Groups of which somebody lives in the area, by their first person."""
    edges = {
        (one, other): (pk, state)
        for pk, one, other, state in PersonPair.objects.filter(
            band=Band.SURE, state__in=WAITING, one__merged_into=None, other__merged_into=None
        ).values_list("pk", "one", "other", "state")
        if one is not None and other is not None
    }
    by_person: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for (one, _other), edge in edges.items():
        by_person[one].append(edge)
    made = clusters(Edge(("", str(a)), ("", str(b)), 1.0) for a, b in edges)
    keys = [[int(name) for _, name in group] for group in made.groups]
    people = Person.objects.select_related("household", "area").in_bulk(k for g in keys for k in g)
    whole = [g for g in keys if all(k in people for k in g) and touches(area, g, people)]
    grave = sensitive_people([k for g in whole for k in g])
    return [as_group(sorted(g), people, by_person, grave, actor) for g in sorted(whole, key=min)]


def touches(area: str, group: Iterable[int], people: Mapping[int, Person]) -> bool:
    return any(contains(area, people[key].area_id) for key in group)


def as_group(
    group: list[int],
    people: Mapping[int, Person],
    edges: Mapping[int, list[tuple[int, str]]],
    grave: Collection[int],
    actor: User,
) -> Group:
    members = tuple(people[key] for key in group)
    inside = [edge for key in group for edge in edges.get(key, ())]
    left = why_left(members, {state for _, state in inside}, grave, actor)
    return Group(members, tuple(sorted(pk for pk, _ in inside)), left)


def why_left(
    members: Collection[Person], states: Collection[str], grave: Collection[int], actor: User
) -> str:
    """The reason that a group needs a person, if there is one."""
    scope = scope_of(actor, Permission.APPLY_LISTS)
    if not all(scope.holds_at(p.area_id) for p in members):
        return ELSEWHERE
    if len({p.national_id_index for p in members} - {""}) > 1:
        return SEVERAL_IDS
    if (
        any(p.pk in grave for p in members)
        or len({p.area_id[:DISTRICT_DIGITS] for p in members}) > 1
    ):
        return GRAVE
    return SPOKEN_ON if set(states) - {PairState.OPEN} or said_apart(members) else ""


def said_apart(members: Collection[Person]) -> bool:
    """Somebody said that two of them are different."""
    keys = [p.pk for p in members]
    apart = PersonPair.objects.filter(state=PairState.DIFFERENT, one__in=keys, other__in=keys)
    return apart.exists()


@transaction.atomic
def merge_sure(*, area: str, by: User) -> Job:
    """Ask that all groups of an area that need nobody be merged. Refuses (NotPermitted) an area of others, and nothing to do."""
    require(by, Permission.APPLY_LISTS, at=area)
    pairs = sorted(pk for g in sure_groups(by, area) if not g.left for pk in g.pairs)
    if not pairs:
        raise DecisionError("NOT_WAITING")
    payload = {"area": area, "pairs": pairs}
    job = enqueue(
        kind="merge_sure", key=f"merge_sure:{uuid4()}", payload=payload, by=by, like=payload
    )
    remember(job, "pair.merge_sure", area, by, pairs=len(pairs))
    return job


def remember(job: Job, verb: str, area: str, by: User, **changes: object) -> None:
    """One line of history: what was asked for a whole area."""
    record(
        by=by, verb=verb, subject_type="job", subject_id=job.public_id, area=area, changes=changes
    )


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: merge the pairs of the payload one by one, each a transaction with its progress."""
    job = progress.job
    by, pairs, counts = job.created_by, list(job.payload["pairs"]), Counter[str]()
    for done, key in enumerate(pairs[job.done :], start=job.done + 1):
        with transaction.atomic():
            counts[merge_one(key, job, by)] += 1
            progress.advance(stage="merge", done=done, total=len(pairs))
    merged = PairDecision.objects.filter(batch=job, undone_at=None).count()
    return {"area": job.payload["area"], "merged": merged}


def merge_one(key: int, job: Job, by: User) -> str:
    """Merge what a pair stands for now; returns "merged" or why not."""
    pair = standing_pair(key)
    if pair is None or pair.one is None or pair.other is None:
        return "gone"
    kept = suggested_to_keep(pair.one, pair.other)
    if why_left(
        (pair.one, pair.other), {pair.state}, sensitive_people([pair.one.pk, pair.other.pk]), by
    ):
        return "left"
    try:
        with transaction.atomic():
            decide_pair(pair=pair, verdict=Verdict.SAME, kept=kept, by=by, batch=job)
    except (DecisionError, NotPermitted) as error:
        return error.code
    return "merged"


def standing_pair(key: int) -> PersonPair | None:
    """The pair, or the one that took its place when one of its people was merged meanwhile."""
    pair = PersonPair.objects.select_related("one", "other").filter(pk=key).first()
    if pair is None or pair.one is None or pair.other is None:
        return None
    ends = sorted(
        {pair.one.merged_into_id or pair.one.pk, pair.other.merged_into_id or pair.other.pk}
    )
    if len(ends) < 2:
        return None
    return (
        PersonPair.objects.select_related("one", "other").filter(one=ends[0], other=ends[1]).first()
    )


@transaction.atomic
def undo_sure(*, job: Job, by: User) -> Job:
    """Ask that everything a batch merged be taken back. Refuses (NotPermitted) a batch of others."""
    area = job.payload["area"]
    require(by, Permission.APPLY_LISTS, at=area)
    undoing = enqueue(
        kind="undo_sure",
        key=f"undo_sure:{uuid4()}",
        payload={"batch": job.pk},
        by=by,
        like={"batch": job.pk},
    )
    remember(undoing, "pair.undo_sure", area, by, batch=str(job.public_id))
    return undoing


def run_undo(progress: Progress) -> dict[str, Any]:
    """Job handler: take the merges of a batch back, the last first; what cannot be is counted by reason."""
    left: dict[str, int] = defaultdict(int)
    decisions = PairDecision.objects.filter(batch=progress.job.payload["batch"], undone_at=None)
    keys = list(decisions.order_by("-pk").values_list("pk", flat=True))
    total = len(keys) + progress.job.done
    for done, key in enumerate(keys, start=progress.job.done + 1):
        with transaction.atomic():
            try:
                with transaction.atomic():
                    undo_pair(decision=PairDecision.objects.get(pk=key), by=progress.job.created_by)
            except (DecisionError, NotPermitted) as error:
                left[error.code] += 1
            progress.advance(stage="undo", done=done, total=total)
    return {"undone": total - sum(left.values()), "left": dict(left)}


def batches_of(actor: User) -> list[Job]:
    """The batches the actor asked for of which something still stands, newest first."""
    rows = PairDecision.objects.filter(batch__created_by=actor, undone_at=None).values("batch")
    return list(Job.objects.filter(pk__in=rows).order_by("-pk")[:5])
