"""What every table on a household or person says of itself, and that it is done."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from kaejon.apps import records
from kaejon.apps.households.models import Household
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.jobs.models import Job
from kaejon.apps.records import DUTIES, Kept, NotShown, Own, Record, Reverse, Sealed
from kaejon.apps.sources import rotation
from kaejon.apps.sources.reversing import refuse_if_leaned_on, withdraw
from kaejon.apps.surveys.models import Correction
from kaejon.apps.vault.keys import ring_in_use
from kaejon.apps.vault.sealing import blind_index, key_number, seal, unseal
from kaejon.methods.listfiles.errors import ListFileError
from tests.apps.on_record import ON_SUBJECTS, TABLES, Listed
from tests.factories import make

SAID: dict[str, Any] = {
    "reverse": Reverse.STAYS,
    "erase": Kept("no words"),
    "sealed": (),
    "shown": NotShown("no words"),
}


def with_key(record: Record | None, **columns: Any) -> type[models.Model]:
    """A table with a key to a household; call inside `isolate_apps`."""
    key = models.ForeignKey(Household, models.CASCADE, related_name="+")
    body = {"household": key, "__module__": "kaejon.apps.folders.models", **columns}
    body |= {"Meta": type("Meta", (), {"app_label": "folders"})}
    return type("Visit", (models.Model,), body | ({"as_record": record} if record else {}))


def test_every_table_on_households_or_people_says_its_duties() -> None:
    assert list(records.faults()) == []
    assert len(ON_SUBJECTS) >= 27


def test_every_function_a_table_names_is_there() -> None:
    owned = [getattr(record, duty) for _, record in TABLES.values() for duty in DUTIES]
    functions = [own.function for own in owned if isinstance(own, Own)]
    assert len(functions) > 10
    assert all(callable(function) for function in functions)


@pytest.mark.parametrize("duty", DUTIES)
def test_a_table_that_leaves_a_duty_unsaid_does_not_start(duty: str) -> None:
    said = {name: value for name, value in SAID.items() if name != duty}
    with isolate_apps("kaejon.apps.folders"):
        silent = with_key(Record(household=("household",), **said))
    assert list(records.faults([silent])) == [f"folders.Visit leaves '{duty}' unsaid"]


def test_a_table_with_a_key_and_no_word_about_it_does_not_start() -> None:
    whole = Record(household=("household",), **SAID)
    with isolate_apps("kaejon.apps.folders"):
        silent = with_key(None)
    with isolate_apps("kaejon.apps.folders"):
        keyless = with_key(Record(**SAID))
    with isolate_apps("kaejon.apps.folders"):
        unsealed = with_key(whole, number_sealed=models.BinaryField())
    assert list(records.faults([silent])) == [
        "folders.Visit names a household or person (household) and has no as_record"
    ]
    assert "neither in household, person nor mentions" in next(records.faults([keyless]))
    assert list(records.faults([unsealed])) == [
        "folders.Visit.number_sealed is sealed and not re-sealed"
    ]


def paths() -> list[tuple[str, str]]:
    return [
        (label, path)
        for label in ON_SUBJECTS
        for path in (*TABLES[label][1].household, *TABLES[label][1].person)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(("label", "path"), paths())
def test_taking_a_list_back_does_with_every_row_what_its_table_says(label: str, path: str) -> None:
    listed = Listed()
    refuse_if_leaned_on(listed.batch)
    row, model = listed.row_in(label, path), TABLES[label][0]
    says = TABLES[label][1].reverse
    if says is Reverse.HOLDS:
        with pytest.raises(ListFileError):
            refuse_if_leaned_on(listed.batch)
        return
    refuse_if_leaned_on(listed.batch)
    withdraw(listed.batch, [listed.household.pk])
    stays = model._base_manager.filter(pk=row.pk).exists()
    assert stays is (says is Reverse.STAYS)


@pytest.mark.django_db
@pytest.mark.parametrize("about", ["household", "person"])
def test_a_correction_asked_of_its_owner_holds_a_list(about: str) -> None:
    """It used to vanish with the household, without a word."""
    listed = Listed()
    asked = make(Correction, **{about: getattr(listed, about)})
    with pytest.raises(ListFileError) as refused:
        refuse_if_leaned_on(listed.batch)
    assert refused.value.code == "BATCH_IN_USE"
    assert Correction.objects.get() == asked


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "said"),
    records.sealed_columns(),
    ids=lambda value: getattr(value, "column", getattr(value, "__name__", "")),
)
def test_a_rotation_seals_every_sealed_column_again(
    model: type[models.Model], said: Sealed
) -> None:
    plain = b"3330199887766"
    ring = ring_in_use()
    larger = ring.with_new_key(created="2026-11-30T00:00:00+00:00")
    token = {said.index: blind_index(plain.decode())} if said.index else {}
    row = make(model, **{said.column: seal(plain, said.purpose)}, **token)
    progress = Progress(make(Job, status="running", leased_by="w"), "w")
    column = rotation.SealedColumn(model, said.column, said.purpose, said.index)
    counts: Counter[str] = Counter()
    rotation.rotate_column(column, larger, progress, counts, 0)
    row.refresh_from_db()
    sealed = bytes(getattr(row, said.column))
    assert (key_number(sealed), counts[column.name]) == (larger.active.number, 1)
    assert unseal(sealed, said.purpose, ring=larger) == plain
    assert not said.index or getattr(row, said.index) == blind_index(plain.decode(), ring=larger)
