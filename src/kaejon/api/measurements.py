"""Counts of areas by capital and level, and the capital scores of one household."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from kaejon.api.access import area_for, household_for, reader_of
from kaejon.api.areas import CodeInPath
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards.queries import FIGURES, Counts, parts_of, tallies
from kaejon.apps.households.models import CAPITALS
from kaejon.apps.measurement.models import CapitalScore

router = Router(tags=["measurements"])

MEASURES = ("overall", *CAPITALS)


class LevelCounts(Schema):
    """Households at each level."""

    level_1: int
    level_2: int
    level_3: int
    level_4: int


class ByMeasure(Schema):
    overall: LevelCounts
    human: LevelCounts
    physical: LevelCounts
    financial: LevelCounts
    natural: LevelCounts
    social: LevelCounts


class AreaCounts(Schema):
    """Counts of households and people of one area, as far as the reader's scope reaches."""

    area: str
    name_th: str
    name_en: str
    households: int
    persons: int
    surveyed_households: int
    surveyed_persons: int
    bmn_poor_households: int
    target_poor_households: int
    target_poor_persons: int
    conflicts: int
    levels: ByMeasure


class AreaMeasurement(AreaCounts):
    """`whole`: false when the reader sees only a part of the area. `counted_at`: null before any list is applied."""

    whole: bool
    counted_at: datetime | None
    parts: list[AreaCounts]


class ScoreOut(Schema):
    """Scores 1-4 as exact decimal text, null where an item is missing; `definition` names weights and boundaries."""

    source: str
    year_be: int
    as_of: date
    definition: str
    scores: dict[str, str | None]
    levels: dict[str, int | None]


def counts_out(area: Area, counts: Counts) -> dict[str, Any]:
    levels = {}
    for measure in MEASURES:
        levels[measure] = {
            f"level_{n}": count for n, count in enumerate(counts.at_levels(measure), 1)
        }
    return {
        "area": area.code,
        "name_th": area.name_th,
        "name_en": area.name_en,
        "levels": levels,
        **{figure: getattr(counts, figure) for figure in FIGURES},
    }


@router.get(
    "/areas/{code}",
    response=AreaMeasurement,
    operation_id="measure_area",
    summary="Counts of an area and its parts",
)
def measure_area(request: HttpRequest, code: CodeInPath) -> dict[str, Any]:
    """Unsuppressed counts for work inside the partnership; not for publication."""
    area = area_for(request, code, Permission.SEE_COUNTS)
    scope = scope_of(reader_of(request), Permission.SEE_COUNTS)
    found = tallies(scope, area)
    return counts_out(area, found.total()) | {
        "whole": scope.holds_at(area.code),
        "counted_at": found.counted_at,
        "parts": [counts_out(part, counts) for part, counts in parts_of(area, scope, found)],
    }


@router.get(
    "/households/{uuid:household_id}",
    response=list[ScoreOut],
    operation_id="measure_household",
    summary="Capital scores of one household",
)
def measure_household(request: HttpRequest, household_id: UUID) -> list[dict[str, Any]]:
    """One entry a list version, newest first; empty when never surveyed."""
    household = household_for(request, household_id)
    rows = CapitalScore.objects.filter(household=household).select_related("version__source")
    return [
        {
            "source": row.version.source.code,
            "year_be": row.version.year_be,
            "as_of": row.as_of,
            "definition": row.definition,
            "scores": text_scores(row.scores),
            "levels": row.levels,
        }
        for row in rows.order_by("-as_of", "-pk")
    ]


def text_scores(scores: dict[str, Any]) -> dict[str, str | None]:
    return {name: None if score is None else str(score) for name, score in scores.items()}
