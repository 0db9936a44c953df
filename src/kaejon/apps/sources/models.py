"""Lists as dated claims: who said what about whom, when, and by which right.

Source → SourceVersion (year, round) → ImportBatch (one file) → SourceRecord
(one row as received) → Assertion (what the row claims about one person or one
household). Present values are derived from live assertions; reversing a batch
withdraws its assertions and derives again.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import cast

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kaejon.apps.records import Goes, NotShown, Own, Record, Reverse, Sealed, Shown
from kaejon.apps.vault.sealing import NATIONAL_ID, RAW_ROW
from kaejon.methods.listfiles.mapping import ListKind


class Kind(models.TextChoices):
    """The shapes of list the system reads."""

    TPMAP = "tpmap", _("TPMAP target-poor list")
    BMN = "bmn", _("Basic minimum needs survey (จปฐ.)")
    PPP = "ppp", _("Five-capital household survey")
    COMMUNITY = "community", _("Community survey")
    FIELD = "field", _("Field check")


class LegalBasis(models.TextChoices):
    """Grounds of the Personal Data Protection Act B.E. 2562, sections 24 and 26."""

    PUBLIC_TASK = "public_task", _("public task (section 24 (4))")
    LEGAL_OBLIGATION = "legal_obligation", _("legal obligation (section 24 (6))")
    CONSENT = "consent", _("consent (section 19)")
    VITAL_INTEREST = "vital_interest", _("vital interest (section 24 (2))")
    RESEARCH = "research", _("research or statistics with safeguards (section 24 (1))")


class Source(models.Model):
    """A list maker's promise: owner, purpose, legal basis, retention and rank.

    `shared`: officers of areas below the owner's may bring in their part of the list too.
    `rank`: when two live claims of the same date disagree, the lower rank wins; a
    field check always wins.
    """

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    name_th = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey("partners.Organization", models.PROTECT, related_name="sources")
    legal_basis = models.CharField(max_length=20, choices=LegalBasis)
    purpose = models.CharField(max_length=400)
    retention_years = models.PositiveSmallIntegerField()
    rank = models.PositiveSmallIntegerField(default=50)
    shared = models.BooleanField(default=False)
    unit = models.CharField(
        max_length=10, choices=[("person", _("person")), ("household", _("household"))]
    )

    class Meta:
        ordering = ["rank", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" and self.name_en else self.name_th

    @property
    def list_kind(self) -> ListKind:
        """The kind as the reader of files knows it; a field check is not a file."""
        return cast(ListKind, self.kind)


class SourceVersion(models.Model):
    """One year (Buddhist Era) and round of a source. `as_of`: the day its claims speak of."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="versions")
    year_be = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    as_of = models.DateField()

    class Meta:
        ordering = ["-year_be", "-round"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "year_be", "round"], name="one_version_a_round"
            ),
            models.CheckConstraint(
                name="year_is_buddhist_era", condition=Q(year_be__range=(2500, 2700))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.year_be}"

    @property
    def kept_until(self) -> date:
        """The last day a version may be kept: its date plus the years its source promised."""
        year = self.as_of.year + self.source.retention_years
        try:
            return self.as_of.replace(year=year)
        except ValueError:  # 29 February
            return date(year, 2, 28)


class MappingProfile(models.Model):
    """A saved answer to "which column means what", offered again for the same header."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    mapping = models.JSONField()
    header_fingerprint = models.CharField(max_length=64, blank=True, db_index=True)
    created_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class BatchStatus(models.TextChoices):
    """A file's life. Allowed moves stand in `actions.MOVES`."""

    UPLOADED = "uploaded", _("uploaded, columns to be matched")
    STAGING = "staging", _("being checked")
    STAGED = "staged", _("checked, ready to apply")
    REFUSED = "refused", _("refused by a gate")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    REVERSING = "reversing", _("being taken back")
    REVERSED = "reversed", _("taken back")
    DISCARDED = "discarded", _("discarded")
    FAILED = "failed", _("could not be read")


class ImportBatch(models.Model):
    """One uploaded file. The file itself is kept sealed until its retention ends.

    `reach`: codes of the areas for which its bringer might bring lists when it was uploaded;
    its rows touch nothing outside them (see `reach`).
    `trial`: checked for a command that waits for the answer and discards it then.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(SourceVersion, models.PROTECT, related_name="batches")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    reach = models.JSONField(default=list)
    file_name = models.CharField(max_length=255)
    file_hash = models.CharField(max_length=64, db_index=True)
    file_size = models.PositiveBigIntegerField()
    stored_as = models.CharField(max_length=100)
    status = models.CharField(max_length=12, choices=BatchStatus, default=BatchStatus.UPLOADED)
    info = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    problem = models.JSONField(default=dict)
    trial = models.BooleanField(default=False)
    uploaded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    reversed_at = models.DateTimeField(null=True, blank=True)

    as_record = Record(
        reverse=Reverse.STAYS,
        erase=Own("kaejon.apps.sources.erasure:erase_originals"),
        sealed=(),
        shown=NotShown("the print-out lists the lists themselves"),
    )

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"{self.file_name} → {self.version}"


class Outcome(models.TextChoices):
    """What a row does to the registry."""

    PENDING = "pending", _("not yet compared")
    CREATED = "created", _("new")
    UPDATED = "updated", _("adds to a known one")
    UNCHANGED = "unchanged", _("already known")
    AMBIGUOUS = "ambiguous", _("could be several")
    REJECTED = "rejected", _("rejected")


# Rows that no list brings into the registry.
NOT_APPLIED = (Outcome.REJECTED,)


class SourceRecord(models.Model):
    """One row as received (`raw_sealed`, never edited) and what became of it.

    `facts` are the row's canonical facts without the national ID, which is kept
    sealed with its index. `group` is the household as the list names it. `digest`
    is a keyed hash of the canonical facts: the same row again changes nothing.
    `decision` is what a person said about an ambiguous row (see `decisions`).
    `erased_before`: when the row's person was erased, while the province has not yet said whether
    the row may stay. Nobody else is told.
    """

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="records")
    row_number = models.PositiveIntegerField()
    raw_sealed = models.BinaryField()
    digest = models.CharField(max_length=32)
    group = models.CharField(max_length=120, blank=True)
    area_code = models.CharField(max_length=8, blank=True)
    facts = models.JSONField(default=dict)
    national_id_sealed = models.BinaryField(null=True, blank=True)
    national_id_index = models.CharField(max_length=32, blank=True)
    issues = models.JSONField(default=list)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.PENDING)
    rule = models.CharField(max_length=40, blank=True)
    candidates = models.JSONField(default=list)
    decision = models.JSONField(null=True, blank=True)
    erased_before = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(
        "households.Person", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    household = models.ForeignKey(
        "households.Household", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    as_record = Record(
        household=("household",),
        person=("person",),
        reverse=Reverse.STAYS,
        erase=Own("kaejon.apps.sources.erasure:erase_rows"),
        sealed=(
            Sealed("national_id_sealed", NATIONAL_ID, index="national_id_index"),
            Sealed("raw_sealed", RAW_ROW),
        ),
        shown=NotShown("what a row says is shown as what its list claims"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "row_number"], name="one_record_a_row"),
        ]
        indexes = [
            models.Index(fields=["batch", "outcome", "row_number"], name="record_outcome"),
            models.Index(fields=["batch", "group", "row_number"], name="record_group"),
            models.Index(fields=["digest"], name="record_digest"),
            # With batch and outcome, so that counting what waits reads the index alone.
            models.Index(
                fields=["area_code", "id", "batch", "outcome"],
                condition=Q(outcome="ambiguous"),
                name="record_waits",
            ),
            models.Index(
                fields=["area_code"],
                condition=Q(erased_before__isnull=False),
                name="record_erased_before",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} row {self.row_number} {self.outcome}"


class Assertion(models.Model):
    """What one record (or one field check) claims about one person or one household.

    `facts` maps fact names to values; the national ID is never among them. A claim
    is never edited: it is withdrawn when its batch is reversed or replaced.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(SourceVersion, models.PROTECT, related_name="+")
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, blank=True, related_name="assertions"
    )
    record = models.ForeignKey(
        SourceRecord, models.PROTECT, null=True, blank=True, related_name="assertions"
    )
    person = models.ForeignKey(
        "households.Person", models.CASCADE, null=True, blank=True, related_name="assertions"
    )
    household = models.ForeignKey("households.Household", models.CASCADE, related_name="assertions")
    as_of = models.DateField()
    facts = models.JSONField(default=dict)
    stated_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    stated_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    as_record = Record(
        household=("household",),
        person=("person",),
        reverse=Reverse.GOES,
        erase=Own("kaejon.apps.sources.erasure:erase_claims"),
        sealed=(),
        shown=Own("kaejon.apps.sources.shown:claims"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assertion_from_record_or_field",
                condition=(Q(record=None) & Q(batch=None))
                | (Q(record__isnull=False) & Q(batch__isnull=False)),
            ),
        ]
        indexes = [
            # Taking a list back walks its households by this one alone.
            models.Index(
                fields=["batch", "household"],
                condition=Q(withdrawn_at=None, batch__isnull=False),
                name="assertion_live_of_batch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} on {self.person_id or self.household_id}"


class HouseholdReference(models.Model):
    """The name a list gives to a household (its own key), so that the next round finds it again.

    A name within one source and the `area` its row named. A mere running number is not kept.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="+")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    reference = models.CharField(max_length=120)
    household = models.ForeignKey("households.Household", models.CASCADE, related_name="references")
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="+")

    as_record = Record(
        household=("household",),
        reverse=Reverse.GOES,
        erase=Goes(),
        sealed=(),
        shown=Shown(_("Key in a list"), ("source", "reference")),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "reference", "area"], name="one_household_a_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.reference}"
