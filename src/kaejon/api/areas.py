"""Areas and their outlines: public facts, the same for every key."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Path, Query, Router, Schema

from kaejon.api.asking import Asked
from kaejon.api.paging import LARGEST_PAGE, cursor_at, place_of
from kaejon.apps.areas.models import Area, Boundary
from kaejon.apps.areas.queries import children_of, within

router = Router(tags=["areas"])

AreaCode = Annotated[
    str,
    Field(pattern=r"^[0-9]{2}([0-9]{2}){0,3}$", description="official code of 2, 4, 6 or 8 digits"),
]
CodeInPath = Annotated[
    str,
    Path(pattern=r"^[0-9]{2}([0-9]{2}){0,3}$", description="official code of 2, 4, 6 or 8 digits"),
]
LevelName = Literal["country", "province", "district", "tambon", "village"]


class AreaOut(Schema):
    """One area. An abolished one has `valid_until` and, where there is one, its `successor`."""

    code: str
    level: LevelName
    parent: str | None
    name_th: str
    name_en: str
    valid_until: date | None
    successor: str | None
    latitude: float | None
    longitude: float | None


class AreaPage(Schema):
    """One page; `next` continues the list, null at its end."""

    items: list[AreaOut]
    next: str | None


class AreaTree(AreaOut):
    """An area with the areas below it."""

    children: list[AreaTree]


class AreaFilter(Asked):
    level: LevelName | None = None
    within: AreaCode | None = Field(None, description="only this area and those below it")
    cursor: str | None = Field(None, max_length=200)
    limit: int = Field(100, ge=1, le=LARGEST_PAGE)


class TreeDepth(Asked):
    depth: int = Field(1, ge=0, le=2, description="rungs below the area to show")


class Geometry(Schema):
    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class OutlineFacts(Schema):
    code: str
    source: str


class Outline(Schema):
    type: Literal["Feature"]
    properties: OutlineFacts
    geometry: Geometry


class Outlines(Schema):
    """GeoJSON (RFC 7946) in longitude and latitude; empty while no outlines are loaded."""

    type: Literal["FeatureCollection"]
    features: list[Outline]


def area_out(area: Area) -> dict[str, Any]:
    return {
        "code": area.code,
        "level": area.level,
        "parent": area.parent_id,
        "name_th": area.name_th,
        "name_en": area.name_en,
        "valid_until": area.valid_until,
        "successor": area.successor_id,
        "latitude": area.latitude,
        "longitude": area.longitude,
    }


@router.get("", response=AreaPage, operation_id="list_areas", summary="Areas by code")
def list_areas(request: HttpRequest, asked: Query[AreaFilter]) -> dict[str, Any]:
    rows = Area.objects.order_by("code")
    if asked.level:
        rows = rows.filter(level=asked.level)
    if asked.within:
        rows = rows.filter(within(get_object_or_404(Area, code=asked.within).code))
    if asked.cursor:
        rows = rows.filter(code__gt=place_of(asked.cursor, "areas")[0])
    found = list(rows[: asked.limit + 1])
    more = len(found) > asked.limit
    found = found[: asked.limit]
    return {
        "items": [area_out(area) for area in found],
        "next": cursor_at([found[-1].code], "areas") if more else None,
    }


@router.get("/{code}", response=AreaOut, operation_id="read_area", summary="One area")
def read_area(request: HttpRequest, code: CodeInPath) -> dict[str, Any]:
    return area_out(get_object_or_404(Area, code=code))


@router.get(
    "/{code}/tree",
    response=AreaTree,
    operation_id="read_area_tree",
    summary="An area with those below it",
)
def read_area_tree(
    request: HttpRequest, code: CodeInPath, asked: Query[TreeDepth]
) -> dict[str, Any]:
    """Two rungs at most: a province shows its districts and tambons."""
    root = get_object_or_404(Area, code=code)
    longest = len(root.code) + 2 * asked.depth
    nodes = {root.code: area_out(root) | {"children": []}}
    below = Area.objects.filter(within(root.code), valid_until=None).exclude(code=root.code)
    for area in below.order_by("code"):
        if len(area.code) <= longest and area.parent_id in nodes:
            nodes[area.code] = area_out(area) | {"children": []}
            nodes[area.parent_id]["children"].append(nodes[area.code])
    return nodes[root.code]


@router.get(
    "/{code}/boundaries",
    response=Outlines,
    operation_id="read_boundaries",
    summary="Outlines of the areas below",
)
def read_boundaries(request: HttpRequest, code: CodeInPath) -> dict[str, Any]:
    """Outlines of the areas one rung below; of the area itself when nothing lies below."""
    area = get_object_or_404(Area, code=code)
    codes = list(children_of(area).values_list("code", flat=True)) or [area.code]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": row.area_id, "source": row.source},
                "geometry": {
                    "type": row.geometry["type"],
                    "coordinates": row.geometry["coordinates"],
                },
            }
            for row in Boundary.objects.filter(area__in=codes).order_by("area_id")
        ],
    }
