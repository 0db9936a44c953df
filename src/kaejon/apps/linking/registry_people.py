"""The people of the registry as a list the matching engine reads.

No national ID leaves its seal: where numbers are equal, their search tokens are, so a
token becomes a made-up number with a right check digit. What the engine writes beside its
memory holds no real number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from kaejon.apps.areas.queries import within
from kaejon.apps.households.models import ERASED_NAME, Person
from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.thai import national_id

AT_ONCE = 20_000
TABLE = "registry"
COLUMNS = (
    "pk", "title", "first_name", "last_name", "national_id_index", "birth_date",
    "birth_precision", "sex", "household__house_no", "area_id",
)  # fmt: skip
# How much of an ISO date is known; the reader of dates takes 00 as unknown.
KNOWN = {"day": "%Y-%m-%d", "month": "%Y-%m-00", "year": "%Y-00-00"}
NAMES = (
    "id", "title", "first_name", "last_name", "national_id", "birth_date", "sex",
    "house_no", "tambon_code",
)  # fmt: skip


def load_people(engine: DuckDBEngine, area: str) -> tuple[int, str]:
    """Fill table `registry` with the people of an area; returns how many, and a hash of what is compared.

    Never more than `AT_ONCE` people are in Python at a time.
    """
    columns = ", ".join(f"{name} VARCHAR" for name in NAMES)
    engine.connection.execute(f"CREATE OR REPLACE TABLE {TABLE} ({columns})")
    digest, count = hashlib.sha256(), 0
    for people in chunks_of(area):
        rows = [as_listed(person) for person in people]
        digest.update(repr(rows).encode())
        count += len(rows)
        columns_of = zip(*rows, strict=True)
        arrays = [pa.array(values, pa.string()) for values in columns_of]
        engine.connection.register("chunk", pa.table(arrays, names=list(NAMES)))
        engine.connection.execute(f"INSERT INTO {TABLE} FROM chunk")
        engine.connection.unregister("chunk")
    return count, digest.hexdigest()


def chunks_of(area: str) -> Iterator[list[tuple[Any, ...]]]:
    """People with a name, by key."""
    people = Person.objects.filter(within(area, "area_id")).exclude(
        first_name__in=["", ERASED_NAME]
    )
    last = 0
    while found := list(people.filter(pk__gt=last).order_by("pk").values_list(*COLUMNS)[:AT_ONCE]):
        last = found[-1][0]
        yield found


def as_listed(person: tuple[Any, ...]) -> tuple[str | None, ...]:
    """One person as a row of text."""
    key, title, first, last, token, born, precision, sex, house_no, area = person
    return (
        str(key), title, first, last, stand_in(token), birth_text(born, precision), sex,
        house_no, area,
    )  # fmt: skip


def birth_text(born: date | None, precision: str) -> str | None:
    return born.strftime(KNOWN[precision]) if born else None


def stand_in(token: str) -> str | None:
    """A 13-digit number that stands for a national ID: the same for the same token, and no way back."""
    if not token:
        return None
    number = int.from_bytes(hashlib.sha256(token.encode()).digest()[:8]) % 10**12
    return national_id.generate(f"{number:012d}")
