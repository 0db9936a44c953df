"""The small table behind every figure: people counted by group, design and reach of k."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from kaejon.methods.alkire_foster.scoring import Pack, key_columns
from kaejon.methods.alkire_foster.spec import Spec
from kaejon.methods.engine import floats, integers

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Key:
    """One column that separates cells: its distinct labels in order, and a code per cell."""

    labels: tuple[object, ...]
    codes: Integers


@dataclass(frozen=True)
class Cells:
    """Sums of every cell. `score` is the sum of people times weighted deprivation (0-1 each).

    `reach[i]` is how many of the distinct k the cell's households reach; `deprived` has one
    column per indicator; `gap_1`, `gap_2` are None where depth has no meaning.
    """

    keys: dict[str, Key]
    reach: Integers
    households: Integers
    people: Floats
    score: Floats
    deprived: Floats
    gap_1: Floats | None
    gap_2: Floats | None
    incomplete: int

    @property
    def count(self) -> int:
        """Households that enter the measure."""
        return int(self.households.sum())


def build_cells(table: pa.Table, spec: Spec, plan: Sequence[Pack]) -> Cells:
    """Cells from the answer of the engine; households with a missing value only counted."""
    reach, households = integers(table["reach"]), integers(table["households"])
    complete = reach >= 0
    gaps = [
        floats(table[name])[complete] if name in table.column_names else None
        for name in ("gap_1", "gap_2")
    ]
    return Cells(
        keys={
            name: encode(table[f"key_{n}"], complete) for n, name in enumerate(key_columns(spec))
        },
        reach=reach[complete],
        households=households[complete],
        people=floats(table["people"])[complete],
        score=floats(table["score"])[complete] / spec.denominator,
        deprived=unpack(table, plan, complete),
        gap_1=gaps[0],
        gap_2=gaps[1],
        incomplete=int(households[~complete].sum()),
    )


def unpack(table: pa.Table, plan: Sequence[Pack], complete: Flags) -> Floats:
    """People deprived in each indicator: cells × indicators, from the packed sums."""
    columns: list[Floats] = []
    for number, pack in enumerate(plan):
        packed = floats(table[f"pack_{number}"])[complete]
        if pack.count == 1:
            columns.append(packed)
            continue
        whole = packed.astype(np.int64)
        field = (1 << pack.width) - 1
        columns += [
            ((whole >> (position * pack.width)) & field).astype(np.float64)
            for position in range(pack.count)
        ]
    return np.array(columns).T


def encode(column: pa.ChunkedArray, complete: Flags) -> Key:
    """Distinct labels of the complete cells in ascending order, and the code of each cell."""
    encoded = column.combine_chunks().dictionary_encode()
    labels = encoded.dictionary.to_pylist()
    codes = integers(encoded.indices)[complete]
    used = np.unique(codes).tolist()
    order = sorted(used, key=labels.__getitem__)
    rank = np.zeros(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return Key(tuple(labels[position] for position in order), rank[codes])
