"""Settings of the test run: a throw-away data folder and key ring, cheap password hashing."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The libraries under test are large: looking through all of them again and again takes a twentieth of a run.
gc.set_threshold(50_000, 20, 20)

_folder = Path(tempfile.mkdtemp(prefix="kaejon-test-"))
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ.setdefault("KAEJON_DATA_DIR", str(_folder))
# Spark's bridge reports its own closing after the output is gone, which prints a traceback.
logging.getLogger("py4j").setLevel(logging.ERROR)
os.environ.setdefault("KAEJON_SECRET_KEY", "only-for-tests-" + "x" * 50)

import pytest  # noqa: E402
from django.conf import settings as django_settings  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402

# A property says nothing about speed; on a busy machine a deadline only makes it flake.
hypothesis_settings.register_profile("kaejon", deadline=None)
hypothesis_settings.load_profile("kaejon")

# pytest-django reads the settings before this file; the data folder of a developer stays untouched.
django_settings.DATA_DIR = _folder
django_settings.MEDIA_ROOT = _folder / "files"
django_settings.STATIC_ROOT = _folder / "static"
django_settings.KEY_FILE = _folder / "person-keys.json"
django_settings.ERASURES_FILE = _folder / "erasures.jsonl"
django_settings.SECRET_KEY = os.environ["KAEJON_SECRET_KEY"]
django_settings.SYNTHETIC_DATA = False
if django_settings.DATABASES["default"]["ENGINE"] == "kaejon.config.sqlite":
    # pytest-django knows only Django's own backend for a database that needs no file.
    django_settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = ":memory:"
django_settings.STATIC_ROOT.mkdir()


@pytest.fixture(scope="session", autouse=True)
def _key_ring() -> None:
    from kaejon.apps.vault import keys

    os.environ[keys.ENVIRONMENT_VARIABLE] = keys.dump(
        keys.KeyRing((keys.new_key(1, created="2026-01-01T00:00:00+00:00"),))
    )


@pytest.fixture(scope="session", autouse=True)
def _history_may_be_emptied_after_a_test() -> None:
    """A test with several connections ends by emptying the tables, which history refuses to anybody."""
    from tests.engines import on_postgres

    if not on_postgres():
        return
    from django.db.backends.postgresql import operations

    empty = operations.DatabaseOperations.execute_sql_flush

    def empty_without_triggers(self: Any, sql_list: list[str]) -> None:
        settings_of_session = "SET SESSION session_replication_role = "
        with self.connection.cursor() as cursor:
            cursor.execute(settings_of_session + "replica")
        try:
            empty(self, sql_list)
        finally:
            with self.connection.cursor() as cursor:
                cursor.execute(settings_of_session + "origin")

    operations.DatabaseOperations.execute_sql_flush = empty_without_triggers


@pytest.fixture(autouse=True)
def _nobody_erased() -> Iterator[None]:
    """The list of erasures lies outside the database, so nothing rolls it back."""
    yield
    (_folder / "erasures.jsonl").unlink(missing_ok=True)


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
