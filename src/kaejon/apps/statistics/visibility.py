"""Who sees counts exactly, and where: the one place that decides it for pages, API, files and papers.

Who may open every household behind a count sees it exactly. Everybody else gets classes
(`methods.disclosure`). Somebody may be both: households in one tambon, counts in the next.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import Scope, scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import contains
from kaejon.methods.disclosure import STEPS

INTERNAL = STEPS["internal"]
PUBLIC = STEPS["public"]


@dataclass(frozen=True)
class Reader:
    """What one person sees of counts.

    `counts`: where they are shown; `households`: where those behind them may be opened, so
    that they are exact; `sensitive`: where that holds of sensitive facts too; `step`: the
    classes in which all other counts are told.
    """

    counts: Scope
    households: Scope
    sensitive: Scope
    step: int = INTERNAL

    def sees_exactly(self, code: str) -> bool:
        """Whether the households behind every count of this area may be opened."""
        return opens(self.counts, self.households, code)

    def sees_sensitive(self, code: str) -> bool:
        """The same of counts that tell a sensitive fact."""
        return opens(self.counts, self.sensitive, code)


def opens(counts: Scope, households: Scope, code: str) -> bool:
    """Whether every household counted in an area within a scope lies in another scope."""
    inside = [place for place in counts.areas if contains(code, place)]
    counted = [code] if counts.holds_at(code) else inside
    return bool(counted) and all(households.holds_at(place) for place in counted)


def reader_of(user: User) -> Reader:
    """How a person sees counts on a screen or in a file of their own."""
    households = scope_of(user, Permission.SEE_HOUSEHOLDS)
    sensitive = scope_of(user, Permission.SEE_SENSITIVE)
    shared = tuple(code for code in sensitive.areas if households.holds_at(code))
    shared += tuple(code for code in households.areas if sensitive.holds_at(code))
    return Reader(
        counts=scope_of(user, Permission.SEE_COUNTS),
        households=Scope(households.areas),
        sensitive=Scope(tuple(sorted(set(shared)))),
    )


def on_paper(reader: Reader, step: int = INTERNAL) -> Reader:
    """How the same counts are told where others read along: nothing is exact."""
    return replace(reader, households=Scope(), sensitive=Scope(), step=step)


def sees_exactly(user: User, area: Area) -> bool:
    """Whether the person may open the households behind every count of this area shown to them."""
    return reader_of(user).sees_exactly(area.code)
