"""Take rows out of frozen inputs: a family that was erased, and lists whose time is over.

The figures of a run stay, they tell of nobody. Its input is then no longer complete, which
the run says for ever and which ends its repeating (decision 31).
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.jobs.actions import Progress, enqueue
from kaejon.apps.jobs.models import Job
from kaejon.apps.measurement.freezing import keep_table, row_name
from kaejon.apps.measurement.models import FrozenInput
from kaejon.apps.records import Erasure
from kaejon.apps.sources import files


def forget(erasure: Erasure) -> None:
    """What frozen inputs say of the household goes, by a job of its own; see `forget_household`."""
    for household in erasure.households or filter(None, [erasure.home]):
        forget_household(household=household, actor=erasure.by)


def forget_household(*, household: int, actor: User, source: int | None = None) -> Job:
    """Ask to take the household's row out of every frozen input, or of those that read one source.

    A run that lost a row is not repeated any more (decision 31).
    """
    key = f"forget {household} {uuid.uuid4()}"
    payload = {"household": household, "source": source}
    return enqueue(kind="forget_rows", key=key, payload=payload, by=actor, owed=True)


def run(progress: Progress) -> dict[str, Any]:
    """Job handler: one input a transaction, so that a killed worker goes on where it stopped."""
    household, source = progress.job.payload["household"], progress.job.payload.get("source")
    inputs = FrozenInput.objects.filter(discarded_at=None).select_related("run").order_by("pk")
    if source is not None:
        inputs = inputs.filter(Q(run__version__source=source) | Q(run__before__source=source))
    keys = list(inputs.values_list("pk", flat=True))
    taken = 0
    for done, key in enumerate(keys, 1):
        with transaction.atomic():
            row = FrozenInput.objects.select_for_update(of=("self",)).get(pk=key)
            taken += take_out(row, household)
            progress.advance(stage="forget", done=done, total=len(keys))
    return {"rows": taken}


def take_out(held: FrozenInput, household: int) -> int:
    """Rows of the household in one input, taken out of it; usually one or none."""
    if held.discarded_at is not None:
        return 0
    name = row_name(held.run, household)
    with files.opened(held.stored_as, ".parquet") as path:
        table = pq.read_table(path)
        kept = table.filter(pc.not_equal(table["row_name"], name))
        gone = len(table) - len(kept)
        if not gone:
            return 0
        with tempfile.TemporaryDirectory(prefix="kaejon-run-") as private:
            stored, _digest = keep_table(kept, Path(private) / "input.parquet")
    old = held.stored_as
    held.stored_as, held.erased = stored, held.erased + gone
    held.save(update_fields=["stored_as", "erased"])
    transaction.on_commit(partial(files.discard, old))
    return gone


def discard_expired() -> int:
    """Delete inputs that the list with the shortest promise no longer allows; returns how many."""
    today = timezone.localdate()
    gone = 0
    rows = FrozenInput.objects.filter(discarded_at=None).select_related(
        "run__version__source", "run__before__source"
    )
    for held in rows:
        versions = [v for v in (held.run.version, held.run.before) if v is not None]
        if min(v.kept_until for v in versions) < today:
            discard(held, files.discard)
            gone += 1
    return gone


@transaction.atomic
def discard(held: FrozenInput, remove: Callable[[str], None]) -> None:
    old, held.stored_as, held.discarded_at = held.stored_as, "", timezone.now()
    held.save(update_fields=["stored_as", "discarded_at"])
    transaction.on_commit(partial(remove, old))
