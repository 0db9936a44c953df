"""The outside programs some tests need: a missing one skips the test, but fails it in CI."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUERY_PINS = {"django_assert_num_queries", "django_assert_max_num_queries"}
# Whole on the second run; elsewhere (pages, command line) only what counts queries or asks for both.
REPEATED_FOLDERS = ("apps", "api", "security")
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "cast", "client", "django_db_setup"}


def chromium() -> str | None:
    """Path of a Chromium, from KAEJON_CHROMIUM or the command path."""
    if named := os.environ.get("KAEJON_CHROMIUM"):
        return named
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def missing_engine(item: pytest.Item) -> str:
    """What this test needs and the machine lacks, in words; empty when it can run."""
    if item.get_closest_marker("browser") and not chromium():
        return "no Chromium on this machine"
    if item.get_closest_marker("spark") and not (
        shutil.which("java") and importlib.util.find_spec("pyspark")
    ):
        return "no Java or no PySpark on this machine"
    if item.get_closest_marker("postgres") and not on_postgres():
        return "the database of this run is not PostgreSQL"
    return ""


def on_postgres() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


def touches_database(item: pytest.Item) -> bool:
    """Whether the run on PostgreSQL repeats this test.

    A test of a whole installation (many processes) says itself that PostgreSQL matters to it.
    """
    fixtures = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("on_both") or item.get_closest_marker("postgres"):
        return True
    folder = item.path.relative_to(TESTS).parts[0]
    if folder not in REPEATED_FOLDERS and not QUERY_PINS & fixtures:
        return False
    if "migrated" in fixtures:
        return False
    if item.get_closest_marker("django_db"):
        return True
    return bool(DATABASE_FIXTURES & fixtures)


def require_engine(item: pytest.Item) -> None:
    """Skip, or in CI fail, a test whose engine is missing; PostgreSQL has a run of its own."""
    reason = missing_engine(item)
    if not reason:
        return
    if os.environ.get("CI") == "true" and not item.get_closest_marker("postgres"):
        pytest.fail(f"CI leaves nothing out: {reason}", pytrace=False)
    pytest.skip(reason)
