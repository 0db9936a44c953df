"""How well a list finds the poor: coverage, exclusion, leakage, each with its denominator.

The literature uses "inclusion error" for two different shares, so every figure here names
what it is a share of. Person and household views answer different questions: in the person
view only the listed person counts; in the covered view everybody living with a listed
person counts (the World Bank's ASPIRE coverage); in the household view each home counts
once, poor or listed when anyone in it is.

Source: Coady, Grosh & Hoddinott (2004); ASPIRE, datatopics.worldbank.org/aspire; IRIS/USAID
for the balanced poverty accuracy criterion (BPAC).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaejon.methods import arrays
from kaejon.methods.alkire_foster.design import Design, arrange
from kaejon.methods.alkire_foster.estimates import Domain, Estimate, ratios
from kaejon.methods.errors import DataError

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

DENOMINATORS = {
    "coverage_of_poor": "poor",
    "exclusion_error": "poor",
    "inclusion_error_leakage": "on the list",
    "beneficiary_incidence_poor": "on the list",
    "false_positive_rate": "not poor",
    "targeting_differential": "coverage of the poor less false positive rate",
    "coady_grosh_hoddinott": "share of poor on the list against share of poor among all",
    "overall_coverage": "all",
    "poverty_rate": "all",
    "total_error": "all",
    "bpac": "poor",
}
OWN_COLUMNS = ("household_id", "person_id", "poor", "weight", "strata", "psu", "missed_reason")


@dataclass(frozen=True)
class Accuracy:
    """Two-by-two of a list against the truth, in people or households (may be weighted)."""

    listed_poor: float
    listed_not_poor: float
    missed_poor: float
    neither: float

    @property
    def total(self) -> float:
        """Everybody compared."""
        return self.listed_poor + self.listed_not_poor + self.missed_poor + self.neither

    @property
    def overlap(self) -> float | None:
        """Share of those poor or listed who are both; 1 when list and truth are the same."""
        return _share(self.listed_poor, self.total - self.neither)

    def shares(self) -> dict[str, float | None]:
        """Every measure by name; None where its denominator is zero."""
        tp, fp, fn = self.listed_poor, self.listed_not_poor, self.missed_poor
        poor, listed, not_poor = tp + fn, tp + fp, fp + self.neither
        coverage, false_positive = _share(tp, poor), _share(fp, not_poor)
        incidence, rate = _share(tp, listed), _share(poor, self.total)
        both = coverage is not None and false_positive is not None
        return {
            "coverage_of_poor": coverage,
            "exclusion_error": _share(fn, poor),
            "inclusion_error_leakage": _share(fp, listed),
            "beneficiary_incidence_poor": incidence,
            "false_positive_rate": false_positive,
            "targeting_differential": (coverage or 0) - (false_positive or 0) if both else None,
            "coady_grosh_hoddinott": None if incidence is None else _share(incidence, rate or 0),
            "overall_coverage": _share(listed, self.total),
            "poverty_rate": rate,
            "total_error": _share(fp + fn, self.total),
            "bpac": _share(tp - abs(fn - fp), poor),
        }

    def as_document(self) -> dict[str, object]:
        """Counts and measures by name."""
        counts = {
            "TP": self.listed_poor,
            "FP": self.listed_not_poor,
            "FN": self.missed_poor,
            "TN": self.neither,
            "N": self.total,
        }
        return {**counts, **self.shares()}


def accuracy(tp: float, fp: float, fn: float, tn: float) -> Accuracy:
    """Accuracy from four counts: poor listed, not poor listed, poor missed, neither.

    Refuses: a negative count, or nobody at all.
    """
    if min(tp, fp, fn, tn) < 0 or not tp + fp + fn + tn:
        raise DataError(
            "bad_counts",
            "The four counts must be 0 or more and not all 0.",
            remedy="Count poor and not poor, on and off the list.",
        )
    return Accuracy(tp, fp, fn, tn)


def compare(
    columns: arrays.Columns,
    *,
    lists: Sequence[str] | None = None,
    row_numbers: Sequence[int] | None = None,
) -> dict[str, object]:
    """Compare lists with the verified truth, person by person.

    Input: one row per person, `poor` (1/0, the verified truth) and one 1/0 column per list;
    optional `household_id` (adds the covered and household views), `weight`, `strata` and
    `psu` (the truth is a sample: shares get errors), `missed_reason` (why a poor person is on
    no list). `lists` names the list columns; by default every other column is one.
    Refuses: no list column, cells other than 1 and 0, blank cells, a single-PSU stratum.
    """
    people = _People.read(columns, row_numbers)
    names = list(lists) if lists is not None else [c for c in columns if c not in OWN_COLUMNS]
    if not names:
        raise DataError(
            "no_lists",
            "The table has no list to compare with the truth.",
            remedy="Add a column of 1 and 0 for each list.",
        )
    listed = {name: arrays.flags(columns, name, row_numbers) for name in names}
    listed_anywhere = np.logical_or.reduce(list(listed.values()))
    return {
        "n": len(people.poor),
        "population": float(people.weight.sum()),
        "households": None if people.household is None else int(people.household.max()) + 1,
        "denominators": DENOMINATORS,
        "lists": [{"name": name, **people.views(flag)} for name, flag in listed.items()],
        "any_list": people.views(listed_anywhere) if len(names) > 1 else None,
        "missed": people.missed_by_reason(columns, listed_anywhere),
    }


@dataclass(frozen=True)
class _People:
    """The rows of the comparison, ready for every list."""

    poor: Flags
    weight: Floats
    household: NDArray[np.int64] | None
    design: Design | None

    @classmethod
    def read(cls, columns: arrays.Columns, row_numbers: Sequence[int] | None) -> _People:
        poor = arrays.flags(columns, "poor", row_numbers)
        weight = np.ones(len(poor))
        if "weight" in columns:
            weight = arrays.numbers(columns, "weight", row_numbers)
        if not weight.sum():
            raise DataError("no_people", "All weights are 0.", remedy="Correct the weights.")
        household = None
        if "household_id" in columns:
            _, household = arrays.labels(columns, "household_id")
        return cls(poor, weight, household, _design(columns, len(poor)))

    def views(self, listed: Flags) -> dict[str, object]:
        """The list seen by person, by person covered through the household, by household."""
        document: dict[str, object] = {"person": self._view(self.poor, listed, self.weight)}
        if self.household is None:
            return {**document, "covered": None, "household": None}
        covered = self._anyone(listed)
        document["covered"] = self._view(self.poor, covered[self.household], self.weight)
        document["household"] = self._household_view(covered)
        return document

    def missed_by_reason(self, columns: arrays.Columns, listed: Flags) -> dict[str, float] | None:
        """Poor people on no list, by the reason given; None without reasons."""
        if "missed_reason" not in columns:
            return None
        reasons, code = arrays.labels(columns, "missed_reason")
        missed = np.where(self.poor & ~listed, self.weight, 0.0)
        sums = np.bincount(code, weights=missed, minlength=len(reasons))
        named = [str(reason or "").strip() or "unknown" for reason in reasons]
        return {name: float(total) for name, total in zip(named, sums, strict=True) if total}

    def _anyone(self, flag: Flags) -> Flags:
        assert self.household is not None
        return np.bincount(self.household, weights=flag) > 0

    def _household_view(self, covered: Flags) -> dict[str, object]:
        assert self.household is not None
        first = np.unique(self.household, return_index=True)[1]
        design = self.design
        if design is not None:
            design = Design(design.units, design.unit[first], design.stratum, design.sizes)
        return _figures(self._anyone(self.poor), covered, self.weight[first], design)

    def _view(self, poor: Flags, listed: Flags, weight: Floats) -> dict[str, object]:
        return _figures(poor, listed, weight, self.design)


def _figures(
    poor: Flags, listed: Flags, weight: Floats, design: Design | None
) -> dict[str, object]:
    def people(which: Flags) -> float:
        return float(weight[which].sum())

    table = Accuracy(
        people(poor & listed),
        people(~poor & listed),
        people(poor & ~listed),
        people(~poor & ~listed),
    )
    document = table.as_document()
    document["errors"] = None if design is None else _errors(poor, listed, weight, design)
    return document


def _errors(
    poor: Flags, listed: Flags, weight: Floats, design: Design
) -> dict[str, Mapping[str, object]]:
    everybody = np.ones(len(poor), dtype=np.bool_)
    domain = Domain(np.zeros(len(poor), dtype=np.int64), 1)

    def share(above: Flags, below: Flags) -> Estimate:
        part, whole = np.where(above & below, weight, 0.0), np.where(below, weight, 0.0)
        return ratios(part, whole, domain, design)[0]

    estimates = {
        "coverage_of_poor": share(listed, poor),
        "exclusion_error": share(~listed, poor),
        "inclusion_error_leakage": share(~poor, listed),
        "beneficiary_incidence_poor": share(poor, listed),
        "false_positive_rate": share(listed, ~poor),
        "overall_coverage": share(listed, everybody),
        "poverty_rate": share(poor, everybody),
        "total_error": share(poor ^ listed, everybody),
    }
    return {name: {"se": e.se, "ci95": e.ci95} for name, e in estimates.items()}


def _design(columns: arrays.Columns, count: int) -> Design | None:
    if "psu" not in columns and "strata" not in columns:
        return None
    whole = ((None,), np.zeros(count, dtype=np.int64))
    strata, stratum = arrays.labels(columns, "strata") if "strata" in columns else whole
    psus, psu = (
        arrays.labels(columns, "psu")
        if "psu" in columns
        else (tuple(range(count)), np.arange(count, dtype=np.int64))
    )
    distinct, unit = np.unique(stratum * len(psus) + psu, return_inverse=True)
    units = tuple((strata[c // len(psus)], psus[c % len(psus)]) for c in distinct.tolist())
    return arrange(units, unit.astype(np.int64))


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
