"""A picture of the districts for demonstration maps (แผนที่จำลอง).

The shapes are cells of nearest district seat, cut by a circle around each seat.
They are not administrative boundaries; real ones are loaded by the officer.
"""

from __future__ import annotations

import math
from typing import Final

from kaejon.demo.places import Areas, District

MAP_NOTE: Final = "แผนที่จำลอง"
_REACH_DEGREES: Final = 0.24
_CORNERS: Final = 48

Point = tuple[float, float]
"""Longitude and latitude in degrees."""


def district_geojson(areas: Areas) -> dict[str, object]:
    """A GeoJSON FeatureCollection, one polygon per district, with code, name_th and note."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": d.code, "name_th": d.name_th, "note": MAP_NOTE},
            "geometry": {"type": "Polygon", "coordinates": [_ring(d, areas.districts)]},
        }
        for d in areas.districts
    ]
    return {"type": "FeatureCollection", "name": MAP_NOTE, "features": features}


def _ring(district: District, districts: tuple[District, ...]) -> list[list[float]]:
    seat = (district.longitude, district.latitude)
    turns = [2 * math.pi * i / _CORNERS for i in range(_CORNERS)]
    cell = [
        (seat[0] + _REACH_DEGREES * math.cos(t), seat[1] + _REACH_DEGREES * math.sin(t))
        for t in turns
    ]
    for other in districts:
        if other.code != district.code:
            cell = _nearer(cell, seat, (other.longitude, other.latitude))
    ring = [[round(x, 5), round(y, 5)] for x, y in cell]
    return [*ring, ring[0]]


def _nearer(cell: list[Point], seat: Point, other: Point) -> list[Point]:
    """The part of a convex cell that lies nearer to `seat` than to `other`."""
    middle = ((seat[0] + other[0]) / 2, (seat[1] + other[1]) / 2)
    toward = (other[0] - seat[0], other[1] - seat[1])

    def beyond(p: Point) -> float:
        return (p[0] - middle[0]) * toward[0] + (p[1] - middle[1]) * toward[1]

    kept: list[Point] = []
    for here, after in zip(cell, [*cell[1:], cell[0]], strict=True):
        a, b = beyond(here), beyond(after)
        if a <= 0:
            kept.append(here)
        if (a < 0 < b) or (b < 0 < a):
            share = a / (a - b)
            kept.append(
                (here[0] + share * (after[0] - here[0]), here[1] + share * (after[1] - here[1]))
            )
    return kept
