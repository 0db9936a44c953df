"""What people decided about ambiguous rows, as matching reads it: honoured whenever the row comes again.

A row's `decision` is {"verdict": "same", "person" or "household": public id, "rows": keys
of rows that spoke of them}, {"verdict": "different"} or {"verdict": "cannot_tell"}.
A different person whose row shares its ID with other rows bears the number only with
"number": true.
When the chosen one was taken away and came back under a new key, one of those rows finds
it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Coalesce

from kaejon.apps.households.bulk import Among
from kaejon.apps.households.models import Household, Person
from kaejon.apps.sources.models import ImportBatch, SourceRecord

SAME, DIFFERENT, CANNOT_TELL = "same", "different", "cannot_tell"
# (person key, household key)
Found = tuple[int | None, int | None]
NOBODY: Found = (None, None)


@dataclass(frozen=True)
class Decided:
    """A verdict and whom the row speaks of now; nobody when new or gone."""

    verdict: str
    person: int | None = None
    household: int | None = None
    bears_number: bool = False


def decided_before(records: Iterable[SourceRecord]) -> dict[tuple[str, str], Decided]:
    """Standing decisions on rows like these in the same source, by (digest, ID index)."""
    rows = list(records)
    digests = {r.digest for r in rows} - {""}
    if not digests:
        return {}
    source = rows[0].batch.version.source_id
    batches = set(ImportBatch.objects.filter(version__source=source).values_list("pk", flat=True))
    held = SourceRecord.objects.filter(Among("digest", digests), decision__isnull=False)
    # The batches are looked at here: named in the query, SQLite walks all their rows instead.
    spoken = [
        (r, dict(r.decision or {}))
        for r in held.defer("raw_sealed", "issues", "candidates").order_by("pk")
        if r.batch_id in batches
    ]
    spoken = [(r, d) for r, d in spoken if d["verdict"] != CANNOT_TELL]
    chosen = Chosen([d for _, d in spoken if d["verdict"] == SAME])
    found = {}
    for record, decision in spoken:
        person, household = chosen.of(decision) if decision["verdict"] == SAME else became(record)
        key = (record.digest, record.national_id_index)
        bears = bool(decision.get("number"))
        found[key] = Decided(decision["verdict"], person, household, bears)
    return found


def became(record: SourceRecord) -> Found:
    """Whom a row became that was said to be somebody new, while that stands in the registry."""
    if record.person_id is None and record.facts.get("person") is not None:
        return NOBODY
    return record.person_id, record.household_id


class Chosen:
    """Finds the people and households that decisions chose, in at most three queries."""

    def __init__(self, decisions: Iterable[Mapping[str, Any]]) -> None:
        held = list(decisions)
        people = [d["person"] for d in held if "person" in d]
        households = [d["household"] for d in held if "household" in d]
        self.found: dict[str, Found] = {}
        rows = Person.everyone.filter(public_id__in=people).annotate(
            standing=Coalesce("merged_into", "pk"),
            home=Coalesce("merged_into__household", "household"),
        )
        for name, person, home in rows.values_list("public_id", "standing", "home"):
            self.found[str(name)] = (person, home)
        homes = Household.objects.filter(public_id__in=households)
        for name, home in homes.values_list("public_id", "pk"):
            self.found[str(name)] = (None, home)
        lost = [key for d in held if name_of(d) not in self.found for key in d["rows"]]
        again = SourceRecord.objects.filter(pk__in=lost).values_list("pk", "person", "household")
        self.again = {pk: (person, household) for pk, person, household in again}

    def of(self, decision: Mapping[str, Any]) -> Found:
        if found := self.found.get(name_of(decision)):
            return found
        by_person = "person" in decision
        for key in decision["rows"]:
            person, household = self.again.get(key, NOBODY)
            if person if by_person else household:
                return (person, household) if by_person else (None, household)
        return NOBODY


def name_of(decision: Mapping[str, Any]) -> str:
    return str(decision.get("person") or decision.get("household"))
