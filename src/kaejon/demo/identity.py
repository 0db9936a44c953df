"""Names, titles and numbers of the synthetic people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kaejon.demo.families import CHILD, GRANDCHILD, HEAD, SPOUSE, BoolArray, IntArray, Members
from kaejon.demo.names import draw_names

# A leading 0 marks people outside the civil register, and 3300 is no registry
# office (district 00 of Si Sa Ket does not exist). The sixth and seventh digits
# stay below 89, the series given to people without status, so that no number
# here can be on a real card.
NUMBER_BLOCK: Final = "03300"
_SERIALS: Final = 8_900_000


@dataclass(frozen=True)
class People:
    """Who each person is; arrays in the order of Members."""

    title: NDArray[np.object_]
    first_name: NDArray[np.object_]
    last_name: NDArray[np.object_]
    national_id: NDArray[np.object_]
    """Thirteen digits, or empty for the few without a number."""
    disabled: BoolArray
    chronic: BoolArray


def draw_people(rng: np.random.Generator, members: Members, age: IntArray) -> People:
    """Names, titles, numbers and health of `members`; age in completed years."""
    count = len(age)
    first = np.empty(count, dtype=object)
    for female, kind in ((False, "male"), (True, "female")):
        for old in (False, True):
            group = (members.female == female) & ((age >= 50) == old)
            first[group] = draw_names(rng, kind, int(group.sum()), plain=old)
    disabled = rng.random(count) < np.where(age >= 60, 0.08, 0.017)
    chronic = rng.random(count) < np.select([age >= 60, age >= 35], [0.32, 0.08], 0.01)
    numbers = draw_national_ids(rng, count)
    numbers[rng.random(count) < 0.004] = ""
    return People(
        _titles(rng, members, age),
        first,
        _last_names(rng, members),
        numbers,
        disabled,
        chronic,
    )


def draw_national_ids(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """Distinct numbers with a valid check digit that are on no real card."""
    serial = rng.choice(_SERIALS, size=count, replace=False)
    places = 10 ** np.arange(6, -1, -1)
    digits = serial[:, None] // places % 10
    block = sum(int(d) * (13 - i) for i, d in enumerate(NUMBER_BLOCK))
    total = block + digits @ np.arange(8, 1, -1)
    check = (11 - total % 11) % 10
    texts = [
        f"{NUMBER_BLOCK}{s:07d}{c}" for s, c in zip(serial.tolist(), check.tolist(), strict=True)
    ]
    return np.array(texts, dtype=object)


def _titles(rng: np.random.Generator, members: Members, age: IntArray) -> NDArray[np.object_]:
    married = members.relation == SPOUSE
    heads_married = np.isin(members.household, members.household[married])
    married |= (members.relation == HEAD) & heads_married
    married |= (age >= 45) & (rng.random(len(age)) < 0.75)
    child = age < 15
    choices = [
        child & members.female,
        child,
        ~members.female,
        married & (rng.random(len(age)) < 0.85),
    ]
    titles: NDArray[np.object_] = np.select(
        choices,
        [np.array(t, dtype=object) for t in ("ด.ญ.", "ด.ช.", "นาย", "นาง")],
        np.array("น.ส.", dtype=object),
    )
    return titles


def _last_names(rng: np.random.Generator, members: Members) -> NDArray[np.object_]:
    households = int(members.household.max()) + 1
    family = draw_names(rng, "family", households)
    other = draw_names(rng, "family", households)
    young = np.isin(members.relation, [CHILD, GRANDCHILD])
    own_share = np.where(members.relation == HEAD, 0.0, np.where(young, 0.12, 0.3))
    differs = rng.random(len(members.household)) < own_share
    names: NDArray[np.object_] = np.where(
        differs, other[members.household], family[members.household]
    )
    return names
