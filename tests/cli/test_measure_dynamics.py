"""`kaejon measure dynamics`: two files and a spec."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kaejon.cli.main import main

SPEC = {
    "indicators": [{"name": "x", "column": "X", "cutoff": 1, "weight": 1}],
    "k": 1, "id": "hh", "years": 2, "level": "level",
}  # fmt: skip


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "r1.csv").write_text("hh,X,level\n001,0,1\n002,0,1\n003,1,3\n", encoding="utf-8")
    (tmp_path / "r2.csv").write_text("hh,X,level\n001,0,1\n002,1,2\n004,1,4\n", encoding="utf-8")
    (tmp_path / "spec.json").write_text(json.dumps(SPEC))
    rounds = [str(tmp_path / name) for name in ("r1.csv", "r2.csv")]
    return ["measure", "dynamics", *rounds, "--spec", str(tmp_path / "spec.json")]


def test_one_document(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["households"] == {"PP": 1, "PN": 1, "NP": 0, "NN": 0}
    assert found["exit_rate"] == 0.5
    assert found["entry_rate"] is None
    assert found["annualised"]["absolute"] == -0.25
    assert (found["lost"]["households"], found["new"]["households"]) == (1, 1)
    assert found["levels"]["rose"] == 0.5


def test_tables_for_reading(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    assert "persistence" in printed
    assert "graduated: 0 households" in printed


def test_a_missing_round_is_wrong_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments[3] = "nowhere.csv"
    assert main([*arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "file_not_found"
