"""Reading lists, within the reader's scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.households.models import Household
from kaejon.apps.sources.deriving import claim_of, live
from kaejon.apps.sources.models import Assertion, ImportBatch, Outcome, SourceRecord
from kaejon.apps.vault.sealing import unseal_json
from kaejon.methods.claims import Claim, Conflict, conflicts
from kaejon.methods.listfiles import messages


def visible_to(actor: User) -> QuerySet[ImportBatch]:
    """Batches uploaded for areas the actor may import for."""
    scope = scope_of(actor, Permission.IMPORT_LISTS)
    return ImportBatch.objects.filter(scope.by_area("area_id")).select_related(
        "version__source__owner", "uploaded_by", "area"
    )


def rows_of(batch: ImportBatch, outcome: str | None = None) -> QuerySet[SourceRecord]:
    """The rows of a batch in file order, one outcome or all."""
    rows = batch.records.defer("raw_sealed").order_by("row_number")
    return rows.filter(outcome=outcome) if outcome else rows


def sentences(issues: Iterable[dict[str, Any]], language: str) -> list[str]:
    """What is wrong with a row and how to mend it, one line an issue, naming column and value."""
    lines = []
    for issue in issues:
        params = dict(issue["params"], value=issue["value"])
        where = f"{issue['column']}: " if issue["column"] else ""
        what = messages.sentence(issue["code"], language, **params)
        lines.append(f"{where}{what} {messages.remedy(issue['code'], language, **params)}".strip())
    return lines


def rejected_rows(batch: ImportBatch, language: str) -> Iterator[tuple[int, list[str], list[str]]]:
    """Rejected rows as received, with reasons: for the workbook that goes back to the sender."""
    rows = batch.records.filter(outcome=Outcome.REJECTED).order_by("row_number")
    for row in rows.iterator(chunk_size=1000):
        yield row.row_number, unseal_json(row.raw_sealed), sentences(row.issues, language)


def live_claims(household: Household) -> list[Assertion]:
    """Everything that is claimed about a household and its members, newest first."""
    return sorted(live(household=household), key=lambda a: (a.as_of, a.pk), reverse=True)


def conflicts_of(assertions: Iterable[Assertion]) -> dict[int | None, list[Conflict]]:
    """Disagreements by person key (None: the household itself)."""
    by_subject: dict[int | None, list[Claim]] = {}
    for assertion in assertions:
        by_subject.setdefault(assertion.person_id, []).append(claim_of(assertion))
    return {subject: found for subject, claims in by_subject.items() if (found := conflicts(claims))}
