"""What erasing takes from households and people: name, number, day of birth, house."""

from __future__ import annotations

from django.db.models import F
from django.db.models.functions import TruncYear

from kaejon.apps.households.models import House, Household, Person
from kaejon.apps.records import ERASED, Erasure


def erase_household(erasure: Erasure) -> None:
    """The household and those merged into it lose name and house."""
    for household in Household.everyone.filter(pk__in=erasure.households).select_related("house"):
        leave_house(household)


def leave_house(household: Household) -> None:
    """An unnumbered place in the same village instead of the house."""
    left = household.house
    house = House.objects.create(area_id=household.area_id, house_no="")
    Household.everyone.filter(pk=household.pk).update(house=house, house_no="", head_name="")
    if not Household.everyone.filter(house=left).exists():
        left.delete()


def erase_person(erasure: Erasure) -> None:
    """The present values of people, and of duplicates that point to them."""
    people = Person.everyone.filter(pk__in=erasure.people)
    people.exclude(birth_date=None).update(
        birth_date=TruncYear("birth_date"), birth_precision="year"
    )
    people.update(
        title="",
        first_name=ERASED,
        last_name="",
        first_key=ERASED,
        last_key="",
        name_key=ERASED,
        relation="",
        national_id_sealed=None,
        national_id_index="",
        national_id_last4="",
        national_id_status="missing",
        version=F("version") + 1,
    )
