"""The places of the synthetic province: official codes, invented villages.

District and tambon codes and names come from geothai at run time. Villages
have no open official list, so their names and every position are invented
(ตำแหน่งจำลอง).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geothai
import numpy as np

from kaejon.demo.margins import PROVINCE_CODE

POSITION_NOTE: Final = "ตำแหน่งจำลอง"

# Approximate position of each district seat in degrees north and east, rounded
# to about two kilometres from general maps. Good enough to draw a demonstration,
# not a source of coordinates.
DISTRICT_SEATS: Final = {
    "3301": (15.12, 104.33), "3302": (15.26, 104.38), "3303": (15.10, 104.57),
    "3304": (14.64, 104.65), "3305": (14.71, 104.20), "3306": (14.75, 104.36),
    "3307": (14.84, 104.04), "3308": (14.62, 104.43), "3309": (15.33, 104.16),
    "3310": (15.11, 104.14), "3311": (15.31, 104.04), "3312": (15.05, 104.02),
    "3313": (14.91, 104.69), "3314": (14.77, 104.52), "3315": (14.91, 104.53),
    "3316": (14.95, 104.23), "3317": (14.54, 104.14), "3318": (15.15, 103.99),
    "3319": (14.79, 104.71), "3320": (14.93, 104.39), "3321": (15.22, 104.07),
    "3322": (15.46, 104.10),
}  # fmt: skip

# A small demonstration shows town, border, south-west and river-plain districts.
_FIRST_DISTRICTS: Final = ("3301", "3304", "3305", "3309", "3310", "3303", "3308", "3307")

_WATER_AND_LAND: Final = (
    "หนอง", "โนน", "ดอน", "ห้วย", "โคก", "นา", "คำ", "กุด", "ตา", "โพน", "ท่า", "วัง",
    "สระ", "บึง", "ทุ่ง", "ป่า", "สวน", "ซำ", "หัว", "ปราสาท",
)  # fmt: skip
_FEATURES: Final = (
    "ม่วง", "ใหญ่", "น้อย", "แคน", "ไฮ", "แวง", "ขาม", "หว้า", "ไผ่", "จาน", "คู", "สิม",
    "หญ้า", "บัว", "แดง", "ขาว", "ยาว", "กลาง", "ปลา", "หอย", "เต่า", "ช้าง", "ม้า", "งัว",
    "ทราย", "หิน", "แก้ว", "ทอง", "เงิน", "งาม", "สูง", "ลึก", "เจริญ", "สำราญ", "พัฒนา",
)  # fmt: skip
_SUFFIXES: Final = ("", "", "", "เหนือ", "ใต้", "ออก", "ตก", "สามัคคี")


@dataclass(frozen=True)
class District:
    """A district (อำเภอ): official 4-digit code, seat in degrees."""

    code: str
    name_th: str
    name_en: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Tambon:
    """A tambon: official 6-digit code, invented centre in degrees."""

    code: str
    name_th: str
    name_en: str
    district_code: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Village:
    """A village: tambon code and two-digit moo, invented name and centre."""

    code: str
    name_th: str
    moo: int
    tambon_code: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Areas:
    """The part of the province in use, each tuple in order of code."""

    districts: tuple[District, ...]
    tambons: tuple[Tambon, ...]
    villages: tuple[Village, ...]


def choose_areas(rng: np.random.Generator, households: int) -> Areas:
    """Districts, tambons and villages fit for that many households."""
    districts = _districts(households)
    tambons = _tambons(rng, districts, households)
    per_tambon = households / len(tambons)
    villages: list[Village] = []
    for tambon in tambons:
        villages.extend(_villages(rng, tambon, per_tambon))
    return Areas(districts, tambons, tuple(villages))


def _districts(households: int) -> tuple[District, ...]:
    official = {d.code: d for d in geothai.districts(PROVINCE_CODE)}
    rest = [code for code in sorted(official) if code not in _FIRST_DISTRICTS]
    wanted = int(np.clip(round(4 + households / 5_000), 4, len(official)))
    chosen = sorted([*_FIRST_DISTRICTS, *rest][:wanted])
    return tuple(
        District(code, official[code].name_th, official[code].name_en, *DISTRICT_SEATS[code])
        for code in chosen
    )


def _tambons(
    rng: np.random.Generator, districts: tuple[District, ...], households: int
) -> tuple[Tambon, ...]:
    wanted = int(np.clip(round(households / 250 / len(districts)), 2, 30))
    tambons: list[Tambon] = []
    for district in districts:
        official = sorted(geothai.subdistricts(district.code), key=lambda t: t.code)
        for t in official[:wanted]:
            north, east = rng.uniform(-0.07, 0.07, size=2)
            tambons.append(
                Tambon(
                    t.code,
                    t.name_th,
                    t.name_en,
                    district.code,
                    round(district.latitude + north, 5),
                    round(district.longitude + east, 5),
                )
            )
    return tuple(tambons)


def _villages(rng: np.random.Generator, tambon: Tambon, per_tambon: float) -> list[Village]:
    usual = float(np.clip(per_tambon / 120, 7, 20))
    low, high = (4, 11) if usual == 7 else (round(usual) - 3, round(usual) + 4)
    names: dict[str, None] = {}
    count = int(rng.integers(low, high))
    while len(names) < count:
        parts = (_WATER_AND_LAND, _FEATURES, _SUFFIXES)
        names["บ้าน" + "".join(p[rng.integers(len(p))] for p in parts)] = None
    shifts = rng.uniform(-0.03, 0.03, size=(count, 2))
    return [
        Village(
            f"{tambon.code}{moo:02d}",
            name,
            moo,
            tambon.code,
            round(tambon.latitude + float(shifts[moo - 1, 0]), 5),
            round(tambon.longitude + float(shifts[moo - 1, 1]), 5),
        )
        for moo, name in enumerate(names, start=1)
    ]
