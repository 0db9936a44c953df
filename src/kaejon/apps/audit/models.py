"""What happened, who did it, who looked: append-only tables, and what they say of people beside.

An append-only row keeps who (by id), what, to which thing, when, where, under which request, and
the salted digest of its personal part. The personal part lies with its salt in a row of its own
(`EventDetail`, `LookDetail`), which only erasure may empty. Rows carry ids as text, without
foreign keys, so that history survives the deletion of what it speaks of. The database itself
refuses everything else (triggers in migration 0003), on SQLite and on PostgreSQL.
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


class Detail(AppendOnly):
    """The personal part of a row of history. Erasure empties it and says who did, and when."""

    salt = models.BinaryField(max_length=16)
    actor_name = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    erased_by = models.CharField(max_length=40, blank=True)

    class Meta:
        abstract = True


class WithDetails(models.Manager[Any]):
    """Rows together with their personal part, which is nearly always read with them."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().select_related("detail")


class History(AppendOnly):
    """What both tables share: a row, and its personal part read as if it stood in the row."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor_id = models.CharField(max_length=40)
    area_code = models.CharField(max_length=8, db_index=True)
    request_id = models.CharField(max_length=40, blank=True)
    digest = models.BinaryField(max_length=32, default=b"")

    objects = WithDetails()

    class Meta:
        abstract = True

    @property
    def actor_name(self) -> str:
        return str(self.personal("actor_name"))

    @property
    def reason(self) -> str:
        return str(self.personal("reason"))

    @property
    def is_erased(self) -> bool:
        """The personal part is gone: nobody knows what it said."""
        detail = getattr(self, "detail", None)
        return detail is None or detail.erased_at is not None

    def personal(self, name: str) -> Any:
        """A value of the personal part; empty where somebody took that row away by force."""
        return getattr(getattr(self, "detail", None), name, "")


class Event(History):
    """One change: who did what to which thing. From what to what stands in its detail.

    `client` is the keyed digest of the network address the request came from: equal addresses
    can be told, the address itself cannot.
    """

    verb = models.CharField(max_length=60, db_index=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    client = models.CharField(max_length=32, blank=True)

    as_record = Record(
        mentions=("subject_id",),
        reverse=Reverse.STAYS,
        erase=Kept("that something was done stays; whom it names goes with the side table"),
        sealed=(),
        shown=NotShown("the history is read page by page, not on paper"),
    )

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="event_subject"),
            models.Index(fields=["actor_id", "at"], name="event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"

    @property
    def subject_label(self) -> str:
        return str(self.personal("subject_label"))

    @property
    def changes(self) -> dict[str, Any]:
        return dict(self.personal("changes") or {})


class EventDetail(Detail):
    """The personal part of an event: names, what changed, why."""

    row = models.OneToOneField(
        Event,
        models.DO_NOTHING,
        related_name="detail",
        primary_key=True,
        db_column="id",
        db_constraint=False,
    )
    subject_label = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"detail of event {self.pk}"


class LookKind(models.TextChoices):
    """The ways in which a household's data reaches a pair of eyes."""

    VIEW = "view", _("viewed")
    LIST = "list", _("seen in a list")
    REVEAL = "reveal", _("revealed the national ID")
    PRINT = "print", _("printed")
    EXPORT = "export", _("exported")
    API = "api", _("read by program")
    SEARCH = "search", _("searched by national ID")


class Look(History):
    """One look at one household, or one list of them.

    A list is one row: `count` families, `families` the packed marks of their ids
    (`packing.py`), `area_code` the smallest area that holds them all.
    """

    actor_role = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=LookKind)
    household_id = models.CharField(max_length=40, blank=True, db_index=True)
    person_id = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField(default=1)
    families = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["actor_id", "at"], name="look_actor"),
            models.Index(
                fields=["area_code", "id"],
                name="look_list_place",
                condition=models.Q(families__isnull=False),
            ),
        ]

    as_record = Record(
        mentions=("household_id", "person_id"),
        reverse=Reverse.STAYS,
        erase=Kept("proof of who looked"),
        sealed=(),
        shown=NotShown("the print-out lists the looks in a table of its own"),
    )

    def __str__(self) -> str:
        return f"{self.kind} {self.household_id or self.area_code}"


class LookDetail(Detail):
    """The personal part of a look: who looked by name, and why."""

    row = models.OneToOneField(
        Look,
        models.DO_NOTHING,
        related_name="detail",
        primary_key=True,
        db_column="id",
        db_constraint=False,
    )

    def __str__(self) -> str:
        return f"detail of look {self.pk}"


class FoldersOpened(models.Model):
    """How many households of an area one person opened on a day, so that no page counts looks.

    Kept while looks are written (`actions.py`) and forgotten when the day is shown no longer.
    """

    day = models.DateField()
    actor_id = models.CharField(max_length=40)
    area_code = models.CharField(max_length=8)
    households = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "actor_id", "area_code"], name="opened_counted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.actor_id} {self.area_code}: {self.households}"


class SealBlock(AppendOnly):
    """Rows of history sealed together, chained with the block before.

    Holds every event and look after the block before, up to `events_to` and `looks_to`, but for
    the keys of `gaps` that no committed row bore then; a row that was committed late under one of
    them is named in `late` of a later block. `digest` runs over the rows, their own digests and
    `previous`; `mac` is the digest under the index secret of key number `key`.
    """

    number = models.PositiveIntegerField(primary_key=True)
    at = models.DateTimeField()
    events_to = models.BigIntegerField()
    looks_to = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    gaps = models.JSONField(default=dict)
    late = models.JSONField(default=dict)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    key = models.PositiveSmallIntegerField()
    mac = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"seal {self.number}"
