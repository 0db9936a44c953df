"""Prepare a province that waits for its lists: accounts, organizations, sources and sample files.

Run as a program of its own, because it opens the database of another data folder.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np


def prepare(folder: Path, households: int, seed: int) -> None:
    """Everything the demonstration has, except the lists themselves."""
    from kaejon.cli.migrate import prepare as migrate

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "SYNTHETIC").touch()
    migrate(provinces=["33"])
    from kaejon.apps.access.operator import ensure_operator
    from kaejon.demo import loading
    from kaejon.demo.lists import write_lists
    from kaejon.demo.population import build_population

    operator = ensure_operator()
    population = build_population(np.random.default_rng(seed), households=households)
    organizations = loading.register_organizations(population.areas, operator)
    files = write_lists(population, folder / "lists", np.random.default_rng(seed))
    write_lists(population, folder / "spoiled", np.random.default_rng(seed), with_errors=True)
    for file in files:
        loading.source_of(file, organizations, operator)
    loading.make_logins(population.areas, organizations, operator)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
