"""Which households of a registry may be one and the same, each with named reasons.

One house may hold several households, so an address alone is never enough: people who
look alike, or heads of the same name, must speak for it too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cos, hypot, radians

from rapidfuzz import fuzz

from kaejon.methods.thai.addresses import read_house_no
from kaejon.methods.thai.names import fold

# Similarity of folded first names, 0-100, from which they count as alike.
ALIKE = 80
NEAR_METRES = 30.0
METRES_PER_DEGREE = 111_320.0
# A house with more households than this is an institution or a missing number, not one home.
CROWDED = 40

SAME_CODE, SAME_ADDRESS, SHARED, HEADS, NEAR = (
    "same_house_code",
    "same_address",
    "people_shared",
    "heads_alike",
    "near",
)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a household. `name_key` as of `thai.names.name_key`; `born` ISO date with its precision."""

    first_name: str
    last_name: str
    name_key: str
    born: str = ""
    precision: str = ""
    sex: str = ""
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """One household of the registry. `village` is empty where only the tambon is known."""

    key: int
    tambon: str
    village: str
    house_no: str
    house_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class HomePair:
    """Two households that may be one; `one` < `other`. `shared`: people of the one who may be people of the other.

    `strong`: the same address and at least half of the smaller household shared.
    """

    one: int
    other: int
    reasons: tuple[str, ...]
    shared: int
    strong: bool


def find_pairs(
    homes: Iterable[Home], same_people: Iterable[tuple[int, int]] = ()
) -> list[HomePair]:
    """Pairs of households that may be one, by key. The order of input does not matter.

    `same_people`: households (keys) whose people were compared elsewhere and may be one.
    Two households are a pair when they share an address or house code and a person or a
    head alike, or when two of their people agree in name and full birth date.
    """
    known = {home.key: home for home in sorted(homes, key=lambda h: h.key)}
    hinted = {ordered(a, b) for a, b in same_people if a in known and b in known and a != b}
    candidates = hinted | by_address(known.values()) | by_people(known.values())
    found = (judge(known[a], known[b], (a, b) in hinted) for a, b in sorted(candidates))
    return [pair for pair in found if pair is not None]


def ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def by_address(homes: Iterable[Home]) -> set[tuple[int, int]]:
    """Households at one house number of a tambon, or with one house code."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for home in homes:
        if number := house_number(home):
            groups["no", f"{home.tambon} {number}"].append(home.key)
        if home.house_code:
            groups["code", home.house_code].append(home.key)
    return pairs_within(groups.values())


def by_people(homes: Iterable[Home]) -> set[tuple[int, int]]:
    """Households of which people agree in name and full birth date."""
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for home in homes:
        for member in home.members:
            if member.name_key and member.precision == "day":
                groups[member.name_key, member.born].add(home.key)
    return pairs_within(sorted(keys) for keys in groups.values())


def pairs_within(groups: Iterable[Sequence[int]]) -> set[tuple[int, int]]:
    return {
        ordered(a, b)
        for keys in groups
        if 1 < len(keys) <= CROWDED
        for a, b in combinations(keys, 2)
    }


def judge(one: Home, other: Home, hinted: bool) -> HomePair | None:
    """The pair with its reasons, or None where too little speaks for it."""
    place = same_place(one, other)
    shared = shared_people(one, other, strict=not place)
    heads = heads_alike(one, other)
    if not shared and not hinted and not (place and heads):
        return None
    reasons = [name for name, holds in place.items() if holds]
    if shared or hinted:
        reasons.append(SHARED)
    if heads:
        reasons.append(HEADS)
    if near(one, other):
        reasons.append(NEAR)
    smaller = min(len(one.members), len(other.members))
    strong = bool(place) and smaller > 0 and 2 * shared >= smaller
    return HomePair(one.key, other.key, tuple(reasons), shared, strong)


def house_number(home: Home) -> str:
    """The house number as it is compared: "12/3" for "๑๒/๓", "12-3" and "บ้านเลขที่ 12/3 ม.4".

    Empty where the text names another village (หมู่) than the household's own.
    """
    found = read_house_no(home.house_no)
    if (
        found.moo is not None
        and home.village
        and found.moo != int(home.village[len(home.tambon) :])
    ):
        return ""
    return found.house_no or home.house_no.strip()


def same_place(one: Home, other: Home) -> dict[str, bool]:
    """Which marks of a place agree; empty when none does."""
    found = {
        SAME_CODE: bool(one.house_code) and one.house_code == other.house_code,
        SAME_ADDRESS: bool(house_number(one))
        and house_number(one) == house_number(other)
        and one.tambon == other.tambon
        and (one.village == other.village or not one.village or not other.village),
    }
    return {name: True for name, holds in found.items() if holds}


def shared_people(one: Home, other: Home, *, strict: bool) -> int:
    """How many people of the one may be people of the other, each counted once.

    Strict: equal name and full birth date. Otherwise alike first names that nothing contradicts.
    """
    left = list(other.members)
    count = 0
    for member in one.members:
        match = next((m for m in left if may_be_one(member, m, strict=strict)), None)
        if match is not None:
            left.remove(match)
            count += 1
    return count


def may_be_one(one: Member, other: Member, *, strict: bool) -> bool:
    dated = one.precision == "day" == other.precision
    if strict:
        return dated and one.born == other.born and one.name_key == other.name_key
    if one.sex and other.sex and one.sex != other.sex:
        return False
    if dated and one.born != other.born:
        return False
    if one.born and other.born and abs(int(one.born[:4]) - int(other.born[:4])) > 1:
        return False
    return fuzz.ratio(fold(one.first_name), fold(other.first_name)) >= ALIKE


def heads_alike(one: Home, other: Home) -> bool:
    """Both name a head, and the heads may be one person by first and last name."""
    mine, theirs = head_of(one), head_of(other)
    if mine is None or theirs is None or not may_be_one(mine, theirs, strict=False):
        return False
    return fuzz.ratio(fold(mine.last_name), fold(theirs.last_name)) >= ALIKE


def head_of(home: Home) -> Member | None:
    return next((m for m in home.members if m.is_head), None)


def near(one: Home, other: Home) -> bool:
    """Points within thirty metres of each other."""
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return False
    north = (one.latitude - other.latitude) * METRES_PER_DEGREE  # type: ignore[operator]
    east = (
        (one.longitude - other.longitude)  # type: ignore[operator]
        * METRES_PER_DEGREE
        * cos(radians(one.latitude or 0.0))
    )
    return hypot(north, east) <= NEAR_METRES
