"""Field checks: what an officer saw or was told, kept as claims like those of any list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from kaejon.apps.access.models import RoleAssignment, User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission, roles_with
from kaejon.apps.access.scope import assignments_of
from kaejon.apps.areas.queries import contains
from kaejon.apps.households.models import Household, Person
from kaejon.apps.partners.models import Organization
from kaejon.apps.sources.actions import keep_source, version_of
from kaejon.apps.sources.deriving import derive_households, derive_people
from kaejon.apps.sources.models import Assertion, Kind, LegalBasis, Source, SourceVersion
from kaejon.apps.sources.signals import areas_changed, households_changed
from kaejon.methods.thai.buddhist_era import to_be

RANK = 1
RETENTION_YEARS = 10


def organization_acting(user: User, area: str) -> Organization:
    """The organization in whose name the user corrects households of an area; the nearest grant counts."""
    rows: list[RoleAssignment] = [
        row
        for row in assignments_of(user)
        .filter(role__in=roles_with(Permission.EDIT_HOUSEHOLDS))
        .select_related("organization")
        if contains(row.area_id, area)
    ]
    if not rows:
        raise NotPermitted(Permission.EDIT_HOUSEHOLDS, area)
    return max(rows, key=lambda row: (len(row.area_id), row.pk)).organization


def field_source(user: User, area: str) -> Source:
    """The field checks of the user's organization, registered on first use."""
    owner = organization_acting(user, area)
    code = f"field-check-{owner.code}"[:60]
    found = Source.objects.filter(code=code).first()
    return found or keep_source(
        code=code,
        kind=Kind.FIELD,
        name_th=f"ตรวจสอบในพื้นที่ โดย{owner.name_th}",
        name_en=f"Field check by {owner.name_en or owner.name_th}",
        owner=owner,
        legal_basis=LegalBasis.PUBLIC_TASK,
        purpose="แก้ไขและยืนยันข้อมูลครัวเรือนจากการเยี่ยมหรือสอบถามในพื้นที่",
        retention_years=RETENTION_YEARS,
        rank=RANK,
        unit="household",
        actor=user,
    )


def field_version(user: User, area: str, day: date) -> SourceVersion:
    """The year of the user's field checks in which a day falls."""
    source = field_source(user, area)
    return version_of(source, year_be=to_be(day.year), as_of=date(day.year, 12, 31))


def state(
    *,
    household: Household,
    facts: Mapping[str, Any],
    reason: str,
    actor: User,
    person: Person | None = None,
    area: str = "",
    on: date | None = None,
    version: SourceVersion | None = None,
) -> Assertion:
    """Write one field check about a household or a person, seen today unless told.

    `version`: as of `field_version`, for a caller that writes many. A part of verbs: they have
    asked whether `actor` may do it; here only the organization acting is looked up.
    """
    day = on or timezone.localdate()
    return Assertion.objects.create(
        version=version or field_version(actor, area or household.area_id, day),
        household=household,
        person=person,
        as_of=day,
        facts=dict(facts),
        stated_by=actor,
        reason=reason[:500],
    )


def retract(*, household: Household, person: Person | None, facts: Collection[str]) -> None:
    """Take facts back that only field checks state; what else those checks said is stated again."""
    rows = Assertion.objects.filter(
        Q(person=person) if person else Q(person=None, household=household),
        withdrawn_at=None,
        version__source__kind=Kind.FIELD,
    )
    for claim in rows.order_by("pk"):
        rest = {name: value for name, value in claim.facts.items() if name not in facts}
        if len(rest) == len(claim.facts):
            continue
        Assertion.objects.filter(pk=claim.pk).update(withdrawn_at=timezone.now())
        if rest:
            Assertion.objects.create(
                version_id=claim.version_id,
                household_id=claim.household_id,
                person_id=claim.person_id,
                as_of=claim.as_of,
                facts=rest,
                stated_by=claim.stated_by,
                reason=claim.reason,
            )


def derive(
    *, households: Collection[int], people: Collection[int] = (), areas: Collection[str]
) -> None:
    """Present values, standing and tallies again after field checks."""
    derive_people(people)
    derive_households(households)
    households_changed.send(sender=Household, households=sorted(households))
    areas_changed.send(sender=Household, areas=set(areas))
