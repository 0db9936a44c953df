"""What people decided: whom a row speaks of, and which people of the registry are one."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kaejon.apps.records import NotShown, Own, Record, Reverse, Shown, Strip


class Verdict(models.TextChoices):
    """The answers to "whom does this row speak of?"."""

    SAME = "same", _("the same")
    DIFFERENT = "different", _("somebody else")
    CANNOT_TELL = "cannot_tell", _("cannot tell yet")


class TakenBack(models.Model):
    """What somebody did and may take back: by a mark, never by deletion."""

    undone_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def undone_by_somebody(name: str) -> models.CheckConstraint:
    """The mark names who and when, or nothing."""
    return models.CheckConstraint(
        name=name,
        condition=Q(undone_at=None, undone_by=None)
        | Q(undone_at__isnull=False, undone_by__isnull=False),
    )


class MatchDecision(TakenBack):
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

    as_record = Record(
        household=("household", "record__household"),
        person=("person", "record__person"),
        reverse=Reverse.STAYS,
        erase=Strip(emptied=("reason",)),
        sealed=(),
        shown=Shown(_("Decision about a row of a list"), ("verdict", "reason"), day="decided_at"),
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(undone_at=None), name="one_live_decision_a_record"
            ),
            undone_by_somebody("undone_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} on {self.record_id}"


class LinkRun(models.Model):
    """One search for people who stand twice in an area: with what, over whom, what it found.

    `input_hash` covers everything that was compared, `versions` what compared it: the same
    input and versions find the same pairs.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    started_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    versions = models.JSONField(default=dict)
    input_hash = models.CharField(max_length=64, blank=True)
    people = models.PositiveIntegerField(default=0)
    sure = models.PositiveIntegerField(default=0)
    ask = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.area_id} {self.started_at:%Y-%m-%d}"

    @property
    def pairs_found(self) -> int:
        return self.sure + self.ask


class Band(models.TextChoices):
    """How sure the comparison is."""

    SURE = "sure", _("almost surely the same")
    ASK = "ask", _("perhaps the same")


class PairState(models.TextChoices):
    """What became of a pair."""

    OPEN = "open", _("waits")
    CANNOT_TELL = "cannot_tell", _("cannot tell yet")
    SECONDING = "seconding", _("waits for a second opinion")
    SAME = "same", _("the same")
    DIFFERENT = "different", _("different people")


WAITING = (PairState.OPEN, PairState.CANNOT_TELL, PairState.SECONDING)


class PersonPair(models.Model):
    """Two people of the registry who may be one. `one` has the lower key.

    `levels` are the degrees of agreement the explanation is read from. `rows_one` and
    `rows_other` are rows that spoke of each: when a list is taken back and applied again,
    they find the people who came anew, so that what was decided is not asked again.
    `across`: a list would have found the one beyond its reach (see `across`); no search made it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    one = models.ForeignKey(
        "households.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    other = models.ForeignKey(
        "households.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rows_one = models.JSONField(default=list)
    rows_other = models.JSONField(default=list)
    probability = models.FloatField()
    band = models.CharField(max_length=4, choices=Band)
    lane = models.CharField(max_length=40, blank=True)
    levels = models.JSONField(default=dict)
    run = models.ForeignKey(LinkRun, models.PROTECT, related_name="pairs", null=True, blank=True)
    across = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=PairState, default=PairState.OPEN)

    as_record = Record(
        person=("one", "other"),
        reverse=Reverse.STAYS,
        erase=Own("kaejon.apps.linking.forgetting:forget_pairs"),
        sealed=(),
        shown=NotShown("a question among those who hold both areas; what they decided is shown"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_pair_of_two_people"),
            models.CheckConstraint(
                name="pair_in_order", condition=Q(one=None) | Q(other=None) | Q(one__lt=F("other"))
            ),
            models.CheckConstraint(
                name="pair_found_by_search_or_list", condition=Q(run__isnull=False) | Q(across=True)
            ),
            models.CheckConstraint(
                name="pair_probability_is_a_share", condition=Q(probability__range=(0, 1))
            ),
        ]
        indexes = [models.Index(fields=["state", "band"], name="pair_state")]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id} {self.state}"


class PersonMerge(TakenBack):
    """That one person was found to be another: what moved, so that it moves back exactly.

    `moved`: "app.model.field" → keys of the rows that spoke of `gone`. `before`: household
    and memberships of both, and what else is needed to restore them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kept = models.ForeignKey("households.Person", models.SET_NULL, null=True, related_name="+")
    gone = models.ForeignKey("households.Person", models.SET_NULL, null=True, related_name="+")
    moved = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    merged_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(auto_now_add=True)

    as_record = Record(
        person=("kept", "gone"),
        reverse=Reverse.STAYS,
        erase=Own("kaejon.apps.linking.forgetting:forget_merges"),
        sealed=(),
        shown=Shown(_("Found to be the same person"), ("kept",), day="merged_at"),
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at=None), name="merged_once_at_a_time"
            ),
            undone_by_somebody("merge_undone_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"


class PairDecision(TakenBack):
    """What a person said about a pair. Taken back by a mark, never by deletion.

    `causes`: why "the same" needs a second person (see `sensitive`); it takes effect when
    `confirmed_by` is set. `batch`: the job that merged many sure pairs at once.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pair = models.ForeignKey(PersonPair, models.CASCADE, related_name="decisions")
    verdict = models.CharField(max_length=12, choices=Verdict)
    kept = models.ForeignKey("households.Person", models.SET_NULL, null=True, related_name="+")
    causes = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    merge = models.OneToOneField(
        PersonMerge, models.SET_NULL, null=True, blank=True, related_name="decision"
    )
    batch = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, blank=True, related_name="+")

    as_record = Record(
        person=("kept", "pair__one", "pair__other"),
        reverse=Reverse.STAYS,
        erase=Strip(emptied=("reason",)),
        sealed=(),
        shown=Shown(
            _("Decision whether two people are one"), ("verdict", "reason"), day="decided_at"
        ),
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pair"], condition=Q(undone_at=None), name="one_live_decision_a_pair"
            ),
            models.CheckConstraint(
                name="second_opinion_by_another",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("decided_by")),
            ),
            undone_by_somebody("pair_decision_undone_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} on {self.pair_id}"


class QueueAssignment(models.Model):
    """Who works off what waits in one tambon; open while `ended_at` is empty."""

    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    user = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area"], condition=Q(ended_at=None), name="one_worker_a_tambon"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} by {self.user_id}"
