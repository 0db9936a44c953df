"""Bring the synthetic province into a data folder by the same road as real lists.

Nothing here writes a household: the sample files are uploaded, staged and applied
by the ordinary actions, so the demonstration proves the import.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import numpy as np

from kaejon.apps.access.actions import assign_role
from kaejon.apps.access.models import User
from kaejon.apps.access.operator import ensure_operator
from kaejon.apps.access.places import load_boundaries, register_organization
from kaejon.apps.areas.models import Area
from kaejon.apps.coverage import quality
from kaejon.apps.homes import searching as homes
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.partners.models import Organization
from kaejon.apps.sources import actions as lists
from kaejon.apps.sources.models import ImportBatch, Source
from kaejon.demo.boundaries import district_geojson
from kaejon.demo.field_work import show_field_work
from kaejon.demo.lists import ListFile, write_lists
from kaejon.demo.organizations import demo_organizations
from kaejon.demo.places import Areas
from kaejon.demo.population import build_population
from kaejon.demo.priorities import decide_priorities
from kaejon.demo.rounds import measure_rounds, write_rounds
from kaejon.demo.twice import search_and_decide
from kaejon.methods.errors import DataError
from kaejon.methods.listfiles.mapping import Mapping

PASSWORD = "kaejon-demo-2568"
# kind → legal basis, years kept, rank, unit
PROMISES = {
    "tpmap": ("public_task", 5, 40, "person"),
    "bmn": ("public_task", 5, 50, "household"),
    "ppp": ("consent", 3, 20, "household"),
    "community": ("consent", 3, 30, "household"),
}
Report = Callable[[str], None]


@dataclass(frozen=True)
class Login:
    """One demonstration account, to be printed for the newcomer."""

    username: str
    who: str


def load_demo(folder: Path, *, households: int, seed: int, report: Report) -> list[Login]:
    """Build the province, write its four list files, and take them in; returns the logins."""
    operator = ensure_operator()
    report("making a synthetic population")
    rng = np.random.default_rng(seed)
    population = build_population(rng, households=households)
    organizations = register_organizations(population.areas, operator)
    report("writing the four sample lists")
    folder.mkdir(parents=True, exist_ok=True)
    files = write_lists(population, folder, rng, with_errors=False)
    logins = make_logins(population.areas, organizations, operator)
    officer = User.objects.get(username="province")
    for file in files:
        report(f"taking in {file.path.name}")
        take_in(file, organizations, officer)
    report("taking in two later rounds")
    for file in write_rounds(population, folder / "later", np.random.default_rng([seed, 2])):
        take_in(file, organizations, officer)
    report("searching for people who stand twice")
    search_and_decide(
        tambon=population.areas.tambons[0].code,
        officer=officer,
        local=User.objects.get(username="tambon"),
        finish=finish,
    )
    finish(
        homes.start(area=Area.objects.get(code=population.areas.tambons[0].code[:4]), by=officer)
    )
    for job in Job.objects.filter(kind=quality.KIND, status=Status.QUEUED):
        finish(job)
    report("measuring")
    measure_rounds(population.areas.tambons[0].code[:4], officer, finish)
    load_map(population.areas, operator)
    report("checking households in the field")
    show_field_work(population, rng)
    decide_priorities(officer)
    return logins


def load_map(areas: Areas, operator: User) -> None:
    """Invented outlines of the districts, so that the shaded map can be seen."""
    features = cast(list[dict[str, Any]], district_geojson(areas)["features"])
    load_boundaries(features=features, source="แผนที่จำลอง ไม่ใช่แนวเขตจริง", by=operator)


def register_organizations(areas: Areas, operator: User) -> dict[str, Organization]:
    """Organizations of the demonstration by Thai name."""
    return {
        o.name_th: register_organization(
            code=o.code,
            name_th=o.name_th,
            name_en=o.name_en,
            sector=o.sector,
            area=o.area_code,
            legal_person=o.legal_person,
            by=operator,
        )
        for o in demo_organizations(areas)
    }


def source_of(file: ListFile, organizations: dict[str, Organization], operator: User) -> Source:
    basis, years, rank, unit = PROMISES[file.kind]
    return lists.register_source(
        code=f"demo-{file.kind}",
        kind=file.kind,
        name_th=re.sub(r" ปี 25\d\d", "", file.title),
        owner=organizations[file.owner_org],
        legal_basis=basis,
        purpose=file.purpose,
        retention_years=years,
        rank=rank,
        unit=unit,
        shared=True,
        by=operator,
    )


def take_in(file: ListFile, organizations: dict[str, Organization], operator: User) -> ImportBatch:
    """Upload, map, stage and apply one file, and save its mapping as a profile."""
    source = source_of(file, organizations, operator)
    with file.path.open("rb") as handle:
        batch = lists.upload_list(
            chunks=iter(lambda: handle.read(1 << 20), b""),
            file_name=file.path.name,
            source=source,
            year_be=file.year_be,
            by=operator,
        )
    if file.mapping:
        lists.set_mapping(batch=batch, mapping=Mapping.from_json(dict(file.mapping)), by=operator)
        batch.refresh_from_db()
        lists.save_profile(name=f"ตัวอย่าง {file.title}", batch=batch, by=operator)
    finish(lists.stage(batch=batch, by=operator))
    finish(lists.apply(batch=batch, by=operator))
    return batch


def finish(job: Job) -> None:
    """Run this job here and now; refuses a job that failed."""
    run_job_here(job)
    job.refresh_from_db()
    if job.status != Status.DONE:
        raise DataError("demo_failed", f"{job.kind} failed: {job.error_code} {job.result}")


def make_logins(
    areas: Areas, organizations: dict[str, Organization], operator: User
) -> list[Login]:
    """One account for each kind of seat, all with the printed password."""
    tambon, district = areas.tambons[0].code, areas.tambons[0].code[:4]
    offices = {o.code: o for o in Organization.objects.all()}
    lead, health = offices["33-msdhs"], offices["33-health"]
    local = Organization.objects.filter(area=tambon, sector="local").first() or lead
    seats = (
        ("province", "วรรณา", "สมมติจังหวัด", "province_officer", "33", lead),
        ("district", "ดารุณี", "สมมติอำเภอ", "district_officer", district, lead),
        ("tambon", "มาลี", "สมมติตำบล", "tambon_officer", tambon, local),
        ("agency", "ปรีชา", "สมมติสาธารณสุข", "agency_user", "33", health),
        ("enumerator", "สมศักดิ์", "สมมติอสม.", "enumerator", tambon, local),
        ("viewer", "ผู้ว่า", "สมมติ", "viewer", "33", lead),
        ("admin", "อนันต์", "สมมติผู้ดูแล", "administrator", "33", lead),
    )
    logins = []
    for username, first, last, role, area, organization in seats:
        user, created = User.objects.get_or_create(
            username=username,
            defaults={
                "first_name": first,
                "last_name": last,
            },
        )
        if created:
            user.set_password(PASSWORD)
            user.save()
            assign_role(
                user=user,
                role=role,
                area=area,
                organization=organization,
                purpose="สาธิตการใช้งาน",
                valid_from=date(2024, 1, 1),
                by=operator,
            )
        assignment = user.assignments.select_related("area").first()
        if assignment:
            logins.append(
                Login(username, f"{assignment.get_role_display()} · {assignment.area.full_name}")
            )
    return logins
