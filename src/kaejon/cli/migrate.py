"""`kaejon migrate`: make or upgrade the data folder: secrets, tables, areas, operator."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kaejon.methods.errors import UsageError


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("migrate", help="make or upgrade the database and the key file")
    parser.add_argument(
        "--province",
        action="append",
        metavar="CODE",
        help="load the official areas of this province (default 33)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    prepare(provinces=args.province or ["33"])
    print("The database is ready.", file=sys.stderr)
    return 0


def prepare(*, provinces: list[str]) -> None:
    """Bring a data folder to the present version; safe to repeat."""
    ensure_secret()
    from kaejon.config.setup import start_django

    start_django()
    from django.core.management import call_command

    from kaejon.apps.access.operator import ensure_operator
    from kaejon.apps.areas.geography import load_province
    from kaejon.apps.areas.models import Area

    ensure_key_ring()
    call_command("migrate", interactive=False, verbosity=0)
    ensure_operator()
    for code in provinces:
        if not Area.objects.filter(code=code).exists():
            try:
                load_province(code)
            except ValueError as error:
                raise UsageError(
                    "no_such_province",
                    str(error),
                    remedy="Give the two digits of a province, such as 33, with --province.",
                ) from error


def ensure_secret() -> None:
    """Write a random session secret into the data folder unless one is there or set."""
    if os.environ.get("KAEJON_SECRET_KEY") or os.environ.get("KAEJON_SECRET_KEY_FILE"):
        return
    folder = Path(os.environ.get("KAEJON_DATA_DIR", "data"))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret.key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            handle.write(secrets.token_urlsafe(50))


def ensure_key_ring() -> None:
    """Make a first key ring unless one exists, and say that it must be kept."""
    from django.conf import settings

    from kaejon.apps.vault import keys

    if os.environ.get(keys.ENVIRONMENT_VARIABLE) or Path(settings.KEY_FILE).exists():
        return
    now = datetime.now(UTC).isoformat(timespec="seconds")
    keys.write(keys.KeyRing((keys.new_key(1, created=now),)), Path(settings.KEY_FILE))
    print(
        f"A key file was made at {settings.KEY_FILE}. Keep a copy apart from the backups: "
        "without it no national ID can be read again.",
        file=sys.stderr,
    )
