"""What every kind of run hands back, and the columns by which all of them divide households."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kaejon.apps.areas.models import LENGTH_OF_LEVEL
from kaejon.apps.measurement.freezing import AREA_COLUMNS

# Members are counted by these columns of the frozen rows: group → (label, column).
MEMBER_GROUPS = {
    "life_stage": (
        ("early_childhood", "n_early_childhood"),
        ("school_age", "n_school_age"),
        ("working_age", "n_working_age"),
        ("elderly", "n_elderly"),
        ("unknown", "n_age_unknown"),
    ),
    "sex": (("F", "n_female"), ("M", "n_male"), ("unknown", "n_sex_unknown")),
    "disabled_person": (("yes", "n_disabled"),),
}
# How a sample may have been drawn: villages within strata of the province.
DESIGNS: dict[str, dict[str, str]] = {
    "villages": {"strata": "district", "psu": "village"},
    "municipal": {"strata": "municipal", "psu": "village"},
}


@dataclass
class Computed:
    """Unrounded results of the whole area, and the figures of each area inside it by code.

    `sample`: of a sample what each sampling unit adds to the error of each figure, so that the
    run can be compared with another (`changing`).
    """

    results: dict[str, Any]
    areas: dict[str, dict[str, Any]] = field(default_factory=dict)
    sample: dict[str, Any] | None = None


def inner_columns(area: str) -> list[str]:
    """The area columns below the run's own area: of a province district, tambon, village."""
    return [name for name, digits in AREA_COLUMNS.items() if digits > len(area) or area == "00"]


def is_code_of(column: str, code: str) -> bool:
    """Whether the label is an area of that level; a household without a village has none below its tambon."""
    return len(code) == AREA_COLUMNS[column]


def level_of(code: str) -> str:
    return str(LENGTH_OF_LEVEL[len(code)])
