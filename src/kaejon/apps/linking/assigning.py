"""Who works off what waits in a tambon."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require, scope_of, users_who_may
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.audit.actions import record as record_event
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.models import QueueAssignment


@transaction.atomic
def assign_queue(*, area: Area, user: User | None, by: User) -> QueueAssignment | None:
    """Give what waits in a tambon to somebody; None: to nobody in particular.

    Refuses an area of others (NotPermitted), one that is no tambon, and somebody who may not work there.
    """
    require(by, Permission.APPLY_LISTS, at=area.code)
    if area.level != Level.TAMBON:
        raise DecisionError("OUTSIDE")
    if user is not None and not workers_of(area).filter(pk=user.pk).exists():
        raise DecisionError("NOT_FROM_HERE")
    QueueAssignment.objects.select_for_update().filter(area=area, ended_at=None).update(
        ended_at=timezone.now()
    )
    given = None
    if user is not None:
        given = QueueAssignment.objects.create(area=area, user=user, assigned_by=by)
    record_event(
        by=by,
        verb="queue.assign",
        subject_type="area",
        subject_id=area.code,
        area=area.code,
        label=area.name_th,
        changes={"to": user.display_name if user else ""},
    )
    return given


def workers_of(area: Area) -> QuerySet[User]:
    """Who may decide what waits in the area, by name."""
    return users_who_may(Permission.APPLY_LISTS, area.code).order_by("first_name", "username")


def assignments_visible_to(actor: User) -> QuerySet[QueueAssignment]:
    """Open assignments of tambons in which the actor may decide."""
    scope = scope_of(actor, Permission.APPLY_LISTS)
    rows = QueueAssignment.objects.filter(scope.by_area("area_id"), ended_at=None)
    return rows.select_related("user", "area")


def tambons_of(actor: User) -> list[str]:
    """Codes of the tambons assigned to the actor."""
    mine = assignments_visible_to(actor).filter(user=actor)
    return sorted(mine.values_list("area", flat=True))
