"""A worker removes prints and exports whose time is over."""

from __future__ import annotations

import os
import time

import pytest

from kaejon.apps.folders import printing
from kaejon.apps.jobs.actions import HOUSEKEEPING, called, keep_house


@pytest.mark.django_db
def test_old_prints_go_and_new_ones_stay() -> None:
    old, new = printing.folder() / "old.pdf", printing.folder() / "new.pdf"
    for path in (old, new):
        path.write_bytes(b"sealed")
    days_ago = time.time() - 3 * 24 * 3600
    os.utime(old, (days_ago, days_ago))

    assert keep_house() >= 1

    assert (old.exists(), new.exists()) == (False, True)


def test_every_tidying_function_exists() -> None:
    assert all(callable(called(name)) for name in HOUSEKEEPING)
