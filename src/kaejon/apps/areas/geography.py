"""Official area codes from geothai, in the shape of the Area table.

geothai holds provinces, districts and tambons with the codes that were
abolished and their successors. Villages are not in it: they come with the lists.
"""

from __future__ import annotations

from typing import Any

import geothai
from geothai.abolished import abolished_areas

from kaejon.apps.areas.models import WHOLE_SYSTEM, Area, Level


def load_province(code: str) -> int:
    """Write the areas of one province, abolished ones with their last day; returns how many.

    Refuses an unknown province code with ValueError. Running it again updates
    names and adds what is new.
    """
    province = geothai.province(code)
    if province is None:
        raise ValueError(f"there is no province with code {code}")
    rows = [
        {
            "code": WHOLE_SYSTEM,
            "level": Level.COUNTRY,
            "name_th": "ทั้งระบบ",
            "name_en": "Whole system",
        },
        row(province, Level.PROVINCE, None),
    ]
    for district in geothai.districts(code):
        rows.append(row(district, Level.DISTRICT, code))
        rows.extend(
            row(t, Level.TAMBON, district.code) for t in geothai.subdistricts(district.code)
        )
    known = {r["code"] for r in rows}
    rows.extend(abolished_rows(code, known))
    for values in rows:
        Area.objects.update_or_create(code=values["code"], defaults=values)
    for old in abolished_areas():
        if old.code.startswith(code) and len(old.successors) == 1 and old.successors[0] in known:
            Area.objects.filter(code=old.code).update(successor_id=old.successors[0])
    return len(rows)


def row(area: Any, level: Level, parent: str | None) -> dict[str, Any]:
    return {
        "code": area.code,
        "level": level,
        "parent_id": parent,
        "name_th": area.name_th,
        "name_en": area.name_en or "",
    }


def abolished_rows(province: str, known: set[str]) -> list[dict[str, Any]]:
    """Abolished districts and tambons of the province whose code is not in use again."""
    levels = {4: Level.DISTRICT, 6: Level.TAMBON}
    return [
        row(old, levels[len(old.code)], None) | {"valid_until": old.abolished_on or None}
        for old in abolished_areas()
        if old.code.startswith(province) and len(old.code) in levels and old.code not in known
    ]
