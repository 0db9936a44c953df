"""What the preview of a list shows to whom: differences, candidates, hidden numbers, recorded looks."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kaejon.apps.audit.models import Event, Look
from kaejon.apps.sources.models import ImportBatch
from tests.apps.lists import applied, as_csv, person, pin, source, staged, upload
from tests.cast import Cast
from tests.web.lists import address, signed_in, text_of

pytestmark = pytest.mark.django_db

LONG_NUMBER = re.compile(r"(?<![\d-])\d{13}(?!\d)")
REASON = "ตรวจสอบกับสำเนาทะเบียนบ้าน"


@pytest.fixture
def tpmap(cast: Cast) -> Any:
    return source("tpmap", cast.organizations["province"], cast.wanna)


@pytest.fixture
def community(cast: Cast) -> Any:
    return source("community", cast.organizations["province"], cast.wanna, legal_basis="consent")


def preview(cast: Cast, batch: ImportBatch, outcome: str, who: str = "malee") -> str:
    return text_of(signed_in(getattr(cast, who)).get(address(batch, f"?outcome={outcome}")))


def test_a_known_person_is_shown_with_the_values_that_differ(
    cast: Cast, tpmap: Any, community: Any
) -> None:
    known = person("สมชาย", "ใจดี", number=pin(1), born="12/03/2510", title="นาย")
    applied(upload(as_csv([known]), tpmap, cast.wanna), cast.wanna)
    says = person("สมชาย", "ใจดีมาก", number=pin(1), born="2511", title="นาย", house="9/1")
    batch = staged(upload(as_csv([says]), community, cast.malee), cast.malee)
    page = preview(cast, batch, "updated")
    for text in ("นายสมชาย ใจดีมาก", "12 มี.ค. 2510", "2511", "เลขที่ 9/1"):
        assert text in page


def test_somebody_registered_elsewhere_is_not_shown(cast: Cast, tpmap: Any, community: Any) -> None:
    elsewhere = person("สมชาย", "ลับมาก", number=pin(1), village="33010201", house="77")
    applied(upload(as_csv([elsewhere]), tpmap, cast.wanna), cast.wanna)
    moved = person("สมชาย", "ใจดี", number=pin(1))
    batch = staged(upload(as_csv([moved]), community, cast.malee), cast.malee)
    page = preview(cast, batch, "created")
    assert "สมชาย ใจดี" in page
    assert "ปรึกษาอำเภอ" not in page
    assert "ลับมาก" not in page


def test_candidates_outside_the_area_are_only_counted(
    cast: Cast, tpmap: Any, community: Any
) -> None:
    namesakes = [
        person("สมชาย", "ใจดี", number=pin(1), house="1"),
        person("สมชาย", "ใจดี", number=pin(2), village="33010201", house="77"),
    ]
    applied(upload(as_csv(namesakes), tpmap, cast.wanna), cast.wanna)
    batch = staged(upload(as_csv([person("สมชาย", "ใจดี")]), community, cast.malee), cast.malee)
    record = batch.records.get()
    ids = [
        str(p)
        for p in type(record).person.field.related_model.objects.values_list("public_id", flat=True)
    ]
    batch.records.update(outcome="ambiguous", candidates=ids)
    batch.counts["outcomes"] |= {"ambiguous": 1}
    batch.save()
    page = preview(cast, batch, "ambiguous")
    assert "ปรึกษาอำเภอ" in page
    assert "77" not in re.sub(r"<[^>]*>", "", page)
    assert "เลขที่ 77" in preview(cast, batch, "ambiguous", who="wanna")


def test_no_page_shows_a_whole_national_id(cast: Cast, tpmap: Any) -> None:
    wrong = pin(3)[:-1] + str((int(pin(3)[-1]) + 1) % 10)
    rows = [
        person("หนึ่ง", "ใจดี", number=pin(1)),
        person("สอง", "ใจดี", number=wrong),
        person("สาม", "ใจดี", number=pin(2), born="31/02/2510"),
    ] + [person(f"คน{n}", "อื่น", number=pin(10 + n), house=str(n)) for n in range(8)]
    batch = upload(as_csv(rows), tpmap, cast.malee)
    assert not LONG_NUMBER.search(str(batch.info["sample"]))
    client = signed_in(cast.malee)
    assert not LONG_NUMBER.search(text_of(client.get(address(batch, "columns/"))))
    staged(batch, cast.malee)
    pages = [address(batch, f"?outcome={o}") for o in ("created", "updated", "rejected")]
    for page in [*pages, address(batch, "rows/3/"), address(batch, "rows/4/")]:
        assert not LONG_NUMBER.search(text_of(client.get(page)))


def test_a_row_as_received_is_shown_for_a_reason_and_the_look_is_recorded(
    cast: Cast, tpmap: Any
) -> None:
    batch = staged(
        upload(as_csv([person("สมชาย", "ใจดี", number=pin(1))]), tpmap, cast.malee), cast.malee
    )
    client = signed_in(cast.malee)
    short = client.post(address(batch, "rows/2/"), {"reason": "ดู"})
    assert short.status_code == 422
    assert not Look.objects.filter(kind="reveal").exists()
    assert pin(1) not in text_of(short)
    shown = client.post(address(batch, "rows/2/"), {"reason": REASON})
    assert pin(1) in text_of(shown)
    look = Look.objects.get(kind="reveal")
    assert (look.kind, look.reason, look.area_code) == ("reveal", REASON, "33010101")
    assert "no-store" in shown.headers["Cache-Control"]


def test_rows_of_another_area_stay_hidden_from_a_colleague(cast: Cast, tpmap: Any) -> None:
    rows = [person(f"คน{n}", "ในตำบล", house=n) for n in "กขคงจ"]
    far = person("ไกล", "ต่างตำบล", village="33010201", number=pin(9))
    batch = staged(upload(as_csv([*rows, far]), tpmap, cast.malee), cast.malee)
    ImportBatch.objects.filter(pk=batch.pk).update(uploaded_by=cast.wanna)
    page = preview(cast, batch, "rejected")
    assert "อยู่นอกพื้นที่ของท่าน" in page
    assert "ต่างตำบล" not in page
    assert signed_in(cast.malee).get(address(batch, "rows/7/")).status_code == 404


def test_a_page_of_rows_is_recorded_as_a_look(cast: Cast, tpmap: Any) -> None:
    batch = staged(
        upload(as_csv([person("หนึ่ง", "ใจดี"), person("สอง", "ใจดี")]), tpmap, cast.malee), cast.malee
    )
    preview(cast, batch, "rejected")
    assert not Look.objects.exists()
    preview(cast, batch, "created")
    look = Look.objects.get()
    assert (look.kind, look.count, look.actor_id) == ("view", 2, str(cast.malee.public_id))


def test_downloading_rejected_rows_is_recorded(cast: Cast, tpmap: Any) -> None:
    rows = [person("หนึ่ง", "ใจดี"), person("สอง", "ใจดี", born="31/02/2510")]
    batch = staged(upload(as_csv(rows), tpmap, cast.malee), cast.malee)
    signed_in(cast.malee).get(address(batch, "rejected.xlsx"))
    assert Look.objects.get(kind="export").count == 1
    assert Event.objects.get(verb="list.rejected").changes == {"rows": 1}


def test_a_page_of_rows_costs_the_same_whatever_it_holds(
    cast: Cast, tpmap: Any, community: Any
) -> None:
    def cost(count: int, first: int) -> int:
        rows = [
            person(f"คน{n}", "เดียวกัน", number=pin(n), house=str(n), born="2510")
            for n in range(first, first + count)
        ]
        applied(upload(as_csv(rows), tpmap, cast.wanna), cast.wanna)
        changed = [row | {"นามสกุล": "เปลี่ยนแล้ว"} for row in rows]
        batch = staged(upload(as_csv(changed), community, cast.malee), cast.malee)
        client = signed_in(cast.malee)
        client.get(address(batch))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address(batch, "?outcome=updated"))
        return len(queries)

    assert cost(3, 100) == cost(45, 200) <= 20


def test_long_previews_come_a_page_at_a_time(cast: Cast, tpmap: Any) -> None:
    rows = [person(f"คน{n}", "ยาว", house=str(n)) for n in range(60)]
    batch = staged(upload(as_csv(rows), tpmap, cast.malee), cast.malee)
    client = signed_in(cast.malee)
    first = client.get(address(batch))
    assert len(first.context["rows"]) == 50
    second = client.get(address(batch) + first.context["next_url"])
    assert [row.number for row in second.context["rows"]] == list(range(52, 62))
    assert second.context["next_url"] == ""
    assert client.get(address(batch, "?after=nonsense&outcome=nothing")).status_code == 200


def test_the_list_of_lists_costs_the_same_for_many(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/lists/")
        return len(queries)

    upload(as_csv([person("หนึ่ง", "ใจดี")]), tpmap, cast.malee)
    client.get("/lists/")
    one = cost()
    for n in range(8):
        upload(as_csv([person(f"คน{n}", "ใจดี")]), tpmap, cast.malee)
    assert cost() == one <= 15
