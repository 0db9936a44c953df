"""Pairs of people on the screen: side by side, decided, seconded, merged together, within the own area."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from kaejon.apps.audit.models import Look
from kaejon.apps.households.models import Person
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.jobs.models import Job
from kaejon.apps.linking.models import LinkRun, PairDecision, PersonPair
from kaejon.apps.linking.pairs import decide_pair
from tests.apps.lists import applied, as_csv, person, pin, source, upload
from tests.cast import Cast
from tests.web.lists import signed_in, text_of

pytestmark = pytest.mark.django_db

ROWS = [
    person("สมชัย", "ใจดีมาก", house="1", number=pin(1), born="12/03/2510", sex="ชาย"),
    person("ลูกน้อย", "ใจดีมาก", house="1", born="2558"),
    person("สมชัย", "ใจดีมากก", house="9", village="33010102", born="2510", sex="ชาย"),
]
LEVELS = {"first_name": 1, "last_name": 4, "birth": 2, "sex": 0, "place": 4}


@pytest.fixture
def pair(cast: Cast) -> PersonPair:
    tpmap = source("tpmap", cast.organizations["province"], cast.wanna)
    applied(upload(as_csv(ROWS), tpmap, cast.wanna), cast.wanna)
    one, other = Person.objects.filter(first_name="สมชัย").order_by("pk")
    run = LinkRun.objects.create(
        area_id="33",
        started_by=cast.wanna,
        finished_at="2026-11-01T00:00Z",
        versions={"profile": "x"},
    )
    return PersonPair.objects.create(
        one=one, other=other, probability=0.97, band="sure", levels=LEVELS, run=run
    )


def page_of(pair: PersonPair) -> str:
    return f"/review/pairs/{pair.public_id}/"


def test_the_two_stand_side_by_side_with_the_reasons_in_plain_thai(
    cast: Cast, pair: PersonPair
) -> None:
    text = text_of(signed_in(cast.malee).get(page_of(pair)))

    assert "ชื่อเหมือนกัน, นามสกุลเหมือนกันมาก, ปีเกิดตรง (รู้เพียงปี), เพศตรง" in text
    assert "ลูกน้อย ใจดีมาก" in text
    assert text.count("คนเดียวกัน อยู่บ้านนี้") == 2
    assert "บัญชีทดสอบ tpmap 2566" in text
    assert pin(1) not in text
    assert Look.objects.filter(actor_id=cast.malee.public_id).count() == 2


def test_an_answer_merges_and_undo_parts_again(cast: Cast, pair: PersonPair) -> None:
    client, kept = signed_in(cast.malee), pair.other
    answer = client.post(page_of(pair), {"answer": f"same:{kept.public_id}"})

    decision = PairDecision.objects.get()
    assert answer["Location"] == f"/review/pairs/?done={decision.public_id}"
    assert Person.objects.filter(first_name="สมชัย").get() == kept
    assert "ตัดสินล่าสุด" in text_of(client.get(answer["Location"]))
    back = client.post(f"/review/pairs/decisions/{decision.public_id}/undo/")
    assert back["Location"] == page_of(pair)
    assert Person.objects.filter(first_name="สมชัย").count() == 2


def test_an_old_link_leads_to_the_person_who_stands(cast: Cast, pair: PersonPair) -> None:
    decide_pair(pair=pair, verdict="same", kept=pair.one, by=cast.malee)
    answer = signed_in(cast.malee).get(reverse("person_correct", args=[pair.other.public_id]))
    assert "ใจดีมาก" in text_of(answer)
    assert (
        signed_in(cast.somsak)
        .get(reverse("person_correct", args=[pair.other.public_id]))
        .status_code
        == 404
    )


def test_for_who_sees_one_side_the_pair_does_not_exist(cast: Cast, pair: PersonPair) -> None:
    Person.objects.filter(pk=pair.other_id).update(area_id="33010201", last_name="ลับมาก")
    client = signed_in(cast.malee)

    assert client.get(page_of(pair)).status_code == 404
    assert client.post(page_of(pair), {"answer": "cannot_tell"}).status_code == 404
    text = text_of(client.get("/review/pairs/"))
    assert "สมชัย" not in text
    assert "ลับมาก" not in text
    assert "ลับมาก" in text_of(signed_in(cast.wanna).get("/review/pairs/"))


def test_a_grave_merge_waits_for_another_person(cast: Cast, pair: PersonPair) -> None:
    Person.objects.filter(pk=pair.other_id).update(national_id_index="x", national_id_sealed=b"x")
    answer = {"answer": f"same:{pair.one.public_id}"}
    assert "เลขประจำตัวประชาชนไม่ตรงกัน" in text_of(signed_in(cast.malee).post(page_of(pair), answer))
    signed_in(cast.malee).post(page_of(pair), answer | {"reason": "ดูบัตร"})

    assert "ต้องเป็นอีกคนให้ความเห็นที่สอง" in text_of(signed_in(cast.malee).get(page_of(pair)))
    assert "เห็นด้วย คนเดียวกัน" in text_of(signed_in(cast.wanna).get(page_of(pair)))
    signed_in(cast.wanna).post(page_of(pair), {"answer": "agree"})
    assert Person.objects.filter(first_name="สมชัย").count() == 1


def test_sure_pairs_of_a_tambon_are_looked_at_merged_and_taken_back_together(
    cast: Cast, pair: PersonPair
) -> None:
    client = signed_in(cast.malee)
    assert "รวม 1 ชื่อ" in text_of(client.get("/review/pairs/sure/?area=330101"))
    where = client.post("/review/pairs/sure/", {"area": "330101"})["Location"]
    work()
    assert "รวมแล้ว 1 ชื่อ" in text_of(client.get(where))
    undone = client.post(f"{where}undo/")["Location"]
    work()
    assert "แยกกลับแล้ว 1 ชื่อ" in text_of(client.get(undone))
    assert Person.objects.filter(first_name="สมชัย").count() == 2


def work() -> None:
    run_job_here(Job.objects.get(status="queued", kind__in=("merge_sure", "undo_sure")))


def test_a_search_is_asked_for_only_where_one_may_decide(cast: Cast, pair: PersonPair) -> None:
    client = signed_in(cast.malee)
    client.post("/review/pairs/search/", {"area": "33"})
    assert not Job.objects.filter(kind="link").exists()
    asked = client.post("/review/pairs/search/", {"area": "330101"})
    assert asked["Location"] == f"/review/jobs/{Job.objects.get(kind='link').public_id}/"


def test_a_tambon_is_assigned_and_filtered_by(cast: Cast, pair: PersonPair) -> None:
    client = signed_in(cast.wanna)
    assert "ไม่มีคู่ที่รอตามที่เลือก" in text_of(client.get("/review/pairs/?mine=on"))
    client.post("/review/assign/", {"area": "330101", "user": "wanna", "from": "pairs"})
    text = text_of(client.get("/review/pairs/?mine=on&area=330101"))
    assert "รอตัดสิน 1 คู่" in text
    assert "วรรณา จังหวัด" in text
    assert "ไม่มีแถวที่รอตามที่เลือก" in text_of(client.get("/review/?mine=on"))


def test_the_queue_costs_the_same_however_many_pairs_wait(
    cast: Cast, pair: PersonPair, django_assert_max_num_queries: Any
) -> None:
    people = [Person(area_id="33010101", first_name=f"คน{n}") for n in range(40)]
    Person.objects.bulk_create(people)
    PersonPair.objects.bulk_create(
        PersonPair(one=pair.one, other=p, probability=0.6, band="ask", run=pair.run) for p in people
    )
    client = signed_in(cast.malee)
    with django_assert_max_num_queries(30):
        client.get("/review/pairs/")
