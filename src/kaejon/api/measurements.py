"""Counts of areas by capital and level, and the capital scores of one household."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema

from kaejon.api.access import area_for, household_for, reader_of
from kaejon.api.areas import CodeInPath
from kaejon.api.counts import Count, count_out
from kaejon.apps.access.roles import Permission
from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards.queries import FIGURES
from kaejon.apps.households.models import CAPITALS
from kaejon.apps.measurement.models import CapitalScore
from kaejon.apps.statistics.standing import CountsShown, Standing
from kaejon.apps.statistics.visibility import reader_of as counts_reader

router = Router(tags=["measurements"])

MEASURES = ("overall", *CAPITALS)


class LevelCounts(Schema):
    """Households at each level."""

    level_1: Count
    level_2: Count
    level_3: Count
    level_4: Count


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
    households: Count
    persons: Count
    surveyed_households: Count
    surveyed_persons: Count
    bmn_poor_households: Count
    target_poor_households: Count
    target_poor_persons: Count
    conflicts: Count
    levels: ByMeasure


class AreaMeasurement(AreaCounts):
    """`whole`: false when the reader sees only a part of the area. `exact`: false when the counts are told
    in classes of five, because the reader may not open the households behind them; parts then need not add up.
    `counted_at`: null before any list is applied."""

    whole: bool
    exact: bool
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


def counts_out(area: Area, counts: CountsShown) -> dict[str, Any]:
    levels = {
        measure: {
            f"level_{level}": count_out(shown)
            for level, shown in enumerate(counts.levels(measure).counts, 1)
        }
        for measure in MEASURES
    }
    figures = {figure: count_out(counts.figure(figure)) for figure in FIGURES}
    return {
        "area": area.code,
        "name_th": area.name_th,
        "name_en": area.name_en,
        "levels": levels,
        **figures,
    }


@router.get(
    "/areas/{code}",
    response=AreaMeasurement,
    operation_id="measure_area",
    summary="Counts of an area and its parts",
)
def measure_area(request: HttpRequest, code: CodeInPath) -> dict[str, Any]:
    """Counts for work inside the partnership, exact or rounded as the reader sees them on the pages."""
    area = area_for(request, code, Permission.SEE_COUNTS)
    reader = counts_reader(reader_of(request))
    standing = Standing(area, reader)
    return counts_out(area, standing.total) | {
        "whole": reader.counts.holds_at(area.code),
        "exact": standing.exact,
        "counted_at": standing.counted_at,
        "parts": [counts_out(part, counts) for part, counts in standing.parts],
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
