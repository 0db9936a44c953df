"""The true population of the synthetic province: houses, households, persons.

Nobody here is real. Names come from public name lists, numbers and positions
are invented, and the margins imitate published counts (see margins).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kaejon.demo import families, poverty
from kaejon.demo.capital_scores import CapitalScores, score_households
from kaejon.demo.families import REFERENCE_DAY, BoolArray, FloatArray, IntArray
from kaejon.demo.identity import People, draw_people
from kaejon.demo.indicators import indicator_matrix
from kaejon.demo.places import Areas, choose_areas
from kaejon.methods.errors import UsageError

SMALLEST: Final = 500
LARGEST: Final = 400_000


@dataclass(frozen=True)
class Houses:
    """Houses in order of village; positions are invented (ตำแหน่งจำลอง), in degrees."""

    village: IntArray
    number: NDArray[np.object_]
    latitude: FloatArray
    longitude: FloatArray


@dataclass(frozen=True)
class Truth:
    """What is so, whatever the lists say. Per household, except `died` per person."""

    poor: BoolArray
    moved: BoolArray
    died: BoolArray
    surveyed: BoolArray
    """Visited by the five-capital survey; everybody else is not surveyed."""


@dataclass(frozen=True)
class Population:
    """The whole province. Persons point to households, these to houses, these to villages."""

    areas: Areas
    houses: Houses
    house: IntArray
    """House of each household."""
    members: families.Members
    people: People
    met: BoolArray
    """Per person: alive at the จปฐ. round of 2565; the others were born after it."""
    survey: poverty.Survey
    """Household state; register state per person (never true for people not met)."""
    indicators: NDArray[np.int8]
    """Households x 31: 1 pass, 0 fail, -1 not applicable."""
    truth: Truth
    capitals: CapitalScores

    @property
    def households(self) -> int:
        """Number of households."""
        return len(self.house)

    @property
    def persons(self) -> int:
        """Number of persons, children born after the survey included."""
        return len(self.members.household)

    @property
    def village(self) -> IntArray:
        """Village of each household, an index into areas.villages."""
        village: IntArray = self.houses.village[self.house]
        return village

    @property
    def bmn_poor(self) -> BoolArray:
        """Per household: fails at least one of the five dimensions."""
        return np.asarray(self.survey.failed.any(axis=1), dtype=np.bool_)

    @property
    def target_poor(self) -> BoolArray:
        """Per person: in a BMN-poor household, registered and validated."""
        return self.bmn_poor[self.members.household] & self.survey.validated


def build_population(rng: np.random.Generator, *, households: int = 3_000) -> Population:
    """A synthetic province of that many households; the same generator state, the same people.

    Refuses: fewer than 500 or more than 400,000 households.
    """
    if not SMALLEST <= households <= LARGEST:
        raise UsageError(
            "demo.households",
            f"{households} households asked for; {SMALLEST} to {LARGEST} are possible",
            remedy=f"choose a number from {SMALLEST} to {LARGEST}",
        )
    place_rng, people_rng, state_rng, truth_rng, score_rng = rng.spawn(5)
    areas = choose_areas(place_rng, households)
    houses, house = _settle(place_rng, areas, households)
    members = families.draw_members(people_rng, households)
    met: BoolArray = np.asarray(members.birth <= REFERENCE_DAY, dtype=np.bool_)
    age = years_between(members.birth, REFERENCE_DAY)
    people = draw_people(people_rng, members, age)
    survey = _survey(state_rng, members, people, met, age, households)
    indicators = indicator_matrix(state_rng, members, people, age, survey.failed)
    truth = _truth(truth_rng, members, age, survey, met)
    capitals = score_households(
        score_rng, members.household, truth.surveyed, truth.poor, people.disabled
    )
    return Population(
        areas, houses, house, members, people, met, survey, indicators, truth, capitals
    )


def years_between(birth: NDArray[np.datetime64], day: np.datetime64) -> IntArray:
    """Completed years on `day`; negative for people born later."""
    born, today = birth.astype("datetime64[D]"), day.astype("datetime64[D]")
    year, month = born.astype("datetime64[Y]"), born.astype("datetime64[M]")
    passed = (today.astype("datetime64[M]").astype(int) % 12) * 40 + _day_of_month(today)
    anniversary = (month.astype(int) % 12) * 40 + _day_of_month(born)
    full = today.astype("datetime64[Y]").astype(int) - year.astype(int) - (anniversary > passed)
    return np.asarray(full, dtype=np.int64)


def _day_of_month(day: NDArray[np.datetime64] | np.datetime64) -> IntArray:
    number: IntArray = (day - day.astype("datetime64[M]")).astype(int)
    return number


def _settle(rng: np.random.Generator, areas: Areas, households: int) -> tuple[Houses, IntArray]:
    weight = rng.uniform(0.6, 1.6, len(areas.villages))
    village = np.sort(rng.choice(len(weight), size=households, p=weight / weight.sum()))
    starts = np.asarray(np.diff(village, prepend=-1) > 0, dtype=np.bool_)
    own_house: BoolArray = np.asarray(starts | (rng.random(households) > 0.04), dtype=np.bool_)
    house = np.cumsum(own_house) - 1
    at = village[own_house]
    first = np.searchsorted(at, at)
    number = np.arange(len(at)) - first + 1
    part = np.where(rng.random(len(at)) < 0.15, rng.integers(1, 6, len(at)), 0)
    text = [
        f"{n}/{p}" if p else str(n) for n, p in zip(number.tolist(), part.tolist(), strict=True)
    ]
    near = rng.normal(0, 0.004, size=(len(at), 2))
    latitude = np.array([v.latitude for v in areas.villages])[at] + near[:, 0]
    longitude = np.array([v.longitude for v in areas.villages])[at] + near[:, 1]
    houses = Houses(at, np.array(text, dtype=object), latitude.round(5), longitude.round(5))
    return houses, house


def _survey(
    rng: np.random.Generator,
    members: families.Members,
    people: People,
    met: BoolArray,
    age: IntArray,
    households: int,
) -> poverty.Survey:
    def count(who: BoolArray) -> IntArray:
        return np.bincount(members.household[who & met], minlength=households)

    makeup = poverty.Makeup(
        size=count(met),
        has_pupil=count((age >= 3) & (age <= 14)) > 0,
        has_dependant=count((age >= 60) | people.disabled) > 0,
    )
    state = poverty.survey(rng, members.household[met], age[met] >= 18, makeup)
    registered = np.zeros(len(met), dtype=bool)
    validated = np.zeros(len(met), dtype=bool)
    registered[met], validated[met] = state.registered, state.validated
    return poverty.Survey(state.failed, registered, validated)


def _truth(
    rng: np.random.Generator,
    members: families.Members,
    age: IntArray,
    survey: poverty.Survey,
    met: BoolArray,
) -> Truth:
    """Truth departs from the survey both ways: listed but not poor, poor but passed."""
    households = len(survey.failed)
    failed: BoolArray = np.asarray(survey.failed.any(axis=1), dtype=np.bool_)
    target = np.zeros(households, dtype=bool)
    target[members.household[survey.validated & failed[members.household]]] = True
    chance = np.select([target, failed], [0.84, 0.50], 0.026)
    poor = rng.random(households) < chance
    died = met & (rng.random(len(age)) < np.select([age >= 80, age >= 60], [0.20, 0.05], 0.004))
    visited = np.select([poor & target, poor & failed, poor], [0.86, 0.68, 0.54], 0.0027)
    surveyed = rng.random(households) < visited
    alive = np.bincount(members.household[~died], minlength=households) > 0
    moved = rng.random(households) < np.where(surveyed, 0.0, 0.025)
    return Truth(poor, moved, died, surveyed & alive)
