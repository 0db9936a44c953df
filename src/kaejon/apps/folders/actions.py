"""Writes on a household: correct it, settle conflicts, add one found in the field, remarks.

A correction never overwrites a list: it is a dated claim with a reason, and the
present values are derived again. Writes on members are in `members`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.audit.actions import difference, record
from kaejon.apps.folders.guards import (
    household_to_change,
    lock_household,
    refuse_known,
    refuse_no_reason,
    refuse_no_village,
    refuse_outside,
    refuse_stale,
    without_blanks,
)
from kaejon.apps.folders.members import add_member
from kaejon.apps.folders.models import Attention, Note
from kaejon.apps.folders.stating import derive, state
from kaejon.apps.folders.wording import HEAD_RELATION
from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.households.queries import known_values
from kaejon.apps.sources.signals import areas_changed
from kaejon.methods.claims import COMPARED
from kaejon.methods.errors import DataError


@transaction.atomic
def correct_household(
    *, household: Household, version: int, values: Mapping[str, Any], reason: str, by: User
) -> Household:
    """Correct address, presence or point: `values` as of `known_values`, with `presence_on` (date).

    Refuses: a household or village that is not the actor's to change (NotPermitted), a stale
    version, no change.
    """
    held = household_to_change(household, by)
    refuse_no_reason(reason)
    refuse_stale(held, version)
    before = known_values(held)
    values = before | dict(values)
    changed = {n: v for n, v in values.items() if n in before and v != before[n]}
    if not changed:
        raise DataError("nothing_changed", "nothing was changed", remedy="Change a field first.")
    facts: dict[str, Any] = {}
    if "area" in changed:
        refuse_no_village(changed["area"])
        refuse_outside(by, changed["area"])
    if {"area", "house_no", "latitude", "longitude"} & changed.keys():
        facts |= {"area": values["area"], "house_no": values["house_no"]}
    if "presence" in changed:
        on = values.get("presence_on")
        facts |= {"presence": changed["presence"], "presence_on": on.isoformat() if on else ""}
    # A corrected number in the same village keeps its point; a household that left does not.
    same_place = "house_no" in changed and "area" not in changed
    if {"latitude", "longitude"} & changed.keys() or same_place:
        facts |= {"latitude": values["latitude"], "longitude": values["longitude"]}
    state(household=held, facts=without_blanks(facts), reason=reason, actor=by)
    derive(households=[held.pk], areas={before["area"], values["area"]})
    held = lock_household(held)
    record(
        by=by,
        verb="household.correct",
        subject_type="household",
        subject_id=held.public_id,
        area=held.area_id,
        label=held.head_name,
        changes=difference(before, known_values(held)),
        reason=reason,
    )
    return held


@made_once
@transaction.atomic
def settle_conflict(
    *,
    household: Household,
    person: Person | None,
    fact: str,
    facts: Mapping[str, Any],
    reason: str,
    by: User,
) -> None:
    """State which value is right, as a field check. `facts`: the fact in the shape of a claim.

    Refuses (NotPermitted) a household, person or village that is not the actor's to change, and a
    fact that is not compared.
    """
    held = household_to_change(household, by)
    if person is not None:
        refuse_outside(by, person.area_id)
    refuse_no_reason(reason)
    if fact not in COMPARED or not facts:
        raise DataError(
            "no_such_conflict", f"{fact!r} is not in conflict", remedy="Open the folder again."
        )
    stated = dict(facts)
    before = held.area_id
    if person is None and fact in ("area", "house_no"):
        stated = {"area": held.area_id, "house_no": held.house_no} | stated
        if stated["area"] != held.area_id:
            refuse_outside(by, stated["area"])
    state(household=held, person=person, facts=stated, reason=reason, actor=by)
    after = {before, str(stated.get("area", before))} if person is None else {before}
    derive(households=[held.pk], people=[person.pk] if person else [], areas=after)
    subject = person or held
    record(
        by=by,
        verb="conflict.settle",
        subject_type="person" if person else "household",
        subject_id=subject.public_id,
        area=held.area_id,
        label=str(subject)[:200],
        changes={fact: without_blanks(stated)},
        reason=reason,
    )


@made_once
@transaction.atomic
def add_household(
    *,
    area: str,
    house_no: str,
    reason: str,
    by: User,
    head: Mapping[str, Any] | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    another: bool = False,
) -> Household:
    """Add a household that is on no list, found in the field; the head as of `person_values`.

    `another`: somebody looked at those it might be, and it is none of them. Refuses: MayBeKnown.
    """
    refuse_outside(by, area)
    refuse_no_reason(reason)
    refuse_no_village(area)
    refuse_known(by, area=area, house_no=house_no, head=head, another=another)
    house = House.objects.filter(area=area, house_no=house_no).exclude(house_no="").first()
    house = house or House.objects.create(
        area_id=area, house_no=house_no, latitude=latitude, longitude=longitude
    )
    household = Household.objects.create(house=house, area_id=area, house_no=house_no)
    facts = {
        "area": area,
        "house_no": house_no,
        "found_in_field": True,
        "found_on": timezone.localdate().isoformat(),
        "latitude": latitude,
        "longitude": longitude,
    }
    state(household=household, facts=without_blanks(facts), reason=reason, actor=by)
    record(
        by=by,
        verb="household.add",
        subject_type="household",
        subject_id=household.public_id,
        area=area,
        label=house_no,
        changes=without_blanks(facts),
        reason=reason,
    )
    if head:
        values = {**head, "is_head": True, "relation": HEAD_RELATION}
        add_member(household=household, values=values, reason=reason, by=by)
    else:
        derive(households=[household.pk], areas={area})
    household.refresh_from_db()
    return household


def record_on(
    household: Household, by: User, verb: str, subject: Note | Attention, **more: object
) -> None:
    """One line of history about a remark; never its text, which may be sensitive."""
    record(
        by=by,
        verb=verb,
        subject_type=type(subject).__name__.lower(),
        subject_id=subject.public_id,
        area=household.area_id,
        label=household.head_name,
        changes={"household": str(household.public_id)},
        reason=str(more.get("reason", "")),
    )


@made_once
@transaction.atomic
def add_note(*, household: Household, text: str, sensitive: bool, by: User) -> Note:
    """Write a note. Refuses an empty one."""
    household = household_to_change(household, by)
    if not text.strip():
        raise DataError("note_empty", "the note is empty", remedy="Write what you saw or heard.")
    note = Note.objects.create(
        household=household, text=text.strip(), sensitive=sensitive, written_by=by
    )
    record_on(household, by, "note.add", note)
    return note


@transaction.atomic
def remove_note(*, note: Note, by: User) -> None:
    """Put a note away; who did it is kept. Refuses (NotPermitted) a note the actor may not read."""
    refuse_hidden(note, by)
    Note.objects.filter(pk=note.pk, removed_at=None).update(
        removed_at=timezone.now(), removed_by=by
    )
    record_on(note.household, by, "note.remove", note)


@transaction.atomic
def restore_note(*, note: Note, by: User) -> None:
    """Take the removal of a note back. Refuses (NotPermitted) a note the actor may not read."""
    refuse_hidden(note, by)
    Note.objects.filter(pk=note.pk).update(removed_at=None, removed_by=None)
    record_on(note.household, by, "note.restore", note)


def refuse_hidden(note: Note, by: User) -> None:
    """Refuse a note on a household of others, and a sensitive one of somebody else without that right."""
    area = household_to_change(note.household, by).area_id
    if note.sensitive and note.written_by_id != by.pk:
        require(by, Permission.SEE_SENSITIVE, at=area)


@made_once
@transaction.atomic
def mark_attention(*, household: Household, kind: str, reason: str, by: User) -> Attention:
    """Ask for attention, once for each kind. Refuses an empty reason."""
    household = household_to_change(household, by)
    refuse_no_reason(reason)
    open_mark = Attention.objects.filter(household=household, kind=kind, cleared_at=None).first()
    if open_mark is not None:
        raise DataError(
            "already_marked", "this mark is already set", remedy="Clear the old mark first."
        )
    mark = Attention.objects.create(
        household=household, kind=kind, reason=reason.strip()[:300], set_by=by
    )
    areas_changed.send(sender=Attention, areas={household.area_id})
    record_on(household, by, "attention.mark", mark, reason=reason)
    return mark


@transaction.atomic
def clear_attention(*, mark: Attention, reason: str, by: User) -> None:
    """Say that the mark is dealt with, and how."""
    household_to_change(mark.household, by)
    refuse_no_reason(reason)
    Attention.objects.filter(pk=mark.pk, cleared_at=None).update(
        cleared_at=timezone.now(), cleared_by=by
    )
    areas_changed.send(sender=Attention, areas={mark.household.area_id})
    record_on(mark.household, by, "attention.clear", mark, reason=reason)
