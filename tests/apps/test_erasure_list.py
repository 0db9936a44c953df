"""The list of erasures: keyed, private, whole after a crash, and one for all processes."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kaejon.apps.vault import erasures
from kaejon.apps.vault.erasures import Identity
from kaejon.methods.errors import DataError

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SOMYING = Identity("3330199887766", "สมหญิง|ใจดี", "1969", "330101")
WRITER = """
import sys
from datetime import UTC, datetime
from django.conf import settings
settings.configure(ERASURES_FILE=sys.argv[1])
from kaejon.apps.vault.erasures import Identity, enter
for n in range(20):
    enter([Identity(name=f"{sys.argv[2]}-{n}", tambon="330101")], at=datetime.now(UTC))
"""


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    settings.ERASURES_FILE = tmp_path / "keys" / "erasures.jsonl"
    return tmp_path / "keys" / "erasures.jsonl"


def hit(**known: str) -> bool:
    return erasures.in_force().hit(Identity(**known)) is not None


def test_somebody_erased_is_met_by_number_or_by_name_year_and_tambon(place: Path) -> None:
    assert not hit(number=SOMYING.number)
    erasures.enter([SOMYING], at=NOW)
    name = {"name": SOMYING.name, "tambon": SOMYING.tambon}
    assert hit(number=SOMYING.number)
    assert hit(year="1969", **name)
    assert hit(**name)  # a row without a year
    assert not hit(year="1970", **name)  # a namesake
    assert not hit(name=SOMYING.name, year="1969", tambon="330102")
    assert not hit(name="|", tambon="330101")
    erasures.enter([Identity(name="ไม่รู้ปี|เกิด", tambon="330101")], at=NOW)
    assert hit(name="ไม่รู้ปี|เกิด", tambon="330101", year="1980")


def test_the_file_tells_nothing_and_is_for_its_owner_alone(place: Path) -> None:
    erasures.enter([SOMYING], at=NOW)
    text = place.read_text()
    assert SOMYING.number not in text
    assert "สมหญิง" not in text
    assert "\\u0e2a" not in text
    assert sys.platform == "win32" or place.stat().st_mode & 0o777 == 0o600


def test_since_and_lifting(place: Path) -> None:
    erasures.enter([SOMYING], at=NOW)
    asked = erasures.in_force().hit
    assert asked(SOMYING, since=NOW - timedelta(hours=1)) == NOW.isoformat()
    assert asked(SOMYING, since=NOW + timedelta(hours=1)) is None
    erasures.lift(SOMYING, at=NOW)
    assert not hit(number=SOMYING.number)


def test_half_a_last_line_is_cut_off_and_another_format_refused(place: Path) -> None:
    erasures.enter([SOMYING], at=NOW)
    with place.open("a") as handle:
        handle.write('{"at": "2026')
    assert hit(number=SOMYING.number)
    other = Identity("3330100000001")
    erasures.enter([other], at=NOW)
    assert hit(number=other.number)
    place.write_text("{}\n")
    with pytest.raises(DataError) as refused:
        erasures.in_force()
    assert refused.value.code == "erasures_unreadable"


def test_a_folder_that_cannot_be_written_is_said(place: Path) -> None:
    place.parent.write_text("a file where the folder should be")
    with pytest.raises(DataError) as refused:
        erasures.enter([SOMYING], at=NOW)
    assert refused.value.code == "erasures_not_writable"


def test_two_processes_lose_nothing(place: Path) -> None:
    def write(name: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", WRITER, str(place), name], check=False
        ).returncode

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(write, ["one", "two"])) == [0, 0]
    for name in ("one", "two"):
        assert all(hit(name=f"{name}-{n}", tambon="330101") for n in range(20))
