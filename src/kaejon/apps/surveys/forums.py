"""Village forums: open one, fill its agenda, decide, hear objections, close."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import contains
from kaejon.apps.audit.actions import record
from kaejon.apps.folders.guards import refuse_no_reason
from kaejon.apps.households.models import Household
from kaejon.apps.privacy.requests import open_request
from kaejon.apps.surveys.checking import Finding, finish, record_check
from kaejon.apps.surveys.models import (
    AgendaItem,
    DecidedHow,
    Forum,
    Method,
    Objection,
    Verification,
)
from kaejon.apps.surveys.refusals import CheckRefused
from kaejon.methods.checks import has_quorum, quorum


@made_once
@transaction.atomic
def open_forum(
    *,
    area: Area,
    year_be: int,
    held_on: date,
    place: str,
    chair: str,
    by: User,
    attendance: Mapping[str, int] | None = None,
    note: str = "",
) -> Forum:
    """Plan or write down a forum of a village or tambon. Refuses: outside the actor's area."""
    refuse_outside(by, area.code)
    forum = Forum.objects.create(
        area=area,
        year_be=year_be,
        held_on=held_on,
        place=place.strip(),
        chair=chair.strip(),
        attendance=dict(attendance or {}),
        note=note.strip(),
        opened_by=by,
    )
    record_on(forum, "forum.open", by)
    return forum


@transaction.atomic
def change_forum(
    *,
    forum: Forum,
    held_on: date,
    place: str,
    chair: str,
    attendance: Mapping[str, int],
    note: str,
    by: User,
) -> Forum:
    """Correct day, place, chair, who came, or the note. Refuses a closed forum."""
    held = lock_open(forum, by)
    held.held_on, held.place, held.chair = held_on, place.strip(), chair.strip()
    held.attendance, held.note = dict(attendance), note.strip()
    held.save(update_fields=["held_on", "place", "chair", "attendance", "note"])
    record_on(held, "forum.change", by)
    return held


@transaction.atomic
def add_to_agenda(*, forum: Forum, households: Collection[Household], by: User) -> int:
    """Put households of the forum's area on its agenda, each once; returns how many are new."""
    held = lock_open(forum, by)
    for household in households:
        if not contains(held.area_id, household.area_id):
            raise CheckRefused(
                "of_another_area", _("This household lies outside the area of the forum.")
            )
    known = set(held.agenda.values_list("household", flat=True))
    new = [h for h in households if h.pk not in known]
    AgendaItem.objects.bulk_create(said(AgendaItem(forum=held, household=h)) for h in new)
    if new:
        record_on(held, "forum.agenda", by, households=len(new))
    return len(new)


@transaction.atomic
def remove_from_agenda(*, item: AgendaItem, by: User) -> None:
    """Take a household without a decision off the agenda."""
    held = lock_open(item.forum, by)
    if item.decision_id or item.objections.exists():
        raise CheckRefused("decided_already", _("This household was already spoken about."))
    item.delete()
    record_on(held, "forum.agenda_remove", by, households=1)


@made_once
@transaction.atomic
def decide(
    *,
    item: AgendaItem,
    finding: Finding,
    how: str,
    by: User,
    votes: tuple[int, int, int] | None = None,
) -> Verification:
    """What the forum decides about one household; an earlier decision of the same forum is replaced.

    `votes`: for, against, neither; only for a vote. Refuses: too few representatives of
    households (quorum), a vote that was not won, a closed forum.
    """
    forum = lock_open(item.forum, by)
    refuse_no_quorum(forum)
    refuse_vote(how, votes)
    held = AgendaItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if held.decision_id:
        replace_decision(held, by)
    finding = replace(
        finding,
        household=held.household,
        year_be=forum.year_be,
        method=Method.FORUM,
        forum=forum,
        checked_on=forum.held_on,
    )
    check = record_check(finding=finding, by=by)
    counted = votes if how == DecidedHow.VOTE and votes else (None, None, None)
    held.votes_for, held.votes_against, held.votes_neither = counted
    held.decided_how, held.decision = how, check
    said(held).save()
    return check


def said(item: AgendaItem) -> AgendaItem:
    """The item with the house and head as they are said today, for the minutes."""
    item.house_no, item.head_name = item.household.house_no, item.household.head_name
    return item


def replace_decision(item: AgendaItem, by: User) -> None:
    """The forum thought again: its earlier decision is withdrawn and says so."""
    Verification.objects.filter(agenda_item=item, withdrawn_at=None).update(
        withdrawn_at=timezone.now(),
        withdrawn_by=by,
        withdrawn_reason=str(_("The forum decided again.")),
    )
    finish([item.household], [])
    item.household.refresh_from_db()


@made_once
@transaction.atomic
def raise_objection(
    *, item: AgendaItem, raised_by: str, text: str, raised_on: date, by: User
) -> Objection:
    """Write down that somebody disagrees. After the forum was closed it becomes a request with a due date.

    Refuses: nobody named, no text, no decision yet.
    """
    refuse_outside(by, item.forum.area_id)
    if not raised_by.strip() or not text.strip():
        raise CheckRefused("objection_empty", _("Say who objects, and to what."))
    if item.decision_id is None:
        raise CheckRefused("nothing_decided", _("Nothing is decided about this household yet."))
    request = None
    if item.forum.is_closed:
        request = open_request(
            kind="objection",
            area=item.household.area_id,
            asked_by=raised_by.strip(),
            text=text.strip(),
            received_on=raised_on,
            household=item.household,
            actor=by,
        )
    objection = Objection.objects.create(
        item=item,
        raised_by=raised_by.strip(),
        raised_on=raised_on,
        text=text.strip(),
        request=request,
        recorded_by=by,
    )
    record_on(item.forum, "forum.objection", by)
    return objection


@transaction.atomic
def answer_objection(*, objection: Objection, answer: str, by: User) -> Objection:
    """Write what was answered. Refuses an empty answer and a second one."""
    refuse_outside(by, objection.item.forum.area_id)
    held = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    if held.answer or not answer.strip():
        raise CheckRefused("answer_missing", _("Write the answer; an answer is given once."))
    held.answer, held.answered_on, held.answered_by = answer.strip(), timezone.localdate(), by
    held.save(update_fields=["answer", "answered_on", "answered_by"])
    record_on(held.item.forum, "forum.answer", by)
    return held


@transaction.atomic
def close_forum(*, forum: Forum, by: User) -> Forum:
    """Sign the forum off. Refuses: nothing decided, an objection of the sitting without answer, no quorum."""
    held = lock_open(forum, by)
    refuse_no_quorum(held)
    if not held.agenda.filter(decision__isnull=False).exists():
        raise CheckRefused("nothing_decided", _("Nothing is decided yet."))
    if Objection.objects.filter(item__forum=held, answer="", request=None).exists():
        raise CheckRefused(
            "objection_open",
            _("An objection has no answer yet."),
            _("Write down what the forum answered."),
        )
    held.closed_at, held.closed_by = timezone.now(), by
    held.save(update_fields=["closed_at", "closed_by"])
    record_on(held, "forum.close", by)
    return held


@transaction.atomic
def reopen_forum(*, forum: Forum, reason: str, by: User) -> Forum:
    """Open a closed forum again, to add or correct. Refuses: no reason, an open one."""
    refuse_outside(by, forum.area_id)
    refuse_no_reason(reason)
    held = Forum.objects.select_for_update().get(pk=forum.pk)
    if not held.is_closed:
        raise CheckRefused("forum_open", _("This forum is open."))
    held.closed_at, held.closed_by, held.reopened_reason = None, None, reason.strip()[:300]
    held.save(update_fields=["closed_at", "closed_by", "reopened_reason"])
    record_on(held, "forum.reopen", by, reason=reason)
    return held


def lock_open(forum: Forum, by: User) -> Forum:
    """The forum as it is now; refuses one of others (NotPermitted), and a closed one."""
    held = Forum.objects.select_for_update(of=("self",)).select_related("area").get(pk=forum.pk)
    refuse_outside(by, held.area_id)
    if held.is_closed:
        raise CheckRefused(
            "forum_closed", _("This forum is closed."), _("Open it again with a reason.")
        )
    return held


def refuse_outside(by: User, area: str) -> None:
    """Refuse (NotPermitted) an area in which the actor may not check."""
    require(by, Permission.VERIFY, at=area)


def refuse_no_quorum(forum: Forum) -> None:
    if not has_quorum(forum.attendance):
        raise CheckRefused(
            "no_quorum",
            _("A forum decides when at least %(n)s representatives of households are there.")
            % {"n": quorum()[1]},
            _("Write down who came, or hold the forum again."),
        )


def refuse_vote(how: str, votes: tuple[int, int, int] | None) -> None:
    if how != DecidedHow.VOTE:
        return
    if votes is None or votes[0] <= votes[1]:
        raise CheckRefused(
            "vote_not_won",
            _("By vote a decision needs more votes for it than against it."),
            _("Write the votes, or another outcome."),
        )


def record_on(forum: Forum, verb: str, by: User, *, reason: str = "", **changes: object) -> None:
    """One line of history of a forum."""
    record(
        by=by,
        verb=verb,
        subject_type="forum",
        subject_id=forum.public_id,
        area=forum.area_id,
        label=forum.area.full_name,
        changes={"on": forum.held_on.isoformat(), **changes},
        reason=reason,
    )
