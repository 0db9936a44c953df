"""What a multidimensional measure counts: indicators, cutoffs, weights, k and the design.

Weights and k are exact fractions. A number is taken as the nearest fraction with a
denominator up to 1,000, so 0.333 is 333/1000, 0.3333 is 1/3 and 0.166667 is 1/6; the
households that stand exactly on a cutoff then fall on the same side on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, cast

from kaejon.methods.documents import exact_number
from kaejon.methods.errors import UsageError

MAX_DENOMINATOR = 1000
WEIGHT_SUM_TOLERANCE = Fraction(1, 1_000_000)
# Above this the common denominator no longer fits the widest exact number of the engines.
MAX_COMMON_DENOMINATOR = 10**37

MissingRule = Literal["error", "drop", "not_deprived"]
MISSING_RULES = ("error", "drop", "not_deprived")
INDICATOR_KEYS = {"name", "column", "cutoff", "deprived_values", "weight", "dimension"}
SPEC_KEYS = {
    "indicators", "k", "weight", "household_size", "strata", "psu", "by", "missing", "gaps",
}  # fmt: skip
# Facts about a definition that change no number; kept beside it in the same file.
DESCRIPTIVE_KEYS = {
    "name", "kind", "title_th", "title_en", "th", "en", "unit", "source", "issued",
    "survey_years_be", "provisional",
}  # fmt: skip


@dataclass(frozen=True)
class Indicator:
    """One indicator: deprived when the value is below `cutoff`, or among `deprived_values`."""

    name: str
    column: str
    weight: Fraction
    cutoff: float | None = None
    deprived_values: tuple[object, ...] = ()
    dimension: str | None = None


@dataclass(frozen=True)
class Spec:
    """A complete measure. `k_values` keeps the order asked for; `single_k` when k was one value."""

    indicators: tuple[Indicator, ...]
    k_values: tuple[Fraction, ...]
    single_k: bool = True
    weight: str | None = None
    household_size: str | None = None
    strata: str | None = None
    psu: str | None = None
    by: tuple[str, ...] = ()
    missing: MissingRule = "error"
    gaps: bool = True

    @property
    def has_design(self) -> bool:
        """Whether standard errors exist: lists of everybody have no sampling error."""
        return self.psu is not None or self.strata is not None

    @property
    def is_cardinal(self) -> bool:
        """Whether depth of deprivation (M1, M2) has a meaning: every cutoff is above zero."""
        return self.gaps and all(i.cutoff is not None and i.cutoff > 0 for i in self.indicators)

    @property
    def denominator(self) -> int:
        """Sum of the integer weights: a household deprived in everything scores this."""
        return sum(self.integer_weights)

    @property
    def integer_weights(self) -> tuple[int, ...]:
        """The weights over their common denominator, as whole numbers."""
        common = math.lcm(*(i.weight.denominator for i in self.indicators))
        return tuple(int(i.weight * common) for i in self.indicators)

    @property
    def thresholds(self) -> tuple[int, ...]:
        """Smallest integer score that is poor, ascending, one for each distinct k."""
        return tuple(math.ceil(self.denominator * k) for k in sorted(set(self.k_values)))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the measure reads, once, in order."""
        named = [i.column for i in self.indicators]
        named += [c for c in (self.weight, self.household_size, self.strata, self.psu) if c]
        return tuple(dict.fromkeys([*named, *self.by]))


def parse_spec(document: object) -> Spec:
    """Read a measure from a JSON document (contract of `kaejon measure alkire-foster`).

    Refuses: unknown or missing keys, weights that do not sum to 1 within 1e-6 or are not
    positive, k outside (0, 1], an indicator with no cutoff or two, repeated names.
    """
    if not isinstance(document, Mapping):
        raise _wrong("spec_shape", "The spec is not an object.", "Start it with { … }.")
    unknown = sorted(set(document) - SPEC_KEYS - DESCRIPTIVE_KEYS)
    if unknown:
        allowed = ", ".join(sorted(SPEC_KEYS))
        raise _wrong("unknown_key", f"The spec has an unknown key {unknown[0]!r}.", allowed)
    indicators = _parse_indicators(document.get("indicators"))
    k_values, single = _parse_k(document.get("k"))
    missing = document.get("missing") or "error"
    if missing not in MISSING_RULES:
        raise _wrong("missing_rule", f"missing is {missing!r}.", f"Use {', '.join(MISSING_RULES)}.")
    return Spec(
        indicators=indicators,
        k_values=k_values,
        single_k=single,
        weight=_optional_name(document, "weight"),
        household_size=_optional_name(document, "household_size"),
        strata=_optional_name(document, "strata"),
        psu=_optional_name(document, "psu"),
        by=_parse_by(document.get("by") or []),
        missing=cast(MissingRule, missing),
        gaps=_parse_flag(document.get("gaps", True)),
    )


def exact_fraction(value: object, *, what: str) -> Fraction:
    """A weight or k as an exact fraction, from a number or "p/q".

    Refuses: anything that is not a finite number, or a "p/q" with q above 1,000.
    """
    try:
        given = exact_number(value)
    except (ValueError, OverflowError, ZeroDivisionError) as error:
        raise _wrong(
            "not_a_fraction",
            f"{what} is {str(value)[:40]!r}.",
            'Give a number such as 0.25 or "1/4".',
        ) from error
    if isinstance(value, str) and "/" in value and given.denominator > MAX_DENOMINATOR:
        raise _wrong(
            "denominator_too_large",
            f"{what} is {value}: the denominator is above {MAX_DENOMINATOR}.",
            "Use a simpler fraction.",
        )
    return given.limit_denominator(MAX_DENOMINATOR)


def _parse_indicators(given: object) -> tuple[Indicator, ...]:
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise _wrong("no_indicators", "The spec lists no indicators.", 'Fill "indicators": [ … ].')
    indicators = tuple(_parse_indicator(i, number) for number, i in enumerate(given, start=1))
    names = [i.name for i in indicators]
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        raise _wrong("repeated_name", f"Two indicators are called {repeated[0]!r}.", "Rename one.")
    total = sum((i.weight for i in indicators), Fraction(0))
    if abs(total - 1) > WEIGHT_SUM_TOLERANCE:
        raise _wrong(
            "weights_sum",
            f"The weights sum to {float(total):.6g}, not 1.",
            'Write thirds and sixths as fractions ("1/3") and make them sum to 1.',
        )
    if math.lcm(*(i.weight.denominator for i in indicators)) > MAX_COMMON_DENOMINATOR:
        raise _wrong(
            "weights_too_fine",
            "The weights share no common denominator that can be counted exactly.",
            "Round them to three decimals that sum to 1.",
        )
    return indicators


def _parse_indicator(given: object, number: int) -> Indicator:
    what = f"Indicator {number}"
    if not isinstance(given, Mapping):
        raise _wrong("indicator_shape", f"{what} is not an object.", "Write it as { … }.")
    unknown = sorted(set(given) - INDICATOR_KEYS - DESCRIPTIVE_KEYS)
    if unknown:
        allowed = ", ".join(sorted(INDICATOR_KEYS))
        raise _wrong("unknown_key", f"{what} has an unknown key {unknown[0]!r}.", allowed)
    name = given.get("name", given.get("column"))
    column = given.get("column", name)
    if not isinstance(name, str) or not isinstance(column, str) or not name or not column:
        raise _wrong("indicator_name", f"{what} has no name or column.", "Give both as text.")
    weight = exact_fraction(given.get("weight"), what=f"The weight of {name!r}")
    if weight <= 0:
        raise _wrong("weight_not_positive", f"The weight of {name!r} is not above 0.", "Mend it.")
    dimension = given.get("dimension")
    return Indicator(
        name=name,
        column=column,
        weight=weight,
        cutoff=_parse_cutoff(given, name),
        deprived_values=_parse_deprived_values(given, name),
        dimension=None if dimension is None else str(dimension),
    )


def _parse_cutoff(given: Mapping[str, object], name: str) -> float | None:
    if ("cutoff" in given) == ("deprived_values" in given):
        raise _wrong(
            "one_cutoff",
            f"Indicator {name!r} needs either cutoff or deprived_values.",
            "Keep exactly one of them.",
        )
    cutoff = given.get("cutoff")
    if "cutoff" not in given:
        return None
    if isinstance(cutoff, bool) or not isinstance(cutoff, int | float) or not math.isfinite(cutoff):
        raise _wrong("cutoff", f"The cutoff of {name!r} is {cutoff!r}.", "Give a finite number.")
    return float(cutoff)


def _parse_deprived_values(given: Mapping[str, object], name: str) -> tuple[object, ...]:
    values = given.get("deprived_values", [])
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise _wrong("deprived_values", f"deprived_values of {name!r} is not a list.", "Use [ … ].")
    if "deprived_values" in given and not values:
        raise _wrong("deprived_values", f"deprived_values of {name!r} is empty.", "Name a value.")
    if not all(isinstance(value, str | int | float) for value in values):
        raise _wrong(
            "deprived_values",
            f"deprived_values of {name!r} holds something that is no value.",
            "Use numbers or texts.",
        )
    return tuple(values)


def _parse_k(given: object) -> tuple[tuple[Fraction, ...], bool]:
    single = isinstance(given, str) or not isinstance(given, Sequence)
    asked = cast(Sequence[object], [given] if single else given)
    if not asked:
        raise _wrong("k_missing", "The list of k is empty.", "Give at least one k.")
    values = tuple(exact_fraction(value, what="k") for value in asked)
    for value, written in zip(values, asked, strict=True):
        if not 0 < value <= 1 or (isinstance(written, int | float) and written > 1):
            raise _wrong("k_outside", f"k is {written}.", "Give k above 0 and at most 1.")
    return values, single


def _parse_by(given: object) -> tuple[str, ...]:
    columns = [given] if isinstance(given, str) else given
    if not isinstance(columns, Sequence) or not all(isinstance(c, str) for c in columns):
        raise _wrong("by", "by is not a list of column names.", 'Write ["tambon", "sex"].')
    return tuple(dict.fromkeys(cast(Sequence[str], columns)))


def _parse_flag(given: object) -> bool:
    if not isinstance(given, bool):
        raise _wrong("gaps", f"gaps is {given!r}.", "Use true or false.")
    return given


def _optional_name(document: Mapping[str, object], key: str) -> str | None:
    value = document.get(key)
    if value is None or (isinstance(value, str) and value):
        return value
    raise _wrong("column_name", f"{key} is {value!r}.", "Give the name of a column.")


def _wrong(code: str, message: str, remedy: str) -> UsageError:
    return UsageError(code, message, remedy=remedy)
