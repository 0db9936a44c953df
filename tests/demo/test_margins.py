"""The synthetic province has the published margins of Si Sa Ket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kaejon.demo import margins
from kaejon.demo.families import REFERENCE_DAY
from kaejon.demo.population import Population, years_between

VECTORS = Path(__file__).parents[1] / "vectors"


def _vector(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    provinces = _vector("tpmap_2561.json")["provinces"]
    found: dict[str, Any] = next(p for p in provinces if p["province"] == "33")
    return found


def _bmn_poor_persons(province: Population) -> np.ndarray:
    return province.bmn_poor[province.members.household] & province.met


def test_the_constants_are_those_of_the_published_vector(published: dict[str, Any]) -> None:
    country = _vector("tpmap_2561.json")["country"]
    assert published["households"] == margins.HOUSEHOLDS
    assert published["persons"] == margins.PERSONS
    assert published["registered"] == margins.REGISTERED
    assert published["validated"] == margins.VALIDATED
    assert published["bmn_poor_households"] == margins.BMN_POOR_HOUSEHOLDS
    assert published["bmn_poor_and_registered"] == margins.BMN_POOR_AND_REGISTERED
    assert published["target_poor_by_dim"] == margins.TARGET_POOR_BY_DIMENSION
    assert tuple(published["target_poor_by_n_dims"].values()) == margins.TARGET_POOR_BY_COUNT
    assert tuple(published["bmn_poor_by_n_dims"].values()) == margins.BMN_POOR_BY_COUNT
    assert country["joint_target_poor"] == margins.COUNTRY_JOINT_TARGET
    assert country["joint_bmn_poor"] == margins.COUNTRY_JOINT_BMN


def test_households_have_the_published_size(province: Population) -> None:
    size = province.met.sum() / province.households
    assert size == pytest.approx(margins.PERSONS / margins.HOUSEHOLDS, rel=0.02)


@pytest.mark.parametrize(
    ("published_name", "tolerance"),
    [
        ("bmn_poor_persons", 0.02),
        ("registered", 0.01),
        ("validated", 0.01),
        ("target_poor", 0.02),
        ("bmn_poor_and_registered", 0.02),
    ],
)
def test_shares_of_persons_follow_the_published_ones(
    province: Population, published: dict[str, Any], published_name: str, tolerance: float
) -> None:
    poor = _bmn_poor_persons(province)
    here = {
        "bmn_poor_persons": poor,
        "registered": province.survey.registered,
        "validated": province.survey.validated,
        "target_poor": province.target_poor,
        "bmn_poor_and_registered": poor & province.survey.registered,
    }
    share = here[published_name].sum() / province.met.sum()
    assert share == pytest.approx(published[published_name] / published["persons"], rel=tolerance)


def test_bmn_poor_households_follow_the_published_share(province: Population) -> None:
    share = margins.BMN_POOR_HOUSEHOLDS / margins.HOUSEHOLDS
    assert province.bmn_poor.mean() == pytest.approx(share, rel=0.04)


@pytest.mark.parametrize("dimension", ["health", "living", "education", "income"])
def test_target_poor_fail_each_dimension_at_the_published_rate(
    province: Population, published: dict[str, Any], dimension: str
) -> None:
    failed = province.survey.failed[:, margins.DIMENSIONS.index(dimension)]
    here = (province.target_poor & failed[province.members.household]).sum() / province.met.sum()
    expected = published["target_poor_by_dim"][dimension] / published["persons"]
    assert here == pytest.approx(expected, rel=0.05)


def test_few_target_poor_fail_the_accessibility_dimension(province: Population) -> None:
    failed = province.survey.failed[province.members.household, 4]
    assert 1 <= (province.target_poor & failed).sum() <= 20


def test_target_poor_fail_as_many_dimensions_as_published(province: Population) -> None:
    dimensions = province.survey.failed.sum(axis=1)[province.members.household]
    for count, expected in zip((1, 2), margins.TARGET_POOR_BY_COUNT, strict=False):
        here = (province.target_poor & (dimensions == count)).sum() / province.met.sum()
        assert here == pytest.approx(expected / margins.PERSONS, rel=0.06)


def test_a_dimension_fails_exactly_where_one_of_its_indicators_fails(province: Population) -> None:
    for place, name in enumerate(margins.DIMENSIONS):
        columns = np.array(margins.DIMENSION_INDICATORS[name]) - 1
        fails = (province.indicators[:, columns] == 0).any(axis=1)
        assert (fails == province.survey.failed[:, place]).all()


def test_only_the_surveyed_share_has_capitals_and_most_of_them_are_poor(
    province: Population,
) -> None:
    surveyed = province.truth.surveyed
    share = margins.SURVEYED_HOUSEHOLDS / margins.HOUSEHOLDS
    assert surveyed.mean() == pytest.approx(share, rel=0.06)
    assert province.truth.poor[surveyed].mean() == pytest.approx(0.9715, abs=0.015)
    assert (province.capitals.social[~surveyed] == 0).all()
    assert (province.capitals.human[~surveyed[province.members.household]] == 0).all()


@pytest.mark.parametrize("capital", margins.CAPITALS)
def test_surveyed_households_have_the_published_capital_means(
    province: Population, capital: str
) -> None:
    published = _vector("five_capitals.json")["published_aggregates"]["provinces_sra_2569"]
    expected = next(p for p in published if p["province"] == "33")
    key = "natural_res" if capital == "natural" else capital
    scores = getattr(province.capitals, capital)
    visited = scores[(scores > 0).all(axis=1)]
    assert set(np.unique(visited)) <= {1, 2, 3, 4}
    assert visited.mean() == pytest.approx(expected[key], abs=0.05)


@pytest.mark.parametrize("capital", ["physical", "financial", "natural", "social"])
def test_surveyed_households_spread_like_the_twenty_provinces(
    province: Population, capital: str
) -> None:
    scores = getattr(province.capitals, capital)[province.truth.surveyed]
    assert scores.mean(axis=1).std() == pytest.approx(margins.CAPITAL_SD[capital], rel=0.2)


def test_the_age_structure_is_that_of_an_ageing_countryside(province: Population) -> None:
    age = years_between(province.members.birth, REFERENCE_DAY)
    assert 0.17 < (age >= 60).mean() < 0.26
    assert 0.12 < ((age >= 5) & (age < 15)).mean() < 0.2
    assert age.max() < 105


def test_truth_departs_from_the_survey_both_ways(province: Population) -> None:
    poor, failed = province.truth.poor, province.bmn_poor
    assert (poor & ~failed).mean() > 0.01
    assert (failed & ~poor).mean() > 0.01
