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
