"""Reading checks, overrides, forums, corrections and results within the reader's scope."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.queries import within
from kaejon.apps.folders.listing import HouseNumber
from kaejon.apps.households.queries import in_scope, of_visible
from kaejon.apps.surveys.models import (
    AgendaItem,
    Correction,
    Forum,
    Objection,
    ResultsFile,
    StatusOverride,
    Verification,
)

SEE, VERIFY = Permission.SEE_HOUSEHOLDS, Permission.VERIFY


def checks_visible_to(actor: User, permission: Permission = SEE) -> QuerySet[Verification]:
    """Checks of households in areas where the actor holds the permission; a grant opens none."""
    scope = scope_of(actor, permission)
    return Verification.objects.filter(scope.by_area("household__area_id")).select_related(
        "household", "forum", "checked_by", "withdrawn_by", "moved_to_area"
    )


def overrides_visible_to(actor: User, permission: Permission = SEE) -> QuerySet[StatusOverride]:
    """Live settings by hand, as `checks_visible_to`."""
    scope = scope_of(actor, permission)
    rows = StatusOverride.objects.filter(scope.by_area("household__area_id"), removed_at=None)
    return rows.select_related("household", "set_by")


def forums_visible_to(actor: User, permission: Permission = VERIFY) -> QuerySet[Forum]:
    """Forums of areas in which the actor holds the permission, latest first."""
    scope = scope_of(actor, permission)
    return Forum.objects.filter(scope.by_area("area_id")).select_related("area", "closed_by")


def forums_with_counts(actor: User, area: str = "00") -> QuerySet[Forum]:
    """Forums with the number of households on the agenda and decided."""
    rows = forums_visible_to(actor).filter(within(area, "area_id")).order_by("-held_on", "-pk")
    return rows.annotate(
        households=Count("agenda"),
        decided=Count("agenda", filter=Q(agenda__decision__isnull=False)),
    )


def items_visible_to(actor: User, permission: Permission = VERIFY) -> QuerySet[AgendaItem]:
    """Agenda items of households and forums in which the actor holds the permission."""
    forums = scope_of(actor, permission).by_area("forum__area_id")
    rows = AgendaItem.objects.filter(of_visible(actor, permission), forums)
    return rows.select_related("forum__area", "household__area", "decision")


def in_order(items: QuerySet[AgendaItem]) -> QuerySet[AgendaItem]:
    """Agenda items in the order of the walk: village, then house number as a number."""
    number = HouseNumber("household__house_no")
    return items.order_by("household__area_id", number, "household__house_no", "pk")


def objections_visible_to(actor: User, permission: Permission = VERIFY) -> QuerySet[Objection]:
    """Objections to decisions about households in which the actor holds the permission."""
    rows = Objection.objects.filter(item__in=items_visible_to(actor, permission))
    return rows.select_related("item__forum__area", "item__household")


def corrections_visible_to(actor: User, permission: Permission = VERIFY) -> QuerySet[Correction]:
    """What list owners are asked, about households on which the actor holds the permission."""
    scope = scope_of(actor, permission)
    return Correction.objects.filter(
        in_scope(scope, "household__area_id", "household_id")
    ).select_related("version__source__owner", "household__area", "person")


def results_visible_to(actor: User) -> QuerySet[ResultsFile]:
    """Filled-in worklists the actor sent and has not yet applied."""
    return ResultsFile.objects.filter(uploaded_by=actor, applied_at=None).select_related("area")
