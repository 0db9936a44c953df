"""Rows leave the seal again: the rejected ones to their sender, a single one for a reason. Both are recorded."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, require, role_names
from kaejon.apps.audit.actions import record, record_look
from kaejon.apps.audit.models import LookKind
from kaejon.apps.sources.masking import hide_ids
from kaejon.apps.sources.models import ImportBatch, SourceRecord
from kaejon.apps.sources.previews import may_read_row
from kaejon.apps.sources.queries import rejected_rows
from kaejon.apps.vault.sealing import unseal_json
from kaejon.methods.listfiles.exporting import write_rejected_xlsx


@transaction.atomic
def write_rejected(*, batch: ImportBatch, path: Path, language: str, by: User) -> int:
    """Write the rejected rows the actor may read, with reasons, as a workbook; returns how many.

    National IDs stay hidden from whoever may not reveal them.
    """
    require(by, Permission.IMPORT_LISTS, at=batch.area_id)
    full = may(by, Permission.REVEAL_ID, at=batch.area_id)
    rows = (
        (number, cells if full else [hide_ids(cell) for cell in cells], reasons)
        for number, cells, reasons in rejected_rows(batch, language, reader=by)
    )
    count = write_rejected_xlsx(path, batch.info["header"], rows)
    record(
        by=by, verb="list.rejected", subject_type="batch", subject_id=batch.public_id,
        area=batch.area_id, label=batch.file_name, changes={"rows": count},
    )  # fmt: skip
    record_look(
        by=by, kind=LookKind.EXPORT, area=batch.area_id, count=count, role=role_names(by),
        reason=f"rejected rows of {batch.public_id}",
    )  # fmt: skip
    return count


def may_reveal(user: User, batch: ImportBatch, row: SourceRecord) -> bool:
    """The full numbers of a row of the reader's area, or of a file the reader brought."""
    place = batch.area_id if batch.uploaded_by_id == user.pk else row.area_code or batch.area_id
    return may_read_row(user, batch, row.area_code) and may(user, Permission.REVEAL_ID, at=place)


@transaction.atomic
def reveal_row(*, batch: ImportBatch, number: int, reason: str, by: User) -> list[tuple[str, str]]:
    """The cells of one row as received, (column, value); the look and its reason are recorded.

    Refuses (NotPermitted) a row in which the actor may not see full numbers.
    """
    require(by, Permission.IMPORT_LISTS, at=batch.area_id)
    row = batch.records.select_related("household", "person").get(row_number=number)
    if not may_reveal(by, batch, row):
        raise NotPermitted(Permission.REVEAL_ID, row.area_code)
    record_look(
        by=by, kind=LookKind.REVEAL, area=row.area_code or batch.area_id,
        household=row.household.public_id if row.household else "",
        person=row.person.public_id if row.person else "",
        role=role_names(by), reason=reason,
    )  # fmt: skip
    cells = unseal_json(row.raw_sealed)
    return [(n, c) for n, c in zip(batch.info["header"], cells, strict=False) if n]
