"""The small table behind every figure: people counted by group, design and reach of k."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kaejon.methods.alkire_foster.scoring import Pack, key_columns
from kaejon.methods.alkire_foster.spec import Spec

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


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
    left_out = table.filter(pc.less(table["reach"], 0))
    table = table.filter(pc.greater_equal(table["reach"], 0))
    keys = {name: encode(table[f"key_{n}"]) for n, name in enumerate(key_columns(spec))}
    gaps = [
        floats(table[name]) if name in table.column_names else None for name in ("gap_1", "gap_2")
    ]
    return Cells(
        keys=keys,
        reach=integers(table["reach"]),
        households=integers(table["households"]),
        people=floats(table["people"]),
        score=floats(table["score"]) / spec.denominator,
        deprived=unpack(table, plan),
        gap_1=gaps[0],
        gap_2=gaps[1],
        incomplete=int(integers(left_out["households"]).sum()),
    )


def unpack(table: pa.Table, plan: Sequence[Pack]) -> Floats:
    """People deprived in each indicator: cells × indicators, from the packed sums."""
    columns: list[Floats] = []
    for number, pack in enumerate(plan):
        packed = floats(table[f"pack_{number}"])
        if pack.count == 1:
            columns.append(packed)
            continue
        whole = packed.astype(np.int64)
        field = (1 << pack.width) - 1
        columns += [
            ((whole >> (position * pack.width)) & field).astype(np.float64)
            for position in range(pack.count)
        ]
    return np.column_stack(columns)


def encode(column: pa.ChunkedArray) -> Key:
    """Distinct labels in ascending order and the code of each cell."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    labels = encoded.dictionary.to_pylist()
    order = sorted(range(len(labels)), key=labels.__getitem__)
    rank = np.empty(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(labels))
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Key(tuple(labels[position] for position in order), rank[codes])


def floats(column: pa.ChunkedArray) -> Floats:
    """A column of sums as numbers."""
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def integers(column: pa.ChunkedArray) -> Integers:
    """A column of counts as whole numbers."""
    return np.asarray(column.cast(pa.int64()).to_numpy(), dtype=np.int64)
