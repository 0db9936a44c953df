"""A small registry with two rounds of BMN and of five capitals, for the tests of runs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area
from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.measurement.actions import measure_households
from kaejon.apps.measurement.models import MeasurementRun
from kaejon.apps.measurement.running import start_run
from kaejon.apps.sources.actions import register_source, version_of
from kaejon.apps.sources.models import Assertion, SourceVersion
from tests.cast import Cast

VILLAGES = ("33010101", "33010102", "33010201", "33020101")
ITEMS = {"physical": 8, "financial": 5, "natural": 8, "social": 10}
DEFINITIONS = {
    "alkire_foster": "mpi_bmn_five_dimensions",
    "tpmap": "tpmap_2561",
    "capitals": "five_capitals_ppp_2568",
}


@dataclass
class Rounds:
    """Households with their rows as a plain table, and the list versions."""

    bmn: dict[int, SourceVersion]
    ppp: dict[int, SourceVersion]
    households: list[Household]
    rows: list[dict[str, Any]]


def make_rounds(cast: Cast, *, households: int = 60, seed: int = 7) -> Rounds:
    """`households` families over four villages; `rows` holds the people of the later BMN round."""
    chance = random.Random(seed)
    bmn = versions(cast, "bmn", (2564, 2566))
    ppp = versions(cast, "ppp", (2566, 2568))
    made, rows, claims = [], [], []
    for number in range(households):
        area = VILLAGES[number % len(VILLAGES)]
        home = Household.objects.create(
            house=House.objects.create(area_id=area, house_no=str(number)),
            area_id=area,
            house_no=str(number),
        )
        people = [
            Person.objects.create(household=home, area_id=area, first_name=f"คน{number}.{place}")
            for place in range(chance.randint(1, 5))
        ]
        made.append(home)
        for year, version in bmn.items():
            indicators = {f"i{n}": chance.choice([1, 1, 1, 1, 0, None]) for n in range(1, 32)}
            if number % 3 == 0:
                indicators |= {f"i{n}": 1 for n in range(1, 32)}
            claims.append(stated(cast, version, home, {"indicators": indicators}))
            for place, person in enumerate(people):
                facts = {
                    "sex": chance.choice("FM"),
                    "birth_date": f"{chance.randint(1935, 2020)}-03-01",
                    "is_head": place == 0,
                    "registered": chance.randint(0, 1),
                    "validated": chance.randint(0, 1),
                }
                claims.append(stated(cast, version, home, facts, person))
                if year == max(bmn):
                    rows.append(
                        {
                            "household_id": home.pk,
                            "person_id": person.pk,
                            "area": area,
                            "registered": facts["registered"],
                            "validated": facts["validated"],
                            **indicators,
                        }
                    )
        for version in ppp.values():
            items = {
                f"{name}_{n}": str(chance.randint(1, 4))
                for name, count in ITEMS.items()
                for n in range(1, count + 1)
            }
            claims.append(stated(cast, version, home, {"capitals": items}))
            for person in people:
                human = {f"human_{n}": str(chance.randint(1, 4)) for n in range(1, 7)}
                claims.append(stated(cast, version, home, {"capitals": human}, person))
    Assertion.objects.bulk_create(claims)
    measure_households([home.pk for home in made])
    return Rounds(bmn, ppp, made, rows)


def versions(cast: Cast, kind: str, years: tuple[int, ...]) -> dict[int, SourceVersion]:
    source = register_source(
        code=f"{kind}-rounds",
        kind=kind,
        name_th=f"บัญชี {kind}",
        owner=cast.organizations["province"],
        legal_basis="public_task",
        purpose="ทดสอบ",
        retention_years=20,
        by=cast.operator,
    )
    return {year: version_of(source, year_be=year) for year in years}


def stated(
    cast: Cast,
    version: SourceVersion,
    home: Household,
    facts: dict[str, Any],
    person: Person | None = None,
) -> Assertion:
    return Assertion(
        version=version,
        household=home,
        person=person,
        as_of=version.as_of,
        facts=facts,
        stated_by=cast.operator,
    )


def measured(
    rounds: Rounds, by: User, kind: str, *, area: str = "33", definition: str = "", **more: Any
) -> MeasurementRun:
    """A finished run over the newest rounds."""
    versions = rounds.ppp if "capitals" in (kind, definition[5:13]) else rounds.bmn
    run = start_run(
        kind=kind,
        area=Area.objects.get(code=area),
        version=versions[max(versions)],
        before=versions[min(versions)] if kind == "dynamics" else None,
        definition_name=definition or DEFINITIONS.get(kind, DEFINITIONS["alkire_foster"]),
        options=more,
        by=by,
    )
    assert run.job
    run_job_here(run.job)
    run.refresh_from_db()
    assert run.status == "done", run.problem
    return run
