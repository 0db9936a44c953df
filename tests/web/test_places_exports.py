"""Lists as files: as filtered, inside the scope, masked, harmless to a spreadsheet, every look written down."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from kaejon.apps.access.models import RoleAssignment
from kaejon.apps.audit.models import Event, Look, LookKind
from kaejon.apps.folders import exporting
from kaejon.apps.folders.listing import Filters
from kaejon.apps.households.models import Household
from kaejon.apps.jobs.actions import claim, give_back, run_one
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.sources import files
from tests.cast import Cast
from tests.web.places import household, make_registry, pin

EXPORT = "/households/export/"


@pytest.fixture
def registry(cast: Cast) -> dict[str, Household]:
    return make_registry()


@pytest.fixture
def long_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 2)


def seat(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def exported(client: Client, asked: str = "", form: str = "csv") -> bytes:
    response = client.post(f"{EXPORT}{asked}", {"format": form, "token": "t"})
    assert response.status_code == 200
    return response.content


def test_the_file_holds_what_the_filter_asks(registry: dict[str, Household], cast: Cast) -> None:
    header, *rows = rows_of(exported(seat(cast.wanna), "?level=low"))
    assert header[5:7] == ["บ้านเลขที่", "หัวหน้าครัวเรือน"]
    assert [row[6] for row in rows] == ["นางสมศรี ใจงาม", "นางอนงค์ มีสุข", "นางใต้ บ้านโน้น"]
    assert rows[0][11] == "อยู่ลำบาก"


def test_the_file_never_leaves_the_scope(registry: dict[str, Household], cast: Cast) -> None:
    for asked in ("", "?area=33", "?area=3301"):
        codes = {row[0] for row in rows_of(exported(seat(cast.malee), asked))[1:]}
        assert codes == {"33010101", "33010102", "330101"}
    assert seat(cast.malee).post(f"{EXPORT}?area=330102", {"format": "csv"}).status_code == 404


@pytest.mark.parametrize("who", ["darunee", "preecha", "stranger", "anan"])
def test_without_the_right_to_export_there_is_no_file(
    registry: dict[str, Household], cast: Cast, who: str
) -> None:
    assert seat(getattr(cast, who)).post(EXPORT, {"format": "csv"}).status_code == 404
    assert not Look.objects.filter(kind=LookKind.EXPORT).exists()


def test_a_file_is_asked_for_by_post_and_signed_in(
    registry: dict[str, Household], cast: Cast
) -> None:
    assert seat(cast.malee).get(EXPORT).status_code == 405
    assert Client().post(EXPORT, {"format": "csv"}).status_code == 302


def test_national_ids_are_masked(registry: dict[str, Household], cast: Cast) -> None:
    content = exported(seat(cast.wanna)).decode("utf-8-sig")
    assert "x-xxxx-xxxx" in content
    for number in range(1, 5):
        assert pin(number) not in content


def test_cells_that_look_like_formulas_are_harmless(cast: Cast) -> None:
    household("33010101", "=1+1", '=HYPERLINK("http://x")')
    household("33010101", "-2", "@SUM(A1)")
    rows = rows_of(exported(seat(cast.malee)))[1:]
    assert {row[5] for row in rows} == {"'=1+1", "'-2"}
    sheet = load_workbook(io.BytesIO(exported(seat(cast.malee), form="xlsx"))).active
    assert sheet is not None
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


def test_the_file_speaks_the_language_of_the_page(
    registry: dict[str, Household], cast: Cast
) -> None:
    client = seat(cast.malee)
    client.cookies["django_language"] = "en"
    header, first, *_rest = rows_of(exported(client, "?level=1"))
    assert header[6] == "Head of household"
    assert first[11] == "Struggling"


def test_every_household_in_a_file_is_a_look_in_the_history(
    registry: dict[str, Household], cast: Cast
) -> None:
    exported(seat(cast.malee), "?level=low")
    looks = Look.objects.filter(kind=LookKind.EXPORT)
    assert {look.household_id for look in looks} == {
        str(registry[n].public_id) for n in ("somsri", "anong")
    }
    event = Event.objects.get(verb="list.export")
    assert event.changes == {
        "area": "330101",
        "measure": "overall",
        "level": "low",
        "format": "csv",
        "count": 2,
        "searched": False,
    }


def test_an_unknown_format_is_refused(registry: dict[str, Household], cast: Cast) -> None:
    response = seat(cast.malee).post(EXPORT, {"format": "exe"})
    assert response.status_code == 400


def test_a_search_is_exported_as_searched(registry: dict[str, Household], cast: Cast) -> None:
    client = seat(cast.malee)
    token = client.post("/households/", {"text": "ดวงใจ"}).headers["Location"].partition("?")[2]
    assert [row[6] for row in rows_of(exported(client, f"?{token}"))[1:]] == ["นางสมศรี ใจงาม"]
    assert seat(cast.malee).post(f"{EXPORT}?{token}", {"format": "csv"}).status_code == 404


def ask_for_long_list(client: Client, token: str = "one") -> str:
    response = client.post(EXPORT, {"format": "csv", "token": token})
    assert response.status_code == 302
    return response.headers["Location"]


def test_a_long_list_is_written_in_the_background_and_fetched_by_its_asker(
    registry: dict[str, Household], cast: Cast, long_lists: None
) -> None:
    client = seat(cast.malee)
    address = ask_for_long_list(client)
    assert ask_for_long_list(client) == address
    assert "รอคิว" in client.get(address).content.decode()
    assert client.get(f"{address}file/").status_code == 404
    assert run_one("worker")
    assert "ไฟล์พร้อมแล้ว" in client.get(f"{address}progress/").content.decode()
    content = b"".join(client.get(f"{address}file/").streaming_content)
    assert {row[0] for row in rows_of(content)[1:]} == {"33010101", "33010102", "330101"}
    assert Look.objects.filter(kind=LookKind.EXPORT).count() == 5


@pytest.mark.parametrize("who", ["somsak", "wanna", "stranger"])
def test_nobody_else_can_fetch_the_file(
    registry: dict[str, Household], cast: Cast, long_lists: None, who: str
) -> None:
    address = ask_for_long_list(seat(cast.malee))
    run_one("worker")
    for page in ("", "progress/", "file/"):
        assert seat(getattr(cast, who)).get(f"{address}{page}").status_code == 404


def test_the_file_is_kept_sealed_and_gone_after_a_day(
    registry: dict[str, Household], cast: Cast, long_lists: None
) -> None:
    client = seat(cast.malee)
    address = ask_for_long_list(client)
    run_one("worker")
    job = Job.objects.get(kind=exporting.KIND)
    stored: Path = files.folder() / job.result["file"]
    assert "ใจงาม".encode() not in stored.read_bytes()
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(hours=25))
    assert client.get(f"{address}file/").status_code == 404
    assert "ไฟล์นี้ถูกลบแล้ว" in client.get(address).content.decode()
    assert exporting.discard_expired() == 1
    assert not stored.exists()


def test_the_file_cannot_be_fetched_once_the_right_has_ended(
    registry: dict[str, Household], cast: Cast, long_lists: None
) -> None:
    client = seat(cast.malee)
    address = ask_for_long_list(client)
    run_one("worker")
    yesterday = timezone.localdate() - timedelta(days=1)
    RoleAssignment.objects.filter(user=cast.malee).update(valid_until=yesterday)
    assert client.get(f"{address}file/").status_code == 404


def test_a_job_interrupted_half_way_gives_one_whole_file(
    registry: dict[str, Household], cast: Cast, long_lists: None
) -> None:
    exporting.request_export(export=exporting.Export(Filters(), "csv"), token="x", by=cast.malee)
    assert claim("killed") is not None
    give_back("killed")
    assert run_one("next")
    job = Job.objects.get(kind=exporting.KIND)
    assert (job.status, job.result["rows"]) == (Status.DONE, 5)
    assert len(rows_of(b"".join(files.pieces(job.result["file"])))) == 6
