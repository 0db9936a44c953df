"""Field work from the seat of Malee of tambon 330101: checks, forums, worklists and what owners are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from django.utils.translation import override

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import within
from kaejon.apps.audit.models import Event
from kaejon.apps.dashboards.checks import check_counts
from kaejon.apps.dashboards.models import VillageTally
from kaejon.apps.folders.actions import settle_conflict
from kaejon.apps.folders.listing import Filters, listed
from kaejon.apps.households.models import Household
from kaejon.apps.privacy.erasing import erase_household
from kaejon.apps.privacy.models import SubjectRequest
from kaejon.apps.sources.files import folder as stored_files
from kaejon.apps.surveys import correcting, forums, photos
from kaejon.apps.surveys.checking import (
    Finding,
    add_missed,
    record_check,
    record_checks,
    withdraw_check,
)
from kaejon.apps.surveys.differing import differences, listed_not_in_need, to_compare
from kaejon.apps.surveys.fillin import KEYS, write_fillin
from kaejon.apps.surveys.models import Correction, Objection, Verification
from kaejon.apps.surveys.overriding import override_status, remove_override
from kaejon.apps.surveys.results import apply_results, keep_results, read_results
from kaejon.apps.surveys.worklists import (
    assign_village,
    list_year,
    progress,
    visits_of,
    worklist,
)
from kaejon.methods.errors import KaejonError
from tests.apps.families import Family, make_family, make_household
from tests.cast import Cast
from tests.methods.test_checks import exif, jpeg

pytestmark = pytest.mark.django_db
VILLAGE = "33010101"


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


def finding(household: Household, outcome: str = "confirmed_poor", **more: object) -> Finding:
    values = {
        "household": household,
        "year_be": list_year(),
        "outcome": outcome,
        "method": "visit",
        "checked_on": timezone.localdate(),
    }
    return Finding(**values | more)  # type: ignore[arg-type]


def status(household: Household) -> str:
    return Household.objects.get(pk=household.pk).verified


def refusal(action: object, **arguments: object) -> str:
    with pytest.raises(KaejonError) as refused:
        action(**arguments)  # type: ignore[operator]
    return refused.value.code


def test_a_check_gives_the_household_its_status_and_the_village_its_count(
    cast: Cast, family: Family
) -> None:
    check = record_check(finding=finding(family.household, reason="no_income"), by=cast.malee)
    assert status(family.household) == "confirmed_poor"
    assert VillageTally.objects.get(area=VILLAGE).verified == {"confirmed_poor": 1}
    assert [h.pk for h in listed(cast.malee, Filters(verified="poor"))] == [family.household.pk]
    assert not listed(cast.malee, Filters(verified="none")).filter(pk=family.household.pk)
    again = record_check(finding=finding(family.household, "not_poor"), by=cast.malee)
    assert (again.supersedes, status(family.household)) == (check, "not_poor")
    withdraw_check(check=again, reason="กดผิด", by=cast.malee)
    assert status(family.household) == "confirmed_poor"
    assert Verification.objects.count() == 2
    verbs = Event.objects.filter(verb__startswith="check.").values_list("verb", flat=True)
    assert list(verbs.order_by("pk")) == ["check.record", "check.record", "check.withdraw"]


def test_a_move_goes_through_the_claims_and_comes_back_when_withdrawn(
    cast: Cast, family: Family
) -> None:
    moved = record_check(
        finding=finding(family.household, "moved", moved_to="ขอนแก่น"), by=cast.malee
    )
    assert family.again().presence == "moved"
    assert moved.claim is not None
    withdraw_check(check=moved, reason="กลับมาแล้ว", by=cast.malee)
    assert (family.again().presence, status(family.household)) == ("present", "")
    record_check(finding=finding(family.household, "died"), by=cast.malee)
    assert family.again().presence == "dissolved"
    assert listed(cast.malee, Filters(verified="died")).count() == 1
    assert listed(cast.malee, Filters()).count() == 0


def test_what_may_not_be_written_is_refused_and_nothing_is_kept(cast: Cast, family: Family) -> None:
    other = make_household(cast, VILLAGE, "9", "นายหนึ่ง", family.lists["bmn"])
    tomorrow = timezone.localdate() + timedelta(days=1)
    cases = {
        "not_permitted": (finding(family.household), cast.somsak),
        "not_missed": (finding(family.household, "missed"), cast.malee),
        "duplicate_of_none": (finding(family.household, "duplicate"), cast.malee),
        "checked_later": (finding(family.household, checked_on=tomorrow), cast.malee),
        "reason_of_other_outcome": (
            finding(family.household, "not_poor", reason="no_income"),
            cast.malee,
        ),
    }
    for code, (wrong, by) in cases.items():
        assert refusal(record_checks, findings=[finding(other), wrong], by=by) == code
    for outsider in (cast.darunee, cast.preecha, cast.stranger, cast.anan):
        assert refusal(record_check, finding=finding(other), by=outsider) == "not_permitted"
    assert not Verification.objects.exists()
    same = finding(other, "duplicate", duplicate_of=family.household)
    record_check(finding=same, by=cast.malee)
    assert refusal(record_check, finding=finding(other), by=cast.malee) == "outcome_not_possible"


def test_an_override_needs_a_reason_and_an_officer_and_gives_the_rule_back(
    cast: Cast, family: Family
) -> None:
    record_check(finding=finding(family.household), by=cast.malee)
    arguments = {"household": family.household, "outcome": "not_poor", "year_be": list_year()}
    assert refusal(override_status, **arguments, reason=" ", by=cast.malee) == "reason_missing"
    assert refusal(override_status, **arguments, reason="x", by=cast.darunee) == "not_permitted"
    row = override_status(**arguments, reason="มติ พชอ.", by=cast.malee)  # type: ignore[arg-type]
    assert status(family.household) == "not_poor"
    assert refusal(override_status, **arguments, reason="x", by=cast.malee) == "already_overridden"
    remove_override(override=row, reason="ยกเลิกมติ", by=cast.malee)
    assert status(family.household) == "confirmed_poor"


def test_a_missed_household_is_added_with_its_check_or_not_at_all(cast: Cast) -> None:
    arguments = {
        "area": VILLAGE,
        "house_no": "77",
        "head": {"title": "นาง", "first_name": "ตกหล่น", "last_name": "จริง"},
        "year_be": list_year(),
        "note": "พบที่เพิงท้ายหมู่บ้าน",
        "by": cast.malee,
    }
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert refusal(add_missed, **arguments, checked_on=tomorrow) == "checked_later"
    assert not Household.objects.exists()
    check = add_missed(**arguments, checked_on=timezone.localdate())  # type: ignore[arg-type]
    assert status(check.household) == "missed"
    record_check(finding=finding(check.household), by=cast.malee)
    assert status(check.household) == "missed"


def test_the_worklist_says_why_and_agrees_with_the_counts_of_the_area(
    cast: Cast, family: Family
) -> None:
    make_household(cast, VILLAGE, "9", "นายไม่จน", family.lists["community"])
    year = list_year()
    (visit,) = visits_of(list(worklist(cast.malee, VILLAGE, year)), year)
    assert visit.causes == ("listed", "differ")
    assert [v.source.kind for v in visit.lists] == ["ppp", "community", "tpmap", "bmn"]
    assert not worklist(cast.somsak, VILLAGE, year)
    counts = check_counts(scope_of(cast.malee, Permission.VERIFY), Area.objects.get(code="330101"))[
        ""
    ]
    assert (counts.progress(year).done, counts.progress(year).total) == (0, 1)
    record_check(finding=finding(family.household, year_be=year - 1), by=cast.malee)
    (visit,) = visits_of(list(worklist(cast.malee, VILLAGE, year)), year)
    assert visit.causes == ("listed", "differ", "again")
    record_check(finding=finding(family.household, "died"), by=cast.malee)
    counts = check_counts(scope_of(cast.malee, Permission.VERIFY), Area.objects.get(code="330101"))[
        ""
    ]
    for found in (progress(cast.malee, VILLAGE, year), counts.progress(year)):
        assert (found.done, found.total) == (1, 1)


def test_a_worklist_is_given_to_somebody_who_may_check_there(cast: Cast) -> None:
    area = Area.objects.get(code=VILLAGE)
    today = timezone.localdate()
    arguments = {"area": area, "year_be": 2568, "due_on": today}
    assert refusal(assign_village, **arguments, to=cast.malee, by=cast.somsak) == "not_permitted"
    assert refusal(assign_village, **arguments, to=cast.somsak, by=cast.malee) == (
        "may_not_check_there"
    )
    late = arguments | {"due_on": today - timedelta(days=1)}
    assert refusal(assign_village, **late, to=cast.malee, by=cast.malee) == "due_before_today"
    assert assign_village(**arguments, to=cast.malee, by=cast.wanna).assigned_to == cast.malee  # type: ignore[arg-type]


def open_forum(cast: Cast, **attendance: int) -> forums.Forum:
    return forums.open_forum(
        area=Area.objects.get(code=VILLAGE),
        year_be=list_year(),
        held_on=timezone.localdate(),
        place="ศาลา",
        chair="ผู้ใหญ่บ้าน",
        attendance=attendance,
        by=cast.malee,
    )


def test_a_forum_decides_with_a_quorum_hears_objections_and_is_closed(
    cast: Cast, family: Family
) -> None:
    forum = open_forum(cast, households=4)
    far = make_household(cast, "33010102", "1", "นายไกล", family.lists["bmn"])
    add = forums.add_to_agenda
    assert refusal(add, forum=forum, households=[far], by=cast.malee) == "of_another_area"
    assert add(forum=forum, households=[family.household], by=cast.malee) == 1
    assert add(forum=forum, households=[family.household], by=cast.malee) == 0
    item = forum.agenda.get()
    decision = {"item": item, "finding": finding(family.household), "how": "consensus"}
    assert refusal(forums.decide, **decision, by=cast.malee) == "no_quorum"
    assert refusal(forums.close_forum, forum=forum, by=cast.malee) == "no_quorum"
    came = {"held_on": forum.held_on, "place": "ศาลา", "chair": "ผู้ใหญ่บ้าน", "note": ""}
    forums.change_forum(forum=forum, attendance={"households": 30}, by=cast.malee, **came)
    vote = decision | {"how": "vote", "votes": (5, 9, 1)}
    assert refusal(forums.decide, **vote, by=cast.malee) == "vote_not_won"
    forums.decide(**decision, by=cast.malee)
    record_check(finding=finding(family.household, "not_poor"), by=cast.malee)
    assert status(family.household) == "confirmed_poor"
    item.refresh_from_db()
    objection = forums.raise_objection(
        item=item, raised_by="เพื่อนบ้าน", text="มีรายได้", raised_on=forum.held_on, by=cast.malee
    )
    assert refusal(forums.close_forum, forum=forum, by=cast.malee) == "objection_open"
    forums.answer_objection(objection=objection, answer="ยืนยันมติ", by=cast.malee)
    forums.close_forum(forum=forum, by=cast.malee)
    assert refusal(forums.decide, **decision, by=cast.malee) == "forum_closed"
    check = Verification.objects.get(method="forum")
    assert refusal(withdraw_check, check=check, reason="x", by=cast.malee) == "forum_closed"
    item.refresh_from_db()
    item.forum.refresh_from_db()
    later = forums.raise_objection(
        item=item, raised_by="สมศรี", text="ขอทบทวน", raised_on=timezone.localdate(), by=cast.malee
    )
    assert later.request == SubjectRequest.objects.get(kind="objection")
    assert refusal(forums.reopen_forum, forum=forum, reason="", by=cast.malee) == "reason_missing"
    forums.reopen_forum(forum=forum, reason="ทบทวนตามคำขอ", by=cast.malee)
    forums.decide(**decision | {"finding": finding(family.household, "not_poor")}, by=cast.malee)
    check.refresh_from_db()
    assert (check.withdrawn_at is not None, status(family.household)) == (True, "not_poor")


def filled(path: Path, visits: list[object], answers: dict[str, dict[str, str]]) -> bytes:
    """The worklist as somebody filled it in: house number → column key → text."""
    write_fillin(path, title="x", area=VILLAGE, year=list_year(), visits=visits)  # type: ignore[arg-type]
    book = openpyxl.load_workbook(path)
    page = book.active
    for row in page.iter_rows(min_row=5):
        for key, text in answers.get(row[1].value, {}).items():
            row[KEYS.index(key)].value = text
    book.save(path)
    return path.read_bytes()


def test_a_filled_in_worklist_comes_back_once_with_its_bad_rows_told(
    cast: Cast, family: Family, tmp_path: Path
) -> None:
    for number in range(1, 6):
        make_household(cast, VILLAGE, f"{number}", f"นาย{number}", family.lists["bmn"])
    Household.objects.update(bmn_poor=True)
    year = list_year()
    visits = visits_of(list(worklist(cast.malee, VILLAGE, year)), year)
    answers = {
        "1": {"outcome": "เดือดร้อนจริง ยืนยันแล้ว", "on": "5/1/2569", "method": "เยี่ยมบ้าน"},
        "2": {"outcome": "ใช่"},
        "3": {"outcome": "not found", "on": "เมื่อวาน"},
        "4": {"outcome": "same as another household", "same_as": "ไม่รู้"},
        "12/3": {"outcome": "does not meet the criteria this round", "note": "ดีขึ้น"},
    }
    with override("th"):
        content = filled(tmp_path / "list.xlsx", visits, answers)
    area = Area.objects.get(code=VILLAGE)
    file = keep_results(chunks=[content], area=area, by=cast.malee)
    found = read_results(file, cast.malee)
    assert found.counts() == {"new": 2, "known": 0, "blank": 1, "problems": 3}
    assert [(p.row, p.column != "", p.remedy != "") for p in found.problems] == [
        (6, True, True),
        (7, True, True),
        (8, True, True),
    ]
    assert not Verification.objects.exists()
    assert apply_results(file=file, by=cast.malee) == 2
    assert apply_results(file=file, by=cast.malee) == 0
    checks = {c.household.house_no: c for c in Verification.objects.select_related("household")}
    assert checks["1"].checked_on == date(2026, 1, 5)
    assert (checks["12/3"].outcome, checks["12/3"].note) == ("not_poor", "ดีขึ้น")
    again = keep_results(chunks=[content], area=area, by=cast.malee)
    assert (again.counts["new"], again.counts["known"]) == (0, 2)
    other = Area.objects.get(code="33010102")
    refuse = {"chunks": [content], "area": other, "by": cast.malee}
    assert refusal(keep_results, **refuse) == "of_another_village"
    book = openpyxl.Workbook()
    book.active["A1"] = "อะไรก็ได้"
    book.save(tmp_path / "other.xlsx")
    alien = [(tmp_path / "other.xlsx").read_bytes()]
    assert refusal(keep_results, chunks=alien, area=area, by=cast.malee) == "not_a_worklist"
    neighbours = read_results(again, cast.somsak)
    assert (neighbours.counts()["new"], neighbours.counts()["problems"]) == (0, 5)


def test_state_and_community_differ_item_by_item_until_the_owner_answers(
    cast: Cast, family: Family
) -> None:
    cast.organizations["tao"].sources.all()
    community = family.lists["community"].source
    community.owner = cast.organizations["tao"]
    community.save()
    assert not differences([family.household])
    born = {"birth_date": "1959-01-01", "birth_precision": "day"}
    settle_conflict(
        household=family.household,
        person=family.somsri,
        fact="birth_date",
        facts=born,
        reason="บัตรประชาชน",
        by=cast.malee,
    )
    here = within(VILLAGE, "area_id")
    assert [h.pk for h in to_compare(cast.malee, here)] == [family.household.pk]
    assert not to_compare(cast.somsak, here)
    (item,) = differences([family.household])
    assert (item.fact, item.person, item.field is not None) == ("birth_date", family.somsri, True)
    assert {c.source for c in item.stated} == {"bmn-test", "tpmap-test", "ppp-test"}
    assert {c.source for c in differences([family.household], "bmn-test")[0].stated} == {"bmn-test"}
    version = family.lists["tpmap"]
    ask = {
        "version": version,
        "household": family.household,
        "person": family.somsri,
        "fact": "birth_date",
        "listed": "1 พ.ค. 2504",
        "right": "1 ม.ค. 2502",
    }
    row = correcting.ask_correction(**ask, by=cast.malee)  # type: ignore[arg-type]
    assert correcting.ask_correction(**ask, by=cast.malee) == row  # type: ignore[arg-type]
    assert refusal(correcting.ask_correction, **ask, by=cast.somsak) == "not_permitted"
    answer = {"correction": row, "state": "refused", "answer": "", "by": cast.malee}
    assert refusal(correcting.answer_correction, **answer) == "not_told"
    assert correcting.tell_owner(corrections=[row], on=timezone.localdate(), by=cast.malee) == 1
    assert refusal(correcting.answer_correction, **answer) == "answer_missing"
    correcting.answer_correction(correction=row, state="corrected", answer="", by=cast.malee)
    assert Correction.objects.get().state == "corrected"
    record_check(finding=finding(family.household, "not_poor"), by=cast.malee)
    assert [h.pk for h in listed_not_in_need(cast.malee, here)] == [family.household.pk]


def test_erasing_a_family_takes_photo_notes_and_objections_and_keeps_the_outcome(
    cast: Cast, family: Family, django_capture_on_commit_callbacks
) -> None:
    name = photos.keep([jpeg(exif(1))])
    seen = finding(family.household, note="ป้าสมศรีป่วย", photo=name, latitude=15.1, longitude=104.3)
    record_check(finding=seen, by=cast.malee)
    forum = open_forum(cast, households=20)
    forums.add_to_agenda(forum=forum, households=[family.household], by=cast.malee)
    item = forum.agenda.get()
    forums.decide(item=item, finding=replace(seen, photo=""), how="consensus", by=cast.malee)
    item.refresh_from_db()
    forums.raise_objection(
        item=item, raised_by="สมศรี", text="ไม่จริง", raised_on=forum.held_on, by=cast.malee
    )
    assert (stored_files() / name).exists()
    with django_capture_on_commit_callbacks(execute=True):
        erase_household(
            household=family.again(), ground="consent_withdrawn", reason="ตามคำขอ", by=cast.wanna
        )
    assert not (stored_files() / name).exists()
    for check in Verification.objects.all():
        assert (check.note, check.photo_stored_as, check.latitude) == ("", "", None)
    told = Objection.objects.get()
    assert "สมศรี" not in f"{told.raised_by}{told.text}"
    assert status(family.household) == "confirmed_poor"
