"""Kill the worker again and again while it stages, applies and reverses a list: the result is the same."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kaejon.methods.thai import national_id
from tests.cli.conftest import Installation

HEADER = ["รหัสหมู่บ้าน", "บ้านเลขที่", "เลขประจำตัวประชาชน", "ชื่อ", "นามสกุล", "วันเดือนปีเกิด", "เพศ"]

UPLOAD = """
from pathlib import Path
from kaejon.apps.access.operator import ensure_operator
from kaejon.apps.partners.models import Organization
from kaejon.apps.sources import actions as lists
by = ensure_operator()
source = lists.register_source(code="t", kind="tpmap", name_th="ทดสอบ", owner=Organization.objects.get(),
    legal_basis="public_task", purpose="ทดสอบ", retention_years=5, by=by)
batch = lists.upload_list(chunks=[Path({path!r}).read_bytes()], file_name="list.csv", source=source, year_be=2566, by=by)
lists.stage(batch=batch, by=by)
"""
NEXT = """
from kaejon.apps.access.operator import ensure_operator
from kaejon.apps.sources import actions as lists
from kaejon.apps.sources.models import ImportBatch
lists.{verb}(batch=ImportBatch.objects.get(), by=ensure_operator())
"""
LOOK = """
from kaejon.apps.households.models import House, Household, Membership, Person
from kaejon.apps.sources.models import Assertion, ImportBatch, SourceRecord
from kaejon.apps.dashboards.models import VillageTally
batch = ImportBatch.objects.get()
answer = {
    "status": batch.status, "counts": batch.counts.get("outcomes"),
    "records": SourceRecord.objects.count(), "claims": Assertion.objects.filter(withdrawn_at=None).count(),
    "houses": House.objects.count(), "memberships": Membership.objects.count(),
    "people": sorted(Person.objects.values_list("name_key", "household__house_no", "target_poor")),
    "households": sorted(Household.objects.values_list("area", "house_no", "head_name", "members")),
    "tally": sorted(VillageTally.objects.values_list("area", "households", "persons")),
}
"""


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for n in range(120):
            number = national_id.generate(f"03300{n:07d}")
            writer.writerow(
                [
                    f"330101{n % 4 + 1:02}",
                    f"{n // 3}",
                    number,
                    f"สมมติ{n}",
                    f"สกุล{n // 3}",
                    "1/2/2500",
                    "หญิง",
                ]
            )
    return path


def work_through(installation: Installation, advances: int) -> int:
    """Start workers, killed in turn inside and after a transaction, until one ends by itself; how many died."""
    killed = 0
    while True:
        worker = installation.start(
            "-m", "tests.cli.killed_import", advances, ("before", "after")[killed % 2]
        )
        _, errors = worker.communicate(timeout=120)
        if worker.returncode == 0:
            status = installation.python(
                "from kaejon.apps.jobs.models import Job\nanswer = list(Job.objects.values_list('status', flat=True))"
            )
            if all(s in ("done", "failed") for s in status):  # type: ignore[union-attr]
                return killed
            continue  # the dead worker's lease has not run out yet
        assert worker.returncode == -9, errors
        killed += 1


def test_a_list_survives_a_worker_killed_at_every_turn(
    installation: Installation, list_file: Path
) -> None:
    # Over when the next worker has started.
    installation.extra["KAEJON_JOB_LEASE_SECONDS"] = "1"
    installation.python(UPLOAD.format(path=str(list_file)))
    # Inside the first transaction nothing would ever be committed: let one chunk pass, then kill.
    killed = work_through(installation, 2)
    installation.python(NEXT.format(verb="apply"))
    killed += work_through(installation, 2)
    applied = installation.python(LOOK)

    assert killed >= 4
    assert applied["status"] == "applied"  # type: ignore[index]
    assert applied["counts"]["created"] == applied["records"] == 120  # type: ignore[index]
    assert len(applied["people"]) == len({tuple(p) for p in applied["people"]}) == 120  # type: ignore[index]
    assert len(applied["households"]) == applied["houses"] == 120  # type: ignore[index]
    assert applied["claims"] == 240  # type: ignore[index]
    assert applied["memberships"] == 120  # type: ignore[index]
    assert sum(row[2] for row in applied["tally"]) == 120  # type: ignore[index]

    installation.python(NEXT.format(verb="reverse"))
    work_through(installation, 2)
    reversed_ = installation.python(LOOK)
    assert (
        reversed_["status"],
        reversed_["people"],
        reversed_["households"],
        reversed_["tally"],
    ) == ("reversed", [], [], [])  # type: ignore[index]
