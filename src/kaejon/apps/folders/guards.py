"""What stands before every write on a household: the row as it is now, the actor's area, a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.households.models import Household, Person
from kaejon.methods.errors import DataError


class ChangedMeanwhile(DataError):
    """Somebody changed the row after the form was opened; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "changed_meanwhile",
            "somebody changed this while you were writing",
            remedy="Compare the two versions and send yours again if it is right.",
        )


def lock_household(household: Household, version: int | None = None) -> Household:
    """The row as it is now, locked; refuses when it is no longer the version the form showed."""
    held = (
        Household.objects.select_for_update(of=("self",))
        .select_related("house", "area")
        .get(pk=household.pk)
    )
    if version is not None and held.version != version:
        raise ChangedMeanwhile
    return held


def lock_person(person: Person, version: int | None = None) -> Person:
    """As `lock_household`, for a person."""
    held = Person.objects.select_for_update().get(pk=person.pk)
    if version is not None and held.version != version:
        raise ChangedMeanwhile
    return held


def refuse_outside(by: User, area: str) -> None:
    """Refuse an area where the actor may not change households."""
    if not scope_of(by, Permission.EDIT_HOUSEHOLDS).holds_at(area):
        raise DataError(
            "outside_scope",
            f"area {area} lies outside the area you work in",
            remedy="Choose a village of your own area, or ask the office there.",
        )


def refuse_no_village(code: str) -> None:
    """Refuse a code that is not a village in use."""
    if not Area.objects.filter(code=code, level=Level.VILLAGE, valid_until=None).exists():
        raise DataError(
            "no_such_village", f"{code} is not a village in use", remedy="Choose a village."
        )


def refuse_no_reason(reason: str) -> None:
    """Refuse a correction that does not say how it is known."""
    if not reason.strip():
        raise DataError("reason_missing", "a reason is needed", remedy="Say how you know.")


def without_blanks(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value not in (None, "")}
