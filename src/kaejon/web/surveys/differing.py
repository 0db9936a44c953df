"""Community against state lists, item by item, and where the owner of a list is asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kaejon.apps.access.models import User
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.areas.queries import TAMBON_DIGITS, within
from kaejon.apps.dashboards.checks import CheckCounts, check_counts
from kaejon.apps.dashboards.queries import CODE_LENGTH_BELOW, areas_below, widest_area
from kaejon.apps.folders.wording import FACT_NAMES, list_name, shown_fact
from kaejon.apps.households.models import Household
from kaejon.apps.sources.models import SourceVersion
from kaejon.apps.surveys.correcting import ask_correction
from kaejon.apps.surveys.differing import (
    STANDING,
    STATE_SECTORS,
    Difference,
    corrections_of,
    differences,
    in_need_not_listed,
    listed_not_in_need,
    standing_version,
    to_compare,
)
from kaejon.methods.claims import Claim
from kaejon.methods.errors import DataError
from kaejon.web.doors import actor_of, area_for, household_for, permitted
from kaejon.web.surveys.doors import VERIFY, form_page, refused
from kaejon.web.surveys.forms import AskForm
from kaejon.web.surveys.worklist import breadcrumb

PAGE = 20
VIEWS = ("facts", "listed", "missing")


@permitted(VERIFY)
@never_cache
def clash_list(request: HttpRequest) -> HttpResponse:
    """Where the community and state lists differ: by area, then item by item."""
    user = actor_of(request)
    scope = scope_of(user, VERIFY)
    code = request.GET.get("area", "")
    area = area_for(request, code, VERIFY) if code else widest_area(scope)
    if area is None:
        raise Http404
    view = request.GET.get("view", "facts")
    view = view if view in VIEWS else "facts"
    context: dict[str, Any] = {
        "area": area,
        "view": view,
        "tabs": view_tabs(area, view),
        "breadcrumb": breadcrumb(area, scope),
    }
    if len(area.code) < TAMBON_DIGITS or area.level == Level.COUNTRY:
        context["parts"] = parts_of(area, user)
        return render(request, "surveys/clash_areas.html", context)
    context |= {"source": request.GET.get("source", ""), "sources": state_sources()}
    context |= items_of(request, area, view, context["source"])
    return render(request, "surveys/clash_list.html", context)


def view_tabs(area: Area, view: str) -> list[dict[str, Any]]:
    labels = {
        "facts": _("Facts that differ"),
        "listed": _("On a state list, not in need"),
        "missing": _("In need, on no state list of poor"),
    }
    address = reverse("clash_list")
    return [
        {"url": f"{address}?area={area.code}&view={key}", "label": label, "active": key == view}
        for key, label in labels.items()
    ]


def parts_of(area: Area, user: User) -> list[tuple[Area, CheckCounts]]:
    """Parts of a large area with households on which lists differ."""
    scope = scope_of(user, VERIFY)
    counts = check_counts(scope, area, CODE_LENGTH_BELOW[Level(area.level)])
    below = [part for part in areas_below(area) if scope.touches(part.code)]
    return [(part, counts[part.code]) for part in below if part.code in counts]


def state_sources() -> list[tuple[str, str]]:
    """State lists by code and name, for the filter."""
    rows = SourceVersion.objects.filter(source__owner__sector__in=STATE_SECTORS)
    found = {v.source.code: v.source.name for v in rows.select_related("source")}
    return sorted(found.items(), key=lambda pair: pair[1])


def items_of(request: HttpRequest, area: Area, view: str, source: str) -> dict[str, Any]:
    """One page of what differs."""
    user, here = actor_of(request), within(area.code, "area_id")
    if view == "facts":
        rows = to_compare(user, here, source)
    else:
        rows = (listed_not_in_need if view == "listed" else in_need_not_listed)(user, here)
    page = Paginator(rows.select_related("area"), PAGE).get_page(request.GET.get("page"))
    households = list(page.object_list)
    if view == "facts":
        places = area_names(households)
        rows_shown = [shown(item, places) for item in differences(households, source)]
        return {"page": page, "items": rows_shown}
    asked = corrections_of([h.pk for h in households])
    standing = [
        (h, standing_version(h), next(iter(asked.get((h.pk, None, STANDING), ())), None))
        for h in households
    ]
    return {"page": page, "standing": standing}


def area_names(households: list[Household]) -> dict[str, Area]:
    provinces = {h.area_id[:4] for h in households}
    condition = Q(pk__in=())
    for code in provinces:
        condition |= within(code)
    return Area.objects.in_bulk(Area.objects.filter(condition).values_list("pk", flat=True))


def shown(item: Difference, places: dict[str, Area]) -> dict[str, Any]:
    """A difference as the page shows it."""

    def said(claim: Claim) -> dict[str, Any]:
        row = claim.tag
        return {
            "text": shown_fact(item.fact, claim.facts, places),
            "list": list_name(row.version),
            "owner": row.version.source.owner.name,
            "on": claim.as_of,
            "by": row.stated_by.display_name if claim.field_check else "",
            "field": claim.field_check,
            "claim": row.public_id,
            "asked": item.asked(claim),
        }

    return {
        "household": item.household,
        "person": item.person,
        "fact": item.fact,
        "fact_name": FACT_NAMES[item.fact],
        "stated": [said(c) for c in item.stated],
        "answers": [said(c) for c in item.answers],
        "settled": item.field is not None,
        "right": shown_fact(item.fact, item.answers[0].facts, places),
    }


@permitted(VERIFY)
def correction_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask a list's owner to correct: `?claim=` a state list's claim and `?fact=`, or the standing."""
    household, user = household_for(request, public_id, VERIFY), actor_of(request)
    asked = what_is_asked(request, household)
    back = f"{reverse('clash_list')}?area={household.area_id}&view={asked['view']}"
    form = AskForm(request.POST or None, initial={"right": asked["right"]})
    if request.method == "POST" and form.is_valid():
        try:
            ask_correction(
                version=asked["version"],
                household=household,
                person=asked["person"],
                fact=asked["fact"],
                listed=asked["listed"],
                right=form.cleaned_data["right"],
                by=user,
            )
        except DataError as error:
            refused(form, error)
        else:
            messages.success(request, _("It is noted for the owner of the list."))
            return redirect(back)
    return form_page(
        request,
        form,
        title=_("Ask the owner to correct"),
        pretitle=f"{household.head_name} · {list_name(asked['version'])}",
        lead=_("The list says: %(listed)s") % {"listed": asked["listed"]},
        submit=_("Note it for the owner"),
        back=back,
    )


def what_is_asked(request: HttpRequest, household: Household) -> dict[str, Any]:
    """The list, the fact, what the list says and what is right; 404 when there is no such difference."""
    fact = request.GET.get("fact", STANDING)
    if fact == STANDING:
        return standing_asked(household)
    found = [d for d in differences([household]) if d.fact == fact]
    for item in found:
        for claim in item.stated:
            if str(claim.tag.public_id) == request.GET.get("claim", ""):
                words = shown(item, area_names([household]))
                listed = next(s for s in words["stated"] if s["claim"] == claim.tag.public_id)
                return {
                    "version": claim.tag.version,
                    "person": item.person,
                    "fact": fact,
                    "listed": listed["text"],
                    "right": words["right"],
                    "view": "facts",
                }
    raise Http404


def standing_asked(household: Household) -> dict[str, Any]:
    version = standing_version(household)
    if version is None or not household.verified:
        raise Http404
    named = household.target_poor_members > 0 or bool(household.bmn_poor)
    return {
        "version": version,
        "person": None,
        "fact": STANDING,
        "listed": _("named poor") if named else _("not named poor"),
        "right": household.get_verified_display(),
        "view": "listed" if named else "missing",
    }
