"""The list of households from every seat: filter, search, page; numbers never reach an address."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from kaejon.apps.audit.models import Look, LookKind
from kaejon.apps.households.models import Grant, Household
from kaejon.web.places.links import folder_address
from tests.apps.history import everything_recorded
from tests.cast import LONG_AGO, Cast
from tests.web.places import household, make_registry, pin

LIST = "/households/"


@pytest.fixture
def registry(cast: Cast) -> dict[str, Household]:
    return make_registry()


def seat(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def names_on(client: Client, address: str) -> list[str]:
    response = client.get(address, follow=True)
    assert response.status_code == 200
    return [row["household"].head_name for row in response.context["rows"]]


def search(client: Client, words: str, address: str = LIST) -> object:
    return client.post(address, {"text": words}, follow=True)


def test_everybody_sees_the_households_of_the_own_area_only(
    registry: dict[str, Household], cast: Cast
) -> None:
    assert len(names_on(seat(cast.wanna), LIST)) == 7
    assert len(names_on(seat(cast.darunee), LIST)) == 6
    assert len(names_on(seat(cast.malee), LIST)) == 5
    assert names_on(seat(cast.somsak), LIST) == ["นางใต้ บ้านโน้น"]


def test_an_agency_sees_only_the_household_granted_to_it(
    registry: dict[str, Household], cast: Cast
) -> None:
    assert names_on(seat(cast.preecha), LIST) == []
    Grant.objects.create(
        household=registry["somsri"],
        organization=cast.organizations["health"],
        purpose="เยี่ยมบ้าน",
        valid_from=LONG_AGO,
        granted_by=cast.malee,
    )
    assert names_on(seat(cast.preecha), LIST) == ["นางสมศรี ใจงาม"]
    assert names_on(seat(cast.preecha), f"{LIST}?sort=head") == ["นางสมศรี ใจงาม"]


@pytest.mark.parametrize("who", ["stranger", "anan"])
def test_without_a_grant_the_list_does_not_exist(
    registry: dict[str, Household], cast: Cast, who: str
) -> None:
    assert seat(getattr(cast, who)).get(LIST).status_code == 404


def test_somebody_not_signed_in_is_asked_to_sign_in(registry: dict[str, Household]) -> None:
    response = Client().get(LIST)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


def test_an_area_outside_the_scope_is_not_found(registry: dict[str, Household], cast: Cast) -> None:
    assert seat(cast.malee).get(f"{LIST}?area=330102").status_code == 404
    assert seat(cast.malee).get(f"{LIST}?area=99").status_code == 404


def test_an_area_around_the_scope_lists_only_what_lies_inside(
    registry: dict[str, Household], cast: Cast
) -> None:
    assert len(names_on(seat(cast.malee), f"{LIST}?area=33")) == 5


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("target=1", 2),
        ("bmn=1", 2),
        ("conflicts=1", 1),
        ("level=low", 3),
        ("level=none", 2),
        ("level=known", 5),
        ("measure=social&level=1", 2),
        ("presence=moved", 1),
        ("presence=dissolved", 1),
        ("level=nonsense", 7),
        ("sort=nonsense", 7),
        ("page=99", 7),
        ("page=x", 7),
        ("target=1&bmn=1", 1),
    ],
)
def test_filters_narrow_the_list(
    registry: dict[str, Household], cast: Cast, asked: str, found: int
) -> None:
    assert len(names_on(seat(cast.wanna), f"{LIST}?{asked}")) == found


def test_each_row_opens_the_family_folder(registry: dict[str, Household], cast: Cast) -> None:
    page = seat(cast.malee).get(LIST).content.decode()
    assert f'href="{folder_address(registry["somsri"])}"' in page
    assert folder_address(registry["somsri"]) == f"/households/{registry['somsri'].public_id}/"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("สมศรี", ["นางสมศรี ใจงาม"]),
        ("นางดวงใจ", ["นางสมศรี ใจงาม"]),
        ("ดวง", ["นางสมศรี ใจงาม"]),
        ("มีสุข", ["นางอนงค์ มีสุข"]),
        ("อนงค์ มี", ["นางอนงค์ มีสุข"]),
        ("ใต้", []),
        ("ไม่มีใคร", []),
        ("10/2", ["นายประเสริฐ มีสุข"]),
        ("๑๐/๒", ["นายประเสริฐ มีสุข"]),
        ("9", ["นางสมศรี ใจงาม"]),
        (pin(2), ["นางสมศรี ใจงาม"]),
        (pin(4), []),
    ],
)
def test_a_search_finds_by_name_number_and_house_within_scope(
    registry: dict[str, Household], cast: Cast, words: str, found: list[str]
) -> None:
    response = search(seat(cast.malee), words)
    assert [row["household"].head_name for row in response.context["rows"]] == found  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", ["สมศรี", pin(2), "10/2"])
def test_search_words_never_stand_in_an_address(
    registry: dict[str, Household], cast: Cast, words: str
) -> None:
    client = seat(cast.malee)
    response = client.post(f"{LIST}?level=low", {"text": words})
    assert response.status_code == 302
    assert words not in response.headers["Location"]
    assert "level=low" in response.headers["Location"]
    page = client.get(response.headers["Location"]).content.decode()
    assert pin(2) not in page


def test_digits_of_a_national_id_are_not_kept_in_the_session(
    registry: dict[str, Household], cast: Cast
) -> None:
    client = seat(cast.malee)
    search(client, f"{pin(2)[0]}-{pin(2)[1:5]}-{pin(2)[5:10]}-{pin(2)[10:12]}-{pin(2)[12]}")
    assert pin(2) not in str(dict(client.session.items()))
    assert "x-xxxx-xxxx" in str(dict(client.session.items()))


def test_members_found_show_only_the_last_digits(
    registry: dict[str, Household], cast: Cast
) -> None:
    page = search(seat(cast.malee), "ดวงใจ").content.decode()  # type: ignore[attr-defined]
    assert "นางดวงใจ ใจงาม" in page
    assert pin(2) not in page
    assert pin(2)[-1] in page


def test_a_search_of_another_session_is_not_opened(
    registry: dict[str, Household], cast: Cast
) -> None:
    address = seat(cast.malee).post(LIST, {"text": "สมศรี"}).headers["Location"]
    token = parse_qs(urlsplit(address).query)["q"][0]
    response = seat(cast.somsak).get(f"{LIST}?q={token}")
    assert response.context["search_lost"]
    assert [row["household"].head_name for row in response.context["rows"]] == ["นางใต้ บ้านโน้น"]


def test_a_search_by_national_id_is_written_to_the_history_found_or_not(
    registry: dict[str, Household], cast: Cast
) -> None:
    search(seat(cast.malee), pin(2))
    look = Look.objects.get(kind=LookKind.SEARCH)
    assert (look.household_id, look.actor_name) == (str(registry["somsri"].public_id), "มาลี ใจดี")
    search(seat(cast.malee), pin(4))
    assert Look.objects.filter(kind=LookKind.SEARCH, household_id="", count=0).count() == 1
    assert pin(2) not in everything_recorded()


def test_a_page_of_names_is_a_look_at_that_many_households(
    registry: dict[str, Household], cast: Cast
) -> None:
    seat(cast.malee).get(LIST)
    look = Look.objects.get(kind=LookKind.LIST)
    assert (look.count, look.area_code, look.actor_role) == (5, "330101", "tambon_officer 330101")


def test_an_empty_list_tells_the_next_step(cast: Cast) -> None:
    page = seat(cast.malee).get(LIST).content.decode()
    assert "ยังไม่มีครัวเรือน" in page
    assert not Look.objects.exists()


def test_a_longer_list_asks_the_database_no_more_questions(
    registry: dict[str, Household], cast: Cast, django_assert_max_num_queries: object
) -> None:
    client = seat(cast.malee)
    client.get(LIST)
    for number in range(60):
        household("33010102", str(number + 100), f"นายทดสอบ{number} ยาว", level=number % 4 + 1)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        page = client.get(LIST)
    assert len(page.context["rows"]) == 50
    assert "page=2" in page.context["links"]["next"]
    assert len(client.get(f"{LIST}?page=2").context["rows"]) == 15


def test_who_may_not_export_is_not_offered_it(registry: dict[str, Household], cast: Cast) -> None:
    assert not seat(cast.darunee).get(LIST).context["export_address"]
    assert (
        seat(cast.malee).get(LIST).context["export_address"]
        == f"{reverse('household_export')}?area=330101"
    )
