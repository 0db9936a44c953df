"""What was backed up comes back whole, or is refused before anything is touched."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Installation
from tests.cli.sealed_people import PEOPLE, READ
from tests.engines import on_postgres

EVERYTHING = """
from django.apps import apps
from django.core import serializers
answer = {}
for model in apps.get_models(include_auto_created=True):
    rows = serializers.serialize("json", model._default_manager.order_by("pk"))
    answer[model._meta.db_table] = rows
for table in ("audit_event", "audit_eventdetail"):  # each says of itself that it was made
    answer.pop(table)
"""


@pytest.fixture
def backup(filled: Installation, tmp_path: Path) -> Path:
    done = filled.kaejon("backup", tmp_path / "b.tar.gz")
    assert done.returncode == 0, done.stderr
    return tmp_path / "b.tar.gz"


def take_keys(source: Installation, target: Installation) -> None:
    target.folder.mkdir(parents=True, exist_ok=True)
    (target.folder / "person-keys.json").write_bytes(
        (source.folder / "person-keys.json").read_bytes()
    )


def refusal(installation: Installation, *arguments: object) -> tuple[int, str]:
    done = installation.kaejon("restore", *arguments, "--json")
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)["error"]["code"]


def nothing_was_touched(installation: Installation) -> bool:
    present = (
        {p.name for p in installation.folder.iterdir()} if installation.folder.exists() else set()
    )
    return present <= {"person-keys.json"}


@pytest.mark.on_both
def test_everything_comes_back_in_an_empty_place(
    filled: Installation, backup: Path, empty_installation: Installation
) -> None:
    take_keys(filled, empty_installation)
    done = empty_installation.kaejon("restore", backup)
    assert done.returncode == 0, done.stderr
    assert empty_installation.python(EVERYTHING) == filled.python(EVERYTHING)
    assert empty_installation.python(READ) == filled.python(READ)
    assert empty_installation.kaejon("keys", "verify").returncode == 0
    # The restored database goes on: new rows find free numbers.
    empty_installation.python(
        "from kaejon.apps.areas.actions import ensure_villages\nensure_villages({'33010103': 'x'})"
    )
    assert empty_installation.kaejon("worker", "--until-idle").returncode == 0


def test_the_backup_says_loudly_which_keys_it_needs(filled: Installation, tmp_path: Path) -> None:
    done = filled.kaejon("backup", tmp_path / "c.tar.gz")
    fingerprint = json.loads(filled.kaejon("keys", "show", "--json").stdout)["keys"][0][
        "fingerprint"
    ]
    assert "A LOSS WITHOUT ITS KEY FILE" in done.stderr
    assert f"key 1 ({fingerprint})" in done.stderr
    assert (tmp_path / "c.tar.gz").stat().st_mode & 0o077 == 0


def test_no_key_and_no_readable_national_id_is_inside(filled: Installation, backup: Path) -> None:
    ring = json.loads((filled.folder / "person-keys.json").read_text())["keys"][0]
    numbers = filled.python(READ)["numbers"]  # type: ignore[index]
    with tarfile.open(backup) as tar:
        assert not [name for name in tar.getnames() if "key" in name]
        content = b"".join(tar.extractfile(m).read() for m in tar)  # type: ignore[union-attr]
    for secret in (ring["data"], ring["index"], *numbers):
        assert str(secret).encode() not in content


def test_an_existing_file_is_never_overwritten(filled: Installation, backup: Path) -> None:
    before = backup.read_bytes()
    assert filled.kaejon("backup", backup).returncode == 2
    assert filled.kaejon("backup", backup.parent / "nowhere" / "b.tar.gz").returncode == 2
    assert backup.read_bytes() == before


def test_without_its_keys_nothing_is_touched(
    backup: Path, empty_installation: Installation
) -> None:
    assert refusal(empty_installation, backup) == (1, "key_ring")
    assert nothing_was_touched(empty_installation)


def test_with_other_keys_nothing_is_touched(
    backup: Path,
    empty_installation: Installation,
    another_installation: Callable[[str], Installation],
) -> None:
    other = another_installation("other")
    (other.folder / "person-keys.json").unlink()
    assert other.kaejon("migrate").returncode == 0
    take_keys(other, empty_installation)
    assert refusal(empty_installation, backup) == (1, "keys_missing")
    assert nothing_was_touched(empty_installation)


@pytest.mark.parametrize("damage", ["cut", "changed", "other file", "outside"])
def test_a_damaged_file_is_refused(
    damage: str, filled: Installation, backup: Path, empty_installation: Installation
) -> None:
    take_keys(filled, empty_installation)
    content = backup.read_bytes()
    if damage == "cut":
        backup.write_bytes(content[: len(content) // 2])
    elif damage == "changed":
        plain = bytearray(gzip.decompress(content))
        at = (
            plain.index(b"first piece")
            if b"first piece" in plain
            else plain.index("ศรีสะเกษ".encode())
        )
        plain[at] ^= 1
        backup.write_bytes(gzip.compress(bytes(plain), 1))
    elif damage == "other file":
        backup.write_bytes(b"id,name\n1,x\n")
    else:
        with tarfile.open(backup, "w:gz") as tar:
            info = tarfile.TarInfo("files/../../outside")
            info.size = 1
            tar.addfile(info, io.BytesIO(b"x"))
    assert refusal(empty_installation, backup) == (1, "damaged_backup")
    assert nothing_was_touched(empty_installation)
    assert not (empty_installation.folder.parent / "outside").exists()


def rewritten(backup: Path, **changes: object) -> Path:
    """The same backup with another manifest."""
    target = backup.with_name("rewritten.tar.gz")
    with tarfile.open(backup) as old, tarfile.open(target, "w:gz") as new:
        for info in old:
            content = old.extractfile(info).read()  # type: ignore[union-attr]
            if info.name == "manifest.json":
                content = json.dumps(json.loads(content) | changes).encode()
                info.size = len(content)
            new.addfile(info, io.BytesIO(content))
    return target


def test_a_newer_backup_is_refused(
    filled: Installation, backup: Path, empty_installation: Installation
) -> None:
    take_keys(filled, empty_installation)
    newer = rewritten(backup, version="99.0", migrations=[["households", "0999_from_the_future"]])
    assert refusal(empty_installation, newer) == (2, "newer_backup")
    assert nothing_was_touched(empty_installation)


def test_a_backup_of_another_engine_is_refused(
    filled: Installation, backup: Path, empty_installation: Installation
) -> None:
    take_keys(filled, empty_installation)
    other = rewritten(backup, engine="sqlite" if on_postgres() else "postgresql")
    assert refusal(empty_installation, other) == (2, "other_engine")


@pytest.mark.on_both
def test_present_data_is_kept_and_with_force_moved_aside(
    filled: Installation, backup: Path
) -> None:
    assert refusal(filled, backup) == (2, "not_empty")
    filled.python(
        "from kaejon.apps.households.models import Person\nPerson.objects.update(first_name='เปลี่ยน')"
    )
    done = filled.kaejon("restore", backup, "--force", "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["moved_aside"]) == 2
    assert len(filled.python(READ)["numbers"]) == PEOPLE  # type: ignore[index]
    assert (
        filled.python(
            "from kaejon.apps.households.models import Person\nanswer = Person.objects.filter(first_name='เปลี่ยน').count()"
        )
        == 0
    )


@pytest.mark.on_both
def test_an_older_backup_is_brought_to_this_version_and_the_newest_key(
    filled: Installation, backup: Path
) -> None:
    assert filled.kaejon("keys", "rotate").returncode == 0
    with tarfile.open(backup) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))  # type: ignore[arg-type]
    # As a version would have made it that had no ranking yet.
    older = rewritten(
        backup,
        migrations=[m for m in manifest["migrations"] if m[0] != "ranking"],
        tables={t: f for t, f in manifest["tables"].items() if not t.startswith("ranking_")},
    )
    done = filled.kaejon("restore", older, "--force")
    assert done.returncode == 0, done.stderr
    assert "key 2" in done.stderr
    assert filled.kaejon("worker", "--until-idle").returncode == 0
    answer = json.loads(filled.kaejon("keys", "show", "--json").stdout)
    assert answer["keys"][0]["seals"] == {}
    assert all(filled.python(READ)["found"])  # type: ignore[index]
