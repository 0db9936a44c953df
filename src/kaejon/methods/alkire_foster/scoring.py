"""The SQL of the measure: score every household once, then add up small cells.

Each household's deprivations are packed into the bits of one integer while the table is
scanned. Its integer score is counted from those bits, and the score says how many of the
asked k it reaches. Households with the same groups and the same reach form one *cell*, so
every k, group, headcount and contribution follows from a table that is small.

Headcounts of several indicators travel in one number: the bits of a few indicators are
spread to fields wide enough for the largest group and summed together. A DOUBLE holds 52
such bits exactly on both engines and sums faster than a wide integer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from kaejon.methods.alkire_foster.spec import Indicator, Spec
from kaejon.methods.engine import ColumnKind, Source, quoted, text_literal

# Bits are gathered in narrow integers first: four of these fill one BIGINT.
BITS_PER_PART = 14
BITS_PER_MASK = 4 * BITS_PER_PART
EXACT_BITS_OF_DOUBLE = 52
# Stands for a column that numbers the rows; no real column has an empty name.
ROW = ""
LARGEST_WHOLE_DOUBLE = 2**EXACT_BITS_OF_DOUBLE


@dataclass(frozen=True)
class Pack:
    """A few neighbouring indicators counted in one sum: `count` fields of `width` bits."""

    mask: int
    first: int
    count: int
    width: int


def key_columns(spec: Spec) -> tuple[str, ...]:
    """Columns that separate cells: groups first, then the sample design.

    Strata without a PSU column mean that every row was drawn by itself.
    """
    design = [c for c in (spec.strata, spec.psu) if c]
    rows = [ROW] if spec.strata and not spec.psu else []
    return tuple(dict.fromkeys([*spec.by, *design, *rows]))


def key_sql(spec: Spec, source: Source) -> list[str]:
    """The key columns as key_0, key_1, …"""
    return [
        f"ROW_NUMBER() OVER (ORDER BY 1) AS key_{number}"
        if column == ROW
        else f"{label_sql(column, source.columns[column])} AS key_{number}"
        for number, column in enumerate(key_columns(spec))
    ]


def size_sql(spec: Spec, source: Source) -> str:
    """People a row stands for: weight times household size, 1 where neither is given."""
    columns = [c for c in (spec.weight, spec.household_size) if c]
    numbers = [f"CAST({number_sql(c, source.columns[c])} AS DOUBLE)" for c in columns]
    return " * ".join(numbers) or "CAST(1 AS DOUBLE)"


def number_sql(column: str, kind: ColumnKind) -> str:
    """A column as a number; blank text and NaN are missing."""
    name = quoted(column)
    if kind == "text":
        name = f"TRY_CAST({western_digits(name)} AS DOUBLE)"
    if kind in ("text", "float"):
        return f"CASE WHEN ISNAN({name}) THEN NULL ELSE {name} END"
    if kind == "boolean":
        return f"CAST({name} AS INTEGER)"
    return f"CAST({name} AS DOUBLE)" if kind == "decimal" else name


def western_digits(text: str) -> str:
    """Text in SQL with Thai digits written as 0-9."""
    return f"TRANSLATE(TRIM({text}), '๐๑๒๓๔๕๖๗๘๙', '0123456789')"


def label_sql(column: str, kind: ColumnKind) -> str:
    """A column as a group label; blank text and NaN are missing."""
    name = quoted(column)
    if kind == "text":
        return f"NULLIF(TRIM({name}), '')"
    return f"CASE WHEN ISNAN({name}) THEN NULL ELSE {name} END" if kind == "float" else name


def deprived_sql(indicator: Indicator, kind: ColumnKind) -> str:
    """Condition under which a household is deprived in one indicator."""
    number = number_sql(indicator.column, kind)
    if indicator.cutoff is not None:
        return f"{number} < {literal(indicator.cutoff, kind)}"
    numbers = [v for v in indicator.deprived_values if not isinstance(v, str)]
    tests = []
    if numbers:
        tests.append(f"{number} IN ({', '.join(literal(v, kind) for v in numbers)})")
    texts = [text_literal(v.strip()) for v in indicator.deprived_values if isinstance(v, str)]
    if texts:
        as_text = f"TRIM(CAST({quoted(indicator.column)} AS VARCHAR))"
        tests.append(f"{as_text} IN ({', '.join(texts)})")
    return " OR ".join(tests)


def missing_sql(indicator: Indicator, kind: ColumnKind) -> str:
    """Condition under which an indicator has no value."""
    if indicator.cutoff is not None:
        return f"{number_sql(indicator.column, kind)} IS NULL"
    return f"{label_sql(indicator.column, kind)} IS NULL"


def literal(value: object, kind: ColumnKind) -> str:
    """A number for a comparison: whole beside whole columns, so that nothing is converted."""
    number = float(value)  # type: ignore[arg-type]
    if not isfinite(number):
        return "NULL"
    if (
        kind in ("integer", "boolean")
        and number.is_integer()
        and abs(number) < LARGEST_WHOLE_DOUBLE
    ):
        return str(int(number))
    return f"CAST({number!r} AS DOUBLE)"


def mask_sql(spec: Spec, source: Source) -> list[str]:
    """One integer per 56 indicators with a bit for each deprivation."""
    bits = [
        bit_sql(indicator, source.columns[indicator.column], number % BITS_PER_PART)
        for number, indicator in enumerate(spec.indicators)
    ]
    parts = [
        f"CAST({' | '.join(bits[start : start + BITS_PER_PART])} AS BIGINT)"
        for start in range(0, len(bits), BITS_PER_PART)
    ]
    per_mask = BITS_PER_MASK // BITS_PER_PART
    return [
        " | ".join(
            f"({part} * CAST({1 << (place * BITS_PER_PART)} AS BIGINT))"
            for place, part in enumerate(parts[start : start + per_mask])
        )
        for start in range(0, len(parts), per_mask)
    ]


def bit_sql(indicator: Indicator, kind: ColumnKind, place: int) -> str:
    """One indicator as a bit of a narrow integer; 0 where it has no value."""
    return (
        f"CASE WHEN {deprived_sql(indicator, kind)} THEN CAST({1 << place} AS SMALLINT) "
        "ELSE CAST(0 AS SMALLINT) END"
    )


def incomplete_sql(spec: Spec, source: Source) -> str:
    """Condition under which a row lacks an indicator, "" where that means nothing.

    Asked once it costs less than a NULL in every bit.
    """
    if spec.missing == "not_deprived":
        return ""
    kinds = source.columns
    return " OR ".join(missing_sql(i, kinds[i.column]) for i in spec.indicators)


def gap_sql(spec: Spec, source: Source, power: int) -> str:
    """Weighted sum of normalised gaps to a power, for cutoffs above zero.

    A negative achievement has no gap between 0 and 1: the sum becomes NaN, read as undefined.
    """
    terms = []
    for indicator, weight in zip(spec.indicators, spec.integer_weights, strict=True):
        cutoff, kind = float(indicator.cutoff or 0), source.columns[indicator.column]
        number = number_sql(indicator.column, kind)
        gap = f"(1 - CAST({number} AS DOUBLE) / CAST({cutoff!r} AS DOUBLE))"
        share = weight / spec.denominator
        product = " * ".join([f"CAST({share!r} AS DOUBLE)", *[gap] * power])
        terms.append(
            f"CASE WHEN {number} < 0 THEN CAST('NaN' AS DOUBLE) "
            f"WHEN {deprived_sql(indicator, kind)} THEN {product} ELSE CAST(0 AS DOUBLE) END"
        )
    return " + ".join(terms)


def score_sql(weights: Sequence[int]) -> str:
    """Integer score of a household, counted from its bits.

    A DOUBLE holds it exactly and adds without overflow checks; weights without a small
    common denominator need a wide decimal.
    """
    starts = range(0, len(weights), BITS_PER_MASK)
    parts = [(n, weights[start : start + BITS_PER_MASK]) for n, start in enumerate(starts)]
    if sum(weights) < LARGEST_WHOLE_DOUBLE:
        terms = [
            f"CAST({worth} AS DOUBLE) * "
            f"CAST(BIT_COUNT(mask_{number} & CAST({bits} AS BIGINT)) AS DOUBLE)"
            for number, part in parts
            for worth, bits in planes(part)
        ]
        return " + ".join(terms)
    wide = "DECIMAL(38, 0)"
    return " + ".join(
        f"CASE WHEN (mask_{number} & {1 << bit}) <> 0 THEN CAST('{weight}' AS {wide}) "
        f"ELSE CAST(0 AS {wide}) END"
        for number, part in parts
        for bit, weight in enumerate(part)
    )


def planes(weights: Sequence[int]) -> list[tuple[int, int]]:
    """Few sets of indicators that together make up the weights: what a set is worth, its bits.

    One set per distinct weight, or one per binary digit of the weights, whichever is fewer.
    """

    def bits(chosen: Iterable[bool]) -> int:
        return sum(1 << place for place, is_in in enumerate(chosen) if is_in)

    digits = range(max(weights).bit_length())
    by_digit = [(1 << d, bits(w >> d & 1 == 1 for w in weights)) for d in digits]
    by_weight = [(worth, bits(w == worth for w in weights)) for worth in sorted(set(weights))]
    return min(by_weight, [plane for plane in by_digit if plane[1]], key=len)


def reach_sql(spec: Spec) -> str:
    """How many of the distinct k, from the lowest, a household's score reaches; -1 incomplete."""
    keys = [f"key_{number} IS NULL" for number in range(len(key_columns(spec)))]
    incomplete = [*keys, "people IS NULL", "score IS NULL"]
    steps = [
        f"WHEN score >= {whole_literal(threshold)} THEN {reached}"
        for reached, threshold in reversed(list(enumerate(spec.thresholds, start=1)))
    ]
    return f"CASE WHEN {' OR '.join(incomplete)} THEN -1 {' '.join(steps)} ELSE 0 END"


def whole_literal(number: int) -> str:
    """A whole number of any size for a comparison with a score."""
    return str(number) if number < LARGEST_WHOLE_DOUBLE else f"CAST('{number}' AS DECIMAL(38, 0))"


def packs(indicators: int, *, largest_group: float, whole: bool) -> tuple[Pack, ...]:
    """How to sum the headcounts. Fractional people cannot share a number: one field each."""
    width = max(int(largest_group).bit_length(), 1)
    fields = min(EXACT_BITS_OF_DOUBLE // width, width - 1) if whole else 1
    fields = max(fields, 1)
    plan = []
    for mask_start in range(0, indicators, BITS_PER_MASK):
        mask_end = min(mask_start + BITS_PER_MASK, indicators)
        for start in range(mask_start, mask_end, fields):
            count = min(fields, mask_end - start)
            plan.append(Pack(mask_start // BITS_PER_MASK, start - mask_start, count, width))
    return tuple(plan)


def pack_sql(pack: Pack) -> str:
    """People deprived in each indicator of a pack, in fields of one sum.

    Multiplying copies the bits once per field, one place short of the field's width, so
    that the wanted bit of copy n lands at the foot of field n; the rest is masked away.
    """
    bits = f"((mask_{pack.mask} >> {pack.first}) & {(1 << pack.count) - 1})"
    if pack.count > 1:
        copies = sum(1 << (field * (pack.width - 1)) for field in range(pack.count))
        feet = sum(1 << (field * pack.width) for field in range(pack.count))
        bits = f"(({bits} * CAST({copies} AS BIGINT)) & CAST({feet} AS BIGINT))"
    return f"SUM(CAST({bits} AS DOUBLE) * people)"


def scored_sql(spec: Spec, source: Source, beside: Sequence[str]) -> str:
    """Every row with people, masks and integer score (NULL when incomplete).

    `beside` are further columns to carry along, as SQL with a name.
    """
    masks = [f"{sql} AS mask_{n}" for n, sql in enumerate(mask_sql(spec, source))]
    lacking = incomplete_sql(spec, source)
    marks = [f"{lacking} AS incomplete"] if lacking else []
    row = ", ".join([*beside, f"{size_sql(spec, source)} AS people", *marks, *masks])
    score = score_sql(spec.integer_weights)
    if lacking:
        score = f"CASE WHEN incomplete THEN NULL ELSE {score} END"
    return f"SELECT *, {score} AS score FROM (SELECT {row} FROM {source.name}) AS marked"


def cells_sql(spec: Spec, source: Source, plan: Sequence[Pack]) -> str:
    """The one query of the measure: one row per combination of keys and reach."""
    keys, labels = key_columns(spec), key_sql(spec, source)
    powers = (1, 2) if spec.is_cardinal else ()
    gaps = [f"{gap_sql(spec, source, power)} AS gap_{power}" for power in powers]
    groups = [*(f"key_{n}" for n in range(len(keys))), "reach"]
    sums = [
        "COUNT(*) AS households",
        "SUM(people) AS people",
        "SUM(people * CAST(score AS DOUBLE)) AS score",
        *(f"{pack_sql(pack)} AS pack_{n}" for n, pack in enumerate(plan)),
        *(f"SUM(people * gap_{power}) AS gap_{power}" for power in powers),
    ]
    return (
        f"WITH scored AS ({scored_sql(spec, source, [*labels, *gaps])}), "
        f"reached AS (SELECT *, {reach_sql(spec)} AS reach FROM scored) "
        f"SELECT {', '.join(groups)}, {', '.join(sums)} FROM reached GROUP BY {', '.join(groups)}"
    )


def limits_sql(spec: Spec, source: Source) -> str:
    """Bounds that decide the plan: rows, sign of the weights, largest group, whole or not."""
    keys, labels = key_columns(spec), key_sql(spec, source)
    signs = [
        f"{number_sql(c, source.columns[c])} AS part_{n}"
        for n, c in enumerate((spec.weight, spec.household_size))
        if c
    ]
    row = ", ".join([*labels, f"{size_sql(spec, source)} AS people", *signs])
    parts = [f"part_{n}" for n, c in enumerate((spec.weight, spec.household_size)) if c]
    least = [f"MIN({part}) AS {part}" for part in parts]
    groups = [f"key_{n}" for n in range(len(keys))]
    grouped = f" GROUP BY {', '.join(groups)}" if groups else ""
    sums = [
        "COUNT(*) AS households",
        "SUM(people) AS people",
        "MAX(people) AS most",
        "MIN(CASE WHEN people = FLOOR(people) THEN 1 ELSE 0 END) AS whole",
        *least,
    ]
    totals = ["SUM(households) AS households", "MAX(people) AS largest_group"]
    totals += ["MAX(most) AS most", "MIN(whole) AS whole", *least]
    return (
        f"WITH sized AS (SELECT {row} FROM {source.name}), "
        f"grouped AS (SELECT {', '.join(sums)} FROM sized{grouped}) "
        f"SELECT {', '.join(totals)} FROM grouped"
    )


def complaints_sql(spec: Spec, source: Source) -> str:
    """For each column: rows without a value, and rows whose text is no number."""
    counts = []
    for number, (column, needs_number) in enumerate(column_needs(spec).items()):
        kind = source.columns[column]
        label = label_sql(column, kind)
        read = f"TRY_CAST({western_digits(label)} AS DOUBLE)"
        missing = f"{label} IS NULL"
        if needs_number and kind == "text":
            missing += f" OR ISNAN({read})"
        counts.append(f"SUM(CASE WHEN {missing} THEN 1 ELSE 0 END) AS missing_{number}")
        broken = f"{label} IS NOT NULL AND {read} IS NULL"
        if needs_number and kind == "text":
            counts.append(f"SUM(CASE WHEN {broken} THEN 1 ELSE 0 END) AS broken_{number}")
            counts.append(f"MIN(CASE WHEN {broken} THEN {label} END) AS example_{number}")
    return f"SELECT {', '.join(counts)} FROM {source.name}"


def column_needs(spec: Spec) -> dict[str, bool]:
    """Every column read, and whether it must hold numbers."""
    needs = dict.fromkeys(spec.columns, False)
    for indicator in spec.indicators:
        needs[indicator.column] |= indicator.cutoff is not None
    for column in (spec.weight, spec.household_size):
        if column:
            needs[column] = True
    return needs
