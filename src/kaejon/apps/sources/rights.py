"""Which right each step of a list asks: at queueing, and again when its job runs."""

from __future__ import annotations

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.jobs.models import Job
from kaejon.apps.sources.models import ImportBatch

ASKED = {
    "stage": Permission.IMPORT_LISTS,
    "apply": Permission.APPLY_LISTS,
    "reverse": Permission.APPLY_LISTS,
    "discard": Permission.IMPORT_LISTS,
}


def refuse_lost_right(job: Job, batch: ImportBatch) -> None:
    """Refuse (NotPermitted) a step whose asker may not do it any more."""
    require(job.created_by, ASKED[job.kind], at=batch.area_id)
