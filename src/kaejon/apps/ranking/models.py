"""The rule that ranks the problems of an area, and the decisions taken by it. Neither is ever changed."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class RankingRule(models.Model):
    """One wording of an area's rule; the highest number is in force. `rule` as methods.ranking writes it."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    rule = models.JSONField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["area", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["area", "number"], name="one_rule_a_number"),
        ]

    def __str__(self) -> str:
        return f"rule {self.number} of {self.area_id}"


class Decision(models.Model):
    """What the Governor (or who decides in the area) chose, with the ranking frozen as it lay on the table.

    `frozen` holds inputs, rule and order, `frozen_hash` its SHA-256; `chosen` are codes of
    problems in the order of priority. A later decision replaces an earlier one, never edits it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    decided_on = models.DateField()
    decided_by = models.CharField(max_length=200)
    meeting = models.CharField(max_length=200)
    text = models.TextField(max_length=4000)
    chosen = models.JSONField()
    frozen = models.JSONField()
    frozen_hash = models.CharField(max_length=64)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-decided_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "number"], name="one_decision_a_number"),
            models.CheckConstraint(name="decision_says_what", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"decision {self.number} of {self.area_id}"
