"""Rows of one file that bear the same national ID: whichever stands first has no say.

Decided once the whole file is read:

- rows with alike first names speak of one person: one of them, chosen by content, is
  compared as ever, the others are marked;
- where one row is the head of the household of all of them and clearly somebody else than
  the rest, the number is the head's, under which families are often registered;
- otherwise every row is marked, and a known holder or a person decides (`matching`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Count

from kaejon.apps.households.bulk import give_related, update_rows
from kaejon.apps.jobs.actions import Progress
from kaejon.apps.sources.matching import (
    ID_OF_HEAD,
    ID_TWICE,
    codes_of,
    contradicts,
    find_matches,
    same_first_name,
)
from kaejon.apps.sources.models import ImportBatch, Outcome, SourceRecord
from kaejon.apps.sources.outcomes import issue, note_outcomes
from kaejon.apps.sources.reach import Reach

AT_ONCE = 1000
COLUMNS = ("outcome", "rule", "candidates", "issues", "person", "household")
Facts = Mapping[str, Any]


def settle_shared_ids(batch: ImportBatch, progress: Progress, reach: Reach) -> None:
    """Mark rows that share their ID with others, and compare those anew; marked before, they stay."""
    rows = batch.records.exclude(national_id_index="").exclude(outcome=Outcome.REJECTED)
    rows = rows.exclude(rule="same_row_in_file").order_by("national_id_index", "digest")
    shared = rows.order_by().values("national_id_index").annotate(n=Count("pk")).filter(n__gt=1)
    keys = sorted(shared.values_list("national_id_index", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            some = rows.filter(national_id_index__in=keys[start : start + AT_ONCE])
            held = list(some.defer("raw_sealed"))
            give_related(held, "batch", batch)
            marked = mark(held)
            note_outcomes(marked, find_matches(marked, reach))
            update_rows(marked, COLUMNS)
            progress.advance()


def mark(rows: list[SourceRecord]) -> list[SourceRecord]:
    """Mark rows, in order of ID and content; returns those that got a mark."""
    marked = []
    for _, same in groupby(rows, key=lambda r: r.national_id_index):
        for record, code in marks(list(same)):
            if code not in codes_of(record):
                record.issues.append(issue(code, "flag"))
                marked.append(record)
    return marked


def marks(rows: list[SourceRecord]) -> list[tuple[SourceRecord, str]]:
    """Which of the rows with one ID bear which mark."""
    facts = [person_of(r) for r in rows]
    if all(alike(facts[0], f) for f in facts):
        return [(r, ID_TWICE) for r in rows[1:]]
    heads = [r for r in rows if person_of(r).get("is_head")]
    if len(heads) == 1 and clearly_of_head(heads[0], rows):
        return [(r, ID_OF_HEAD) for r in rows if r is not heads[0]]
    return [(r, ID_TWICE) for r in rows]


def clearly_of_head(head: SourceRecord, rows: list[SourceRecord]) -> bool:
    """All rows are of the head's household, and each other one clearly is somebody else."""
    mine = person_of(head)
    return all(
        r.group == head.group and not alike(mine, person_of(r)) and apart(mine, person_of(r))
        for r in rows
        if r is not head
    )


def person_of(record: SourceRecord) -> Facts:
    return record.facts.get("person") or {}


def alike(one: Facts, other: Facts) -> bool:
    return same_first_name(one.get("first_name", ""), other.get("first_name", ""))


def apart(one: Facts, other: Facts) -> bool:
    """Birth year or sex of the two contradict."""
    born = other.get("birth_date")
    known = {
        "sex": other.get("sex", ""),
        "birth_date": date.fromisoformat(born) if born else None,
        "birth_precision": other.get("birth_precision", ""),
    }
    return contradicts(one, known)
