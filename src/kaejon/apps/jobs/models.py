"""Long work as rows: progress, a lease and an idempotency key survive a killed worker."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("working")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """One piece of long work.

    `key` is unique: asking twice for the same work gives the same row. `done`
    and `total` are the progress; they move only inside the transaction that did
    the work, so a restart continues exactly where the last commit left off.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    # Of a job that waits: what is asked, so that its person does not ask it twice. Empty once taken.
    asked = models.CharField(max_length=64, blank=True)
    # A rule demands it, not the person: it does not count to what one person may have waiting.
    owed = models.BooleanField(default=False)
    payload = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED, db_index=True)
    stage = models.CharField(max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    leased_by = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=60, blank=True)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["created_by", "kind", "asked"],
                condition=~models.Q(asked=""),
                name="equal_work_waits_once_per_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status} {self.done}/{self.total}"

    @property
    def percent(self) -> int:
        return 0 if not self.total else min(100, self.done * 100 // self.total)

    @property
    def is_over(self) -> bool:
        return self.status in (Status.DONE, Status.FAILED)
