"""What every change of households shares: locking, remembering homes, deriving again, history."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Max

from kaejon.apps.access.models import User
from kaejon.apps.areas.queries import in_one_tambon
from kaejon.apps.audit.actions import record
from kaejon.apps.folders.guards import refuse_outside
from kaejon.apps.homes.models import HouseholdChange
from kaejon.apps.homes.refusals import HomesError
from kaejon.apps.households.models import Household, Membership, Person
from kaejon.apps.sources.deriving import derive_households, derive_people
from kaejon.apps.sources.models import Assertion, BatchStatus, ImportBatch
from kaejon.apps.sources.signals import areas_changed, households_changed
from kaejon.apps.surveys.status import write_status


def refuse_while_lists_move() -> None:
    """A list on its way in or out compares with households as they stand now."""
    moving = (BatchStatus.APPLYING, BatchStatus.REVERSING)
    if ImportBatch.objects.filter(status__in=moving).exists():
        raise HomesError("LISTS_MOVING")


def as_seen(households: Iterable[Household]) -> str:
    """What a form shows of households, to notice later that it changed: "public id=print" by blanks."""
    return " ".join(f"{h.public_id}={print_of(h)}" for h in households)


def print_of(household: Household) -> str:
    """A short print of address and members with their versions."""
    members = Person.objects.filter(household=household).order_by("pk")
    shown = (household.version, household.area_id, household.house_no)
    values = repr((shown, list(members.values_list("pk", "version"))))
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def refuse_stale(seen: str, *households: Household) -> None:
    """A form opened before somebody else changed one of the households. Empty `seen`: no form was shown."""
    if seen and not set(as_seen(households).split()) <= set(seen.split()):
        raise HomesError("STALE")


def lock_both(one: Household, other: Household) -> tuple[Household, Household]:
    """Both as they stand now, locked in the order of their keys."""
    keys = {one.pk, other.pk}
    rows = Household.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    found = {h.pk: h for h in rows.select_related("house").order_by("pk")}
    if len(found) < 2:
        raise HomesError("ONE_HOUSEHOLD")
    return found[one.pk], found[other.pk]


def lock_to_change(one: Household, other: Household, by: User) -> tuple[Household, Household]:
    """As `lock_both`, for somebody who may change both (else NotPermitted)."""
    for household in (one, other):
        refuse_outside(by, household.area_id)
    both = lock_both(one, other)
    for household in both:  # where they lie now
        refuse_outside(by, household.area_id)
    return both


def last_claim() -> int:
    return Assertion.objects.aggregate(last=Max("pk"))["last"] or 0


def homes_of_people(people: Iterable[int]) -> list[dict[str, Any]]:
    """Where each person lives, as head or not: as JSON."""
    rows = Person.objects.filter(pk__in=list(people)).order_by("pk")
    return [dict(row) for row in rows.values("pk", "household_id")]


def memberships_as_json(rows: models.QuerySet[Membership]) -> list[dict[str, Any]]:
    """Memberships with dates as ISO text, by key."""
    found = []
    names = ("pk", "person_id", "household_id", "relation", "is_head", "end_reason")
    for row in rows.order_by("pk"):
        days = {
            name: day.isoformat() if (day := getattr(row, name)) else None
            for name in ("started_on", "ended_on")
        }
        found.append({name: getattr(row, name) for name in names} | days)
    return found


def memberships_from_json(values: Iterable[dict[str, Any]]) -> list[Membership]:
    """Unsaved memberships with the keys they had."""
    made = []
    for value in values:
        days = {
            name: date.fromisoformat(value[name]) if value[name] else None
            for name in ("started_on", "ended_on")
        }
        made.append(Membership(**{**value, **days}))
    return made


def snapshot(people: Collection[int]) -> dict[str, Any]:
    """Homes and memberships of people, to compare with and to restore from."""
    return {
        "people": homes_of_people(people),
        "memberships": memberships_as_json(Membership.objects.filter(person__in=people)),
    }


def house_people(people: Collection[int], household: Household) -> None:
    """Let people live in a household; their present values are derived afterwards."""
    for person in Person.objects.filter(pk__in=people):
        Person.objects.filter(pk=person.pk).update(
            household=household, area_id=household.area_id, version=person.version + 1
        )


def settle(
    households: Iterable[Household], people: Collection[int] = (), areas: Collection[str] = ()
) -> None:
    """Derive, measure, check and count again; `areas` of households that are gone by now."""
    keys = [h.pk for h in households]
    touched = set(areas) | areas_of(keys)
    derive_people(people)
    derive_households(keys)
    households_changed.send(sender=HouseholdChange, households=sorted(keys))
    write_status(keys)
    areas_changed.send(sender=HouseholdChange, areas=touched | areas_of(keys))


def areas_of(households: Collection[int]) -> set[str]:
    rows = Household.everyone.filter(pk__in=households)
    return set(rows.values_list("area_id", flat=True))


def remember(change: HouseholdChange, verb: str, by: User, reason: str) -> None:
    """One line of history: which two households, how many people, without names but the label.

    It is read in the area of the one that goes on. The reason speaks of both: where the other one
    lies elsewhere it is left to the change, which is read by who holds both.
    """
    both = Household.everyone.in_bulk([change.kept_id or 0, change.other_id or 0])
    kept = both[change.kept_id or 0]
    other = both.get(change.other_id or 0)
    near = other is None or in_one_tambon(kept.area_id, other.area_id)
    record(
        by=by,
        verb=verb,
        subject_type="household",
        subject_id=kept.public_id,
        area=kept.area_id,
        label=kept.head_name,
        changes={
            "change": str(change.public_id),
            "other": str(other.public_id) if other else "",
            "people": len(change.before.get("people", ())),
        },
        reason=reason if near else "",
    )
