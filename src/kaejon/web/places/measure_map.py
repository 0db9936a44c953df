"""Maps of an area by a measure the reader chooses: shaded parts and points of villages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Level
from kaejon.apps.dashboards.queries import CODE_LENGTH_BELOW, boundaries_of
from kaejon.apps.folders.labels import capital_name, level_name
from kaejon.apps.households.models import CAPITALS
from kaejon.apps.measurement.actions import CAPITAL_DEFINITION
from kaejon.apps.statistics.standing import CountsShown
from kaejon.methods import capitals
from kaejon.methods.disclosure import Shown, share
from kaejon.web.places import figures
from kaejon.web.places.links import area_address
from kaejon.web.places.measured_rows import mean_of
from kaejon.web.places.poverty_rows import adjusted_by_part
from kaejon.web.places.sight import Sight

MEANS = ("overall", *CAPITALS)
SHARES = ("low", "target", "needs")
POVERTY = ("M0", "H")
Row = dict[str, Any]


def choices() -> list[tuple[str, str]]:
    """What the maps can show."""
    return [
        *(
            (measure, _("Mean: %(capital)s") % {"capital": capital_name(measure)})
            for measure in MEANS
        ),
        ("low", _("Struggling or finding it hard going, share of those surveyed")),
        ("target", _("With target poor (TPMAP), share of households")),
        ("needs", _("Below basic needs (จปฐ.), share of households")),
        ("M0", _("Poverty in many dimensions: M0")),
        ("H", _("Poverty in many dimensions: share of poor (H)")),
    ]


def maps_of(sight: Sight, user: User, chosen: str) -> Row:
    """The shaded map and the point map of a measure, with its numbers in words."""
    measure = chosen if chosen in dict(choices()) else "overall"
    parts = [(part, counts) for part, counts in sight.parts if part.code != sight.area.code]
    outlines = boundaries_of(part for part, _counts in parts)
    values = values_by_part(sight, user, measure)
    rows = [
        {
            "code": part.code,
            "name": part.name,
            "url": area_address(part.code),
            **values.get(part.code, {"value": None, "text": "–", "word": ""}),
        }
        for part, _counts in parts
    ]
    return {
        "measure": measure,
        "name": dict(choices())[measure],
        "choices": [{"value": v, "label": label, "chosen": v == measure} for v, label in choices()],
        "areas": shaded(outlines, rows, measure) if outlines and values else None,
        "points": points(sight, measure, outlines),
        "rows": rows if values else [],
        "source": outlines[0]["properties"]["source"] if outlines else "",
    }


def values_by_part(sight: Sight, user: User, measure: str) -> dict[str, Row]:
    """Value, text and level word of each part of the area."""
    if measure in MEANS:
        length = CODE_LENGTH_BELOW[Level(sight.area.level)]
        found = sight.measures.levels_of_parts(length, measure)
        return {code: mean_of(levels) for code, levels in found.items()}
    if measure in POVERTY:
        return {
            code: {"value": round(value, 4), "text": f"{value:.3f}", "word": ""}
            for code, value in adjusted_by_part(sight, user, measure).items()
        }
    return {
        part.code: share_cell(share(*part_and_whole(counts, measure)))
        for part, counts in sight.parts
    }


def part_and_whole(counts: CountsShown, measure: str) -> tuple[Shown, Shown]:
    if measure == "low":
        levels = counts.levels("overall")
        return levels.low, levels.measured
    poor = "target_poor_households" if measure == "target" else "bmn_poor_households"
    return counts.figure(poor), counts.figure("households")


def share_cell(found: float | None) -> Row:
    if found is None:
        return {"value": None, "text": "–", "word": ""}
    return {"value": round(100 * found, 1), "text": f"{100 * found:.1f}%", "word": ""}


def shaded(outlines: list[Row], rows: list[Row], measure: str) -> Row:
    chart: Row = {
        "boundaries": {"type": "FeatureCollection", "features": outlines},
        "values": [
            {"code": r["code"], "name": r["name"], "value": r["value"], "word": r["word"] or r["text"],
             "url": r["url"]}
            for r in rows
        ],
        "unit": "%" if measure in SHARES else "",
    }  # fmt: skip
    if measure in MEANS:
        chart["levels"] = level_steps()
    return chart


def level_steps() -> list[Row]:
    """The four levels as steps of the mean: word, level, from, below."""
    definition = capitals.definition(CAPITAL_DEFINITION)
    bounds = [float(level.start) for level in definition.levels]
    ends = [*bounds[1:], 4.01]
    return [
        {
            "label": f"{level_name(n)} {low:.2f}–{min(high, 4.0):.2f}",
            "level": n,
            "from": low,
            "below": high,
        }
        for n, (low, high) in enumerate(zip(bounds, ends, strict=True), start=1)
    ]


def points(sight: Sight, measure: str, outlines: list[Row]) -> Row | None:
    """Where the households behind the measure live; none for figures that have no households."""
    if measure in POVERTY:
        return None
    if measure == "target":
        return figures.points_where(
            sight, lambda counts: counts.figure("target_poor_households"), outlines
        )
    if measure == "needs":
        return figures.points_where(
            sight, lambda counts: counts.figure("bmn_poor_households"), outlines
        )
    asked = "overall" if measure == "low" else measure
    return figures.points_where(sight, lambda counts: counts.levels(asked).low, outlines)
