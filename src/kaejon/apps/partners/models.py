"""Organizations that own lists, employ users and (later) act together.

Relationships belong to the organization, not to the person who holds a post.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Sector(models.TextChoices):
    """Kinds of partner in a Thai province; state enterprises are a sector of their own."""

    STATE = "state", _("state office")
    LOCAL = "local", _("local government")
    TERRITORIAL = "territorial", _("territorial administration (kamnan, headman)")
    STATE_ENTERPRISE = "state_enterprise", _("state enterprise")
    PRIVATE = "private", _("private")
    CIVIC = "civic", _("community or civic organization")
    RELIGIOUS = "religious", _("temple, mosque or church")
    ACADEMIC = "academic", _("university or school")


class Organization(models.Model):
    """One organization. Community councils have no legal personality, and that matters for money."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(max_length=60, unique=True)
    name_th = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    sector = models.CharField(max_length=20, choices=Sector)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    legal_person = models.BooleanField(default=True)

    class Meta:
        ordering = ["name_th"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name_th
