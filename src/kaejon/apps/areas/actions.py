"""Write areas: villages that lists bring, boundaries that an officer loads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import models, transaction

from kaejon.apps.areas.models import WHOLE_SYSTEM, Area, Boundary, Level
from kaejon.apps.audit.actions import Actor, record
from kaejon.methods.errors import DataError


def ensure_villages(names: Mapping[str, str]) -> None:
    """Make the villages (8-digit code → name) that are not there yet, and name those without a name."""
    known = Area.objects.in_bulk(list(names))
    Area.objects.bulk_create(
        Area(
            code=code,
            level=Level.VILLAGE,
            parent_id=code[:6],
            name_th=name or nameless(code),
        )
        for code, name in names.items()
        if code not in known
    )
    for code, area in known.items():
        if names[code] and area.name_th == nameless(code):
            area.name_th = names[code]
            area.save(update_fields=["name_th"])


def nameless(code: str) -> str:
    """What a village is called until a list tells its name."""
    return f"หมู่ {int(code[6:])}"


def remove_villages(codes: Collection[str]) -> int:
    """Remove those of the villages that nothing names any more; their counts go with them.

    A village with an outline stays: somebody put it on the map.
    """
    left = set(
        Area.objects.filter(code__in=codes, level=Level.VILLAGE).values_list("pk", flat=True)
    )
    for relation in Area._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or not left:
            continue
        model, column = relation.related_model, relation.field
        if relation.on_delete is models.CASCADE and model is not Boundary:
            continue
        named = model._base_manager.filter(**{f"{column.name}__in": left})
        left -= set(named.values_list(column.attname, flat=True))
    Area.objects.filter(pk__in=left).delete()
    return len(left)


def read_outlines(features: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Outlines by area code, from GeoJSON features that name their area in the property `code`.

    Refuses: no features, a feature without a code, an unknown code, a code twice, a
    geometry that is not a polygon in degrees.
    """
    outlines: dict[str, dict[str, Any]] = {}
    known = set(Area.objects.values_list("code", flat=True))
    for number, feature in enumerate(features, 1):
        code = code_of(feature, number, known)
        if code in outlines:
            raise DataError(
                "area_twice",
                f"feature {number}: the area {code} is there twice",
                remedy="Join the parts of an area into one MultiPolygon.",
                feature=number,
            )
        outlines[code] = outline_of(feature, number, code)
    if not outlines:
        raise DataError(
            "no_features", "the file holds no features", remedy="Load a GeoJSON FeatureCollection."
        )
    return outlines


@transaction.atomic
def store_outlines(outlines: Mapping[str, dict[str, Any]], source: str, *, actor: Actor) -> int:
    """Put outlines in the place of those the areas had; a part of verbs that asked who may."""
    Boundary.objects.bulk_create(
        [
            Boundary(area_id=code, geometry=geometry, source=source[:200])
            for code, geometry in outlines.items()
        ],
        update_conflicts=True,
        unique_fields=["area"],
        update_fields=["geometry", "source", "loaded_at"],
    )
    record(
        by=actor,
        verb="areas.load_boundaries",
        subject_type="boundary",
        subject_id=source[:40],
        area=WHOLE_SYSTEM,
        changes={"count": len(outlines)},
    )
    return len(outlines)


def code_of(feature: Mapping[str, Any], number: int, known: Collection[str]) -> str:
    properties = feature.get("properties")
    code = str(properties.get("code", "")) if isinstance(properties, dict) else ""
    if code not in known:
        raise DataError(
            "unknown_area",
            f"feature {number}: the property 'code' is {code!r}, which is no area of this system",
            remedy="Give each feature the official 2-, 4-, 6- or 8-digit code in the property 'code'.",
            feature=number,
        )
    return code


def outline_of(feature: Mapping[str, Any], number: int, code: str) -> dict[str, Any]:
    """The geometry alone: type and coordinates."""
    stated = feature.get("geometry")
    geometry: dict[str, Any] = stated if isinstance(stated, dict) else {}
    kind = geometry.get("type")
    points = list(points_in(geometry.get("coordinates")))
    if kind not in ("Polygon", "MultiPolygon") or len(points) < 4:
        raise DataError(
            "not_a_polygon",
            f"feature {number} ({code}): the geometry is {kind!r} with {len(points)} points",
            remedy="Load outlines as Polygon or MultiPolygon in longitude and latitude (WGS 84).",
            feature=number,
        )
    if any(abs(longitude) > 180 or abs(latitude) > 90 for longitude, latitude in points):
        raise DataError(
            "outside_the_world",
            f"feature {number} ({code}): the coordinates are not longitude and latitude in degrees",
            remedy="Convert the outlines to WGS 84 (EPSG:4326), longitude first.",
            feature=number,
        )
    return {"type": kind, "coordinates": geometry["coordinates"]}


def points_in(coordinates: object) -> Iterator[tuple[float, float]]:
    """Every (longitude, latitude) pair, however deep it is nested."""
    if not isinstance(coordinates, list):
        return
    numbers = [
        part for part in coordinates if isinstance(part, int | float) and not isinstance(part, bool)
    ]
    if len(numbers) >= 2 and len(numbers) == len(coordinates):
        yield float(numbers[0]), float(numbers[1])
        return
    for part in coordinates:
        yield from points_in(part)
