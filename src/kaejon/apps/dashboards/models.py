"""Counts per village, kept up to date with every change so that a province adds up in milliseconds."""

from __future__ import annotations

from django.db import models


class VillageTally(models.Model):
    """Counts of one village. `levels` maps a capital (or "overall") to {"1": n, … "4": n}.

    `verified` maps the outcome of checks to households that have it now, gone ones too.
    `checks`: "waiting", households to be checked whom nobody checked yet; "years", list
    year → outcome → households, with "present" for those still there.
    """

    area = models.OneToOneField("areas.Area", models.CASCADE, primary_key=True)
    households = models.PositiveIntegerField(default=0)
    persons = models.PositiveIntegerField(default=0)
    surveyed_households = models.PositiveIntegerField(default=0)
    surveyed_persons = models.PositiveIntegerField(default=0)
    bmn_poor_households = models.PositiveIntegerField(default=0)
    target_poor_households = models.PositiveIntegerField(default=0)
    target_poor_persons = models.PositiveIntegerField(default=0)
    conflicts = models.PositiveIntegerField(default=0)
    levels = models.JSONField(default=dict)
    verified = models.JSONField(default=dict)
    checks = models.JSONField(default=dict)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"tally of {self.area_id}"


class VillageFigures(models.Model):
    """What measurement found in one village, as sums that can be added to those of other villages.

    `figures` maps a key to whole numbers; `figuring.py` says which keys there are.
    """

    area = models.OneToOneField("areas.Area", models.CASCADE, primary_key=True)
    figures = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"figures of {self.area_id}"


class TambonFigures(models.Model):
    """The figures of all villages of a tambon together, so that a province adds up from 200 rows."""

    area = models.OneToOneField("areas.Area", models.CASCADE, primary_key=True)
    figures = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"figures of tambon {self.area_id}"
