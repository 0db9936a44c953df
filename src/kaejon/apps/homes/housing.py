"""Two households of one house, which the registry holds at two addresses: one address for both."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.once import made_once
from kaejon.apps.folders.guards import refuse_no_reason
from kaejon.apps.folders.stating import state
from kaejon.apps.homes.changing import (
    house_people,
    last_claim,
    lock_to_change,
    refuse_while_lists_move,
    remember,
    settle,
    snapshot,
)
from kaejon.apps.homes.models import ChangeKind, HouseholdChange
from kaejon.apps.households.models import Household, Person

PLACE = ("house_id", "area_id", "house_no")


@made_once
@transaction.atomic
def house_together(*, kept: Household, second: Household, reason: str, by: User) -> HouseholdChange:
    """Let `second` live in the house of `kept`; both stay households, nothing else moves.

    Refuses one household given twice, no reason, and households outside the actor's area.
    """
    held, other = lock_to_change(kept, second, by)
    refuse_no_reason(reason)
    refuse_while_lists_move()
    people = set(Person.objects.filter(household=other).values_list("pk", flat=True))
    place = {name: getattr(other, name) for name in PLACE}
    change = HouseholdChange(
        kind=ChangeKind.HOUSE,
        kept=held,
        other=other,
        happened_on=timezone.localdate(),
        before=snapshot(people) | {"last_claim": last_claim(), "place": place},
        reason=reason,
        made_by=by,
    )
    if (held.area_id, held.house_no) != (other.area_id, other.house_no):
        address = {"area": held.area_id, "house_no": held.house_no}
        change.claims = [state(household=other, facts=address, reason=reason, actor=by).pk]
    settle([other], (), {place["area_id"]})
    Household.objects.filter(pk=other.pk).update(house=held.house)
    change.after = snapshot(people)
    change.save()
    remember(change, "household.one_house", by, reason)
    return change


def house_apart(change: HouseholdChange, other: Household) -> None:
    """The second household has the address and house it had."""
    Household.objects.filter(pk=other.pk).update(**change.before["place"])
    other.refresh_from_db()
    house_people([row["pk"] for row in change.before["people"]], other)
