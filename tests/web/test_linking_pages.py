"""The queue of rows that wait: seen, decided, undone, within the own area."""

from __future__ import annotations

from typing import Any

import pytest

from kaejon.apps.audit.models import Look
from kaejon.apps.audit.packing import packed
from kaejon.apps.households.models import Household, Person
from kaejon.apps.linking.models import MatchDecision
from kaejon.apps.sources.models import ImportBatch
from tests.apps.lists import applied, as_csv, move_to, person, pin, source, upload
from tests.cast import Cast
from tests.web.lists import signed_in, text_of

pytestmark = pytest.mark.django_db

TWINS = [
    person("แฝด", "ใจดี", house="7", number=pin(10), born="1/2/2540", sex="ชาย"),
    person("แฝด", "ใจดี", house="7", number=pin(11), born="1/2/2540", sex="ชาย"),
]
WAITING = [
    person("แฝด", "ใจดี", house="7", born="1/2/2540", title="นาย"),
    person("แฝด", "ใจดี", house="7", born="2540"),
]


@pytest.fixture
def batch(cast: Cast) -> ImportBatch:
    tpmap = source("tpmap", cast.organizations["province"], cast.wanna)
    applied(upload(as_csv(TWINS), tpmap, cast.wanna), cast.wanna)
    community = source("community", cast.organizations["tao"], cast.wanna)
    return applied(upload(as_csv(WAITING), community, cast.wanna, year=2567), cast.wanna)


def page_of(batch: ImportBatch, number: int = 2) -> str:
    return f"/review/{batch.public_id}/{number}/"


def said(client: Any, batch: ImportBatch, number: int, answer: str, **more: str) -> Any:
    return client.post(page_of(batch, number), {"answer": answer, "reason": ""} | more)


def test_the_queue_counts_rows_by_list_and_leads_to_the_first(
    cast: Cast, batch: ImportBatch
) -> None:
    text = text_of(signed_in(cast.malee).get(f"/review/?batch={batch.public_id}"))

    assert "รอตัดสิน 2 แถว" in text
    assert page_of(batch) in text
    assert "มีหลายคนที่ชื่อ วันเกิด และบ้านตรงกัน" in text
    assert "ไม่มีแถวที่รอตามที่เลือก" in text_of(signed_in(cast.malee).get("/review/?area=330102"))


def test_the_row_stands_beside_its_candidates_with_masked_numbers(
    cast: Cast, batch: ImportBatch
) -> None:
    text = text_of(signed_in(cast.malee).get(page_of(batch)))

    assert text.count("คนเดียวกัน <kbd>") == 2
    assert "ตรงกัน" in text
    assert pin(10) not in text
    assert f"x-xxxx-xxxx{pin(10)[-4]}" in text
    assert "เหลืออีก 2 แถว" in text


def test_every_household_shown_is_recorded_as_seen(cast: Cast, batch: ImportBatch) -> None:
    signed_in(cast.malee).get(page_of(batch))

    home = Household.objects.get()
    looks = Look.objects.filter(actor_id=cast.malee.public_id)
    assert looks.filter(household_id=str(home.public_id)).count() == 1


def test_the_queue_is_one_look_that_names_the_families(cast: Cast, batch: ImportBatch) -> None:
    signed_in(cast.malee).get("/review/")
    home = Household.objects.get()
    look = Look.objects.get(actor_id=cast.malee.public_id)
    assert (look.kind, look.count) == ("list", 1)
    assert bytes(look.families) == packed([home.public_id])


def test_an_answer_leads_to_the_next_row_and_offers_to_undo(cast: Cast, batch: ImportBatch) -> None:
    client, chosen = signed_in(cast.malee), Person.objects.first()

    answer = said(client, batch, 2, f"same:{chosen.public_id}")

    decision = MatchDecision.objects.get()
    assert answer["Location"] == f"{page_of(batch, 3)}?done={decision.public_id}"
    assert f"/review/decisions/{decision.public_id}/undo/" in text_of(
        client.get(answer["Location"])
    )
    back = client.post(f"/review/decisions/{decision.public_id}/undo/")
    assert back["Location"] == page_of(batch, 2)
    decision.refresh_from_db()
    assert decision.undone_by == cast.malee


def test_the_last_answer_leads_back_to_the_queue_with_what_was_decided(
    cast: Cast, batch: ImportBatch
) -> None:
    client = signed_in(cast.malee)
    said(client, batch, 2, "different")

    answer = said(client, batch, 3, "cannot_tell")

    text = text_of(client.get(answer["Location"]))
    assert "ขอความเห็นที่สอง" in text
    assert text.count("/undo/") == 2
    assert "ยังบอกไม่ได้เมื่อ" in text_of(signed_in(cast.wanna).get(page_of(batch, 3)))


def test_a_row_decided_meanwhile_leads_back_to_the_queue(cast: Cast, batch: ImportBatch) -> None:
    said(signed_in(cast.wanna), batch, 2, "different")

    answer = said(signed_in(cast.malee), batch, 2, "cannot_tell")

    assert (answer.status_code, answer["Location"]) == (302, "/review/")
    assert MatchDecision.objects.count() == 1


@pytest.mark.parametrize("answer", ["", "same:", "same:nobody", "maybe"])
def test_an_answer_that_is_none_is_refused(answer: str, cast: Cast, batch: ImportBatch) -> None:
    refused = said(signed_in(cast.malee), batch, 2, answer)

    assert refused.status_code == 422
    assert "กรุณาเลือกคำตอบ" in text_of(refused)


def test_somebody_who_is_no_candidate_is_refused(cast: Cast, batch: ImportBatch) -> None:
    refused = said(signed_in(cast.malee), batch, 2, f"same:{batch.public_id}")

    assert refused.status_code == 422
    assert "รายที่เลือกไม่ใช่หนึ่งในราย" in text_of(refused)
    assert not MatchDecision.objects.exists()


def test_outside_the_area_a_waiting_row_does_not_exist(cast: Cast, batch: ImportBatch) -> None:
    decision = MatchDecision.objects.create(
        record=batch.records.first(), verdict="cannot_tell", decided_by=cast.wanna
    )
    somsak = signed_in(cast.somsak)

    assert somsak.get(page_of(batch)).status_code == 404
    assert somsak.post(page_of(batch), {"answer": "different"}).status_code == 404
    assert somsak.post(f"/review/decisions/{decision.public_id}/undo/").status_code == 404
    assert "แฝด" not in text_of(somsak.get("/review/"))
    assert signed_in(cast.malee).get(page_of(batch, 99)).status_code == 404


def test_a_candidate_elsewhere_is_only_said_to_exist(cast: Cast) -> None:
    tpmap = source("tpmap", cast.organizations["province"], cast.wanna)
    far = person("ไกลบ้าน", "แสนสุข", village="33010102", number=pin(2))
    applied(upload(as_csv([far]), tpmap, cast.wanna), cast.wanna)
    community = source("community", cast.organizations["tao"], cast.wanna)
    near = person("มยุรี", "ใจดี", number=pin(2))
    batch = applied(upload(as_csv([near]), community, cast.wanna, year=2567), cast.wanna)
    move_to("33010201", Person.objects.get(first_name="ไกลบ้าน"))

    text = text_of(signed_in(cast.malee).get(page_of(batch)))

    assert "มีอยู่นอกพื้นที่ของท่านอีก 1 ราย ปรึกษาอำเภอ" in text
    assert "ไกลบ้าน" not in text
    assert 'value="different"' not in text
    assert "ไกลบ้าน" in text_of(signed_in(cast.wanna).get(page_of(batch)))


def test_the_queue_costs_the_same_however_many_rows_wait(
    cast: Cast, batch: ImportBatch, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.malee)
    client.get("/review/")
    with django_assert_max_num_queries(22):
        client.get("/review/")
    with django_assert_max_num_queries(32):
        client.get(page_of(batch))


def test_the_tab_of_an_applied_list_leads_to_its_rows(cast: Cast, batch: ImportBatch) -> None:
    text = text_of(signed_in(cast.wanna).get(f"/lists/{batch.public_id}/?outcome=ambiguous"))

    assert f"/review/?batch={batch.public_id}" in text
