"""Two-by-two of poverty between two rounds, and the parts of the change of M0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

STATES = ("PP", "PN", "NP", "NN")


@dataclass(frozen=True)
class Transitions:
    """Two-by-two of poverty at one k, in households and in people, and its parts of M0."""

    k: Fraction
    households: dict[str, int]
    people: dict[str, float]
    score_before: dict[str, float]
    score_after: dict[str, float]

    @property
    def population(self) -> float:
        """People in matched households."""
        return sum(self.people.values())

    def as_document(self, years: float | None) -> dict[str, object]:
        """Every figure by name; shares of people, None where the denominator is zero."""
        pp, pn, np_, nn = (self.people[state] for state in STATES)
        everybody = self.population
        before = [share(pp + pn, everybody), self._m0(self.score_before, "PP", "PN")]
        after = [share(pp + np_, everybody), self._m0(self.score_after, "PP", "NP")]
        return {
            "k": float(self.k),
            "households": self.households,
            "weighted": self.people,
            "H_1": before[0],
            "H_2": after[0],
            "M0_1": before[1],
            "M0_2": after[1],
            "exit_rate": share(pn, pp + pn),
            "entry_rate": share(np_, np_ + nn),
            "persistence": share(pp, pp + pn),
            "ever_poor": share(pp + pn + np_, everybody),
            "always_poor": share(pp, everybody),
            **self._split(before, after),
            "annualised": annualised(before[1], after[1], years),
        }

    def _m0(self, score: Mapping[str, float], *states: str) -> float | None:
        return share(sum(score[state] for state in states), self.population)

    def _split(
        self, before: Sequence[float | None], after: Sequence[float | None]
    ) -> dict[str, object]:
        names = ("delta_M0", "delta_from_ongoing", "delta_from_entry", "delta_from_exit")
        (h1, m1), (h2, m2) = before, after
        if h1 is None or h2 is None or m1 is None or m2 is None:
            return {**dict.fromkeys(names), "shapley": None}
        ongoing = (self.score_after["PP"] - self.score_before["PP"]) / self.population
        entry = self.score_after["NP"] / self.population
        exits = -self.score_before["PN"] / self.population
        parts = dict(zip(names, (m2 - m1, ongoing, entry, exits), strict=True))
        a1, a2 = share(m1, h1), share(m2, h2)
        if a1 is None or a2 is None:
            return {**parts, "shapley": None}
        by_incidence, by_intensity = (h2 - h1) * (a1 + a2) / 2, (a2 - a1) * (h1 + h2) / 2
        return {**parts, "shapley": {"incidence": by_incidence, "intensity": by_intensity}}


def annualised(
    before: float | None, after: float | None, years: float | None
) -> dict[str, float | None] | None:
    """Change per year: absolute, and relative in percent (compound). None without years."""
    if years is None or before is None or after is None:
        return None
    relative = 100 * ((after / before) ** (1 / years) - 1) if before > 0 else None
    return {"years": years, "absolute": (after - before) / years, "relative_pct": relative}


def share(part: float, whole: float) -> float | None:
    """Part of a whole, None when the whole is zero."""
    return part / whole if whole else None
