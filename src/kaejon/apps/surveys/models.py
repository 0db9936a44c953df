"""Field checks, village forums, and what list owners are asked to correct.

A check says what somebody found about one household for one list year. It is
never edited and never deleted: it is withdrawn with a reason, or a later one
takes its place. The household's status follows from its checks by the rule in
`methods.checks`; `status` alone writes it.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kaejon.apps.households.models import Verified
from kaejon.apps.records import NotShown, Own, Record, Reverse, Shown, Strip

YEARS = (2500, 2700)


class Method(models.TextChoices):
    """How it is known."""

    VISIT = "visit", _("home visit")
    FORUM = "forum", _("village forum")
    PAPERS = "papers", _("papers")
    PHONE = "phone", _("by phone")


class Forum(models.Model):
    """One sitting of a village: who came, what was decided about each household.

    `attendance` maps a group of `methods.checks` to the number of people. After
    closing nothing changes unless it is opened again with a reason.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    year_be = models.PositiveSmallIntegerField()
    held_on = models.DateField()
    place = models.CharField(max_length=200)
    chair = models.CharField(max_length=200)
    attendance = models.JSONField(default=dict)
    note = models.TextField(max_length=2000, blank=True)
    opened_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    reopened_reason = models.CharField(max_length=300, blank=True)

    as_record = Record(
        reverse=Reverse.STAYS,
        erase=Own("kaejon.apps.surveys.erasing:erase_minutes"),
        sealed=(),
        shown=NotShown("each household of a sitting is shown its own item"),
    )

    class Meta:
        ordering = ["-held_on", "-id"]
        indexes = [models.Index(fields=["area", "held_on"], name="forum_area")]
        constraints = [
            models.CheckConstraint(
                name="closed_forum_says_by_whom",
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="forum_year_is_buddhist_era", condition=Q(year_be__range=YEARS)
            ),
        ]

    def __str__(self) -> str:
        return f"forum of {self.area_id} on {self.held_on}"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class Verification(models.Model):
    """One check of one household for one list year: outcome, how, when, by whom, evidence.

    `claim` is the field check among the claims that it made, if it made one.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey("households.Household", models.CASCADE, related_name="checks")
    year_be = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=14, choices=Verified)
    method = models.CharField(max_length=6, choices=Method)
    reason = models.CharField(max_length=40, blank=True)
    note = models.TextField(max_length=1000, blank=True)
    checked_on = models.DateField()
    checked_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    photo_stored_as = models.CharField(max_length=100, blank=True)
    moved_to = models.CharField(max_length=200, blank=True)
    moved_to_area = models.ForeignKey(
        "areas.Area", models.PROTECT, null=True, blank=True, related_name="+"
    )
    duplicate_of = models.ForeignKey(
        "households.Household", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    forum = models.ForeignKey(
        Forum, models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    supersedes = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    claim = models.ForeignKey(
        "sources.Assertion", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    as_record = Record(
        household=("household",),
        mentions=("duplicate_of",),
        reverse=Reverse.HOLDS,
        erase=Strip(
            words=("withdrawn_reason",),
            emptied=("note", "latitude", "longitude", "moved_to", "duplicate_of"),
            files=("photo_stored_as",),
        ),
        sealed=(),
        shown=Shown(
            _("Check"),
            (
                "outcome",
                "method",
                "reason",
                "moved_to",
                "note",
                ("photo_stored_as", _("a photo is held")),
                ("latitude", _("point on the map")),
                "longitude",
                ("withdrawn_reason", _("withdrawn")),
            ),
            day="checked_on",
        ),
    )

    class Meta:
        ordering = ["-year_be", "-checked_on", "-id"]
        indexes = [
            models.Index(fields=["household", "year_be"], name="check_household"),
            models.Index(fields=["year_be", "outcome"], name="check_outcome"),
        ]
        constraints = [
            models.CheckConstraint(
                name="check_year_is_buddhist_era", condition=Q(year_be__range=YEARS)
            ),
            models.CheckConstraint(
                name="forum_decision_names_its_forum",
                condition=Q(method="forum", forum__isnull=False)
                | (~Q(method="forum") & Q(forum=None)),
            ),
            models.CheckConstraint(
                name="only_duplicates_name_another",
                condition=Q(duplicate_of=None)
                | (Q(outcome="duplicate") & ~Q(duplicate_of=F("household"))),
            ),
            models.CheckConstraint(
                name="withdrawn_check_says_why",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawn_reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.household_id} {self.year_be}"


class StatusOverride(models.Model):
    """A status set by a person against the rule, with its reason, until somebody removes it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey("households.Household", models.CASCADE, related_name="overrides")
    year_be = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=14, choices=Verified)
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    set_on = models.DateField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_reason = models.CharField(max_length=300, blank=True)

    as_record = Record(
        household=("household",),
        reverse=Reverse.HOLDS,
        erase=Strip(words=("reason", "removed_reason")),
        sealed=(),
        shown=Shown(
            _("Status set by hand"),
            ("outcome", "reason", ("removed_reason", _("taken back"))),
            day="set_on",
        ),
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(removed_at=None), name="one_live_override"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.household_id} by hand"


class VillageTask(models.Model):
    """The worklist of a village for a list year, given to somebody with a day it is due."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    year_be = models.PositiveSmallIntegerField()
    assigned_to = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    due_on = models.DateField()
    assigned_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "year_be"], name="one_task_a_village_and_year"),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} {self.year_be} to {self.assigned_to_id}"


class DecidedHow(models.TextChoices):
    CONSENSUS = "consensus", _("all agreed")
    VOTE = "vote", _("by vote")


class AgendaItem(models.Model):
    """One household on a forum's agenda; `decision` is the check it led to once there is one.

    `house_no` and `head_name` are as they were said in the sitting: the minutes show these, not
    what the registry knows of a household that may have moved out of the forum's area since.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    forum = models.ForeignKey(Forum, models.CASCADE, related_name="agenda")
    household = models.ForeignKey(
        "households.Household", models.CASCADE, related_name="agenda_items"
    )
    house_no = models.CharField(max_length=40, blank=True)
    head_name = models.CharField(max_length=200, blank=True)
    decided_how = models.CharField(max_length=9, choices=DecidedHow, blank=True)
    votes_for = models.PositiveSmallIntegerField(null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField(null=True, blank=True)
    votes_neither = models.PositiveSmallIntegerField(null=True, blank=True)
    decision = models.OneToOneField(
        Verification, models.SET_NULL, null=True, blank=True, related_name="agenda_item"
    )

    as_record = Record(
        household=("household",),
        reverse=Reverse.HOLDS,
        erase=Strip(words=("head_name",), emptied=("house_no",)),
        sealed=(),
        shown=Shown(
            _("Village forum"),
            ("head_name", "house_no", "decided_how", "votes_for", "votes_against", "votes_neither"),
            day="forum__held_on",
        ),
    )

    class Meta:
        ordering = ["household__area_id", "household__house_no", "id"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "household"], name="once_on_an_agenda"),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} in {self.forum_id}"


class Objection(models.Model):
    """Somebody disagrees with a decision, in the sitting or afterwards, and what was answered."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    item = models.ForeignKey(AgendaItem, models.CASCADE, related_name="objections")
    raised_by = models.CharField(max_length=200)
    raised_on = models.DateField()
    text = models.TextField(max_length=1000)
    request = models.ForeignKey(
        "privacy.SubjectRequest", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    answer = models.TextField(max_length=1000, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    as_record = Record(
        household=("item__household",),
        reverse=Reverse.HOLDS,
        erase=Strip(words=("raised_by", "text", "answer")),
        sealed=(),
        shown=Shown(_("Objection"), ("raised_by", "text", "answer"), day="raised_on"),
    )

    class Meta:
        ordering = ["raised_on", "id"]

    def __str__(self) -> str:
        return f"objection to {self.item_id}"


class CorrectionState(models.TextChoices):
    """A request to a list's owner. Allowed moves stand in `correcting.MOVES`."""

    OPEN = "open", _("to be told")
    TOLD = "told", _("owner told")
    CORRECTED = "corrected", _("owner corrected the list")
    REFUSED = "refused", _("owner refused, with reason")


class Correction(models.Model):
    """One fact that one list has wrong, to be corrected by the list's owner.

    `fact`: one of `methods.claims.COMPARED`, or "standing" when the list names a
    household that is not poor, or leaves out one that is.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey("sources.SourceVersion", models.PROTECT, related_name="+")
    household = models.ForeignKey(
        "households.Household", models.CASCADE, related_name="corrections"
    )
    person = models.ForeignKey(
        "households.Person", models.CASCADE, null=True, blank=True, related_name="+"
    )
    fact = models.CharField(max_length=20)
    listed = models.CharField(max_length=200, blank=True)
    right = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=CorrectionState, default=CorrectionState.OPEN)
    opened_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    told_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    as_record = Record(
        household=("household",),
        person=("person",),
        reverse=Reverse.HOLDS,
        erase=Strip(words=("right",), emptied=("listed", "answer")),
        sealed=(),
        shown=Shown(
            _("Correction asked of a list's owner"),
            ("version", "listed", "right", "state", "answer"),
            day="opened_at",
        ),
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["version", "state"], name="correction_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "household", "fact"],
                condition=Q(state__in=("open", "told"), person=None),
                name="asked_once_about_household",
            ),
            models.UniqueConstraint(
                fields=["version", "person", "fact"],
                condition=Q(state__in=("open", "told"), person__isnull=False),
                name="asked_once_about_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact} of {self.household_id} in {self.version_id}"


class ResultsFile(models.Model):
    """A filled-in worklist that was sent back, kept sealed until it is applied or let go."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    year_be = models.PositiveSmallIntegerField()
    stored_as = models.CharField(max_length=100, blank=True)
    counts = models.JSONField(default=dict)
    uploaded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    as_record = Record(
        reverse=Reverse.STAYS,
        erase=Own("kaejon.apps.surveys.erasing:erase_results"),
        sealed=(),
        shown=NotShown("gone within a day, or written as checks, which are shown"),
    )

    def __str__(self) -> str:
        return f"results of {self.area_id} {self.year_be}"
