"""`kaejon folder` prints what its user may print, records it, and says plainly what it refuses."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pytest
from pypdf import PdfReader

from kaejon.apps.audit.models import Look, LookKind
from kaejon.cli.main import main
from tests.apps.families import Family, make_family, make_household
from tests.cast import Cast


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


def pages(file: Path) -> int:
    return len(PdfReader(io.BytesIO(file.read_bytes())).pages)


def test_one_household_is_printed_by_the_operator_and_recorded(
    family: Family, tmp_path: Path
) -> None:
    file = tmp_path / "folder.pdf"
    assert main(["folder", str(family.household.public_id), "-o", str(file)]) == 0
    assert pages(file) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    look = Look.objects.get()
    assert (look.kind, look.household_id) == (LookKind.PRINT, str(family.household.public_id))
    assert look.actor_role == "operator 00"


def test_an_area_is_printed_a_page_a_household_with_one_json_document(
    cast: Cast, family: Family, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_household(cast, "33010102", "5", "สมหมาย", family.lists["bmn"])
    file = tmp_path / "area.pdf"
    assert main(["folder", "--area", "330101", "-o", str(file), "--json", "--thai-digits"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": [{"file": str(file), "folders": 2}]}
    assert pages(file) == 2
    assert set(Look.objects.values_list("detail__reason", flat=True)) == {"330101"}


def test_a_named_user_prints_only_the_own_area(cast: Cast, family: Family, tmp_path: Path) -> None:
    asked = ["folder", str(family.household.public_id), "-o", str(tmp_path / "x.pdf")]
    assert main([*asked, "--as", "somsak"]) == 1
    assert main([*asked, "--as", "darunee"]) == 1
    assert not (tmp_path / "x.pdf").exists()
    assert main([*asked, "--as", "malee"]) == 0
    assert Look.objects.get().actor_name == "มาลี ใจดี"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (["not-an-id"], 2),
        (["--area", "33x"], 2),
        (["--area", "339901"], 1),
        (["00000000-0000-0000-0000-000000000000"], 1),
        (["--area", "330101", "--as", "nobody"], 2),
    ],
)
def test_what_cannot_be_printed_is_refused_with_its_exit_code(
    family: Family, tmp_path: Path, asked: list[str], code: int
) -> None:
    assert main(["folder", *asked, "-o", str(tmp_path / "x.pdf")]) == code
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_to_write_in_is_wrong_usage(family: Family, tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "x.pdf"
    assert main(["folder", str(family.household.public_id), "-o", str(target)]) == 2


def test_a_large_area_goes_to_numbered_files(
    cast: Cast, family: Family, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_household(cast, "33010102", "5", "สมหมาย", family.lists["bmn"])
    monkeypatch.setattr("kaejon.sheets.folder.LARGEST_BATCH", 1)
    assert main(["folder", "--area", "330101", "-o", str(tmp_path / "a.pdf")]) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a-2.pdf", "a.pdf"]
