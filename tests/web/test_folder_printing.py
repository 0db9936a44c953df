"""Folders on paper: one at once, an area in the background, each print recorded, nothing for others."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from kaejon.apps.audit.models import Look, LookKind
from kaejon.apps.folders import printing
from kaejon.apps.households.models import Grant
from kaejon.apps.jobs.actions import claim, run_one
from kaejon.apps.jobs.models import Job
from tests.apps.families import NATIONAL_ID, Family, make_family, make_household
from tests.cast import LONG_AGO, Cast
from tests.web.test_folder_page import SENSITIVE, address, signed_in


class Killed(BaseException):
    """The end of a process that can tidy nothing."""


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def ordered_print(client: Client, area: str = "330101", **form: str) -> Job:
    answer = client.post(f"/households/print/?area={area}", {"who": "all", **form})
    assert answer.status_code == 302
    return Job.objects.get(public_id=answer["Location"].split("/")[3])


def test_one_folder_prints_on_one_page_with_masked_ids_and_is_recorded(
    cast: Cast, family: Family
) -> None:
    answer = signed_in(cast.malee).get(address(family, "folder.pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert len(PdfReader(io.BytesIO(answer.content)).pages) == 1
    assert NATIONAL_ID not in text_of(answer.content)
    look = Look.objects.get(kind=LookKind.PRINT)
    assert (look.household_id, look.actor_name) == (str(family.household.public_id), "มาลี ใจดี")


def test_only_those_who_may_print_get_the_paper(cast: Cast, family: Family) -> None:
    for user in (cast.somsak, cast.darunee, cast.preecha, cast.stranger, cast.anan):
        assert signed_in(user).get(address(family, "folder.pdf")).status_code == 404
    assert Client().get(address(family, "folder.pdf")).status_code == 302
    assert not Look.objects.filter(kind=LookKind.PRINT).exists()


def test_the_paper_of_an_agency_leaves_sensitive_facts_out(cast: Cast, family: Family) -> None:
    from kaejon.apps.folders.contents import read_folder
    from kaejon.apps.folders.paper import Print, sheet_of

    Grant.objects.create(
        household=family.household,
        organization=cast.organizations["health"],
        purpose="เยี่ยม",
        valid_from=LONG_AGO,
        granted_by=cast.malee,
    )
    assert signed_in(cast.preecha).get(address(family, "folder.pdf")).status_code == 200
    officer = str(sheet_of(read_folder(family.again(), cast.malee), Print(cast.malee)))
    agency = str(sheet_of(read_folder(family.again(), cast.preecha), Print(cast.preecha)))
    for words in SENSITIVE[:5]:
        assert words in officer, words
        assert words not in agency, words


def test_a_problem_that_may_concern_several_stands_once_on_paper(
    cast: Cast, family: Family
) -> None:
    from kaejon.apps.folders.contents import read_folder
    from kaejon.apps.folders.paper import Print, sheet_of
    from tests.apps.families import make_person

    make_person(
        family.household, "แต้ว", "มีสุข", birth_date=family.ton.birth_date, birth_precision="day"
    )
    sheet = sheet_of(read_folder(family.again(), cast.malee), Print(cast.malee))
    school = [p for p in sheet.problems if "ภาคบังคับ" in p.text]
    assert [p.member for p in school] == ["ต้น หรือ แต้ว"]
    assert school[0].responsible == "การศึกษา"


def test_a_tambon_is_printed_in_the_background_for_the_one_who_asked(
    cast: Cast, family: Family
) -> None:
    make_household(cast, "33010102", "5", "สมหมาย", family.lists["bmn"])
    client = signed_in(cast.malee)
    job = ordered_print(client)
    assert (
        "กำลังพิมพ์แฟ้มครอบครัว 2 ครัวเรือน"
        in client.get(f"/households/print/{job.public_id}/").content.decode()
    )
    assert run_one("test")
    assert "รับไฟล์" in client.get(f"/households/print/{job.public_id}/progress/").content.decode()
    answer = client.get(f"/households/print/{job.public_id}/file/")
    assert len(PdfReader(io.BytesIO(body(answer))).pages) == 2
    assert Look.objects.filter(kind=LookKind.PRINT, detail__reason="330101").count() == 2
    for user in (cast.somsak, cast.wanna, cast.darunee, cast.stranger):
        for rest in ("", "progress/", "file/"):
            assert (
                signed_in(user).get(f"/households/print/{job.public_id}/{rest}").status_code == 404
            )


def test_the_stored_print_is_sealed(cast: Cast, family: Family) -> None:
    job = ordered_print(signed_in(cast.malee))
    run_one("test")
    (part,) = printing.parts_of(job)
    assert b"%PDF" not in part.read_bytes()


def test_only_households_in_need_are_printed_when_asked_so(cast: Cast, family: Family) -> None:
    make_household(cast, "33010102", "5", "สมหมาย", family.lists["bmn"])
    job = ordered_print(signed_in(cast.malee), who="need")
    assert job.payload["households"] == [family.household.pk]


def test_a_killed_worker_goes_on_with_the_first_part_not_counted(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        make_household(cast, "33010102", str(n + 1), "สมหมาย", family.lists["bmn"])
    monkeypatch.setattr(printing, "PART", 1)
    job = ordered_print(signed_in(cast.malee))
    real, laid_out = printing.lay_out, []

    def dies_at_third(households: Any, how: Any) -> bytes:
        if len(laid_out) == 2:
            raise Killed
        laid_out.append(households[0].pk)
        return real(households, how)

    monkeypatch.setattr(printing, "lay_out", dies_at_third)
    with pytest.raises(Killed):
        run_one("first")
    assert Job.objects.get(pk=job.pk).done == 2
    # As a killed process leaves it: nobody let go of the lease.
    soon = timezone.now() + timedelta(minutes=1)
    Job.objects.filter(pk=job.pk).update(status="running", leased_by="first", lease_until=soon)
    assert claim("too early") is None
    Job.objects.filter(pk=job.pk).update(lease_until=job.created_at - timedelta(minutes=5))
    monkeypatch.setattr(printing, "lay_out", real)
    run_one("second")
    answer = signed_in(cast.malee).get(f"/households/print/{job.public_id}/file/")
    names = zipfile.ZipFile(io.BytesIO(body(answer))).namelist()
    assert len(names) == 4
    assert Look.objects.filter(kind=LookKind.PRINT).count() == 4


def test_a_print_asked_for_before_a_role_ended_gives_nothing_after(
    cast: Cast, family: Family
) -> None:
    job = ordered_print(signed_in(cast.malee))
    run_one("test")
    cast.malee.assignments.update(valid_until=LONG_AGO)
    assert (
        signed_in(type(cast.malee).objects.get(pk=cast.malee.pk))
        .get(f"/households/print/{job.public_id}/file/")
        .status_code
        == 404
    )


def test_the_file_is_gone_after_a_day(cast: Cast, family: Family) -> None:
    import os

    client = signed_in(cast.malee)
    job = ordered_print(client)
    run_one("test")
    old = job.created_at - timedelta(hours=25)
    for path in printing.parts_of(job):
        os.utime(path, (old.timestamp(), old.timestamp()))
    assert printing.remove_expired() == 1
    assert client.get(f"/households/print/{job.public_id}/file/").status_code == 400
    Job.objects.filter(pk=job.pk).update(created_at=old)
    assert client.get(f"/households/print/{job.public_id}/file/").status_code == 404


def test_an_area_without_households_or_outside_is_refused(cast: Cast, family: Family) -> None:
    client = signed_in(cast.malee)
    assert client.post("/households/print/?area=33010102", {"who": "all"}).status_code == 422
    assert client.get("/households/print/?area=330102").status_code == 404
    assert signed_in(cast.darunee).get("/households/print/").status_code == 404


def test_who_has_too_much_work_waiting_is_told_so_in_thai_with_what_to_do(
    cast: Cast, family: Family, settings: Any
) -> None:
    settings.JOBS_PER_PERSON = 1
    client = signed_in(cast.malee)
    ordered_print(client)
    answer = client.post("/households/print/?area=330101", {"who": "all", "thai_digits": "on"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "งานที่ท่านสั่งไว้รออยู่เต็มจำนวน" in page
    assert "แล้วสั่งใหม่" in page


def test_thai_digits_are_printed_when_asked_for(cast: Cast, family: Family) -> None:
    client = signed_in(cast.malee)
    thai = text_of(client.get(address(family, "folder.pdf?thai_digits=1")).content)
    plain = text_of(client.get(address(family, "folder.pdf")).content)
    assert "๑๒/๓" in thai
    assert "12/3" in plain


def test_the_list_of_households_leads_to_printing_and_adding(cast: Cast, family: Family) -> None:
    officer = signed_in(cast.malee).get("/households/?area=330101").content.decode()
    assert "/households/print/?area=330101" in officer
    assert "/households/add/?tambon=330101" in officer
    reader = signed_in(cast.darunee).get("/households/?area=330101").content.decode()
    assert "/households/print/" not in reader
    assert "/households/add/" not in reader


def test_where_an_agency_may_print_nothing_no_form_leads_to_a_dead_end(
    cast: Cast, family: Family
) -> None:
    Grant.objects.create(
        household=family.household,
        organization=cast.organizations["health"],
        purpose="เยี่ยมบ้าน",
        valid_from=LONG_AGO,
        granted_by=cast.malee,
    )
    client = signed_in(cast.preecha)
    for area, offered in (("330101", True), ("330102", False)):
        page = client.get(f"/households/print/?area={area}").content.decode()
        assert ('name="who"' in page) is offered, area
        assert ("เลือกพื้นที่อื่น" in page) is not offered, area
