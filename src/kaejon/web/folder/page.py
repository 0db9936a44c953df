"""The Family Folder: one household, its people, what is wrong, what is known and from where."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import may
from kaejon.apps.folders.contents import Folder, read_folder
from kaejon.apps.households.models import ERASED_NAME, Household
from kaejon.apps.households.queries import is_erased
from kaejon.web.doors import VIEW, actor_of, household_for, permitted
from kaejon.web.folder import presenting as show
from kaejon.web.homes.past import changes_shown
from kaejon.web.surveys.standing import standing_of


@permitted(Permission.SEE_HOUSEHOLDS)
def folder(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page; opening it is recorded as a look."""
    user = actor_of(request)
    household = household_for(request, public_id, look=VIEW)
    if household.public_id != public_id:
        # An old paper or link of a household that was found to be this one.
        return redirect("folder", household.public_id, permanent=False)
    found = read_folder(household, user)
    context = {
        "folder": found,
        "household": household,
        "heading": family_name(found),
        "erased": is_erased(household),
        "erased_name": ERASED_NAME,
        "breadcrumb": breadcrumb(found),
        "rights": show.rights_of(user, found),
        "problem_groups": show.grouped_by_side(found.household_problems),
        "capitals": show.capitals_of(found),
        "entries": show.timeline(found),
        "conflicts": show.conflict_rows(found),
        "notes": show.notes_of(found, user),
        "consents": show.consents_of(found),
        "standing": standing_of(household, user),
        "geo": show.geo_address(found),
        "changes": changes_shown(household, user),
        **family_rights(user, household),
    }
    return render(request, "folder/page.html", context)


def family_rights(user: User, household: Household) -> dict[str, str]:
    """The pages of consent, requests and history, for who may open them."""
    names = {
        "consent_url": ("consent_edit", Permission.HANDLE_REQUESTS),
        "held_data_url": ("held_data_print", Permission.HANDLE_REQUESTS),
        "request_url": ("request_add_for", Permission.HANDLE_REQUESTS),
        "history_url": ("history_household", Permission.READ_AUDIT),
    }
    return {
        key: reverse(name, args=[household.public_id])
        for key, (name, permission) in names.items()
        if may(user, permission, at=household.area_id)
    }


def family_name(found: Folder) -> str:
    """What the page is called: the family of its head."""
    name = found.household.head_name
    return _("Family of %(name)s") % {"name": name} if name else _("Family without a recorded name")


def breadcrumb(found: Folder) -> list[dict[str, Any]]:
    """From the province down to this family."""
    places = [
        {"label": area.full_name, "url": address_if_any("area_page", area.code)}
        for area in found.place
    ]
    return [*places, {"label": found.household.head_name or _("Household"), "url": ""}]


def address_if_any(name: str, *args: object) -> str:
    """The address of a page of another part of the site; empty when it is not there."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
