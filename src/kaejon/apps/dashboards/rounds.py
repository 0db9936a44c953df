"""Sums of each survey round, and how households moved between two rounds of one list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet

from kaejon.apps.households.models import CAPITALS, Household
from kaejon.apps.measurement.actions import POINTS
from kaejon.apps.measurement.models import CapitalScore, PovertyScreen
from kaejon.apps.sources.models import SourceVersion

MEASURES = (*CAPITALS, "overall")
# Levels 0-4 on both sides; 0 is "not in that survey"
STEPS = 5

Figures = dict[str, list[int]]


class Scored(NamedTuple):
    """One household in one survey."""

    area: str
    household: int
    version: int
    scores: dict[str, str | None]
    levels: dict[str, int | None]


def figures_of_rounds(present: QuerySet[Household], codes: list[str]) -> dict[str, Figures]:
    """The rounds of the areas that more than one survey or screen reached; mostly none."""
    found: dict[str, Figures] = defaultdict(dict)
    several = areas_of_several(CapitalScore, codes)
    if several:
        add_scores(scored(present.filter(area__in=several)), found)
    screened = areas_of_several(PovertyScreen, codes)
    rows = (
        PovertyScreen.objects.filter(household__in=present.filter(area__in=screened))
        .values_list("household__area", "version", "bmn_poor")
        .annotate(count=Count("pk"))
        .order_by("household__area")
    )
    for area, version, poor, count in rows:
        numbers = found[area].setdefault(f"screen.{version}", [0, 0])
        numbers[0] += count
        numbers[1] += count if poor else 0
    return found


def areas_of_several(model: type[CapitalScore | PovertyScreen], codes: list[str]) -> list[str]:
    """Area codes in which rows of more than one version stand."""
    rows = (
        model.objects.filter(household__area__in=codes)
        .values("household__area")
        .annotate(versions=Count("version", distinct=True))
        .filter(versions__gt=1)
    )
    return [row["household__area"] for row in rows.order_by()]


def scored(households: QuerySet[Household]) -> list[Scored]:
    rows = CapitalScore.objects.filter(household__in=households).values_list(
        "household__area", "household", "version", "scores", "levels"
    )
    return [Scored(*row) for row in rows.order_by("household__area")]


def add_scores(rows: Iterable[Scored], found: dict[str, Figures]) -> None:
    for area, group in groupby(rows, key=lambda row: row.area):
        here = list(group)
        for row in here:
            add_one(row, found[area])
        for earlier, later in pairs({row.version for row in here}):
            found[area][f"move.{earlier}.{later}"] = moves(here, earlier, later)


def add_one(row: Scored, figures: Figures) -> None:
    for measure in MEASURES:
        level, score = row.levels.get(measure), row.scores.get(measure)
        if level is None or score is None:
            continue
        numbers = figures.setdefault(f"round.{row.version}.{measure}", [0] * (2 + STEPS - 1))
        numbers[0] += 1
        numbers[1] += int(Decimal(score) * POINTS)
        numbers[1 + level] += 1


def pairs(versions: set[int]) -> list[tuple[int, int]]:
    """Each version with the next one of the same list, by date."""
    rows = SourceVersion.objects.filter(pk__in=versions).order_by("source", "as_of", "pk")
    found = []
    for _, group in groupby(rows.values_list("source", "pk"), key=lambda row: row[0]):
        keys = [pk for _, pk in group]
        found += list(pairwise(keys))
    return found


def moves(rows: list[Scored], earlier: int, later: int) -> list[int]:
    """25 counts: households from level 0-4 (rows) to level 0-4 (columns)."""
    before: dict[int, Any] = {
        r.household: r.levels.get("overall") for r in rows if r.version == earlier
    }
    after: dict[int, Any] = {
        r.household: r.levels.get("overall") for r in rows if r.version == later
    }
    counts = [0] * (STEPS * STEPS)
    for household in before.keys() | after.keys():
        counts[STEPS * (before.get(household) or 0) + (after.get(household) or 0)] += 1
    return counts
