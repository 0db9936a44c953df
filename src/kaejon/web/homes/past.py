"""A household as it was on a day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.homes.models import ChangeKind, HouseholdChange
from kaejon.apps.homes.queries import as_of, changes_of
from kaejon.apps.households.models import Household
from kaejon.apps.households.queries import open_households
from kaejon.web.doors import VIEW, actor_of, household_for, permitted
from kaejon.web.folder.forms import BuddhistDateField, written_date
from kaejon.web.forms import Form
from kaejon.web.homes import labels


class DayForm(Form):
    day = BuddhistDateField(label=_("On which day?"), whole_day=True)


def changes_shown(household: Household, user: User) -> list[dict[str, Any]]:
    """Changes of a household in words, with the other one where the reader may open it now."""
    changes = changes_of(household)
    others = open_households(user, [key for c in changes for key in (c.kept_id, c.other_id) if key])
    return [
        {
            "row": change,
            "words": words_of(change, household),
            "other": other_standing(change, household, others),
            "mine": change.kept_id == household.pk,
        }
        for change in changes
    ]


def words_of(change: HouseholdChange, household: Household) -> str:
    """What happened, seen from one of the two."""
    table = labels.CHANGES if change.kept_id == household.pk else labels.CHANGES_OF_OTHER
    return str(table[ChangeKind(change.kind)])


def other_standing(
    change: HouseholdChange, household: Household, seen: set[int]
) -> Household | None:
    """The other household, if it stands and is among those the reader may open."""
    other = change.other if change.kept_id == household.pk else change.kept
    return other if other is not None and other.pk in seen else None


@permitted(Permission.SEE_HOUSEHOLDS)
def household_on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who lived here on a day, where, and what lists had said by then; recorded as a look."""
    household = household_for(request, public_id, look=VIEW)
    today = timezone.localdate()
    form = DayForm(
        request.GET if "day" in request.GET else None, initial={"day": written_date(today)}
    )
    day = form.cleaned_data["day"].date if form.is_bound and form.is_valid() else today
    context: dict[str, Any] = {
        "household": household,
        "form": form,
        "then": as_of(household, day, actor_of(request)),
        "today": day == today,
    }
    return render(request, "homes/on_a_day.html", context)
