"""Two households side by side: where, who, since which lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kaejon.apps.households.models import Household, Person
from kaejon.apps.linking.queries import housemates
from kaejon.apps.sources.deriving import live
from kaejon.apps.sources.matching import same_first_name
from kaejon.apps.sources.previews import Place, area_words, birth_of
from kaejon.web.linking.presenting import Fact, agreement


@dataclass(frozen=True)
class HomeMember:
    """A member, and whether the other household has somebody who may be the same."""

    person: Person
    born: object
    on_both: bool


@dataclass(frozen=True)
class HomeSide:
    """One household. `key`: the number key that chooses it to go on."""

    household: Household
    key: int
    facts: list[Fact]
    members: list[HomeMember]
    lists: list[str]
    suggested: bool


class HomeComparison:
    """The households a reader may see, each with members and lists."""

    def __init__(self, seen: Sequence[Household]) -> None:
        people = housemates(h.pk for h in seen)
        lists = {h.pk: lists_of(h) for h in seen}
        # The one that more lists name, then the larger one, goes on unless the reader says otherwise.
        best = max(seen, key=lambda h: (len(lists[h.pk]), h.members, -h.pk), default=None)
        self.best = best
        self.sides = [
            HomeSide(
                household=household,
                key=number,
                facts=facts_of(household, other_of(household, seen)),
                members=members_of(household, other_of(household, seen), people),
                lists=lists[household.pk],
                suggested=household == best,
            )
            for number, household in enumerate(seen, 1)
        ]


def other_of(household: Household, seen: Sequence[Household]) -> Household | None:
    return next((h for h in seen if h != household), None)


def lists_of(household: Household) -> list[str]:
    """The lists that speak of a household, newest first."""
    claims = live(household=household).order_by("-as_of", "-pk")
    return list(dict.fromkeys(str(claim.version) for claim in claims))


def facts_of(household: Household, other: Household | None) -> list[Fact]:
    """Address, house code and size, each marked as agreeing with the other's or not."""
    place = Place(household.house_no, area_words(household.area))
    theirs = (other.area_id, other.house_no) if other else None
    code = household.house.house_code
    return [
        Fact(
            _("House"), "place", place, agreement((household.area_id, household.house_no), theirs)
        ),
        Fact(_("House code"), "text", code, agreement(code, other and other.house.house_code)),
        Fact(_("Members"), "text", str(household.members), ""),
    ]


def members_of(
    household: Household, other: Household | None, people: dict[int, list[Person]]
) -> list[HomeMember]:
    theirs = people.get(other.pk, []) if other else []
    return [
        HomeMember(
            person,
            birth_of(person),
            any(same_first_name(person.first_name, mate.first_name) for mate in theirs),
        )
        for person in people.get(household.pk, [])
    ]
