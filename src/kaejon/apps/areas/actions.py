"""Write areas: villages that lists bring, boundaries that an officer loads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from kaejon.apps.areas.models import WHOLE_SYSTEM, Area, Boundary, Level
from kaejon.apps.audit.actions import Actor, record
from kaejon.methods.errors import DataError


def ensure_villages(names: Mapping[str, str]) -> None:
    """Make the villages (8-digit code → name) that are not there yet; a name fills an empty one only."""
    known = dict(Area.objects.filter(code__in=names).values_list("code", "name_th"))
    Area.objects.bulk_create(
        Area(
            code=code,
            level=Level.VILLAGE,
            parent_id=code[:6],
            name_th=name or f"หมู่ {int(code[6:])}",
        )
        for code, name in names.items()
        if code not in known
    )


@transaction.atomic
def load_boundaries(*, features: Iterable[Mapping[str, Any]], source: str, by: Actor) -> int:
    """Store outlines from GeoJSON features; each names its area in the property `code`.

    Refuses, without writing anything: no features, a feature without a code, an
    unknown code, a geometry that is not a polygon.
    """
    rows = []
    known = set(Area.objects.values_list("code", flat=True))
    for number, feature in enumerate(features, 1):
        code = str((feature.get("properties") or {}).get("code", ""))
        geometry = feature.get("geometry") or {}
        if code not in known:
            raise DataError(
                "unknown_area",
                f"feature {number}: the property 'code' is {code!r}, which is no area of this system",
                remedy="Give each feature the official 2-, 4-, 6- or 8-digit code in the property 'code'.",
                feature=number,
            )
        if geometry.get("type") not in ("Polygon", "MultiPolygon"):
            raise DataError(
                "not_a_polygon",
                f"feature {number} ({code}): the geometry is {geometry.get('type')!r}",
                remedy="Load outlines as Polygon or MultiPolygon in longitude and latitude (WGS 84).",
                feature=number,
            )
        rows.append(Boundary(area_id=code, geometry=geometry, source=source))
    if not rows:
        raise DataError(
            "no_features", "the file holds no features", remedy="Load a GeoJSON FeatureCollection."
        )
    Boundary.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=["geometry", "source", "loaded_at"],
    )
    record(
        by=by,
        verb="areas.load_boundaries",
        subject_type="boundary",
        subject_id=source[:40],
        area=WHOLE_SYSTEM,
        changes={"count": len(rows)},
    )
    return len(rows)
