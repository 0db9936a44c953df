"""Splink behind a thin adapter: settings from the profile, scores as match weights.

Fellegi-Sunter with term frequencies. The trained probabilities are shipped; what depends on
the lists at hand (how often people share a house, a village, a name) is counted in them at
every run, exactly and without sampling, so that a run can be repeated bit for bit.
Source: Fellegi & Sunter 1969; Splink 5 documentation, "Model training rationale".
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kaejon.methods.linkage.engines import Engine
from kaejon.methods.linkage.profile import Comparison, Count, Level, Model, Profile

# Weight of the shipped frequencies beside those counted in the lists: so many pairs,
# so many rows. Short lists lean on them, long lists hardly notice.
PRIOR_PAIRS = 400
PRIOR_PAIRS_AT_HOME = 100
PRIOR_ROWS = 2_000
SMALLEST_CHANCE = 1e-9
# Housemates of a person on the other list, to expect in lists of up to so many rows.
HOUSEMATES, HOUSEMATE_ROWS = 0.5, 50

# Expected true pairs per row of the shorter list before any score is known; scores correct it.
EXPECTED_BETWEEN = 0.3
EXPECTED_WITHIN = 0.02

# Pairs below this weight (log2 odds) can neither be asked about nor rival another pair.
LOWEST_WEIGHT = -8.0


@dataclass(frozen=True)
class Sizes:
    """Rows still open on each side and the number of comparable pairs."""

    left: int
    right: int
    within: bool

    @property
    def pairs(self) -> int:
        """Pairs that could be compared."""
        return self.left * (self.left - 1) // 2 if self.within else self.left * self.right

    @property
    def expected(self) -> float:
        """True pairs to expect among them before scoring."""
        return (
            EXPECTED_WITHIN * self.left
            if self.within
            else EXPECTED_BETWEEN * min(self.left, self.right)
        )


def count_open(engine: Engine, *, within: bool) -> Sizes:
    """Sizes of the lists that are left after the lanes."""
    left = engine.rows("SELECT count(*) FROM open_0")[0][0]
    right = engine.rows("SELECT count(*) FROM open_1")[0][0]
    return Sizes(left, right, within)


def chance_probabilities(
    engine: Engine, profile: Profile, model: Model, sizes: Sizes
) -> dict[tuple[str, str], float]:
    """u of every counted level, from the lists at hand blended with the shipped model."""
    known: dict[tuple[str, ...], int] = {}

    def counted(keys: tuple[str, ...]) -> int:
        if keys not in known:
            known[keys] = _count_pairs(engine, keys, within=sizes.within)
        return known[keys]

    result = {}
    for comparison in profile.comparisons:
        for level in comparison.levels:
            if level.count:
                result[comparison.name, level.name] = _chance(
                    comparison, level, level.count, counted, model, sizes
                )
    return result


def _chance(
    comparison: Comparison,
    level: Level,
    count: Count,
    counted: Callable[[tuple[str, ...]], int],
    model: Model,
    sizes: Sizes,
) -> float:
    m, shipped = model.probabilities[comparison.name, level.name]
    equal = counted(count.keys) - (counted(count.minus) if count.minus else 0)
    true_pairs, all_pairs, prior = sizes.expected, float(sizes.pairs), PRIOR_PAIRS
    if count.given:
        true_pairs *= model.m("place", "same_home")
        all_pairs, prior = counted(count.given) - true_pairs, PRIOR_PAIRS_AT_HOME
    by_chance = max(equal - true_pairs * m, equal * 0.1)
    if count.household:
        by_chance += HOUSEMATES * min(sizes.left, sizes.right, HOUSEMATE_ROWS)
        prior = 0
    share = (prior * shipped + by_chance) / max(prior + all_pairs, by_chance, 1.0)
    return min(max(share, SMALLEST_CHANCE), 0.999)


def _count_pairs(engine: Engine, keys: tuple[str, ...], *, within: bool) -> int:
    if keys == ("kin_home",):
        found = engine.rows(
            "SELECT (SELECT count(*) FROM open_0 l JOIN open_1 r ON l.kin_home = r.home)"
            " + (SELECT count(*) FROM open_0 l JOIN open_1 r ON l.home = r.kin_home)"
        )
        return int(found[0][0])
    columns = ", ".join(keys)
    groups = [
        f"SELECT {columns}, CAST(count(*) AS BIGINT) AS n FROM open_{side} GROUP BY {columns}"
        for side in (0, 1)
    ]
    pairs = "a.n * (a.n - 1) / 2" if within else "a.n * b.n"
    total = engine.rows(
        f"SELECT CAST(coalesce(sum({pairs}), 0) AS BIGINT) FROM ({groups[0]}) a JOIN ({groups[1]}) b USING ({columns})"
    )
    return int(total[0][0])


def splink_settings(
    engine: Engine,
    profile: Profile,
    model: Model | None,
    chance: dict[tuple[str, str], float],
    prior: float,
) -> dict[str, Any]:
    """The profile as a Splink settings document; without a model, ready for training."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": prior,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [
            _splink_comparison(engine, comparison, model, chance)
            for comparison in profile.comparisons
        ],
        "retain_matching_columns": model is not None,
        "retain_intermediate_calculation_columns": False,
        "max_iterations": 40,
        "em_convergence": 0.0002,
    }


def _splink_comparison(
    engine: Engine,
    comparison: Comparison,
    model: Model | None,
    chance: dict[tuple[str, str], float],
) -> dict[str, Any]:
    levels: list[dict[str, Any]] = [
        {
            "sql_condition": engine.condition(comparison.null),
            "label_for_charts": "unknown",
            "is_null_level": True,
        }
    ]
    for level in comparison.levels:
        settings: dict[str, Any] = {
            "sql_condition": engine.condition(level.sql),
            "label_for_charts": level.name,
        }
        if model is not None:
            m, u = model.probabilities[comparison.name, level.name]
            settings["m_probability"] = m
            settings["u_probability"] = chance.get((comparison.name, level.name), u)
        if level.rarity:
            settings["tf_adjustment_column"] = level.rarity
            settings["tf_adjustment_weight"] = 1.0
        levels.append(settings)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def score(engine: Engine, profile: Profile, model: Model, *, within: bool) -> Sizes:
    """Fill table `scored (l, r, weight, one column per comparison)` from `candidates`.

    `weight` is log2 of the odds that the pair is one person; each comparison column holds
    the 0-based level of the profile, or NULL when unknown.
    """
    from splink import Linker

    sizes = count_open(engine, within=within)
    chance = chance_probabilities(engine, profile, model, sizes)
    prior = sizes.expected / sizes.pairs if sizes.pairs else 0.5
    settings = splink_settings(engine, profile, model, chance, min(max(prior, 1e-12), 0.5))
    offset = 0 if within else engine.rows("SELECT count(*) FROM people_0")[0][0]
    _stack_lists(engine, profile, offset, within=within)
    engine.create(
        "blocked_pairs",
        f"SELECT '0' AS match_key, l AS join_key_l, r + {offset} AS join_key_r FROM candidates",
    )
    logging.getLogger("splink").setLevel(logging.ERROR)
    api = engine.splink_api()
    linker = Linker(api.register("to_score"), settings, log_level=None, validate_settings=False)
    for column in profile.rarity_columns:
        _make_rarity(engine, model, profile, column, within=within)
        linker.table_management.register_term_frequency_lookup(
            api.register(f"rarity_{column}"), column
        )
    linker.table_management.register_blocked_pairs_for_predict(api.register("blocked_pairs"))
    found = linker.inference.predict(threshold_match_weight=LOWEST_WEIGHT, warning_mode="never")
    engine.create("scored", _scored_sql(profile, found.physical_name, offset))
    linker.table_management.delete_tables_created_by_splink_from_db()
    engine.drop("to_score", "blocked_pairs", *(f"rarity_{c}" for c in profile.rarity_columns))
    return sizes


def _scored_sql(profile: Profile, predicted: str, offset: int) -> str:
    """Splink numbers levels upward from the weakest; the profile lists the strongest first."""
    levels = ", ".join(
        f"CASE WHEN gamma_{c.name} >= 0 THEN {len(c.levels) - 1} - gamma_{c.name} END AS {c.name}"
        for c in profile.comparisons
    )
    ends = "least(unique_id_l, unique_id_r)", "greatest(unique_id_l, unique_id_r)"
    return f"SELECT {ends[0]} AS l, {ends[1]} - {offset} AS r, match_weight AS weight, {levels} FROM {predicted}"


def _stack_lists(engine: Engine, profile: Profile, offset: int, *, within: bool) -> None:
    """Both lists under each other; the right rows are numbered after the left."""
    columns = [
        "first_code",
        "first_fold",
        "first_sound",
        "last_code",
        "last_fold",
        "last_sound",
        "nid",
        "nid_digits",
        "nid_head",
        "nid_tail",
        "nid_pattern",
        "birth_year",
        "birth_month",
        "birth_day",
        "birth_full",
        "sex",
        "tambon",
        "village",
        "moo",
        "house",
        "home",
        "kin_home",
    ]
    listed = ", ".join(columns)
    parts = [f'SELECT "row" AS unique_id, {listed} FROM open_0']
    if not within:
        parts.append(f'SELECT "row" + {offset} AS unique_id, {listed} FROM open_1')
    engine.create("to_score", " UNION ALL ".join(parts))


def _make_rarity(
    engine: Engine, model: Model, profile: Profile, column: str, *, within: bool
) -> None:
    """Frequency of each value in the whole lists, leaning on the shipped mean when they are short."""
    typical = next(
        model.u(c.name, level.name)
        for c in profile.comparisons
        for level in c.levels
        if level.rarity == column
    )
    lists = (
        "people_0"
        if within
        else f"(SELECT {column} FROM people_0 UNION ALL SELECT {column} FROM people_1) both_lists"
    )
    total = engine.rows(f"SELECT count({column}) FROM {lists}")[0][0]
    engine.create(
        f"rarity_{column}",
        f"""SELECT {column}, (count(*) + {PRIOR_ROWS * typical!r}) / {float(total + PRIOR_ROWS)!r} AS tf_{column}
        FROM {lists} WHERE {column} IS NOT NULL GROUP BY {column}""",
    )
