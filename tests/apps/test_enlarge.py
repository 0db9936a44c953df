"""A registry enlarged for timing: every table has its place in the lists, and the copies hold together."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client

from bench import enlarge
from kaejon.apps.audit import seals
from kaejon.apps.audit.actions import record
from kaejon.apps.audit.models import Event, EventDetail, Look, LookDetail
from kaejon.apps.audit.packing import mark_of
from kaejon.apps.audit.queries import looks_at_household
from kaejon.apps.audit.verifying import verify_history
from kaejon.apps.households.models import Household, Person
from kaejon.apps.linking.models import PersonPair
from kaejon.apps.sources.models import SourceRecord
from kaejon.cli.main import main as kaejon
from tests.apps.families import make_family
from tests.cast import Cast
from tests.factories import make

TIMES = 5
VILLAGE_OF_THE_FIRST_COPY = "33010102"


def test_every_table_is_copied_written_or_said_not_to_grow() -> None:
    assert list(enlarge.unsaid()) == []


def test_a_table_that_was_forgotten_or_points_to_what_grows_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = tuple(label for label in enlarge.COPIED if label != "folders.Note")
    monkeypatch.setattr(enlarge, "COPIED", kept)
    assert [fault.split()[0] for fault in enlarge.unsaid()] == ["folders.Note"]
    monkeypatch.setitem(enlarge.NOT_GROWING, "folders.Note", "said in vain")
    assert list(enlarge.unsaid()) == [
        "folders.Note.household points to households.Household, which grows"
    ]


def rows(model: type[models.Model]) -> int:
    return model._base_manager.count()


def world(cast: Cast) -> None:
    """A measured family, its neighbours, and a row of every table that is copied."""
    family = make_family(cast)
    for label in enlarge.COPIED:
        if not label.startswith("audit."):
            make(apps.get_model(label))
    for _ in range(60 - Household.objects.count()):
        make(Person)
    row = make(SourceRecord, candidates=[str(family.somsri.public_id)])
    make(PersonPair, one=family.somsri, other=make(Person), rows_one=[row.pk])
    for household in Household.objects.all():
        record(
            by=cast.malee, verb="household.correct", subject_type="household",
            subject_id=household.public_id, area=household.area_id, label="สมมติ", changes={"a": 1},
        )  # fmt: skip
    record(by=cast.anan, verb="access.end", subject_type="user", subject_id="x", area="33")


def test_an_enlarged_registry_holds_together(
    cast: Cast,
    settings: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.KEY_FILE = tmp_path / "person-keys.json"  # beside it the last seal is kept
    monkeypatch.setattr(seals, "GRACE", timedelta(0))
    world(cast)
    before = {model: rows(model) for model in map(apps.get_model, enlarge.COPIED)}
    base = Household.objects.count()

    enlarge.enlarge(TIMES * base)

    connection.check_constraints()
    with pytest.raises(SystemExit, match="enlarged already"):
        enlarge.enlarge(2 * TIMES * base)
    for model, number in before.items():
        if model._meta.label in enlarge.ONE_A_VILLAGE:
            assert number < rows(model) <= TIMES * number
        elif model in (Event, EventDetail):
            assert rows(model) > (TIMES - 1) * base
        else:
            assert rows(model) == TIMES * number, model._meta.label
    assert rows(Look) == rows(LookDetail) > 2 * TIMES * base
    verdict = verify_history()
    assert (verdict.faults, verdict.unsealed, verdict.blocks) == ([], 0, 1)

    home = Household.objects.get(area_id=VILLAGE_OF_THE_FIRST_COPY, house_no="12/3")
    assert Event.objects.get(subject_id=str(home.public_id)).area_code == home.area_id
    looks = looks_at_household(str(home.public_id), home.area_id)
    assert {"view", "list"} <= {look.kind for look in looks}
    assert mark_of(home.public_id) in bytes(looks.filter(kind="list")[0].families)
    somsri = home.people.get(first_name="สมศรี")
    pair = PersonPair.objects.get(one=somsri)
    row = SourceRecord.objects.get(pk=pair.rows_one[0])
    assert row.candidates == [str(somsri.public_id)]

    browser = Client()
    browser.force_login(cast.wanna)
    for address in (
        f"/households/{home.public_id}/",
        f"/history/household/{home.public_id}/",
        f"/households/?area={VILLAGE_OF_THE_FIRST_COPY}",
        f"/field/villages/{VILLAGE_OF_THE_FIRST_COPY}/",
        "/review/pairs/",
    ):
        assert browser.get(address).status_code == 200, address
    found = browser.post("/households/", {"text": "สมศรี"}, follow=True)
    assert str(home.public_id) in found.content.decode()
    assert kaejon(["registry", "dump", "--area", VILLAGE_OF_THE_FIRST_COPY, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "12/3" in [one["house_no"] for one in told["households"]]
