"""The country's areas by official code: province 2, district 4, tambon 6, village 8 digits."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

WHOLE_SYSTEM = "00"


class Level(models.TextChoices):
    """The rungs of the ladder, from the top."""

    COUNTRY = "country", _("whole system")
    PROVINCE = "province", _("province")
    DISTRICT = "district", _("district")
    TAMBON = "tambon", _("tambon")
    VILLAGE = "village", _("village")


LENGTH_OF_LEVEL = {2: Level.PROVINCE, 4: Level.DISTRICT, 6: Level.TAMBON, 8: Level.VILLAGE}


class Area(models.Model):
    """One area. Codes are never reused: an abolished one keeps its row with `valid_until`."""

    code = models.CharField(max_length=8, primary_key=True)
    level = models.CharField(max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    name_th = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    municipal = models.BooleanField(
        null=True, help_text=_("inside a municipality (เขตเทศบาล); empty: not known")
    )

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["level", "code"], name="area_level")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_th}"

    @property
    def name(self) -> str:
        """The bare name in the language of the page."""
        return self.name_en if get_language() == "en" and self.name_en else self.name_th

    @property
    def full_name(self) -> str:
        """The name with the word for its level: อำเภอกันทรารมย์, Kanthararom district."""
        if self.code == WHOLE_SYSTEM:
            return self.name
        in_english = get_language() == "en"
        if self.level == Level.VILLAGE:
            if self.name_th == f"หมู่ {self.moo}":
                return f"Moo {self.moo}" if in_english else self.name_th
            return f"{self.name}, Moo {self.moo}" if in_english else f"{self.name_th} หมู่ {self.moo}"
        # The choice's own word; get_level_display() would look through all choices for it.
        word = Level(self.level).label
        return f"{self.name} {word}" if in_english else f"{word}{self.name_th}"

    @property
    def moo(self) -> int | None:
        """The village number inside its tambon."""
        return int(self.code[6:]) if self.level == Level.VILLAGE else None

    def ancestor_codes(self) -> list[str]:
        """Codes from the province down to this area itself."""
        return [self.code[:n] for n in (2, 4, 6, 8) if n <= len(self.code)]


class Boundary(models.Model):
    """The outline of an area as loaded from GeoJSON, with the source it came from."""

    area = models.OneToOneField(Area, models.CASCADE, primary_key=True)
    geometry = models.JSONField()
    source = models.CharField(max_length=200)
    loaded_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"boundary of {self.area_id}"
