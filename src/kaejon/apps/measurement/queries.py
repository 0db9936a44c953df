"""Reading runs: every queryset starts from what the actor's counts reach."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.measurement.models import AreaResult, MeasurementRun, RunStatus
from kaejon.apps.sources.models import SourceVersion


def runs_visible_to(actor: User) -> QuerySet[MeasurementRun]:
    """Runs of the areas whose counts the actor sees, and of the areas above them (their totals only)."""
    scope = scope_of(actor, Permission.SEE_COUNTS)
    above = {place[:digits] for place in scope.places for digits in (2, 4, 6)}
    above |= {WHOLE_SYSTEM} if scope else set()
    condition = scope.by_area("area_id") | Q(area_id__in=above)
    rows = MeasurementRun.objects.filter(condition)
    return rows.select_related("area", "version__source", "before__source", "created_by", "job")


def newest_runs(actor: User, *, kind: str, area: str) -> QuerySet[MeasurementRun]:
    """Finished runs of a kind that speak of the area (of itself or of one around it), the newest list first."""
    codes = [WHOLE_SYSTEM, *(area[:digits] for digits in (2, 4, 6, 8) if digits <= len(area))]
    return (
        runs_visible_to(actor)
        .filter(kind=kind, area_id__in=codes, status=RunStatus.DONE, withdrawn_at=None)
        .order_by("-version__as_of", "-finished_at", "-pk")
    )


def area_results(
    actor: User, run: MeasurementRun, codes: Iterable[str] | None = None
) -> QuerySet[AreaResult]:
    """What a run says about the areas inside the actor's counts, exact; `statistics.runs` tells what may be shown."""
    scope = scope_of(actor, Permission.SEE_COUNTS)
    rows = AreaResult.objects.filter(scope.by_area("area_id"), run=run).select_related("area")
    return rows if codes is None else rows.filter(area_id__in=list(codes))


def measurable_versions(actor: User, kinds: Iterable[str]) -> QuerySet[SourceVersion]:
    """List versions of these kinds that were applied to an area the actor may measure, newest first."""
    scope = scope_of(actor, Permission.MEASURE)
    applied = Q(batches__status="applied") & (
        scope.by_area("batches__area_id") | Q(batches__area_id__in=around(scope.places))
    )
    rows = SourceVersion.objects.filter(applied, source__kind__in=list(kinds))
    return rows.select_related("source").distinct().order_by("-as_of", "source__rank")


def around(places: Iterable[str]) -> set[str]:
    return {WHOLE_SYSTEM, *(place[:digits] for place in places for digits in (2, 4, 6))}
