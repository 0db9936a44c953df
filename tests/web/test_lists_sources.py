"""Sources: the promise that stands before every list."""

from __future__ import annotations

import pytest

from kaejon.apps.access.places import register_organization
from kaejon.apps.audit.models import Event
from kaejon.apps.sources.models import Source
from tests.apps.lists import source
from tests.cast import Cast
from tests.web.lists import signed_in, text_of

pytestmark = pytest.mark.django_db

PROMISE = {
    "name_th": "สำรวจที่อยู่อาศัย",
    "name_en": "",
    "kind": "community",
    "owner": "pomo-33",
    "legal_basis": "consent",
    "purpose": "วางแผนซ่อมบ้าน",
    "retention_years": "3",
    "rank": "30",
}


def test_a_new_source_is_kept_with_its_promise_and_recorded(cast: Cast) -> None:
    answer = signed_in(cast.wanna).post("/lists/sources/new/", PROMISE | {"shared": "on"})
    assert answer.status_code == 302
    kept = Source.objects.get()
    assert (kept.legal_basis, kept.retention_years, kept.rank, kept.unit) == (
        "consent", 3, 30, "household",
    )  # fmt: skip
    assert Event.objects.get(verb="source.register").subject_label == "สำรวจที่อยู่อาศัย"
    assert "สำรวจที่อยู่อาศัย" in text_of(signed_in(cast.malee).get("/lists/upload/"))
    assert "นำเข้าส่วนของตนได้" in text_of(signed_in(cast.wanna).get("/lists/sources/"))


def test_a_source_not_shared_is_no_choice_for_officers_below(cast: Cast) -> None:
    signed_in(cast.wanna).post("/lists/sources/new/", PROMISE)
    for officer, offered in ((cast.wanna, True), (cast.malee, False), (cast.somsak, False)):
        page = text_of(signed_in(officer).get("/lists/upload/"))
        assert ("สำรวจที่อยู่อาศัย" in page) is offered


@pytest.mark.parametrize(
    "missing", ["name_th", "owner", "legal_basis", "purpose", "retention_years"]
)
def test_no_part_of_the_promise_may_be_missing(cast: Cast, missing: str) -> None:
    answer = signed_in(cast.wanna).post("/lists/sources/new/", PROMISE | {missing: ""})
    assert answer.status_code == 422
    assert answer.context["form"].errors[missing]
    assert not Source.objects.exists()


def test_sources_stand_under_lists_in_the_navigation(cast: Cast) -> None:
    items = signed_in(cast.wanna).get("/lists/sources/").context["nav_items"]
    assert [item["url"] for item in items if item["active"]] == ["/lists/"]


def test_an_owner_outside_the_province_cannot_be_chosen(cast: Cast) -> None:
    from kaejon.apps.areas.models import Area, Level

    Area.objects.create(code="34", level=Level.PROVINCE, name_th="อุบลราชธานี")
    register_organization(code="far", name_th="ไกล", sector="state", area="34", by=cast.operator)
    answer = signed_in(cast.wanna).post("/lists/sources/new/", PROMISE | {"owner": "far"})
    assert answer.status_code == 422


def test_a_source_of_another_province_does_not_exist(cast: Cast) -> None:
    from kaejon.apps.areas.models import Area, Level

    Area.objects.create(code="34", level=Level.PROVINCE, name_th="อุบลราชธานี")
    far = register_organization(
        code="far", name_th="ไกล", sector="state", area="34", by=cast.operator
    )
    source("tpmap", far, cast.operator, code="far-tpmap")
    client = signed_in(cast.wanna)
    assert client.get("/lists/sources/far-tpmap/").status_code == 404
    assert "far-tpmap" not in text_of(client.get("/lists/sources/"))


def test_two_people_changing_a_source_notice_each_other(cast: Cast) -> None:
    held = source("tpmap", cast.organizations["province"], cast.wanna)
    client = signed_in(cast.wanna)
    seen = client.get("/lists/sources/test-tpmap/").context["seen"]
    changed = PROMISE | {"kind": "tpmap", "purpose": "คนแรกแก้", "seen": seen}
    assert client.post("/lists/sources/test-tpmap/", changed).status_code == 302
    late = client.post("/lists/sources/test-tpmap/", changed | {"purpose": "คนที่สองแก้"})
    assert late.status_code == 409
    for text in ("คนแรกแก้", "คนที่สองแก้"):
        assert text in text_of(late)
    held.refresh_from_db()
    assert held.purpose == "คนแรกแก้"


def test_the_shape_of_a_source_cannot_be_changed_afterwards(cast: Cast) -> None:
    held = source("tpmap", cast.organizations["province"], cast.wanna)
    client = signed_in(cast.wanna)
    seen = client.get("/lists/sources/test-tpmap/").context["seen"]
    client.post("/lists/sources/test-tpmap/", PROMISE | {"kind": "bmn", "seen": seen})
    held.refresh_from_db()
    assert held.kind == "tpmap"
