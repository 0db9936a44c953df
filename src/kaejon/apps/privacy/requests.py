"""Requests of the people concerned: received, answered, declined."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.audit.actions import record
from kaejon.apps.households.models import Household
from kaejon.apps.privacy.models import RequestKind, RequestStatus, SubjectRequest
from kaejon.apps.privacy.refusals import PrivacyRefused

# Days to answer. Access: PDPA B.E. 2562 section 30 (not later than thirty days from receipt).
# The Act sets no number for the others; the same promise is made for all.
DAYS_TO_ANSWER = {
    RequestKind.ACCESS: 30,
    RequestKind.CORRECTION: 30,
    RequestKind.ERASURE: 30,
    RequestKind.OBJECTION: 30,
}


@made_once
@transaction.atomic
def receive_request(
    *,
    kind: str,
    area: str,
    asked_by: str,
    text: str,
    received_on: date,
    by: User,
    household: Household | None = None,
) -> SubjectRequest:
    """Write down what somebody asked about the own data; the due date follows from the day it came.

    Refuses an area of others (NotPermitted), and a day still to come.
    """
    require(by, Permission.HANDLE_REQUESTS, at=household.area_id if household else area)
    return open_request(
        kind=kind,
        area=area,
        asked_by=asked_by,
        text=text,
        received_on=received_on,
        actor=by,
        household=household,
    )


def open_request(
    *,
    kind: str,
    area: str,
    asked_by: str,
    text: str,
    received_on: date,
    actor: User,
    household: Household | None = None,
) -> SubjectRequest:
    """As `receive_request`; a part of verbs that asked whether the actor may."""
    if received_on > timezone.localdate():
        raise PrivacyRefused("received_later", _("The day of receipt lies in the future."))
    request = SubjectRequest(
        household=household,
        area_id=household.area_id if household else area,
        kind=kind,
        asked_by=asked_by,
        text=text,
        received_on=received_on,
        due_on=received_on + timedelta(days=DAYS_TO_ANSWER[RequestKind(kind)]),
        recorded_by=actor,
    )
    request.full_clean(exclude=["household"])
    request.save()
    record(
        by=actor,
        verb="request.receive",
        subject_type="household" if household else "request",
        subject_id=household.public_id if household else request.public_id,
        area=request.area_id,
        changes={"kind": kind, "due": str(request.due_on), "request": str(request.public_id)},
    )
    return request


@transaction.atomic
def answer_request(
    *, request: SubjectRequest, status: str, answer: str, by: User
) -> SubjectRequest:
    """Close a request as done or declined. Refuses an empty answer and a request already closed."""
    held = SubjectRequest.objects.select_for_update().get(pk=request.pk)
    require(by, Permission.HANDLE_REQUESTS, at=held.area_id)
    if held.status != RequestStatus.OPEN:
        raise PrivacyRefused(
            "request_closed",
            _("Somebody answered this request already."),
            _("Open it again to read the answer."),
        )
    if status not in (RequestStatus.DONE, RequestStatus.DECLINED) or not answer.strip():
        raise PrivacyRefused("answer_missing", _("Write the answer, or the reason for declining."))
    held.status, held.answer = status, answer.strip()
    held.answered_by, held.answered_at = by, timezone.now()
    held.save(update_fields=["status", "answer", "answered_by", "answered_at"])
    record(
        by=by,
        verb=f"request.{status}",
        subject_type="household" if held.household else "request",
        subject_id=held.household.public_id if held.household else held.public_id,
        area=held.area_id,
        changes={"kind": held.kind, "request": str(held.public_id)},
    )
    return held
