"""A process that is killed leaves no plain copy of a list behind, once anything starts again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Installation

SECRET = "เลขลับของครอบครัวหนึ่ง"
# Reads a stored list and stops in the middle; says where its plain copy lies.
READER = f"""
import sys
from kaejon.config.setup import start_django
start_django()
from kaejon.apps.sources import files
name, _, _ = files.keep([{SECRET!r}.encode()], limit=10**6)
with files.opened(name, ".csv") as path:
    print(path, flush=True)
    sys.stdin.read()
"""


def plain_copies(installation: Installation) -> list[Path]:
    """Files in the data folder that hold the secret readable."""
    found = [p for p in installation.folder.rglob("*") if p.is_file()]
    return [p for p in found if SECRET.encode() in p.read_bytes()]


@pytest.mark.on_both
def test_a_plain_copy_goes_with_the_next_start_and_never_before(installation: Installation) -> None:
    reader = installation.start("-c", READER)
    assert reader.stdout
    copy = Path(reader.stdout.readline().strip())
    assert plain_copies(installation) == [copy]
    assert copy.stat().st_mode & 0o077 == 0 or copy.parent.stat().st_mode & 0o077 == 0

    # Another process starts and ends while the first one reads: its copy stays.
    assert installation.kaejon("worker", "--until-idle").returncode == 0
    assert plain_copies(installation) == [copy]

    reader.kill()
    reader.communicate()
    assert plain_copies(installation) == [copy]
    assert installation.kaejon("worker", "--until-idle").returncode == 0
    assert plain_copies(installation) == []
    assert list((installation.folder / "tmp").iterdir()) == []
