"""What people decided about rows that could speak of several people or households."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Verdict(models.TextChoices):
    """The answers to "whom does this row speak of?"."""

    SAME = "same", _("the same")
    DIFFERENT = "different", _("somebody else")
    CANNOT_TELL = "cannot_tell", _("cannot tell yet")


class MatchDecision(models.Model):
    """One decision on one row. It is taken back by a mark, never by deletion.

    `found` is how the row waited (rule, candidates, codes of its issues), so that undoing
    puts it back. A decision goes only when the row itself goes; the history keeps it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey("sources.SourceRecord", models.CASCADE, related_name="decisions")
    verdict = models.CharField(max_length=12, choices=Verdict)
    person = models.ForeignKey(
        "households.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    household = models.ForeignKey(
        "households.Household", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    found = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(undone_at=None), name="one_live_decision_a_record"
            ),
            models.CheckConstraint(
                name="undone_by_somebody",
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} on {self.record_id}"
