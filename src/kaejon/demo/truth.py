"""The answer key of the synthetic province, for benchmarks of matching and targeting."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from kaejon.demo.families import RELATIONS, BoolArray
from kaejon.demo.list_tables import ListTable
from kaejon.demo.margins import DIMENSIONS
from kaejon.demo.population import Population
from kaejon.methods.listfiles.mapping import KINDS, ListKind

TRUTH_HEADER: Final = (
    "person", "household", "village_code", "house_no", "title", "first_name", "last_name",
    "national_id", "birth_date", "sex", "relation", "disabled", *(f"fails_{d}" for d in DIMENSIONS),
    "registered", "validated", "target_poor", "truly_poor", "surveyed", "moved", "died",
    "on_tpmap", "on_bmn", "on_ppp", "on_community",
)  # fmt: skip


def write_truth(population: Population, tables: Mapping[ListKind, ListTable], path: Path) -> None:
    """One row per true person: who it is, what is so, on which lists it stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    members, people, truth = population.members, population.people, population.truth
    home = members.household
    codes = np.array([v.code for v in population.areas.villages], dtype=object)
    states = [
        people.disabled,
        *population.survey.failed[home].T,
        population.survey.registered,
        population.survey.validated,
        population.target_poor,
        truth.poor[home],
        truth.surveyed[home],
        truth.moved[home],
        truth.died,
        *(_listed(population, tables[kind]) for kind in KINDS),
    ]
    columns = [
        range(population.persons),
        home.tolist(),
        codes[population.village[home]],
        population.houses.number[population.house[home]],
        people.title,
        people.first_name,
        people.last_name,
        people.national_id,
        members.birth.astype(str).tolist(),
        np.where(members.female, "F", "M").tolist(),
        [RELATIONS[r] for r in members.relation.tolist()],
        *(state.astype(np.int8).tolist() for state in states),
    ]
    _write(path, TRUTH_HEADER, zip(*columns, strict=True))


def write_links(tables: Mapping[ListKind, ListTable], path: Path) -> None:
    """One row per list row: list, number of the data row from 1, true person."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (
        (kind, number, person)
        for kind, table in tables.items()
        for number, person in enumerate(table.person.tolist(), start=1)
    )
    _write(path, ("list", "row", "person"), rows)


def _listed(population: Population, table: ListTable) -> BoolArray:
    listed = np.zeros(population.persons, dtype=bool)
    listed[table.person] = True
    return listed


def _write(path: Path, header: tuple[str, ...], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
