"""The SQL of the measure: score every household once, then add up small cells.

Deprivations of a few indicators are written as fields of one whole number, a *pack*: field
n stands at bit n × width. Packs shifted by one bit each and added give a *mask*, in which
every indicator has a bit of its own; the integer score is counted from it and says how many
of the asked k a household reaches. Households with the same groups and the same reach form
one *cell*, so every k, group, headcount and contribution follows from a table that is small.

Fields are wide enough for the largest group, so the sum of packs times people holds the
headcounts of all its indicators at once. A DOUBLE holds 52 such bits exactly on both
engines and adds faster than a wide integer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

from kaejon.methods.alkire_foster.spec import Indicator, Spec
from kaejon.methods.engine import ColumnKind, Source, quoted, text_literal

EXACT_BITS_OF_DOUBLE = 52
# Stands for a column that numbers the rows; no real column has an empty name.
ROW = ""
LARGEST_WHOLE_DOUBLE = 2**EXACT_BITS_OF_DOUBLE


@dataclass(frozen=True)
class Pack:
    """Neighbouring indicators in one number: `count` fields of `width` bits from `first` on.

    `place` is how far the pack is shifted inside its mask.
    """

    mask: int
    place: int
    first: int
    count: int
    width: int

    @property
    def feet(self) -> list[int]:
        """What one deprivation is worth in each field."""
        return [1 << (field * self.width) for field in range(self.count)]

    @property
    def bits(self) -> list[int]:
        """The bit of each indicator in the mask."""
        return [foot << self.place for foot in self.feet]


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


def mark_sql(indicator: Indicator, kind: ColumnKind, largest: int) -> tuple[str, int]:
    """A DOUBLE that is `top` for a household not deprived and one less for a deprived one; `top`.

    A whole column with a whole cutoff (up to `largest`) is only clamped to the two values:
    DuckDB does that once per distinct value, not once per row. Both engines pass over a NULL
    in LEAST, so a missing value is not deprived.
    """
    cutoff = indicator.cutoff
    if (
        kind == "integer"
        and cutoff is not None
        and float(cutoff).is_integer()
        and 0 <= cutoff <= largest
    ):
        top, name = int(cutoff), quoted(indicator.column)
        above = f"LEAST(CAST({name} AS DOUBLE), CAST({top} AS DOUBLE))"
        return f"GREATEST({above}, CAST({top - 1} AS DOUBLE))", top
    deprived = deprived_sql(indicator, kind)
    return f"CASE WHEN {deprived} THEN CAST(0 AS DOUBLE) ELSE CAST(1 AS DOUBLE) END", 1


def pack_sql(pack: Pack, spec: Spec, source: Source) -> str:
    """The deprivations of one household in the fields of a pack.

    The marks are put together first and taken from what they are when nobody is deprived.
    """
    indicators = spec.indicators[pack.first : pack.first + pack.count]
    largest = LARGEST_WHOLE_DOUBLE // sum(pack.feet)
    marks = [mark_sql(i, source.columns[i.column], largest) for i in indicators]
    nobody = sum(top * foot for (_, top), foot in zip(marks, pack.feet, strict=True))
    together = stacked_sql([sql for sql, _ in marks], 1 << pack.width)
    return f"CAST({nobody} AS DOUBLE) - {together}"


def stacked_sql(terms: Sequence[str], base: int) -> str:
    """DOUBLE terms as digits of one number, the first lowest (Horner's rule)."""
    number = terms[-1]
    for term in reversed(terms[:-1]):
        number = f"({number} * CAST({base} AS DOUBLE) + {term})"
    return number


def mask_sql(plan: Sequence[Pack], mask: int) -> str:
    """All packs of a mask in one integer with a bit for each deprivation."""
    packs_of_mask = [f"fields_{n}" for n, pack in enumerate(plan) if pack.mask == mask]
    return f"CAST({stacked_sql(packs_of_mask, 2)} AS BIGINT)"


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


def score_sql(weights: Sequence[int], plan: Sequence[Pack]) -> str:
    """Integer score of a household, counted from the bits of its masks.

    A DOUBLE holds it exactly and adds without overflow checks; weights without a small
    common denominator need a wide decimal.
    """
    parts = [
        (f"mask_{mask}", indicator_bits(weights, plan, mask)) for mask in range(plan[-1].mask + 1)
    ]
    if sum(weights) < LARGEST_WHOLE_DOUBLE:
        return " + ".join(
            f"CAST({worth} AS DOUBLE) * CAST(BIT_COUNT({mask} & CAST({bits} AS BIGINT)) AS DOUBLE)"
            for mask, weighted in parts
            for worth, bits in planes(weighted)
        )
    wide = "DECIMAL(38, 0)"
    return " + ".join(
        f"CASE WHEN ({mask} & {bit}) <> 0 THEN CAST('{weight}' AS {wide}) "
        f"ELSE CAST(0 AS {wide}) END"
        for mask, weighted in parts
        for weight, bit in weighted
    )


def indicator_bits(
    weights: Sequence[int], plan: Sequence[Pack], mask: int
) -> list[tuple[int, int]]:
    """Weight and bit of every indicator in a mask."""
    return [
        (weights[pack.first + field], bit)
        for pack in plan
        if pack.mask == mask
        for field, bit in enumerate(pack.bits)
    ]


def planes(weighted: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Few sets of indicators that together make up the weights: what a set is worth, its bits.

    One set per distinct weight, or one per binary digit of the weights, whichever is fewer.
    """
    weights = [weight for weight, _ in weighted]

    def bits(chosen: Iterable[bool]) -> int:
        return sum(bit for (_, bit), is_in in zip(weighted, chosen, strict=True) if is_in)

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
    """How to sum the headcounts. Fractional people cannot share a number: one field each.

    A mask takes as many packs as a field is wide; one more would reach the next field.
    """
    width = EXACT_BITS_OF_DOUBLE
    if whole:
        width = min(max(int(largest_group).bit_length(), 1), EXACT_BITS_OF_DOUBLE)
    fields = EXACT_BITS_OF_DOUBLE // width
    return tuple(
        Pack(
            mask=number // width,
            place=number % width,
            first=first,
            count=min(fields, indicators - first),
            width=width,
        )
        for number, first in enumerate(range(0, indicators, fields))
    )


def scored_sql(spec: Spec, source: Source, plan: Sequence[Pack], beside: Sequence[str] = ()) -> str:
    """Every row with people, packs, masks and integer score (NULL when incomplete).

    `beside` are further columns to carry along, as SQL with a name.
    """
    fields = [f"{pack_sql(pack, spec, source)} AS fields_{n}" for n, pack in enumerate(plan)]
    lacking = incomplete_sql(spec, source)
    marks = [f"{lacking} AS incomplete"] if lacking else []
    # A product is a plain vector in DuckDB; a bare column keeps the dictionary of its file,
    # which is slow to multiply every pack with.
    people = f"CAST(1 AS DOUBLE) * {size_sql(spec, source)} AS people"
    row = ", ".join([*beside, people, *marks, *fields])
    masks = ", ".join(f"{mask_sql(plan, n)} AS mask_{n}" for n in range(plan[-1].mask + 1))
    score = score_sql(spec.integer_weights, plan)
    if lacking:
        score = f"CASE WHEN incomplete THEN NULL ELSE {score} END"
    return (
        f"SELECT *, {score} AS score FROM (SELECT *, {masks} FROM "
        f"(SELECT {row} FROM {source.name}) AS packed) AS masked"
    )


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
        *(f"SUM(fields_{n} * people) AS pack_{n}" for n in range(len(plan))),
        *(f"SUM(people * gap_{power}) AS gap_{power}" for power in powers),
    ]
    return (
        f"WITH scored AS ({scored_sql(spec, source, plan, [*labels, *gaps])}), "
        f"reached AS (SELECT *, {reach_sql(spec)} AS reach FROM scored) "
        f"SELECT {', '.join(groups)}, {', '.join(sums)} FROM reached GROUP BY {', '.join(groups)}"
    )


def limits_sql(spec: Spec, source: Source) -> str:
    """Bounds that decide the plan: sign of the weights, largest group, whole or not.

    All are NULL for a table without rows. Whole columns give whole and finite people, so
    `most` and `whole` are asked of others only.
    """
    keys, labels = key_columns(spec), key_sql(spec, source)
    weights = {f"part_{n}": c for n, c in enumerate((spec.weight, spec.household_size)) if c}
    signs = [f"{number_sql(c, source.columns[c])} AS {part}" for part, c in weights.items()]
    row = ", ".join([*labels, f"{size_sql(spec, source)} AS people", *signs])
    bounds = [f"MIN({part}) AS {part}" for part in weights]
    sums, totals = ["SUM(people) AS people"], ["MAX(people) AS largest_group"]
    if not counts_whole_people(spec, source):
        whole = "CASE WHEN people = FLOOR(people) THEN 1 ELSE 0 END"
        sums += ["MAX(people) AS most", f"MIN({whole}) AS whole"]
        totals += ["MAX(most) AS most", "MIN(whole) AS whole"]
    groups = [f"key_{n}" for n in range(len(keys))]
    grouped = f" GROUP BY {', '.join(groups)}" if groups else ""
    return (
        f"WITH sized AS (SELECT {row} FROM {source.name}), "
        f"grouped AS (SELECT {', '.join([*sums, *bounds])} FROM sized{grouped}) "
        f"SELECT {', '.join([*totals, *bounds])} FROM grouped"
    )


def counts_whole_people(spec: Spec, source: Source) -> bool:
    """Whether the types alone say that people are whole numbers."""
    columns = [c for c in (spec.weight, spec.household_size) if c]
    return all(source.columns[c] in ("integer", "boolean") for c in columns)


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
