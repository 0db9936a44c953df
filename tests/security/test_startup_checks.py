"""What would endanger people's data stops the start; what is merely unwise is said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from kaejon.config import checks, safety_checks

STRONG = "s3cret-" + "abcdefghij" * 5
PUBLIC = ["kaejon.sisaket.example"]


def ids(check: Any) -> list[str]:
    return [found.id for found in check()]


@pytest.fixture(autouse=True)
def _sound(settings: Any, tmp_path: Path) -> None:
    settings.SECRET_KEY = STRONG
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    settings.TLS = False
    settings.SYNTHETIC_DATA = False
    settings.SITE_URL = "http://127.0.0.1:8000"
    settings.DATA_DIR = tmp_path
    settings.KEY_FILE = tmp_path / "person-keys.json"
    settings.SECRET_FILE = tmp_path / "secret.key"
    settings.KEY_FILE.touch(mode=0o600)


def test_a_fresh_local_installation_has_nothing_to_say() -> None:
    for check in (
        checks.secret_is_strong,
        checks.debug_is_off,
        checks.transport_is_encrypted,
        checks.secrets_are_private,
        checks.keys_lie_apart,
        checks.hosts_are_named,
    ):
        assert ids(check) == []


@pytest.mark.parametrize("secret", ["a", "unset-see-checks", "short", "x" * 60])
def test_a_weak_secret_stops_the_start(settings: Any, secret: str) -> None:
    settings.SECRET_KEY = secret
    assert ids(checks.secret_is_strong) == ["kaejon.E001"]


def test_debug_is_a_fault_only_where_others_reach_it(settings: Any) -> None:
    settings.DEBUG = True
    assert [m.is_serious() for m in checks.debug_is_off()] == [False]
    settings.ALLOWED_HOSTS = PUBLIC
    assert [m.is_serious() for m in checks.debug_is_off()] == [True]


def test_other_machines_are_served_only_with_tls(settings: Any) -> None:
    settings.ALLOWED_HOSTS = PUBLIC
    assert [m.is_serious() for m in checks.transport_is_encrypted()] == [True]
    settings.SYNTHETIC_DATA = True
    assert [m.is_serious() for m in checks.transport_is_encrypted()] == [False]
    settings.TLS = True
    assert ids(checks.transport_is_encrypted) == []


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_a_key_file_others_can_read_stops_the_start(settings: Any) -> None:
    settings.KEY_FILE.chmod(0o640)
    assert ids(checks.secrets_are_private) == ["kaejon.E004"]


def test_keys_beside_the_data_are_pointed_out_on_a_real_server(
    settings: Any, tmp_path: Path
) -> None:
    settings.ALLOWED_HOSTS = PUBLIC
    assert ids(checks.keys_lie_apart) == ["kaejon.W005"]
    settings.DATA_DIR = tmp_path / "data"
    assert ids(checks.keys_lie_apart) == []


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /srv/share nfs4 rw 0 0
//office/disk /mnt/the\\040share cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/lib/kaejon", "ext4"),
        ("/srv/share/kaejon", "nfs4"),
        ("/srv/shared", "ext4"),
        ("/mnt/the share/x", "cifs"),
    ],
)
def test_the_kind_of_disk_is_found(folder: str, kind: str) -> None:
    assert checks.file_system_of(Path(folder), MOUNTS) == kind


def test_sqlite_on_a_network_disk_stops_the_start(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": "/srv/share/kaejon.sqlite3"}
    monkeypatch.setattr(checks.settings, "DATABASES", {"default": sqlite})
    monkeypatch.setattr(checks, "file_system_of", lambda folder: "nfs4")
    assert ids(checks.database_lies_on_this_machine) == ["kaejon.E006"]


def test_any_host_name_is_refused(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert "kaejon.E007" in ids(checks.hosts_are_named)


def test_printed_codes_must_lead_somewhere(settings: Any) -> None:
    settings.SITE_URL = "https://elsewhere.example"
    assert ids(checks.hosts_are_named) == ["kaejon.W008"]
    settings.ALLOWED_HOSTS, settings.SITE_URL, settings.TLS = PUBLIC, f"http://{PUBLIC[0]}", True
    assert ids(checks.hosts_are_named) == ["kaejon.W009"]


@pytest.mark.parametrize(
    ("host", "options", "found"),
    [
        ("db.example", {}, ["kaejon.W010"]),
        ("db.example", {"sslmode": "verify-full"}, []),
        ("", {}, []),
        ("/run/postgresql", {}, []),
        ("localhost", {}, []),
    ],
)
def test_an_open_connection_to_the_database_is_pointed_out(
    monkeypatch: pytest.MonkeyPatch, host: str, options: dict[str, str], found: list[str]
) -> None:
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": host,
        "OPTIONS": options,
        "NAME": "k",
    }
    monkeypatch.setattr(checks.settings, "DATABASES", {"default": database})
    assert ids(checks.database_transport_is_encrypted) == found


def test_every_finding_says_what_to_do(settings: Any) -> None:
    settings.SECRET_KEY, settings.DEBUG, settings.ALLOWED_HOSTS = "weak", True, ["*"]
    found = [*checks.secret_is_strong(), *checks.debug_is_off(), *checks.hosts_are_named()]
    assert len(found) >= 4
    assert all(message.hint for message in found)


@pytest.mark.parametrize(
    ("way", "found"), [("none", ["kaejon.E011"]), ("starttls", []), ("tls", [])]
)
def test_a_mail_password_never_travels_readable(settings: Any, way: str, found: list[str]) -> None:
    settings.EMAIL_HOST_PASSWORD, settings.EMAIL_TLS = "word", way
    assert ids(checks.mail_password_is_encrypted) == found


REACHED = {"ALLOWED_HOSTS": PUBLIC, "TLS": True, "TRUSTED_PROXY": "127.0.0.1"}


@pytest.mark.parametrize(
    ("roles", "real", "found"),
    [
        ([], True, ["kaejon.E013"]),
        ([], False, []),
        (["none"], True, ["kaejon.W014"]),
        (["provinceofficer"], False, ["kaejon.E012"]),
        (["administrator"], True, ["kaejon.W014"]),
        (["administrator", "province_officer"], True, []),
    ],
)
def test_the_second_step_is_said_for_real_data(
    settings: Any, roles: list[str], real: bool, found: list[str]
) -> None:
    for name, value in REACHED.items():
        setattr(settings, name, value)
    settings.MFA_REQUIRED_ROLES, settings.SYNTHETIC_DATA = roles, not real
    assert ids(safety_checks.second_step_roles_exist) == found


@pytest.mark.parametrize(
    ("proxy", "found"), [("*", ["kaejon.W015"]), ("", ["kaejon.W016"]), ("127.0.0.1", [])]
)
def test_a_proxy_that_everybody_could_be_is_named(
    settings: Any, proxy: str, found: list[str]
) -> None:
    for name, value in REACHED.items():
        setattr(settings, name, value)
    settings.TRUSTED_PROXY = proxy
    assert ids(safety_checks.proxy_is_named) == found


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
@pytest.mark.parametrize(
    ("folder", "file", "others", "found"),
    [
        (0o700, 0o600, True, []),
        (0o700, 0o666, False, ["kaejon.E017"]),
        (0o777, 0o600, False, ["kaejon.E017"]),
        (0o755, 0o600, True, ["kaejon.E017"]),
        (0o755, 0o644, False, ["kaejon.W018", "kaejon.W018"]),
    ],
)
def test_data_that_others_can_read_or_change_is_told(
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    folder: int,
    file: int,
    others: bool,
    found: list[str],
) -> None:
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    database = settings.DATA_DIR / "kaejon.sqlite3"
    database.touch()
    database.chmod(file)
    settings.DATA_DIR.chmod(folder)
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": database}
    monkeypatch.setattr(checks.settings, "DATABASES", {"default": sqlite})
    if others:
        settings.ALLOWED_HOSTS = PUBLIC
    assert ids(safety_checks.data_is_private) == found
