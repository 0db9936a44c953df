"""What stands before every write on a household: the right to do it, the row as it is now, a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import require
from kaejon.apps.areas.models import Area, Level
from kaejon.apps.folders.queries import households_alike, lock_area
from kaejon.apps.households.models import ERASED_NAME, Household, Person
from kaejon.apps.households.queries import is_erased
from kaejon.methods.errors import DataError


class ChangedMeanwhile(DataError):
    """Somebody changed the row after the form was opened; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "changed_meanwhile",
            "somebody changed this while you were writing",
            remedy="Compare the two versions and send yours again if it is right.",
        )


class WasErased(DataError):
    """The person or family was erased at their own wish; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "was_erased",
            "the data were erased at the wish of the people concerned",
            remedy="If the family is back and agrees, add it as a new household.",
        )


class MayBeKnown(DataError):
    """What is to be added may be one of `households`; nothing was written."""

    def __init__(self, households: Sequence[Household]) -> None:
        super().__init__(
            "may_be_known",
            "this household may be one that is known already",
            remedy="Open the households named; add it only if it is another one.",
        )
        self.households = list(households)


def refuse_known(
    by: User, *, area: str, house_no: str, head: Mapping[str, Any] | None, another: bool
) -> None:
    """Hold the area, so that of two who add the same household at once the second finds the first's."""
    lock_area(area)
    names = {name: str((head or {}).get(name, "")) for name in ("first_name", "last_name")}
    alike = [] if another else households_alike(by, area=area, house_no=house_no, **names)
    if alike:
        raise MayBeKnown(alike)


def lock_household(household: Household) -> Household:
    """The row as it is now, locked."""
    return (
        Household.objects.select_for_update(of=("self",))
        .select_related("house", "area")
        .get(pk=household.pk)
    )


def lock_person(person: Person) -> Person:
    """As `lock_household`, for a person."""
    return Person.objects.select_for_update().get(pk=person.pk)


def household_to_change(
    household: Household, by: User, permission: Permission = Permission.EDIT_HOUSEHOLDS
) -> Household:
    """The row as it is now, locked, for somebody who may change it (else NotPermitted).

    Refuses a household that was erased: what is written would tell again who lived there.
    """
    held = lock_household(household)
    require(by, permission, at=held.area_id)
    if is_erased(held):
        raise WasErased
    return held


def person_to_change(person: Person, by: User) -> Person:
    """As `household_to_change`, for a person."""
    held = lock_person(person)
    require(by, Permission.EDIT_HOUSEHOLDS, at=held.area_id)
    if held.first_name == ERASED_NAME:
        raise WasErased
    return held


def refuse_stale(row: Household | Person, version: int) -> None:
    """Refuse a row that is no longer the version the form showed."""
    if row.version != version:
        raise ChangedMeanwhile


def refuse_outside(by: User, area: str) -> None:
    """Refuse (NotPermitted) an area where the actor may not change households."""
    require(by, Permission.EDIT_HOUSEHOLDS, at=area)


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
