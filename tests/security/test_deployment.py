"""The production files fit the program: their commands parse, their settings exist, systemd accepts them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

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
            r"^(docker compose (exec|run)( -T| --rm)* (web|operator) |KAEJON_\S+ +)+", "", line
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
    own = {"KAEJON_HOST", "KAEJON_UPSTREAM", "KAEJON_BACKUPS", "KAEJON_DATABASE_PASSWORD"}
    named = set(re.findall(r"\bKAEJON_[A-Z_]+\b", text)) - own
    assert named <= settings_documented()


def test_the_image_copies_only_what_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, flags=re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source


def services() -> dict[str, dict[str, Any]]:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = composed["services"]
    return found


def test_no_service_has_more_rights_than_it_needs() -> None:
    assert set(services()) == {"database", "web", "worker", "operator", "proxy"}
    for name, service in services().items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"pids_limit", "mem_limit"} <= set(service), name
        assert re.search(r":\d+\.\d+", service["image"]), (
            f"{name}: an image without a fixed version"
        )
        # Only what listens on 80 and 443, or hands its folder to another account, keeps a right of root.
        assert ("cap_add" in service) == (name in ("database", "proxy"))


def test_the_program_is_no_superuser_of_its_database() -> None:
    database, web = services()["database"], services()["web"]
    assert "POSTGRES_USER" not in database["environment"]
    assert "://kaejon:${KAEJON_DATABASE_PASSWORD" in web["environment"]["DATABASE_URL"]
    script = (DEPLOY / "make-database.sh").read_text(encoding="utf-8")
    assert "NOSUPERUSER NOCREATEDB NOCREATEROLE" in script
    assert os.access(DEPLOY / "make-database.sh", os.X_OK)


def test_the_pages_cannot_change_the_keys_and_hold_no_backups() -> None:
    folders = {name: services()[name].get("volumes", []) for name in ("web", "worker")}
    assert "keys:/var/lib/kaejon-keys:ro" in folders["web"]
    # What an erasure writes lies apart, where the pages may write.
    unit = (DEPLOY / "kaejon.service").read_text(encoding="utf-8")
    assert "ReadWritePaths=/var/lib/kaejon /var/lib/kaejon-erasures" in unit.splitlines()
    assert "erasures:/var/lib/kaejon-erasures" in folders["web"]
    assert not [mount for mounts in folders.values() for mount in mounts if "backups" in mount]
    assert "administrator" in services()["web"]["environment"]["KAEJON_MFA_REQUIRED_ROLES"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_the_units_are_shut_in(unit: Path) -> None:
    lines = set(unit.read_text(encoding="utf-8").splitlines())
    assert {
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "PrivateTmp=yes",
        "CapabilityBoundingSet=",
        "RestrictNamespaces=yes",
        "SystemCallFilter=@system-service",
    } <= lines
    for limit in ("MemoryMax=", "TasksMax="):
        assert any(line.startswith(limit) for line in lines)


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
