"""What is claimed about households now, as plain values: models would cost five times as much."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from kaejon.apps.households.bulk import Among, plain_values
from kaejon.apps.sources.models import Assertion

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
    )
    rows = assertions.filter(withdrawn_at=None).order_by("pk")
    return [Stated(*row) for row in plain_values(rows, *columns)]
