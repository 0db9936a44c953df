"""Erase a person or a household: what identifies goes, what is counted stays.

Kept: sex, year of birth, indicators, capital scores and marks of lists, because
published counts rest on them; the history, because it proves what was done. Gone:
names, numbers, dates, address, free text, the rows as received, the household's row in
the frozen inputs of measurement runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.audit.actions import record
from kaejon.apps.households.models import ERASED_NAME, House, Household, Membership, Person
from kaejon.apps.linking.forgetting import forget_pairs
from kaejon.apps.linking.models import MatchDecision
from kaejon.apps.measurement.forgetting import forget_household
from kaejon.apps.privacy.models import Consent
from kaejon.apps.privacy.signals import household_erased, person_erased
from kaejon.apps.sources import files
from kaejon.apps.sources.deriving import derive_households, derive_people
from kaejon.apps.sources.models import Assertion, HouseholdReference, SourceRecord
from kaejon.apps.sources.signals import areas_changed, households_changed
from kaejon.apps.vault.sealing import seal_json, unseal_json

KEPT_FACTS = frozenset(
    {
        "sex",
        "is_head",
        "indicators",
        "capitals",
        "target_poor",
        "registered",
        "validated",
        "presence",
    }
)
KEPT_PLACE = frozenset({"village_code", "tambon_code", "moo"})


def anonymous(facts: dict[str, Any], *, person: bool, area: str = "") -> dict[str, Any]:
    """The facts without anything that tells who it is; a birth date becomes its year."""
    kept = {name: value for name, value in facts.items() if name in KEPT_FACTS}
    if born := facts.get("birth_date"):
        kept |= {"birth_date": f"{born[:4]}-01-01", "birth_precision": "year"}
    if facts.get("died_on"):
        kept["died_on"] = f"{facts['died_on'][:4]}-01-01"
    if person:
        kept |= {"first_name": ERASED_NAME, "last_name": "", "title": "", "name_key": ERASED_NAME}
        kept["national_id_status"] = "missing"
    elif area:
        kept |= {"area": area, "house_no": ""}
    return kept


@transaction.atomic
def erase_person(*, person: Person, reason: str, by: User) -> None:
    """Take away everything that tells who this person is. Cannot be undone."""
    held = Person.objects.select_for_update().get(pk=person.pk)
    require(by, Permission.HANDLE_REQUESTS, at=held.area_id)
    if held.household_id:
        strip_mentions(held.household_id, held.first_name)
    strip_person(held)
    person_erased.send(sender=Person, person=held, name=held.first_name, erased=ERASED_NAME)
    event = record(
        by=by,
        verb="privacy.erase",
        subject_type="person",
        subject_id=held.public_id,
        area=held.area_id,
        reason=reason,
    )
    if held.household_id:
        forget_household(household=held.household_id, why=event.pk, actor=by)
        settle([held.household_id], {held.area_id})


@transaction.atomic
def erase_household(*, household: Household, reason: str, by: User) -> None:
    """Take away everything that tells who this family is and in which house. Cannot be undone."""
    held = Household.objects.select_for_update().select_related("house").get(pk=household.pk)
    require(by, Permission.HANDLE_REQUESTS, at=held.area_id)
    belonged = Membership.objects.filter(household=held).values("person")
    people = Person.objects.filter(Q(household=held) | Q(pk__in=belonged))
    for person in people.select_for_update():
        strip_person(person)
    strip_claims(Assertion.objects.filter(household=held, person=None), area=held.area_id)
    strip_records(SourceRecord.objects.filter(household=held), whole_household=True)
    HouseholdReference.objects.filter(household=held).delete()
    leave_house(held)
    strip_hand_written(held)
    household_erased.send(sender=Household, household=held, erased=ERASED_NAME)
    event = record(
        by=by,
        verb="privacy.erase",
        subject_type="household",
        subject_id=held.public_id,
        area=held.area_id,
        reason=reason,
    )
    forget_household(household=held.pk, why=event.pk, actor=by)
    settle([held.pk], {held.area_id})


def strip_person(person: Person) -> None:
    """Claims, rows and present values of one person."""
    claims = Assertion.objects.filter(person=person)
    records = list(claims.exclude(record=None).values_list("record", flat=True))
    strip_claims(claims)
    strip_records(SourceRecord.objects.filter(Q(pk__in=records) | Q(person=person)))
    Membership.objects.filter(person=person).update(relation="")
    forget_pairs(person)
    for duplicate in Person.everyone.filter(merged_into=person):
        strip_values(duplicate)
    strip_values(person)
    derive_people([person.pk])


def strip_values(person: Person) -> None:
    """The present values of one person, or of a duplicate that points to one."""
    born = person.birth_date.replace(month=1, day=1) if person.birth_date else None
    Person.everyone.filter(pk=person.pk).update(
        title="",
        first_name=ERASED_NAME,
        last_name="",
        first_key=ERASED_NAME,
        last_key="",
        name_key=ERASED_NAME,
        relation="",
        birth_date=born,
        birth_precision="year" if born else "",
        national_id_sealed=None,
        national_id_index="",
        national_id_last4="",
        national_id_status="missing",
        version=person.version + 1,
    )


def strip_claims(claims: QuerySet[Assertion], area: str = "") -> None:
    for claim in claims:
        claim.facts = anonymous(claim.facts, person=claim.person_id is not None, area=area)
        claim.reason = ""
        claim.save(update_fields=["facts", "reason"])


def strip_mentions(household: int, name: str) -> None:
    """Rows and free text about the household as a whole that hold the person's name."""
    if not name:
        return
    for row in SourceRecord.objects.filter(household=household, person=None):
        if any(name in str(cell) for cell in unseal_json(row.raw_sealed)):
            SourceRecord.objects.filter(pk=row.pk).update(
                raw_sealed=seal_json([]), digest="", issues=[], facts=without(name, row.facts)
            )
    for claim in Assertion.objects.filter(household=household, person=None):
        if name in str(claim.facts) or name in claim.reason:
            claim.facts, claim.reason = without(name, claim.facts), ""
            claim.save(update_fields=["facts", "reason"])


def without(name: str, value: Any) -> Any:
    """The value without texts that hold the name, at any depth."""
    if isinstance(value, dict):
        kept = {key: without(name, inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner is not None}
    return None if isinstance(value, str) and name in value else value


def strip_records(records: QuerySet[SourceRecord], *, whole_household: bool = False) -> None:
    """Rows as received. The digest goes too: a hash of name and birth date can be guessed."""
    MatchDecision.objects.filter(record__in=records).update(reason="")
    for row in records.only("facts", "group"):
        row.facts = anonymous_row(row.facts, whole_household=whole_household)
        row.group = "" if whole_household else row.group
        row.save(update_fields=["facts", "group"])
    records.update(
        raw_sealed=seal_json([]),
        digest="",
        national_id_sealed=None,
        national_id_index="",
        issues=[],
        candidates=[],
    )


def anonymous_row(facts: dict[str, Any], *, whole_household: bool) -> dict[str, Any]:
    """A row's facts in their shape: the person nameless, the place down to the village."""
    household = dict(facts.get("household", {}))
    if whole_household:
        household = {n: v for n, v in household.items() if n in KEPT_PLACE}
    answers = {n: v for n, v in facts.get("answers", {}).items() if n in KEPT_FACTS}
    return {
        "person": anonymous(facts.get("person", {}), person=True),
        "household": household,
        "answers": {"indicators": {}, "capitals": {}, "other": {}} | answers,
    }


def leave_house(household: Household) -> None:
    """An unnumbered place in the same village instead of the house."""
    left = household.house
    house = House.objects.create(area_id=household.area_id, house_no="")
    Household.objects.filter(pk=household.pk).update(house=house, house_no="")
    if not Household.everyone.filter(house=left).exists():
        left.delete()


def strip_hand_written(household: Household) -> None:
    """Notes, marks, consents and requests, whichever app they belong to."""
    household.notes.update(text=ERASED_NAME)
    household.attention.update(reason=ERASED_NAME)
    papers: Iterable[str] = Consent.objects.filter(household=household).values_list(
        "paper_stored_as", flat=True
    )
    for name in filter(None, list(papers)):
        transaction.on_commit(partial(files.discard, name))
    Consent.objects.filter(household=household).update(
        given_by=ERASED_NAME, paper_name="", paper_stored_as=""
    )


def settle(households: list[int], areas: set[str]) -> None:
    """Derive, measure and count again."""
    derive_households(households)
    households_changed.send(sender=SourceRecord, households=households)
    areas_changed.send(sender=SourceRecord, areas=areas)
