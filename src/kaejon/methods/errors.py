"""Errors a user can mend, told apart from our own faults.

Every error says what was given, what is allowed and what to do next. Anything
that is not one of these types is a fault of the program.
"""

from __future__ import annotations

import errno


class KaejonError(Exception):
    """A refusal that the person who gave the input can act on.

    `code` is stable and machine readable, `remedy` tells the next step.
    """

    exit_code = 1

    def __init__(self, code: str, message: str, *, remedy: str = "", **context: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.context = context

    def as_dict(self) -> dict[str, object]:
        """The error as a JSON-ready document."""
        return {"code": self.code, "message": self.message, "remedy": self.remedy, **self.context}


class DataError(KaejonError):
    """The data has errors: exit code 1 on the command line."""


class UsageError(KaejonError):
    """The command, definition or parameters are wrong: exit code 2."""

    exit_code = 2


def disk_full(error: BaseException) -> DataError | None:
    """The refusal where an error says, in whosever words, that no room is left on the disk."""
    no_room = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not no_room and not any(
        words in str(error) for words in ("disk is full", "No space left on device")
    ):
        return None
    return DataError(
        "disk_full",
        "the disk is full; nothing of this step was kept",
        remedy="Make room, then repeat what you did.",
    )
