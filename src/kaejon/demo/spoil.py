"""Deliberately bad rows, so that a newcomer sees how the import refuses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

SPOILT_SHARE: Final = 0.01
# Column, and the value that no import may accept.
_FAULTS: Final = (
    ("วันเกิด", "31 ก.พ. 2510"),
    ("วันเดือนปีเกิด", "31 ก.พ. 2510"),
    ("วันเกิด", "12/03/2410"),
    ("วันเดือนปีเกิด", "12/13/2510"),
    ("รหัสหมู่บ้าน", "33999901"),
    ("รหัสหมู่บ้าน", "33๐๑"),
    ("i8", "7"),
    ("social_3", 9),
    ("ละติจูด", 151.2),
    ("อายุ", "167"),
    ("ตำบล", "ไม่มีตำบลนี้"),
    ("ชื่อ-สกุล (ผู้เดือดร้อน)", ""),
)


@dataclass(frozen=True)
class Spoiler:
    """Which rows are bad, and what stands where in them."""

    faults: dict[int, tuple[int, str | float]]
    """Row number from 0 to (column number, bad value)."""

    @classmethod
    def draw(cls, rng: np.random.Generator, rows: int, header: tuple[str, ...]) -> Spoiler:
        """Choose about one row in a hundred, at least one of each fault when there is room."""
        fitting = [(header.index(c), value) for c, value in _FAULTS if c in header]
        count = min(rows, max(len(fitting), round(rows * SPOILT_SHARE)))
        chosen = rng.choice(rows, size=count, replace=False).tolist()
        return cls({row: fitting[i % len(fitting)] for i, row in enumerate(chosen)})

    def apply(self, number: int, row: list[str | int | float]) -> list[str | int | float]:
        """The row as it goes into the file."""
        if number in self.faults:
            column, value = self.faults[number]
            row[column] = value
        return row
