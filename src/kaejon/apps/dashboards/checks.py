"""How far the checking of an area is, added up from the tallies of its villages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kaejon.apps.access.scope import Scope
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import within
from kaejon.apps.dashboards.models import VillageTally
from kaejon.apps.dashboards.remembering import remembered
from kaejon.apps.surveys.worklists import Progress


@dataclass
class CheckCounts:
    """Checks of one area. `verified`: outcome → households that have it now; `years`: list year → outcome → households."""

    households: int = 0
    conflicts: int = 0
    waiting: int = 0
    verified: Counter[str] = field(default_factory=Counter)
    years: dict[int, Counter[str]] = field(default_factory=dict)

    def add(
        self,
        households: int,
        conflicts: int,
        verified: Mapping[str, int],
        checks: Mapping[str, Any],
    ) -> None:
        """Add one village."""
        self.households += households
        self.conflicts += conflicts
        self.waiting += checks.get("waiting", 0)
        self.verified.update(verified)
        for year, outcomes in checks.get("years", {}).items():
            self.years.setdefault(int(year), Counter()).update(outcomes)

    @property
    def checked(self) -> int:
        """Households with an outcome, of any list year."""
        return self.verified.total()

    def merge(self, other: CheckCounts) -> None:
        """Add another area that does not overlap."""
        self.households += other.households
        self.conflicts += other.conflicts
        self.waiting += other.waiting
        self.verified.update(other.verified)
        for year, outcomes in other.years.items():
            self.years.setdefault(year, Counter()).update(outcomes)

    def progress(self, year: int) -> Progress:
        """Checked for this list year or a later one, of all to be checked; agrees with the worklists."""
        done = sum(
            n
            for checked, outcomes in self.years.items()
            if checked >= year
            for name, n in outcomes.items()
            if name != "present"
        )
        again = sum(outcomes["present"] for y, outcomes in self.years.items() if y < year)
        return Progress(done, done + self.waiting + again)


def check_counts(scope: Scope, area: Area, length: int = 0) -> dict[str, CheckCounts]:
    """Counts of the area as far as the scope reaches, by the first `length` digits of the code.

    Length 0 adds everything up under the empty code.
    """
    found: dict[str, CheckCounts] = {}
    rows = VillageTally.objects.filter(within(area.code, "area_id"), scope.by_area("area_id"))
    columns = ("area_id", "households", "conflicts", "verified", "checks")
    asked = rows.order_by("area_id").values_list(*columns)
    for code, *counts in remembered("checks", scope, area, lambda: list(asked)):
        found.setdefault(code[:length], CheckCounts()).add(*counts)
    return found


def most_of(scope: Scope, area: str, outcomes: list[str]) -> dict[str, int]:
    """Households with one of these outcomes, by village."""
    rows = VillageTally.objects.filter(within(area or "00", "area_id"), scope.by_area("area_id"))
    return {
        code: sum(verified.get(outcome, 0) for outcome in outcomes)
        for code, verified in rows.values_list("area_id", "verified")
    }
