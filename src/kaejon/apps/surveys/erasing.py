"""What field work holds about a family goes when the family is erased; the outcome stays for the counts."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from kaejon.apps.households.models import Household, Person
from kaejon.apps.sources import files
from kaejon.apps.surveys.models import Correction, Objection, StatusOverride, Verification


def erase_household(household: Household, erased: str) -> None:
    """Photos, notes, points, new addresses, objections and asked values of a household."""
    checks = Verification.objects.filter(household=household)
    for name in filter(None, checks.values_list("photo_stored_as", flat=True)):
        transaction.on_commit(partial(files.discard, name))
    checks.update(
        note="", latitude=None, longitude=None, photo_stored_as="", moved_to="", duplicate_of=None
    )
    checks.exclude(withdrawn_at=None).update(withdrawn_reason=erased)
    StatusOverride.objects.filter(household=household).update(reason=erased)
    StatusOverride.objects.filter(household=household).exclude(removed_at=None).update(
        removed_reason=erased
    )
    objections = Objection.objects.filter(item__household=household)
    objections.exclude(answer="").update(answer=erased)
    objections.update(raised_by=erased, text=erased)
    Correction.objects.filter(household=household).update(listed="", right=erased, answer="")


def erase_person(person: Person, name: str, erased: str) -> None:
    """Asked values about a person, and free text about the household that names the person."""
    Correction.objects.filter(person=person).update(listed="", right=erased, answer="")
    if not name or person.household_id is None:
        return
    home = person.household_id
    Verification.objects.filter(household=home, note__contains=name).update(note="")
    Verification.objects.filter(household=home, withdrawn_reason__contains=name).update(
        withdrawn_reason=erased
    )
    StatusOverride.objects.filter(household=home, reason__contains=name).update(reason=erased)
    spoken = Objection.objects.filter(item__household=home)
    spoken.filter(raised_by__contains=name).update(raised_by=erased)
    spoken.filter(text__contains=name).update(text=erased)
    spoken.filter(answer__contains=name).update(answer=erased)
