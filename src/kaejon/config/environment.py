"""Strict readers of the environment: a bad value stops the start and says what is allowed.

Values may come from a file named by `<NAME>_FILE`, so that secrets need not
stand in the process list. A named file that is missing is an error.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from urllib.parse import ParseResult, unquote, urlparse

PREFIX = "KAEJON_"


class SettingError(Exception):
    """A setting has a value the program does not accept."""


def text(name: str, default: str | None = None) -> str:
    """The value of KAEJON_<name>, or of the file KAEJON_<name>_FILE names."""
    key = PREFIX + name
    if path := os.environ.get(f"{key}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(
                f"{key}_FILE names {path!r}, which cannot be read: {error}"
            ) from error
    value = os.environ.get(key, default)
    if value is None:
        raise SettingError(f"{key} must be set")
    return value


def flag(name: str, *, default: bool) -> bool:
    """True or False; anything else is refused."""
    value = text(name, str(default))
    if value not in ("True", "False"):
        raise SettingError(f"{PREFIX}{name} is {value!r}; allowed: True, False")
    return value == "True"


def integer(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number from low to high."""
    value = text(name, str(default))
    if not value.isascii() or not value.lstrip("-").isdigit() or not low <= int(value) <= high:
        raise SettingError(f"{PREFIX}{name} is {value!r}; allowed: whole numbers {low} to {high}")
    return int(value)


def day(name: str) -> date | None:
    """A day as 2026-11-30; None when nothing is set."""
    given = text(name, "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise SettingError(f"{PREFIX}{name} is {given!r}; write a day as 2026-11-30") from None


def share(name: str, default: str) -> float:
    """A number from 0 to 1."""
    value = text(name, default)
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise SettingError(f"{PREFIX}{name} is {value!r}; allowed: a number from 0 to 1")
    return number


def words(name: str, default: str = "") -> list[str]:
    """Comma-separated values, blanks dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


RATE = re.compile(r"[1-9]\d{0,5}/\d{0,4}[smhd]/(ip|key|user)")


def rates(name: str, default: str) -> str:
    """Limits such as `10/m/ip,5/5m/key`: so many in a time (s, m, h, d) by address, account or user."""
    parts = words(name, default)
    if not parts or not all(RATE.fullmatch(part) for part in parts):
        raise SettingError(
            f"{PREFIX}{name} is {','.join(parts)!r}; allowed: limits such as {default}, at least one"
        )
    return ",".join(parts)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words."""
    value = text(name, default)
    if value not in allowed:
        raise SettingError(f"{PREFIX}{name} is {value!r}; allowed: {', '.join(allowed)}")
    return value


def database(data_dir: Path) -> dict[str, object]:
    """Django's database setting from DATABASE_URL; SQLite in WAL inside the data folder by default."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return sqlite(data_dir / "kaejon.sqlite3")
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme in ("postgres", "postgresql"):
        return postgresql(parts)
    raise SettingError(
        f"DATABASE_URL begins with {parts.scheme!r}; allowed: sqlite:///path, postgresql://user:password@host/name"
    )


def sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "kaejon.config.sqlite",
        "NAME": path,
        # Opening a file and reading its tables anew costs as much as a small page.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # IMMEDIATE takes the write lock at once, so two writers wait instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
                # An import touches the same index pages in every chunk: copy them back less often.
                "PRAGMA wal_autocheckpoint=4000;"
            ),
        },
    }


def postgresql(parts: ParseResult) -> dict[str, object]:
    from urllib.parse import parse_qsl

    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
