"""Headline numbers, tables and charts of an area, from the counts a person may see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards.queries import boundaries_of
from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.apps.households.models import CAPITALS
from kaejon.apps.statistics.standing import CountsShown
from kaejon.methods.disclosure import Shown, share
from kaejon.web.places.links import area_address
from kaejon.web.places.sight import NEEDS, SURVEY, Sight

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
    total, note = sight.total, sight.registry_note()
    homes, people = pgettext("unit", "households"), pgettext("unit", "people")
    return [
        stat(sight, _("Households"), total.figure("households"), homes, note, "home"),
        stat(sight, _("People"), total.figure("persons"), people, note, "users"),
    ]


def surveyed(sight: Sight) -> list[Figure]:
    """Households and people reached by a five-capital survey."""
    total, note = sight.total, sight.list_note(*SURVEY)
    homes, people = pgettext("unit", "households"), pgettext("unit", "people")
    inside = _("People in surveyed households")
    return [
        stat(
            sight,
            _("Households surveyed"),
            total.figure("surveyed_households"),
            homes,
            note,
            "clipboard-check",
            level="known",
        ),
        stat(
            sight,
            inside,
            total.figure("surveyed_persons"),
            people,
            note,
            "users-group",
            level="known",
        ),
    ]


def in_need(sight: Sight) -> list[Figure]:
    """Who is named or screened as poor, and where lists disagree."""
    total = sight.total
    homes, people = pgettext("unit", "households"), pgettext("unit", "people")
    named, screened, registry = (
        sight.target_note(),
        sight.list_note(*NEEDS),
        sight.registry_note(),
    )
    persons, families = _("Target poor (TPMAP): people"), _("Target poor (TPMAP): households")
    below, disagree = _("Below basic needs (จปฐ.)"), _("Lists disagree, to be checked")
    return [
        stat(
            sight,
            persons,
            total.figure("target_poor_persons"),
            people,
            named,
            "target",
            target=True,
        ),
        stat(
            sight,
            families,
            total.figure("target_poor_households"),
            homes,
            named,
            "home-heart",
            target=True,
        ),
        stat(
            sight,
            below,
            total.figure("bmn_poor_households"),
            homes,
            screened,
            "home-exclamation",
            bmn=True,
        ),
        stat(
            sight,
            disagree,
            total.figure("conflicts"),
            homes,
            registry,
            "arrows-exchange",
            conflicts=True,
        ),
    ]


def stat(
    sight: Sight, label: str, number: Shown, unit: str, note: str, icon: str, **filters: str | bool
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
    total = sight.total
    levels = {capital: total.levels(capital) for capital in CAPITALS}
    ranked = sorted(
        CAPITALS, key=lambda c: (-levels[c].low.estimate, -levels[c].counts[0].estimate)
    )
    rows = [
        {
            "name": capital_name(capital),
            "low": sight.cell(levels[capital].low, measure=capital, level="low"),
            "one": sight.cell(levels[capital].counts[0], measure=capital, level="1"),
            "two": sight.cell(levels[capital].counts[1], measure=capital, level="2"),
            "share": share(levels[capital].low, levels[capital].measured),
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
                "values": [sight.value(levels[c].counts[level - 1]) for c in ranked],
            }
            for level in (1, 2)
        ],
        "urls": [row["low"]["url"] for row in rows],
    }
    surveyed = not total.figure("surveyed_households").is_none
    return {"rows": rows, "chart": chart, "worst": rows[0], "surveyed": surveyed}


def level_table(sight: Sight) -> list[Figure]:
    """Households by capital and level, with those not surveyed."""
    total = sight.total
    return [
        {
            "name": capital_name(measure),
            "overall": measure == "overall",
            "levels": [
                {
                    "level": level,
                    **sight.cell(
                        total.levels(measure).counts[level - 1], measure=measure, level=str(level)
                    ),
                }
                for level in LEVELS
            ],
            "none": sight.cell(total.unknown(measure), measure=measure, level="none"),
        }
        for measure in MEASURES
    ]


def parts_shown(sight: Sight, measure: str = "overall") -> dict[str, list[Figure]]:
    """One row for each area below: counts, levels of one measure, target poor; empty areas apart."""
    rows = [part_row(sight, part, counts, measure) for part, counts in sight.parts]
    return {
        "parts": [row for row in rows if not row["empty"]],
        "empty_parts": [row for row in rows if row["empty"]],
    }


def part_row(sight: Sight, part: Area, counts: CountsShown, measure: str) -> Figure:
    own = part.code == sight.area.code
    code = part.code
    return {
        "name": _("Village not known") if own else part.full_name,
        "url": "" if own else area_address(code),
        "empty": counts.figure("households").is_none,
        "households": part_cell(sight, own, counts.figure("households"), code),
        "persons": part_cell(sight, own, counts.figure("persons"), code),
        "surveyed": part_cell(
            sight, own, counts.figure("surveyed_households"), code, level="known"
        ),
        "levels": [
            {
                "level": n,
                **part_cell(
                    sight,
                    own,
                    counts.levels(measure).counts[n - 1],
                    code,
                    measure=measure,
                    level=str(n),
                ),
            }
            for n in LEVELS
        ],
        "target": part_cell(sight, own, counts.figure("target_poor_persons"), code, target=True),
    }


def part_cell(
    sight: Sight, own: bool, number: Shown, code: str, **filters: str | bool
) -> dict[str, str]:
    """A cell of a part; the households without a known village have no list of their own."""
    return {"text": sight.text(number), "url": ""} if own else sight.cell(number, code, **filters)


def parts_chart(sight: Sight) -> Figure | None:
    """Levels of the surveyed households by part, as stacked bars; None without any survey."""
    parts = [
        (part, counts)
        for part, counts in sight.parts
        if not counts.levels("overall").measured.is_none and part.code != sight.area.code
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
                    sight.value(counts.levels("overall").counts[level - 1])
                    for _part, counts in parts
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
    return points_where(sight, lambda counts: counts.levels("overall").low, boundaries)


def points_where(
    sight: Sight, number_of: Callable[[CountsShown], Shown], boundaries: list[Figure]
) -> Figure | None:
    """Where the counted households live: a point a village, or a tambon when there are many."""
    names = {area.code: area for area in map_names(sight)}
    by_village = sight.standing.villages <= POINTS_AT_MOST
    shown = [
        {
            "name": names[code].full_name if code in names else code,
            "lon": round(longitude, 5),
            "lat": round(latitude, 5),
            "value": value,
            "url": area_address(code),
        }
        for code, latitude, longitude, counts in sight.standing.points(8 if by_village else 6)
        if (value := sight.value(number_of(counts)))
    ]
    chart: Figure = {"points": shown, "unit": pgettext("unit", "households")}
    if boundaries:
        chart["boundaries"] = {"type": "FeatureCollection", "features": boundaries}
    return {"chart": chart, "by_village": by_village} if shown else None


def areas_map(sight: Sight, boundaries: list[Figure]) -> Figure | None:
    """Target poor people in a hundred, by part, where outlines are loaded and a list names anybody."""
    if not boundaries or sight.total.figure("target_poor_persons").is_none:
        return None
    values = [
        {
            "code": part.code,
            "name": part.full_name,
            "value": target_share(counts),
            "url": area_address(part.code),
        }
        for part, counts in sight.parts
    ]
    return {
        "boundaries": {"type": "FeatureCollection", "features": boundaries},
        "values": values,
        "unit": "%",
    }


def target_share(counts: CountsShown) -> float | None:
    """Per cent of the people of a part who are target poor; none where too few live there to tell."""
    found = share(counts.figure("target_poor_persons"), counts.figure("persons"))
    return None if found is None else round(100 * found, 1)


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
    length = 8 if sight.standing.villages <= POINTS_AT_MOST else 6
    return list(Area.objects.filter(code__in=sight.standing.codes(length)))
