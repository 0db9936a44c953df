"""The ranking page, its rule, and a decision from the form to the paper."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.test import Client
from pypdf import PdfReader

from kaejon.apps.dashboards.figuring import figure_areas
from kaejon.apps.ranking.models import Decision, RankingRule
from tests.cast import Cast
from tests.web.places import household

RULE = {
    "households": "0",
    "severity": "100",
    "action": "0",
    **{f"ready_{side}": "1" for side in ("land", "health", "education", "housing", "economy")},
    "ready_other": "0",
}


@pytest.fixture
def province(cast: Cast) -> Cast:
    for number in range(24):
        household("33010101", f"{number}", "สมมติ", members=3, level=3, problems=" i8 i25 ")
    for number in range(6):
        household("33020101", f"{number}", "สมมติ", members=2, level=1, problems=" i7 human_5 ")
    figure_areas({"33010101", "33020101"})
    return cast


def order_in(page: str, *names: str) -> list[str]:
    return sorted(names, key=page.index)


def page_of(client: Client, user: object, path: str) -> str:
    client.force_login(user)  # type: ignore[arg-type]
    return client.get(path).content.decode()


def test_trying_a_rule_moves_places_and_saves_nothing(client: Client, province: Cast) -> None:
    page = page_of(client, province.wanna, "/ranking/33/")
    house, illness = "problem=i8", "problem=human_5"
    assert order_in(page, house, illness) == [house, illness]
    client.force_login(province.wanna)
    tried = client.get("/ranking/33/", RULE).content.decode()
    assert order_in(tried, house, illness) == [illness, house]
    assert "ยังไม่มีอะไรบันทึก" in tried
    assert not RankingRule.objects.exists()
    client.post("/ranking/33/rule/", RULE | {"reason": "มติที่ประชุม"})
    saved = page_of(client, province.wanna, "/ranking/33/")
    assert order_in(saved, house, illness) == [illness, house]
    assert "มติที่ประชุม" in saved


def test_who_sees_counts_only_is_told_fives_and_no_list(client: Client, province: Cast) -> None:
    page = page_of(client, province.preecha, "/ranking/33/")
    assert "problem=i8" not in page
    assert ">25<" in page
    assert ">24<" not in page


def test_a_reader_without_sensitive_facts_gets_no_list_of_the_ill(
    client: Client, province: Cast
) -> None:
    household("33010101", "99", "สมมติ", level=1, problems=" human_5 ")
    figure_areas({"33010101"})
    page = page_of(client, province.darunee, "/ranking/3301/")
    assert "problem=i8" in page
    assert "problem=human_5" not in page


def test_a_decision_goes_from_the_form_to_the_page_and_to_paper(
    client: Client, province: Cast
) -> None:
    client.force_login(province.wanna)
    sent = {
        "decided_on": "20/11/2569",
        "meeting": "ประชุมคณะกรรมการจังหวัด 3/2569",
        "decided_by": "ผู้ว่าราชการจังหวัดศรีสะเกษ",
        "text": "จัดบ้านเรือนให้ถูกสุขลักษณะก่อนฤดูฝน",
        "priority_1": "i8",
        "priority_2": "i7",
    }
    refused = client.post("/ranking/33/decide/", sent | {"priority_1": ""})
    assert refused.status_code == 422
    answer = client.post("/ranking/33/decide/", sent, follow=True)
    decision = Decision.objects.get()
    assert (decision.chosen, decision.decided_on) == (["i8", "i7"], date(2026, 11, 20))
    page = answer.content.decode()
    assert "คำนวณซ้ำจากข้อมูลที่เก็บไว้ได้ลำดับเดิม" in page
    paper = client.get(f"/ranking/decisions/{decision.public_id}/sheet.pdf")
    assert paper.content.startswith(b"%PDF")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.content)).pages)
    assert decision.frozen_hash[:16] in text
    assert "3/2569" in text
    assert client.get("/ranking/33/sheet.pdf").content.startswith(b"%PDF")
