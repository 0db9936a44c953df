"""The queue: how many rows wait where, the rows themselves, what was decided lately."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import role_names
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.audit.actions import record_look
from kaejon.apps.audit.models import LookKind
from kaejon.apps.homes.queries import pairs_visible_to as homes_waiting
from kaejon.apps.linking.assigning import assignments_visible_to
from kaejon.apps.linking.pair_queries import pairs_visible_to
from kaejon.apps.linking.queries import (
    counts_by_tambon,
    decisions_visible_to,
    families_of,
    names_chosen,
    next_in,
    queue,
    visible_to,
)
from kaejon.apps.sources.previews import claimed_name
from kaejon.web.doors import actor_of, permitted
from kaejon.web.linking import labels
from kaejon.web.linking.forms import AssignForm, QueueFilter
from kaejon.web.looks import shown_by_key

PAGE = 50
LATELY = 10


@require_safe
@never_cache
@permitted(Permission.APPLY_LISTS)
def review_list(request: HttpRequest) -> HttpResponse:
    """Rows that wait, by tambon and by list, and the latest decisions with their undo."""
    user = actor_of(request)
    form = QueueFilter(user, request.GET)
    wanted = form.wanted()
    rows = queue(user, **wanted)
    page: Any = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    places = Area.objects.select_related("parent").in_bulk({r.area_code for r in page})
    for row in page:
        row.name = claimed_name(row.facts.get("person") or {})
        row.why = labels.WHY.get(row.rule, "")
        row.place = places.get(row.area_code)
    families = families_of(page.object_list, user)
    shown_by_key(request, households=families)
    if page.object_list and not families:  # rows of nobody known: at least that the list was read
        record_look(
            by=user,
            kind=LookKind.VIEW,
            area=page.object_list[0].area_code,
            count=len(page.object_list),
            role=role_names(user),
            reason=gettext_noop("rows that wait for a decision"),
        )
    lately: list[Any] = list(decisions_visible_to(user)[:LATELY])
    names = names_chosen(lately, user)
    for decision in lately:
        decision.chosen_name = names.get(decision.pk, "")
        decision.row_name = claimed_name(decision.record.facts.get("person") or {})
    context = {
        "tabs": tabs(user, "rows"),
        "form": form,
        "page": page,
        "areas": counts_by_tambon(queue(user, **{**wanted, "area": ""})),
        "area": wanted["area"],
        "first": next_in(rows) or (page.object_list[0] if page.object_list else None),
        "kept": kept(wanted),
        "lately": lately,
        "filtered": any(wanted.values()),
        "waiting": visible_to(user).count(),
    }
    context |= assignment_context(user, wanted["area"])
    return render(request, "linking/review_list.html", context)


def assignment_context(user: User, code: str) -> dict[str, Any]:
    """Who decides in the tambons; the form when one tambon is open."""
    held = {a.area_id: a.user for a in assignments_visible_to(user)}
    area = Area.objects.filter(code=code).select_related("parent").first() if code else None
    is_tambon = area is not None and area.level == Level.TAMBON
    form = AssignForm(area, held.get(code)) if area is not None and is_tambon else None
    return {"assigned": held, "open_area": area, "assign_form": form}


def tabs(user: User, active: str) -> list[dict[str, Any]]:
    """The three queues, each with how much waits."""
    rows, pairs = visible_to(user).count(), pairs_visible_to(user).count()
    homes = homes_waiting(user).count()
    found = (
        ("rows", _("Rows of lists"), reverse("review_list"), rows),
        ("pairs", _("People who may stand twice"), reverse("review_pairs"), pairs),
        ("homes", _("Households that may stand twice"), reverse("review_homes"), homes),
    )
    return [
        {"label": label, "url": url, "count": count, "active": name == active}
        for name, label, url, count in found
    ]


def kept(wanted: dict[str, Any]) -> str:
    """The filter as the end of an address."""
    return urlencode({name: value for name, value in wanted.items() if value})
