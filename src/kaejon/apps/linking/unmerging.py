"""Take a merge back: the registry is as if it had not been made.

What spoke of the duplicate then speaks of it again. What came in since goes to whom it
would have gone without the merge: by its row, by an equal row, or by the rules of
matching. Where these do not say, a person must; nothing is given to whoever comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.households.models import Household, Membership, Person
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.merging import (
    CLAIMS,
    ROWS,
    homes_of,
    refuse_while_lists_move,
    remember,
    settle,
)
from kaejon.apps.linking.models import WAITING, PersonMerge, PersonPair
from kaejon.apps.sources.deriving import derive_people
from kaejon.apps.sources.matching import find_matches
from kaejon.apps.sources.models import Assertion, SourceRecord
from kaejon.apps.sources.reach import reach_of
from kaejon.apps.sources.reversing import alive, remove_households, remove_people

KEPT, GONE = "kept", "gone"


@transaction.atomic
def unmerge_people(
    *, merge: PersonMerge, actor: User, since: str = "", reason: str = ""
) -> PersonMerge:
    """Restore two people; a part of verbs that asked whether the actor may. `since`: of whom ("kept" or "gone") what came in since speaks, where unclear.

    Refuses a merge taken back before, one of whose people or households are gone from the
    registry, and unclear claims without `since`.
    """
    refuse_while_lists_move()
    held = PersonMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    survivor = who_stands(held)
    move_back(held, survivor)
    restore_place(held, survivor)
    rows = SourceRecord.objects.filter(pk__in=held.moved.get(ROWS, ()))
    rows.filter(decision__merge=str(held.public_id)).update(decision=None)
    drop_carried_pairs(held)
    share_out(held, survivor, since)
    held.undone_by, held.undone_at = actor, timezone.now()
    held.save(update_fields=["undone_by", "undone_at"])
    remember(held, "person.unmerge", actor, reason)
    settle_both(held, survivor)
    return held


def who_stands(merge: PersonMerge) -> Person:
    """The person into whom the duplicate is merged now; refuses where nothing can be restored."""
    if merge.undone_at is not None:
        raise DecisionError("ALREADY_UNDONE")
    gone = Person.everyone.select_for_update().filter(pk=merge.gone_id or 0).first()
    if gone is None or gone.merged_into_id is None or merge.kept_id is None:
        raise DecisionError("PEOPLE_GONE")
    home = merge.before["household"]
    gone_home = home is not None and standing_home(home) is None
    spoken = Assertion.objects.filter(pk__in=merge.moved.get(CLAIMS, ()), withdrawn_at=None)
    if gone_home and spoken.exists():
        raise DecisionError("HOUSEHOLD_GONE")
    return Person.objects.select_for_update().get(pk=gone.merged_into_id)


def standing_home(key: int | None) -> Household | None:
    """The household, or the one it was merged into since; None when neither is in the registry."""
    held = Household.everyone.filter(pk=key or 0).select_related("merged_into").first()
    return held and (held.merged_into or held)


def move_back(merge: PersonMerge, survivor: Person) -> None:
    """Rows that moved and still name the one who stands name the duplicate again."""
    for name, keys in merge.moved.items():
        label, _, field = name.rpartition(".")
        rows = apps.get_model(label)._base_manager.filter(pk__in=keys, **{field: survivor.pk})
        rows.update(**{field: merge.gone_id})


def restore_place(merge: PersonMerge, survivor: Person) -> None:
    """The duplicate lives where it lived, with its memberships; the one kept gives back what it took over."""
    before = merge.before
    home = standing_home(before["household"])
    area = {"area_id": home.area_id} if home else {}
    Person.everyone.filter(pk=merge.gone_id or 0).update(merged_into=None)
    if before["kept_household"] is None and home is not None and survivor.household == home:
        Person.objects.filter(pk=survivor.pk).update(household=None)
    for values in before["memberships"]:
        held = Membership.objects.filter(pk=values["pk"]).first()
        if held is not None and held.person_id != survivor.pk:
            continue  # it went back to another duplicate before
        if held is not None:
            held.delete()
        if lived_in := standing_home(values["household_id"]):
            values = {**values, "household_id": lived_in.pk}
            Membership.objects.create(person_id=merge.gone_id or 0, **with_dates(values))
    gone = Person.objects.get(pk=merge.gone_id or 0)
    Person.objects.filter(pk=gone.pk).update(household=home, version=gone.version + 1, **area)


def with_dates(values: dict[str, Any]) -> dict[str, Any]:
    """A remembered membership with its dates read."""
    days = {
        name: date.fromisoformat(values[name]) if values[name] else None
        for name in ("started_on", "ended_on")
    }
    return {**values, **days}


def drop_carried_pairs(merge: PersonMerge) -> None:
    """Pairs that were asked of the one kept only because of the merge, and nobody has spoken on."""
    carried = PersonPair.objects.filter(pk__in=merge.before.get("pairs", ()), state__in=WAITING)
    carried.filter(decisions=None).delete()


def share_out(merge: PersonMerge, survivor: Person, since: str) -> None:
    """Give the duplicate what came in since and is its own."""
    fresh = claims_since(merge, survivor)
    owners = owners_of_rows(merge, survivor, {c.record for c in fresh if c.record is not None})
    unclear = [c for c in fresh if owners.get(c.record_id or 0) is None]
    if unclear and since not in (KEPT, GONE):
        raise DecisionError("SINCE_UNCLEAR", count=len(unclear))
    theirs = [c for c in fresh if owners.get(c.record_id or 0, since) == GONE]
    Assertion.objects.filter(pk__in=[c.pk for c in theirs]).update(person=merge.gone_id)
    rows = [c.record_id for c in theirs if c.record_id]
    SourceRecord.objects.filter(pk__in=rows, person=survivor).update(person=merge.gone_id)


def claims_since(merge: PersonMerge, survivor: Person) -> list[Assertion]:
    """Live claims about the one who stands that were made after the merge, but not for another duplicate."""
    later = PersonMerge.objects.filter(kept=survivor, undone_at=None, pk__gt=merge.pk)
    others = later.exclude(gone=merge.kept_id).values_list("moved", flat=True)
    brought = {key for moved in others for key in moved.get(CLAIMS, ())}
    rows = Assertion.objects.filter(
        person=survivor, withdrawn_at=None, pk__gt=merge.before["last_claim"]
    ).exclude(pk__in=brought)
    return list(rows.select_related("record__batch__version").order_by("pk"))


def owners_of_rows(
    merge: PersonMerge, survivor: Person, rows: Collection[SourceRecord]
) -> dict[int, str]:
    """Row key → "kept" or "gone", where it is clear of whom the row speaks."""
    known = dict.fromkeys(merge.before["kept_rows"], KEPT) | dict.fromkeys(
        merge.moved.get(ROWS, ()), GONE
    )
    alike = {
        (r.digest, r.national_id_index, r.batch.version.source_id): known[r.pk]
        for r in SourceRecord.objects.filter(pk__in=known)
        .exclude(digest="")
        .select_related("batch__version")
    }
    found: dict[int, str] = {}
    unknown = []
    for row in rows:
        key = (row.digest, row.national_id_index, row.batch.version.source_id)
        owner = known.get(row.pk) or alike.get(key)
        if owner:
            found[row.pk] = owner
        else:
            unknown.append(row)
    return found | matched_anew(merge, survivor, unknown)


def matched_anew(
    merge: PersonMerge, survivor: Person, rows: Iterable[SourceRecord]
) -> dict[int, str]:
    """What the rules of matching say of rows, now that both people stand again."""
    derive_people({merge.gone_id or 0, survivor.pk})
    whose = {survivor.pk: KEPT, merge.gone_id: GONE}
    by_batch: dict[int, list[SourceRecord]] = defaultdict(list)
    for row in rows:
        by_batch[row.batch_id].append(row)
    return {
        key: whose[match.person]
        for held in by_batch.values()
        for key, match in find_matches(held, reach_of(held[0].batch)).items()
        if match.person in whose
    }


def settle_both(merge: PersonMerge, survivor: Person) -> None:
    """Derive both again; who is no longer on any list goes, as without the merge."""
    people = {merge.gone_id or 0, survivor.pk}
    homes = homes_of(merge) | set(
        Person.objects.filter(pk__in=people)
        .exclude(household=None)
        .values_list("household", flat=True)
    )
    standing = alive(people, "person")
    remove_people(people - standing)
    lived_in = Person.objects.filter(household__in=homes).values_list("household", flat=True)
    keep = alive(homes, "household") | set(lived_in)
    remove_households(homes - keep)
    settle(standing, keep)
