"""How full and valid the rows of each list are, as one reader sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.areas.queries import TAMBON_DIGITS
from kaejon.apps.coverage.quality import ROWS, Quality, quality_of
from kaejon.apps.statistics.trees import own, protected
from kaejon.apps.statistics.visibility import Reader
from kaejon.methods.disclosure import Protected, Shown, Sum, exactly, share

REJECTED, WAITING = "rejected", "waiting"
COUNTS = ("rows", "filled", "valid")


@dataclass(frozen=True)
class QualityShown:
    """One list version in one area: counts of its rows as the reader sees them, its files and its age."""

    quality: Quality
    cells: Mapping[str, Shown] | None
    table: Protected | None = None
    row: str = ""

    def cell(self, column: str) -> Shown:
        if self.cells is not None:
            return self.cells.get(column, exactly(0))
        assert self.table is not None
        return self.table.shown(self.row, f"{self.quality.version.pk}.{column}")

    @property
    def rows(self) -> Shown:
        return self.cell(f"{ROWS}.rows")

    @property
    def rejected(self) -> Shown:
        return self.cell(REJECTED)

    @property
    def waiting(self) -> Shown:
        return self.cell(WAITING)

    def share(self, field: str, *, valid: bool) -> float | None:
        """Share of the rows taken in whose field is filled, or fit for use."""
        part = self.cell(f"{field}.{'valid' if valid else 'filled'}")
        return share(part, self.cell(f"{field}.rows"))


def numbers_of(quality: Quality) -> dict[str, int]:
    """Every count of one list version by its column."""
    found = {
        f"{field}.{count}": getattr(quality, count)[field]
        for field in quality.rows
        for count in COUNTS
    }
    return found | {REJECTED: quality.rejected, WAITING: quality.waiting}


@dataclass(frozen=True)
class QualityView:
    """The lists of one area for one reader."""

    reader: Reader
    area: str

    @cached_property
    def exact(self) -> bool:
        return self.reader.sees_exactly(self.area)

    @cached_property
    def _table(self) -> Protected:
        """All that the reader sees, by tambon, protected together."""
        lowest: dict[str, dict[str, int]] = {}
        for (version, code), quality in quality_of(
            self.reader.counts, WHOLE_SYSTEM, TAMBON_DIGITS
        ).items():
            line = lowest.setdefault(code, {})
            line |= {f"{version}.{name}": n for name, n in numbers_of(quality).items()}
        columns = sorted({column for line in lowest.values() for column in line})
        rows = {code: [line.get(column, 0) for column in columns] for code, line in lowest.items()}
        return protected(rows, columns, sums_of(columns), self.reader, deepest=TAMBON_DIGITS)

    def shown(self, part_length: int = 0) -> dict[tuple[int, str], QualityShown]:
        """(version, part) → figures, of the area or of its parts; a village is answered by its tambon."""
        found = {}
        for (version, code), quality in quality_of(
            self.reader.counts, self.area, part_length
        ).items():
            if self.exact:
                cells = {name: exactly(n) for name, n in numbers_of(quality).items()}
                found[version, code] = QualityShown(quality, cells)
            else:
                found[version, code] = QualityShown(quality, None, self._table, self.row_of(code))
        return found

    def row_of(self, code: str) -> str:
        """The row of a part, or of the area itself where it is answered as a whole."""
        if not code:
            return self.area[:TAMBON_DIGITS]
        return own(code) if code == self.area and len(code) < TAMBON_DIGITS else code


def sums_of(columns: list[str]) -> list[Sum]:
    """What every reader knows: valid rows are filled, filled rows are rows, the rest was rejected."""
    known = set(columns)
    sums = []
    for column in columns:
        place, _, count = column.rpartition(".")
        if count == "rows":
            sums.append(Sum(column, (f"{place}.filled",), at_least=True))
        if count == "filled" and f"{place}.valid" in known:
            sums.append(Sum(column, (f"{place}.valid",), at_least=True))
        if count == REJECTED:
            parts = (f"{place}.{ROWS}.filled", f"{place}.{REJECTED}")
            sums.append(Sum(f"{place}.{ROWS}.rows", parts))
            sums.append(Sum(f"{place}.{ROWS}.rows", (f"{place}.{WAITING}",), at_least=True))
    return sums
