"""Measured standing of households: five capitals and the BMN screen, per list version."""

from __future__ import annotations

from django.db import models


class CapitalScore(models.Model):
    """Five capitals of one household from one list version, exact to the definition named.

    Scores 1-4, null when an item is missing; levels 1-4.
    """

    household = models.ForeignKey(
        "households.Household", models.CASCADE, related_name="capital_scores"
    )
    version = models.ForeignKey("sources.SourceVersion", models.PROTECT, related_name="+")
    definition = models.CharField(max_length=60)
    as_of = models.DateField()
    scores = models.JSONField()
    levels = models.JSONField()
    items = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "version"], name="one_capital_score_a_version"
            ),
        ]

    def __str__(self) -> str:
        return f"capitals of {self.household_id}"


class PovertyScreen(models.Model):
    """TPMAP's union rule on the household's BMN indicators from one list version."""

    household = models.ForeignKey("households.Household", models.CASCADE, related_name="screens")
    version = models.ForeignKey("sources.SourceVersion", models.PROTECT, related_name="+")
    definition = models.CharField(max_length=60)
    as_of = models.DateField()
    bmn_poor = models.BooleanField(null=True)
    failed_indicators = models.JSONField(default=list)
    failed_dimensions = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household", "version"], name="one_screen_a_version"),
        ]

    def __str__(self) -> str:
        return f"screen of {self.household_id}"
