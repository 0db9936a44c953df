"""What the filters of a page leave of the same families gives none of them away together."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from kaejon.apps.access.scope import Scope
from kaejon.apps.coverage.queries import STATES, Cell, Picture, make_lists
from kaejon.apps.sources.models import Source, SourceVersion
from kaejon.apps.statistics.coverage import column_of, name, places_of, table_of, ways
from kaejon.apps.statistics.visibility import Reader
from kaejon.methods.disclosure import Protected
from kaejon.methods.dropping_out import Gate

AGENCY = Reader(counts=Scope(("33",)), households=Scope(), sensitive=Scope())
TAMBON = "330101"
YEARS = (2565, 2566)
VERSIONS = [
    SourceVersion(pk=pk, source=Source(code=code, kind=kind, rank=pk), year_be=year, round=1)
    for pk, (code, kind, year) in enumerate(
        [("tpmap", "tpmap", 2565), ("tpmap", "tpmap", 2566), ("bmn", "bmn", 2566)], start=1
    )
]
# Stored sets: version → whether it names as poor or merely holds.
SETS = [
    {}, {"3": True}, {"3": False}, {"1": True}, {"2": True}, {"1": True, "2": False, "3": True},
]  # fmt: skip


def pictures(numbers: dict[tuple[int, str, str], int]) -> list[Picture]:
    """The same families of one tambon, as every way of asking shows them: (set, check, gate) → number."""
    cells = tuple(Cell(TAMBON, *key, number, number) for key, number in numbers.items())
    sets = list(enumerate(SETS))
    return [Picture(cells, make_lists(asked, VERSIONS, sets)) for asked in ways(YEARS)]


def test_a_filter_gives_no_set_of_another_away() -> None:
    """Four are named, four merely held: asked for whoever has a row, all eight stand on the list."""
    seen = pictures({(1, "confirmed_poor", Gate.NONE): 4, (2, "confirmed_poor", Gate.NONE): 4})
    table = table_of(seen, AGENCY)
    named, rows = (places_of(picture) for picture in seen[:2])
    told = [table.shown(TAMBON, column_of(named, f"set:{codes}:poor")) for codes in ("bmn", "")]
    whole = table.shown(TAMBON, column_of(rows, "on:bmn:poor"))
    assert all(cell.is_small for cell in told)
    assert whole.low < 8, "8 to 12 would be four and four"
    alone = table_of(seen[1:2], AGENCY).shown(TAMBON, column_of(rows, "on:bmn:poor"))
    assert alone.low == 8, "as the filter would tell it in a table of its own"
    assert table.shown(TAMBON, column_of(named, name("all", "poor"))) == whole


def pinned(table: Protected) -> list[tuple[object, int]]:
    """The oracle: counts that only one world agrees with, of all that is told of one tambon."""
    whats = [*STATES[1:], *(f"gate:{gate}" for gate in Gate)]
    atoms = [(pk, what) for pk in range(len(SETS)) for what in whats]
    columns = list(table.columns)
    member = np.array([[counts(column, atom) for atom in atoms] for column in columns], dtype=float)
    ends = [table.shown(TAMBON, column) for column in columns]
    low = [cell.low for cell in ends]
    high = [np.inf if cell.high is None else cell.high for cell in ends]
    rules = LinearConstraint(member, low, high)
    found = []
    for column, line in zip(columns, member, strict=True):
        answers = [
            milp(
                sign * line, constraints=rules, bounds=Bounds(0, 60), integrality=np.ones(len(line))
            )
            for sign in (1, -1)
        ]
        if round(answers[0].fun) == round(-answers[1].fun):
            found.append((column, round(answers[0].fun)))
    return found


def counts(column: tuple[frozenset[int], str], atom: tuple[int, str]) -> bool:
    """Whether a column counts households of one set and one outcome (in need: one gate)."""
    (place, wanted), (pk, what) = column, atom
    in_need = what.startswith("gate:")
    return pk in place and wanted in ("", what, "poor" if in_need else what)


@pytest.mark.parametrize("seed", range(2))
def test_all_filters_together_pin_nobody(seed: int) -> None:
    chance = random.Random(seed)
    numbers = {
        (pk, check, gate): chance.choice([0, 0, 1, 3, 4, 4, 8])
        for pk in range(len(SETS))
        for check, gate in [
            ("confirmed_poor", Gate.NONE), ("confirmed_poor", Gate.PASSED), ("not_poor", Gate.NONE),
        ]
    }  # fmt: skip
    assert not pinned(table_of(pictures(numbers), AGENCY))
