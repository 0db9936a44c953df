"""Erase a person or a household: what identifies goes, what is counted stays.

Every table says itself what erasing does to its rows (`as_record`). Kept: sex, year of
birth, indicators, capital scores and marks of lists, because published counts rest on
them; of the history, that something was done, by whom and when.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.audit.actions import erase_details, record
from kaejon.apps.audit.models import Event
from kaejon.apps.households.models import ERASED_NAME, Household, Membership, Person
from kaejon.apps.privacy.models import ErasureGround
from kaejon.apps.privacy.refusals import PrivacyRefused
from kaejon.apps.records import Erasure, erase_everywhere, records
from kaejon.apps.sources import files
from kaejon.apps.sources.deriving import derive_households, derive_people
from kaejon.apps.sources.erasure import identities
from kaejon.apps.sources.models import SourceRecord
from kaejon.apps.sources.signals import areas_changed, households_changed
from kaejon.apps.vault import erasures


@transaction.atomic
def erase_person(*, person: Person, ground: str, reason: str, by: User) -> None:
    """Take away everything that tells who this person is. Cannot be undone.

    `ground`: one of `ErasureGround`, which the history keeps; anything else is refused.
    """
    erased = Person.objects.select_for_update().get(pk=person.pk)
    require(by, Permission.HANDLE_REQUESTS, at=erased.area_id)
    erasure = Erasure(
        home=erased.household_id,
        area=erased.area_id,
        households=(),
        people=with_merged(Person, [erased.pk]),
        names=names_of([erased]),
        by=by,
        discard=discard,
    )
    carry_out(erasure, "person", str(erased.public_id), ground, reason)


@transaction.atomic
def erase_household(*, household: Household, ground: str, reason: str, by: User) -> None:
    """Take away everything that tells who this family is and in which house. Cannot be undone.

    Somebody who belonged to it and lives in another household now is not erased with it.
    `ground` as of `erase_person`.
    """
    erased = Household.objects.select_for_update().get(pk=household.pk)
    require(by, Permission.HANDLE_REQUESTS, at=erased.area_id)
    belonged = Membership.objects.filter(household=erased).values("person")
    living = Q(household=erased) | Q(household=None, pk__in=belonged)
    people = list(Person.objects.filter(living).select_for_update().order_by("pk"))
    erasure = Erasure(
        home=erased.pk,
        area=erased.area_id,
        households=with_merged(Household, [erased.pk]),
        people=with_merged(Person, [person.pk for person in people]),
        names=names_of(people),
        by=by,
        discard=discard,
    )
    carry_out(erasure, "household", str(erased.public_id), ground, reason)


def with_merged(model: type[Household] | type[Person], keys: list[int]) -> tuple[int, ...]:
    """These keys and those of duplicates that point to them."""
    merged = model.everyone.filter(merged_into__in=keys).order_by("pk")
    return (*keys, *merged.values_list("pk", flat=True))


def names_of(people: Iterable[Person]) -> tuple[str, ...]:
    """First and full names, by which texts speak of people; the longest first."""
    names = {name for p in people for name in (p.first_name, p.full_name, full_without_title(p))}
    return tuple(sorted(names - {"", ERASED_NAME}, key=lambda name: (-len(name), name)))


def full_without_title(person: Person) -> str:
    return f"{person.first_name} {person.last_name}".strip()


def discard(stored: str | Path) -> None:
    """Delete a sealed file once the erasure is committed."""
    transaction.on_commit(partial(files.discard, stored))


def carry_out(erasure: Erasure, kind: str, public_id: str, ground: str, reason: str) -> None:
    """Every table does its duty; the history keeps that it was done, in words that name nobody."""
    if ground not in ErasureGround.values:
        raise PrivacyRefused(
            "ground_missing", _("Choose why the law lets the data be erased (section 33).")
        )
    erasures.enter(identities(erasure), at=timezone.now())
    history = subjects_in_history(erasure)
    erase_everywhere(erasure)
    erase_details(
        by=erasure.by,
        households=public_ids(Household, erasure.households),
        people=public_ids(Person, erasure.people),
        others=history,
        names=[name for name in erasure.names if " " in name],
    )
    record(
        by=erasure.by,
        verb="privacy.erase",
        subject_type=kind,
        subject_id=public_id,
        area=erasure.area,
        changes={"ground": ground},
        reason=erasure.without_names(reason),
    )
    settle(erasure)


def subjects_in_history(erasure: Erasure) -> dict[str, list[str]]:
    """What history calls the rows about the erased (kind → public ids): notes, checks, pairs."""
    ids = [
        str(public_id)
        for model, _ in records()
        if has_public_id(model)
        for public_id in erasure.rows(model).values_list("public_id", flat=True)
    ]
    kinds: dict[str, list[str]] = {}
    named = Event.objects.filter(subject_id__in=ids).values_list("subject_type", "subject_id")
    for kind, public_id in named.distinct():
        kinds.setdefault(kind, []).append(public_id)
    return kinds


def has_public_id(model: type[Model]) -> bool:
    return any(column.name == "public_id" for column in model._meta.concrete_fields)


def public_ids(model: type[Household] | type[Person], keys: Iterable[int]) -> list[object]:
    return list(model.everyone.filter(pk__in=keys).values_list("public_id", flat=True))


def settle(erasure: Erasure) -> None:
    """Derive, measure and count again."""
    standing = Person.objects.filter(pk__in=erasure.people)
    derive_people(set(standing.values_list("pk", flat=True)))
    if erasure.home is None:
        return
    derive_households([erasure.home])
    households_changed.send(sender=SourceRecord, households=[erasure.home])
    areas_changed.send(sender=SourceRecord, areas={erasure.area})
