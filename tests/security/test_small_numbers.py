"""Small numbers attacked: all answers one reader can get, added up, ordered, divided, compared."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest
from django.test import Client

from kaejon.apps.access.actions import assign_role
from kaejon.apps.dashboards import remembering
from kaejon.apps.dashboards.actions import tally_areas
from kaejon.apps.dashboards.figuring import figure_areas
from kaejon.apps.households.models import Household
from tests.api.conftest import key_of
from tests.cast import LONG_AGO, Cast
from tests.security.counted_world import AREAS, V1, V2, V3, V4, addresses, answers, build
from tests.security.counted_world import first_difference as differ
from tests.web.places import household

API = "/api/v1"
STEP = 5
MEASURES = ("overall", "human", "physical", "financial", "natural", "social")
Cell = tuple[str, str]
Ends = dict[Cell, tuple[float, float]]


def api_addresses() -> Iterable[str]:
    for code in AREAS:
        yield f"{API}/measurements/areas/{code}"
        for unit in ("household", "person"):
            yield f"{API}/lists/areas/{code}?unit={unit}"
            yield f"{API}/lists/areas/{code}?unit={unit}&held=true"


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def everything(cast: Cast, version: int) -> dict[str, str]:
    build(cast, version)
    token = {"Authorization": f"Bearer {key_of(cast.preecha)}"}
    pages = answers(signed_in(cast.preecha), addresses())
    return pages | answers(Client(), api_addresses(), **token)


def test_no_answer_is_made_of_counts_the_reader_may_not_see(cast: Cast) -> None:
    one, other = everything(cast, 0), everything(cast, 1)
    assert one.keys() == other.keys()
    assert len(one) > 150
    told = {p: differ(one[p], other[p]) for p in one if one[p] != other[p]}
    assert not told, f"{len(told)} of {len(one)}: " + "\n".join(
        f"{p}: {d}" for p, d in told.items()
    )


def test_who_opens_the_next_tambon_learns_nothing_of_this_one(cast: Cast) -> None:
    """Malee keeps 330101 and sees counts of the district: pages and API tell one and four alike."""
    assign_role(
        user=cast.malee,
        role="agency_user",
        area="3301",
        organization=cast.organizations["health"],
        purpose="ดูจำนวน",
        valid_from=LONG_AGO,
        by=cast.operator,
    )
    malee = type(cast.malee).objects.get(pk=cast.malee.pk)
    token = {"Authorization": f"Bearer {key_of(malee)}"}
    pages = [f"/areas/{c}/{page}" for c in ("3301", "330102", V3) for page in ("", "measures/")]
    pages += ["/ranking/3301/", "/ranking/330102/"]
    api = [f"{API}/measurements/areas/{code}" for code in ("3301", "330102", "330101")]
    told = []
    for next_door in (4, 1):
        Household.objects.all().delete()
        for village, number in ((V1, 19), (V3, next_door)):
            for n in range(number):
                household(village, f"{n}", "นางสมมติ", members=1, level=1, problems=" i8 ")
        tally_areas({V1, V3})
        figure_areas({V1, V3})
        remembering._kept.clear()
        told.append(answers(signed_in(malee), pages) | answers(Client(), api, **token))
    four, one = told
    assert four.keys() == one.keys()
    assert {"/areas/3301/", "/areas/330102/", f"/areas/{V3}/", *api} <= four.keys()
    assert '"households": 19' in four[api[-1]], "her own tambon as it is"
    assert {path: differ(four[path], one[path]) for path in four if four[path] != one[path]} == {}


def read_ends(client: Client, token: str) -> Ends:
    """What the API tells of every count: its class, or its two ends."""
    ends: Ends = {}
    for code in AREAS:
        answer = client.get(
            f"{API}/measurements/areas/{code}", headers={"Authorization": f"Bearer {token}"}
        ).json()
        for line in (answer, *answer["parts"]):
            own = line is not answer and line["area"] == code
            for name, value in cells_of(line):
                ends[(f"{line['area']}*" if own else line["area"], name)] = ends_of(value)
    return ends


def cells_of(line: dict[str, object]) -> Iterable[tuple[str, object]]:
    for name in ("households", "persons", "surveyed_households", "bmn_poor_households"):
        yield name, line[name]
    for measure, levels in line["levels"].items():  # type: ignore[attr-defined]
        yield from ((f"{measure}.{level}", value) for level, value in levels.items())


def ends_of(value: object) -> tuple[float, float]:
    if value is None:
        return 0, STEP - 1
    if isinstance(value, dict):
        return value["low"], float("inf") if value["high"] is None else value["high"]
    assert isinstance(value, int)
    if value == 0:
        return 0, 0
    return max(STEP, value - 2), value + 2


def relations() -> Iterable[tuple[Cell, list[Cell], bool]]:
    """Sums every reader knows: areas of their parts, surveyed households of their levels."""
    names = ["households", "persons", "surveyed_households", "bmn_poor_households"]
    names += [f"{m}.level_{n}" for m in MEASURES for n in (1, 2, 3, 4)]
    below = {
        "33": ["3301", "3302"],
        "3301": ["330101", "330102"],
        "3302": ["330201"],
        "330101": [V1, V2],
        "330102": [V3],
        "330201": [V4],
    }
    for area, parts in below.items():
        yield from (((area, name), [(part, name) for part in parts], True) for name in names)
    for area in AREAS:
        levels = [(area, f"overall.level_{n}") for n in (1, 2, 3, 4)]
        yield (area, "surveyed_households"), levels, True
        yield (area, "households"), [(area, "surveyed_households")], False
        yield (area, "households"), [(area, "bmn_poor_households")], False


def propagate(ends: Ends) -> None:
    """Narrow every count by everything it is added to, until nothing moves."""
    moving = True
    while moving:
        moving = False
        for total, parts, equal in relations():
            least, most = (sum(ends[p][n] for p in parts) for n in (0, 1))
            low, high = ends[total]
            fresh = {total: (max(low, least), min(high, most) if equal else high)}
            for part in parts:
                a, b = ends[part]
                fresh[part] = (
                    max(a, low - (most - b)) if equal else a,
                    min(b, high - (least - a)),
                )
            for cell, found in fresh.items():
                if found != ends[cell]:
                    ends[cell], moving = found, True


@pytest.mark.parametrize("seed", range(4))
def test_adding_up_everything_the_api_tells_pins_nobody(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    for village in (V1, V2, V3, V4):
        for level in (None, 1, 2, 3, 4):
            for number in range(chance.choice([0, 1, 3, 4, 4, 8, 12])):
                household(
                    village,
                    f"{level or 0}{number:02d}",
                    "นางสมมติ",
                    members=chance.randint(1, 3),
                    level=level,
                    bmn_poor=chance.random() < 0.3,
                )
    tally_areas({V1, V2, V3, V4})
    remembering._kept.clear()
    ends = read_ends(Client(), key_of(cast.preecha))
    propagate(ends)
    pinned = [cell for cell, (low, high) in ends.items() if low >= high]
    assert not pinned, f"{len(pinned)} of {len(ends)}: {pinned}"
