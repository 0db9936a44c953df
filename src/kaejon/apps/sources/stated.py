"""What is claimed about households now, as plain values: models would cost five times as much."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from kaejon.apps.households.bulk import Among, plain_values
from kaejon.apps.households.models import Household
from kaejon.apps.sources.models import NOT_APPLIED, Assertion, ImportBatch

# Condition of claims about the household itself. Asked for "no person", SQLite takes the index of
# people and walks all such claims of the province.
OF_HOUSEHOLD = Exact(Coalesce("person", 0, output_field=BigIntegerField()), 0)


class Stated(NamedTuple):
    """One live claim; `person` is None where it speaks of the household itself."""

    household: int
    version: int
    person: int | None
    source: int
    kind: str
    unit: str
    as_of: date
    facts: dict[str, Any]
    batch: int | None = None


def stated_about(households: Collection[int]) -> list[Stated]:
    """Everything claimed about these households now, oldest first."""
    return stated_by(Assertion.objects.filter(Among("household", households)))


def stated_by(assertions: QuerySet[Assertion]) -> list[Stated]:
    """Those of the claims that are live, oldest first."""
    columns = (
        "household_id",
        "version_id",
        "person_id",
        "version__source_id",
        "version__source__kind",
        "version__source__unit",
        "as_of",
        "facts",
        "batch_id",
    )
    rows = assertions.filter(withdrawn_at=None).order_by("pk")
    return newest_files([Stated(*row) for row in plain_values(rows, *columns)])


def newest_files(stated: list[Stated]) -> list[Stated]:
    """Without what a later file of the same list version says anew of the same person or household.

    A version counts once, however often its file was sent: a correction replaces what it corrects.
    """
    newest = {subject_of(claim): claim.batch for claim in stated}
    return [claim for claim in stated if newest[subject_of(claim)] == claim.batch]


def subject_of(claim: Stated) -> tuple[int, int | None, int]:
    """Whom a list version speaks of: a person wherever it lives, else the household."""
    return claim.version, claim.person, 0 if claim.person else claim.household


def areas_spoken_of(batch: ImportBatch) -> set[str]:
    """Where a list may change counts: the areas its rows name, and those where the people and
    households live of whom they speak."""
    rows = batch.records.exclude(outcome__in=NOT_APPLIED).exclude(area_code="")
    named = rows.values_list("area_code", flat=True).distinct()
    spoken = Assertion.objects.filter(batch=batch).values("household")
    homes = Household.objects.filter(pk__in=spoken).values_list("area_id", flat=True).distinct()
    return set(named) | set(homes)
