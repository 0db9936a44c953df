"""Households found to be one, parted, or joined; and pairs that may be one.

A household that was found to be another stays as a pointer (`Household.merged_into`), so
that old papers and links find the one that stands. Every change remembers what it moved
and can be taken back.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kaejon.apps.linking.models import TakenBack, undone_by_somebody
from kaejon.apps.records import NotShown, Own, Record, Reverse, Shown, Strip


class ChangeKind(models.TextChoices):
    """What happened. A merge corrects the registry; a split or a joining happened on a day."""

    MERGE = "merge", _("found to be the same household")
    SPLIT = "split", _("some members founded a household")
    JOIN = "join", _("two households became one")
    HOUSE = "house", _("found to live in one house")


class HouseholdChange(TakenBack):
    """One change of who makes up a household, with what it moved.

    `kept` goes on. `other`: the duplicate (merge), the new household (split), the one that
    ended (join), the one whose address was put right (house). `moved`: "app.model.field" → keys of rows that named `other`. `before` and
    `after`: homes and memberships of the people concerned, and `last_claim`, the key of the
    newest claim then. `claims`: field checks the change itself made.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=5, choices=ChangeKind)
    kept = models.ForeignKey(
        "households.Household", models.SET_NULL, null=True, related_name="changes"
    )
    other = models.ForeignKey("households.Household", models.SET_NULL, null=True, related_name="+")
    happened_on = models.DateField()
    moved = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    claims = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    as_record = Record(
        household=("kept", "other"),
        reverse=Reverse.STAYS,
        erase=Own("kaejon.apps.homes.forgetting:forget_changes"),
        sealed=(),
        shown=Shown(_("Change of the household"), ("kind", "reason"), day="happened_on"),
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [undone_by_somebody("change_undone_by_somebody")]

    def __str__(self) -> str:
        return f"{self.kind} {self.other_id} and {self.kept_id}"


class PairState(models.TextChoices):
    OPEN = "open", _("waits")
    CANNOT_TELL = "cannot_tell", _("cannot tell yet")
    SAME = "same", _("the same household")
    SAME_HOUSE = "same_house", _("two households in one house")
    DIFFERENT = "different", _("two households")


WAITING = (PairState.OPEN, PairState.CANNOT_TELL)


class HouseholdPair(models.Model):
    """Two households that may be one. `one` has the lower key; `reasons` as of `methods.linkage.homes`.

    `rows_one` and `rows_other` are rows that spoke of each when somebody decided: when a list is
    taken back and applied again, they find the households that came anew (`honouring`).
    `across`: a list would have found the one beyond its reach; no search made it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    one = models.ForeignKey(
        "households.Household", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    other = models.ForeignKey(
        "households.Household", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rows_one = models.JSONField(default=list)
    rows_other = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    strong = models.BooleanField(default=False)
    found_at = models.DateTimeField()
    across = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=PairState, default=PairState.OPEN)

    as_record = Record(
        household=("one", "other"),
        reverse=Reverse.STAYS,
        erase=Own("kaejon.apps.homes.forgetting:forget_pairs"),
        sealed=(),
        shown=NotShown("a question among those who hold both areas; what they decided is shown"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_pair_of_two_households"),
            models.CheckConstraint(name="household_pair_in_order", condition=Q(one__lt=F("other"))),
        ]
        indexes = [models.Index(fields=["state", "strong"], name="household_pair_state")]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id} {self.state}"


class HouseholdDecision(TakenBack):
    """What somebody said about a pair; `change` is the merge that followed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pair = models.ForeignKey(HouseholdPair, models.CASCADE, related_name="decisions")
    verdict = models.CharField(max_length=12, choices=PairState)
    change = models.OneToOneField(
        HouseholdChange, models.SET_NULL, null=True, blank=True, related_name="decision"
    )
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    as_record = Record(
        household=("pair__one", "pair__other"),
        reverse=Reverse.STAYS,
        erase=Strip(emptied=("reason",)),
        sealed=(),
        shown=Shown(
            _("Decision whether two households are one"), ("verdict", "reason"), day="decided_at"
        ),
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pair"], condition=Q(undone_at=None), name="one_decision_a_household_pair"
            ),
            undone_by_somebody("household_decision_undone_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} on {self.pair_id}"


class HandOverState(models.TextChoices):
    OPEN = "open", _("waits for the receiving area")
    ACCEPTED = "accepted", _("taken over")
    DECLINED = "declined", _("not taken over")
    RECALLED = "recalled", _("recalled")


class HandOver(models.Model):
    """A household that moved beyond the area of those who kept it, offered to those who work there."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey("households.Household", models.CASCADE, related_name="hand_overs")
    from_area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    to_area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    moved_on = models.DateField()
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=HandOverState, default=HandOverState.OPEN)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    as_record = Record(
        household=("household",),
        reverse=Reverse.HOLDS,
        erase=Strip(emptied=("reason", "answer")),
        sealed=(),
        shown=Shown(
            _("Handed over to another area"),
            ("to_area", "state", "reason", "answer"),
            day="moved_on",
        ),
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "to_area"], name="hand_over_to")]
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(state="open"), name="one_open_hand_over"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household_id} to {self.to_area_id} {self.state}"
