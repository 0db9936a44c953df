"""What a person still has in hand, listed before another takes over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.folders.models import Attention
from kaejon.apps.jobs.models import Job, Status
from kaejon.apps.privacy.models import RequestStatus, SubjectRequest
from kaejon.apps.sources.models import BatchStatus, ImportBatch

UNFINISHED = (BatchStatus.UPLOADED, BatchStatus.STAGING, BatchStatus.STAGED, BatchStatus.APPLYING)


@dataclass(frozen=True)
class OpenItem:
    """A kind of unfinished work, how much of it, and the page that lists it."""

    label: Any
    count: int
    url: str = ""


def open_items_of(user: User) -> list[OpenItem]:
    """Unfinished work begun by the person; kinds of which there is none are left out."""
    counted = (
        (
            _("lists uploaded and not yet applied"),
            ImportBatch.objects.filter(uploaded_by=user, status__in=UNFINISHED),
            "batch_list",
        ),
        (
            _("jobs that still run"),
            Job.objects.filter(created_by=user, status__in=(Status.QUEUED, Status.RUNNING)),
            "",
        ),
        (
            _("requests of people received and not yet answered"),
            SubjectRequest.objects.filter(recorded_by=user, status=RequestStatus.OPEN),
            "request_list",
        ),
        (
            _("attention marks set and not yet cleared"),
            Attention.objects.filter(set_by=user, cleared_at=None),
            "",
        ),
    )
    return [
        OpenItem(label, count, address(name))
        for label, rows, name in counted
        if (count := rows.count())
    ]


def address(name: str) -> str:
    try:
        return reverse(name) if name else ""
    except NoReverseMatch:
        return ""
