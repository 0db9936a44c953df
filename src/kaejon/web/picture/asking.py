"""What a page of the picture is asked: area, list year, households or people; and how it is seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may, scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.coverage.models import Unit
from kaejon.apps.coverage.queries import Asked, Column
from kaejon.apps.dashboards.queries import CODE_LENGTH_BELOW, areas_below, widest_area
from kaejon.apps.statistics.coverage import Coverage, CoverageShown
from kaejon.methods.disclosure import Shown, alone, exactly, share
from kaejon.web.doors import actor_of
from kaejon.web.forms import Form
from kaejon.web.places.areas import part_word
from kaejon.web.places.households import area_options
from kaejon.web.places.sight import Sight, sight_of
from kaejon.web.templatetags.kaejon_ui import percent, thai_number

COVERED = "covered"
UNITS = {
    Unit.HOUSEHOLD.value: gettext_lazy("Households"),
    Unit.PERSON.value: gettext_lazy("People whom a list names"),
    COVERED: gettext_lazy("People in households that a list names"),
}

Cell = dict[str, Any]


@dataclass
class Table:
    """A table as it is shown and as it is exported. Cells: `text`, `url`, perhaps `value`."""

    title: str
    columns: list[dict[str, Any]]
    rows: list[dict[str, list[Cell]]] = field(default_factory=list)
    note: str = ""

    def add(self, *cells: Cell) -> None:
        self.rows.append({"cells": list(cells)})


def heads(first: str, *others: str) -> list[dict[str, Any]]:
    """Columns of a table whose first names the row and whose others hold numbers."""
    return [{"label": first}, *({"label": label, "numeric": True} for label in others)]


def words(text: str, url: str = "") -> Cell:
    return {"text": text, "url": url}


class PictureForm(Form):
    """The choices above each page."""

    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    year = forms.ChoiceField(label=gettext_lazy("Lists as they stood"), required=False)
    unit = forms.ChoiceField(
        label=gettext_lazy("Counted"), required=False, choices=list(UNITS.items())
    )
    held = forms.ChoiceField(
        label=gettext_lazy("A list counts when"),
        required=False,
        choices=[
            ("", gettext_lazy("it names as poor")),
            ("1", gettext_lazy("it holds a row at all")),
        ],
    )


@dataclass(frozen=True)
class Question:
    """One page of the picture as one person asks for it."""

    page: str
    sight: Sight
    asked: Asked
    unit: str
    areas: list[tuple[str, str]]
    may_export: bool = False
    sort: str = ""
    chosen: str = ""

    @property
    def area(self) -> Area:
        return self.sight.area

    @property
    def exact(self) -> bool:
        return self.sight.exact

    @property
    def by_household(self) -> bool:
        return self.unit == Unit.HOUSEHOLD

    @cached_property
    def coverage(self) -> Coverage:
        """The picture of the area and of its parts, as the reader sees it."""
        return Coverage(
            reader=self.sight.reader,
            area=self.area.code,
            asked=self.asked,
            unit=Unit.PERSON if self.unit == Unit.PERSON else Unit.HOUSEHOLD,
            covered=self.unit == COVERED,
            part_length=CODE_LENGTH_BELOW[Level(self.area.level)],
        )

    @property
    def shown(self) -> CoverageShown:
        """The picture of the area itself."""
        return self.coverage.whole

    @property
    def columns(self) -> tuple[Column, ...]:
        """The lists of the picture."""
        return self.shown.columns

    @cached_property
    def part_names(self) -> dict[str, str]:
        """Names of the areas one rung below, and of what has no known village."""
        below = [] if self.area.level == Level.VILLAGE else areas_below(self.area)
        return {self.area.code: _("Village not known")} | {a.code: a.full_name for a in below}

    @property
    def part_word(self) -> str:
        return part_word(self.area)

    @property
    def column(self) -> Column | None:
        """The list a table by area is about: the one chosen, else the first."""
        columns = self.columns
        return next((c for c in columns if c.code == self.chosen), columns[0] if columns else None)

    def form(self, *without: str) -> PictureForm:
        """The form that asks this question, without the choices a page does not offer."""
        now = {"area": self.area.code, "unit": self.unit, "held": "1" if self.asked.held else ""}
        form = PictureForm(initial=now | {"year": str(self.asked.year or "")})
        years = [(str(y), _("at the end of list year %(year)s") % {"year": y}) for y in self.years]
        form.fields["area"].choices = self.areas  # type: ignore[attr-defined]
        form.fields["year"].choices = [("", _("now")), *years]  # type: ignore[attr-defined]
        for name in without:
            del form.fields[name]
        return form

    @property
    def years(self) -> tuple[int, ...]:
        return self.coverage.years

    def address(self, page: str = "", **changes: str) -> str:
        """Another page, or this one with something changed."""
        asked = {
            "area": self.area.code,
            "year": str(self.asked.year or ""),
            "unit": "" if self.by_household else self.unit,
            "held": "1" if self.asked.held else "",
            "list": self.chosen,
            "sort": self.sort if not page else "",
        } | changes
        text = urlencode({name: value for name, value in asked.items() if value})
        return f"{reverse(page or self.page)}?{text}"

    def export(self, table: str) -> str:
        """The address of a table as a workbook."""
        return f"{reverse('picture_export', args=[table])}?{self.address().partition('?')[2]}"

    def made(self, number: int) -> Shown:
        """A number worked out from counts as told, such as an estimate."""
        return exactly(number) if self.exact else alone(number, self.sight.step)

    def number(self, shown: Shown, code: str = "", **filters: str | bool) -> Cell:
        """A count that opens the households behind it, where it counts households one may see."""
        cell: Cell = {
            "text": self.sight.text(shown),
            "url": "",
            "value": shown.number,
        }
        if self.by_household and filters and code != self.area.code:
            cell["url"] = self.sight.link(shown, code, **self.list_filters(filters))
        return cell

    def list_filters(self, filters: dict[str, str | bool]) -> dict[str, str | bool]:
        year = str(self.asked.year or "")
        return filters | {"list_year": year, "held": self.asked.held}

    def share(self, part: Shown, whole: Shown) -> Cell:
        """A share in per cent of counts as this reader may see them."""
        return share_cell(share(part, whole))

    @property
    def unit_word(self) -> str:
        return pgettext("unit", "households") if self.by_household else pgettext("unit", "people")

    def figure(self, number: Shown) -> str:
        """A count in a sentence."""
        return self.sight.text(number)


def share_cell(value: float | None) -> Cell:
    """A share in per cent; a dash of nobody, or of too few."""
    return {"text": percent(value), "url": "", "value": value}


def plain(number: float | None, places: int = 0) -> Cell:
    """A figure that counts nobody."""
    return {"text": thai_number(number, places), "url": "", "value": number}


def everything_but(columns: tuple[Column, ...], on: frozenset[str]) -> str:
    return ",".join(column.code for column in columns if column.code not in on)


def question_of(request: HttpRequest, page: str) -> Question:
    """Read the address. An area outside the person's scope is not found; other nonsense asks nothing."""
    user = actor_of(request)
    scope = scope_of(user, Permission.SEE_COUNTS)
    widest = widest_area(scope)
    code = request.GET.get("area", "")
    area = get_object_or_404(Area, code=code) if code else widest
    if area is None or not scope.touches(area.code):
        raise Http404
    year = request.GET.get("year", "")
    unit = request.GET.get("unit", "")
    return Question(
        page=page,
        sight=sight_of(user, area),
        asked=Asked(
            int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0,
            request.GET.get("held") == "1",
        ),
        unit=unit if unit in UNITS else Unit.HOUSEHOLD.value,
        areas=area_options(area, widest, scope),
        may_export=may(user, Permission.EXPORT),
        sort=request.GET.get("sort", "")[:40],
        chosen=request.GET.get("list", "")[:60],
    )
