"""What the programs get: areas, outlines, lists page by page, scores as exact text."""

from __future__ import annotations

import pytest

from tests.api.conftest import Story


def pages(story: Story, path: str, **query: object) -> list[list[dict[str, object]]]:
    found, cursor = [], {}
    while True:
        body = story.read("wanna", path, **query, **cursor).json()
        found.append(body["items"])
        if not body["next"]:
            return found
        cursor = {"cursor": body["next"]}


@pytest.mark.parametrize("path", ["households", "areas"])
def test_pages_joined_are_the_whole_list_once(story: Story, path: str) -> None:
    single = [item for page in pages(story, path, limit=1) for item in page]
    assert single == [item for page in pages(story, path, limit=200) for item in page]
    keys = [item.get("id") or item["code"] for item in single]
    assert len(set(keys)) == len(keys) > 1


def test_filters_narrow_the_list(story: Story) -> None:
    def areas(**query: object) -> list[str]:
        return [item["area"] for item in story.read("wanna", "households", **query).json()["items"]]

    assert areas(area="3301") == ["33010101", "33010201"]
    assert areas(area="330102") == ["33010201"]
    assert areas(target_poor="true") == ["33010101", "33020101"]
    assert areas(target_poor="false") == ["33010201"]
    assert areas(level=2) == ["33010101", "33010201", "33020101"]
    assert areas(level=1) == []
    assert len(areas(level=1, measure="financial")) == 3


def test_areas_are_listed_by_level_and_below(story: Story) -> None:
    body = story.read("stranger", "areas", level="tambon", within="3301").json()
    assert [item["code"] for item in body["items"]] == ["330101", "330102"]
    assert body["items"][0]["name_en"] == "Mueang Nuea"


def test_the_tree_has_the_depth_asked_for(story: Story) -> None:
    tree = story.read("stranger", "areas/33/tree", depth=2).json()
    assert [child["code"] for child in tree["children"]] == ["3301", "3302"]
    assert [child["code"] for child in tree["children"][0]["children"]] == ["330101", "330102"]
    assert tree["children"][0]["children"][0]["children"] == []
    assert story.read("stranger", "areas/33/tree", depth=0).json()["children"] == []


def test_outlines_are_geojson_with_their_source(story: Story) -> None:
    body = story.read("stranger", "areas/33/boundaries").json()
    assert body["type"] == "FeatureCollection"
    assert body["features"][0]["properties"] == {"code": "3301", "source": "เส้นสมมติ"}
    assert story.read("stranger", "areas/3302/boundaries").json()["features"] == []


def test_scores_are_exact_text_and_missing_ones_are_null(story: Story) -> None:
    household = story.households["33010101"]
    scores = story.read("malee", f"measurements/households/{household.public_id}").json()
    assert scores[0]["scores"]["human"] == "2.45"
    assert scores[0]["scores"]["physical"] is None
    assert scores[0]["levels"]["overall"] == 2
    assert (scores[0]["source"], scores[0]["year_be"]) == ("ppp", 2568)


def test_a_household_shows_its_family(story: Story) -> None:
    household = story.households["33010101"]
    body = story.read("malee", f"households/{household.public_id}").json()
    assert [member["is_head"] for member in body["people"]] == [True, False]
    assert body["levels"] == {
        "overall": 2,
        "human": 3,
        "physical": 2,
        "financial": 1,
        "natural": 2,
        "social": 2,
    }
    assert (body["latitude"], body["longitude"]) == (15.1, 104.3)


def test_reading_a_full_page_costs_the_same_queries_as_a_short_one(
    story: Story, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(8):
        assert len(story.read("wanna", "households").json()["items"]) == 3
