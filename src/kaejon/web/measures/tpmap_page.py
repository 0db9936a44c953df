"""The page of a TPMAP run: poor by basic needs and target poor, by dimension, indicator and area."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kaejon.web.measures.door import RunSight
from kaejon.web.measures.parts import area_section, group_sections
from kaejon.web.measures.tables import Column, Headline, Section, Table, hundredfold
from kaejon.web.measures.words import dimension_names, indicator_names
from kaejon.web.templatetags.kaejon_ui import thai_number

# Indicators in the chart; all stand in the table below it.
CHARTED = 8


def headlines(sight: RunSight) -> list[Headline]:
    """BMN-poor and target poor people, each with a sentence anybody can repeat."""
    found = sight.figures
    people = found.get("people")
    poor, target = found.get("bmn_poor_people"), found.get("target_poor")

    def among_100(part: float | None) -> str:
        if part is None or not people:
            return ""
        return thai_number(100 * part / people, 1)

    return [
        Headline(
            _("Poor by basic needs (BMN-poor)"),
            count(poor, sight),
            _(
                "In 100 people, %(count)s live in a household that fails at least one of the five dimensions."
            )
            % {"count": among_100(poor)}
            if among_100(poor)
            else "",
            "users",
        ),
        Headline(
            _("Target poor (TPMAP)"),
            count(target, sight),
            _(
                "In 100 people, %(count)s are also registered and validated for the state welfare card."
            )
            % {"count": among_100(target)}
            if among_100(target)
            else "",
            "target",
        ),
        Headline(
            _("Households that fail a dimension"),
            count(found.get("bmn_poor_households"), sight),
            _("of %(count)s households in the list")
            % {"count": count(found.get("households"), sight)},
            "home",
        ),
    ]


def count(number: float | None, sight: RunSight) -> str:
    if number is None:
        return "–" if sight.exact else _("hidden")
    return thai_number(number)


def sections(sight: RunSight) -> list[Section]:
    if sight.figures.get("hidden"):
        return []
    parts = [indicators(sight), dimensions(sight)]
    parts.append(area_section(sight, columns, row, poor_share))
    if sight.is_whole:
        parts += group_sections(sight, columns, row, poor_share)
    return [part for part in parts if part is not None and part.table.rows]


def columns() -> list[Column]:
    return [
        Column(_("Households")),
        Column(_("People")),
        Column(_("BMN-poor people")),
        Column(_("Share BMN-poor"), "share"),
        Column(_("Target poor (people)")),
    ]


def row(found: dict[str, Any]) -> list[Any]:
    if found.get("hidden"):
        return [None] * 5
    share = poor_share(found)
    return [
        found.get("households"),
        found.get("people"),
        found.get("bmn_poor_people"),
        None if share is None else share / 100,
        found.get("target_poor"),
    ]


def poor_share(found: dict[str, Any]) -> float | None:
    people, poor = found.get("people"), found.get("bmn_poor_people")
    return hundredfold(poor / people, places=2) if people and poor is not None else None


def indicators(sight: RunSight) -> Section:
    names = indicator_names(sight.run.definition)
    dims = dimension_names()
    belongs = {
        f"i{number}": dims.get(d["code"], d["code"])
        for d in sight.run.definition["dimensions"]
        for number in d["indicators"]
    }
    rows = [
        [
            names.get(code, code),
            belongs.get(code, _("not counted")),
            found["asked"],
            found["failed"],
            found["failed"] / found["asked"]
            if found["asked"] and found["failed"] is not None
            else None,
        ]
        for code, found in sight.figures["indicators"].items()
        if found["failed"] or found["failed"] is None
    ]
    rows.sort(key=lambda line: -(line[3] or 0))
    heads = [
        Column(_("Indicator"), "text"),
        Column(_("Dimension"), "text"),
        Column(_("Households it applies to")),
        Column(_("Households that fail")),
        Column(_("Share of those asked"), "share"),
    ]
    data = {
        "categories": [str(line[0]) for line in rows[:CHARTED]],
        "series": [{"name": heads[3].label, "values": [line[3] for line in rows[:CHARTED]]}],
        "unit": _("households"),
        "sideways": True,
    }
    return Section(
        "indicators",
        _("What households fail, one indicator at a time"),
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
    names = dimension_names()
    rows = [
        [names.get(code, code), found["households"], found["people"], found["target_poor"]]
        for code, found in sight.figures["by_dimension"].items()
    ]
    heads = [
        Column(_("Dimension"), "text"),
        Column(_("Households")),
        Column(_("BMN-poor people")),
        Column(_("Target poor (people)")),
    ]
    data = {
        "categories": [str(line[0]) for line in rows],
        "series": [
            {"name": heads[2].label, "values": [line[2] for line in rows]},
            {"name": heads[3].label, "values": [line[3] for line in rows]},
        ],
        "unit": _("people"),
    }
    return Section(
        "dimensions",
        _("By dimension (one person may be in several)"),
        Table(heads, rows, not sight.exact),
        chart="bar",
        data=data,
    )
