"""How one person sees the counts of one area: how far, how exactly, and which lists lie behind.

Who may open the households behind a count sees it exactly. Who sees counts only
gets them rounded to the nearest five, everywhere in the same way, so that no
subtraction of two pages points to a family.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards.queries import Tallies, lists_behind, parts_of, tallies
from kaejon.apps.dashboards.seeing import SMALL, rounded, sees_exactly, shown
from kaejon.apps.sources.models import Kind, SourceVersion
from kaejon.web.places.links import household_list_address
from kaejon.web.templatetags.kaejon_ui import be_date, thai_number


@dataclass(frozen=True)
class Sight:
    """An area as one person sees it. `exact`: the households behind the counts may be opened."""

    area: Area
    scope: Scope
    exact: bool
    granted: bool

    @cached_property
    def tallies(self) -> Tallies:
        return tallies(self.scope, self.area)

    @cached_property
    def parts(self) -> list[tuple[Area, Any]]:
        return parts_of(self.area, self.scope, self.tallies)

    @cached_property
    def lists(self) -> list[SourceVersion]:
        return lists_behind(self.area)

    @property
    def whole(self) -> bool:
        """Whether the whole of the area is open, not only places inside it."""
        return self.scope.holds_at(self.area.code)

    def text(self, number: int) -> str:
        """The number as this person may see it."""
        if self.exact:
            return thai_number(number)
        if 0 < number < SMALL:
            return _("fewer than %(number)s") % {"number": SMALL}
        return thai_number(rounded(number))

    def value(self, number: int) -> int | None:
        """The number for a chart; none where it is too small to be shown."""
        return shown(number, exact=self.exact)

    def cell(self, number: int, code: str = "", **filters: str | bool) -> dict[str, str]:
        """The number as a table cell that opens the list behind it."""
        return {"text": self.text(number), "url": self.link(number, code, **filters)}

    def link(self, number: int, code: str = "", **filters: str | bool) -> str:
        """The address of the list behind a number; none without a list or for an empty one."""
        if not self.exact or not number:
            return ""
        return household_list_address(code or self.area.code, **filters)

    def registry_note(self) -> str:
        """When the registry was counted."""
        if self.tallies.counted_at is None:
            return _("Nothing in the registry yet")
        return _("Registry, counted %(date)s") % {"date": be_date(self.tallies.counted_at)}

    def list_note(self, *kinds: str) -> str:
        """The newest list of the first kind that was taken in, with its date."""
        for kind in kinds:
            found = [version for version in self.lists if version.source.kind == kind]
            if found:
                return newest_note(found)
        return _("No such list taken in yet")


def newest_note(versions: list[SourceVersion]) -> str:
    note = _("%(list)s, as of %(date)s") % {
        "list": versions[0].source.name,
        "date": be_date(versions[0].as_of),
    }
    others = len(versions) - 1
    if not others:
        return note
    more = ngettext("and %(count)s more list", "and %(count)s more lists", others) % {
        "count": others
    }
    return f"{note} {more}"


SURVEY = (Kind.PPP, Kind.COMMUNITY)
NEEDS = (Kind.BMN,)
TARGET = (Kind.TPMAP, Kind.BMN)


def sight_of(user: User, area: Area) -> Sight:
    """How the person sees this area."""
    scope = scope_of(user, Permission.SEE_COUNTS)
    households = scope_of(user, Permission.SEE_HOUSEHOLDS)
    return Sight(area, scope, sees_exactly(user, area), bool(households.grants))
