"""Sums per village and tambon against a slow count over the registry itself."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from typing import Any

import pytest

from kaejon.apps.dashboards.figuring import added, figure_areas
from kaejon.apps.dashboards.models import TambonFigures, VillageFigures
from kaejon.apps.households.models import CAPITALS, House, Household
from kaejon.apps.measurement.models import CapitalScore
from kaejon.apps.sources.models import SourceVersion
from kaejon.methods.definitions import tpmap_dimensions
from tests.apps.families import Family, make_family
from tests.cast import Cast

VILLAGES = ("33010101", "33010102", "330101", "33020101")
CODES = ("i4", "i7", "i8", "i25", "human_3", "said.housing")
MEASURES = (*CAPITALS, "overall")
DIMENSIONS = tpmap_dimensions.load().dimensions


def scatter(seed: int) -> list[Household]:
    """Forty households of invented standing, some of which no longer exist."""
    chance = random.Random(seed)
    homes = []
    for number in range(40):
        area = chance.choice(VILLAGES)
        surveyed = chance.random() < 0.6
        standing: dict[str, Any] = {}
        for measure in MEASURES if surveyed else ():
            standing[f"{measure}_points"] = chance.randint(10_000, 40_000)
            standing[f"{measure}_level"] = chance.randint(1, 4)
        codes = sorted(chance.sample(CODES, chance.randint(0, 4)))
        homes.append(
            Household.objects.create(
                house=House.objects.create(area_id=area, house_no=str(number)),
                area_id=area,
                house_no=str(number),
                members=chance.randint(1, 6),
                setting=chance.choice(("inside", "outside", "")),
                presence=chance.choice(("present", "present", "dissolved")),
                problems=f" {' '.join(codes)} " if codes else "",
                bmn_poor=chance.choice((True, False, None)),
                surveyed_on=date(2025, 1, 1) if surveyed else None,
                **standing,
            )
        )
    return homes


def counted(homes: list[Household]) -> dict[str, list[int]]:
    """The figures as a person with a pencil would find them."""
    found: Counter[tuple[str, int]] = Counter()

    def count(key: str, *numbers: int) -> None:
        for place, number in enumerate(numbers):
            found[key, place] += number

    for home in homes:
        count(f"lives.{home.setting}", 1, home.members)
        count("screened", home.bmn_poor is not None, home.members * (home.bmn_poor is not None))
        for measure in MEASURES:
            level = getattr(home, f"{measure}_level")
            if level:
                points = getattr(home, f"{measure}_points")
                count(
                    f"level.{home.setting}.{measure}",
                    1,
                    points,
                    *(level == n for n in (1, 2, 3, 4)),
                )
        failed = {d.code for d in DIMENSIONS for n in d.indicators if f" i{n} " in home.problems}
        for code in home.problems.split():
            count(f"problem.{code}", 1, home.members, home.overall_level == 1 or len(failed) >= 2)
        for code in failed:
            count(f"dimension.{code}", 1, home.members)
    figures: dict[str, list[int]] = {}
    for (key, _place), number in sorted(found.items()):
        figures.setdefault(key, []).append(number)
    return figures


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_sums_equal_a_count_by_hand_in_every_village_and_tambon(cast: Cast, seed: int) -> None:
    standing = [h for h in scatter(seed) if h.presence != "dissolved"]
    figure_areas(VILLAGES)
    for village in VILLAGES:
        held = VillageFigures.objects.filter(area=village).first()
        assert (held.figures if held else {}) == counted(
            [h for h in standing if h.area_id == village]
        )
    for tambon in ("330101", "330201"):
        expected = counted([h for h in standing if h.area_id.startswith(tambon)])
        assert TambonFigures.objects.get(area=tambon).figures == expected
    assert added(TambonFigures.objects.values_list("figures", flat=True)) == counted(standing)


@pytest.mark.django_db
def test_a_household_that_moves_leaves_the_sums_of_its_old_village(cast: Cast) -> None:
    scatter(3)
    figure_areas(VILLAGES)
    Household.objects.filter(area="33020101").update(area="33010101")
    figure_areas({"33020101", "33010101"})
    assert not VillageFigures.objects.filter(area="33020101").exists()
    assert TambonFigures.objects.get(area="330201").figures == {}


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


def test_the_codes_of_a_household_are_those_its_folder_tells(family: Family) -> None:
    codes = set(family.again().problems.split())
    assert {"i16", "i22", "i29", "physical_2", "financial_4", "said.health"} <= codes
    assert not codes & {"i1", "i2", "physical_1", "said.other"}
    score = CapitalScore.objects.get(household=family.household)
    assert family.again().physical_points == int(float(score.scores["physical"]) * 10_000 + 0.5)


def test_moves_between_two_surveys_of_one_list_count_new_and_left(family: Family) -> None:
    first = CapitalScore.objects.get(household=family.household)
    later = SourceVersion.objects.create(
        source=first.version.source, year_be=2569, as_of=date(2026, 9, 30)
    )
    other = Household.objects.create(
        house=House.objects.create(area_id="33010101", house_no="77"),
        area_id="33010101",
        house_no="77",
    )
    levels = dict.fromkeys(MEASURES, 2)
    scores = dict.fromkeys(MEASURES, "2.0000")
    for household, version in ((family.household, later), (other, later)):
        CapitalScore.objects.create(
            household=household,
            version=version,
            definition=first.definition,
            as_of=later.as_of,
            scores=scores,
            levels=levels,
            items={},
        )
    figure_areas({"33010101"})
    figures = VillageFigures.objects.get(area="33010101").figures
    moved = figures[f"move.{first.version_id}.{later.pk}"]
    assert moved[5 * first.levels["overall"] + 2] == 1
    assert moved[2] == 1  # new in the later survey
    assert sum(moved) == 2
    assert figures[f"round.{later.pk}.overall"] == [2, 40_000, 0, 2, 0, 0]
