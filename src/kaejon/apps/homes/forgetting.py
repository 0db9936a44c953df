"""What pairs, changes and pointers of a household hold that erasing it takes away."""

from __future__ import annotations

from django.db.models import Q

from kaejon.apps.homes.models import HandOver, HouseholdChange, HouseholdDecision, HouseholdPair
from kaejon.apps.households.models import House, Household


def forget_household(household: Household) -> None:
    """Pairs go; of changes and offers the words go; old pointers lose name and house."""
    HouseholdDecision.objects.filter(Q(pair__one=household) | Q(pair__other=household)).update(
        reason=""
    )
    HouseholdPair.objects.filter(Q(one=household) | Q(other=household), decisions=None).delete()
    for change in HouseholdChange.objects.filter(Q(kept=household) | Q(other=household)):
        change.reason = ""
        for part in (change.before, change.after):
            for membership in part.get("memberships", ()):
                membership["relation"] = ""
        change.save(update_fields=["reason", "before", "after"])
    HandOver.objects.filter(household=household).update(reason="", answer="")
    for pointer in Household.everyone.filter(merged_into=household):
        house = House.objects.create(area_id=pointer.area_id, house_no="")
        Household.everyone.filter(pk=pointer.pk).update(house=house, house_no="", head_name="")
