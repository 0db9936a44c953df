"""The manual names every setting and every command, and nothing that is not there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kaejon.cli.main import COMMANDS
from tools.cli_reference import TARGET, render

ROOT = Path(__file__).resolve().parent.parent.parent
SETTINGS = ROOT / "docs" / "reference" / "settings.md"
READ = re.compile(r"""\benv\.(?:text|flag|integer|share|words|rates|choice)\(\s*"([A-Z_]+)\"""")
NAMED = re.compile(r"\bKAEJON_[A-Z_]+\b")


def variables_read() -> set[str]:
    settings = (ROOT / "src/kaejon/config/settings.py").read_text(encoding="utf-8")
    return {f"KAEJON_{name}" for name in READ.findall(settings)} | {
        "KAEJON_PERSON_KEYS",
        "DATABASE_URL",
    }


def documented() -> set[str]:
    lines = SETTINGS.read_text(encoding="utf-8").splitlines()
    return {found[1] for line in lines if (found := re.match(r"\| `([A-Z_]+)`", line))}


def test_every_setting_is_documented() -> None:
    assert len(variables_read()) > 25
    assert variables_read() <= documented()


def test_no_setting_is_documented_that_does_not_exist() -> None:
    places = [
        *ROOT.glob("src/**/*.py"),
        *ROOT.glob("tests/**/*.py"),
        *ROOT.glob("tools/*"),
        ROOT / "Makefile",
    ]
    used = {
        name
        for path in places
        if path.is_file()
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
    }
    assert documented() - variables_read() <= used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "yes"),
        ("SESSION_HOURS", "25"),
        ("LOGIN_RATE", ""),
        ("LOGIN_FAILED_RATE", "many"),
        ("SESSION_HOURS", "๙"),
        ("IMPORT_MAX_REJECTED_SHARE", "1.5"),
        ("LOG_LEVEL", "LOUD"),
        ("SECRET_KEY_FILE", "/nowhere/at/all"),
    ],
)
def test_a_value_that_is_not_allowed_stops_the_start_and_says_why(
    tmp_path: Path, name: str, value: str
) -> None:
    environment = os.environ | {"KAEJON_DATA_DIR": str(tmp_path), f"KAEJON_{name}": value}
    environment.pop("KAEJON_SECRET_KEY", None)
    done = subprocess.run(
        [sys.executable, "-m", "kaejon.cli.main", "worker", "--until-idle"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert f"KAEJON_{name}" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_manual_is_the_parser_s_own() -> None:
    assert TARGET.read_text(encoding="utf-8") == render(), "run `make reference`"


def test_every_command_is_in_the_manual() -> None:
    text = TARGET.read_text(encoding="utf-8")
    assert all(f"## kaejon {command}" in text for command in COMMANDS)
