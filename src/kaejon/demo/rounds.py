"""Later rounds of two lists, and measurements of both, so that the demonstration can show change.

The five-capital survey visits the same households a year later; จปฐ. comes again in the first
district. Some things got better, a few got worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area
from kaejon.apps.jobs.models import Job
from kaejon.apps.measurement.models import MeasurementRun, RunKind
from kaejon.apps.measurement.running import repeat_run, start_run
from kaejon.apps.sources.models import SourceVersion
from kaejon.demo.capital_scores import CapitalScores
from kaejon.demo.families import IntArray
from kaejon.demo.list_tables import ListTable, Row, bmn_table, ppp_table
from kaejon.demo.lists import ListFile, write_later
from kaejon.demo.membership import draw_memberships
from kaejon.demo.noise import Clerk, claim
from kaejon.demo.population import Population

# Nobody mistypes: what differs between the rounds is what changed.
CAREFUL: Final = Clerk(0.0, 0.0, 0.0, 0.0, 0.0, (1.0, 0.0, 0.0, 0.0, 0.0), 0.0, 0.0, 0.0)
YEARS: Final = {"bmn": 2567, "ppp": 2569}
# Share of what failed and passes in the later round, and of what passed and fails.
MENDED, BROKEN = 0.4, 0.006
# Share of items that rise and that fall by one point.
RISEN, FALLEN = 0.3, 0.1


def write_rounds(population: Population, folder: Path, rng: np.random.Generator) -> list[ListFile]:
    """Write จปฐ. 2567 of the first district and the five capitals of 2569."""
    later = replace(
        population,
        indicators=later_indicators(population.indicators, rng),
        capitals=later_capitals(population.capitals, rng),
    )
    listed = draw_memberships(rng, population)
    district = population.areas.districts[0].code
    makers = {
        "bmn": (bmn_table, in_district(population, listed.bmn, district)),
        "ppp": (ppp_table, listed.ppp),
    }
    tables = {}
    for kind, (make, person) in makers.items():
        header, slices = make(rng, later, person, claim(rng, later, person, CAREFUL))
        tables[kind] = ListTable(kind, header, person, of_year(slices, kind))  # type: ignore[arg-type]
    return write_later(tables, folder, YEARS)  # type: ignore[arg-type]


def in_district(population: Population, person: IntArray, district: str) -> IntArray:
    codes = np.array([village.code[:4] == district for village in population.areas.villages])
    there: IntArray = person[codes[population.village[population.members.household[person]]]]
    return there


def of_year(
    slices: Callable[[int, int], Iterator[Row]], kind: str
) -> Callable[[int, int], Iterator[Row]]:
    """The rows with the year of the later round where the list writes one."""
    if kind != "bmn":
        return slices

    def dated(start: int, stop: int) -> Iterator[Row]:
        for row in slices(start, stop):
            yield [str(YEARS["bmn"]), *row[1:]]

    return dated


def later_indicators(
    before: np.ndarray[tuple[int, ...], np.dtype[np.int8]], rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
    """1 pass, 0 fail, -1 not applicable: most stays as it was."""
    chance = rng.random(before.shape)
    after = np.where((before == 0) & (chance < MENDED), 1, before)
    return np.where((before == 1) & (chance < BROKEN), 0, after).astype(np.int8)


def later_capitals(before: CapitalScores, rng: np.random.Generator) -> CapitalScores:
    """Items 1-4, zero where nobody was surveyed."""

    def moved(
        table: np.ndarray[tuple[int, ...], np.dtype[np.int8]],
    ) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
        chance = rng.random(table.shape)
        step = (chance < RISEN).astype(np.int8) - (chance > 1 - FALLEN).astype(np.int8)
        return np.where(table > 0, np.clip(table + step, 1, 4), 0).astype(np.int8)

    return CapitalScores(
        human=moved(before.human),
        physical=moved(before.physical),
        financial=moved(before.financial),
        natural=moved(before.natural),
        social=moved(before.social),
    )


def measure_rounds(district: str, officer: User, finish: Callable[[Job], None]) -> None:
    """Measure what came in: the province by three definitions, and two rounds of each list."""
    bmn, ppp = versions("bmn"), versions("ppp")
    province, first = Area.objects.get(code=district[:2]), Area.objects.get(code=district)
    mpi, capitals = "mpi_bmn_five_dimensions", "five_capitals_ppp_2568"
    any_one = {"k": "1/20"}

    def done(
        kind: str, area: Area, version: SourceVersion, name: str, **more: object
    ) -> MeasurementRun:
        run = start_run(
            kind=kind, area=area, version=version, definition_name=name, by=officer, **more
        )  # type: ignore[arg-type]
        if run.job:
            finish(run.job)
        run.refresh_from_db()
        return run

    done(RunKind.POVERTY, province, bmn[0], mpi, options=any_one)
    done(RunKind.TPMAP, province, bmn[0], "tpmap_2561")
    done(RunKind.CAPITALS, province, ppp[0], capitals)
    newest = done(RunKind.CAPITALS, province, ppp[1], capitals)
    done(RunKind.DYNAMICS, province, ppp[1], capitals, before=ppp[0])
    done(RunKind.DYNAMICS, first, bmn[1], mpi, before=bmn[0], options=any_one)
    finish(repeat_run(run=newest, by=officer))


def versions(kind: str) -> list[SourceVersion]:
    """The rounds of the demonstration's list of a kind, the earlier first."""
    return list(SourceVersion.objects.filter(source__kind=kind).order_by("as_of"))
