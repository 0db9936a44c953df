"""Writes on the members of a household: correct, add, move, take out, put back.

A correction is a field check with a reason; the present values are derived again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.audit.actions import difference, record
from kaejon.apps.folders.guards import (
    household_to_change,
    person_to_change,
    refuse_no_reason,
    refuse_stale,
    without_blanks,
)
from kaejon.apps.folders.stating import derive, retract, state
from kaejon.apps.households.models import Household, Membership, Person
from kaejon.apps.sources.deriving import claim_of, fill_person
from kaejon.methods.errors import DataError
from kaejon.methods.thai.names import name_key

NAME_PARTS = ("title", "first_name", "last_name")
PERSON_VALUES = (
    *NAME_PARTS,
    "sex",
    "birth_date",
    "birth_precision",
    "relation",
    "is_head",
    "died_on",
)


def person_values(person: Person) -> dict[str, Any]:
    """The fields of a person an officer may correct, with their present values."""
    return {name: getattr(person, name) for name in PERSON_VALUES}


def facts_of_person(values: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """The claim that a correction makes: names always together, dates as ISO text."""
    facts: dict[str, Any] = {}
    if changed.keys() & set(NAME_PARTS):
        facts |= {n: values[n] for n in NAME_PARTS}
        facts["name_key"] = name_key(values["first_name"], values["last_name"])
    if changed.get("birth_date") or changed.get("birth_precision"):
        facts |= {
            "birth_date": values["birth_date"].isoformat(),
            "birth_precision": values["birth_precision"],
        }
    if changed.get("died_on"):
        facts["died_on"] = changed["died_on"].isoformat()
    for name in ("sex", "relation", "is_head"):
        if name in changed and changed[name] != "":
            facts[name] = changed[name]
    return facts


@transaction.atomic
def correct_person(
    *, person: Person, version: int, values: Mapping[str, Any], reason: str, by: User
) -> Person:
    """Correct a member: `values` as of `person_values`. A cleared fact is taken back where only
    field checks stated it.

    Refuses: a stale version, no change, a name without a first name.
    """
    held = person_to_change(person, by)
    household = home_of(held, by)
    refuse_no_reason(reason)
    refuse_stale(held, version)
    before = person_values(held)
    changed = {n: v for n, v in values.items() if n in before and v != before[n]}
    if not changed or not str(values.get("first_name", held.first_name)).strip():
        raise DataError("nothing_changed", "nothing was changed", remedy="Change a field first.")
    cleared = [n for n, v in changed.items() if v in (None, "") and n not in NAME_PARTS]
    if cleared:
        retract(household=household, person=held, facts=cleared)
    facts = facts_of_person(
        {**before, **values}, {n: v for n, v in changed.items() if n not in cleared}
    )
    if facts:
        state(household=household, person=held, facts=facts, reason=reason, actor=by)
    others = step_down_heads(household, held, reason, by) if changed.get("is_head") else set()
    derive(households=[household.pk], people={held.pk, *others}, areas={household.area_id})
    held.refresh_from_db()
    Membership.objects.filter(person=held, ended_on=None).update(
        relation=held.relation, is_head=held.is_head
    )
    record(
        by=by,
        verb="person.correct",
        subject_type="person",
        subject_id=held.public_id,
        area=held.area_id,
        label=held.full_name,
        changes=as_text(difference(before, person_values(held))),
        reason=reason,
    )
    return held


def as_text(changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Changes with dates as ISO text, for the history."""
    return {
        name: {k: v.isoformat() if isinstance(v, date) else v for k, v in pair.items()}
        for name, pair in changes.items()
    }


def home_of(person: Person, by: User) -> Household:
    """The household a person lives in, locked for a change by the actor; refuses somebody who was taken out of one."""
    if person.household is None:
        raise DataError(
            "no_household",
            "this person is in no household now",
            remedy="Put the person back first.",
        )
    return household_to_change(person.household, by)


def step_down_heads(household: Household, new_head: Person, reason: str, by: User) -> set[int]:
    """A household has one head: whoever else was head is stated not to be."""
    others = Person.objects.filter(household=household, is_head=True).exclude(pk=new_head.pk)
    for person in others:
        state(household=household, person=person, facts={"is_head": False}, reason=reason, actor=by)
    Membership.objects.filter(person__in=others, ended_on=None).update(is_head=False)
    return set(others.values_list("pk", flat=True))


@made_once
@transaction.atomic
def add_member(*, household: Household, values: Mapping[str, Any], reason: str, by: User) -> Person:
    """Add somebody who lives here and is not recorded; `values` as of `person_values`.

    Refuses a member of the same name.
    """
    held = household_to_change(household, by)
    refuse_no_reason(reason)
    key = name_key(values["first_name"], values.get("last_name", ""))
    if Person.objects.filter(household=held, name_key=key).exists():
        raise DataError(
            "already_member",
            "a member of this name is already recorded",
            remedy="Correct that member instead.",
        )
    blank = {"title": "", "last_name": "", "birth_date": None, "birth_precision": "", "sex": ""}
    facts = facts_of_person({**blank, **values}, values)
    person = Person(household=held, area_id=held.area_id, first_name=values["first_name"])
    person.save()
    claim = state(household=held, person=person, facts=facts, reason=reason, actor=by)
    fill_person(person, [claim_of(claim)])
    person.save()
    Membership.objects.create(
        person=person, household=held, relation=person.relation, is_head=person.is_head
    )
    others = step_down_heads(held, person, reason, by) if person.is_head else set()
    derive(households=[held.pk], people=others, areas={held.area_id})
    record(
        by=by,
        verb="member.add",
        subject_type="person",
        subject_id=person.public_id,
        area=held.area_id,
        label=person.full_name,
        changes={"household": str(held.public_id)},
        reason=reason,
    )
    return person


@transaction.atomic
def move_member(
    *, person: Person, version: int, to: Household, on: date, relation: str, reason: str, by: User
) -> Person:
    """A member now lives in another household. Refuses (NotPermitted) one of others."""
    held = person_to_change(person, by)
    old = home_of(held, by)
    new = household_to_change(to, by)
    refuse_no_reason(reason)
    refuse_stale(held, version)
    if new.pk == old.pk:
        raise DataError(
            "nothing_changed", "the person already lives there", remedy="Choose another household."
        )
    end_membership(held, on=on, why="moved")
    held.relation = relation
    settle_in(held, new, started=on)
    facts = {"area": new.area_id, "house_no": new.house_no, "is_head": False, "relation": relation}
    state(household=new, person=held, facts=without_blanks(facts), reason=reason, actor=by)
    derive(households=[old.pk, new.pk], people=[held.pk], areas={old.area_id, new.area_id})
    record(
        by=by,
        verb="member.move",
        subject_type="person",
        subject_id=held.public_id,
        area=new.area_id,
        label=held.full_name,
        changes={"household": {"from": str(old.public_id), "to": str(new.public_id)}},
        reason=reason,
    )
    return held


@transaction.atomic
def remove_member(
    *, person: Person, version: int, on: date, why: str, reason: str, by: User
) -> Household:
    """A person does not live here (any more) and it is not known where; can be taken back."""
    held = person_to_change(person, by)
    old = home_of(held, by)
    refuse_no_reason(reason)
    refuse_stale(held, version)
    end_membership(held, on=on, why=why)
    Person.objects.filter(pk=held.pk).update(household=None, version=held.version + 1)
    derive(households=[old.pk], areas={old.area_id})
    record(
        by=by,
        verb="member.remove",
        subject_type="person",
        subject_id=held.public_id,
        area=old.area_id,
        label=held.full_name,
        changes={"household": str(old.public_id), "why": why},
        reason=reason,
    )
    return old


@transaction.atomic
def restore_member(*, membership: Membership, by: User) -> Household:
    """Take a removal back. Refuses when the person lives in a household by now."""
    home = household_to_change(membership.household, by)
    held = person_to_change(membership.person, by)
    if held.household_id is not None:
        raise DataError(
            "lives_elsewhere",
            "this person lives in another household by now",
            remedy="Move the person instead.",
        )
    Membership.objects.filter(pk=membership.pk).update(ended_on=None, end_reason="")
    Person.objects.filter(pk=held.pk).update(
        household=home, area_id=home.area_id, version=held.version + 1
    )
    derive(households=[home.pk], people=[held.pk], areas={home.area_id})
    record(
        by=by,
        verb="member.restore",
        subject_type="person",
        subject_id=held.public_id,
        area=home.area_id,
        label=held.full_name,
        changes={"household": str(home.public_id)},
    )
    return home


def end_membership(person: Person, *, on: date, why: str) -> None:
    """Close the open membership on a day, never before it began."""
    for membership in Membership.objects.filter(person=person, ended_on=None):
        membership.ended_on = max(on, membership.started_on or on)
        membership.end_reason = why
        membership.save(update_fields=["ended_on", "end_reason"])


def settle_in(person: Person, household: Household, *, started: date) -> None:
    Membership.objects.create(
        person=person, household=household, relation=person.relation, started_on=started
    )
    person.household, person.area_id, person.version = (
        household,
        household.area_id,
        person.version + 1,
    )
    person.save(update_fields=["household", "area", "version"])
