"""`kaejon measure hidden`: the contract other programs rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kaejon.cli.main import main


def run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, *, exit_code: int = 0
) -> Any:
    path = tmp_path / "histories.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["measure", "hidden", str(path), "--json"]) == exit_code
    return json.loads(capsys.readouterr().out)


def test_two_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = run(tmp_path, capsys, "TPMAP,ชุมชน,Count\n1,0,80\n0,1,80\n1,1,20\n")
    assert set(found) == {"observed", "lists", "models", "refused", "warnings"}
    assert found["observed"] == 180
    assert found["lists"] == ["TPMAP", "ชุมชน"]
    assert [model["name"] for model in found["models"]] == ["chapman", "lincoln_petersen"]
    assert found["models"][0]["estimate"] == pytest.approx(484.761904762, abs=1e-8)
    assert [found["models"][0][key] for key in ("aic", "bic", "df", "deviance")] == [None] * 4
    assert len(found["warnings"]) == 2


def test_three_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "a,b,c,count\n1,0,0,60\n0,1,0,50\n0,0,1,40\n1,1,0,30\n1,0,1,25\n0,1,1,20\n1,1,1,15\n"
    found = run(tmp_path, capsys, rows)
    assert all(model["name"].startswith("[") for model in found["models"])
    assert {"name", "estimate", "se", "ci95", "aic", "bic", "df", "deviance"} == set(
        found["models"][0]
    )


def test_an_all_zero_row_is_a_data_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "a,b,count\n1,1,4\n0,0,4\n"
    found = run(tmp_path, capsys, text, exit_code=1)
    assert found["error"]["code"] == "unseen_row"
    assert found["error"]["row"] == 3


def test_lists_that_share_nobody_are_told_with_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(tmp_path, capsys, "a,b,count\n1,0,4\n0,1,4\n")
    assert found["models"] == []
    assert found["refused"][0]["code"] == "no_overlap"
    path = tmp_path / "histories.csv"
    assert main(["measure", "hidden", str(path)]) == 0
    assert "share nobody" in capsys.readouterr().err
