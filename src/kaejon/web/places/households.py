"""The list of households: filter, search, sort, page, take out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, scope_of
from kaejon.apps.areas.models import WHOLE_SYSTEM, Area, Level
from kaejon.apps.areas.queries import path_to
from kaejon.apps.dashboards.paging import Page, page_of, sorted_page
from kaejon.apps.dashboards.queries import areas_below, widest_area
from kaejon.apps.folders.labels import capital_name
from kaejon.apps.folders.listing import SORTS, Filters, listed
from kaejon.apps.folders.searching import Found, Search, find, matching_people, read_search
from kaejon.apps.homes.queries import offers_to
from kaejon.web.doors import actor_of, permitted
from kaejon.web.picture.words import list_words
from kaejon.web.places.forms import FilterForm, SearchForm
from kaejon.web.places.links import folder_address
from kaejon.web.places.searches import recall, remember

# In a list of an area of this level: the steps of the code that a row still has to name
LENGTHS_SHOWN = {
    Level.COUNTRY: (8, 6, 4, 2),
    Level.PROVINCE: (8, 6, 4),
    Level.DISTRICT: (8, 6),
    Level.TAMBON: (8,),
    Level.VILLAGE: (8,),
}


@dataclass(frozen=True)
class Question:
    """What the address of a list asks: filters, order, page, and perhaps a search."""

    form: FilterForm
    filters: Filters
    area: Area
    widest: str
    sort: str
    token: str
    search: Search | None

    def address(self, **changes: str) -> str:
        """The same list with something changed; empty values are left out."""
        asked = {
            "sort": self.sort if self.sort != "address" else "",
            "q": self.token,
            **self.named_filters(),
            **changes,
        }
        text = urlencode({name: value for name, value in asked.items() if value})
        return f"{reverse('household_list')}?{text}" if text else reverse("household_list")

    @property
    def search_address(self) -> str:
        """Where a search is sent: the same filters, another search."""
        return self.address(q="", sort="")

    @property
    def without_search(self) -> str:
        return self.address(q="")

    @property
    def only_area(self) -> str:
        return f"{reverse('household_list')}?area={self.area.code}"

    def named_filters(self) -> dict[str, str]:
        asked = self.filters.as_dict()
        if not self.filters.level and self.filters.measure == "overall":
            asked.pop("measure")
        return {name: "1" if value is True else value for name, value in asked.items() if value}


def question_of(request: HttpRequest) -> Question:
    """Read the address. An area outside the person's scope is not found."""
    scope = scope_of(actor_of(request), Permission.SEE_HOUSEHOLDS)
    widest = widest_area(scope)
    code = request.GET.get("area", "")
    area = get_object_or_404(Area, code=code) if code else widest
    if area is None or not scope.touches(area.code):
        raise Http404
    areas = cache(lambda: area_options(area, widest, scope))
    form = FilterForm(request.GET, areas=areas)
    filters = replace(form.filters(), area="" if area.code == WHOLE_SYSTEM else area.code)
    token = request.GET.get("q", "")
    sort = request.GET.get("sort", "address")
    return Question(
        form=form,
        filters=filters,
        area=area,
        widest=widest.code if widest else "",
        sort=sort if sort in SORTS else "address",
        token=token,
        search=recall(request, token),
    )


def area_options(area: Area, widest: Area | None, scope: Any) -> list[tuple[str, str]]:
    """Where one may go from here: up to the widest area, the area itself, one rung down."""
    way = [widest] if widest and widest.code == WHOLE_SYSTEM else []
    way += [step for step in path_to(area) if not widest or step.code >= widest.code]
    below = [] if area.level == Level.VILLAGE else areas_below(area)
    inside = [part for part in below if scope.touches(part.code) and part.valid_until is None]
    return [(a.code, a.full_name) for a in way] + [(a.code, f"  › {a.full_name}") for a in inside]


@permitted(Permission.SEE_HOUSEHOLDS)
def household_list(request: HttpRequest) -> HttpResponse:
    """Households of an area that answer to the filters, or that a search found. POST starts a search."""
    question = question_of(request)
    box = SearchForm(request.POST or None)
    if request.method == "POST":
        return start_search(request, question, box)
    user = actor_of(request)
    found = find(user, question.search, question.filters.area) if question.search else None
    page = page_for(user, question, found, request)
    context = {
        "question": question,
        "box": box,
        "page": page,
        "rows": rows_shown(page, question, found),
        "found": found,
        "search_lost": bool(question.token) and question.search is None,
        "columns": columns(question, page),
        "measure_name": capital_name(question.filters.measure),
        "heading": heading(question),
        "links": links(question, page),
        "narrowed": narrowed(question),
        "list_words": list_words(question.filters),
        "without_lists": question.address(on="", not_on="", list_year="", held="", gate=""),
        "granted_only": not scope_of(user, Permission.SEE_HOUSEHOLDS).areas,
        "export_address": export_address(question) if may_export(user, question) else "",
        "export_token": uuid.uuid4().hex,
        "arrivals": offers_to(user).count(),
    }
    return render(request, "places/households.html", context)


def start_search(request: HttpRequest, question: Question, box: SearchForm) -> HttpResponse:
    """Keep the words in the session and go on to an address that does not hold them."""
    search = read_search(box.cleaned_data["text"]) if box.is_valid() else None
    return redirect(question.address(q=remember(request, search) if search else "", sort=""))


def page_for(user: User, question: Question, found: Found | None, request: HttpRequest) -> Page:
    number = request.GET.get("page", "1")
    number_asked = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    if found is not None:
        rows = listed(user, question.filters).filter(pk__in=found.households)
        return sorted_page(rows, question.sort, number_asked)
    return page_of(
        user,
        question.filters,
        sort=question.sort,
        number=number_asked,
        place=request.GET.get("from", ""),
    )


def rows_shown(page: Page, question: Question, found: Found | None) -> list[dict[str, Any]]:
    """Households with where they live in words, and the members a search found. Two queries a page."""
    matched = matching_people(found, page.rows) if found and page.rows else {}
    lengths = LENGTHS_SHOWN[Level(question.area.level)]
    names = Area.objects.in_bulk({h.area_id[:n] for h in page.rows for n in lengths})
    return [
        {
            "household": household,
            "url": folder_address(household),
            "level": getattr(household, f"{question.filters.measure}_level"),
            "place": place_words(household.area_id, names, lengths),
            "matched": matched.get(household.pk, []),
        }
        for household in page.rows
    ]


def place_words(code: str, names: dict[str, Area], lengths: tuple[int, ...]) -> str:
    """Village, tambon and perhaps district of a code."""
    steps = (code[:n] for n in lengths if n <= len(code))
    return " ".join(names[step].full_name for step in steps if step in names) or _(
        "Village not known"
    )


def columns(question: Question, page: Page) -> list[dict[str, Any]]:
    """Heads of the sortable columns: address to sort by, and whether it is the order in use."""
    names = {
        "head": _("Head of household"),
        "address": _("House no."),
        "level": _("Level"),
        "newest": _("Surveyed on"),
    }
    return [
        {
            "key": key,
            "label": label,
            "sorted": page.sortable and question.sort == key,
            "url": question.address(sort=key if key != "address" else "") if page.sortable else "",
        }
        for key, label in names.items()
    ]


def heading(question: Question) -> str:
    return _("Households in %(area)s") % {"area": question.area.full_name}


def links(question: Question, page: Page) -> dict[str, str]:
    """Addresses of the pages around this one."""
    if not page.sortable:
        return {
            "first": question.address() if page.place else "",
            "next": question.address(**{"from": page.next_place}) if page.next_place else "",
        }
    return {
        "previous": question.address(page=str(page.number - 1)) if page.number > 1 else "",
        "next": question.address(page=str(page.number + 1)) if page.number < page.pages else "",
    }


def narrowed(question: Question) -> bool:
    """Whether anything but the area is asked."""
    return bool(question.search) or any(
        name not in ("area", "measure") for name in question.named_filters()
    )


def may_export(user: User, question: Question) -> bool:
    return scope_of(user, Permission.EXPORT).touches(question.area.code) and may(
        user, Permission.EXPORT
    )


def export_address(question: Question) -> str:
    return f"{reverse('household_export')}?{question.address().partition('?')[2]}"
