"""Training a model by EM."""

from __future__ import annotations

import pytest

from kaejon.methods.errors import DataError
from kaejon.methods.linkage.link import learn
from kaejon.methods.linkage.profile import load_profile

from .people import TODAY, loaded, synthetic

PROFILE = load_profile("thai-person")


def test_a_seeded_model_repeats_and_tells_true_from_chance() -> None:
    left, right, _ = synthetic(5_500, seed=4)
    models = []
    for _ in range(2):
        with loaded(left, right) as (engine, names):
            models.append(
                learn(
                    engine,
                    *names,
                    today=TODAY,
                    profile=PROFILE,
                    seed=9,
                    origin={"lists": "synthetic"},
                    sample_pairs=5e4,
                )
            )
    first, second = models
    assert first.origin == {"lists": "synthetic", "seed": 9, "rows": second.origin["rows"]}
    for key, (m, u) in first.probabilities.items():
        assert second.probabilities[key] == pytest.approx((m, u), rel=1e-6)
    assert first.m("first_name", "same") > 100 * first.u("first_name", "same")
    assert first.m("sex", "different") < first.u("sex", "different")


def test_lists_too_short_to_train_on_are_refused() -> None:
    left, right, _ = synthetic(300, seed=4)
    with loaded(left, right) as (engine, names), pytest.raises(DataError) as refused:
        learn(engine, *names, today=TODAY, profile=PROFILE, seed=9, origin={})
    assert refused.value.code == "too_few_rows_to_train"


def test_lists_without_a_column_that_is_trained_are_refused() -> None:
    left, right, _ = synthetic(3_000, seed=4, profile="no-id")
    with loaded(left, right) as (engine, names), pytest.raises(DataError) as refused:
        learn(engine, *names, today=TODAY, profile=PROFILE, seed=9, origin={}, sample_pairs=2e4)
    assert refused.value.code == "nothing_to_train_on"
