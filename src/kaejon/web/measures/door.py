"""How a page of measurements gets hold of a run, and how exactly the person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, scope_of
from kaejon.apps.areas.models import LENGTH_OF_LEVEL, WHOLE_SYSTEM, Area
from kaejon.apps.areas.queries import contains, path_to, within
from kaejon.apps.measurement.models import AreaResult, MeasurementRun
from kaejon.apps.measurement.queries import area_results, runs_visible_to
from kaejon.apps.statistics.runs import Audience, RunView, public
from kaejon.apps.statistics.visibility import reader_of
from kaejon.web.doors import actor_of


def run_for(
    request: HttpRequest, public_id: UUID, permission: Permission = Permission.SEE_COUNTS
) -> MeasurementRun:
    """The run, if the person sees counts of its area or of places inside it; otherwise it does not exist."""
    user = actor_of(request)
    run = get_object_or_404(runs_visible_to(user), public_id=public_id)
    if permission is not Permission.SEE_COUNTS and not may(user, permission, at=run.area_id):
        raise Http404
    return run


@dataclass(frozen=True)
class RunSight:
    """A run over its own area or one inside it, as one person (or the public) sees it."""

    run: MeasurementRun
    user: User
    area: Area
    public: bool = False

    @cached_property
    def view(self) -> RunView:
        return RunView(self.run, public() if self.public else reader_of(self.user))

    @property
    def audience(self) -> Audience:
        return self.view.audience(self.area.code)

    @property
    def exact(self) -> bool:
        return self.audience == "exact"

    @property
    def is_whole(self) -> bool:
        """Whether the run's own area is shown, not a part of it."""
        return self.area.code == self.run.area_id

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The figures of the area shown, as the audience may see them."""
        if self.is_whole:
            return self.view.results()
        row = AreaResult.objects.filter(run=self.run, area=self.area).first()
        if row is None:
            return {"hidden": True}
        return self.view.area(self.area.code, row.figures)

    @cached_property
    def parts(self) -> list[tuple[Area, dict[str, Any]]]:
        """The areas one rung below that the person may see, with their figures."""
        below = level_below(self.area.code)
        if below is None:
            return []
        rows = area_results(self.user, self.run).filter(level=below)
        if self.area.code != WHOLE_SYSTEM:
            rows = rows.filter(within(self.area.code, "area_id"))
        return [(row.area, figures) for row, figures in self.view.areas(rows)]

    @cached_property
    def path(self) -> list[Area]:
        """The areas from the run's own down to the one shown."""
        return [a for a in path_to(self.area) if contains(self.run.area_id, a.code)]


def level_below(code: str) -> str | None:
    """The level one rung below an area; none below a village."""
    digits = 2 if code == WHOLE_SYSTEM else len(code) + 2
    return str(LENGTH_OF_LEVEL[digits]) if digits in LENGTH_OF_LEVEL else None


def sight_for(request: HttpRequest, run: MeasurementRun) -> RunSight:
    """The run as this person sees it, over the area asked for (`?area=`) or its own."""
    code = request.GET.get("area") or run.area_id
    user = actor_of(request)
    area = run.area if code == run.area_id else get_object_or_404(Area, code=code)
    inside = contains(run.area_id, code)
    if not inside or (
        code != run.area_id and not scope_of(user, Permission.SEE_COUNTS).touches(code)
    ):
        raise Http404
    return RunSight(run, user, area)
