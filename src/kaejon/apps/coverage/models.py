"""Which lists hold a household, which of them name it as poor, and how many such there are.

`Standing` is derived from live claims, one row a household; `PictureTally` counts the
standings of an area, so that a province adds up in milliseconds. Nothing else writes them.
"""

from __future__ import annotations

from django.db import models

from kaejon.apps.households.models import Verified
from kaejon.apps.records import Kept, NotShown, Record, Reverse


class Combination(models.Model):
    """A set of list versions. `lists`: version key → whether it names as poor or merely holds.

    `key` says the same in one line, so that a set is stored once.
    """

    key = models.CharField(max_length=1000, unique=True)
    lists = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.key or "no list"


class Standing(models.Model):
    """One household among the lists. `gate`: where it was lost on the way to the target poor.

    `people`: combination key → living members with it. A list of households speaks of all
    members, a list of persons only of those who have a row.
    """

    household = models.OneToOneField(
        "households.Household", models.CASCADE, related_name="list_standing"
    )
    combination = models.ForeignKey(Combination, models.PROTECT, related_name="+")
    gate = models.CharField(max_length=16)
    people = models.JSONField(default=dict)

    as_record = Record(
        household=("household",),
        reverse=Reverse.GOES,
        erase=Kept("which lists count the household"),
        sealed=(),
        shown=NotShown("the lists themselves are shown"),
    )

    def __str__(self) -> str:
        return f"{self.household_id} on {self.combination_id}"


class Unit(models.TextChoices):
    HOUSEHOLD = "household"
    PERSON = "person"


class PictureTally(models.Model):
    """Households, or people, of one area with the same lists, status and gate.

    Counted: households that exist, and gone ones that somebody checked. `people`: living
    members (of households) or the same as `count` (of people).
    """

    area = models.ForeignKey("areas.Area", models.CASCADE, related_name="+", db_index=False)
    unit = models.CharField(max_length=9, choices=Unit)
    combination = models.ForeignKey(Combination, models.PROTECT, related_name="+")
    verified = models.CharField(max_length=14, choices=Verified, blank=True)
    gate = models.CharField(max_length=16)
    count = models.PositiveIntegerField()
    people = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "area", "combination", "verified", "gate"],
                name="one_picture_tally_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.unit} in {self.area_id}"


class ListQuality(models.Model):
    """How full and how valid the rows of one applied file are, by tambon and field.

    `field` "row" counts the rows themselves: `filled` and `valid` are those not rejected;
    of the other fields `rows` are the rows not rejected.
    """

    batch = models.ForeignKey("sources.ImportBatch", models.CASCADE, related_name="quality")
    area_code = models.CharField(max_length=6, blank=True)
    field = models.CharField(max_length=20)
    rows = models.PositiveIntegerField()
    filled = models.PositiveIntegerField()
    valid = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "area_code", "field"], name="one_quality_a_batch_area_field"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} of {self.batch_id} in {self.area_code}"
