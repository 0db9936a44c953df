"""Forms that part or join households: who was slower sees what stands now, and nothing is overwritten."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from kaejon.apps.areas.models import Area, Level
from kaejon.apps.folders.members import correct_person, person_values
from kaejon.apps.homes.models import HouseholdChange
from kaejon.apps.households.models import Household, Person
from tests.apps.families import Family, make_family, make_household
from tests.cast import Cast
from tests.web.test_folder_page import signed_in

WHY = "เยี่ยมบ้าน"


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


@pytest.fixture
def client(cast: Cast) -> Client:
    return signed_in(cast.malee)


def seen_in(page: HttpResponse) -> str:
    """What the form on the page remembers of the households it shows."""
    found = re.search(r'name="seen" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def rename(cast: Cast, person: Person) -> None:
    """Somebody else corrects a member."""
    person.refresh_from_db()
    values = person_values(person) | {"first_name": "สมศรีแก้"}
    correct_person(person=person, version=person.version, values=values, reason=WHY, by=cast.wanna)


def test_a_split_written_before_a_member_was_corrected_is_not_carried_out(
    cast: Cast, client: Client, family: Family
) -> None:
    url = reverse("household_split", args=[family.household.public_id])
    leaves = family.household.people.exclude(pk=family.somsri.pk).order_by("pk")[0]
    form = {
        "seen": seen_in(client.get(url)),
        "members": [str(leaves.public_id)],
        "head": str(leaves.public_id),
        "area": "33010101",
        "house_no": "99",
        "reason": WHY,
    }
    rename(cast, family.somsri)

    answer = client.post(url, form)
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in ("ระหว่างที่ท่านกรอก", "สมศรีแก้", 'value="99"', WHY):
        assert words in page, words
    assert not HouseholdChange.objects.exists()

    assert client.post(url, form | {"seen": seen_in(answer)}).status_code == 302
    assert HouseholdChange.objects.get().other.house_no == "99"
    folder = client.get(reverse("folder", args=[family.household.public_id])).content.decode()
    assert f"{leaves.full_name} · แยกไปตั้งครัวเรือนใหม่" in folder


@pytest.mark.parametrize("what", ["merge", "join"])
def test_two_households_brought_together_by_a_stale_form_stay_two(
    cast: Cast, client: Client, family: Family, what: str
) -> None:
    other = make_household(
        cast, "33010101", family.household.house_no, "คำปุน", family.lists["community"]
    )
    url = reverse("household_join", args=[family.household.public_id])
    form = {
        "seen": seen_in(client.get(url)),
        "to": str(other.public_id),
        "what": what,
        "reason": WHY,
    }
    rename(cast, Person.objects.get(household=other))

    answer = client.post(url, form)
    assert answer.status_code == 409
    assert not HouseholdChange.objects.exists()
    assert Household.objects.filter(pk__in=[family.household.pk, other.pk]).count() == 2

    assert client.post(url, form | {"seen": seen_in(answer)}).status_code == 302
    assert HouseholdChange.objects.get().kept == other


def test_a_household_corrected_meanwhile_is_not_offered_away_by_a_stale_form(
    cast: Cast, client: Client, family: Family
) -> None:
    url = reverse("household_offer", args=[family.household.public_id]) + "?tambon=330102"
    form = {"seen": seen_in(client.get(url)), "village": "33010201", "reason": WHY}
    rename(cast, family.somsri)
    answer = client.post(url, form)
    assert answer.status_code == 409
    assert client.post(url, form | {"seen": seen_in(answer)}).status_code == 302


def test_a_tambon_without_villages_says_what_to_do_and_asks_for_no_village(
    cast: Cast, client: Client, family: Family
) -> None:
    Area.objects.filter(level=Level.VILLAGE, parent="330102").delete()
    page = client.get(
        reverse("household_offer", args=[family.household.public_id]) + "?tambon=330102"
    )
    words = page.content.decode()
    assert "ยังไม่มีหมู่บ้านของตำบลนี้ในระบบ" in words
    assert 'name="village"' not in words
