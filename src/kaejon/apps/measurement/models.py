"""Measured standing of households, and measurement runs: frozen input, definition, results."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from kaejon.apps.records import Kept, NotShown, Own, Record, Reverse, Shown


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

    as_record = Record(
        household=("household",),
        reverse=Reverse.GOES,
        erase=Kept("scores that published figures rest on"),
        sealed=(),
        shown=Shown(_("Five capitals"), ("version", "scores", "levels", "items"), day="as_of"),
    )

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

    as_record = Record(
        household=("household",),
        reverse=Reverse.GOES,
        erase=Kept("marks that published figures rest on"),
        sealed=(),
        shown=Shown(
            _("Basic needs"),
            ("version", ("bmn_poor", _("poor")), "failed_indicators", "failed_dimensions"),
            day="as_of",
        ),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household", "version"], name="one_screen_a_version"),
        ]

    def __str__(self) -> str:
        return f"screen of {self.household_id}"


class StoredDefinition(models.Model):
    """A definition somebody wrote or changed, as one version that never changes again.

    `document` is the parsed file, `text` the file as given, `digest` the SHA-256 of the parsed
    document. `name` and `number` together name it: "our_mpi" 3.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.SlugField(max_length=60, allow_unicode=False)
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=30)
    title_th = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["name", "number"], name="one_definition_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class RunKind(models.TextChoices):
    """What a run measures."""

    POVERTY = "alkire_foster", _("Poverty in many dimensions")
    TPMAP = "tpmap", _("Poor by basic needs and target poor (TPMAP)")
    CAPITALS = "capitals", _("Five capitals")
    DYNAMICS = "dynamics", _("What became of households between two rounds")


class RunStatus(models.TextChoices):
    """Where a run stands."""

    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    FAILED = "failed", _("could not be measured")


class MeasurementRun(models.Model):
    """One measurement: frozen input, whole definition, versions, results. Never edited.

    `lists` describes the list versions read (`version`, and `before` for the first of two
    rounds). `options` are the choices of the person who started it. `results` are unrounded;
    `results_hash` is the SHA-256 of the results with those of every area. `salt` turns a
    household into its opaque row name.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=14, choices=RunKind)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    version = models.ForeignKey("sources.SourceVersion", models.PROTECT, related_name="+")
    before = models.ForeignKey(
        "sources.SourceVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    lists = models.JSONField()
    definition_name = models.CharField(max_length=80)
    definition = models.JSONField()
    definition_hash = models.CharField(max_length=64)
    provisional = models.BooleanField(default=False)
    options = models.JSONField()
    salt = models.BinaryField()
    engine = models.CharField(max_length=40)
    code_version = models.CharField(max_length=40, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.WAITING)
    households = models.PositiveIntegerField(default=0)
    results = models.JSONField(default=dict)
    results_hash = models.CharField(max_length=64, blank=True)
    problem = models.JSONField(default=dict)
    job = models.ForeignKey("jobs.Job", models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["kind", "area", "status"], name="run_of_area")]

    def __str__(self) -> str:
        return f"{self.kind} {self.area_id} {self.definition_name}"


class SampleValues(models.Model):
    """What a run over a sample keeps so that its change against another run has an error.

    `document`: the sampling units as [stratum, village] and, by figure, the linearised value of
    each unit. `digest` is its SHA-256. Runs over a list of everybody have none, and so have
    those measured before it was kept, until they are repeated.
    """

    run = models.OneToOneField(MeasurementRun, models.CASCADE, related_name="sample_values")
    document = models.JSONField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"sample of {self.run_id}"


class FrozenInput(models.Model):
    """What one round of a run read, sealed: opaque rows without names or numbers.

    `content_hash` is the SHA-256 of what the rows say, whatever their order and opaque names;
    `file_hash` that of the file. `erased` counts rows taken out because a family asked;
    `discarded_at` says that the sources' time was over.
    """

    run = models.ForeignKey(MeasurementRun, models.CASCADE, related_name="inputs")
    round = models.PositiveSmallIntegerField(default=1)
    stored_as = models.CharField(max_length=100)
    content_hash = models.CharField(max_length=64)
    file_hash = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    columns = models.JSONField()
    erased = models.PositiveIntegerField(default=0)
    discarded_at = models.DateTimeField(null=True, blank=True)

    as_record = Record(
        reverse=Reverse.STAYS,
        erase=Own("kaejon.apps.measurement.forgetting:forget"),
        sealed=(),
        shown=NotShown("a copy, without names, of answers that are shown"),
    )

    class Meta:
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["run", "round"], name="one_input_a_round"),
        ]

    def __str__(self) -> str:
        return f"input {self.round} of {self.run_id}"


class AreaResult(models.Model):
    """What a run says about one area inside it; exact counts, for the reader's door to soften."""

    run = models.ForeignKey(MeasurementRun, models.CASCADE, related_name="area_results")
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    level = models.CharField(max_length=10)
    households = models.PositiveIntegerField()
    figures = models.JSONField()

    class Meta:
        ordering = ["area"]
        constraints = [
            models.UniqueConstraint(fields=["run", "area"], name="one_result_an_area"),
        ]
        indexes = [models.Index(fields=["area", "run"], name="result_of_area")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.area_id}"


class RunRepeat(models.Model):
    """One repetition of a run from its frozen input: whether every figure came out the same."""

    run = models.ForeignKey(MeasurementRun, models.CASCADE, related_name="repeats")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    engine = models.CharField(max_length=40)
    code_hash = models.CharField(max_length=64)
    results_hash = models.CharField(max_length=64)
    identical = models.BooleanField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.run_id} again"
