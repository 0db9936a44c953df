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
}


class DecisionError(DataError):
    """A refusal of a decision; `code` is one of REFUSALS."""

    def __init__(self, code: str) -> None:
        message, remedy = REFUSALS[code]
        super().__init__(code, message, remedy=remedy)
