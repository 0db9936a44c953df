"""Queue, claim and advance long work.

A worker holds a lease that each commit renews. A killed worker's lease runs
out and the job is claimed again; progress moves only in the same transaction as
the work and only while the lease is held, so nothing is lost or done twice.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from kaejon.apps.access.models import User
from kaejon.apps.audit.actions import during
from kaejon.apps.jobs.models import Job, Status
from kaejon.methods.errors import DataError, KaejonError, disk_full

log = logging.getLogger("kaejon.jobs")

MAX_ATTEMPTS = 20
WAIT_SECONDS = 0.5

# What each kind of job calls; by name, so that this app need not know the apps above it.
HANDLERS = {
    "stage": "kaejon.apps.sources.staging:run",
    "apply": "kaejon.apps.sources.applying:run",
    "reverse": "kaejon.apps.sources.reversing:run",
    "print_folders": "kaejon.apps.folders.printing:run",
    "export_households": "kaejon.apps.folders.exporting:run",
    "rotate_keys": "kaejon.apps.sources.rotation:run",
    "link": "kaejon.apps.linking.scoring:run",
    "homes": "kaejon.apps.homes.searching:run",
    "merge_sure": "kaejon.apps.linking.sure:run",
    "undo_sure": "kaejon.apps.linking.sure:run_undo",
    "measure": "kaejon.apps.measurement.running:run",
    "measure_again": "kaejon.apps.measurement.running:run_again",
    "forget_rows": "kaejon.apps.measurement.forgetting:run",
    "count_quality": "kaejon.apps.coverage.quality:run",
    "purge_expired": "kaejon.apps.privacy.retention:run",
    "mask_numbers": "kaejon.apps.privacy.masking:run",
}


# Recomputes the search tokens by which other work finds people, so it runs alone.
ALONE = "rotate_keys"


# What a worker tidies now and then; each returns how many things it removed or made up for.
HOUSEKEEPING = (
    "kaejon.apps.folders.printing:remove_expired",
    "kaejon.apps.folders.exporting:discard_expired",
    "kaejon.apps.measurement.forgetting:discard_expired",
    "kaejon.apps.coverage.tallying:place_the_rest",
    "kaejon.apps.coverage.quality:ask_for_the_rest",
    "kaejon.apps.surveys.results:discard_old",
    "kaejon.apps.privacy.retention:ask_for_today",
    "kaejon.apps.privacy.masking:ask_once",
    "kaejon.apps.sources.leftovers:discard_trials",
    "kaejon.apps.sources.leftovers:remove_unrecorded_files",
    "kaejon.apps.access.housekeeping:forget_what_is_over",
    "kaejon.apps.audit.housekeeping:forget_counts",
)


class LeaseLost(Exception):
    """Another worker holds the job now; the transaction under way must be rolled back."""


@dataclass
class Progress:
    """What a handler works with: its job, and the one way to move on."""

    job: Job
    worker: str

    def advance(
        self,
        *,
        stage: str | None = None,
        done: int | None = None,
        total: int | None = None,
        result: dict[str, Any] | None = None,
    ) -> None:
        """Record progress and renew the lease; call inside the transaction of the work itself.

        `result`: what is known so far; the handler's own answer replaces it at the end.
        """
        values: dict[str, Any] = {"lease_until": lease_end()}
        if stage is not None:
            values["stage"] = self.job.stage = stage
        if done is not None:
            if done > self.job.done:
                # Whoever gets on may be handed over as often as it takes; standing still may not.
                values["attempts"] = 1
            values["done"] = self.job.done = done
        if total is not None:
            values["total"] = self.job.total = total
        if result is not None:
            values["result"] = self.job.result = result
        held = Job.objects.filter(pk=self.job.pk, leased_by=self.worker, status=Status.RUNNING)
        if not held.update(**values):
            raise LeaseLost(self.job.public_id)


@contextlib.contextmanager
def kept_alive(progress: Progress) -> Iterator[None]:
    """Renew the lease from a thread while a handler works, however long its steps are.

    A transaction that holds a database to itself keeps the renewal out, and every other
    worker too; what commits renews by itself.
    """
    over = threading.Event()

    def renew() -> None:
        while not over.wait(settings.JOB_LEASE_SECONDS / 3):
            try:
                progress.advance()
            except LeaseLost:
                return  # the handler finds it out with its next step
            except DatabaseError:
                continue  # the next renewal tries again
            finally:
                connection.close()

    thread = threading.Thread(target=renew, name="keep-alive", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


Handler = Callable[[Progress], dict[str, Any] | None]


def lease_end() -> Any:
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def called(name: str) -> Callable[..., Any]:
    """The function behind "module:function"."""
    module, function = name.split(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


def keep_house() -> int:
    """Remove what is over, count what is not counted yet; returns how many things."""
    return sum(called(name)() for name in HOUSEKEEPING)


def enqueue(
    *,
    kind: str,
    key: str,
    payload: dict[str, Any],
    by: User,
    like: Mapping[str, Any] | None = None,
    owed: bool = False,
) -> Job:
    """Ask for work once: the same key returns the job that is already there.

    `like`: what is asked, where every asking has a key of its own; while an equal job of the
    same person waits, that one is returned. `owed`: a rule demands the work, not a person.
    A failed job with the same key is queued again. Refuses: a person for whom as much work
    waits as one may ask for (KAEJON_JOBS_PER_PERSON).
    """
    known = Job.objects.filter(key=key).first() or waiting_like(kind=kind, like=like, of=by)
    if known is None:
        if not owed:
            refuse_too_much(by)
        values = {
            "kind": kind,
            "payload": payload,
            "created_by": by,
            "asked": digest(like),
            "owed": owed,
        }
        try:
            with transaction.atomic():
                return Job.objects.create(key=key, **values)
        except IntegrityError:  # asked for twice in the same moment
            known = Job.objects.filter(key=key).first() or waiting_like(kind=kind, like=like, of=by)
            if known is None:
                raise
    job = known
    if job.status == Status.FAILED:
        Job.objects.filter(pk=job.pk, status=Status.FAILED).update(
            status=Status.QUEUED, attempts=0, error_code="", payload=payload, finished_at=None
        )
        job.refresh_from_db()
    return job


def call_off(*, kind: str, keys: str, why: str) -> None:
    """End jobs of a kind whose keys begin so and that are not over; whoever is at one keeps nothing."""
    jobs = Job.objects.filter(kind=kind, key__startswith=keys)
    jobs.exclude(status__in=(Status.DONE, Status.FAILED)).update(
        status=Status.FAILED, error_code=why, leased_by="", asked=""
    )


def waiting_like(*, kind: str, like: Mapping[str, Any] | None, of: User) -> Job | None:
    """A job of the same person that asks the same and that no worker has taken yet."""
    if like is None:
        return None
    return Job.objects.filter(created_by=of, kind=kind, asked=digest(like)).first()


def digest(like: Mapping[str, Any] | None) -> str:
    if like is None:
        return ""
    return hashlib.sha256(json.dumps(like, sort_keys=True, default=str).encode()).hexdigest()


def refuse_too_much(by: User) -> None:
    """One person's work must not keep everybody else's waiting. The operator's is the machine's own."""
    waiting = Job.objects.filter(created_by=by, status=Status.QUEUED, owed=False).count()
    if waiting >= settings.JOBS_PER_PERSON and by.is_active:
        raise DataError(
            "too_much_waiting",
            gettext_noop("As much work of yours waits as one person may ask for."),
            remedy=gettext_noop("Wait until some of it is done, then ask again."),
        )


def claim(worker: str) -> Job | None:
    """Take the oldest job that waits, or whose worker's lease ran out.

    Until a job that must run alone is done, no other is taken.
    """
    now = timezone.now()
    free = Q(status=Status.QUEUED) | Q(status=Status.RUNNING, lease_until__lt=now)
    if somebody_needs_to_be_alone():
        free &= Q(kind=ALONE)
    for pk in Job.objects.filter(free).order_by("created_at").values_list("pk", flat=True)[:5]:
        taken = Job.objects.filter(free, pk=pk).update(
            status=Status.RUNNING,
            leased_by=worker,
            lease_until=lease_end(),
            attempts=F("attempts") + 1,
            started_at=now,
            asked="",
        )
        if taken:
            return alone_enough(Job.objects.get(pk=pk), worker)
    return None


def somebody_needs_to_be_alone() -> bool:
    return Job.objects.filter(kind=ALONE).exclude(status=Status.DONE).exists()


def alone_enough(job: Job, worker: str) -> Job | None:
    """The job, unless another that must not run beside it was taken in the same moment."""
    others = Job.objects.filter(status=Status.RUNNING, lease_until__gte=timezone.now()).exclude(
        pk=job.pk
    )
    if job.kind != ALONE:
        others = others.filter(kind=ALONE)
    if others.exists():
        give_back(worker)
        return None
    return job


def give_back(worker: str) -> None:
    """Let go of what this worker holds, at once instead of when the lease runs out."""
    Job.objects.filter(leased_by=worker, status=Status.RUNNING).update(
        status=Status.QUEUED, leased_by="", lease_until=None, attempts=F("attempts") - 1
    )


def run_one(worker: str) -> bool:
    """Claim one job and run it to its end; False when there is nothing to do."""
    job = claim(worker)
    if job is None:
        return False
    if job.attempts > MAX_ATTEMPTS:
        finish(job, worker, Status.FAILED, error="too_many_attempts")
        return True
    with during(f"job {job.public_id}"):
        run(job, worker)
    return True


def run_job_here(job: Job, *, tell: Callable[[str], None] | None = None) -> None:
    """Run one job in this process, past the queue; one whose worker is gone is taken over.

    Another worker that is at it keeps it: with `tell`, which is told so, its end is waited for.
    """
    if somebody_needs_to_be_alone():
        raise DataError(
            "keys_rotating",
            "the keys are being rotated, and nothing else runs meanwhile",
            remedy="Wait until `kaejon keys rotate` has ended, then try again. If none is running, it was "
            "broken off: run it once more.",
        )
    worker = f"here-{uuid.uuid4().hex}"
    told = False
    while not (taken := take(job, worker)) or not done_here(job, worker):
        if job.is_over or (not taken and tell is None):
            return
        if not told and tell is not None:
            tell("another worker is at it; waiting for its end")
            told = True
        time.sleep(WAIT_SECONDS)


def take(job: Job, worker: str) -> bool:
    """Take this job if it waits, or if its worker's lease ran out."""
    now = timezone.now()
    free = Q(status=Status.QUEUED) | Q(status=Status.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=job.pk).update(
        status=Status.RUNNING,
        leased_by=worker,
        lease_until=lease_end(),
        attempts=F("attempts") + 1,
        started_at=now,
        asked="",
    )
    job.refresh_from_db()
    return bool(taken)


def done_here(job: Job, worker: str) -> bool:
    """Run a job that was taken; True when it is over."""
    with during(f"job {job.public_id}"):
        run(job, worker)
    job.refresh_from_db()
    return job.is_over


def run(job: Job, worker: str) -> None:
    """Run a job that this worker holds. Told to end, it lets go of it at once."""
    handler: Handler = called(HANDLERS[job.kind])
    progress = Progress(job, worker)
    try:
        with kept_alive(progress):
            result = handler(progress)
    except LeaseLost:
        log.warning("lease lost", extra={"job": str(job.public_id), "kind": job.kind})
    except KaejonError as error:
        finish(job, worker, Status.FAILED, error=error.code, result={"error": error.as_dict()})
    except Exception as error:
        log.exception("job failed", extra={"job": str(job.public_id), "kind": job.kind})
        refusal = disk_full(error)
        finish(
            job,
            worker,
            Status.FAILED,
            error=refusal.code if refusal else "internal",
            result={"error": refusal.as_dict()} if refusal else None,
        )
    except BaseException:
        give_back(worker)
        raise
    else:
        finish(job, worker, Status.DONE, result=result or {})


@transaction.atomic
def finish(
    job: Job, worker: str, status: str, *, error: str = "", result: dict[str, Any] | None = None
) -> None:
    Job.objects.filter(pk=job.pk, leased_by=worker).update(
        status=status,
        error_code=error,
        result=result or {},
        finished_at=timezone.now(),
        leased_by="",
    )
