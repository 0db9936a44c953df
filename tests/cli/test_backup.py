"""What was backed up comes back whole, or is refused before anything is touched."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kaejon.apps.vault import keys
from kaejon.cli.sealed_file import HEADER, MAGIC, PIECE, TAG, Opener, Sealer
from tests.cli.conftest import Installation
from tests.cli.sealed_people import PEOPLE, READ
from tests.engines import on_postgres

HEAD, SEALED = len(MAGIC) + HEADER.size, PIECE + TAG
GZIP = b"\x1f\x8b\x08"

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
    done = filled.kaejon("backup", tmp_path / "b.backup")
    assert done.returncode == 0, done.stderr
    return tmp_path / "b.backup"


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
    """Nothing lies there but the key file (and the empty folder of temporary files)."""
    present = {path.name for path in installation.folder.rglob("*") if path.is_file()}
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
    done = filled.kaejon("backup", tmp_path / "c.backup")
    fingerprint = json.loads(filled.kaejon("keys", "show", "--json").stdout)["keys"][0][
        "fingerprint"
    ]
    assert "A LOSS WITHOUT ITS KEY FILE" in done.stderr
    assert f"key 1 ({fingerprint})" in done.stderr
    assert (tmp_path / "c.backup").stat().st_mode & 0o077 == 0


def test_no_key_and_no_readable_national_id_is_inside(filled: Installation, backup: Path) -> None:
    ring = json.loads((filled.folder / "person-keys.json").read_text())["keys"][0]
    numbers = filled.python(READ)["numbers"]  # type: ignore[index]
    with opened(backup, filled) as tar:
        members = {m.name: tar.extractfile(m).read() for m in tar}  # type: ignore[union-attr]
    assert not [name for name in members if "key" in name]
    content = b"".join(members.values())
    for secret in (ring["data"], ring["index"], *numbers):
        assert str(secret).encode() not in content


def test_an_existing_file_is_never_overwritten(filled: Installation, backup: Path) -> None:
    before = backup.read_bytes()
    assert filled.kaejon("backup", backup).returncode == 2
    assert filled.kaejon("backup", backup.parent / "nowhere" / "b.backup").returncode == 2
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


@pytest.mark.parametrize(
    "damage", ["cut", "last piece", "changed", "swapped", "header", "other file", "outside"]
)
def test_a_damaged_file_is_refused(
    damage: str, filled: Installation, backup: Path, empty_installation: Installation
) -> None:
    take_keys(filled, empty_installation)
    content = bytearray(backup.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "last piece":
        content = content[: (len(content) - HEAD) // SEALED * SEALED + HEAD]
    elif damage == "changed":
        content[len(content) // 2] ^= 1
    elif damage == "swapped":
        first, second = content[HEAD : HEAD + SEALED], content[HEAD + SEALED : HEAD + 2 * SEALED]
        content = content[:HEAD] + second + first + content[HEAD + 2 * SEALED :]
    elif damage == "header":
        content[len(MAGIC) + 12] ^= 1
    elif damage == "other file":
        content = bytearray(b"id,name\n1,x\n")
    backup.write_bytes(content)
    if damage == "outside":
        with sealing(backup, filled) as tar:
            info = tarfile.TarInfo("files/../../outside")
            info.size = 1
            tar.addfile(info, io.BytesIO(b"x"))
    assert refusal(empty_installation, backup) == (1, "damaged_backup")
    assert nothing_was_touched(empty_installation)
    assert not (empty_installation.folder.parent / "outside").exists()


def ring_of(installation: Installation) -> keys.KeyRing:
    return keys.parse((installation.folder / "person-keys.json").read_text())


@contextlib.contextmanager
def opened(backup: Path, installation: Installation) -> Iterator[tarfile.TarFile]:
    """The tar inside a backup, with the keys of an installation."""
    with backup.open("rb") as source:
        inner = Opener(source, ring_of(installation))
        with tarfile.open(fileobj=inner, mode="r|gz") as tar:
            yield tar


@contextlib.contextmanager
def sealing(target: Path, installation: Installation) -> Iterator[tarfile.TarFile]:
    """A backup that is being written by hand."""
    with (
        target.open("wb") as out,
        Sealer(out, ring_of(installation)) as sealed,
        tarfile.open(fileobj=sealed, mode="w:gz") as tar,
    ):
        yield tar


def rewritten(backup: Path, installation: Installation, **changes: object) -> Path:
    """The same backup with another manifest."""
    target = backup.with_name("rewritten.backup")
    with opened(backup, installation) as old, sealing(target, installation) as new:
        for info in old:
            content = old.extractfile(info).read()  # type: ignore[union-attr]
            if info.name == "manifest.json":
                content = json.dumps(json.loads(content) | changes).encode()
                info.size = len(content)
            new.addfile(info, io.BytesIO(content))
    return target


def test_the_file_alone_tells_nothing(filled: Installation, backup: Path) -> None:
    content = backup.read_bytes()
    for word in ("สมมติ".encode(), b"manifest.json", b"SQLite format"):
        assert word not in content
    assert content.startswith(MAGIC)
    assert not content[HEAD:].startswith(GZIP)  # three bytes: by chance anywhere in megabytes


def test_two_backups_of_the_same_data_share_nothing(filled: Installation, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert filled.kaejon("backup", tmp_path / name).returncode == 0
    one, two = ((tmp_path / name).read_bytes()[HEAD:][:64] for name in ("one", "two"))
    assert one != two


@pytest.mark.on_both
def test_sessions_and_counters_are_not_inside(
    filled: Installation, tmp_path: Path, empty_installation: Installation
) -> None:
    filled.python(
        "from kaejon.apps.access.sessions import SessionStore\n"
        "from django.core.cache import cache\n"
        "store = SessionStore()\nstore['search_words'] = 'marker-word'\nstore.save()\n"
        "cache.set('x', 'marker-word')"
    )
    assert filled.kaejon("backup", tmp_path / "s.backup").returncode == 0
    with opened(tmp_path / "s.backup", filled) as tar:
        content = b"".join(tar.extractfile(m).read() for m in tar)  # type: ignore[union-attr]
    assert b"marker-word" not in content
    take_keys(filled, empty_installation)
    assert empty_installation.kaejon("restore", tmp_path / "s.backup").returncode == 0
    counts = "from kaejon.apps.access.models import Counter, Session\nanswer = [Session.objects.count(), Counter.objects.count()]"
    assert empty_installation.python(counts) == [0, 0]


def test_an_unsealed_backup_comes_back_only_knowingly(
    filled: Installation, backup: Path, empty_installation: Installation
) -> None:
    take_keys(filled, empty_installation)
    plain = backup.with_name("older.tar.gz")
    with opened(backup, filled) as old, tarfile.open(plain, "w:gz") as new:
        for info in old:
            new.addfile(info, old.extractfile(info))
    assert refusal(empty_installation, plain) == (2, "not_sealed")
    assert nothing_was_touched(empty_installation)
    done = empty_installation.kaejon("restore", plain, "--accept-unsealed")
    assert done.returncode == 0, done.stderr
    assert empty_installation.python(READ) == filled.python(READ)


def test_a_newer_backup_is_refused(
    filled: Installation, backup: Path, empty_installation: Installation
) -> None:
    take_keys(filled, empty_installation)
    newer = rewritten(
        backup, filled, version="99.0", migrations=[["households", "0999_from_the_future"]]
    )
    assert refusal(empty_installation, newer) == (2, "newer_backup")
    assert nothing_was_touched(empty_installation)


def test_a_backup_of_another_engine_is_refused(
    filled: Installation, backup: Path, empty_installation: Installation
) -> None:
    take_keys(filled, empty_installation)
    other = rewritten(backup, filled, engine="sqlite" if on_postgres() else "postgresql")
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
    with opened(backup, filled) as archive:
        found = {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]
    manifest = json.loads(found["manifest.json"])
    # As a version would have made it that had no ranking yet.
    older = rewritten(
        backup,
        filled,
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


# kills: `restore.run` and `backup.run` as they are, but for the moment at which they die

DYING = """
import os, signal, sys
from kaejon.config.setup import start_django
start_django()
from kaejon.cli import backup_file, database_copies
from kaejon.cli.main import main
owner, name, when = {{"restore": (database_copies, "copy_in", "{when}"),
    "backup": (backup_file.Writer, "finish", "before")}}[sys.argv[1]]
real = getattr(owner, name)
def dies(*given):
    if when == "after":
        real(*given)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, dies)
main(sys.argv[1:])
"""


def restore_part(installation: Installation) -> str:
    """What health says of restores; everything else refuses where one was broken off."""
    return str(json.loads(installation.kaejon("health", "--json").stdout)["parts"]["restore"])


def die(installation: Installation, *arguments: object, when: str = "before") -> None:
    process = installation.start("-c", DYING.format(when=when), *arguments)
    process.communicate(timeout=120)
    assert process.returncode == -9


@pytest.mark.on_both
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_restore_killed_half_way_is_seen_and_goes_on(
    filled: Installation, backup: Path, empty_installation: Installation, when: str
) -> None:
    take_keys(filled, empty_installation)
    empty_installation.extra["KAEJON_SECRET_KEY"] = "s" * 60
    die(empty_installation, "restore", backup, when=when)

    assert restore_part(empty_installation) != "ok"
    for command in (("worker", "--until-idle"), ("registry", "dump", "--area", "33")):
        refused = empty_installation.kaejon(*command)
        assert (refused.returncode, "broken off" in refused.stderr) == (1, True)

    again = empty_installation.kaejon("restore", backup, "--json")
    assert again.returncode == 0, again.stderr
    assert restore_part(empty_installation) == "ok"
    assert empty_installation.python(EVERYTHING) == filled.python(EVERYTHING)
    assert empty_installation.python(READ) == filled.python(READ)
    assert not (empty_installation.folder / "tmp").exists()


def test_a_killed_backup_leaves_nothing_after_the_next(
    filled: Installation, tmp_path: Path
) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    die(filled, "backup", place / "one.tar.gz")
    assert [path.name for path in place.iterdir()] == ["one.tar.gz.kaejon-part"]

    assert filled.kaejon("backup", place / "two.tar.gz").returncode == 0
    left = {path.name for path in place.iterdir() if path.suffix != ".seal"}
    assert left == {"two.tar.gz"}
    assert not (filled.folder / "tmp").exists()
