"""Samples: what a run over one keeps, and how sure its difference from another run is.

The error of a difference needs the linearised values of every sampling unit in both runs, so
that a village asked in both rounds counts as one (`alkire_foster.change`). They are kept when
the run is computed and never shown; a difference has an error only for who sees both runs
exactly, for an interval would give the unrounded figures back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np

from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.measurement.computed import Computed
from kaejon.apps.measurement.documents import digest
from kaejon.apps.measurement.models import MeasurementRun, SampleValues
from kaejon.methods.alkire_foster import Change, Estimate, change
from kaejon.methods.alkire_foster.design import Design, arrange
from kaejon.methods.errors import DataError

DAYS_OF_YEAR = 365.25
HEADLINES = ("H", "A", "M0")
CENSORED = "censored."


class Missing(StrEnum):
    """Why a difference between two runs has no sampling error that could be told."""

    WHOLE_LISTS = "whole_lists"
    ONE_WHOLE_LIST = "one_whole_list"
    OTHER_RULE = "other_rule"
    OTHER_DESIGN = "other_design"
    SAME_LIST = "same_list"
    SOFTENED = "softened"
    NOT_KEPT = "not_kept"


@dataclass(frozen=True)
class Comparison:
    """The differences of two runs with their errors by figure, or why there are none.

    `changes` goes by H, A, M0 and "censored." with the indicator; None where a figure is
    undefined. `degrees_of_freedom`: of the smaller sample.
    """

    missing: Missing | None
    changes: dict[str, Change | None] = field(default_factory=dict)
    years: float | None = None
    degrees_of_freedom: int = 0


def keep_sample(held: MeasurementRun, found: Computed) -> None:
    """Keep what comparing a sample needs; a list of everybody has nothing to keep."""
    if found.sample is not None:
        kept = {"document": found.sample, "digest": digest(found.sample)}
        SampleValues.objects.update_or_create(run=held, defaults=kept)


def is_same_sample(held: MeasurementRun, found: Computed) -> bool:
    """Whether a repetition gave the kept values bit for bit; also true where none are kept."""
    kept = SampleValues.objects.filter(run=held).first()
    return kept is None or kept.digest == digest(found.sample)


def refuse_design(design: str | None, area: str) -> None:
    """Refuse strata inside and outside municipalities over several provinces: each province draws its own."""
    if design == "municipal" and area == WHOLE_SYSTEM:
        raise DataError(
            "options",
            "inside and outside municipalities are strata of one province, not of the country",
            remedy="Measure one province, or choose villages within districts.",
        )


def compare(first: MeasurementRun, second: MeasurementRun, *, exact: bool) -> Comparison:
    """How the second run differs from the first, and how sure that is.

    `exact`: whether the reader sees the figures of both runs unrounded.
    """
    missing = obstacle(first, second)
    if missing is None and not exact:
        missing = Missing.SOFTENED
    if missing is not None:
        return Comparison(missing)
    kept = SampleValues.objects.in_bulk([first.pk, second.pk], field_name="run_id")
    if len(kept) < 2:
        return Comparison(Missing.NOT_KEPT)
    return with_errors(
        (first.results, second.results),
        (kept[first.pk].document, kept[second.pk].document),
        years_between(first, second),
    )


def obstacle(first: MeasurementRun, second: MeasurementRun) -> Missing | None:
    """What makes a sampling error of the difference meaningless, whoever asks."""
    samples = [is_sample(run) for run in (first, second)]
    if not all(samples):
        return Missing.ONE_WHOLE_LIST if any(samples) else Missing.WHOLE_LISTS
    if rule_of(first) != rule_of(second):
        return Missing.OTHER_RULE
    if first.options.get("design") != second.options.get("design"):
        return Missing.OTHER_DESIGN
    if (first.version_id, first.area_id) == (second.version_id, second.area_id):
        return Missing.SAME_LIST
    return None


def rule_of(run: MeasurementRun) -> tuple[object, ...]:
    """Who counts as poor, and what is counted: a difference between two rules is no change."""
    return run.kind, run.definition_hash, run.results.get("k"), run.results.get("unit")


def with_errors(
    results: tuple[Mapping[str, Any], Mapping[str, Any]],
    documents: tuple[Mapping[str, Any], Mapping[str, Any]],
    years: float | None,
) -> Comparison:
    """Every figure of both with its change, from the results and the kept samples."""
    designs = design_of(documents[0]), design_of(documents[1])
    before, after = (
        estimates(found, document) for found, document in zip(results, documents, strict=True)
    )
    changes = {
        name: change(before[name], after[name], designs=designs, years=years) for name in before
    }
    freedom = min(design.degrees_of_freedom for design in designs)
    return Comparison(None, changes, years, freedom)


def design_of(document: Mapping[str, Any]) -> Design:
    # "Inside a municipality" is a stratum of its own in every province.
    units = tuple(((village[:2], stratum), village) for stratum, village in document["units"])
    return arrange(units, np.arange(len(units), dtype=np.int64))


def estimates(results: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Estimate]:
    values = {name: results[name]["value"] for name in HEADLINES}
    values |= {CENSORED + line["name"]: line["censored"] for line in results["indicators"]}
    kept = document["values"]
    return {
        name: Estimate(value, linearised=None if kept[name] is None else np.array(kept[name]))
        for name, value in values.items()
    }


def years_between(first: MeasurementRun, second: MeasurementRun) -> float | None:
    """Years from the first list's day to the second's; None unless one area is seen later again."""
    days = [date.fromisoformat(run.lists[-1]["as_of"]) for run in (first, second)]
    if first.area_id != second.area_id or days[0] >= days[1]:
        return None
    return years_from(*days)


def years_from(first: date, second: date) -> float:
    """Years from one day to another; a whole number between the same day of two years."""
    day = min(first.day, 28) if first.month == 2 else first.day
    anniversary = first.replace(year=second.year, day=day)
    return second.year - first.year + (second - anniversary).days / DAYS_OF_YEAR


def is_sample(run: MeasurementRun) -> bool:
    """Whether the run measured a sample, so that its counts tell of those asked alone."""
    return bool(run.results.get("sample"))
