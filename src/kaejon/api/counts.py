"""How a count is written in an answer: as it may be told to the reader."""

from __future__ import annotations

from typing import Annotated

from ninja import Field, Schema

from kaejon.methods.disclosure import Shown


class Range(Schema):
    """A count of which only its two ends are told, so that no small one can be worked out."""

    low: int
    high: int | None = Field(description="null: no upper end is told")


Count = Annotated[
    int | Range | None,
    Field(
        description="for a reader who may not open the households behind it rounded to five; "
        "null: fewer than five, perhaps nobody; a range where one number would tell too much"
    ),
]
Share = Annotated[
    float | None, Field(description="0-1, of counts as told; null where too few stand behind it")
]


def count_out(shown: Shown) -> int | dict[str, int | None] | None:
    """A count as a reader may see it."""
    if shown.number is not None:
        return shown.number
    if shown.is_none:
        return None
    return {"low": shown.low, "high": shown.high}
