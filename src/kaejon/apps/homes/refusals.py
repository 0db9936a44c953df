"""Why households cannot be made one, parted, joined or restored."""

from __future__ import annotations

from kaejon.methods.errors import DataError

REFUSALS = {
    "NOT_WAITING": ("This pair no longer waits.", "Go on with the next one."),
    "ONE_HOUSEHOLD": (
        "These are not two households of the registry.",
        "Look at both Family Folders again.",
    ),
    "SOME_ELSEWHERE": (
        "One of the households lies outside your area.",
        "Ask the district, which sees both.",
    ),
    "STALE": (
        "Somebody changed the household meanwhile.",
        "Look at it as it is now, then send the form again.",
    ),
    "NOBODY_CHOSEN": ("Nobody was chosen.", "Choose who founds the new household."),
    "EVERYBODY_CHOSEN": (
        "Nobody would be left in the household.",
        "Correct the address instead when everybody moved.",
    ),
    "NOT_A_MEMBER": (
        "Somebody chosen is no longer a member.",
        "Open the folder again and choose anew.",
    ),
    "LISTS_MOVING": (
        "A list is being brought in or taken back.",
        "Wait until its work is done, then try again.",
    ),
    "ALREADY_UNDONE": ("This was taken back before.", "Look at the Family Folder."),
    "HOUSEHOLD_GONE": (
        "One of the households is no longer in the registry.",
        "Apply the list that brought it again, then take this back.",
    ),
    "CHANGED_SINCE": (
        "The members were changed since.",
        "Take back the later change first.",
    ),
    "WRITTEN_SINCE": (
        "Somebody wrote on the new household since.",
        "Move the members by hand instead.",
    ),
    "NOT_BEYOND": (
        "This village lies in the area you work in.",
        "Correct the address instead.",
    ),
    "ALREADY_OFFERED": (
        "The household was offered to another area already.",
        "Recall that offer first.",
    ),
}


class HomesError(DataError):
    """A refusal; `code` is one of REFUSALS."""

    def __init__(self, code: str, **details: object) -> None:
        message, remedy = REFUSALS[code]
        super().__init__(code, message, remedy=remedy, **details)
