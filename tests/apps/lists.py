"""Small lists for tests: made, uploaded, staged and applied through the ordinary actions."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from kaejon.apps.access.models import User
from kaejon.apps.households.models import Household, Person
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.jobs.models import Status
from kaejon.apps.partners.models import Organization
from kaejon.apps.sources import actions as lists
from kaejon.apps.sources.models import ImportBatch, Source
from kaejon.methods.thai import national_id

HEADER = [
    "รหัสหมู่บ้าน",
    "บ้านเลขที่",
    "เลขประจำตัวประชาชน",
    "คำนำหน้า",
    "ชื่อ",
    "นามสกุล",
    "วันเดือนปีเกิด",
    "เพศ",
]


def pin(number: int) -> str:
    """A valid number that no real card bears (office 3300 does not exist)."""
    return national_id.generate(f"03300{number:07d}")


def person(
    first: str,
    last: str,
    *,
    village: str = "33010101",
    house: str = "1",
    number: str = "",
    born: str = "",
    sex: str = "",
    title: str = "",
) -> dict[str, str]:
    """One row of a person list."""
    return dict(zip(HEADER, [village, house, number, title, first, last, born, sex], strict=True))


def as_csv(rows: Sequence[Mapping[str, Any]], header: Sequence[str] | None = None) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=header or list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def source(kind: str, owner: Organization, by: User, **promise: Any) -> Source:
    """A source whose lists officers below its owner may bring in too, unless told otherwise."""
    defaults = {
        "legal_basis": "public_task",
        "purpose": "ทดสอบ",
        "retention_years": 5,
        "shared": True,
    }
    return lists.register_source(
        code=promise.pop("code", f"test-{kind}"),
        kind=kind,
        name_th=f"บัญชีทดสอบ {kind}",
        owner=owner,
        by=by,
        **(defaults | promise),
    )


def upload(
    content: bytes,
    where: Source,
    by: User,
    *,
    year: int = 2566,
    name: str = "list.csv",
    **more: Any,
) -> ImportBatch:
    return lists.upload_list(
        chunks=[content], file_name=name, source=where, year_be=year, by=by, **more
    )


def move_to(area: str, someone: Person) -> None:
    """The person and their household moved to another area, as a field check says it."""
    Household.objects.filter(pk=someone.household_id).update(area=area)
    Person.objects.filter(household=someone.household_id).update(area=area)


def staged(batch: ImportBatch, by: User) -> ImportBatch:
    finish(lists.stage(batch=batch, by=by))
    batch.refresh_from_db()
    return batch


def applied(batch: ImportBatch, by: User) -> ImportBatch:
    finish(lists.apply(batch=staged(batch, by) if batch.status == "uploaded" else batch, by=by))
    batch.refresh_from_db()
    return batch


def taken_back(batch: ImportBatch, by: User) -> ImportBatch:
    finish(lists.reverse(batch=batch, by=by))
    batch.refresh_from_db()
    return batch


def finish(job: Any) -> None:
    run_job_here(job)
    job.refresh_from_db()
    assert job.status == Status.DONE, (job.error_code, job.result)
