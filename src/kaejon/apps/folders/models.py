"""What officers add to a Family Folder by hand: notes and attention marks."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaejon.apps.records import NotShown, Own, Record, Reverse, Shown, Strip


class Note(models.Model):
    """A dated remark on a household. A correction is a new note; a removed one keeps who removed it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey("households.Household", models.CASCADE, related_name="notes")
    text = models.TextField(max_length=2000)
    sensitive = models.BooleanField(default=False)
    written_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    as_record = Record(
        household=("household",),
        reverse=Reverse.HOLDS,
        erase=Strip(words=("text",)),
        sealed=(),
        shown=Shown(
            _("Note"),
            ("text", ("sensitive", _("sensitive")), ("removed_at", _("removed"))),
            day="written_at",
        ),
    )

    class Meta:
        ordering = ["-written_at"]

    def __str__(self) -> str:
        return f"note on {self.household_id}"


class AttentionKind(models.TextChoices):
    """Why somebody should look at this household soon."""

    URGENT = "urgent", _("urgent help needed")
    VISIT = "visit", _("needs a visit")
    DATA = "data", _("data to be checked")
    CARE = "care", _("someone needs daily care")


class Attention(models.Model):
    """A mark that a household needs attention, until somebody clears it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey("households.Household", models.CASCADE, related_name="attention")
    kind = models.CharField(max_length=10, choices=AttentionKind)
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)
    cleared_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    cleared_at = models.DateTimeField(null=True, blank=True)

    as_record = Record(
        household=("household",),
        reverse=Reverse.HOLDS,
        erase=Strip(words=("reason",)),
        sealed=(),
        shown=Shown(
            _("Mark of attention"), ("kind", "reason", ("cleared_at", _("cleared"))), day="set_at"
        ),
    )

    class Meta:
        ordering = ["-set_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.household_id}"


class CommunityStrength(models.Model):
    """Something a village or tambon has to build on: a group, fund, place, skill or person's role."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    capital = models.CharField(
        max_length=10,
        choices=[
            ("human", _("human")),
            ("physical", _("physical")),
            ("financial", _("financial")),
            ("natural", _("natural")),
            ("social", _("social")),
        ],
    )
    text = models.CharField(max_length=300)
    source = models.CharField(max_length=200)
    stated_on = models.DateField()
    added_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    as_record = Record(
        reverse=Reverse.STAYS,
        erase=Own("kaejon.apps.folders.erasure:erase_strengths"),
        sealed=(),
        shown=NotShown("what a village has to build on is about no household"),
    )

    def __str__(self) -> str:
        return f"{self.area_id} {self.text}"
