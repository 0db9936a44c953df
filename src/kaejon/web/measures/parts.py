"""Sections that every kind of run has: the areas below, and groups of households and people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kaejon.apps.areas.models import Level
from kaejon.web.measures.door import RunSight
from kaejon.web.measures.tables import Column, Section, Table
from kaejon.web.measures.words import GROUPS, group_label

Row = Callable[[dict[str, Any]], list[Any]]
Measure = Callable[[dict[str, Any]], float | None]
BARS = 30
TALL_FROM = 8


def area_section(
    sight: RunSight, columns: Callable[[], list[Column]], row: Row, measure: Measure
) -> Section | None:
    """The areas one rung below, each a link into the same run."""
    if not sight.parts:
        return None
    level = Level(sight.parts[0][0].level).label
    rows = [[area.full_name, *row(found)] for area, found in sight.parts]
    base = reverse("run_page", args=[sight.run.public_id])
    urls = [
        f"{base}?area={area.code}" if area.level != Level.VILLAGE else ""
        for area, _found in sight.parts
    ]
    values = [None if found.get("hidden") else measure(found) for _area, found in sight.parts]
    hides = not sight.exact or any(found.get("hidden") for _area, found in sight.parts)
    data = {
        "categories": [area.name for area, _found in sight.parts],
        "series": [{"name": columns()[3].label, "values": values}],
        "unit": "%",
        "sideways": True,
        "urls": urls if all(urls) else None,
    }
    return Section(
        "areas",
        _("By area: %(level)s") % {"level": level},
        Table([Column(str(level), "text"), *columns()], rows, hides, urls),
        chart="bar" if len(rows) <= BARS and any(v is not None for v in values) else "",
        data=data,
        size="tall" if len(rows) > TALL_FROM else "",
    )


def group_sections(
    sight: RunSight, columns: Callable[[], list[Column]], row: Row, measure: Measure
) -> list[Section]:
    """One section a way of dividing: households by their head, size, place; people by age and sex."""
    found = []
    for column, groups in sight.figures["by"].items():
        known = [g for g in groups if g["group"] != "unknown"]
        if len(known) < 2 and column != "disabled_person":
            continue
        rows = [[group_label(column, str(g["group"])), *row(g)] for g in groups]
        if not rows:
            continue
        values = [None if g.get("hidden") else measure(g) for g in known]
        found.append(
            Section(
                f"by-{column.replace('_', '-')}",
                str(GROUPS[column]),
                Table([Column(str(GROUPS[column]), "text"), *columns()], rows, not sight.exact),
                chart="bar" if sum(v is not None for v in values) > 1 else "",
                is_half=True,
                data={
                    "categories": [group_label(column, str(g["group"])) for g in known],
                    "series": [
                        {
                            "name": columns()[3].label,
                            "values": values,
                        }
                    ],
                    "unit": "%",
                },
                size="short",
            )
        )
    return found
