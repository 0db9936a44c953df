"""The command as a whole: what goes wrong is told in one line, never as a traceback."""

from __future__ import annotations

import json

import pytest
import xlsxwriter

from tests.cli.conftest import Installation


def test_a_folder_without_a_database_says_what_to_do(installation: Installation, tmp_path) -> None:  # type: ignore[no-untyped-def]
    empty = Installation(tmp_path / "empty", extra={"KAEJON_SECRET_KEY": "x" * 60})
    empty.folder.mkdir()
    some = tmp_path / "list.csv"
    some.write_text("ชื่อ,ตำบล\nสมชาย,เมืองเหนือ\n", encoding="utf-8")

    done = empty.kaejon("import", some, "--source", "tpmap", "--year", 2566, "--json")

    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == "database_not_ready"
    assert "kaejon migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_wrong_usage(installation: Installation) -> None:
    done = installation.kaejon("polish")
    assert done.returncode == 2
    assert "invalid choice" in done.stderr


def test_a_list_is_checked_applied_and_known_again(installation: Installation, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "list.csv"
    path.write_text(
        "รหัสหมู่บ้าน,บ้านเลขที่,ชื่อ,นามสกุล,วันเดือนปีเกิด\n33010101,1,สมชาย,ใจดี,12/03/2510\n33010101,2,สมหญิง,ใจงาม,5 ม.ค. 2515\n",
        encoding="utf-8-sig",
    )
    command = ("import", path, "--source", "community", "--year", 2567, "--json")

    checked = json.loads(installation.kaejon(*command).stdout)
    applied = json.loads(installation.kaejon(*command, "--apply").stdout)
    again = json.loads(installation.kaejon(*command, "--apply").stdout)

    assert (checked["status"], checked["counts"]["outcomes"]["created"]) == ("staged", 2)
    assert (applied["status"], applied["counts"]["outcomes"]["created"]) == ("applied", 2)
    assert again["counts"]["outcomes"]["unchanged"] == 2


def test_rejected_rows_name_the_reason_and_exit_with_one(
    installation: Installation, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    rows = "\n".join(f"33010101,{n},สมชาย{n},ใจดี,12/03/2510" for n in range(9))
    path = tmp_path / "list.csv"
    path.write_text(
        f"รหัสหมู่บ้าน,บ้านเลขที่,ชื่อ,นามสกุล,วันเดือนปีเกิด\n{rows}\n33010101,99,วันผิด,ใจดี,31/02/2510\n",
        encoding="utf-8",
    )

    done = installation.kaejon("import", path, "--source", "community", "--year", 2567, "--json")

    document = json.loads(done.stdout)
    assert done.returncode == 1
    [rejected] = document["rejected"]
    assert rejected["row"] == 11
    assert "วันเดือนปีเกิด" in rejected["reason"]


def test_hidden_rows_are_told_before_applying_and_sums_are_no_fault(
    installation: Installation, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["รหัสหมู่บ้าน", "บ้านเลขที่", "ชื่อ-สกุล"])
        page.write_row(1, 0, ["33010101", "1", "นายสมชาย ใจดี"])
        page.write_row(2, 0, ["33010101", "2", "นางมาลี ใจงาม"])
        page.write_row(3, 0, ["", "", "รวม 2 คน"])
        page.set_row(2, None, None, {"hidden": True})

    done = installation.kaejon("import", path, "--source", "community", "--year", 2567, "--json")

    document = json.loads(done.stdout)
    assert done.returncode == 0
    assert document["counts"]["outcomes"]["created"] == 2
    assert document["counts"]["issues"]["NOT_A_PERSON"] == 1
    [notice] = document["notices"]
    assert notice["code"] == "HIDDEN_ROWS"
    assert "(3)" in notice["text"]


@pytest.mark.on_both
def test_no_demonstration_is_mixed_into_what_is_there(filled: Installation) -> None:
    """Also on PostgreSQL, where no file in the folder tells that somebody was here before."""
    done = filled.kaejon("demo", "--data-dir", filled.folder, "--no-serve", "--json")

    assert done.returncode == 2, done.stderr
    assert json.loads(done.stdout)["error"]["code"] == "half_built_demo"
