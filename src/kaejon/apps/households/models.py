"""House, household, person and dated membership: the present values of the registry.

House ≠ household ≠ family: one house may hold several households. The values
here are derived from the claims in `sources`; nothing but its derivation (and
the measurement of levels) writes them. History is in `Membership` and in the
claims themselves.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kaejon.apps.records import ERASED, Kept, Own, Record, Reverse, Sealed, Shown, Strip
from kaejon.apps.vault.sealing import NATIONAL_ID

# The first name of somebody who was erased.
ERASED_NAME = ERASED
CAPITALS = ("human", "physical", "financial", "natural", "social")


class House(models.Model):
    """A dwelling: a number in a village, perhaps with its 11-digit house code and a point on the map."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    house_no = models.CharField(max_length=40)
    house_code = models.CharField(max_length=11, blank=True, db_index=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    as_record = Record(
        household=("households",),
        reverse=Reverse.GOES,
        erase=Kept("the erased household leaves it; an empty one is deleted"),
        sealed=(),
        shown=Shown(
            _("House"),
            ("house_no", ("house_code", _("house code")), "latitude", "longitude"),
        ),
    )

    class Meta:
        indexes = [models.Index(fields=["area", "house_no"], name="house_address")]

    def __str__(self) -> str:
        return f"{self.house_no} {self.area_id}"


class Presence(models.TextChoices):
    """Whether the household is still there."""

    PRESENT = "present", _("lives here")
    MOVED = "moved", _("moved away")
    DISSOLVED = "dissolved", _("no longer exists")


class Verified(models.TextChoices):
    """What a field check or village forum found; `missed` is poor too, added in the field."""

    CONFIRMED_POOR = "confirmed_poor", _("in need, confirmed")
    NOT_POOR = "not_poor", _("does not meet the criteria this round")
    MOVED = "moved", _("moved elsewhere")
    DIED = "died", _("died")
    NOT_FOUND = "not_found", _("not found")
    DUPLICATE = "duplicate", _("same as another household")
    MISSED = "missed", _("missed by the lists, added in the field")


class Setting(models.TextChoices):
    """Where the household lives, as a list says; without a list saying so it is not known."""

    INSIDE = "inside", _("inside a municipality")
    OUTSIDE = "outside", _("outside municipalities")


# Outcomes that say the household is poor in truth.
POOR_IN_TRUTH = (Verified.CONFIRMED_POOR, Verified.MISSED)


class StandingHouseholds(models.Manager["Household"]):
    """Households as every list, count and search sees them: without those merged into another."""

    def get_queryset(self) -> models.QuerySet[Household]:
        return super().get_queryset().filter(merged_into=None)


class Household(models.Model):
    """People who eat and plan together. Levels 1-4 are null when not surveyed.

    `merged_into`: the household this one was found to be. It then has no members, and only
    `everyone` knows it, so that old papers find the one that stands.

    Points are the scores of the capitals in ten-thousandths (10000-40000), so that sums
    stay exact. `problems` holds the codes of the household's problems, a space on both
    sides of each ("i8", "human_3", "said.housing").

    `area`, `house_no`, `head_name` and `members` repeat what house and members
    say, so that a list of a whole province needs no join.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    house = models.ForeignKey(House, models.PROTECT, related_name="households")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    house_no = models.CharField(max_length=40)
    head_name = models.CharField(max_length=200, blank=True)
    members = models.PositiveSmallIntegerField(default=0)
    presence = models.CharField(max_length=10, choices=Presence, default=Presence.PRESENT)
    setting = models.CharField(max_length=7, choices=Setting, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    # Present standing, written by measurement
    surveyed_on = models.DateField(null=True, blank=True)
    human_level = models.PositiveSmallIntegerField(null=True, blank=True)
    physical_level = models.PositiveSmallIntegerField(null=True, blank=True)
    financial_level = models.PositiveSmallIntegerField(null=True, blank=True)
    natural_level = models.PositiveSmallIntegerField(null=True, blank=True)
    social_level = models.PositiveSmallIntegerField(null=True, blank=True)
    overall_level = models.PositiveSmallIntegerField(null=True, blank=True)
    human_points = models.PositiveIntegerField(null=True, blank=True)
    physical_points = models.PositiveIntegerField(null=True, blank=True)
    financial_points = models.PositiveIntegerField(null=True, blank=True)
    natural_points = models.PositiveIntegerField(null=True, blank=True)
    social_points = models.PositiveIntegerField(null=True, blank=True)
    overall_points = models.PositiveIntegerField(null=True, blank=True)
    problems = models.TextField(blank=True)
    bmn_poor = models.BooleanField(null=True)
    target_poor_members = models.PositiveSmallIntegerField(default=0)
    conflicts = models.PositiveSmallIntegerField(default=0)
    # What checks say, written by `surveys.status`; empty while nobody checked
    verified = models.CharField(max_length=14, choices=Verified, blank=True)
    verified_year = models.PositiveSmallIntegerField(null=True, blank=True)
    verified_on = models.DateField(null=True, blank=True)

    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )

    objects = StandingHouseholds()
    everyone = models.Manager["Household"]()

    as_record = Record(
        household=("pk", "merged_into"),
        reverse=Reverse.GOES,
        erase=Own("kaejon.apps.households.erasure:erase_household"),
        sealed=(),
        shown=Shown(
            _("Household"),
            (
                "head_name",
                ("members", _("members")),
                "presence",
                "setting",
                ("overall_level", _("level of living")),
                ("target_poor_members", _("members in the list of the poor")),
                "verified",
                ("problems", _("problems")),
            ),
            day="surveyed_on",
        ),
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="household_merged_into",
            ),
            models.Index(fields=["area", "house_no"], name="household_address"),
            models.Index(fields=["area", "head_name"], name="household_head"),
            models.Index(fields=["area", "overall_level"], name="household_level"),
            models.Index(fields=["area", "target_poor_members"], name="household_target"),
            models.Index(fields=["presence", "area"], name="household_presence"),
            models.Index(fields=["area", "verified"], name="household_verified"),
        ]
        constraints = [
            *(
                models.CheckConstraint(
                    name=f"{name}_level_is_1_to_4",
                    condition=Q(**{f"{name}_level": None}) | Q(**{f"{name}_level__range": (1, 4)}),
                )
                for name in (*CAPITALS, "overall")
            ),
            models.CheckConstraint(
                name="verified_says_when",
                condition=Q(verified="", verified_year=None, verified_on=None)
                | (~Q(verified="") & Q(verified_year__isnull=False, verified_on__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.head_name} {self.house_no} {self.area_id}"


class Sex(models.TextChoices):
    FEMALE = "F", _("female")
    MALE = "M", _("male")


class BirthPrecision(models.TextChoices):
    DAY = "day", _("full date")
    MONTH = "month", _("month and year")
    YEAR = "year", _("year only")


class IdStatus(models.TextChoices):
    """What is known about the national ID; only `valid` is used for exact matching."""

    VALID = "valid", _("check digit correct")
    CHECK_FAILED = "check_failed", _("check digit wrong")
    MALFORMED = "malformed", _("not 13 digits")
    MASKED = "masked", _("partly hidden")
    MISSING = "missing", _("not given")
    OF_ANOTHER = "of_another", _("belongs to somebody else")


class StandingPeople(models.Manager["Person"]):
    """People as every list, count and search sees them: without those merged into another."""

    def get_queryset(self) -> models.QuerySet[Person]:
        return super().get_queryset().filter(merged_into=None)


class Person(models.Model):
    """One human being. The national ID is sealed; the index finds it, the last four digits show it.

    `merged_into`: the person this one was found to be the same as. It then lives in no
    household, and only `everyone` knows it, so that old links find the one that stands.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="people"
    )
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    relation = models.CharField(max_length=40, blank=True)
    is_head = models.BooleanField(default=False)
    title = models.CharField(max_length=40, blank=True)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100, blank=True)
    first_key = models.CharField(max_length=100, db_index=True)
    last_key = models.CharField(max_length=100, db_index=True)
    name_key = models.CharField(max_length=200, db_index=True)
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    birth_precision = models.CharField(max_length=5, choices=BirthPrecision, blank=True)
    national_id_sealed = models.BinaryField(null=True, blank=True)
    national_id_index = models.CharField(max_length=32, blank=True, db_index=True)
    national_id_last4 = models.CharField(max_length=4, blank=True)
    national_id_status = models.CharField(max_length=12, choices=IdStatus, default=IdStatus.MISSING)
    target_poor = models.BooleanField(default=False)
    died_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )

    objects = StandingPeople()
    everyone = models.Manager["Person"]()

    as_record = Record(
        household=("household",),
        person=("pk", "merged_into"),
        reverse=Reverse.GOES,
        erase=Own("kaejon.apps.households.erasure:erase_person"),
        sealed=(Sealed("national_id_sealed", NATIONAL_ID, index="national_id_index"),),
        shown=Shown(
            _("Member"),
            (
                "full_name",
                "relation",
                "sex",
                ("birth_date", _("born")),
                ("died_on", _("died")),
                ("masked_id", _("national ID")),
                ("target_poor", _("in the list of the poor")),
            ),
        ),
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="person_merged_into",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="merged_person_lives_nowhere",
                condition=Q(merged_into=None) | Q(household=None),
            ),
            models.CheckConstraint(
                name="sealed_id_has_its_index",
                condition=(Q(national_id_sealed=None) & Q(national_id_index=""))
                | (Q(national_id_sealed__isnull=False) & ~Q(national_id_index="")),
            ),
            models.CheckConstraint(
                name="birth_date_has_precision",
                condition=(Q(birth_date=None) & Q(birth_precision=""))
                | (Q(birth_date__isnull=False) & ~Q(birth_precision="")),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.title}{self.first_name} {self.last_name}".strip()

    @property
    def masked_id(self) -> str:
        return (
            f"x-xxxx-xxxx{self.national_id_last4[0]}-{self.national_id_last4[1:3]}-{self.national_id_last4[3]}"
            if len(self.national_id_last4) == 4
            else ""
        )


# Whoever was known only from a list to which the family said no: nothing of them is shown again.
LEFT_BY_CONSENT = "consent"


class Membership(models.Model):
    """Who belonged to which household from when until when; open while `ended_on` is empty."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    household = models.ForeignKey(Household, models.CASCADE, related_name="memberships")
    relation = models.CharField(max_length=40, blank=True)
    is_head = models.BooleanField(default=False)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)

    as_record = Record(
        household=("household",),
        person=("person",),
        reverse=Reverse.GOES,
        erase=Strip(emptied=("relation",)),
        sealed=(),
        shown=Shown(
            _("Member since"),
            ("person__full_name", "relation", ("ended_on", _("until"))),
            day="started_on",
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_on=None), name="one_open_membership_a_person"
            ),
            models.CheckConstraint(
                name="membership_dates_in_order",
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id}"


class Grant(models.Model):
    """A household opened to one organization for a purpose, with dates. Referrals will write these."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="grants")
    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")

    as_record = Record(
        household=("household",),
        reverse=Reverse.HOLDS,
        erase=Strip(words=("purpose",)),
        sealed=(),
        shown=Shown(
            _("Opened to an office"),
            ("organization", "purpose", ("valid_until", _("until"))),
            day="valid_from",
        ),
    )

    class Meta:
        indexes = [models.Index(fields=["organization", "household"], name="grant_organization")]

    def __str__(self) -> str:
        return f"{self.household_id} to {self.organization_id}"

    @property
    def opens(self) -> bool:
        """Whether it opens any day; not where it was ended before it began."""
        return self.valid_until is None or self.valid_until >= self.valid_from
