"""Personal-data law (PDPA B.E. 2562): consent and the requests of the people concerned."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kaejon.apps.records import Record, Reverse, Shown, Strip


class ConsentStatus(models.TextChoices):
    GIVEN = "given", _("given")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Consent(models.Model):
    """A household's answer for one source whose basis is consent. The latest row counts."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey("households.Household", models.CASCADE, related_name="consents")
    source = models.ForeignKey("sources.Source", models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=ConsentStatus)
    given_by = models.CharField(max_length=200)
    stated_on = models.DateField()
    paper_name = models.CharField(max_length=255, blank=True)
    paper_stored_as = models.CharField(max_length=100, blank=True)
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    as_record = Record(
        household=("household",),
        reverse=Reverse.HOLDS,
        erase=Strip(words=("given_by",), emptied=("paper_name",), files=("paper_stored_as",)),
        sealed=(),
        shown=Shown(
            _("Consent"),
            ("source", "status", "given_by", ("paper_name", _("paper held"))),
            day="stated_on",
        ),
    )

    class Meta:
        ordering = ["-stated_on", "-id"]

    def __str__(self) -> str:
        return f"{self.status} {self.household_id}"


class RequestKind(models.TextChoices):
    ACCESS = "access", _("see what is held")
    CORRECTION = "correction", _("correct")
    ERASURE = "erasure", _("erase")
    OBJECTION = "objection", _("object to the use")


class ErasureGround(models.TextChoices):
    """Why the law lets data be erased: Personal Data Protection Act B.E. 2562, section 33."""

    NOT_NEEDED = (
        "not_needed",
        _("no longer needed for what it was collected for: section 33 (1)"),
    )
    CONSENT_WITHDRAWN = (
        "consent_withdrawn",
        _("consent was withdrawn and nothing else allows keeping it: section 33 (2)"),
    )
    OBJECTION = "objection", _("the person objects and we may not refuse: section 33 (3)")
    UNLAWFUL = "unlawful", _("it was collected, used or given on against the law: section 33 (4)")


class RequestStatus(models.TextChoices):
    OPEN = "open", _("open")
    DONE = "done", _("done")
    DECLINED = "declined", _("declined with reason")


class SubjectRequest(models.Model):
    """What a person asked about the own data, with the day an answer is due."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(
        "households.Household", models.SET_NULL, null=True, related_name="subject_requests"
    )
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=RequestKind)
    asked_by = models.CharField(max_length=200)
    text = models.TextField(max_length=2000)
    received_on = models.DateField()
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.OPEN)
    answer = models.TextField(max_length=2000, blank=True)
    recorded_by = models.ForeignKey("access.User", models.PROTECT, related_name="+")
    answered_by = models.ForeignKey(
        "access.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    as_record = Record(
        household=("household",),
        reverse=Reverse.HOLDS,
        erase=Strip(words=("asked_by", "text", "answer")),
        sealed=(),
        shown=Shown(
            _("Request"), ("kind", "asked_by", "text", "status", "answer"), day="received_on"
        ),
    )

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="answered_request_says_who_and_when",
                condition=Q(status="open", answered_by=None, answered_at=None)
                | (~Q(status="open") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_on}"
