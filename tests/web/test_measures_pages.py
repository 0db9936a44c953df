"""Pages of measurements: start one, read it, compare, export; definitions as versions."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from django.test import Client

from kaejon.apps.audit.models import Event
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.measurement.defining import definition
from kaejon.apps.measurement.models import MeasurementRun, StoredDefinition
from kaejon.methods.definitions import file_text
from tests.apps.measured import Rounds, make_rounds, measured
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


@pytest.fixture
def rounds(cast: Cast) -> Rounds:
    return make_rounds(cast, households=48)


def test_an_officer_starts_reads_compares_and_exports(cast: Cast, rounds: Rounds) -> None:
    wanna = signed_in(cast.wanna)
    for version in rounds.bmn.values():
        version.batches.create(
            area_id="33", file_name="l.csv", file_hash="1", file_size=1, status="applied",
            stored_as="x", uploaded_by=cast.wanna,
        )  # fmt: skip
    asked = {
        "area": "33",
        "definition": "mpi_bmn_five_dimensions",
        "version": rounds.bmn[2566].pk,
        "k": "any",
        "unit": "person",
    }
    answer = wanna.post("/measures/start/?kind=alkire_foster", asked)
    run = MeasurementRun.objects.get()
    assert answer.headers["Location"].endswith(f"/measures/runs/{run.public_id}/")
    assert "รอคิว" in wanna.get(answer.headers["Location"]).content.decode()
    assert run.job
    run_job_here(run.job)
    page = wanna.get(answer.headers["Location"]).content.decode()
    assert "ใน 100" in page
    assert run.definition_hash in page
    inside = wanna.get(f"/measures/runs/{run.public_id}/?area=330101").content.decode()
    assert "ตำบลเมืองเหนือ" in inside

    other = measured(rounds, cast.wanna, "tpmap")
    text = wanna.get(f"/measures/compare/?a={run.public_id}&b={other.public_id}").content.decode()
    assert "ข้อมูลชุดเดียวกันทุกคำตอบ" in text

    book = openpyxl.load_workbook(
        io.BytesIO(wanna.get(f"/measures/runs/{run.public_id}/export/?format=xlsx").content)
    )
    assert len(book.sheetnames) >= 6
    document = json.loads(wanna.get(f"/measures/runs/{run.public_id}/export/?format=json").content)
    run.refresh_from_db()
    assert (document["results"]["H"], document["audience"]) == (run.results["H"], "exact")
    assert {a["code"] for a in document["areas"]} >= {"3301", "330101", "33010101"}
    assert Event.objects.filter(verb="run.export").count() == 2


def test_who_sees_counts_only_and_the_public_see_softened_figures(
    cast: Cast, rounds: Rounds
) -> None:
    run = measured(rounds, cast.wanna, "tpmap")
    agency = signed_in(cast.preecha).get(f"/measures/runs/{run.public_id}/").content.decode()
    assert "ปกปิด" in agency
    wanna = signed_in(cast.wanna)
    public = json.loads(
        wanna.get(f"/measures/runs/{run.public_id}/export/?format=json&for=public").content
    )
    assert public["audience"] == "public"
    assert public["results"]["households"] % 10 == 0
    assert (public["inputs"][0]["rows"], public["results_sha256"]) == (None, None)
    assert "48 ครัวเรือน" not in agency
    assert run.results_hash not in agency
    assert all(a["figures"] == {"hidden": True} for a in public["areas"] if len(a["code"]) == 8)
    assert signed_in(cast.preecha).get(f"/measures/runs/{run.public_id}/export/").status_code == 404
    # Malee sees the province's total and her own tambon, not the neighbour's.
    malee = signed_in(cast.malee)
    assert malee.get(f"/measures/runs/{run.public_id}/").status_code == 200
    assert malee.get(f"/measures/runs/{run.public_id}/?area=330101").status_code == 200
    assert malee.get(f"/measures/runs/{run.public_id}/?area=330102").status_code == 404


def test_a_definition_is_written_as_a_version_that_never_changes(cast: Cast) -> None:
    wanna = signed_in(cast.wanna)
    text = file_text("mpi_bmn_five_dimensions")
    asked = {"name": "our_mpi", "form": "toml", "text": text}
    assert wanna.post("/measures/definitions/new/", asked).status_code == 302
    again = wanna.post("/measures/definitions/new/", asked)
    assert again.status_code == 422, "it says nothing new"
    changed = asked | {"text": text.replace('k = "1/5"', 'k = "1/4"')}
    wanna.post("/measures/definitions/new/", changed)
    assert [d.number for d in StoredDefinition.objects.all()] == [2, 1]
    assert definition("our_mpi@1").document["k"] == "1/5"
    pair = "/measures/definitions/compare/?a=our_mpi@1&b=our_mpi@2"
    assert "1/4" in wanna.get(pair).content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('weight = "1/20"', 'weight = "1/19"'), "น้ำหนักรวมกันไม่ได้ 1"),
        (("deprived_values = [0]", "deprived_values = [0"), "บรรทัด"),
        (('dimension = "health"\ndeprived', 'dimension = "health"\ncutof = 1\ndeprived'), "บรรทัด"),
        (('kind = "mpi"', 'kind = "bmn"'), "เขียนได้เฉพาะ"),
    ],
)
def test_a_wrong_definition_is_refused_with_its_reason(
    cast: Cast, change: tuple[str, str], sentence: str
) -> None:
    text = file_text("mpi_bmn_five_dimensions").replace(*change, 1)
    answer = signed_in(cast.wanna).post(
        "/measures/definitions/new/", {"name": "our_mpi", "form": "toml", "text": text}
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not StoredDefinition.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "tpmap_2561",
        "five_capitals_ppp_2568",
        "bmn_2560_2564",
        "problem_sides",
        "mpi_thai_national_2562",
    ],
)
def test_every_definition_can_be_read(cast: Cast, name: str) -> None:
    assert signed_in(cast.malee).get(f"/measures/definitions/of/{name}/").status_code == 200


def test_what_became_of_households_is_not_offered_for_comparing(cast: Cast, rounds: Rounds) -> None:
    wanna = signed_in(cast.wanna)
    for kind, offered in (("dynamics", False), ("tpmap", True)):
        run = measured(rounds, cast.wanna, kind)
        page = wanna.get(f"/measures/runs/{run.public_id}/").content.decode()
        assert (f"/measures/compare/?a={run.public_id}" in page) is offered, kind
