"""Why a decision cannot be taken or taken back."""

from __future__ import annotations

from kaejon.methods.errors import DataError

REFUSALS = {
    "NOT_WAITING": (
        "This row no longer waits for a decision.",
        "Go on with the next row of the queue.",
    ),
    "NOT_A_CANDIDATE": (
        "The person or household chosen is not among those this row may speak of.",
        "Choose one of those shown, or say that the row speaks of somebody else.",
    ),
    "NUMBER_TAKEN": (
        "This national ID already belongs to somebody of the registry.",
        "Say that the row speaks of somebody else, without the number.",
    ),
    "SOME_ELSEWHERE": (
        "Some of those whom the row may speak of live outside your area.",
        "Choose 'cannot tell' and ask the district, which sees all of them.",
    ),
    "REASON_NEEDED": (
        "The national IDs differ, so the decision needs a reason.",
        "Write how you know that both are the same person.",
    ),
    "ALREADY_UNDONE": (
        "This decision was taken back before.",
        "Look at the row in the queue.",
    ),
    "LIST_BUSY": (
        "The list of this row is being worked on.",
        "Wait until its work is done, then try again.",
    ),
    "LISTS_MOVING": (
        "A list is being brought in or taken back.",
        "Wait until its work is done, then try again.",
    ),
    "OUTSIDE": (
        "This area is not yours to work in.",
        "Choose an area of your own.",
    ),
    "NOT_TWO_PEOPLE": (
        "These are not two people of the registry: they were made one before, or one is gone.",
        "Go on with the next pair.",
    ),
    "NOTHING_SAID": (
        "No list speaks of one of these people any more.",
        "Look at the Family Folder of that person first.",
    ),
    "DECIDED_DIFFERENT": (
        "Somebody said before that these are two people.",
        "Take that decision back first, if it is wrong.",
    ),
    "ANOTHER_PERSON_NEEDED": (
        "The second opinion must come from somebody else than the first.",
        "Ask a colleague who works in this area, or the district.",
    ),
    "PEOPLE_GONE": (
        "One of the two people is no longer in the registry, because the lists that spoke of them were taken back.",
        "Apply those lists again; the pair is then asked anew.",
    ),
    "HOUSEHOLD_GONE": (
        "The household in which the duplicate lived is no longer in the registry.",
        "Apply the list that brought it again, then take the merge back.",
    ),
    "SINCE_UNCLEAR": (
        "Since the merge something was written about this person, and it is not clear which of the two it speaks of.",
        "Say of whom it speaks.",
    ),
    "NOT_FROM_HERE": (
        "This person may not work off what waits in this tambon.",
        "Choose somebody who may apply lists there.",
    ),
}


class DecisionError(DataError):
    """A refusal of a decision; `code` is one of REFUSALS."""

    def __init__(self, code: str, **details: object) -> None:
        message, remedy = REFUSALS[code]
        super().__init__(code, message, remedy=remedy, **details)
