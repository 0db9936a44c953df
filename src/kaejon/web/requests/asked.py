"""Pages of requests: the list, one request, receiving, answering, erasing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.households.models import ERASED_NAME, Household, Person
from kaejon.apps.households.queries import open_households
from kaejon.apps.privacy import requests as privacy
from kaejon.apps.privacy.erasing import erase_household, erase_person
from kaejon.apps.privacy.models import RequestKind, RequestStatus, SubjectRequest
from kaejon.apps.privacy.named_again import rows_for
from kaejon.apps.privacy.queries import people_of, request_counts, requests_visible_to
from kaejon.web.accounts.asking_again import proved_lately
from kaejon.web.doors import actor_of, household_for, permitted, person_for, row_for
from kaejon.web.people.asking import Question, ask, shape
from kaejon.web.requests.forms import AnswerForm, EraseForm, ReceiveForm, RequestFilter

HANDLE = Permission.HANDLE_REQUESTS
handlers = permitted(HANDLE)
PAGE = 50


def address(name: str, *args: Any) -> str:
    """The address of a page of another part, empty where that part is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def request_for(request: HttpRequest, public_id: UUID) -> SubjectRequest:
    return row_for(request, requests_visible_to(actor_of(request)), public_id=public_id)


@handlers
def request_list(request: HttpRequest) -> HttpResponse:
    """Requests of the handler's areas, what is due first on top."""
    today = timezone.localdate()
    everything = requests_visible_to(actor_of(request))
    form = RequestFilter(request.GET or {"state": "open"})
    asked = form.cleaned_data if form.is_valid() else {}
    state, rows = asked.get("state") or "open", everything
    if state in ("open", "overdue"):
        rows = rows.filter(status=RequestStatus.OPEN)
    if state == "overdue":
        rows = rows.filter(due_on__lt=today)
    if state == "closed":
        rows = rows.exclude(status=RequestStatus.OPEN).order_by("-answered_at")
    if kind := asked.get("kind"):
        rows = rows.filter(kind=kind)
    page: Any = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    here = open_households(
        actor_of(request), [r.household_id for r in page if r.household_id], HANDLE
    )
    for row in page:
        row.family = row.household if row.household_id in here else None
    context = {
        "form": form,
        "page": page,
        "counts": request_counts(everything, today),
        "today": today,
        "actions": [
            *province_links(actor_of(request)),
            {
                "url": reverse("request_add"),
                "label": _("Write down a request"),
                "icon": "plus",
                "primary": True,
            },
        ],
    }
    return render(request, "requests/request_list.html", context)


def province_links(user: User) -> list[dict[str, Any]]:
    """For who keeps the sources: lists past their time, and rows that name somebody who was erased."""
    if not may(user, Permission.MANAGE_SOURCES):
        return []
    waiting = rows_for(user).count()
    erased = {
        "url": reverse("named_again_list"),
        "label": _("Erased, and in a list again (%(count)s)") % {"count": waiting},
        "icon": "user-off",
    }
    kept = {
        "url": reverse("retention"),
        "label": _("Lists past their time"),
        "icon": "calendar-due",
    }
    return [erased, kept] if waiting else [kept]


@handlers
def request_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One request, what can be done about it, and the form to answer."""
    held = request_for(request, public_id)

    def act(form: AnswerForm) -> HttpResponse:
        privacy.answer_request(request=held, by=actor_of(request), **form.cleaned_data)
        messages.success(request, _("The answer was saved."))
        return redirect("request_page", held.public_id)

    question = Question(
        title=held.get_kind_display(),
        submit=_("Save the answer"),
        back=reverse("request_list"),
        template="requests/request_page.html",
    )
    return ask(
        request,
        question,
        shape(AnswerForm, request, initial={"answer": ready_answer(held)}),
        act,
        held=held,
        today=timezone.localdate(),
        **ways(request, held),
    )


def ready_answer(held: SubjectRequest) -> str:
    """What the family is told of an erasure: what went, what is kept for a public task, and why."""
    if held.kind != RequestKind.ERASURE or held.status != RequestStatus.OPEN:
        return ""
    return _(
        "Erased: names, national ID numbers, day and month of birth, house number, notes, photos, "
        "papers, the rows of lists and their files.\n"
        "Kept, without names: sex, year of birth, answers and levels, because counts by which help "
        "is planned rest on them (public task: Personal Data Protection Act B.E. 2562, sections 24 "
        "(4) and 33); that this was done and by whom, because the law asks for proof; a keyed mark "
        "that can only be compared, so that no later list brings the data back unasked."
    )


def ways(request: HttpRequest, held: SubjectRequest) -> dict[str, Any]:
    """Pages that do what is asked, for a request about a household the handler may open now."""
    household = held.household
    if household is None:
        return {"folder_url": "", "people": [], "family": None}
    if household.pk not in open_households(actor_of(request), [household.pk], HANDLE):
        return {"folder_url": "", "people": [], "family": None, "moved_away": True}
    links: dict[str, Any] = {
        "folder_url": address("folder", household.public_id),
        "family": household,
    }
    if held.status != RequestStatus.OPEN:
        return {**links, "people": []}
    if held.kind == RequestKind.ACCESS:
        links["print_url"] = reverse("held_data_print", args=[household.public_id])
    if held.kind == RequestKind.CORRECTION:
        links["correct_url"] = (
            address("household_correct", household.public_id) or links["folder_url"]
        )
    if held.kind == RequestKind.OBJECTION:
        links["consent_url"] = reverse("consent_edit", args=[household.public_id])
    if held.kind == RequestKind.ERASURE:
        people = people_of(household).exclude(first_name=ERASED_NAME)
        if household.head_name != ERASED_NAME or people:
            links["erase_url"] = reverse("erase_household", args=[household.public_id])
        return {**links, "people": people}
    return {**links, "people": []}


def area_choices(request: HttpRequest) -> list[Any]:
    scope = scope_of(actor_of(request), Permission.HANDLE_REQUESTS)
    rows = Area.objects.filter(scope.by_area("code")).exclude(level=Level.VILLAGE).order_by("code")
    return [(area.code, area.full_name) for area in rows]


def receive(request: HttpRequest, household: Household | None) -> HttpResponse:
    def act(form: ReceiveForm) -> HttpResponse:
        held = dict(form.cleaned_data)
        area = held.pop("area", household.area_id if household else "")
        kept = privacy.receive_request(area=area, household=household, by=actor_of(request), **held)
        messages.success(request, _("The request was written down."))
        return redirect("request_page", kept.public_id)

    areas = None if household else area_choices(request)
    question = Question(
        title=_("Write down a request"),
        lead=household.head_name
        if household
        else _("Without a household, when the person is in no list."),
        submit=_("Save"),
        back=reverse("request_list"),
    )
    return ask(request, question, shape(ReceiveForm, request, areas=areas), act)


@handlers
def request_add(request: HttpRequest) -> HttpResponse:
    """A request of somebody whose household is not known."""
    return receive(request, None)


@handlers
def request_add_for(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A request about one household."""
    return receive(request, household_for(request, public_id, Permission.HANDLE_REQUESTS))


def erase_question(
    request: HttpRequest, name: str, household: Household, do: Callable[..., None]
) -> HttpResponse:
    asked = request_to_erase(household)

    def act(form: EraseForm) -> HttpResponse:
        given = form.cleaned_data
        do(ground=given["ground"], reason=given["reason"], by=actor_of(request))
        messages.success(request, _("Erased. Answer the request so that the person knows."))
        return redirect("request_page", asked.public_id)

    question = Question(
        title=_("Erase the data of %(name)s?") % {"name": name},
        submit=_("Erase for good"),
        back=reverse("request_page", args=[asked.public_id]),
        danger=True,
        template="requests/erase.html",
    )
    notes = household.notes.filter(removed_at=None).count()
    return ask(request, question, shape(EraseForm, request), act, household=household, notes=notes)


@handlers
@proved_lately
def erase_household_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Erase a family: says what goes, what stays and why."""
    household = household_for(request, public_id, Permission.HANDLE_REQUESTS)
    erase = partial(erase_household, household=household)
    return erase_question(request, household.head_name, household, erase)


@handlers
@proved_lately
def erase_person_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Erase one member of a family."""
    person: Person = person_for(request, public_id, Permission.HANDLE_REQUESTS)
    if person.household is None:
        raise Http404
    erase = partial(erase_person, person=person)
    return erase_question(request, person.full_name, person.household, erase)


def request_to_erase(household: Household) -> SubjectRequest:
    """The oldest request that waits: nothing is erased unless the family asked for it in writing."""
    rows = household.subject_requests.filter(kind=RequestKind.ERASURE, status=RequestStatus.OPEN)
    asked: SubjectRequest | None = rows.order_by("received_on", "pk").first()
    if asked is None:
        raise Http404
    return asked
