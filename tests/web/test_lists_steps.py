"""A list on its way through the pages: upload, columns, check, apply, take back, discard."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings as django_settings

from kaejon.apps.folders.models import Note
from kaejon.apps.households.models import Household, Person
from kaejon.apps.jobs.models import Job
from kaejon.apps.sources.models import ImportBatch, MappingProfile
from kaejon.apps.sources.queries import in_labels
from tests.apps.lists import as_csv, person, pin, source
from tests.cast import Cast
from tests.web.lists import (
    address,
    after_work,
    check_rows,
    columns_form,
    newest,
    send,
    signed_in,
    step,
    text_of,
)

pytestmark = pytest.mark.django_db

ROWS = [
    person("สมชาย", "ใจดี", number=pin(1), born="12/03/2510", sex="ชาย", title="นาย"),
    person("สมหญิง", "ใจดี", number=pin(2), born="5 ม.ค. 2515", sex="หญิง", title="นาง"),
]


@pytest.fixture
def tpmap(cast: Cast) -> Any:
    return source("tpmap", cast.organizations["province"], cast.wanna)


def kept_files() -> set[Path]:
    return set((Path(django_settings.MEDIA_ROOT) / "lists").glob("*.sealed"))


def test_a_list_goes_in_comes_back_and_goes_in_again(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    answer = send(client, tpmap, as_csv(ROWS), name="รายชื่อ.csv")
    batch = newest()
    assert answer.headers["Location"] == address(batch, "columns/")
    assert check_rows(client, batch).counts["outcomes"]["created"] == 2
    assert Person.objects.count() == 0
    assert "2 แถว" in text_of(client.get(address(batch)))
    assert "การนำเข้าทะเบียนเพิ่ม" in text_of(client.get(address(batch)))
    assert step(client, batch, "apply").status == "applied"
    assert Person.objects.count() == 2
    page = text_of(client.get(address(batch)))
    assert "การนำเข้าทะเบียนเพิ่ม" not in page
    assert all(next_step in page for next_step in ("/review/pairs/", "/field/"))
    assert step(client, batch, "reverse").status == "reversed"
    assert Person.objects.count() == Household.objects.count() == 0
    assert step(client, batch, "apply").status == "applied"
    assert Person.objects.count() == 2
    for word in ("อัปโหลดไฟล์", "เริ่มนำเข้าทะเบียน", "ถอนกลับแล้ว"):
        assert word in text_of(client.get(address(batch)))


def test_a_step_asked_for_too_early_by_its_address_is_told_why(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    send(client, tpmap, as_csv(ROWS))
    batch = newest()
    told = client.get(address(batch, "apply/"), follow=True)
    assert told.redirect_chain[-1][0] == address(batch)
    assert "ต้องตรวจทุกแถวของบัญชีนี้ก่อน" in text_of(told)
    assert address(batch, "columns/") in told.content.decode()
    told = client.get(address(batch, "reverse/"), follow=True)
    assert "จึงทำขั้นตอนนี้ไม่ได้" in text_of(told)


def test_the_same_file_again_is_told_and_changes_nothing(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    send(client, tpmap, as_csv(ROWS))
    step(client, check_rows(client, newest()), "apply")
    answer = client.get(send(client, tpmap, as_csv(ROWS)).headers["Location"])
    assert "เหมือนกับ" in text_of(answer)
    assert check_rows(client, newest()).counts["outcomes"]["unchanged"] == 2


def test_rows_of_the_next_tambon_come_back_rejected(cast: Cast, tpmap: Any, tmp_path: Path) -> None:
    client = signed_in(cast.malee)
    mine = [person(f"คน{n}", "ในตำบล", house=str(n)) for n in "กขคงจ"]
    send(client, tpmap, as_csv([*mine, person("ไกล", "ต่างตำบล", village="33010201")]))
    batch = check_rows(client, newest())
    assert batch.counts["outcomes"]["rejected"] == 1
    page = text_of(client.get(address(batch, "?outcome=rejected")))
    assert "อยู่นอกพื้นที่รับผิดชอบของผู้นำเข้า" in page
    file = client.get(address(batch, "rejected.xlsx"))
    assert "rejected" not in file.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content))).active
    _, row = sheet.iter_rows(values_only=True)
    assert row[4] == "ไกล"
    assert "33010201" in row[-1]
    step(client, batch, "apply")
    assert not Person.objects.filter(area="33010201").exists()


def zip_of_nothing() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readme.txt", "no workbook")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("รูป.png", b"\x89PNG\r\n\x1a\n" + bytes(200), "วิธีแก้"),
        ("ว่าง.csv", b"", "ไฟล์ว่าง"),
        ("หัวอย่างเดียว.csv", "ชื่อ,นามสกุล,รหัสหมู่บ้าน\n".encode(), "วิธีแก้"),
        ("หัวซ้ำ.csv", "ชื่อ,ชื่อ,รหัสหมู่บ้าน\nก,ข,33010101\n".encode(), "ชื่อ"),
        ("รหัสผ่าน.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "วิธีแก้"),
        ("ไม่ใช่ตาราง.xlsx", zip_of_nothing(), "วิธีแก้"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_thai_and_nothing_is_kept(
    cast: Cast, tpmap: Any, name: str, content: bytes, told: str
) -> None:
    before = kept_files()
    answer = send(signed_in(cast.malee), tpmap, content, name=name)
    assert answer.status_code == 422
    assert any(told in error for error in answer.context["form"].errors["file"])
    assert not ImportBatch.objects.exists()
    assert kept_files() == before


def test_a_file_above_the_limit_is_refused(cast: Cast, tpmap: Any, settings: Any) -> None:
    settings.IMPORT_MAX_MEGABYTES = 1
    answer = send(signed_in(cast.malee), tpmap, b"x" * (1024**2 + 1))
    assert answer.status_code == 422
    assert "1 เมกะไบต์" in text_of(answer)


@pytest.mark.parametrize("year", ["1999", "2999", "สองพัน", ""])
def test_a_year_that_is_not_buddhist_is_refused(cast: Cast, tpmap: Any, year: str) -> None:
    answer = send(signed_in(cast.malee), tpmap, as_csv(ROWS), year_be=year)
    assert answer.status_code == 422
    assert answer.context["form"].errors["year_be"]


def test_a_year_in_thai_digits_is_read(cast: Cast, tpmap: Any) -> None:
    assert send(signed_in(cast.malee), tpmap, as_csv(ROWS), year_be="๒๕๖๖").status_code == 302
    assert newest().version.year_be == 2566


def test_an_odd_file_name_is_shown_as_text_and_names_no_folder(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    send(client, tpmap, as_csv(ROWS), name='../../ราย<b>ชื่อ" & =1+1.csv')
    batch = newest()
    assert "/" not in batch.file_name
    page = text_of(client.get(address(batch)))
    assert "<b>" not in page
    assert "ราย&lt;b&gt;ชื่อ" in page


@pytest.mark.parametrize("name", ["บัญชี." + "ก" * 200, "ก" * 300 + ".csv", "บัญชี", ".csv"])
def test_an_endless_or_missing_ending_of_the_name_does_no_harm(
    cast: Cast, tpmap: Any, name: str
) -> None:
    client = signed_in(cast.malee)
    assert send(client, tpmap, as_csv(ROWS), name=name).status_code == 302
    assert check_rows(client, newest()).status == "staged"


def test_without_a_source_the_page_tells_whom_to_ask(cast: Cast) -> None:
    assert "เจ้าหน้าที่จังหวัด" in text_of(signed_in(cast.malee).get("/lists/upload/"))
    assert "/lists/sources/new/" in text_of(signed_in(cast.wanna).get("/lists/upload/"))


def test_what_a_mapping_lacks_is_told_in_labels_before_anything_is_saved(
    cast: Cast, tpmap: Any
) -> None:
    client = signed_in(cast.malee)
    send(client, tpmap, as_csv(ROWS))
    batch = newest()
    form = columns_form(client, batch, c0="")
    said = text_of(client.post(address(batch, "columns/check/"), form))
    assert "รหัสหมู่บ้าน" in said
    assert "village_code" not in said
    assert in_labels("human_1, human_2 …", "th") == "ทุนมนุษย์ ข้อ 1, ทุนมนุษย์ ข้อ 2 …"
    refused = client.post(address(batch, "columns/"), form)
    assert refused.status_code == 422
    doubled = columns_form(client, batch, c5="first_name")
    assert "มากกว่าหนึ่งคอลัมน์" in text_of(client.post(address(batch, "columns/check/"), doubled))
    batch.refresh_from_db()
    assert batch.status == "uploaded"


def test_a_field_that_does_not_exist_is_refused(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    send(client, tpmap, as_csv(ROWS))
    form = columns_form(client, newest(), c0="drop_table")
    assert client.post(address(newest(), "columns/"), form).status_code == 422


def test_nonsense_typed_or_in_an_address_does_no_harm(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    without_code = [{k: v for k, v in row.items() if k != "รหัสหมู่บ้าน"} for row in ROWS]
    send(client, tpmap, as_csv(without_code))
    said = {"k_tambon_code": "330101\x00", "k_province_name": "ก" * 500, "profile_name": "ข" * 500}
    batch = check_rows(client, newest(), **said)
    assert batch.mapping["constants"]["tambon_code"] == "330101"
    assert len(MappingProfile.objects.get().name) == 120
    assert client.get(address(batch, f"?after={'9' * 40}")).status_code == 200
    assert client.get(address(batch, f"rows/{'9' * 40}/")).status_code == 404
    assert client.get("/lists/?page=x&status=nothing&source=%00").status_code == 200


def test_two_people_at_the_same_columns_notice_each_other(cast: Cast, tpmap: Any) -> None:
    first, second = signed_in(cast.malee), signed_in(cast.wanna)
    send(first, tpmap, as_csv(ROWS))
    batch = newest()
    stale = columns_form(second, batch, c7="")
    first.post(address(batch, "columns/"), columns_form(first, batch, c6="") | {"step": "keep"})
    answer = second.post(address(batch, "columns/"), stale)
    assert answer.status_code == 409
    assert "วันเดือนปีเกิด" in text_of(answer)
    batch.refresh_from_db()
    assert "วันเดือนปีเกิด" not in batch.mapping["columns"]


def test_a_matching_is_saved_under_a_name_and_found_again(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    strange = {"รหัสหมู่บ้าน": "33010101", "ผู้ขอ": "นายสมชาย ใจดี", "บ้าน": "1"}
    send(client, tpmap, as_csv([strange]))
    batch = newest()
    check_rows(client, batch, c1="full_name", c2="house_no", profile_name="แบบของอำเภอ")
    assert MappingProfile.objects.get().created_by == cast.malee
    send(client, tpmap, as_csv([strange | {"ผู้ขอ": "นางสมหญิง ใจดี"}]))
    page = client.get(address(newest(), "columns/"))
    assert "แบบของอำเภอ" in text_of(page)
    assert not page.context["blocked"]
    send(client, tpmap, as_csv(ROWS))
    taken = columns_form(client, newest(), profile_name="แบบของอำเภอ")
    assert client.post(address(newest(), "columns/"), taken).status_code == 422


def test_a_gate_that_refuses_says_the_share_and_the_limit(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    send(client, tpmap, as_csv([ROWS[0], person("ไกล", "ต่างตำบล", village="33010201")]))
    batch = check_rows(client, newest())
    assert batch.status == "refused"
    page = text_of(client.get(address(batch)))
    assert "50.0%" in page
    assert "20.0%" in page
    assert "นำเข้าทะเบียน</a>" not in page
    client.post(address(batch, "apply/"))
    batch.refresh_from_db()
    assert batch.status == "refused"


def test_taking_back_is_refused_when_people_built_on_the_list(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    send(client, tpmap, as_csv(ROWS))
    batch = step(client, check_rows(client, newest()), "apply")
    Note.objects.create(household=Household.objects.get(), text="ไปเยี่ยมแล้ว", written_by=cast.malee)
    page = text_of(client.post(address(batch, "reverse/"), follow=True))
    assert "มี 1 ครัวเรือน" in page
    batch.refresh_from_db()
    assert batch.status == "applied"


def test_work_that_stopped_goes_on_when_asked(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    send(client, tpmap, as_csv(ROWS))
    batch = newest()
    client.post(address(batch, "columns/"), columns_form(client, batch))
    Job.objects.filter(kind="stage").update(status="failed", error_code="internal")
    assert "ทำต่อจากจุดเดิม" in text_of(client.get(address(batch)))
    assert step(client, batch, "resume").status == "staged"
    client.post(address(batch, "resume/"))
    assert after_work(batch).status == "staged"


def test_progress_is_told_until_the_work_ends(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    send(client, tpmap, as_csv(ROWS))
    batch = newest()
    client.post(address(batch, "columns/"), columns_form(client, batch))
    asked = {"HX-Request": "true"}
    waiting = client.get(address(batch, "progress/"), headers=asked)
    assert "รอคิว" in text_of(waiting)
    after_work(batch)
    assert client.get(address(batch, "progress/"), headers=asked).headers["HX-Refresh"] == "true"
    assert client.get(address(batch, "progress/")).headers["Location"] == address(batch)


def test_a_discarded_list_loses_its_file_and_keeps_its_history(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    before = kept_files()
    send(client, tpmap, as_csv(ROWS))
    batch = check_rows(client, newest())
    assert step(client, batch, "discard").status == "discarded"
    assert kept_files() == before
    assert "ยกเลิกบัญชีแล้ว" in text_of(client.get(address(batch)))
    assert client.get(address(batch, "columns/")).status_code == 302


def test_a_list_is_found_by_source_and_state(cast: Cast, tpmap: Any) -> None:
    client = signed_in(cast.malee)
    send(client, tpmap, as_csv(ROWS), name="หนึ่ง.csv")
    assert "หนึ่ง.csv" in text_of(client.get("/lists/?source=test-tpmap&status=uploaded"))
    empty = text_of(client.get("/lists/?status=applied"))
    assert "หนึ่ง.csv" not in empty
    assert "ดูทุกบัญชี" in empty
