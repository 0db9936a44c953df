"""Make two people of the registry one, so that it can be taken back exactly (`unmerging`).

Everything that spoke of the duplicate speaks of the person kept, and present values are
derived again. The duplicate stays as a pointer that lists, counts and searches no longer
see. Claims stay on the household they spoke of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.areas.queries import in_one_tambon
from kaejon.apps.audit.actions import record as record_event
from kaejon.apps.households.models import Household, Membership, Person
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.models import WAITING, PairState, PersonMerge, PersonPair
from kaejon.apps.sources.decisions import SAME
from kaejon.apps.sources.deriving import derive_households, derive_people
from kaejon.apps.sources.models import Assertion, BatchStatus, ImportBatch, SourceRecord
from kaejon.apps.sources.signals import areas_changed, households_changed

MERGED = "merged"
# Rows kept with a decision, by which somebody who came anew is found again.
MOST_ROWS = 20
# What binds to the people as they were found, and memberships, which move by rules of their own.
STAYS = (
    "linking.personpair",
    "linking.personmerge",
    "linking.pairdecision",
    "households.membership",
)
CLAIMS, ROWS = "sources.assertion.person", "sources.sourcerecord.person"


@transaction.atomic
def merge_people(*, kept: Person, gone: Person, actor: User, reason: str = "") -> PersonMerge:
    """Make `gone` one with `kept`, who stays where she lives; a part of verbs that asked whether
    the actor may.

    Refuses one person given twice or merged before, people of whom no list speaks, and
    while a list is being applied or taken back.
    """
    refuse_while_lists_move()
    held, lost = lock_both(kept, gone)
    merge = PersonMerge(kept=held, gone=lost, merged_by=actor, before=remembered(held, lost))
    merge.save()
    merge.moved = move_references(lost, held)
    place_pointer(held, lost)
    stand_on_rows(merge, held)
    merge.before["pairs"] = carry_pairs(lost, held)
    merge.save(update_fields=["moved", "before"])
    settle({held.pk}, homes_of(merge))
    remember(merge, "person.merge", actor, reason)
    return merge


def refuse_while_lists_move() -> None:
    """A list on its way in or out compares with people as they stand now."""
    moving = (BatchStatus.APPLYING, BatchStatus.REVERSING)
    if ImportBatch.objects.filter(status__in=moving).exists():
        raise DecisionError("LISTS_MOVING")


def lock_both(kept: Person, gone: Person) -> tuple[Person, Person]:
    """Both as they stand now, locked in the order of their keys."""
    keys = {kept.pk, gone.pk}
    found = {p.pk: p for p in Person.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    if len(found) < 2:
        raise DecisionError("NOT_TWO_PEOPLE")
    spoken = Assertion.objects.filter(person__in=keys, withdrawn_at=None)
    if spoken.values("person").distinct().count() < 2:
        raise DecisionError("NOTHING_SAID")
    return found[kept.pk], found[gone.pk]


def remembered(kept: Person, gone: Person) -> dict[str, Any]:
    """What restoring needs beside the keys of moved rows."""
    return {
        "household": gone.household_id,
        "memberships": [membership_values(m) for m in memberships_of(gone)],
        "kept_household": kept.household_id,
        "kept_rows": list(rows_of(kept).values_list("pk", flat=True)),
        "last_claim": Assertion.objects.aggregate(last=Max("pk"))["last"] or 0,
    }


def memberships_of(person: Person) -> models.QuerySet[Membership]:
    return Membership.objects.filter(person=person).order_by("pk")


def rows_of(person: Person) -> models.QuerySet[SourceRecord]:
    return SourceRecord.objects.filter(person=person).order_by("pk")


def membership_values(membership: Membership) -> dict[str, Any]:
    """A membership as JSON, dates as ISO text."""
    days = {
        name: day.isoformat() if (day := getattr(membership, name)) else None
        for name in ("started_on", "ended_on")
    }
    plain = {
        name: getattr(membership, name)
        for name in ("pk", "household_id", "relation", "is_head", "end_reason")
    }
    return plain | days


def references_to_people() -> Iterator[tuple[str, models.Field[Any, Any]]]:
    """Every column that names a person and moves with a merge, as ("app.model.field", field)."""
    for relation in Person._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        name = relation.related_model._meta.label_lower
        if name not in STAYS:
            yield f"{name}.{relation.field.name}", relation.field


def move_references(gone: Person, kept: Person) -> dict[str, list[int]]:
    """Let all rows that named `gone` name `kept`; returns their keys by column."""
    moved: dict[str, list[int]] = {}
    for name, field in references_to_people():
        rows = field.model._base_manager.filter(**{field.name: gone.pk})
        if keys := list(rows.order_by("pk").values_list("pk", flat=True)):
            moved[name] = keys
            field.model._base_manager.filter(pk__in=keys).update(**{field.name: kept.pk})
    return moved


def place_pointer(kept: Person, gone: Person) -> None:
    """Memberships go over; the duplicate leaves its household and points to the one kept.

    One who lives nowhere takes over the household of the duplicate. Otherwise the open
    membership ends, or vanishes where both lived in one household.
    """
    today, takes_over = timezone.localdate(), kept.household_id is None
    for membership in memberships_of(gone):
        if membership.ended_on is None and not takes_over:
            if membership.household_id == kept.household_id:
                membership.delete()
                continue
            membership.ended_on = max(today, membership.started_on or today)
            membership.end_reason = MERGED
        membership.person = kept
        membership.save(update_fields=["person", "ended_on", "end_reason"])
    if takes_over and gone.household_id is not None:
        Person.objects.filter(pk=kept.pk).update(
            household=gone.household_id, area_id=gone.area_id, version=kept.version + 1
        )
    Person.objects.filter(pk=gone.pk).update(
        household=None, merged_into=kept, target_poor=False, version=gone.version + 1
    )


def stand_on_rows(merge: PersonMerge, kept: Person) -> None:
    """Keep the decision on the duplicate's rows: whoever applies them again speaks of the one kept."""
    rows = list(
        rows_of(kept)
        .exclude(pk__in=merge.moved.get(ROWS, ()))
        .values_list("pk", flat=True)[:MOST_ROWS]
    )
    said = {
        "verdict": SAME,
        "person": str(kept.public_id),
        "rows": rows,
        "merge": str(merge.public_id),
    }
    SourceRecord.objects.filter(pk__in=merge.moved.get(ROWS, ()), decision__isnull=True).update(
        decision=said
    )


def carry_pairs(gone: Person, kept: Person) -> list[int]:
    """Pairs of the duplicate that wait are asked of the person kept; returns the keys of new ones."""
    made = []
    held = PersonPair.objects.filter(state__in=WAITING)
    for pair in held.filter(one=gone) | held.filter(other=gone):
        third = pair.other_id if pair.one_id == gone.pk else pair.one_id
        if third is None or third == kept.pk:
            continue
        one, other = sorted((third, kept.pk))
        fresh, created = PersonPair.objects.get_or_create(
            one_id=one,
            other_id=other,
            defaults={
                "probability": pair.probability,
                "band": pair.band,
                "lane": pair.lane,
                "levels": pair.levels,
                "run": pair.run,
                "across": pair.across,
                "state": PairState.OPEN,
            },
        )
        if created:
            made.append(fresh.pk)
    return made


def homes_of(merge: PersonMerge) -> set[int]:
    """Households whose values a merge changes: of both people, and those the claims speak of."""
    claims = Assertion.objects.filter(pk__in=merge.moved.get(CLAIMS, ()))
    homes = {merge.before["household"], merge.before["kept_household"]} - {None}
    return homes | set(claims.values_list("household", flat=True))


def settle(people: Collection[int], homes: Collection[int]) -> None:
    """Derive present values, measure and count again."""
    derive_people(people)
    derive_households(homes)
    places = Household.objects.filter(pk__in=homes).values_list("area_id", flat=True)
    households_changed.send(sender=PersonMerge, households=sorted(homes))
    areas_changed.send(sender=PersonMerge, areas=set(places))


def remember(merge: PersonMerge, verb: str, by: User, reason: str) -> None:
    """One line of history: who was found to be whom, without any name but the label.

    The reason speaks of both: where they were found in two areas it is left to the decision.
    """
    people = Person.everyone.in_bulk([merge.kept_id or 0, merge.gone_id or 0])
    kept, gone = people[merge.kept_id or 0], people[merge.gone_id or 0]
    near = in_one_tambon(kept.area_id, gone.area_id)
    record_event(
        by=by,
        verb=verb,
        subject_type="person",
        subject_id=kept.public_id,
        area=kept.area_id,
        label=kept.full_name,
        changes={
            "merge": str(merge.public_id),
            "duplicate": str(gone.public_id),
            "moved": {name: len(keys) for name, keys in merge.moved.items()},
        },
        reason=reason if near else "",
    )
