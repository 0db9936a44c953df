"""`kaejon measure targeting`: lists against the verified truth, from a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kaejon.cli.main import main

TABLE = "household_id,person_id,Poor,card,TPMAP\na,1,1,1,0\na,2,1,0,0\nb,3,1,0,1\nc,4,0,1,0\n"


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "people.csv"
    path.write_text(TABLE, encoding="utf-8")
    return str(path)


def test_one_document_with_every_view(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "targeting", table, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [part["name"] for part in found["lists"]] == ["card", "TPMAP"]
    card = found["lists"][0]
    assert card["person"]["coverage_of_poor"] == pytest.approx(1 / 3)
    assert card["covered"]["coverage_of_poor"] == pytest.approx(2 / 3)
    assert card["household"]["coverage_of_poor"] == 0.5
    assert found["any_list"]["household"]["exclusion_error"] == 0.0
    assert found["denominators"]["inclusion_error_leakage"] == "on the list"


def test_only_the_lists_asked_for(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "targeting", table, "--lists", "tpmap", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [part["name"] for part in found["lists"]] == ["TPMAP"]
    assert found["any_list"] is None


def test_a_table_for_reading(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", "targeting", table]) == 0
    printed = capsys.readouterr().out
    assert "any of these lists" in printed
    assert "of on the list" in printed


def test_cells_that_are_no_flags_are_named_by_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("poor,card\n1,1\n1,maybe\n", encoding="utf-8")
    assert main(["measure", "targeting", str(path), "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["cells"][0]["row"] == 3
