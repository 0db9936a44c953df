"""How far a list may reach into the registry: the one border below every look-up of matching.

A row finds only what stands in the tambon it names, and only where whoever brought the list
holds the right. Whatever lies beyond does not exist for it: neither the preview nor the
registry after applying tells whether it does. What a row would have found there is kept as
a possible duplicate for somebody who holds both areas (`linking.across`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kaejon.apps.access.models import User
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import common_part, outermost, scope_of
from kaejon.apps.areas.queries import TAMBON_DIGITS, contains
from kaejon.apps.sources.models import ImportBatch


@dataclass(frozen=True)
class Reach:
    """The places a list may touch: area codes whose whole subtree is open to it."""

    areas: tuple[str, ...]
    _known: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def holds(self, area: str) -> bool:
        """May a row of the list name this place?"""
        if area not in self._known:
            self._known[area] = any(contains(outer, area) for outer in self.areas)
        return self._known[area]

    def finds(self, here: str, there: str) -> bool:
        """May a row that names the place `here` find what stands at `there`?"""
        return here[:TAMBON_DIGITS] == there[:TAMBON_DIGITS] and self.holds(there)


def areas_to_bring(user: User) -> list[str]:
    """The areas a person brings lists for, as they are kept with each list at its upload."""
    return list(scope_of(user, Permission.IMPORT_LISTS).areas)


def reach_of(batch: ImportBatch) -> Reach:
    """How far the list reaches by the rights of whoever brought it, as they were then."""
    return Reach(tuple(batch.reach))


def reach_for(batch: ImportBatch, key: int, permission: Permission) -> Reach:
    """As `reach_of`, narrowed to where the person with this key may do the step now.

    Read anew at each call, so that a right that ended in between counts. Refuses a person
    who may do it nowhere that the list reaches.
    """
    held = scope_of(User.objects.get(pk=key), permission).areas
    areas = shared(batch.reach, held)
    if not areas:
        raise NotPermitted(permission.value, batch.area_id)
    return Reach(areas)


def shared(one: Iterable[str], other: Iterable[str]) -> tuple[str, ...]:
    """The areas that lie in both."""
    theirs = tuple(other)
    return outermost([part for a in one for b in theirs if (part := common_part(a, b))])
