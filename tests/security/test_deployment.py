"""The production files fit the program: their commands parse, their settings exist, systemd accepts them."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from kaejon.cli.main import COMMANDS, build_parser

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
PAGES = [
    ROOT / "docs" / "developer" / name
    for name in ("install.md", "upgrade.md", "keys.md", "backup.md")
]
COMMAND = re.compile(r"^(?:\S*/)?kaejon ((?:" + "|".join(COMMANDS) + r")\b.*)$")
NO_SHELL_MEANING = re.compile(r"\s+#.*$|\$\([^)]*\)|\"")


def settings_documented() -> set[str]:
    text = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z_]+)`", text, flags=re.MULTILINE))


def commands_in(text: str) -> list[list[str]]:
    """Every `kaejon …` call of a page or unit, continuation lines joined."""
    joined = text.replace("\\\n", " ")
    found = []
    for line in joined.splitlines():
        line = re.sub(r"^\s*(ExecStart=)?(/bin/sh -c 'exec )?", "", line)
        line = re.sub(
            r"^(docker compose (exec|run)( -T| --rm)* web |KAEJON_\S+ +)+", "", line
        ).rstrip("'`")
        if match := COMMAND.match(line.strip()):
            found.append(shlex.split(NO_SHELL_MEANING.sub("", match[1])))
    return found


@pytest.mark.parametrize("path", [*UNITS, *PAGES], ids=lambda path: path.name)
def test_every_command_of_the_text_is_understood(path: Path) -> None:
    commands = commands_in(path.read_text(encoding="utf-8"))
    assert commands
    for command in commands:
        if "--help" not in command:
            build_parser(command[0]).parse_args(command)


@pytest.mark.parametrize("name", ["kaejon.env", "compose.env", "../compose.yaml", "Dockerfile"])
def test_every_setting_of_the_files_exists(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    own = {"KAEJON_HOST", "KAEJON_UPSTREAM", "KAEJON_BACKUPS"}
    named = set(re.findall(r"\bKAEJON_[A-Z_]+\b", text)) - own
    assert named <= settings_documented()


def test_the_image_copies_only_what_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, flags=re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
@pytest.mark.parametrize(
    "unit", [*UNITS, DEPLOY / "kaejon-backup.timer"], ids=lambda path: path.name
)
def test_systemd_accepts_the_units(unit: Path, tmp_path: Path) -> None:
    program = tmp_path / "kaejon"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for source in (*UNITS, DEPLOY / "kaejon-backup.timer"):
        text = source.read_text(encoding="utf-8").replace(
            "/opt/kaejon/.venv/bin/kaejon", str(program)
        )
        (tmp_path / source.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert unit.name not in done.stderr
