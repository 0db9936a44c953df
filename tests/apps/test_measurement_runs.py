"""Measurement runs: the same bits again, whatever the order of rows; totals equal the method's."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from django.test import TestCase

from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.jobs.models import Job
from kaejon.apps.measurement.forgetting import discard_expired
from kaejon.apps.measurement.freezing import row_name
from kaejon.apps.measurement.models import AreaResult, MeasurementRun
from kaejon.apps.measurement.running import repeat_run, start_run, withdraw_run
from kaejon.apps.privacy.erasing import erase_household
from kaejon.apps.sources import files
from kaejon.apps.sources.models import Assertion, Source
from kaejon.methods import alkire_foster, definitions, tpmap
from kaejon.methods.errors import DataError
from tests.apps.measured import Rounds, make_rounds, measured
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def rounds(cast: Cast) -> Rounds:
    return make_rounds(cast)


def test_tpmap_totals_equal_the_method_at_every_level(cast: Cast, rounds: Rounds) -> None:
    run = measured(rounds, cast.wanna, "tpmap")
    for code in ("33", "3301", "330101", "33010101"):
        expected = tpmap.count_table([r for r in rounds.rows if r["area"].startswith(code)])
        found = run.results if code == "33" else figures(run, code)
        assert [found[name] for name in ("households", "people", "bmn_poor_people")] == [
            expected["households"], expected["persons"], expected["bmn_poor_persons"],
        ]  # fmt: skip
        assert found["target_poor"] == expected["target_poor"]
        assert found["bmn_poor_and_registered"] == expected["bmn_poor_and_registered"]
        assert found["rate_pct"] == expected["rate_pct"]
        for dimension, people in expected["bmn_poor_by_dim"].items():
            assert found["by_dimension"][dimension]["people"] == people


def test_poverty_equals_the_method_on_the_households(cast: Cast, rounds: Rounds) -> None:
    run = measured(rounds, cast.wanna, "alkire_foster", k="1/10")
    homes: dict[int, dict[str, object]] = {}
    for row in rounds.rows:
        held = homes.setdefault(row["household_id"], row | {"size": 0})
        held["size"] = int(str(held["size"])) + 1
    columns = {name: [h[name] for h in homes.values()] for name in ("size", "area", *INDICATORS)}
    spec = dict(definitions.load("mpi_bmn_five_dimensions")) | {"k": "1/10"}
    expected = alkire_foster.measure(
        columns, spec | {"household_size": "size", "by": ["area"]}
    ).as_document()
    assert run.results["H"] == expected["H"]
    assert run.results["M0"] == expected["M0"]
    for group in expected["by"]["area"]:  # type: ignore[index]
        assert figures(run, group["group"])["H"] == group["H"]["value"]
        assert figures(run, group["group"])["M0"] == pytest.approx(group["M0"]["value"], abs=1e-12)
    stages = run.results["by"]["life_stage"]
    assert sum(s["people"] for s in stages) == run.results["people"]
    assert sum(s["poor_people"] for s in stages) == run.results["poor_people"]


INDICATORS = [f"i{n}" for n in range(1, 32)]


def figures(run: MeasurementRun, code: str) -> dict[str, object]:
    return AreaResult.objects.get(run=run, area=code).figures  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("kind", "definition"),
    [
        ("alkire_foster", ""),
        ("tpmap", ""),
        ("capitals", ""),
        ("dynamics", "mpi_bmn_five_dimensions"),
        ("dynamics", "five_capitals_ppp_2568"),
    ],
)
def test_a_run_repeats_bit_for_bit(cast: Cast, rounds: Rounds, kind: str, definition: str) -> None:
    run = measured(rounds, cast.wanna, kind, definition=definition)
    again = measured(rounds, cast.wanna, kind, definition=definition)
    assert again.results_hash == run.results_hash
    assert [i.content_hash for i in again.inputs.all()] == [
        i.content_hash for i in run.inputs.all()
    ]
    run_job_here(repeat_run(run=run, by=cast.wanna))
    repeat = run.repeats.get()
    assert (repeat.identical, repeat.results_hash) == (True, run.results_hash)


def test_the_order_of_claims_does_not_matter(cast: Cast, rounds: Rounds) -> None:
    before = measured(rounds, cast.wanna, "alkire_foster")
    claims = list(Assertion.objects.order_by("-pk"))
    for claim in claims:
        claim.pk = None
        claim.public_id = Assertion().public_id
    Assertion.objects.all().delete()
    Assertion.objects.bulk_create(claims)
    after = measured(rounds, cast.wanna, "alkire_foster")
    assert after.inputs.get().content_hash == before.inputs.get().content_hash
    assert after.results_hash == before.results_hash


def test_the_frozen_input_names_nobody(cast: Cast, rounds: Rounds) -> None:
    held = measured(rounds, cast.wanna, "alkire_foster").inputs.get()
    assert held.rows == len(rounds.households)
    assert not {"household_id", "house_no", "head_name", "person"} & set(held.columns)


def test_a_sample_of_villages_has_errors_and_a_list_of_everybody_none(
    cast: Cast, rounds: Rounds
) -> None:
    everybody = measured(rounds, cast.wanna, "alkire_foster", area="3301", k="1/20")
    assert everybody.results["H"]["se"] is None
    sample = measured(rounds, cast.wanna, "alkire_foster", area="3301", k="1/20", design="villages")
    assert sample.results["H"]["se"] > 0
    assert sample.results["H"]["value"] == everybody.results["H"]["value"]


def test_levels_and_states_follow_every_household(cast: Cast, rounds: Rounds) -> None:
    run = measured(rounds, cast.wanna, "dynamics", definition="five_capitals_ppp_2568")
    assert sum(run.results["households"].values()) == len(rounds.households)
    assert sum(map(sum, run.results["levels"]["households"])) == len(rounds.households)
    for moves in run.results["capitals"].values():
        assert sum(map(sum, moves)) == len(rounds.households)


@pytest.mark.parametrize("who", ["malee", "darunee", "preecha", "stranger", "anan"])
def test_only_who_may_measure_the_area_starts_and_withdraws(
    cast: Cast, rounds: Rounds, who: str
) -> None:
    run = measured(rounds, cast.wanna, "tpmap")
    user = getattr(cast, who)
    with pytest.raises(NotPermitted):
        start_run(
            kind="tpmap",
            area=run.area,
            version=run.version,
            definition_name="tpmap_2561",
            by=user,
        )
    with pytest.raises(NotPermitted):
        withdraw_run(run=run, reason="ผิด", by=user)
    with pytest.raises(NotPermitted):
        repeat_run(run=run, by=user)


def test_lists_and_definitions_must_fit(cast: Cast, rounds: Rounds) -> None:
    def start(**more: object) -> None:
        asked = {"kind": "tpmap", "area": rounds.households[0].area, "version": rounds.bmn[2566]}
        start_run(**asked | {"definition_name": "tpmap_2561", "by": cast.wanna} | more)  # type: ignore[arg-type]

    for more, code in (
        ({"version": rounds.ppp[2568]}, "list_misfit"),
        ({"definition_name": "five_capitals_ppp_2568"}, "definition_misfit"),
        (
            {"kind": "alkire_foster", "definition_name": "mpi_thai_national_2562"},
            "definition_misfit",
        ),
        ({"before": rounds.bmn[2564]}, "rounds"),
    ):
        with pytest.raises(DataError) as refused:
            start(**more)
        assert refused.value.code == code


def test_erasing_a_family_takes_its_row_out_and_ends_the_repeating(
    cast: Cast, rounds: Rounds
) -> None:
    run = measured(rounds, cast.wanna, "alkire_foster")
    other = measured(rounds, cast.wanna, "tpmap", area="330201")
    home = rounds.households[0]
    results = run.results
    erase_household(household=home, ground="consent_withdrawn", reason="ขอให้ลบ", by=cast.wanna)
    run_job_here(Job.objects.get(kind="forget_rows"))

    held = run.inputs.get()
    assert (held.erased, other.inputs.get().erased) == (1, 0)
    with files.opened(held.stored_as, ".parquet") as path:
        names = pq.read_table(path)["row_name"].to_pylist()
    assert len(names) == held.rows - 1
    assert row_name(run, home.pk) not in names
    run.refresh_from_db()
    assert run.results == results
    with pytest.raises(DataError, match="taken out"):
        repeat_run(run=run, by=cast.wanna)
    repeat_run(run=other, by=cast.wanna)


def test_the_input_goes_when_the_shortest_promise_is_over(cast: Cast, rounds: Rounds) -> None:
    run = measured(rounds, cast.wanna, "dynamics")
    assert discard_expired() == 0
    Source.objects.filter(code="bmn-rounds").update(retention_years=0)
    stored = [i.stored_as for i in run.inputs.all()]
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert discard_expired() == 2
    assert not any((files.folder() / name).exists() for name in stored)
    with pytest.raises(DataError, match="taken out"):
        repeat_run(run=run, by=cast.wanna)
