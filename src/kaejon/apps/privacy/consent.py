"""Consent of a household to one source, and what a refusal does to that source's claims.

While the latest answer is a refusal or withdrawal, no claim of the source on the
household is live. The claims are kept, marked with the moment of the answer, so
that a later consent brings back exactly these.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.audit.actions import record
from kaejon.apps.households.bulk import Among
from kaejon.apps.households.models import LEFT_BY_CONSENT, Household, Membership, Person
from kaejon.apps.privacy.models import Consent, ConsentStatus
from kaejon.apps.privacy.refusals import PrivacyRefused
from kaejon.apps.sources.deriving import derive_households, derive_people, fill_person
from kaejon.apps.sources.models import Assertion, BatchStatus, LegalBasis, Source
from kaejon.apps.sources.signals import areas_changed, households_changed

REFUSING = (ConsentStatus.REFUSED, ConsentStatus.WITHDRAWN)


@made_once
@transaction.atomic
def record_consent(
    *,
    household: Household,
    source: Source,
    status: str,
    given_by: str,
    stated_on: date,
    by: User,
    paper_name: str = "",
    paper_stored_as: str = "",
) -> Consent:
    """Write down the household's answer for one source and let it take effect.

    Refuses a household of others (NotPermitted), a source whose basis is not consent, and a day still to come.
    """
    area = (
        Household.objects.select_for_update().values_list("area_id", flat=True).get(pk=household.pk)
    )
    require(by, Permission.HANDLE_REQUESTS, at=area)
    if source.legal_basis != LegalBasis.CONSENT:
        raise PrivacyRefused(
            "not_by_consent",
            _("This list does not rest on consent."),
            _("Record an objection as a request instead."),
        )
    if stated_on > timezone.localdate():
        raise PrivacyRefused("stated_later", _("The day of the answer lies in the future."))
    before = latest_consent(household, source)
    consent = Consent(
        household=household,
        source=source,
        status=status,
        given_by=given_by,
        stated_on=stated_on,
        recorded_by=by,
        paper_name=paper_name[:255],
        paper_stored_as=paper_stored_as,
    )
    consent.full_clean()
    consent.save()
    take_effect(household, source)
    if consent.status in REFUSING:
        # Here: it brings Arrow, a quarter of the start of every command.
        from kaejon.apps.measurement.forgetting import forget_household

        forget_household(household=household.pk, actor=by, source=source.pk)
    record(
        by=by,
        verb="consent.record",
        subject_type="household",
        subject_id=household.public_id,
        area=household.area_id,
        label=source.name_th,
        changes={
            "status": {"from": before.status if before else "", "to": status},
            "source": source.code,
        },
    )
    return consent


def latest_consent(household: Household, source: Source) -> Consent | None:
    """The answer that counts: the newest by the day it was given."""
    return (
        Consent.objects.filter(household=household, source=source)
        .order_by("-stated_on", "-pk")
        .first()
    )


def take_effect(household: Household, source: Source) -> None:
    """Make the source's claims live or not, as the answer that counts says."""
    latest = latest_consent(household, source)
    if latest is not None and latest.status in REFUSING:
        changed = withdraw(household, source, latest.recorded_at)
    else:
        changed = bring_back(household, source)
    if changed:
        derive_again(household, changed)


def withdraw(household: Household, source: Source, moment: datetime) -> set[int]:
    """Withdraw the source's live claims; returns the people they speak of, 0 for the household itself."""
    claims = Assertion.objects.filter(
        household=household, version__source=source, withdrawn_at=None
    )
    people = {person or 0 for person in claims.values_list("person", flat=True)}
    claims.update(withdrawn_at=moment)
    return people


def bring_back(household: Household, source: Source) -> set[int]:
    """Make live what earlier refusals withdrew, unless its list was taken back since."""
    moments = Consent.objects.filter(
        household=household, source=source, status__in=REFUSING
    ).values("recorded_at")
    claims = Assertion.objects.filter(
        Q(batch=None) | Q(batch__status=BatchStatus.APPLIED),
        household=household,
        version__source=source,
        withdrawn_at__in=moments,
    )
    people = {person or 0 for person in claims.values_list("person", flat=True)}
    Assertion.objects.filter(pk__in=list(claims.values_list("pk", flat=True))).update(
        withdrawn_at=None
    )
    return people


def derive_again(household: Household, people: Collection[int]) -> None:
    """Present values from the claims that are live now; people of whom nothing is left leave the household."""
    ids = {pk for pk in people if pk}
    spoken_of = set(
        Assertion.objects.filter(person__in=ids, withdrawn_at=None).values_list("person", flat=True)
    )
    for person in Person.objects.filter(pk__in=ids):
        if person.pk in spoken_of:
            return_to(person, household)
        else:
            leave(person)
    derive_people(spoken_of)
    derive_households([household.pk])
    households_changed.send(sender=Consent, households=[household.pk])
    areas_changed.send(sender=Consent, areas={household.area_id})


def leave(person: Person) -> None:
    """Nothing about this person may be used: no name, no household."""
    fill_person(person, ())
    person.household = None
    person.target_poor = False
    person.version += 1
    person.save()
    Membership.objects.filter(person=person, ended_on=None).update(
        ended_on=timezone.localdate(), end_reason=LEFT_BY_CONSENT
    )


def return_to(person: Person, household: Household) -> None:
    """Back into the household the person left when consent was refused."""
    if person.household_id is not None:
        return
    closed = (
        Membership.objects.filter(person=person, household=household, end_reason=LEFT_BY_CONSENT)
        .order_by("-pk")
        .first()
    )
    if closed is not None:
        Membership.objects.filter(pk=closed.pk).update(ended_on=None, end_reason="")
    Person.objects.filter(pk=person.pk).update(household=household, area_id=household.area_id)


def hold_refusals(sender: Any, households: Iterable[int], **kwargs: Any) -> None:
    """After claims changed: a new list of a refused source stays without effect on these households."""
    if sender is Consent:
        return
    answers: dict[tuple[int, int], Consent] = {}
    rows = Consent.objects.filter(Among("household", households)).order_by("stated_on", "pk")
    for consent in rows.select_related("household", "source"):
        answers[consent.household_id, consent.source_id] = consent
    for consent in answers.values():
        if consent.status in REFUSING:
            take_effect(consent.household, consent.source)
