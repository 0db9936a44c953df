"""Reading requests and consents, and what is held about one household, within the reader's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from kaejon.apps.access.models import RoleAssignment, User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.households.models import Household, Person
from kaejon.apps.privacy.models import Consent, RequestStatus, SubjectRequest
from kaejon.apps.sources.models import Assertion, LegalBasis, Source, SourceVersion


def requests_visible_to(actor: User) -> QuerySet[SubjectRequest]:
    """Requests of the areas in which the actor handles them."""
    scope = scope_of(actor, Permission.HANDLE_REQUESTS)
    return SubjectRequest.objects.filter(scope.by_area("area_id")).select_related(
        "household", "area__parent", "recorded_by", "answered_by"
    )


def request_counts(rows: QuerySet[SubjectRequest], today: date) -> dict[str, int]:
    """How many are open, overdue and closed."""
    is_open = Q(status=RequestStatus.OPEN)
    return rows.order_by().aggregate(
        open=Count("pk", filter=is_open),
        overdue=Count("pk", filter=is_open & Q(due_on__lt=today)),
        closed=Count("pk", filter=~is_open),
    )


def consents_of(household: Household) -> QuerySet[Consent]:
    """Every answer of a household, the one that counts first for each source."""
    return household.consents.select_related("source", "recorded_by").order_by(
        "source_id", "-stated_on", "-pk"
    )


def consent_sources(household: Household) -> QuerySet[Source]:
    """Sources resting on consent that speak of the household, or were answered by it."""
    spoken = Assertion.objects.filter(household=household).values("version__source")
    answered = Consent.objects.filter(household=household).values("source")
    return Source.objects.filter(legal_basis=LegalBasis.CONSENT).filter(
        Q(pk__in=spoken) | Q(pk__in=answered)
    )


@dataclass(frozen=True)
class HeldList:
    """A list version that speaks of the household, and until when it is kept."""

    version: SourceVersion
    kept_until: date


def lists_about(household: Household) -> list[HeldList]:
    """Versions with live claims on the household or its members, newest first."""
    spoken = Assertion.objects.filter(household=household, withdrawn_at=None).values("version")
    versions = SourceVersion.objects.filter(pk__in=spoken).select_related("source__owner")
    return [HeldList(v, v.kept_until) for v in versions.order_by("-year_be", "-round", "pk")]


def people_of(household: Household) -> QuerySet[Person]:
    """Members now, the head first."""
    return household.people.order_by("-is_head", "birth_date", "pk")


def offices_of(user_ids: set[str]) -> dict[str, str]:
    """The organization each person works for, by user id."""
    rows = RoleAssignment.objects.filter(user__public_id_value__in=user_ids).select_related(
        "user", "organization"
    )
    return {row.user.public_id: row.organization.name for row in rows.order_by("valid_from", "pk")}
