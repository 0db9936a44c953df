"""What the community has to build on: written, corrected by replacing, removed, never lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from kaejon.apps.areas.models import Area
from kaejon.apps.audit.models import Event
from kaejon.apps.folders.models import CommunityStrength
from kaejon.apps.folders.strengths import (
    StrengthGone,
    add_strength,
    remove_strength,
    replace_strength,
    strengths_of,
)
from tests.cast import Cast

ENTRY = {
    "capital": "social",
    "text": "กลุ่มออมทรัพย์บ้านหนึ่ง",
    "source": "ประชาคม",
    "stated_on": "2026-10-01",
}


def seat(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


@pytest.fixture
def strength(cast: Cast) -> CommunityStrength:
    return add_strength(
        area=Area.objects.get(code="33010101"),
        by=cast.malee,
        **ENTRY | {"stated_on": date(2026, 10, 1)},
    )


def test_an_officer_writes_down_what_the_community_has(cast: Cast) -> None:
    client = seat(cast.malee)
    page = client.get("/areas/330101/").content.decode()
    assert "ในประชาคมครั้งต่อไป" in page
    response = client.post("/areas/330101/strengths/add/", ENTRY)
    assert response.headers["Location"] == "/areas/330101/#strengths"
    page = client.get("/areas/330101/").content.decode()
    assert ENTRY["text"] in page
    assert "ประชาคม 1 ต.ค. 2569" in page
    assert Event.objects.get(verb="strength.add").area_code == "330101"


def test_a_tambon_shows_what_its_villages_have(cast: Cast, strength: CommunityStrength) -> None:
    assert strength.text in seat(cast.malee).get("/areas/330101/").content.decode()
    assert strength.text not in seat(cast.malee).get("/areas/33010102/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"source": ""},
        {"capital": "power"},
        {"stated_on": "2599-01-01"},
        {"stated_on": "31/02"},
        {"text": "ก" * 301},
    ],
)
def test_a_form_that_is_not_right_comes_back_with_what_was_written(
    cast: Cast, wrong: dict[str, str]
) -> None:
    response = seat(cast.malee).post("/areas/330101/strengths/add/", ENTRY | wrong)
    assert response.status_code == 422
    assert not CommunityStrength.objects.exists()


@pytest.mark.parametrize("who", ["somsak", "darunee", "preecha", "stranger", "anan"])
def test_who_may_not_edit_the_area_may_not_write(
    cast: Cast, strength: CommunityStrength, who: str
) -> None:
    client = seat(getattr(cast, who))
    for address in (
        "/areas/330101/strengths/add/",
        f"/strengths/{strength.public_id}/change/",
        f"/strengths/{strength.public_id}/remove/",
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, ENTRY).status_code == 404
    assert list(strengths_of(strength.area)) == [strength]


def test_a_district_takes_no_entries_of_its_own(cast: Cast) -> None:
    assert seat(cast.wanna).post("/areas/3301/strengths/add/", ENTRY).status_code == 404


def test_a_correction_replaces_and_keeps_the_earlier_wording(
    cast: Cast, strength: CommunityStrength
) -> None:
    response = seat(cast.malee).post(
        f"/strengths/{strength.public_id}/change/", ENTRY | {"text": "กลุ่มออมทรัพย์ 80 คน"}
    )
    assert response.status_code == 302
    assert [s.text for s in strengths_of(strength.area)] == ["กลุ่มออมทรัพย์ 80 คน"]
    strength.refresh_from_db()
    assert strength.removed_at is not None
    changes = Event.objects.get(verb="strength.replace").changes
    assert changes["text"] == {"from": ENTRY["text"], "to": "กลุ่มออมทรัพย์ 80 คน"}


def test_two_corrections_at_once_show_both_versions(
    cast: Cast, strength: CommunityStrength
) -> None:
    values: dict[str, Any] = {
        "capital": "social",
        "source": "แผนตำบล",
        "stated_on": date(2026, 10, 2),
    }
    replace_strength(strength=strength, text="ฉบับของวรรณา", by=cast.wanna, **values)
    response = seat(cast.malee).post(
        f"/strengths/{strength.public_id}/change/", ENTRY | {"text": "ฉบับของมาลี"}
    )
    assert response.status_code == 409
    page = response.content.decode()
    assert "ฉบับของวรรณา" in page
    assert "ฉบับของมาลี" in page
    assert "วรรณา จังหวัด" in page
    assert [s.text for s in strengths_of(strength.area)] == ["ฉบับของวรรณา"]


def test_removing_asks_first_and_stays_in_the_history(
    cast: Cast, strength: CommunityStrength
) -> None:
    client = seat(cast.malee)
    address = f"/strengths/{strength.public_id}/remove/"
    assert strength.text in client.get(address).content.decode()
    assert strengths_of(strength.area).exists()
    client.post(address)
    assert not strengths_of(strength.area).exists()
    assert CommunityStrength.objects.filter(pk=strength.pk).exists()
    assert Event.objects.get(verb="strength.remove").subject_label == strength.text
    assert client.post(address).status_code == 302
    assert Event.objects.filter(verb="strength.remove").count() == 1


def test_what_is_gone_can_be_neither_replaced_nor_removed(
    cast: Cast, strength: CommunityStrength
) -> None:
    remove_strength(strength=strength, by=cast.malee)
    with pytest.raises(StrengthGone):
        remove_strength(strength=strength, by=cast.malee)
    with pytest.raises(StrengthGone):
        replace_strength(
            strength=strength, by=cast.malee, **ENTRY | {"stated_on": date(2026, 10, 1)}
        )
    assert not strengths_of(strength.area).exists()
