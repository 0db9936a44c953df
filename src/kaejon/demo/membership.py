"""Who is on which list: overlaps that are imperfect in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kaejon.demo.families import HEAD, BoolArray, IntArray
from kaejon.demo.population import Population

# Day each list was closed; nobody born later is on it.
LIST_DAYS: Final = {
    "bmn": np.datetime64("2022-10-01"),
    "tpmap": np.datetime64("2023-03-01"),
    "community": np.datetime64("2024-06-15"),
    "ppp": np.datetime64("2024-12-31"),
}


@dataclass(frozen=True)
class Memberships:
    """Persons of each list in row order, as indexes into the population."""

    tpmap: IntArray
    bmn: IntArray
    ppp: IntArray
    community: IntArray

    def of(self, kind: str) -> IntArray:
        """Rows of one of the four lists."""
        rows: IntArray = getattr(self, kind)
        return rows


def draw_memberships(rng: np.random.Generator, population: Population) -> Memberships:
    """Decide for each list whom it has, misses and wrongly keeps."""
    tpmap = _tpmap(rng, population)
    return Memberships(
        tpmap=tpmap,
        bmn=_bmn(rng, population),
        ppp=_ppp(rng, population),
        community=_community(rng, population, tpmap),
    )


def _tpmap(rng: np.random.Generator, population: Population) -> IntArray:
    """Target poor but for a few, and some who never were; the dead and the moved stay on it."""
    chance = np.where(population.target_poor, 0.94, np.where(population.met, 0.0018, 0.0))
    return np.flatnonzero(rng.random(population.persons) < chance)


def _bmn(rng: np.random.Generator, population: Population) -> IntArray:
    """The whole population of the round, less the households and persons it did not reach."""
    reached = rng.random(population.households) < np.where(population.truth.poor, 0.955, 0.98)
    person = rng.random(population.persons) < 0.992
    return np.flatnonzero(person & population.met & reached[population.members.household])


def _ppp(rng: np.random.Generator, population: Population) -> IntArray:
    """Members of the visited households who live and were at home."""
    there = population.truth.surveyed[population.members.household] & ~population.truth.died
    born = population.members.birth <= LIST_DAYS["ppp"]
    return np.flatnonzero(there & born & (rng.random(population.persons) < 0.98))


def _community(rng: np.random.Generator, population: Population, tpmap: IntArray) -> IntArray:
    """One person for each household that the neighbours name, in three tambons of four.

    It is the list that knows the households which no office knows. A few are named twice.
    """
    households = population.households
    listed = np.zeros(households, dtype=bool)
    listed[population.members.household[tpmap]] = True
    poor = population.truth.poor
    chance = np.select([poor & listed, poor & population.bmn_poor, poor], [0.5, 0.55, 0.6], 0.006)
    named = (rng.random(households) < chance) & _covered(rng, population)
    named &= ~population.truth.moved
    spokesman = _spokesmen(rng, population)
    rows = spokesman[named & (spokesman >= 0)]
    again = rows[rng.random(len(rows)) < 0.01]
    return np.sort(np.r_[rows, again], kind="stable")


def _covered(rng: np.random.Generator, population: Population) -> BoolArray:
    tambons = [t.code for t in population.areas.tambons]
    ranked = rng.permutation(len(tambons))
    covered = {tambons[i] for i in ranked[: max(1, round(len(tambons) * 0.75))]}
    villages = np.array([v.tambon_code in covered for v in population.areas.villages])
    inside: BoolArray = villages[population.village]
    return inside


def _spokesmen(rng: np.random.Generator, population: Population) -> IntArray:
    """The person named for each household: mostly the head; -1 where no adult is left."""
    members = population.members
    adult = members.birth <= np.datetime64("2006-06-15")
    able = np.flatnonzero(adult & ~population.truth.died)
    head = (members.relation[able] == HEAD) * 0.6
    order = np.lexsort((rng.random(len(able)) + head, members.household[able]))
    spokesmen = np.full(population.households, -1)
    spokesmen[members.household[able[order]]] = able[order]
    return spokesmen
