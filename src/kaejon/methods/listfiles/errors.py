"""The refusal of a whole list file, in both languages."""

from __future__ import annotations

from kaejon.methods.errors import DataError
from kaejon.methods.listfiles import messages


class ListFileError(DataError):
    """A list that cannot be read at all.

    Meaning: `code` names a message in `messages.MESSAGES`, `params` fill its
    sentences, `row` (1-based, as the spreadsheet numbers it) and `column` say where.
    """

    def __init__(
        self, code: str, *, row: int | None = None, column: str | None = None, **params: object
    ) -> None:
        self.row = row
        self.column = column
        self.params = params
        super().__init__(
            code,
            messages.sentence(code, "en", **params),
            remedy=messages.remedy(code, "en", **params),
            row=row,
            column=column,
            params={name: str(value) for name, value in params.items()},
        )

    def in_language(self, language: str) -> tuple[str, str]:
        """The sentence and the remedy in `th` or `en`."""
        return (
            messages.sentence(self.code, language, **self.params),
            messages.remedy(self.code, language, **self.params),
        )
