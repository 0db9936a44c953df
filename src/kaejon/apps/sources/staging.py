"""Read a file row by row, validate, compare with the registry: nothing of the registry changes.

Each chunk of rows is read, compared and kept in one transaction that also moves the
job's progress, so a killed worker goes on after the last committed chunk.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from kaejon.apps.access.roles import Permission
from kaejon.apps.households.bulk import (
    collector_paused,
    give_keys,
    give_related,
    insert_rows,
    new_row,
)
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.sources import files
from kaejon.apps.sources.areabook import RegistryBook
from kaejon.apps.sources.masking import issue_value, masked
from kaejon.apps.sources.matching import ID_OF_HEAD, ID_TWICE, find_matches
from kaejon.apps.sources.models import BatchStatus, ImportBatch, Outcome, SourceRecord
from kaejon.apps.sources.outcomes import issue, note_outcomes
from kaejon.apps.sources.reach import Reach, reach_for
from kaejon.apps.sources.rights import refuse_lost_right
from kaejon.apps.sources.shared_ids import settle_shared_ids
from kaejon.apps.vault.keys import KeyRing, ring_in_use
from kaejon.apps.vault.sealing import blind_index, seal_json, seal_national_id
from kaejon.methods.listfiles.apart import iter_rows
from kaejon.methods.listfiles.canonical import CanonicalRow, HouseholdFacts
from kaejon.methods.listfiles.errors import ListFileError
from kaejon.methods.listfiles.households import HousesOfRunningNumbers, group_of
from kaejon.methods.listfiles.mapping import Mapping
from kaejon.methods.listfiles.reading import TableInfo
from kaejon.methods.listfiles.rows import Normaliser, RowContext
from kaejon.methods.thai import national_id

CHUNK = 4000
DUPLICATE_FLAGS = {"DUPLICATE_ROW", ID_TWICE, ID_OF_HEAD}


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: stage the batch named in the payload."""
    batch = ImportBatch.objects.select_related("version__source", "uploaded_by").get(
        pk=progress.job.payload["batch"]
    )
    refuse_lost_right(progress.job, batch)
    if batch.status != BatchStatus.STAGING:
        return {}
    reach = reach_for(batch, progress.job.created_by_id, Permission.IMPORT_LISTS)
    try:
        read_rows(batch, progress, reach)
        settle_shared_ids(batch, progress, reach)
    except ListFileError as error:
        fail(batch, error, progress)
        raise
    return finish(batch, progress)


def fail(batch: ImportBatch, error: ListFileError, progress: Progress) -> None:
    """Remember why the file cannot be read; its half-read rows go."""
    with transaction.atomic():
        progress.advance()
        batch.records.all().delete()
        ImportBatch.objects.filter(pk=batch.pk).update(
            status=BatchStatus.FAILED, problem=error.as_dict()
        )


def read_rows(batch: ImportBatch, progress: Progress, reach: Reach) -> None:
    """Turn every row of the file into a SourceRecord with its outcome, in chunks."""
    info = TableInfo.from_json(batch.info)
    reader = RowReader(batch, info, reach)
    last = batch.records.order_by("-row_number").values_list("row_number", flat=True).first() or 0
    limits = files.import_limits()
    with files.opened(batch.stored_as, Path(batch.file_name).suffix) as path:
        rows = (row for row in iter_rows(path, info, limits=limits) if row[0] > last)
        done = batch.records.count()
        for chunk in chunked(rows, CHUNK):
            with collector_paused():
                records = reader.records(chunk)
                with transaction.atomic():
                    give_keys(records)
                    compare(records, reach)
                    insert_rows(records)
                    done += len(records)
                    progress.advance(stage="read", done=done, total=max(info.row_estimate, done))


class RowReader:
    """Makes records of one batch; remembers what it saw, to find the same row twice."""

    def __init__(self, batch: ImportBatch, info: TableInfo, reach: Reach) -> None:
        self.batch, self.header, self.reach = batch, info.header, reach
        kind = batch.version.source.list_kind
        context = RowContext(kind, batch.version.year_be, timezone.localdate(), RegistryBook())
        self.normaliser = Normaliser(Mapping.from_json(batch.mapping), context)
        kept = batch.records.exclude(outcome=Outcome.REJECTED)
        self.rows_seen = set(kept.values_list("digest", "national_id_index"))
        self.numbered = HousesOfRunningNumbers()
        for facts in batch.records.order_by("row_number").values_list(
            "facts__household", flat=True
        ):
            self.numbered.note(HouseholdFacts.from_json(facts or {}))

    def records(self, rows: Iterable[tuple[int, list[str]]]) -> list[SourceRecord]:
        """Records of these rows, not yet compared and not yet kept."""
        ring = ring_in_use()
        found = [self.record(number, cells, ring) for number, cells in rows]
        give_related(found, "batch", self.batch)
        return found

    def record(self, number: int, cells: list[str], ring: KeyRing) -> SourceRecord:
        raw = dict(zip(self.header, cells, strict=False))
        row = self.normaliser.row(number, raw)
        # The row itself is kept sealed; what is said about it may stand open, so numbers are hidden.
        issues = [i | {"value": issue_value(i)} for i in (found.to_json() for found in row.issues)]
        area = row.household.village_code or row.household.tambon_code
        if area and not self.reach.holds(area):
            issues.append(issue("AREA_OUTSIDE_SCOPE", "reject", value=area))
        record = new_row(
            SourceRecord,
            batch_id=self.batch.pk,
            row_number=number,
            raw_sealed=seal_json(cells, ring=ring),
            area_code=area,
            group=group_of(row, self.numbered.note(row.household)),
            issues=issues,
        )
        fill_facts(record, row, ring)
        if any(i["severity"] == "reject" for i in issues):
            record.outcome = Outcome.REJECTED
        else:
            self.mark_repeats(record)
        return record

    def mark_repeats(self, record: SourceRecord) -> None:
        key = (record.digest, record.national_id_index)
        if key in self.rows_seen:
            record.outcome, record.rule = Outcome.UNCHANGED, "same_row_in_file"
            record.issues.append(issue("DUPLICATE_ROW", "flag"))
            return
        self.rows_seen.add(key)


def fill_facts(record: SourceRecord, row: CanonicalRow, ring: KeyRing) -> None:
    """Canonical facts without the national ID, which is sealed beside them."""
    person = row.person.to_json() if row.person else None
    if person is not None:
        digits = person.pop("national_id", "")
        person.pop("national_id_raw", None)
        person.pop("national_id_visible", None)
        if digits:
            person["national_id_last4"] = digits[-4:]
            record.national_id_sealed = seal_national_id(digits, ring=ring)
            record.national_id_index = blind_index(digits, ring=ring)
    facts = {
        "person": person,
        "household": row.household.to_json(),
        "answers": row.answers.to_json(),
    }
    text = in_order(facts)
    if national_id.stands_in(text) and (hidden := masked(facts)) != facts:
        record.issues.append(issue("NUMBER_IN_TEXT", "flag"))
        facts, text = hidden, in_order(hidden)
    record.facts = facts
    record.digest = hashlib.sha256(text.encode()).hexdigest()[:32]


# The same facts give the same text.
in_order = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


def compare(records: Iterable[SourceRecord], reach: Reach) -> None:
    """Give every pending record its outcome."""
    pending = [r for r in records if r.outcome == Outcome.PENDING]
    note_outcomes(pending, find_matches(pending, reach))


def finish(batch: ImportBatch, progress: Progress) -> dict[str, Any]:
    """Count the outcomes and let the gates decide."""
    counts = count_outcomes(batch)
    problem = gate(counts)
    with transaction.atomic():
        progress.advance()
        ImportBatch.objects.filter(pk=batch.pk, status=BatchStatus.STAGING).update(
            status=BatchStatus.REFUSED if problem else BatchStatus.STAGED,
            counts=counts,
            problem=problem or {},
        )
    return counts


def count_outcomes(batch: ImportBatch) -> dict[str, Any]:
    """Rows by outcome, issues by code, flagged rows, repeats."""
    rows = batch.records.order_by()
    outcomes = dict(rows.values_list("outcome").annotate(Count("pk")))
    codes: Counter[str] = Counter()
    repeats = 0
    for issues in rows.exclude(issues=[]).values_list("issues", flat=True).iterator(5000):
        found = {i["code"] for i in issues}
        codes.update(found)
        repeats += bool(found & DUPLICATE_FLAGS)
    return {
        "rows": sum(outcomes.values()),
        "outcomes": {
            o.value: outcomes.get(o.value, 0) for o in Outcome if o is not Outcome.PENDING
        },
        "issues": dict(codes.most_common()),
        "repeats": repeats,
    }


def gate(counts: dict[str, Any]) -> dict[str, Any] | None:
    """A file with too many rejected or repeated rows is the wrong file, not a list of wrong people."""
    sums = counts["issues"].get("NOT_A_PERSON", 0)  # sums of each household are no bad rows
    rows = counts["rows"] - sums
    if not rows:
        return {"code": "NO_ROWS"}
    rejected = (counts["outcomes"]["rejected"] - sums) / rows
    repeated = counts["repeats"] / rows
    if rejected > settings.IMPORT_MAX_REJECTED_SHARE:
        return {
            "code": "TOO_MANY_REJECTED",
            "share": rejected,
            "limit": settings.IMPORT_MAX_REJECTED_SHARE,
        }
    if repeated > settings.IMPORT_MAX_DUPLICATE_SHARE:
        return {
            "code": "TOO_MANY_REPEATED",
            "share": repeated,
            "limit": settings.IMPORT_MAX_DUPLICATE_SHARE,
        }
    return None


def chunked(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
