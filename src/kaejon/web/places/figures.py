"""Headline numbers, tables and charts of an area, from the counts a person may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards.queries import Counts, boundaries_of
from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.apps.households.models import CAPITALS
from kaejon.web.places.links import area_address
from kaejon.web.places.sight import NEEDS, SURVEY, TARGET, Sight

MEASURES = ("overall", *CAPITALS)
LEVELS = (1, 2, 3, 4)
# With more villages than this the map shows one point a tambon
POINTS_AT_MOST = 400

Figure = dict[str, Any]


def headline(sight: Sight) -> list[Figure]:
    """The first numbers of a page, each with unit, source list and date, and the list behind it."""
    return [*registered(sight), *surveyed(sight), *in_need(sight)]


def registered(sight: Sight) -> list[Figure]:
    """Households and people in the registry."""
    total, note = sight.tallies.total(), sight.registry_note()
    homes, people = pgettext("unit", "households"), pgettext("unit", "people")
    return [
        stat(sight, _("Households"), total.households, homes, note, "home"),
        stat(sight, _("People"), total.persons, people, note, "users"),
    ]


def surveyed(sight: Sight) -> list[Figure]:
    """Households and people reached by a five-capital survey."""
    total, note = sight.tallies.total(), sight.list_note(*SURVEY)
    homes, people = pgettext("unit", "households"), pgettext("unit", "people")
    inside = _("People in surveyed households")
    return [
        stat(
            sight,
            _("Households surveyed"),
            total.surveyed_households,
            homes,
            note,
            "clipboard-check",
            level="known",
        ),
        stat(sight, inside, total.surveyed_persons, people, note, "users-group", level="known"),
    ]


def in_need(sight: Sight) -> list[Figure]:
    """Who is named or screened as poor, and where lists disagree."""
    total = sight.tallies.total()
    homes, people = pgettext("unit", "households"), pgettext("unit", "people")
    named, screened, registry = (
        sight.list_note(*TARGET),
        sight.list_note(*NEEDS),
        sight.registry_note(),
    )
    persons, families = _("Target poor (TPMAP): people"), _("Target poor (TPMAP): households")
    below, disagree = _("Below basic needs (จปฐ.)"), _("Lists disagree, to be checked")
    return [
        stat(sight, persons, total.target_poor_persons, people, named, "target", target=True),
        stat(
            sight, families, total.target_poor_households, homes, named, "home-heart", target=True
        ),
        stat(
            sight, below, total.bmn_poor_households, homes, screened, "home-exclamation", bmn=True
        ),
        stat(sight, disagree, total.conflicts, homes, registry, "arrows-exchange", conflicts=True),
    ]


def stat(
    sight: Sight, label: str, number: int, unit: str, note: str, icon: str, **filters: str | bool
) -> Figure:
    return {
        "label": label,
        "number": number,
        "text": sight.text(number),
        "unit": unit,
        "note": note,
        "icon": icon,
        "url": sight.link(number, **filters),
    }


def problems(sight: Sight) -> Figure:
    """Households at level 1 or 2 by capital, the capital with most of them first."""
    total = sight.tallies.total()
    ranked = sorted(CAPITALS, key=lambda c: (-total.low(c), -total.at_levels(c)[0]))
    rows = [
        {
            "name": capital_name(capital),
            "low": sight.cell(total.low(capital), measure=capital, level="low"),
            "one": sight.cell(total.at_levels(capital)[0], measure=capital, level="1"),
            "two": sight.cell(total.at_levels(capital)[1], measure=capital, level="2"),
            "share": share(total.low(capital), total.measured(capital)) if sight.exact else None,
        }
        for capital in ranked
    ]
    chart = {
        "categories": [row["name"] for row in rows],
        "unit": pgettext("unit", "households"),
        "sideways": True,
        "series": [
            {
                "name": level_name(level),
                "level": level,
                "values": [sight.value(total.at_levels(c)[level - 1]) for c in ranked],
            }
            for level in (1, 2)
        ],
        "urls": [row["low"]["url"] for row in rows],
    }
    return {"rows": rows, "chart": chart, "worst": rows[0], "surveyed": total.surveyed_households}


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def level_table(sight: Sight) -> list[Figure]:
    """Households by capital and level, with those not surveyed."""
    total = sight.tallies.total()
    return [
        {
            "name": capital_name(measure),
            "overall": measure == "overall",
            "levels": [
                {
                    "level": level,
                    **sight.cell(
                        total.at_levels(measure)[level - 1], measure=measure, level=str(level)
                    ),
                }
                for level in LEVELS
            ],
            "none": sight.cell(unknown(total, measure), measure=measure, level="none"),
        }
        for measure in MEASURES
    ]


def unknown(counts: Counts, measure: str) -> int:
    """Households without a level of this measure."""
    known = counts.surveyed_households if measure == "overall" else counts.measured(measure)
    return counts.households - known


def parts_shown(sight: Sight, measure: str = "overall") -> dict[str, list[Figure]]:
    """One row for each area below: counts, levels of one measure, target poor; empty areas apart."""
    rows = [part_row(sight, part, counts, measure) for part, counts in sight.parts]
    return {
        "parts": [row for row in rows if not row["empty"]],
        "empty_parts": [row for row in rows if row["empty"]],
    }


def part_row(sight: Sight, part: Area, counts: Counts, measure: str) -> Figure:
    own = part.code == sight.area.code
    code = part.code
    return {
        "name": _("Village not known") if own else part.full_name,
        "url": "" if own else area_address(code),
        "empty": not counts.households,
        "households": part_cell(sight, own, counts.households, code),
        "persons": part_cell(sight, own, counts.persons, code),
        "surveyed": part_cell(sight, own, counts.surveyed_households, code, level="known"),
        "levels": [
            {
                "level": n,
                **part_cell(
                    sight,
                    own,
                    counts.at_levels(measure)[n - 1],
                    code,
                    measure=measure,
                    level=str(n),
                ),
            }
            for n in LEVELS
        ],
        "target": part_cell(sight, own, counts.target_poor_persons, code, target=True),
    }


def part_cell(
    sight: Sight, own: bool, number: int, code: str, **filters: str | bool
) -> dict[str, str]:
    """A cell of a part; the households without a known village have no list of their own."""
    return {"text": sight.text(number), "url": ""} if own else sight.cell(number, code, **filters)


def parts_chart(sight: Sight) -> Figure | None:
    """Levels of the surveyed households by part, as stacked bars; None without any survey."""
    parts = [
        (part, counts)
        for part, counts in sight.parts
        if counts.measured("overall") and part.code != sight.area.code
    ]
    if not parts:
        return None
    return {
        "categories": [part.name for part, _counts in parts],
        "unit": pgettext("unit", "households"),
        "sideways": True,
        "series": [
            {
                "name": level_name(level),
                "level": level,
                "values": [
                    sight.value(counts.at_levels("overall")[level - 1]) for _part, counts in parts
                ],
            }
            for level in LEVELS
        ],
        "urls": [area_address(part.code) for part, _counts in parts],
    }


def chart_size(chart: Figure | None) -> str:
    """Taller for more bars."""
    bars = len(chart["categories"]) if chart else 0
    return "tall" if bars > 8 else ""


def points_map(sight: Sight, boundaries: list[Figure]) -> Figure | None:
    """Where the households at level 1 or 2 live."""
    return points_where(sight, lambda counts: counts.low("overall"), boundaries)


def points_where(
    sight: Sight, number_of: Callable[[Counts], int], boundaries: list[Figure]
) -> Figure | None:
    """Where the counted households live: a point a village, or a tambon when there are many."""
    names = {area.code: area for area in map_names(sight)}
    by_village = len(sight.tallies.rows) <= POINTS_AT_MOST
    places = [p for p in sight.tallies.points(8 if by_village else 6) if number_of(p.counts)]
    shown = [
        {
            "name": names[place.code].full_name if place.code in names else place.code,
            "lon": round(place.longitude, 5),
            "lat": round(place.latitude, 5),
            "value": value,
            "url": area_address(place.code),
        }
        for place in places
        if (value := sight.value(number_of(place.counts)))
    ]
    chart: Figure = {"points": shown, "unit": pgettext("unit", "households")}
    if boundaries:
        chart["boundaries"] = {"type": "FeatureCollection", "features": boundaries}
    return {"chart": chart, "by_village": by_village} if shown else None


def areas_map(sight: Sight, boundaries: list[Figure]) -> Figure | None:
    """Target poor people in a hundred, by part, where outlines are loaded and a list names anybody."""
    if not boundaries or not sight.tallies.total().target_poor_persons:
        return None
    values = [
        {
            "code": part.code,
            "name": part.full_name,
            "value": target_share(sight, counts),
            "url": area_address(part.code),
        }
        for part, counts in sight.parts
    ]
    return {
        "boundaries": {"type": "FeatureCollection", "features": boundaries},
        "values": values,
        "unit": "%",
    }


def target_share(sight: Sight, counts: Counts) -> float | None:
    """Per cent of the people of a part who are target poor; none without people."""
    poor, people = sight.value(counts.target_poor_persons), sight.value(counts.persons)
    return None if poor is None or not people else round(100 * poor / people, 1)


def maps(sight: Sight) -> Figure:
    """Both maps of an area with the source of the outlines."""
    outlines = boundaries_of(part for part, _counts in sight.parts)
    return {
        "points": points_map(sight, outlines),
        "areas": areas_map(sight, outlines),
        "outline_source": outlines[0]["properties"]["source"] if outlines else "",
    }


def map_names(sight: Sight) -> list[Area]:
    """The areas a map may name. One query."""
    length = 8 if len(sight.tallies.rows) <= POINTS_AT_MOST else 6
    return list(Area.objects.filter(code__in={row.code[:length] for row in sight.tallies.rows}))
