"""Village forums: plan, fill the agenda, decide, hear objections, close, print."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.areas.models import WHOLE_SYSTEM, Area, Level
from kaejon.apps.areas.queries import path_to, within
from kaejon.apps.households.queries import open_households
from kaejon.apps.surveys import forums
from kaejon.apps.surveys.checking import Finding
from kaejon.apps.surveys.models import Forum
from kaejon.apps.surveys.papers import forum_pdf
from kaejon.apps.surveys.queries import forums_with_counts, in_order, objections_visible_to
from kaejon.apps.surveys.worklists import checked, to_check, visits_of, worklist
from kaejon.methods.checks import has_quorum, quorum
from kaejon.methods.errors import DataError
from kaejon.web.doors import actor_of, permitted
from kaejon.web.surveys.doors import (
    VERIFY,
    form_page,
    forum_for,
    item_for,
    one_of,
    refused,
    village_for,
    year_of,
)
from kaejon.web.surveys.forms import (
    AnswerForm,
    DecideForm,
    ForumForm,
    ObjectionForm,
    ReasonForm,
)
from kaejon.web.surveys.worklist import file_answer

PAGE = 30
MOST_CHOICES = 300


def forum_address(forum: Forum) -> str:
    return reverse("forum_page", args=[forum.public_id])


@permitted(VERIFY)
def forum_list(request: HttpRequest) -> HttpResponse:
    """Forums in the person's area, latest first."""
    rows = forums_with_counts(actor_of(request), request.GET.get("area") or WHOLE_SYSTEM)
    page = Paginator(rows.select_related("area__parent"), PAGE).get_page(request.GET.get("page"))
    return render(request, "surveys/forum_list.html", {"page": page, "area": asked_area(request)})


def asked_area(request: HttpRequest) -> Area | None:
    return Area.objects.filter(code=request.GET.get("area", "")).first()


@permitted(VERIFY)
def forum_add(request: HttpRequest, code: str) -> HttpResponse:
    """Plan a forum of a village or tambon, or write one down."""
    area, year = village_for(request, code), year_of(request)
    form = ForumForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        forum = forums.open_forum(area=area, year_be=year, by=actor_of(request), **form.values())
        messages.success(request, _("The forum is opened. Now put households on its agenda."))
        return redirect(forum_address(forum))
    back = f"{reverse('field_village', args=[area.code])}?year={year}"
    title = _("Open a village forum")
    return form_page(request, form, title=title, pretitle=area.full_name, back=back)


@permitted(VERIFY)
@never_cache
def forum_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One forum: who came, the agenda with decisions, objections."""
    forum = forum_for(request, public_id)
    items = list(agenda_of(forum))
    here = open_households(actor_of(request), [i.household_id for i in items], VERIFY)
    visits = {
        visit.household.pk: visit
        for visit in visits_of(
            [i.household for i in items if i.household_id in here], forum.year_be
        )
    }
    context = {
        "forum": forum,
        "place": path_to(forum.area),
        "entries": [(item, visits.get(item.household_id)) for item in items],
        "decided": sum(1 for item in items if item.decision_id),
        "attendance": [(code, n) for code, n in forum.attendance.items() if n],
        "has_quorum": has_quorum(forum.attendance),
        "quorum_group": quorum()[0],
        "quorum_least": quorum()[1],
        "may_print": may(actor_of(request), Permission.PRINT, at=forum.area_id),
    }
    return render(request, "surveys/forum.html", context)


def agenda_of(forum: Forum) -> Any:
    rows = in_order(forum.agenda.select_related("household__area", "decision"))
    return rows.prefetch_related("objections__answered_by", "objections__request")


def only_open(request: HttpRequest, forum: Forum) -> HttpResponse | None:
    """A form that a closed forum would refuse is not shown to be filled in: its page says so."""
    if forum.is_closed and request.method != "POST":
        messages.error(
            request, _("This forum is closed.") + " " + _("Open it again with a reason.")
        )
        return redirect(forum_address(forum))
    return None


@permitted(VERIFY)
def forum_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct day, place, chair, attendance or remarks."""
    forum = forum_for(request, public_id)
    if refusal := only_open(request, forum):
        return refusal
    form = ForumForm(request.POST or None, initial=ForumForm.initial_of(forum))
    if request.method == "POST" and form.is_valid():
        try:
            forums.change_forum(forum=forum, by=actor_of(request), **form.values())
        except DataError as error:
            refused(form, error)
        else:
            return redirect(forum_address(forum))
    return form_page(
        request,
        form,
        title=_("Forum and attendance"),
        pretitle=forum.area.full_name,
        back=forum_address(forum),
    )


@permitted(VERIFY)
def forum_agenda(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose from the worklist of the forum's area; those to be checked come first."""
    forum, user = forum_for(request, public_id), actor_of(request)
    if refusal := only_open(request, forum):
        return refusal
    known = forum.agenda.values("household")
    year = forum.year_be
    rows = worklist_of(forum, user).exclude(pk__in=known)
    choices = visits_of(
        [*rows.filter(to_check(year))[:MOST_CHOICES], *rows.filter(checked(year))[:MOST_CHOICES]],
        year,
    )
    if request.method == "POST":
        wanted = set(request.POST.getlist("household"))
        chosen = [v.household for v in choices if str(v.household.public_id) in wanted]
        count = forums.add_to_agenda(forum=forum, households=chosen, by=user)
        messages.success(
            request,
            ngettext(
                "%(n)s household is put on the agenda.",
                "%(n)s households are put on the agenda.",
                count,
            )
            % {"n": count},
        )
        return redirect(forum_address(forum))
    return render(request, "surveys/agenda.html", {"forum": forum, "choices": choices})


def worklist_of(forum: Forum, user: Any) -> Any:
    """The worklists of all villages of the forum's area."""
    if forum.area.level == Level.VILLAGE:
        return worklist(user, forum.area_id, forum.year_be)
    villages = Area.objects.filter(within(forum.area_id)).values_list("code", flat=True)
    found = worklist(user, forum.area_id, forum.year_be)
    for code in villages:
        found |= worklist(user, code, forum.year_be)
    return found


@permitted(VERIFY)
@require_POST
def forum_item_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a household off the agenda."""
    item = item_for(request, public_id)
    forums.remove_from_agenda(item=item, by=actor_of(request))
    return redirect(forum_address(item.forum))


@permitted(VERIFY)
def forum_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the forum decides about one household."""
    item = item_for(request, public_id)
    if refusal := only_open(request, item.forum):
        return refusal
    form = DecideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        finding = Finding(
            household=item.household,
            year_be=item.forum.year_be,
            outcome=data["outcome"],
            method="forum",
            checked_on=item.forum.held_on,
            reason=data["reason"],
            note=data["note"],
        )
        try:
            forums.decide(
                item=item,
                finding=finding,
                how=data["how"],
                votes=form.votes(),
                by=actor_of(request),
            )
        except DataError as error:
            refused(form, error)
        else:
            return redirect(f"{forum_address(item.forum)}#item-{item.public_id}")
    return form_page(
        request,
        form,
        title=_("Decision of the forum"),
        pretitle=f"{item.household.head_name} · {item.household.house_no}",
        back=forum_address(item.forum),
    )


@permitted(VERIFY)
def forum_object(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down an objection, in the sitting or afterwards."""
    item = item_for(request, public_id)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            forums.raise_objection(
                item=item,
                raised_by=data["raised_by"],
                text=data["text"],
                raised_on=data["on"].date if data["on"] else timezone.localdate(),
                by=actor_of(request),
            )
        except DataError as error:
            refused(form, error)
        else:
            return redirect(f"{forum_address(item.forum)}#item-{item.public_id}")
    lead = (
        _("The forum is closed: the objection becomes a request with a day the answer is due.")
        if item.forum.is_closed
        else _("It needs an answer before the forum is closed.")
    )
    return form_page(
        request,
        form,
        title=_("Write down an objection"),
        pretitle=f"{item.household.head_name} · {item.household.house_no}",
        lead=lead,
        back=forum_address(item.forum),
    )


@permitted(VERIFY)
def forum_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was answered to an objection."""
    objection = one_of(request, objections_visible_to(actor_of(request)), public_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            forums.answer_objection(
                objection=objection, answer=form.cleaned_data["answer"], by=actor_of(request)
            )
        except DataError as error:
            refused(form, error)
        else:
            return redirect(forum_address(objection.item.forum))
    return form_page(
        request,
        form,
        title=_("Answer an objection"),
        pretitle=objection.item.household.head_name,
        lead=f"{objection.raised_by}: {objection.text}",
        back=forum_address(objection.item.forum),
    )


@permitted(VERIFY)
@require_POST
def forum_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Sign the forum off."""
    forum = forum_for(request, public_id)
    forums.close_forum(forum=forum, by=actor_of(request))
    messages.success(request, _("The forum is closed. Print the minutes and let them be signed."))
    return redirect(forum_address(forum))


@permitted(VERIFY)
def forum_reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open a closed forum again, with a reason."""
    forum = forum_for(request, public_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            forums.reopen_forum(
                forum=forum, reason=form.cleaned_data["reason"], by=actor_of(request)
            )
        except DataError as error:
            refused(form, error)
        else:
            return redirect(forum_address(forum))
    return form_page(
        request,
        form,
        title=_("Open the forum again"),
        pretitle=forum.area.full_name,
        lead=_("To add or correct. The reason stands on the page of the forum."),
        back=forum_address(forum),
    )


@permitted(Permission.PRINT)
@never_cache
def forum_paper(request: HttpRequest, public_id: UUID, kind: str) -> HttpResponse:
    """Agenda or minutes on paper."""
    if kind not in ("agenda", "minutes"):
        raise Http404
    forum = forum_for(request, public_id)
    if not may(actor_of(request), Permission.PRINT, at=forum.area_id):
        raise Http404
    pdf = forum_pdf(forum=forum, kind=kind, by=actor_of(request))
    return file_answer(pdf, "application/pdf", f"{kind}-{forum.area_id}.pdf", inline=True)
