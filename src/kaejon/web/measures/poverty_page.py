"""The page of an Alkire-Foster run: headline in plain words, indicators, groups, areas, every k."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kaejon.web.measures.door import RunSight
from kaejon.web.measures.parts import area_section, group_sections
from kaejon.web.measures.tables import (
    Column,
    Headline,
    Section,
    Table,
    hundredfold,
    value_of,
)
from kaejon.web.measures.words import dimension_names, indicator_names
from kaejon.web.templatetags.kaejon_ui import percent, thai_number

# Indicators in the chart; all stand in the table below it.
CHARTED = 8


def headlines(sight: RunSight) -> list[Headline]:
    """H, A and M0, each with a sentence anybody can repeat."""
    found = sight.figures
    share, depth, adjusted = (value_of(found.get(name)) for name in ("H", "A", "M0"))
    unit = _("households") if sight.run.options.get("unit") == "household" else _("people")
    return [
        Headline(
            _("Poor in many dimensions (H)"),
            figure(share, sight),
            _("In 100 %(unit)s, %(count)s are poor in many dimensions at once.")
            % {"unit": unit, "count": thai_number(hundredfold(share), 1)}
            if share is not None
            else "",
            "users",
        ),
        Headline(
            _("How much they lack (A)"),
            figure(depth, sight),
            _("Those who are poor lack on average %(share)s of everything that was asked.")
            % {"share": percent(depth)}
            if depth is not None
            else "",
            "adjustments-horizontal",
        ),
        Headline(
            _("Poverty index (M0 = H × A)"),
            thai_number(adjusted, 3) if adjusted is not None else nothing(sight),
            _("0 when nobody is poor, 1 when everybody lacks everything."),
            "sum",
        ),
    ]


def nothing(sight: RunSight) -> str:
    return "–" if sight.exact else _("hidden")


def figure(value: float | None, sight: RunSight) -> str:
    return percent(value) if value is not None else nothing(sight)


def sections(sight: RunSight) -> list[Section]:
    found = sight.figures
    if found.get("hidden"):
        return []
    parts = [indicators(sight), dimensions(sight)]
    parts.append(area_section(sight, columns, row, lambda f: hundredfold(f.get("H"))))
    if sight.is_whole:
        parts += group_sections(sight, columns, row, lambda f: hundredfold(value_of(f.get("H"))))
        parts.append(curve(sight))
    return [part for part in parts if part is not None and part.table.rows]


def columns() -> list[Column]:
    return [
        Column(_("Households")),
        Column(_("Poor households")),
        Column(_("Poor people")),
        Column(_("H: share poor"), "share"),
        Column(_("A: how much they lack"), "share"),
        Column(_("M0"), "score"),
    ]


def row(found: dict[str, Any]) -> list[Any]:
    if found.get("hidden"):
        return [None] * 6
    return [
        found.get("households"),
        found.get("poor_households"),
        found.get("poor_people"),
        value_of(found.get("H")),
        value_of(found.get("A")),
        value_of(found.get("M0")),
    ]


def indicator_lines(sight: RunSight) -> list[dict[str, Any]]:
    """Indicators with their headcounts; of an area inside the run the contribution is worked out here."""
    found = sight.figures
    if "indicators" in found:
        return list(found["indicators"])
    adjusted = found.get("M0")
    lines = []
    for entry in sight.run.results["indicators"]:
        censored = found["censored"][entry["name"]]
        part = entry["weight"] * censored / adjusted if adjusted and censored is not None else None
        lines.append(
            {
                "name": entry["name"],
                "weight": entry["weight"],
                "dimension": entry["dimension"],
                "uncensored": found["uncensored"][entry["name"]],
                "censored": censored,
                "contribution": part,
            }
        )
    return lines


def indicators(sight: RunSight) -> Section:
    names = indicator_names(sight.run.definition)
    dims = dimension_names()
    lines = sorted(indicator_lines(sight), key=lambda line: -(line["uncensored"] or 0))
    rows = [
        [
            names.get(line["name"], line["name"]),
            dims.get(line["dimension"], line["dimension"] or ""),
            line["weight"],
            line["uncensored"],
            line["censored"],
            line["contribution"],
        ]
        for line in lines
    ]
    heads = [
        Column(_("Indicator"), "text"),
        Column(_("Dimension"), "text"),
        Column(_("Weight"), "share"),
        Column(_("Lack it"), "share"),
        Column(_("Lack it and are poor"), "share"),
        Column(_("Part of M0"), "share"),
    ]
    data = {
        "categories": [str(row[0]) for row in rows[:CHARTED]],
        "series": [
            {"name": _("Lack it"), "values": [hundredfold(row[3]) for row in rows[:CHARTED]]},
            {
                "name": _("Lack it and are poor"),
                "values": [hundredfold(row[4]) for row in rows[:CHARTED]],
            },
        ],
        "unit": "%",
        "sideways": True,
    }
    return Section(
        "indicators",
        _("What people lack, one indicator at a time"),
        Table(heads, rows, not sight.exact),
        _(
            "Look at indicators before dimensions: a dimension can hide which of its questions is the trouble."
        ),
        "bar",
        data,
        "tall",
        is_open=True,
    )


def dimensions(sight: RunSight) -> Section:
    totals: dict[str, float] = {}
    for line in indicator_lines(sight):
        code = line["dimension"] or ""
        totals[code] = totals.get(code, 0.0) + (line["contribution"] or 0.0)
    names = dimension_names()
    rows = [[names.get(code, code), part] for code, part in totals.items() if sum(totals.values())]
    heads = [Column(_("Dimension"), "text"), Column(_("Part of M0"), "share")]
    data = {
        "categories": [str(row[0]) for row in rows],
        "series": [{"name": _("Part of M0"), "values": [hundredfold(row[1]) for row in rows]}],
        "unit": "%",
    }
    return Section(
        "dimensions",
        _("What makes up the poverty, by dimension"),
        Table(heads, rows, not sight.exact),
        chart="bar",
        data=data,
    )


def curve(sight: RunSight) -> Section:
    points = sight.figures["curve"]
    rows = [
        [p["k_text"], p["k"], value_of(p["H"]), value_of(p["A"]), value_of(p["M0"])] for p in points
    ]
    heads = [
        Column("k", "text"),
        Column(_("Share of everything that must be lacking"), "share"),
        Column(_("H: share poor"), "share"),
        Column(_("A: how much they lack"), "share"),
        Column(_("M0"), "score"),
    ]
    data = {
        "categories": [percent(p["k"], 0) for p in points],
        "series": [
            {"name": "H", "values": [hundredfold(p["H"]) for p in points]},
            {"name": "M0 × 100", "values": [hundredfold(p["M0"]) for p in points]},
        ],
        "unit": "%",
    }
    return Section(
        "curve",
        _("What if the line were drawn elsewhere (every k)"),
        Table(heads, rows, not sight.exact),
        _(
            "k is the share of everything asked that a household must lack to count as poor. The figures above use k = %(k)s."
        )
        % {"k": sight.run.options.get("k", "")},
        "line",
        data,
    )
