"""How one person sees the counts of one area: how far, how exactly, and which lists lie behind.

Only counts as they may be told (`apps.statistics`) reach a page; here they become text and links.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.dashboards.queries import lists_behind
from kaejon.apps.sources.models import Kind, SourceVersion
from kaejon.apps.statistics.measures import Measures
from kaejon.apps.statistics.standing import CountsShown, Standing
from kaejon.apps.statistics.visibility import Reader, on_paper, reader_of
from kaejon.methods.disclosure import Shown
from kaejon.web.places.links import household_list_address
from kaejon.web.templatetags.kaejon_ui import be_date, thai_number


def count_text(shown: Shown) -> str:
    """A count in words as it may be told."""
    if shown.number is not None:
        return thai_number(shown.number)
    if shown.high is None:
        return _("not told")
    if shown.low == 0:
        return _("fewer than %(number)s") % {"number": thai_number(shown.high + 1)}
    return _("%(low)s to %(high)s") % {
        "low": thai_number(shown.low),
        "high": thai_number(shown.high),
    }


@dataclass(frozen=True)
class Sight:
    """An area as one reader sees it. `granted`: some households are open one by one."""

    area: Area
    reader: Reader
    granted: bool

    @cached_property
    def standing(self) -> Standing:
        return Standing(self.area, self.reader)

    @cached_property
    def measures(self) -> Measures:
        return Measures(self.standing)

    @property
    def total(self) -> CountsShown:
        return self.standing.total

    @property
    def parts(self) -> list[tuple[Area, CountsShown]]:
        return self.standing.parts

    @property
    def scope(self) -> Scope:
        return self.reader.counts

    @cached_property
    def exact(self) -> bool:
        """Whether the households behind every count of the area may be opened."""
        return self.reader.sees_exactly(self.area.code)

    @property
    def step(self) -> int:
        """The classes in which counts are told that are not exact."""
        return self.reader.step

    @cached_property
    def lists(self) -> list[SourceVersion]:
        return lists_behind(self.area)

    @property
    def whole(self) -> bool:
        """Whether the whole of the area is open, not only places inside it."""
        return self.scope.holds_at(self.area.code)

    def text(self, shown: Shown) -> str:
        """A count in words."""
        return count_text(shown)

    def value(self, shown: Shown) -> int | None:
        """A count for a chart or a file; none where nothing may be told."""
        return None if shown.is_none and not shown.is_exact else shown.estimate

    def cell(self, shown: Shown, code: str = "", **filters: str | bool) -> dict[str, str]:
        """A count as a table cell that opens the list behind it."""
        return {"text": count_text(shown), "url": self.link(shown, code, **filters)}

    def link(self, shown: Shown, code: str = "", **filters: str | bool) -> str:
        """The address of the list behind a count; none where it may not be opened or is empty."""
        if not shown.is_exact or not shown.low:
            return ""
        return household_list_address(code or self.area.code, **filters)

    def registry_note(self) -> str:
        """When the registry was counted."""
        if self.standing.counted_at is None:
            return _("Nothing in the registry yet")
        return _("Registry, counted %(date)s") % {"date": be_date(self.standing.counted_at)}

    def list_note(self, *kinds: str) -> str:
        """The newest list of the first kind that was taken in, with its date."""
        for kind in kinds:
            found = [version for version in self.lists if version.source.kind == kind]
            if found:
                return newest_note(found)
        return _("No such list taken in yet")

    def target_note(self) -> str:
        """Who is target poor is said by TPMAP's own list, or follows by its rule from a BMN list."""
        named, screened = (
            [version for version in self.lists if version.source.kind == kind]
            for kind in (Kind.TPMAP, Kind.BMN)
        )
        if not named or not screened:
            return self.list_note(Kind.TPMAP, Kind.BMN)
        return _("%(named)s; others by TPMAP's rule: %(screened)s") % {
            "named": newest_note(named),
            "screened": newest_note(screened),
        }


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


def sight_of(user: User, area: Area) -> Sight:
    """How the person sees this area."""
    granted = bool(scope_of(user, Permission.SEE_HOUSEHOLDS).grants)
    return Sight(area, reader_of(user), granted)


def paper_of(user: User, area: Area) -> Sight:
    """The same on paper, which goes round a table of many offices: nothing is exact."""
    return Sight(area, on_paper(reader_of(user)), False)
