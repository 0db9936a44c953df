"""Reading lists, within the reader's scope."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import organizations_with, scope_of
from kaejon.apps.areas.models import WHOLE_SYSTEM
from kaejon.apps.areas.queries import areas_above
from kaejon.apps.audit.models import Event
from kaejon.apps.households.models import Household
from kaejon.apps.sources.deriving import claim_of, live, member_conflicts
from kaejon.apps.sources.models import (
    Assertion,
    BatchStatus,
    ImportBatch,
    MappingProfile,
    Outcome,
    Source,
    SourceRecord,
)
from kaejon.apps.sources.previews import may_read_row
from kaejon.apps.vault.sealing import unseal_json
from kaejon.methods.claims import Claim, Conflict, conflicts
from kaejon.methods.listfiles import mapping as mappings
from kaejon.methods.listfiles import messages
from kaejon.methods.listfiles.fields import FIELDS


def visible_to(actor: User) -> QuerySet[ImportBatch]:
    """Batches uploaded for areas the actor may import for."""
    scope = scope_of(actor, Permission.IMPORT_LISTS)
    return ImportBatch.objects.filter(scope.by_area("area_id")).select_related(
        "version__source__owner", "uploaded_by", "area"
    )


def sources_for(actor: User, permission: Permission) -> QuerySet[Source]:
    """Sources whose owner works where the actor holds the permission."""
    scope = scope_of(actor, permission)
    return Source.objects.filter(scope.by_area("owner__area_id")).select_related("owner")


def file_sources() -> QuerySet[Source]:
    """Sources that come as files; whose list it is, is no secret to those who import."""
    return Source.objects.filter(kind__in=mappings.KINDS).select_related("owner")


def sources_to_upload(actor: User) -> QuerySet[Source]:
    """Sources whose lists the actor may bring in.

    Those owned where the actor brings lists, those of the actor's own organization, and those
    owned above which the owner shares with the officers below.
    """
    scope = scope_of(actor, Permission.IMPORT_LISTS)
    if WHOLE_SYSTEM in scope.areas:
        return file_sources()
    above = {code for area in scope.areas for code in areas_above(area)}
    return file_sources().filter(
        scope.by_area("owner__area_id")
        | Q(owner__in=organizations_with(actor, Permission.IMPORT_LISTS))
        | Q(shared=True, owner__area__in=above)
    )


def may_bring(actor: User, source: Source) -> bool:
    """May the actor bring in lists of this source?"""
    return sources_to_upload(actor).filter(pk=source.pk).exists()


def same_file(batch: ImportBatch, actor: User) -> ImportBatch | None:
    """An earlier upload of exactly this file that was not discarded, as far as the actor may see."""
    others = visible_to(actor).filter(file_hash=batch.file_hash, pk__lt=batch.pk)
    return others.exclude(status__in=(BatchStatus.DISCARDED, BatchStatus.FAILED)).first()


def history_of(batch: ImportBatch) -> QuerySet[Event]:
    """What happened to a batch, newest first."""
    return Event.objects.filter(subject_type="batch", subject_id=str(batch.public_id)).order_by(
        "-at"
    )


def page_of_rows(
    batch: ImportBatch, outcome: str | None, *, after: int, size: int
) -> tuple[list[SourceRecord], int | None]:
    """Rows after a row number, at most `size`, and the number to go on from (None: no more)."""
    rows = list(rows_of(batch, outcome).filter(row_number__gt=after)[: size + 1])
    return rows[:size], rows[size - 1].row_number if len(rows) > size else None


def problem_in_words(batch: ImportBatch, language: str) -> tuple[str, str]:
    """Why a gate refused the batch or the file could not be read, and what to do; empty texts when nothing did."""
    problem = dict(batch.problem)
    if not problem:
        return "", ""
    params = problem.get("params", {}) | {
        name: f"{problem[name]:.1%}" for name in ("share", "limit") if name in problem
    }
    text = messages.sentence(problem["code"], language, **params)
    return text, messages.remedy(problem["code"], language, **params)


def mapping_problems(
    mapping: mappings.Mapping, kind: mappings.ListKind, language: str
) -> list[dict[str, str]]:
    """What a mapping lacks, with fields by their labels: {severity, text, remedy}."""
    found = []
    for problem in mappings.problems(mapping, kind):
        params = {
            name: in_labels(text, language) if name in ("field", "fields") else text
            for name, text in problem.params.items()
        }
        found.append(
            {
                "severity": problem.severity,
                "text": messages.sentence(problem.code, language, **params),
                "remedy": messages.remedy(problem.code, language, **params),
            }
        )
    return found


def profiles_for(kind: str, header: Sequence[str]) -> list[MappingProfile]:
    """Saved mappings for this kind of list of which at least one column is in the file, the fittest first."""
    present = set(header)
    found = []
    for profile in MappingProfile.objects.filter(kind=kind):
        columns = set(profile.mapping["columns"])
        if common := len(columns & present):
            found.append((common / len(columns | present), profile))
    return [profile for _, profile in sorted(found, key=lambda pair: (-pair[0], pair[1].name))]


def file_notices(batch: ImportBatch, language: str) -> list[str]:
    """What the reader of the file noticed and went on, with what to do about it."""
    return [
        messages.explain(notice["code"], language, **notice["params"])
        for notice in batch.info.get("warnings", [])
    ]


def issue_summary(batch: ImportBatch, language: str) -> list[tuple[int, str]]:
    """How many rows have which issue, the most frequent first, in words without values."""
    counts = batch.counts.get("issues", {}).items()
    ordered = sorted(counts, key=lambda item: -item[1])
    return [(count, messages.sentence(code, language)) for code, count in ordered]


def in_labels(names: str, language: str) -> str:
    """A list of canonical field names as their labels; " …" at its end stays."""
    shown, more, _ = names.partition(" …")
    words = (name.strip() for name in shown.split(","))
    return ", ".join(FIELDS[w].label(language) if w in FIELDS else w for w in words) + more


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


def rejected_rows(
    batch: ImportBatch, language: str, *, reader: User | None = None
) -> Iterator[tuple[int, list[str], list[str]]]:
    """Rejected rows as received, with reasons: for the workbook that goes back to the sender.

    With a `reader`, only the rows that reader may see.
    """
    rows = batch.records.filter(outcome=Outcome.REJECTED).order_by("row_number")
    for row in rows.iterator(chunk_size=1000):
        if reader is None or may_read_row(reader, batch, row.area_code):
            yield row.row_number, unseal_json(row.raw_sealed), sentences(row.issues, language)


def live_claims(household: Household) -> list[Assertion]:
    """Everything that is claimed about a household and its members, newest first."""
    return sorted(live(household=household), key=lambda a: (a.as_of, a.pk), reverse=True)


def conflicts_of(assertions: Iterable[Assertion]) -> dict[int | None, list[Conflict]]:
    """Disagreements by person key (None: the household itself)."""
    by_subject: dict[int | None, list[Claim]] = {}
    for assertion in assertions:
        by_subject.setdefault(assertion.person_id, []).append(claim_of(assertion))
    home = by_subject.get(None, [])
    return {
        subject: found
        for subject, claims in by_subject.items()
        if (found := member_conflicts(claims, home) if subject else conflicts(claims))
    }
