"""Train a model by EM on two lists and put it in the form that is shipped.

Training needs no truth: EM separates true from chance pairs by their patterns of agreement.
Chance frequencies come from seeded random pairs; near-unique facts are fixed by hand,
because random pairs never show them.
"""

from __future__ import annotations

import logging
from typing import Any

from kaejon.methods.errors import DataError
from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.linkage.model import count_open, splink_settings
from kaejon.methods.linkage.profile import Model, Profile

# Chance of these degrees between two different people, by reasoning and not by sampling:
# thirteen digits never meet by chance, four tail digits once in ten thousand.
FIXED_CHANCE = {
    ("national_id", "same"): 1e-9,
    ("national_id", "same_other_name"): 1e-8,
    ("national_id", "one_slip"): 1e-9,
    ("national_id", "visible_agree"): 1e-4,
    ("birth", "same_date"): 4e-5,
    ("place", "same_home"): 3e-6,
    ("place", "kin_found_there"): 1e-7,
    ("place", "same_house_number"): 1e-5,
    ("last_name", "same_at_home"): 0.6,
    ("last_name", "different_at_home"): 0.4,
}
# Each rule holds one or two facts fixed and trains the others.
TRAINING_RULES = (
    "l.birth_full = r.birth_full",
    "l.first_code = r.first_code AND l.birth_year = r.birth_year",
    "l.home = r.home",
    "l.nid_tail = r.nid_tail AND l.tambon = r.tambon",
)
FEWEST_ROWS = 2_000


def train(
    engine: DuckDBEngine,
    profile: Profile,
    *,
    seed: int,
    origin: dict[str, Any],
    sample_pairs: float = 5e6,
) -> Model:
    """A model from tables `open_0` and `open_1` (what the lanes leave of two lists).

    Refuses: fewer than 2,000 open rows on a side (use the shipped model there), lists in
    which a training rule holds for no pair.
    """
    from splink import Linker

    sizes = count_open(engine, within=False)
    if min(sizes.left, sizes.right) < FEWEST_ROWS:
        raise DataError(
            "too_few_rows_to_train", f"Training needs {FEWEST_ROWS} unlinked rows on each side.",
            remedy="Use the shipped model.", left=sizes.left, right=sizes.right,
        )  # fmt: skip
    _refuse_untrainable(engine)
    logging.getLogger("splink").setLevel(logging.ERROR)
    settings = splink_settings(engine, profile, None, {}, sizes.expected / sizes.pairs)
    settings |= {
        "link_type": "link_only",
        "blocking_rules_to_generate_predictions": list(TRAINING_RULES),
    }
    for side in (0, 1):
        engine.create(f"train_{side}", f'SELECT "row" AS unique_id, * FROM open_{side}')
    api = engine.splink_api()
    frames = [api.register(f"train_{side}") for side in (0, 1)]
    linker = Linker(frames, settings, log_level=None, validate_settings=False)
    linker.training.estimate_u_using_random_sampling(max_pairs=sample_pairs, seed=seed)
    _fix_near_unique(linker, profile)
    for rule in TRAINING_RULES:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return Model(
        {**origin, "seed": seed, "rows": [sizes.left, sizes.right]}, _probabilities(linker, profile)
    )


def _refuse_untrainable(engine: DuckDBEngine) -> None:
    """Refuse lists in which a training rule holds for no pair, before minutes of training."""
    for rule in TRAINING_RULES:
        if not engine.rows(f"SELECT 1 FROM open_0 l JOIN open_1 r ON {rule} LIMIT 1"):
            raise DataError(
                "nothing_to_train_on", f"No two records of the lists fulfil {rule}.",
                remedy="Train on lists whose columns are all filled for some people.", rule=rule,
            )  # fmt: skip


def _levels(linker: Any, profile: Profile) -> dict[tuple[str, str], Any]:
    return {
        (comparison.name, level.label_for_charts): level
        for comparison, trained in zip(
            profile.comparisons, linker._settings_obj.core_model_settings.comparisons, strict=True
        )
        for level in trained.comparison_levels
        if not level.is_null_level
    }


def _fix_near_unique(linker: Any, profile: Profile) -> None:
    for key, level in _levels(linker, profile).items():
        if key in FIXED_CHANCE:
            level.u_probability = FIXED_CHANCE[key]
            level._fix_u_probability = True


def _probabilities(linker: Any, profile: Profile) -> dict[tuple[str, str], tuple[float, float]]:
    """m and u of every level; levels that depend on the house become shares within their group."""
    raw = {
        key: (level.m_probability or 1e-4, level.u_probability or 1e-6)
        for key, level in _levels(linker, profile).items()
    }
    for comparison in profile.comparisons:
        for level in comparison.levels:
            if level.fixed:
                raw[comparison.name, level.name] = level.fixed
        if comparison.given_home:
            names = [level.name for level in comparison.levels]
            for group in (
                [n for n in names if n.endswith("_at_home")],
                [n for n in names if not n.endswith("_at_home")],
            ):
                total = sum(raw[comparison.name, n][0] for n in group)
                for n in group:
                    m, u = raw[comparison.name, n]
                    raw[comparison.name, n] = (m / total, u)
    return raw
