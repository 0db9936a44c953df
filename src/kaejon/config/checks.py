"""Start-up checks: an installation that would endanger people's data does not start."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

from kaejon.apps.records import faults

LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "::1", "testserver"}
NETWORK_FILE_SYSTEMS = {
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "fuse.sshfs",
    "9p",
    "afs",
    "ceph",
    "glusterfs",
}
SECRET_LENGTH = 50


def only_local() -> bool:
    """True when nobody but this very machine can reach the pages."""
    return set(settings.ALLOWED_HOSTS) <= LOCAL_HOSTS


@register
def secret_is_strong(**_: Any) -> Iterable[CheckMessage]:
    secret = settings.SECRET_KEY
    if len(secret) < SECRET_LENGTH or len(set(secret)) < 5:
        yield Error(
            "The session secret is unset or weak.",
            hint="Run `kaejon migrate`, which makes one, or set KAEJON_SECRET_KEY to 50 or more random characters.",
            id="kaejon.E001",
        )


@register
def debug_is_off(**_: Any) -> Iterable[CheckMessage]:
    if settings.DEBUG:
        kind = Caution if only_local() else Error
        yield kind(
            "Debug mode shows people's data to whoever meets an error.",
            hint="Unset KAEJON_DEBUG.",
            id="kaejon.E002",
        )


@register
def transport_is_encrypted(**_: Any) -> Iterable[CheckMessage]:
    if settings.TLS or only_local():
        return
    kind = Caution if settings.SYNTHETIC_DATA else Error
    yield kind(
        "Other machines reach this server without TLS: passwords and households would travel readable.",
        hint="Put a proxy with a certificate in front, then set KAEJON_TLS=True and KAEJON_TRUSTED_PROXY.",
        id="kaejon.E003",
    )


@register
def secrets_are_private(**_: Any) -> Iterable[CheckMessage]:
    for path in map(Path, (settings.KEY_FILE, settings.SECRET_FILE, settings.ERASURES_FILE)):
        if (
            os.name == "posix"
            and path.is_file()
            and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        ):
            yield Error(
                f"Other accounts of this machine can read {path}.",
                hint=f"Run `chmod 600 {path}`.",
                id="kaejon.E004",
            )


@register
def keys_lie_apart(**_: Any) -> Iterable[CheckMessage]:
    key_file = Path(settings.KEY_FILE)
    if only_local() or settings.SYNTHETIC_DATA or not key_file.is_file():
        return
    if Path(settings.DATA_DIR) in key_file.resolve().parents:
        yield Caution(
            "The key file lies in the data folder: whoever copies the folder holds the data and its key.",
            hint="Move it, for example to /etc/kaejon/person-keys.json, and set KAEJON_KEY_FILE.",
            id="kaejon.W005",
        )


@register
def database_lies_on_this_machine(**_: Any) -> Iterable[CheckMessage]:
    database = settings.DATABASES["default"]
    if "sqlite" not in database["ENGINE"]:
        return
    kind = file_system_of(Path(str(database["NAME"])).parent)
    if kind in NETWORK_FILE_SYSTEMS:
        yield Error(
            f"The SQLite file lies on a network file system ({kind}), where it can be destroyed.",
            hint="Set KAEJON_DATA_DIR to a local disk, or use PostgreSQL by DATABASE_URL.",
            id="kaejon.E006",
        )


def file_system_of(folder: Path, mounts: str | None = None) -> str:
    """The kind of file system that holds a folder, from Linux's table of mounts; empty when unknown."""
    if mounts is None:
        table = Path("/proc/self/mounts")
        mounts = table.read_text(encoding="utf-8", errors="replace") if table.is_file() else ""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        inside = str(folder) == point or str(folder).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


@register
def hosts_are_named(**_: Any) -> Iterable[CheckMessage]:
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "KAEJON_ALLOWED_HOSTS allows every name, so links in mails could be forged.",
            hint="Name the host people type, for example kaejon.sisaket.go.th.",
            id="kaejon.E007",
        )
    site = urlparse(settings.SITE_URL)
    known = {host.strip("[]").lstrip(".") for host in settings.ALLOWED_HOSTS}
    if not any(site.hostname == host or str(site.hostname).endswith("." + host) for host in known):
        yield Caution(
            f"KAEJON_SITE_URL ({settings.SITE_URL}) is no name of KAEJON_ALLOWED_HOSTS: printed QR codes would lead nowhere.",
            hint="Set KAEJON_SITE_URL to the address people type.",
            id="kaejon.W008",
        )
    if settings.TLS and site.scheme != "https":
        yield Caution(
            "KAEJON_SITE_URL begins with http although TLS is on.",
            hint="Begin it with https://.",
            id="kaejon.W009",
        )


@register
def database_transport_is_encrypted(**_: Any) -> Iterable[CheckMessage]:
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.postgresql":
        return
    host = str(database.get("HOST") or "")
    options: Any = database.get("OPTIONS") or {}
    mode = options.get("sslmode", "prefer")
    if (
        host
        and not host.startswith("/")
        and host not in LOCAL_HOSTS
        and mode in ("disable", "allow", "prefer")
    ):
        yield Caution(
            "The connection to the PostgreSQL server may travel unencrypted.",
            hint="Add ?sslmode=verify-full to DATABASE_URL, or keep both on one private network.",
            id="kaejon.W010",
        )


@register
def mail_password_is_encrypted(**_: Any) -> Iterable[CheckMessage]:
    if settings.EMAIL_HOST_PASSWORD and settings.EMAIL_TLS == "none":
        yield Error(
            "The password of the mail server would travel readable.",
            hint="Set KAEJON_EMAIL_TLS to starttls or tls, or take the password out.",
            id="kaejon.E011",
        )


@register
def tables_say_their_duties(**_: Any) -> Iterable[CheckMessage]:
    """A table on households or people that says nothing would be forgotten by an erasure."""
    for fault in faults():
        yield Error(
            fault,
            hint="Say it in the model's as_record: see src/kaejon/apps/records.py.",
            id="kaejon.E020",
        )
