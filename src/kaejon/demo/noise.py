"""How a list garbles what is true: spellings, numbers, dates, addresses.

Each list has its own clerk, described by a Clerk of error rates (share of rows).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kaejon.demo.families import HEAD, BoolArray, IntArray
from kaejon.demo.names import LONG_TITLES, misspell
from kaejon.demo.population import Population

Texts = NDArray[np.object_]
THAI_DIGITS: Final = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
MONTHS: Final = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม",
    "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)  # fmt: skip
SHORT_MONTHS: Final = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip


@dataclass(frozen=True)
class Clerk:
    """Error rates of one list, each a share of its rows."""

    misspelt: float
    id_missing: float
    id_masked: float
    id_mistyped: float
    id_of_head: float
    date_styles: tuple[float, float, float, float, float]
    """12/03/2510 · 12 มี.ค. 2510 · 12 มีนาคม พ.ศ. 2510 · 2510-03-12 · ๑๒/๓/๒๕๑๐."""
    year_only: float
    title_glued: float
    house_untidy: float


@dataclass(frozen=True)
class Claimed:
    """What a list says of each of its persons, as text; arrays in row order."""

    title: Texts
    """Empty where the title is glued to the first name."""
    first_name: Texts
    last_name: Texts
    national_id: Texts
    birth_date: Texts
    house_no: Texts


def claim(
    rng: np.random.Generator, population: Population, person: IntArray, clerk: Clerk
) -> Claimed:
    """The clerk's version of these persons."""
    people = population.people
    first = _misspelt(rng, people.first_name[person], clerk.misspelt)
    last = _misspelt(rng, people.last_name[person], clerk.misspelt)
    title = people.title[person]
    longer = np.flatnonzero(rng.random(len(person)) < 0.3)
    title[longer] = [LONG_TITLES.get(t, t) for t in title[longer]]
    glued = rng.random(len(person)) < clerk.title_glued
    first[glued] = title[glued] + first[glued]
    title[glued] = ""
    return Claimed(
        title,
        first,
        last,
        _national_ids(rng, population, person, clerk),
        _birth_dates(rng, population.members.birth[person], clerk),
        _house_numbers(rng, population, person, clerk),
    )


def _misspelt(rng: np.random.Generator, names: Texts, rate: float) -> Texts:
    for row in np.flatnonzero(rng.random(len(names)) < rate):
        names[row] = misspell(rng, names[row])
    return names


def _national_ids(
    rng: np.random.Generator, population: Population, person: IntArray, clerk: Clerk
) -> Texts:
    numbers = population.people.national_id[person]
    heads = np.flatnonzero(population.members.relation == HEAD)
    household = population.members.household[person]
    lot = rng.random(len(person))
    edges = np.cumsum([clerk.id_missing, clerk.id_masked, clerk.id_mistyped, clerk.id_of_head])
    fate = np.searchsorted(edges, lot, side="right")
    numbers[fate == 0] = ""
    masked = np.flatnonzero((fate == 1) & (numbers != ""))
    numbers[masked] = [f"x-xxxx-xxxx{n[9]}-{n[10:12]}-{n[12]}" for n in numbers[masked]]
    for row in np.flatnonzero((fate == 2) & (numbers != "")):
        numbers[row] = _mistyped(rng, numbers[row])
    borrowed = fate == 3
    numbers[borrowed] = population.people.national_id[heads[household[borrowed]]]
    # Half of the borrowed numbers were dragged down from the row above, whoever stands there.
    dragged = np.flatnonzero(borrowed)
    dragged = dragged[(dragged > 0) & (dragged % 2 == 0)]
    numbers[dragged] = population.people.national_id[person[dragged - 1]]
    dashed = np.flatnonzero((fate == 4) & (rng.random(len(person)) < 0.06) & (numbers != ""))
    numbers[dashed] = [f"{n[0]}-{n[1:5]}-{n[5:10]}-{n[10:12]}-{n[12]}" for n in numbers[dashed]]
    return numbers


def _mistyped(rng: np.random.Generator, number: str) -> str:
    at = int(rng.integers(5, 12))
    if rng.random() < 0.4 and number[at] != number[at + 1]:
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return number[:at] + str((int(number[at]) + int(rng.integers(1, 10))) % 10) + number[at + 1 :]


def _birth_dates(rng: np.random.Generator, birth: NDArray[np.datetime64], clerk: Clerk) -> Texts:
    months = birth.astype("datetime64[M]")
    year = (birth.astype("datetime64[Y]").astype(int) + 1970 + 543).tolist()
    month = (months.astype(int) % 12 + 1).tolist()
    day = ((birth - months).astype(int) + 1).tolist()
    style = rng.choice(5, size=len(birth), p=clerk.date_styles)
    style[rng.random(len(birth)) < clerk.year_only] = 5
    parts = zip(day, month, year, style.tolist(), strict=True)
    texts = np.empty(len(birth), dtype=object)
    texts[:] = [write_date(d, m, y, s) for d, m, y, s in parts]
    return texts


def write_date(day: int, month: int, year_be: int, style: int) -> str:
    """One birth date in one of the five spellings of Clerk, or style 5: the year alone."""
    match style:
        case 0:
            return f"{day:02d}/{month:02d}/{year_be}"
        case 1:
            return f"{day} {SHORT_MONTHS[month - 1]} {year_be}"
        case 2:
            return f"{day} {MONTHS[month - 1]} พ.ศ. {year_be}"
        case 3:
            return f"{year_be}-{month:02d}-{day:02d}"
        case 4:
            return f"{day}/{month}/{year_be}".translate(THAI_DIGITS)
        case _:
            return str(year_be)


def _house_numbers(
    rng: np.random.Generator, population: Population, person: IntArray, clerk: Clerk
) -> Texts:
    numbers = population.houses.number[population.house[population.members.household[person]]]
    untidy: BoolArray = rng.random(len(person)) < clerk.house_untidy
    for row in np.flatnonzero(untidy):
        numbers[row] = _untidy_house(rng, numbers[row])
    return numbers


def _untidy_house(rng: np.random.Generator, number: str) -> str:
    match int(rng.integers(4)):
        case 0:
            return number.translate(THAI_DIGITS)
        case 1:
            return number.replace("/", " / ")
        case 2:
            return f" {number} "
        case _:
            return f"บ้านเลขที่ {number}"
