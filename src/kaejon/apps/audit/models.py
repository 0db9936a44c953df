"""What happened, who did it, who looked: two append-only tables.

Rows carry names and ids as text, without foreign keys, so that history survives
the deletion of what it speaks of. The database itself refuses UPDATE and DELETE
(triggers in migration 0002), on SQLite and on PostgreSQL.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaejon.apps.records import Kept, NotShown, Record, Reverse


class AppendOnlyError(RuntimeError):
    """Somebody tried to change or delete a row of history."""


class AppendOnly(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{type(self).__name__} rows are never updated")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"{type(self).__name__} rows are never deleted")


class Event(AppendOnly):
    """One change: who did what to which thing, from what to what."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_id = models.CharField(max_length=40, db_index=True)
    actor_name = models.CharField(max_length=150)
    verb = models.CharField(max_length=60, db_index=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200, blank=True)
    area_code = models.CharField(max_length=8, db_index=True)
    changes = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=40, blank=True)

    as_record = Record(
        mentions=("subject_id",),
        reverse=Reverse.STAYS,
        erase=Kept("that something was done stays; whom it names goes with the side table"),
        sealed=(),
        shown=NotShown("the history is read page by page, not on paper"),
    )

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"


class LookKind(models.TextChoices):
    """The ways in which a household's data reaches a pair of eyes."""

    VIEW = "view", _("viewed")
    REVEAL = "reveal", _("revealed the national ID")
    PRINT = "print", _("printed")
    EXPORT = "export", _("exported")
    API = "api", _("read by program")
    SEARCH = "search", _("searched by national ID")


class Look(AppendOnly):
    """One look at one household (or at a list of them: `count` says how many)."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_id = models.CharField(max_length=40, db_index=True)
    actor_name = models.CharField(max_length=150)
    actor_role = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=LookKind)
    household_id = models.CharField(max_length=40, blank=True, db_index=True)
    person_id = models.CharField(max_length=40, blank=True)
    area_code = models.CharField(max_length=8, db_index=True)
    count = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=40, blank=True)

    as_record = Record(
        mentions=("household_id", "person_id"),
        reverse=Reverse.STAYS,
        erase=Kept("proof of who looked"),
        sealed=(),
        shown=NotShown("the print-out lists the looks in a table of its own"),
    )

    def __str__(self) -> str:
        return f"{self.kind} {self.household_id or self.area_code}"
