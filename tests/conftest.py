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


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture
def cast(db: None):  # type: ignore[no-untyped-def]
    from tests.cast import make_cast

    return make_cast()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The second run, on PostgreSQL, repeats only what touches a database."""
    from tests.engines import touches_database

    if os.environ.get("KAEJON_TEST_DATABASE") != "postgres":
        return
    kept = [item for item in items if touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def pytest_runtest_setup(item: pytest.Item) -> None:
    from tests.engines import require_engine

    require_engine(item)
