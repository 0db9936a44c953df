"""Who may see a list, and who may take its steps: every address from every seat."""

from __future__ import annotations

import pytest
from django.test import Client

from kaejon.apps.audit.models import Event
from kaejon.apps.sources.models import ImportBatch
from tests.apps.lists import as_csv, person, pin, source, staged, upload
from tests.cast import Cast
from tests.web.lists import address, signed_in

pytestmark = pytest.mark.django_db

PAGES = ("", "columns/", "apply/", "reverse/", "discard/", "rejected.xlsx", "rows/2/")
POSTS = ("columns/", "columns/check/", "check/", "apply/", "reverse/", "discard/", "resume/")
SHARED = ("/lists/", "/lists/upload/")
SOURCES = ("/lists/sources/", "/lists/sources/new/", "/lists/sources/test-tpmap/")
OUTSIDERS = ("somsak", "darunee", "preecha", "stranger", "anan")


@pytest.fixture
def batch(cast: Cast) -> ImportBatch:
    """A list that Malee brought for her tambon."""
    where = source("tpmap", cast.organizations["province"], cast.wanna)
    rows = [person("บุญมี", "มีบุญ", number=pin(4)), person("ทองดี", "แสนสุข", village="33010102")]
    return staged(upload(as_csv(rows), where, cast.malee), cast.malee)


def test_the_tambon_officer_and_the_province_open_every_page(
    cast: Cast, batch: ImportBatch
) -> None:
    for user in (cast.malee, cast.wanna):
        client = signed_in(user)
        codes = {page: client.get(address(batch, page)).status_code for page in PAGES}
        # Nothing is applied that could be taken back: the list's page says so.
        assert codes == dict.fromkeys(PAGES, 200) | {"reverse/": 302}


@pytest.mark.parametrize("name", OUTSIDERS)
def test_for_others_the_list_does_not_exist(cast: Cast, batch: ImportBatch, name: str) -> None:
    client = signed_in(getattr(cast, name))
    pages = (*PAGES, "progress/")
    codes = {page: client.get(address(batch, page)).status_code for page in pages}
    assert codes == dict.fromkeys(pages, 404)


@pytest.mark.parametrize("name", OUTSIDERS)
def test_others_cannot_take_a_step(cast: Cast, batch: ImportBatch, name: str) -> None:
    client = signed_in(getattr(cast, name))
    for page in POSTS:
        before = Event.objects.filter(subject_type="batch").count()
        assert client.post(address(batch, page)).status_code == 404, page
        batch.refresh_from_db()
        assert batch.status == "staged", page
        assert Event.objects.filter(subject_type="batch").count() == before, page


def test_nobody_enters_without_signing_in(batch: ImportBatch) -> None:
    for page in (*PAGES, *POSTS, "progress/"):
        for answer in (Client().get(address(batch, page)), Client().post(address(batch, page))):
            assert answer.status_code in (302, 405), page
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/accounts/login/"), page


@pytest.mark.parametrize("page", SHARED)
@pytest.mark.parametrize("name", ["darunee", "preecha", "stranger", "anan"])
def test_whoever_does_not_import_sees_no_lists(cast: Cast, page: str, name: str) -> None:
    assert signed_in(getattr(cast, name)).get(page).status_code == 404


def test_a_neighbour_sees_his_own_lists_only(cast: Cast, batch: ImportBatch) -> None:
    answer = signed_in(cast.somsak).get("/lists/")
    assert answer.status_code == 200
    assert batch.file_name not in answer.content.decode()


@pytest.mark.parametrize("page", SOURCES)
def test_only_the_province_keeps_the_sources(cast: Cast, page: str) -> None:
    source("tpmap", cast.organizations["province"], cast.wanna)
    assert signed_in(cast.wanna).get(page).status_code == 200
    for name in ("malee", *OUTSIDERS):
        assert signed_in(getattr(cast, name)).get(page).status_code == 404


def test_a_step_asked_for_by_following_a_link_is_not_taken(cast: Cast, batch: ImportBatch) -> None:
    client = signed_in(cast.malee)
    for page in ("check/", "resume/"):
        answer = client.get(address(batch, page))
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert "ยังไม่ได้บันทึกอะไร" in answer.content.decode()
    for page in ("apply/", "reverse/", "discard/"):
        client.get(address(batch, page))
    batch.refresh_from_db()
    assert batch.status == "staged"
