"""Take a change of households back: members, memberships and claims are as they were.

What came in since goes to whom it speaks of: claims follow their person; claims about the
household as a whole follow the name their list gives it. Where members were changed since,
the later change must be taken back first; nothing is guessed.
"""

from __future__ import annotations

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.folders.guards import refuse_outside
from kaejon.apps.homes.changing import (
    memberships_from_json,
    refuse_while_lists_move,
    remember,
    settle,
    snapshot,
)
from kaejon.apps.homes.housing import house_apart
from kaejon.apps.homes.models import ChangeKind, HouseholdChange
from kaejon.apps.homes.refusals import HomesError
from kaejon.apps.households.models import Household, Membership, Person
from kaejon.apps.linking.models import PersonMerge
from kaejon.apps.linking.unmerging import unmerge_people
from kaejon.apps.records import holding
from kaejon.apps.sources.models import Assertion, HouseholdReference, SourceRecord
from kaejon.apps.sources.reversing import remove_households

NAMES_HOUSEHOLD = "sources.householdreference.household"


@transaction.atomic
def undo_change(*, change: HouseholdChange, by: User, reason: str = "") -> HouseholdChange:
    """Restore two households. Refuses a change taken back before, one whose households or
    people are gone, and one after which the members were changed."""
    held = HouseholdChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    rows = Household.everyone.filter(pk__in=[held.kept_id or 0, held.other_id or 0])
    for area in rows.values_list("area_id", flat=True) or [WHOLE_SYSTEM]:
        refuse_outside(by, area)
    refuse_while_lists_move()
    kept, other = both_of(held)
    people = {row["pk"] for row in held.before["people"]}
    part_people(held, by, reason)
    refuse_changed(held, people)
    if held.kind == ChangeKind.MERGE:
        move_back(held, kept, other)
    if held.kind == ChangeKind.SPLIT:
        refuse_written_on(held, other)
    Assertion.objects.filter(pk__in=held.claims).update(withdrawn_at=timezone.now())
    restore_homes(held, people)
    held.undone_by, held.undone_at = by, timezone.now()
    held.save(update_fields=["undone_by", "undone_at"])
    remember(held, "household.undo_change", by, reason)
    if held.kind == ChangeKind.HOUSE:
        house_apart(held, other)
    standing = [kept, other]
    if held.kind == ChangeKind.SPLIT:
        remove_households({other.pk})
        standing = [kept]
    settle(standing, people, {other.area_id})
    held.refresh_from_db()
    return held


def part_people(change: HouseholdChange, by: User, reason: str) -> None:
    """Who was made one person with the merge is two again; what was said since stays with the one kept."""
    for key in reversed(change.after.get("person_merges", ())):
        merge = PersonMerge.objects.filter(pk=key, undone_at=None).first()
        if merge is not None:
            unmerge_people(merge=merge, actor=by, since="kept", reason=reason)


def both_of(change: HouseholdChange) -> tuple[Household, Household]:
    """The household that stands and the other one; refuses where nothing can be restored."""
    if change.undone_at is not None:
        raise HomesError("ALREADY_UNDONE")
    found = Household.everyone.select_for_update(of=("self",)).in_bulk(
        [change.kept_id or 0, change.other_id or 0]
    )
    kept, other = found.get(change.kept_id or 0), found.get(change.other_id or 0)
    if kept is None or other is None:
        raise HomesError("HOUSEHOLD_GONE")
    if kept.merged_into_id is not None:
        raise HomesError("CHANGED_SINCE")
    if change.kind == ChangeKind.MERGE and other.merged_into_id != kept.pk:
        raise HomesError("CHANGED_SINCE")
    return kept, other


def refuse_changed(change: HouseholdChange, people: set[int]) -> None:
    """The people concerned must live as the change left them."""
    left = {name: change.after[name] for name in ("people", "memberships")}
    if snapshot(people) != left:
        raise HomesError("CHANGED_SINCE")


def move_back(change: HouseholdChange, kept: Household, other: Household) -> None:
    """Rows that moved and still name the one kept name the duplicate again; so do later claims of its own."""
    Household.everyone.filter(pk=other.pk).update(merged_into=None, version=other.version + 1)
    for name, keys in change.moved.items():
        label, _, field = name.rpartition(".")
        rows = apps.get_model(label)._base_manager.filter(pk__in=keys, **{field: kept.pk})
        rows.update(**{field: other.pk})
    share_out(change, kept, other)


def share_out(change: HouseholdChange, kept: Household, other: Household) -> None:
    """Claims made since about the duplicate's people, or by rows that name it as its list does."""
    mine = [row["pk"] for row in change.before["people"] if row["household_id"] == other.pk]
    since = Assertion.objects.filter(household=kept, pk__gt=change.before["last_claim"])
    names = set(
        HouseholdReference.objects.filter(pk__in=change.moved.get(NAMES_HOUSEHOLD, ())).values_list(
            "source", "area", "reference"
        )
    )
    of_list = [
        claim.pk
        for claim in since.exclude(record=None).select_related("record", "version")
        if claim.record and (claim.version.source_id, *reference_of(claim.record)) in names
    ]
    theirs = since.filter(person__in=mine) | since.filter(pk__in=of_list)
    keys = list(theirs.values_list("pk", flat=True))
    records = list(theirs.exclude(record=None).values_list("record", flat=True))
    Assertion.objects.filter(pk__in=keys).update(household=other)
    SourceRecord.objects.filter(pk__in=records, household=kept).update(household=other)


def reference_of(record: SourceRecord) -> tuple[str, str]:
    """The name the list gives the household of a row, with the area in which it holds."""
    return record.area_code, str(record.facts.get("household", {}).get("household_ref", ""))


def restore_homes(change: HouseholdChange, people: set[int]) -> None:
    """Homes and memberships of the people as they were before."""
    Membership.objects.filter(person__in=people).delete()
    Membership.objects.bulk_create(memberships_from_json(change.before["memberships"]))
    areas = dict(
        Household.everyone.filter(
            pk__in={row["household_id"] for row in change.before["people"]}
        ).values_list("pk", "area_id")
    )
    for row in change.before["people"]:
        person = Person.objects.get(pk=row["pk"])
        home = row["household_id"]
        area = areas.get(home, person.area_id)
        Person.objects.filter(pk=person.pk).update(
            household=home, area_id=area, version=person.version + 1
        )


def refuse_written_on(change: HouseholdChange, new: Household) -> None:
    """A household that a split made goes with it only while nobody else spoke of it."""
    claims = Assertion.objects.filter(household=new, withdrawn_at=None)
    others = Person.objects.filter(household=new).exclude(
        pk__in=[row["pk"] for row in change.before["people"]]
    )
    written = holding(Household.objects.filter(pk=new.pk), Person.objects.none())
    if written or others.exists() or claims.exclude(pk__in=change.claims).exists():
        raise HomesError("WRITTEN_SINCE")
