"""What a measurement says, for every k, in the words of the command line's contract."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from kaejon.methods.alkire_foster.cells import Cells, Floats
from kaejon.methods.alkire_foster.design import Design
from kaejon.methods.alkire_foster.estimates import Domain, Estimate, Headline, headlines, ratios
from kaejon.methods.alkire_foster.spec import Spec


@dataclass(frozen=True)
class IndicatorResult:
    """Share of people deprived in one indicator: all of them, and those who are also poor."""

    name: str
    weight: float
    uncensored: Estimate
    censored: Estimate
    contribution: float | None

    def as_document(self, *, with_errors: bool) -> dict[str, object]:
        """The indicator as the command line prints it; errors only where a sample exists."""
        document: dict[str, object] = {
            "name": self.name,
            "weight": self.weight,
            "uncensored": self.uncensored.value,
            "censored": self.censored.value,
            "contribution": self.contribution,
        }
        if with_errors:
            document |= {
                "uncensored_se": self.uncensored.se,
                "uncensored_ci95": self.uncensored.ci95,
                "censored_se": self.censored.se,
                "censored_ci95": self.censored.ci95,
            }
        return document


@dataclass(frozen=True)
class GroupResult:
    """One group of a column: its share of the people, its figures, its part of M0."""

    label: object
    households: int
    population_share: float
    headline: Headline
    contribution: float | None


@dataclass(frozen=True)
class GroupTable:
    """Figures of many groups, one entry per group; `intensity` is NaN where nobody is poor.

    `uncensored` and `censored` are groups × indicators, shares 0-1.
    """

    labels: tuple[object, ...]
    people: Floats
    incidence: Floats
    intensity: Floats
    adjusted: Floats
    uncensored: Floats
    censored: Floats


@dataclass(frozen=True)
class Measurement:
    """A measure of one table. Figures for each k are computed when asked for."""

    spec: Spec
    cells: Cells
    design: Design | None

    @property
    def n(self) -> int:
        """Rows that entered the measure."""
        return self.cells.count

    @cached_property
    def population(self) -> float:
        """People the rows stand for."""
        return float(self.cells.people.sum())

    def headline(self, k: Fraction) -> Headline:
        """H, A and M0 of everybody at one of the asked k."""
        return headlines(self.cells, self._reached(k), self._everybody, self.design)[0]

    def indicators(self, k: Fraction) -> tuple[IndicatorResult, ...]:
        """Headcounts and contribution of each indicator at one of the asked k."""
        adjusted = self.headline(k).adjusted.value
        poor = self.cells.reach >= self._reached(k)
        shares = zip(self.spec.indicators, self.spec.integer_weights, strict=True)
        found = []
        for number, (indicator, weight) in enumerate(shares):
            deprived = self.cells.deprived[:, number]
            censored = self._share(np.where(poor, deprived, 0.0))
            share = weight / self.spec.denominator
            part = share * censored.value / adjusted if adjusted and censored.value else None
            found.append(
                IndicatorResult(
                    name=indicator.name,
                    weight=share,
                    uncensored=self._share(deprived),
                    censored=censored,
                    contribution=part if part is not None else (0.0 if adjusted else None),
                )
            )
        return tuple(found)

    def dimensions(self, k: Fraction) -> dict[str, float | None]:
        """Contribution of each dimension to M0; indicators without a dimension are left out."""
        parts: dict[str, float | None] = {}
        for indicator, result in zip(self.spec.indicators, self.indicators(k), strict=True):
            if indicator.dimension is not None:
                before = parts.get(indicator.dimension) or 0.0
                part = result.contribution
                parts[indicator.dimension] = None if part is None else before + part
        return parts

    def groups(self, column: str, k: Fraction) -> tuple[GroupResult, ...]:
        """Figures of every group of a `by` column, in the order of the labels."""
        domain, labels = self.domain(column)
        overall = self.headline(k).adjusted.value
        households = np.bincount(domain.group, weights=self.cells.households)
        people = np.bincount(domain.group, weights=self.cells.people)
        share = people / self.population
        found = []
        for number, headline in enumerate(
            headlines(self.cells, self._reached(k), domain, self.design)
        ):
            own = headline.adjusted.value
            part = float(share[number]) * own / overall if overall and own is not None else None
            found.append(
                GroupResult(
                    labels[number],
                    int(households[number]),
                    float(share[number]),
                    headline,
                    part,
                )
            )
        return tuple(found)

    def domain(self, column: str) -> tuple[Domain, tuple[object, ...]]:
        """The partition of the cells by a `by` column, with its labels."""
        key = self.cells.keys[column]
        return Domain(key.codes, len(key.labels)), key.labels

    def group_table(self, column: str, k: Fraction) -> GroupTable:
        """Figures of every group as arrays, headcounts of each indicator included."""
        domain, labels = self.domain(column)
        poor = (self.cells.reach >= self._reached(k)).astype(np.float64)

        def sums(values: Floats) -> Floats:
            found = np.bincount(domain.group, weights=values, minlength=domain.groups)
            return found.astype(np.float64)

        people = sums(self.cells.people)
        poor_people, poor_score = sums(self.cells.people * poor), sums(self.cells.score * poor)
        columns = range(self.cells.deprived.shape[1])
        deprived = np.column_stack([sums(self.cells.deprived[:, n]) for n in columns])
        censored = np.column_stack([sums(self.cells.deprived[:, n] * poor) for n in columns])
        some = np.where(poor_people > 0, poor_people, np.nan)
        return GroupTable(
            labels=labels,
            people=people,
            incidence=poor_people / people,
            intensity=poor_score / some,
            adjusted=poor_score / people,
            uncensored=deprived / people[:, None],
            censored=censored / people[:, None],
        )

    def as_document(self) -> dict[str, object]:
        """The measurement as the command line prints it."""
        documents = [self._document(k) for k in self.spec.k_values]
        return documents[0] if self.spec.single_k else {"results": documents}

    @cached_property
    def _everybody(self) -> Domain:
        return Domain(np.zeros(len(self.cells.reach), dtype=np.int64), 1)

    def _reached(self, k: Fraction) -> int:
        return sorted(set(self.spec.k_values)).index(k) + 1

    def _share(self, above: Floats) -> Estimate:
        return ratios(above, self.cells.people, self._everybody, self.design)[0]

    def _document(self, k: Fraction) -> dict[str, object]:
        with_errors = self.design is not None
        return {
            "n": self.n,
            "population": self.population,
            "dropped": self.cells.incomplete,
            "k": float(k),
            **headline_document(self.headline(k)),
            "indicators": [i.as_document(with_errors=with_errors) for i in self.indicators(k)],
            "dimensions": [
                {"name": name, "contribution": part} for name, part in self.dimensions(k).items()
            ],
            "by": {
                column: [group_document(group) for group in self.groups(column, k)]
                for column in self.spec.by
            },
        }


def headline_document(headline: Headline) -> dict[str, object]:
    """Headline figures by their symbols; M1 and M2 only where depth has a meaning."""
    document: dict[str, object] = {
        "H": headline.incidence.as_document(),
        "A": headline.intensity.as_document(),
        "M0": headline.adjusted.as_document(),
    }
    if headline.gap is not None and headline.severity is not None:
        document["M1"] = headline.gap.as_document()
        document["M2"] = headline.severity.as_document()
    return document


def group_document(group: GroupResult) -> dict[str, object]:
    """One group as the command line prints it."""
    label = group.label if isinstance(group.label, bool | int | float | str) else str(group.label)
    return {
        "group": label,
        "n": group.households,
        "population_share": group.population_share,
        **headline_document(group.headline),
        "contribution": group.contribution,
    }
