"""A form that is sent twice makes one thing; two who add the same household at once make one."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from kaejon.apps.access.models import ApiToken, User
from kaejon.apps.folders.guards import MayBeKnown
from kaejon.apps.folders.models import Note
from kaejon.apps.households.models import Household
from kaejon.apps.sources.models import Source
from kaejon.apps.surveys.checking import Finding, add_missed, record_check
from kaejon.apps.surveys.models import Verification
from tests.cast import PASSWORD, Cast
from tests.factories import make
from tests.web.test_lists_sources import PROMISE

pytestmark = pytest.mark.django_db
VILLAGE = "33010101"


def signed_in(user: User) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def token_of(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_the_same_form_sent_again_is_answered_with_what_it_made(cast: Cast) -> None:
    home = make(Household)
    client, address = signed_in(cast.malee), f"/households/{home.public_id}/notes/add/"
    form = {"csrfmiddlewaretoken": token_of(client, address), "text": "ไปเยี่ยมแล้ว"}

    answers = [client.post(address, form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Note.objects.count() == 1
    client.post(address, {**form, "text": "อีกเรื่องหนึ่ง"})  # Back, other words, the old token
    again = {**form, "csrfmiddlewaretoken": token_of(client, address)}
    client.post(address, again)  # opened anew and filled in alike: meant
    assert sorted(Note.objects.values_list("text", flat=True)) == sorted(
        ["ไปเยี่ยมแล้ว", "อีกเรื่องหนึ่ง", "ไปเยี่ยมแล้ว"]
    )


def test_a_second_tap_on_a_card_writes_no_second_check(cast: Cast) -> None:
    home = make(Household)
    client = signed_in(cast.malee)
    page = f"/field/villages/{VILLAGE}/"
    token = token_of(client, page)
    for _ in range(3):
        client.post(
            f"/field/households/{home.public_id}/tap/?year=2568",
            {"csrfmiddlewaretoken": token, "outcome": "not_found"},
        )
    assert Verification.objects.count() == 1


def missed(by: User, **more: Any) -> Verification:
    from django.utils import timezone

    return add_missed(
        area=VILLAGE,
        house_no="99/1",
        head={"title": "นาย", "first_name": "ตก", "last_name": "หล่น"},
        year_be=2568,
        checked_on=timezone.localdate(),
        note="พบระหว่างเยี่ยม",
        by=by,
        **more,
    )


def test_a_household_that_may_be_known_is_asked_about_in_the_verb(cast: Cast) -> None:
    first = missed(cast.malee)
    with pytest.raises(MayBeKnown) as asked:
        missed(cast.malee)
    assert asked.value.households == [first.household]
    missed(cast.malee, another=True)
    assert Household.objects.count() == 2


def test_the_same_check_of_another_person_or_outcome_is_another_check(cast: Cast) -> None:
    from django.utils import timezone

    home = make(Household)
    for by, outcome in (
        (cast.malee, "not_found"),
        (cast.malee, "not_found"),
        (cast.malee, "not_poor"),
        (cast.wanna, "not_poor"),
    ):
        finding = Finding(
            household=home,
            year_be=2568,
            outcome=outcome,
            method="visit",
            checked_on=timezone.localdate(),
        )
        record_check(finding=finding, by=by)
    assert Verification.objects.count() == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_household_at_once_make_one(cast: Cast) -> None:
    from kaejon.apps.folders.stating import field_source

    for worker in (cast.malee, cast.wanna):
        field_source(worker, "330101")
    together = threading.Barrier(2)
    answers: list[str] = []

    def add(by: User) -> None:
        together.wait()
        try:
            missed(by)
            answers.append("added")
        except MayBeKnown:
            answers.append("asked about")
        connection.close()

    threads = [threading.Thread(target=add, args=(user,)) for user in (cast.malee, cast.wanna)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["added", "asked about"]
    assert Household.objects.count() == 1


def test_a_source_sent_twice_is_one_source(cast: Cast) -> None:
    """Its code is drawn anew for each request, so the code alone keeps nobody from a second one."""
    client, address = signed_in(cast.wanna), "/lists/sources/new/"
    form = {
        "csrfmiddlewaretoken": token_of(client, address),
        **PROMISE,
    }

    answers = [client.post(address, form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Source.objects.filter(name_th=PROMISE["name_th"]).count() == 1


def test_a_key_asked_for_twice_is_one_key(cast: Cast) -> None:
    """It is shown once: a second one would live on unseen."""
    client, address = signed_in(cast.malee), "/people/me/keys/new/"
    proof = "/accounts/reauthenticate/"
    client.post(proof, {"csrfmiddlewaretoken": token_of(client, proof), "password": PASSWORD})
    form = {
        "csrfmiddlewaretoken": token_of(client, address),
        "name": "รายงาน",
        "expires_on": f"{timezone.localdate():%d/%m/%Y}",
    }

    first, again = (client.post(address, form).content.decode() for _ in range(2))

    assert ("<code>kaejon_" in first, "<code>kaejon_" in again) == (True, False)
    assert "แสดงครั้งเดียว" in again
    assert ApiToken.objects.count() == 1
