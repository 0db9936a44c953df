"""Many families in one row of history: eight bytes each, found again by the database itself.

A mark is the first half of a family's random public id: 60 unknown bits, so two of a million
families share one by chance once in a million registries, and no mark begins inside another two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

MARK_BYTES = 8
LEVELS = (8, 6, 4, 2)
WHOLE_SYSTEM = "00"


def mark_of(household: object) -> bytes:
    """Input: a public id, as UUID or text. Output: 8 bytes."""
    identifier = household if isinstance(household, UUID) else UUID(str(household))
    return identifier.bytes[:MARK_BYTES]


def packed(households: Iterable[object]) -> bytes:
    """The marks in order, so that equal lists are equal bytes."""
    return b"".join(sorted({mark_of(household) for household in households}))


def common_area(codes: Iterable[str]) -> str:
    """The smallest area that holds all of them: village, tambon, district, province, whole system."""
    places = set(codes)
    for length in LEVELS:
        wider = {code[:length] for code in places}
        if len(wider) == 1 and len(min(wider)) == length:
            return wider.pop()
    return WHOLE_SYSTEM


def wider_areas(codes: Iterable[str]) -> set[str]:
    """These areas and all that hold them."""
    inside = {code[:length] for code in codes for length in LEVELS if len(code) >= length}
    return {*inside, WHOLE_SYSTEM}


@models.BinaryField.register_lookup
class Holds(models.Lookup):
    """`families__holds=mark`: the packed row names this family."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return self.written(compiler, connection, "instr({lhs}, {rhs}) > 0", swapped=False)

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        return self.written(compiler, connection, "position({rhs} in {lhs}) > 0", swapped=True)

    def written(
        self, compiler: Any, connection: Any, form: str, *, swapped: bool
    ) -> tuple[str, list[Any]]:
        lhs, lhs_values = self.process_lhs(compiler, connection)
        rhs, rhs_values = self.process_rhs(compiler, connection)
        values = [*rhs_values, *lhs_values] if swapped else [*lhs_values, *rhs_values]
        return form.format(lhs=lhs, rhs=rhs), values
