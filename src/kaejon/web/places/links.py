"""Addresses that numbers, areas and households lead to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kaejon.apps.households.models import Household


def household_list_address(area: str, **filters: str | bool) -> str:
    """The list of households of an area that answer to the filters."""
    asked = {"area": area} | {
        name: "1" if value is True else value for name, value in filters.items() if value
    }
    return f"{reverse('household_list')}?{urlencode(asked)}"


def area_address(code: str) -> str:
    return reverse("area_page", args=[code])


def area_tabs(code: str, active: str) -> list[dict[str, Any]]:
    """The pages of one area as tabs."""
    pages = (
        ("area_page", _("At a glance"), "map-2"),
        ("area_measures", _("Measures"), "chart-radar"),
        ("ranking_page", _("Ranking"), "list-numbers"),
    )
    return [
        {"url": reverse(name, args=[code]), "label": label, "icon": icon, "active": name == active}
        for name, label, icon in pages
    ]


def folder_address(household: Household) -> str:
    """The Family Folder of a household, below the list."""
    return f"{reverse('household_list')}{household.public_id}/"
