"""Cells of a table as exact numbers and flags, and how unusable cells are told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kaejon.methods.errors import DataError
from kaejon.methods.thai.digits import to_arabic_digits

SHOWN_PROBLEMS = 20
MAX_DECIMALS = 40

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_FLAGS = {"1": True, "0": False, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that cannot be used: row as the file numbers it, column, what is wrong."""

    row: int
    column: str
    problem: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.problem}"


def refuse_cells(problems: Sequence[CellProblem], remedy: str, *, count: int | None = None) -> None:
    """Raise one DataError that lists the problems in file order; nothing when there are none.

    The message shows the first twenty, the context (`cells`) those and their count: `count`
    where only the first problems of each column are given.
    """
    if not problems:
        return
    ordered = sorted(problems, key=lambda problem: (problem.row, problem.column))
    shown = ordered[:SHOWN_PROBLEMS]
    total = len(ordered) if count is None else count
    lines = [str(problem) for problem in shown]
    if total > len(shown):
        lines.append(f"and {total - len(shown)} more")
    raise DataError(
        "bad_cells",
        "\n        ".join(lines),
        remedy=remedy,
        count=total,
        cells=[{"row": p.row, "column": p.column, "problem": p.problem} for p in shown],
    )


def is_empty(cell: object) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def read_number(cell: object) -> Decimal | None:
    """The exact number in a cell, Thai digits accepted; None for an empty cell.

    A floating-point number counts as its shortest decimal form. Refuses (ValueError):
    anything else, infinity, NaN, more than forty decimals.
    """
    if is_empty(cell):
        return None
    text = to_arabic_digits(str(cell).strip())
    if not (text.isascii() and _NUMBER.fullmatch(text)):
        raise ValueError(f"{cell!r} is not a number")
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MAX_DECIMALS:
        raise ValueError(f"{cell!r} has more than {MAX_DECIMALS} decimals")
    return number


def read_flag(cell: object) -> bool | None:
    """True for 1, False for 0 (also 1.0, TRUE, Thai digits), None for an empty cell.

    Refuses (ValueError): anything else.
    """
    if is_empty(cell):
        return None
    text = to_arabic_digits(str(cell).strip()).lower().removesuffix(".0")
    if text not in _FLAGS:
        raise ValueError(f"{cell!r} is not 1 or 0")
    return _FLAGS[text]
