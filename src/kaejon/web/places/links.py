"""Addresses that numbers, areas and households lead to."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from kaejon.apps.households.models import Household


def household_list_address(area: str, **filters: str | bool) -> str:
    """The list of households of an area that answer to the filters."""
    asked = {"area": area} | {
        name: "1" if value is True else value for name, value in filters.items() if value
    }
    return f"{reverse('household_list')}?{urlencode(asked)}"


def area_address(code: str) -> str:
    return reverse("area_page", args=[code])


def folder_address(household: Household) -> str:
    """The Family Folder of a household, below the list."""
    return f"{reverse('household_list')}{household.public_id}/"
