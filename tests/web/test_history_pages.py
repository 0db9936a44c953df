"""History: sentences for whoever may read them, without telling more than the reader may know."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import kaejon
from kaejon.apps.access.models import User
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.actions import record, record_list, record_look, record_looks
from kaejon.apps.audit.housekeeping import forget_counts
from kaejon.apps.audit.models import Event, FoldersOpened, Look, LookKind
from kaejon.apps.audit.queries import PAGE, busy_days, looks_at_household
from kaejon.apps.dashboards.exports import give_counts
from kaejon.apps.households.models import House, Household
from kaejon.apps.sources.models import Source
from kaejon.web.history.sentences import LOOKS, SENTENCES
from tests.cast import Cast
from tests.factories import make

SOURCE = Path(kaejon.__file__).parent
STRANGER = "0f7b6a52-50f6-4dc4-8a0f-6f0e1c1b7a02"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def household_at(village: str, head: str) -> Household:
    house = House.objects.create(area_id=village, house_no="9")
    return Household.objects.create(house=house, area_id=village, house_no="9", head_name=head)


@pytest.fixture
def family(cast: Cast) -> Household:
    found = household_at("33010101", "นายสมมติ ใจดี")
    record(
        by=cast.malee,
        verb="household.correct",
        subject_type="household",
        subject_id=found.public_id,
        area=found.area_id,
        label=found.head_name,
        changes={"house_no": {"from": "8", "to": "9"}},
        reason="ดูที่บ้านแล้ว",
    )
    record_look(by=cast.malee, kind=LookKind.VIEW, area=found.area_id, household=found.public_id)
    return found


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_change_reads_as_a_sentence_with_old_and_new_value(cast: Cast, family: Household) -> None:
    text = text_of(signed_in(cast.wanna), reverse("history"))
    assert "มาลี ใจดี corrected the household นายสมมติ ใจดี" in text
    assert "8 → 9" in text
    assert "ดูที่บ้านแล้ว" in text


def test_an_administrator_learns_what_happened_and_no_family(cast: Cast, family: Household) -> None:
    client = signed_in(cast.anan)
    for name in ("history", "history_looks"):
        text = text_of(client, reverse(name))
        assert "มาลี ใจดี" in text
        assert "a household" in text
        for hidden in ("สมมติ ใจดี", "8 → 9", "ดูที่บ้านแล้ว", str(family.public_id)):
            assert hidden not in text, hidden
    assert client.get(reverse("history_household", args=[family.public_id])).status_code == 404


def test_history_stops_at_the_border_of_the_readers_area(cast: Cast, family: Household) -> None:
    record(
        by=cast.somsak,
        verb="household.add",
        subject_type="household",
        subject_id="x",
        area="34010101",
    )
    text = text_of(signed_in(cast.wanna), reverse("history"))
    assert "added the household" not in text


def test_filters_by_who_what_and_day(cast: Cast, family: Household) -> None:
    client, url = signed_in(cast.wanna), reverse("history")
    assert "corrected" in text_of(client, f"{url}?who=มาลี&what=household")
    assert "corrected" not in text_of(client, f"{url}?who=สมศักดิ์")
    assert "corrected" not in text_of(client, f"{url}?what=list")
    yesterday = timezone.localdate() - timedelta(days=1)
    assert "corrected" not in text_of(client, f"{url}?last_day={yesterday:%d/%m/%Y}")


def test_a_day_that_is_none_is_told_beside_the_field(cast: Cast, family: Household) -> None:
    text = text_of(signed_in(cast.wanna), f"{reverse('history')}?first_day=31/2/2569")
    assert "for example 21/11/2569" in text


def test_who_looked_at_this_household(cast: Cast, family: Household) -> None:
    record_look(
        by=cast.darunee,
        kind=LookKind.PRINT,
        area=family.area_id,
        household=family.public_id,
        role="viewer 3301",
        reason="ลงพื้นที่",
    )
    url = reverse("history_household", args=[family.public_id])
    text = text_of(signed_in(cast.wanna), f"{url}?looks")
    assert "ดารุณี อ่านดี printed นายสมมติ ใจดี" in text
    assert "Viewer" in text
    assert signed_in(cast.malee).get(url).status_code == 404


def test_pages_follow_each_other_without_gap_or_repeat(cast: Cast, family: Household) -> None:
    for number in range(PAGE + 20):
        record(
            by=cast.malee,
            verb="household.add",
            subject_type="household",
            subject_id="x",
            area="33010101",
            label=f"no{number:03d}.",
        )
    client, url, seen = signed_in(cast.wanna), f"{reverse('history')}?what=household", []
    while url:
        text = text_of(client, url)
        seen += re.findall(r"no\d{3}\.", text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        url = f"{reverse('history')}{following[1]}".replace("&amp;", "&") if following else ""
    assert seen == [f"no{number:03d}." for number in reversed(range(PAGE + 20))]


def taken_out(client: Client, kind: str, form: str, **asked: str) -> str:
    answer = client.post(reverse("history_export", args=[kind]), {"format": form, **asked})
    return b"".join(answer.streaming_content).decode()


def test_the_history_is_taken_out_as_filtered_and_that_is_recorded(
    cast: Cast, family: Household
) -> None:
    client = signed_in(cast.wanna)
    rows = [
        json.loads(line)
        for line in taken_out(client, "changes", "jsonl", what="household").splitlines()
    ]
    assert [row["who"] for row in rows] == ["มาลี ใจดี"]
    assert rows[0]["details"] == "house number: 8 → 9"
    assert Event.objects.get(verb="history.export").actor_id == cast.wanna.public_id
    looks = taken_out(client, "looks", "csv").splitlines()
    assert looks[0].startswith("\ufeffat,who,sentence")
    assert len(looks) == 1 + Look.objects.count()


def test_a_name_that_looks_like_a_formula_is_text_in_the_file(cast: Cast) -> None:
    record(
        by=cast.malee,
        verb="household.add",
        subject_type="household",
        subject_id="x",
        area="33010101",
        reason="=HYPERLINK(1)",
    )
    assert "'=HYPERLINK(1)" in taken_out(signed_in(cast.wanna), "changes", "csv")


def test_an_administrator_takes_out_no_family_either(cast: Cast, family: Household) -> None:
    text = taken_out(signed_in(cast.anan), "changes", "csv") + taken_out(
        signed_in(cast.anan), "looks", "csv"
    )
    assert "สมมติ ใจดี" not in text
    assert "8 → 9" not in text


def test_the_history_costs_the_same_for_many_lines(
    cast: Cast, family: Household, django_assert_max_num_queries: Any
) -> None:
    for number in range(PAGE):
        other = household_at("33010102", f"นาย{number}")
        record_look(
            by=cast.malee, kind=LookKind.VIEW, area=other.area_id, household=other.public_id
        )
    client = signed_in(cast.wanna)
    with django_assert_max_num_queries(20):
        client.get(reverse("history_looks"))


def test_every_verb_that_is_recorded_has_its_sentence() -> None:
    found = set()
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'verb="([a-z_.]+)"', text))
        found |= set(re.findall(r'(?:record_on|note)\([^"]*"([a-z_]+\.[a-z_]+)"', text))
    assert found - set(SENTENCES) == set()
    assert set(LOOKS) == set(LookKind.values)


def test_reasons_of_looks_are_for_who_handles_requests_of_families(
    family: Household, cast: Cast
) -> None:
    record_look(
        by=cast.malee,
        kind=LookKind.REVEAL,
        area=family.area_id,
        household=family.public_id,
        reason="ยายป่วยหนัก",
    )
    assert "ยายป่วยหนัก" in text_of(signed_in(cast.wanna), reverse("history_looks"))
    page = text_of(signed_in(cast.anan), reverse("history_looks"))
    assert "saw a full national ID" in page
    assert "ยายป่วยหนัก" not in page
    answer = signed_in(cast.anan).post(reverse("history_export", args=["looks"]))
    assert "ยายป่วยหนัก" not in b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def test_a_look_at_rows_of_a_list_names_no_identifier(family: Household, cast: Cast) -> None:
    for reason in (f"row 2 of {STRANGER}", f"rows of {STRANGER}", f"rejected rows of {STRANGER}"):
        record_look(by=cast.malee, kind=LookKind.VIEW, area=family.area_id, reason=reason)
    page = text_of(signed_in(cast.wanna), reverse("history_looks"))
    assert "row 2 of a list" in page
    assert "rejected rows of a list" in page
    assert str(STRANGER) not in page


def test_the_history_of_a_family_tells_of_lists_that_held_it(family: Household, cast: Cast) -> None:
    others = [(family.public_id, family.area_id), (STRANGER, "33010102")]
    record_list(by=cast.somsak, families=others, role="tambon_officer 330101")
    page = text_of(
        signed_in(cast.wanna), reverse("history_household", args=[family.public_id]) + "?looks"
    )
    assert "saw 2 households in a list" in page


def test_an_export_of_history_is_a_look_at_the_families_it_names(
    family: Household, cast: Cast
) -> None:
    answer = signed_in(cast.wanna).post(reverse("history_export", args=["changes"]))
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert family.head_name in text
    look = Look.objects.get(kind=LookKind.LIST)
    assert look.request_id == answer["X-Request-Id"]
    assert look in looks_at_household(str(family.public_id), family.area_id)


def test_unusual_looking_stands_on_the_page_with_the_way_to_it(
    family: Household, cast: Cast, settings: Any
) -> None:
    settings.UNUSUAL_LOOKS = 3
    client = signed_in(cast.wanna)
    others = [household_at("33010102", f"นาย{n}") for n in range(2)]
    for _again in range(5):  # the same folder again and again is one folder
        record_look(by=cast.malee, kind=LookKind.VIEW, area="33010101", household=family.public_id)
    record_look(by=cast.malee, kind=LookKind.VIEW, area="33010102", household=others[0].public_id)
    assert "Unusually many folders" not in text_of(client, reverse("history"))
    record_look(by=cast.malee, kind=LookKind.VIEW, area="33010102", household=others[1].public_id)
    answer = client.get(reverse("history"))
    assert "มาลี ใจดี opened the folders of 3 households" in " ".join(answer.content.decode().split())
    url = answer.context["unusual"][0]["url"]
    lines = client.get(url).context["lines"]
    assert len(lines) == 8
    assert all("มาลี ใจดี" in line.sentence for line in lines)


def test_folders_opened_are_counted_by_day_and_area_and_forgotten(cast: Cast) -> None:
    here, there = household_at("33010101", "นายหนึ่ง"), household_at("33010102", "นายสอง")
    families = [(home.public_id, home.area_id) for home in (here, there)]
    for _again in range(2):
        record_looks(by=cast.malee, kind=LookKind.VIEW, households=families)
    record_look(by=cast.malee, kind=LookKind.PRINT, area="33010101", household=here.public_id)
    record_look(by=cast.malee, kind=LookKind.VIEW, area="33010101")  # of no household
    counted = FoldersOpened.objects.values_list("actor_id", "area_code", "households")
    assert set(counted) == {(cast.malee.public_id, place, 1) for place in ("33010101", "33010102")}
    today = timezone.localdate()
    busy = busy_days(lambda column: Q(**{f"{column}__startswith": "330101"}), today, least=2)
    assert [(day.actor_id, day.day, day.households) for day in busy] == [
        (cast.malee.public_id, today, 2)
    ]
    assert forget_counts() == 0
    FoldersOpened.objects.update(day=today - timedelta(days=8))
    assert forget_counts() == 2


def test_lists_facts_and_steps_are_named_and_identifiers_left_out(cast: Cast) -> None:
    list_of_owner = make(Source, code="the-list", name_en="Survey of the temple")
    record(
        by=cast.malee,
        verb="correction.ask",
        subject_type="area",
        subject_id="33010101",
        area="33010101",
        changes={
            "fact": "standing",
            "source": list_of_owner.code,
            "status": {"from": "staged", "to": "applying"},
            "replaces": STRANGER,
        },
    )
    text = text_of(signed_in(cast.wanna), reverse("history"))
    for words in ("standing on the list", "Survey of the temple", "being applied"):
        assert words in text
    for code in ("the-list", "applying", STRANGER):
        assert code not in text


def test_counts_given_out_are_named_in_the_readers_words(cast: Cast) -> None:
    give_counts(what="ranking", area=Area.objects.get(code="33"), form="pdf", by=cast.wanna)
    lines = signed_in(cast.wanna).get(reverse("history")).context["lines"]
    assert ("what", "problems in order") in [pair for line in lines for pair in line.details]
