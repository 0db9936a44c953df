"""Each program sees what its person may see, and nothing shows that more exists."""

from __future__ import annotations

import uuid

import pytest

from kaejon.apps.audit.models import Look, LookKind
from kaejon.apps.coverage.tallying import place_the_rest
from tests.api.conftest import Story

SEES = {
    "malee": {"33010101"},
    "somsak": {"33010201"},
    "darunee": {"33010101", "33010201"},
    "preecha": {"33010101"},
    "stranger": set(),
    "wanna": {"33010101", "33010201", "33020101"},
    "anan": set(),
}


@pytest.mark.parametrize("who", SEES)
def test_the_list_holds_just_the_households_in_scope(story: Story, who: str) -> None:
    answer = story.read(who, "households")
    assert answer.status_code == 200
    assert {item["area"] for item in answer.json()["items"]} == SEES[who]


@pytest.mark.parametrize("who", SEES)
def test_one_household_is_found_only_in_scope(story: Story, who: str) -> None:
    for area, household in story.households.items():
        expected = 200 if area in SEES[who] else 404
        for path in (
            f"households/{household.public_id}",
            f"measurements/households/{household.public_id}",
        ):
            assert story.read(who, path).status_code == expected


def test_outside_scope_looks_exactly_like_nowhere(story: Story) -> None:
    hidden = story.read("malee", f"households/{story.households['33020101'].public_id}")
    absent = story.read("malee", f"households/{uuid.uuid4()}")
    assert hidden.json() == absent.json()
    assert (
        story.read("malee", "households", area="3302").json()
        == story.read("malee", "households", area="99").json()
    )


@pytest.mark.parametrize(
    ("who", "code", "status"),
    [
        ("malee", "330101", 200),
        ("malee", "3301", 200),
        ("malee", "330102", 404),
        ("malee", "3302", 404),
        ("darunee", "3302", 404),
        ("wanna", "3302", 200),
        ("stranger", "33", 404),
        ("anan", "33", 404),
    ],
)
def test_counts_are_told_for_areas_in_reach(story: Story, who: str, code: str, status: int) -> None:
    assert story.read(who, f"measurements/areas/{code}").status_code == status
    assert story.read(who, f"lists/areas/{code}").status_code == status


def test_counts_cover_only_the_part_in_scope(story: Story) -> None:
    mine = story.read("malee", "measurements/areas/33").json()
    whole = story.read("wanna", "measurements/areas/33").json()
    assert (mine["whole"], mine["households"], mine["persons"]) == (False, 1, 2)
    assert (whole["whole"], whole["households"], whole["persons"]) == (True, 3, 6)
    assert whole["levels"]["financial"] == {"level_1": 3, "level_2": 0, "level_3": 0, "level_4": 0}
    assert {part["area"]: part["households"] for part in whole["parts"]} == {"3301": 2, "3302": 1}


def test_who_sees_counts_only_gets_them_rounded(story: Story) -> None:
    seen = story.read("preecha", "measurements/areas/33").json()
    assert (seen["exact"], seen["whole"]) == (False, True)
    # 3 households are "fewer than five"; 6 people in places of fewer than five each are a range.
    assert (seen["households"], seen["persons"]) == (None, {"low": 5, "high": 12})
    assert set(seen["levels"]["overall"].values()) == {None}, "nobody looks like fewer than five"
    assert all(part["households"] is None for part in seen["parts"])
    assert story.read("darunee", "measurements/areas/3301").json()["exact"] is True
    place_the_rest()
    lists = story.read("preecha", "lists/areas/33").json()
    assert (lists["exact"], lists["sets"], lists["no_list"]["all"]) == (False, [], None)
    assert story.read("wanna", "lists/areas/33").json()["no_list"]["all"] == 3
    assert story.read("malee", "lists/areas/33", held="true").json()["no_list"]["all"] == 1


def test_the_national_id_is_masked_everywhere(story: Story) -> None:
    from kaejon.apps.vault.sealing import unseal_national_id

    for household in story.households.values():
        for path in (f"households/{household.public_id}", "households"):
            text = story.read("wanna", path).content.decode()
            for person in household.people.all():
                assert unseal_national_id(bytes(person.national_id_sealed)) not in text
    members = story.read("wanna", f"households/{household.public_id}").json()["people"]
    assert all(member["masked_national_id"].startswith("x-xxxx-xxxx") for member in members)


def test_every_look_is_recorded_by_household(story: Story) -> None:
    household = story.households["33010101"]
    story.read("malee", f"households/{household.public_id}")
    story.read("malee", f"measurements/households/{household.public_id}")
    story.read("darunee", "households")
    looks = Look.objects.filter(kind=LookKind.API).order_by("pk")
    assert [(look.actor_name, look.household_id) for look in looks] == [
        ("มาลี ใจดี", str(household.public_id)),
        ("มาลี ใจดี", str(household.public_id)),
        ("ดารุณี อ่านดี", str(household.public_id)),
        ("ดารุณี อ่านดี", str(story.households["33010201"].public_id)),
    ]
    assert looks[0].actor_role == "tambon_officer 330101"


def test_a_refused_look_is_no_look(story: Story) -> None:
    story.read("malee", f"households/{story.households['33020101'].public_id}")
    assert not Look.objects.exists()
