"""People, houses and places of the synthetic province are whole and nobody's."""

from __future__ import annotations

import geothai
import numpy as np
import pytest

from kaejon.demo.boundaries import district_geojson
from kaejon.demo.families import HEAD
from kaejon.demo.organizations import demo_organizations
from kaejon.demo.population import Population, build_population, years_between
from kaejon.methods.errors import UsageError
from kaejon.methods.thai import national_id


def test_every_number_passes_its_check_digit_and_is_on_no_real_card(province: Population) -> None:
    numbers = [n for n in province.people.national_id.tolist() if n]
    assert len(set(numbers)) == len(numbers)
    assert all(national_id.read(n).status == "valid" for n in numbers)
    assert all(n.startswith("03300") and int(n[5:7]) < 89 for n in numbers)


def test_few_people_have_no_number(province: Population) -> None:
    assert 0 < (province.people.national_id == "").mean() < 0.01


def test_every_household_has_one_head_a_house_and_a_village(province: Population) -> None:
    heads = province.members.household[province.members.relation == HEAD]
    assert heads.tolist() == list(range(province.households))
    assert (province.village >= 0).all()
    assert (province.village < len(province.areas.villages)).all()


def test_some_houses_hold_two_households_and_few_more(province: Population) -> None:
    per_house = np.bincount(province.house)
    assert per_house.min() == 1
    assert 0.01 < (per_house > 1).mean() < 0.08


def test_house_numbers_are_unique_within_a_village(province: Population) -> None:
    keys = list(zip(province.houses.village.tolist(), province.houses.number, strict=True))
    assert len(set(keys)) == len(keys)


def test_titles_agree_with_sex_and_age(province: Population) -> None:
    age = years_between(province.members.birth, np.datetime64("2022-10-01"))
    female, title = province.members.female, province.people.title
    assert set(title[female & (age < 15)]) == {"ด.ญ."}
    assert set(title[~female & (age < 15)]) == {"ด.ช."}
    assert set(title[~female & (age >= 15)]) == {"นาย"}
    assert set(title[female & (age >= 15)]) == {"นาง", "น.ส."}


def test_area_codes_are_official_and_villages_extend_their_tambon(province: Population) -> None:
    official = {d.code for d in geothai.districts("33")}
    assert {d.code for d in province.areas.districts} <= official
    assert "3301" in {d.code for d in province.areas.districts}
    for tambon in province.areas.tambons:
        found = geothai.subdistrict(tambon.code)
        assert found is not None
        assert found.name_th == tambon.name_th
    for village in province.areas.villages:
        assert village.code == f"{village.tambon_code}{village.moo:02d}"
        assert village.name_th.startswith("บ้าน")


def test_houses_stand_in_the_province(province: Population) -> None:
    assert 14.2 < province.houses.latitude.min() < province.houses.latitude.max() < 15.8
    assert 103.7 < province.houses.longitude.min() < province.houses.longitude.max() < 105.1


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    first, again, other = (
        build_population(np.random.default_rng(seed), households=600) for seed in (1, 1, 2)
    )
    assert first.people.first_name.tolist() == again.people.first_name.tolist()
    assert first.people.national_id.tolist() == again.people.national_id.tolist()
    assert (first.members.birth == again.members.birth).all()
    assert first.people.national_id.tolist() != other.people.national_id.tolist()


@pytest.mark.parametrize("households", [499, 400_001])
def test_sizes_outside_the_range_are_refused(households: int) -> None:
    with pytest.raises(UsageError, match="500 to 400000"):
        build_population(np.random.default_rng(1), households=households)


@pytest.mark.parametrize(("households", "districts"), [(500, 4), (3_000, 5), (30_000, 10)])
def test_more_households_live_in_more_districts(households: int, districts: int) -> None:
    province = build_population(np.random.default_rng(1), households=households)
    assert province.households == households
    assert len(province.areas.districts) == districts


def test_completed_years_count_the_birthday_itself() -> None:
    born = np.array(["2000-10-01", "2000-10-02", "2023-01-01"], dtype="datetime64[D]")
    assert years_between(born, np.datetime64("2022-10-01")).tolist() == [22, 21, -1]


def test_every_area_has_its_organizations_once(small_province: Population) -> None:
    organizations = demo_organizations(small_province.areas)
    codes = [o.code for o in organizations]
    assert len(set(codes)) == len(codes)
    for tambon in small_province.areas.tambons:
        named = {o.name_th for o in organizations if o.area_code == tambon.code}
        assert f"สภาองค์กรชุมชนตำบล{tambon.name_th}" in named
        assert f"องค์การบริหารส่วนตำบล{tambon.name_th}" in named
    assert not any(o.legal_person for o in organizations if o.code.endswith("-council"))


def test_the_demonstration_map_draws_a_closed_ring_round_each_seat(province: Population) -> None:
    document = district_geojson(province.areas)
    features = document["features"]
    assert isinstance(features, list)
    for feature, district in zip(features, province.areas.districts, strict=True):
        (ring,) = feature["geometry"]["coordinates"]
        assert feature["properties"] == {
            "code": district.code,
            "name_th": district.name_th,
            "note": "แผนที่จำลอง",
        }
        assert ring[0] == ring[-1]
        assert len(ring) >= 5
        assert min(x for x, _ in ring) < district.longitude < max(x for x, _ in ring)
        assert min(y for _, y in ring) < district.latitude < max(y for _, y in ring)
