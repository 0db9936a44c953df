"""A household on one list, and a row of any table about it: for tests of what tables say of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from kaejon.apps import records
from kaejon.apps.access.models import User
from kaejon.apps.households.models import Household, Person
from kaejon.apps.sources import files
from kaejon.apps.sources.models import Assertion, ImportBatch, SourceRecord
from kaejon.apps.vault.keys import KeyRingError
from kaejon.apps.vault.sealing import seal_json, unseal_json, unseal_national_id
from tests.factories import make

TABLES = {model._meta.label: (model, record) for model, record in records.records()}
ON_SUBJECTS = [label for label, (_, record) in TABLES.items() if record.household or record.person]


class Listed:
    """A household with one member, both known from one list alone."""

    def __init__(self) -> None:
        self.earlier: dict[Any, Any] = {Household: make(Household), Person: make(Person)}
        self.household = make(Household)
        self.person = make(Person, household=self.household)
        self.row = make(
            SourceRecord,
            household=self.household,
            person=self.person,
            raw_sealed=seal_json([self.person.first_name]),
        )
        self.batch: ImportBatch = self.row.batch
        self.claim = make(
            Assertion,
            household=self.household,
            person=self.person,
            batch=self.batch,
            record=self.row,
            version=self.batch.version,
        )

    def row_in(self, label: str, path: str) -> models.Model:
        """A row of a table about the household or person, by this path."""
        model = TABLES[label][0]
        if model is Household and path == "pk":
            return self.household
        if model is Person and path in ("pk", "household"):
            return self.person
        return self.joined(model, path.split("__"))

    def joined(self, model: type[models.Model], path: list[str]) -> Any:
        if path == ["households"]:
            return self.household.house
        related: Any = model._meta.get_field(path[0]).related_model
        here = {Household: self.household, Person: self.person}
        key = here[related] if len(path) == 1 else self.joined(related, path[1:])
        if model is SourceRecord:
            return self.row
        pair = path[0] == "other" and "one" in {f.name for f in model._meta.fields}
        around: dict[str, Any] = {"one": self.earlier[related]} if pair else {}
        if model is Person:
            around["household"] = None  # a duplicate lives nowhere
        return self.claim if model is Assertion else make(model, **{path[0]: key}, **around)


# Text columns that hold no words of anybody, with what they hold.
NO_WORDS = {
    "surveys.Verification.reason": "a code of methods.checks",
    "surveys.Correction.fact": "a code of methods.claims",
    "surveys.Verification.photo_stored_as": "the name of a sealed file, drawn by lot",
    "surveys.ResultsFile.stored_as": "as above",
    "measurement.FrozenInput.stored_as": "as above",
    "measurement.FrozenInput.content_hash": "a digest",
    "measurement.FrozenInput.file_hash": "a digest",
    "privacy.Consent.paper_stored_as": "the name of a sealed file, drawn by lot",
    "sources.ImportBatch.stored_as": "as above",
    "sources.ImportBatch.file_hash": "a digest",
    "sources.ImportBatch.file_name": "the officer's name for a list of many",
    "sources.SourceRecord.area_code": "an official code",
    "sources.SourceRecord.rule": "a code of sources.matching",
    "sources.SourceRecord.national_id_index": "planted with the number",
    "households.Person.national_id_index": "as above",
    "households.Person.national_id_last4": "as above",
    "households.Membership.end_reason": "a code",
    "households.Household.problems": "codes",
    "measurement.CapitalScore.definition": "the name of a definition",
    "measurement.PovertyScreen.definition": "as above",
    "coverage.Standing.gate": "a code",
    "linking.PersonPair.lane": "a code of methods.linkage",
}
# What else has to stand for a text to stand (a check that was withdrawn says by whom).
WITH: dict[str, Any] = {
    "surveys.Verification": lambda: {"withdrawn_at": timezone.now(), "withdrawn_by": make(User)},
}


def text_columns(model: type[models.Model]) -> list[str]:
    """Columns in which words about a family may stand."""
    return [
        column.name
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField)
        and not column.choices
        and f"{model._meta.label}.{column.name}" not in NO_WORDS
    ]


def plant(row: models.Model, word: str) -> list[str]:
    """Write a word into every text of a row; returns the columns."""
    model, label = type(row), row._meta.label
    columns = text_columns(model)
    texts = {name: word[: model._meta.get_field(name).max_length] for name in columns}
    more = WITH.get(label, dict)()
    model._base_manager.filter(pk=row.pk).update(**texts, **more)
    return columns


def dump() -> Iterator[tuple[str, str]]:
    """Everything in the database as (table.column, text), sealed values opened."""
    for model in apps.get_models():
        names = [column.name for column in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*names):
            for name, value in zip(names, row, strict=True):
                yield f"{model._meta.db_table}.{name}", opened(value)


def opened(value: Any) -> str:
    if not isinstance(value, bytes | memoryview):
        return str(value)
    for open_it in (unseal_national_id, unseal_json):
        try:
            return str(open_it(bytes(value)))
        except (KeyRingError, IndexError):
            continue
    return repr(bytes(value))


def kept_files() -> Iterator[tuple[str, bytes]]:
    """Every file of the data folder, sealed ones opened."""
    for path in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
        if path.is_file():
            content = (
                b"".join(files.pieces(path)) if path.suffix == ".sealed" else path.read_bytes()
            )  # type: ignore[arg-type]
            yield path.name, content
