"""`kaejon audit verify`: one answer on a whole installation, by exit code, words and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Installation

REWRITE = """
from django.db import connection
with connection.cursor() as cursor:
    if connection.vendor == "postgresql":
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
    else:
        cursor.execute("DROP TRIGGER audit_event_no_update")
    cursor.execute("UPDATE audit_event SET actor_id = 'somebody else'")
answer = None
"""
SEAL_ANEW = """
from datetime import timedelta
from django.db import connection
from kaejon.apps.audit import seals
with connection.cursor() as cursor:
    if connection.vendor == "postgresql":
        cursor.execute("ALTER TABLE audit_sealblock DISABLE TRIGGER USER")
    else:
        cursor.execute("DROP TRIGGER audit_sealblock_no_delete")
    cursor.execute("DELETE FROM audit_sealblock")
seals.GRACE = timedelta(0)
answer = seals.seal_history()
"""
SEAL_ALL = """
from datetime import timedelta
from kaejon.apps.audit import last_seal, seals
seals.GRACE = timedelta(0)
answer = last_seal.seal_and_keep()
"""
UNSEAL = SEAL_ANEW.split("seals.GRACE")[0]
SEAL_REFUSED = """
from kaejon.apps.audit.last_seal import seal_and_keep
from kaejon.methods.errors import DataError
try:
    seal_and_keep()
except DataError as error:
    answer = error.code
"""


def verdict(installation: Installation, *arguments: object) -> tuple[int, list[str]]:
    done = installation.kaejon("audit", "verify", *arguments, "--json")
    assert "Traceback" not in done.stderr
    document = json.loads(done.stdout)
    return done.returncode, [fault["code"] for fault in document.get("faults", [])]


@pytest.mark.on_both
def test_a_rewritten_history_is_told_by_the_seal_beside_the_backup(
    filled: Installation, tmp_path: Path
) -> None:
    filled.python(SEAL_ALL)
    done = filled.kaejon("backup", tmp_path / "b.tar.gz")
    assert done.returncode == 0, done.stderr
    seal = tmp_path / "b.tar.gz.seal"
    kept = json.loads(seal.read_text())
    assert kept["digest"] in done.stderr
    assert verdict(filled, "--seal", seal) == (0, [])

    filled.python(REWRITE)
    code, faults = verdict(filled)
    assert (code, set(faults)) == (1, {"rows_changed"})
    words = filled.kaejon("audit", "verify")
    assert words.returncode == 1
    assert "rows_changed: Rows were changed since they were sealed. (block 1 of" in words.stdout

    filled.python(SEAL_ANEW)
    assert verdict(filled) == (1, ["sealed_anew"])
    assert verdict(filled, "--seal", seal) == (1, ["sealed_anew"])


def test_what_is_no_seal_is_wrong_usage(filled: Installation, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("{}")
    for name in ("x", "not-there"):
        done = filled.kaejon("audit", "verify", "--seal", tmp_path / name, "--json")
        assert done.returncode == 2
        assert json.loads(done.stdout)["error"]["code"] in ("not_a_seal", "no_seal_file")


@pytest.mark.on_both
def test_all_seals_deleted_is_told_and_a_restore_goes_on(
    filled: Installation, tmp_path: Path
) -> None:
    filled.python(SEAL_ALL)
    assert filled.kaejon("backup", tmp_path / "b.tar.gz").returncode == 0
    filled.python(SEAL_ALL)
    assert verdict(filled) == (0, [])
    filled.python(REWRITE)
    filled.python(UNSEAL)
    assert verdict(filled) == (1, ["tail_cut"])
    kept = (filled.folder / "last-seal.json").read_text()
    refused = filled.python(SEAL_REFUSED)
    assert refused == "seal_not_held"
    assert (filled.folder / "last-seal.json").read_text() == kept

    done = filled.kaejon("restore", tmp_path / "b.tar.gz", "--force")
    assert done.returncode == 0, done.stderr
    assert "The last seal before this restore was number 2" in done.stderr
    assert verdict(filled) == (0, [])
    filled.python(SEAL_ALL)
    assert verdict(filled) == (0, [])
    former = filled.folder / "last-seal.before-restore.json"
    assert verdict(filled, "--seal", former) == (1, ["old_backup"])
