"""How exactly a person sees counts, below every door (decision 12).

Who may open the households behind a count sees it exactly. Who sees counts only
gets them rounded to the nearest five, everywhere in the same way, so that no
subtraction of two answers points to a family; 1 to 4 is "fewer than five".
"""

from __future__ import annotations

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import contains

SMALL = 5


def sees_exactly(user: User, area: Area) -> bool:
    """Whether the person may open the households behind every count of this area that is shown to them."""
    scope = scope_of(user, Permission.SEE_COUNTS)
    households = scope_of(user, Permission.SEE_HOUSEHOLDS)
    inside = [place for place in scope.areas if contains(area.code, place)]
    counted = [area.code] if scope.holds_at(area.code) else inside
    return bool(counted) and all(households.holds_at(place) for place in counted)


def shown(number: int, *, exact: bool) -> int | None:
    """The number as it may be seen; None stands for "fewer than five"."""
    if exact:
        return number
    return None if 0 < number < SMALL else rounded(number)


def rounded(number: int) -> int:
    """To the nearest multiple of five."""
    return SMALL * round(number / SMALL)
