"""Settings of the test run: a throw-away data folder and key ring, cheap password hashing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_folder = Path(tempfile.mkdtemp(prefix="kaejon-test-"))
os.environ.setdefault("KAEJON_DATA_DIR", str(_folder))
os.environ.setdefault("KAEJON_SECRET_KEY", "only-for-tests-" + "x" * 50)

import pytest  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def _key_ring() -> None:
    from kaejon.apps.vault import keys

    os.environ[keys.ENVIRONMENT_VARIABLE] = keys.dump(
        keys.KeyRing((keys.new_key(1, created="2026-01-01T00:00:00+00:00"),))
    )
    keys.ring_in_use.cache_clear()


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture
def cast(db: None):  # type: ignore[no-untyped-def]
    from tests.cast import make_cast

    return make_cast()
