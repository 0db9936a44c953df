"""Measurement runs of a small province in two versions that look alike in classes of five and of ten.

Every kind of family stands there five times, so that all counts are multiples of five; a version
adds one or two families of a rare kind, which no count of five, ten or nobody may betray.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.measurement.actions import measure_households
from kaejon.apps.measurement.models import MeasurementRun
from kaejon.apps.sources.models import Assertion
from tests.apps.measured import ITEMS, Rounds, measured, stated, versions
from tests.cast import Cast

V1, V2, V3, V4 = "33010101", "33010102", "33010201", "33020101"
HOUSING, HEALTH = ("i8", "i9", "i10", "i11"), ("i1", "i4", "i5", "i7")
KINDS = ("alkire_foster", "tpmap", "capitals", "dynamics")
# A quarter of a measurement's addresses are of its parts.
INSIDE = ("3301", "3302", "330101", "330102", "330201", V1, V4)


@dataclass(frozen=True)
class Home:
    """A family of one, what it lacks, and at what level its capitals stand."""

    village: str
    lacks: tuple[str, ...] = ()
    level: int = 2
    sex: str = "M"
    born: int = 1980
    disability: str = ""


# Home → how many five times; the rare ones by version.
COMMON = {
    Home(V1, HOUSING): 12,
    Home(V1): 4,
    Home(V3, HOUSING): 3,
    Home(V3): 3,
}
RARE = (
    {Home(V1, sex="F", born=2015): 1},
    {
        Home(V2, HEALTH, level=1, disability="ทางการเห็น"): 1,
        Home(V4, HEALTH, level=1, born=1940): 1,
    },
)


def build_runs(cast: Cast, version: int) -> dict[str, MeasurementRun]:
    """One finished measurement of each kind, and of poverty at a second k."""
    bmn, ppp = versions(cast, "bmn", (2564, 2566)), versions(cast, "ppp", (2566, 2568))
    homes = [home for home, number in COMMON.items() for _ in range(5 * number)]
    homes += [home for home, number in RARE[version].items() for _ in range(number)]
    claims: list[Assertion] = []
    made = []
    for number, home in enumerate(homes):
        house = House.objects.create(area_id=home.village, house_no=str(number))
        held = Household.objects.create(house=house, area_id=home.village, house_no=str(number))
        person = Person.objects.create(household=held, area_id=home.village, first_name="สมมติ")
        made.append(held)
        indicators = {f"i{n}": 0 if f"i{n}" in home.lacks else 1 for n in range(1, 32)}
        facts = {
            "sex": home.sex, "birth_date": f"{home.born}-03-01", "is_head": True,
            "registered": int(bool(home.lacks)), "validated": 1, "disability": home.disability,
        }  # fmt: skip
        for list_version in bmn.values():
            claims.append(stated(cast, list_version, held, {"indicators": indicators}))
            claims.append(stated(cast, list_version, held, facts, person))
        items = {
            f"{c}_{n}": str(home.level) for c, last in ITEMS.items() for n in range(1, last + 1)
        }
        human = {f"human_{n}": str(home.level) for n in range(1, 7)}
        for list_version in ppp.values():
            claims.append(stated(cast, list_version, held, {"capitals": items}))
            claims.append(stated(cast, list_version, held, {"capitals": human}, person))
    Assertion.objects.bulk_create(claims)
    measure_households([home.pk for home in made])
    rounds = Rounds(bmn, ppp, made, [])
    runs = {kind: measured(rounds, cast.wanna, kind) for kind in KINDS}
    return runs | {"other k": measured(rounds, cast.wanna, "alkire_foster", k="1/10")}


def run_addresses(runs: dict[str, MeasurementRun]) -> Iterator[tuple[str, str]]:
    """Name and address of everything that tells what a run found, for a reader of counts."""
    yield "home", "/measures/"
    for kind, run in runs.items():
        yield kind, f"/measures/runs/{run.public_id}/"
        for code in INSIDE if kind != "dynamics" else ():
            yield f"{kind} {code}", f"/measures/runs/{run.public_id}/?area={code}"
    for first, second in COMPARED:
        yield f"{first} {second}", compared(runs, first, second)
    for code in ("33", "330101"):
        yield f"area {code}", f"/areas/{code}/measures/?map=M0"


COMPARED = (("alkire_foster", "tpmap"), ("alkire_foster", "other k"))


def compared(runs: dict[str, MeasurementRun], first: str, second: str) -> str:
    return f"/measures/compare/?a={runs[first].public_id}&b={runs[second].public_id}"


def api_addresses(runs: dict[str, MeasurementRun]) -> Iterator[tuple[str, str]]:
    yield "api runs", "/api/v1/measurements/runs"
    for kind, run in runs.items():
        yield f"api {kind}", f"/api/v1/measurements/runs/{run.public_id}"


def public_files(runs: dict[str, MeasurementRun]) -> Iterator[tuple[str, str]]:
    """Files that an officer makes to publish them."""
    for kind, run in runs.items():
        for form in ("xlsx", "csv", "json"):
            address = f"/measures/runs/{run.public_id}/export/?format={form}&for=public"
            yield f"public {form} {kind}", address
