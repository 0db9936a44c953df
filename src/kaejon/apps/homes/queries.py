"""Reading pairs, changes, hand-overs, and a household as it was on a day; within the reader's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Substr

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import TAMBON_DIGITS, within
from kaejon.apps.folders.contents import Left
from kaejon.apps.homes.models import (
    WAITING,
    HandOver,
    HandOverState,
    HouseholdChange,
    HouseholdDecision,
    HouseholdPair,
    PairState,
)
from kaejon.apps.households.models import Household, Membership
from kaejon.apps.households.queries import open_people
from kaejon.apps.measurement.models import CapitalScore
from kaejon.apps.sources.deriving import address_claim, claim_of, live
from kaejon.methods.claims import Claim, present

MAY = Permission.EDIT_HOUSEHOLDS


def pairs_visible_to(actor: User) -> QuerySet[HouseholdPair]:
    """Pairs that wait and of which the actor may change both households: to others they do not exist."""
    scope = scope_of(actor, Permission.APPLY_LISTS)
    return HouseholdPair.objects.filter(
        scope.by_area("one__area_id"),
        scope.by_area("other__area_id"),
        state__in=WAITING,
        one__merged_into=None,
        other__merged_into=None,
    ).select_related("one__area__parent", "other__area__parent", "one__house", "other__house")


def pair_queue(actor: User, area: str = "") -> QuerySet[HouseholdPair]:
    """The pairs in the order of work: strong ones first, those nobody could tell last."""
    rows = pairs_visible_to(actor)
    if area:
        rows = rows.filter(within(area, "one__area_id") | within(area, "other__area_id"))
    return rows.order_by("-state", "-strong", "one__area_id", "pk")


def next_pair(rows: QuerySet[HouseholdPair]) -> HouseholdPair | None:
    """The first pair on which nobody has spoken yet."""
    return rows.filter(state=PairState.OPEN).first()


def pairs_by_tambon(rows: QuerySet[HouseholdPair]) -> list[tuple[Area, int]]:
    """How many pairs wait by the tambon of the first household."""
    counted = dict(
        rows.order_by()
        .values(tambon=Substr("one__area_id", 1, TAMBON_DIGITS))
        .annotate(waiting=Count("pk"))
        .values_list("tambon", "waiting")
    )
    areas = Area.objects.filter(pk__in=counted).select_related("parent").order_by("code")
    return [(area, counted[area.code]) for area in areas]


def may_change(actor: User, household: Household) -> bool:
    """May the actor decide about this household?"""
    return scope_of(actor, Permission.APPLY_LISTS).holds_at(household.area_id)


def decisions_visible_to(actor: User) -> QuerySet[HouseholdDecision]:
    """Live decisions on pairs of which the actor may change both households, newest first."""
    scope = scope_of(actor, Permission.APPLY_LISTS)
    # As expressions, so that the few decisions are read first and not all households of the areas.
    rows = HouseholdDecision.objects.annotate(
        one_area=Coalesce("pair__one__area_id", Value("")),
        other_area=Coalesce("pair__other__area_id", Value("")),
    )
    return rows.filter(
        scope.by_area("one_area"), scope.by_area("other_area"), undone_at=None
    ).select_related("pair__one", "pair__other", "change__kept", "decided_by")


def changes_visible_to(actor: User) -> QuerySet[HouseholdChange]:
    """Changes not taken back of households the actor may change."""
    scope = scope_of(actor, MAY)
    return HouseholdChange.objects.filter(
        scope.by_area("kept__area_id"), undone_at=None
    ).select_related("kept", "other", "made_by")


def changes_of(household: Household) -> list[HouseholdChange]:
    """Changes of one household that stand, newest first."""
    rows = HouseholdChange.objects.filter(Q(kept=household) | Q(other=household), undone_at=None)
    return list(rows.select_related("kept", "other", "made_by"))


def offers_to(actor: User) -> QuerySet[HandOver]:
    """Households offered to an area in which the actor may change households."""
    scope = scope_of(actor, MAY)
    return HandOver.objects.filter(
        scope.by_area("to_area_id"), state=HandOverState.OPEN
    ).select_related("household", "from_area__parent", "to_area__parent", "asked_by")


def offers_from(actor: User) -> QuerySet[HandOver]:
    """Offers that wait elsewhere, of households the actor still keeps."""
    scope = scope_of(actor, MAY)
    return HandOver.objects.filter(
        scope.by_area("household__area_id"), state=HandOverState.OPEN
    ).select_related("household", "from_area__parent", "to_area__parent", "asked_by")


@dataclass(frozen=True)
class AsOf:
    """A household as it was on a day, as far as is known: who lived there, where, at which level."""

    day: date
    members: list[Left]
    area: Area | None
    house_no: str
    presence: str
    score: CapitalScore | None
    lists: list[str]


def as_of(household: Household, day: date, actor: User) -> AsOf:
    """The household on a day: memberships open then, and claims that speak of that day or before.

    A membership without a first day is taken to have always been; a field check wins over
    lists, as it does today. Who lives elsewhere by now is named to whoever may open that place.
    """
    members = Membership.objects.filter(
        Q(started_on=None) | Q(started_on__lte=day),
        Q(ended_on=None) | Q(ended_on__gt=day),
        household=household,
    ).filter(Q(person__died_on=None) | Q(person__died_on__gt=day))
    lived = list(members.select_related("person").order_by("-is_head", "pk"))
    named = open_people(actor, [m.person_id for m in lived])
    claims = [claim_of(a) for a in live(household=household, person=None) if a.as_of <= day]
    facts = address_then(claims)
    everything = live(household=household).filter(as_of__lte=day)
    score = CapitalScore.objects.filter(household=household, as_of__lte=day)
    return AsOf(
        day=day,
        members=[Left(m, m.person.full_name if m.person_id in named else "") for m in lived],
        area=Area.objects.filter(code=facts.get("area", "")).select_related("parent").first(),
        house_no=str(facts.get("house_no", "")),
        presence=str(facts.get("presence", "present")),
        score=score.order_by("-as_of", "-version_id").first(),
        lists=names_of(everything),
    )


def address_then(claims: list[Claim]) -> dict[str, Any]:
    """Where and whether it was there."""
    facts = present(claims)
    if first := address_claim(claims):
        facts |= {"area": first.facts["area"], "house_no": first.facts.get("house_no", "")}
    return facts


def names_of(claims: Iterable[Any]) -> list[str]:
    """The lists that spoke of the household by then, oldest first."""
    return list(dict.fromkeys(str(claim.version) for claim in claims))
