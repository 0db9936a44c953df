"""One synthetic province per size, built once."""

from __future__ import annotations

import numpy as np
import pytest

from kaejon.demo.population import Population, build_population


@pytest.fixture(scope="session")
def province() -> Population:
    """Large enough for the published margins to show."""
    return build_population(np.random.default_rng(33), households=20_000)


@pytest.fixture(scope="session")
def small_province() -> Population:
    """Large enough to read lists from."""
    return build_population(np.random.default_rng(33), households=1_000)
