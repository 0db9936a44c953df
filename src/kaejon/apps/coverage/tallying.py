"""Keep the counts of standings true, and find what has none yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction

from kaejon.apps.coverage.models import PictureTally, Unit
from kaejon.apps.coverage.placing import place_households
from kaejon.apps.coverage.queries import COUNTED
from kaejon.apps.households.bulk import insert_rows
from kaejon.apps.households.models import Household

CHUNK = 400
HOUSEHOLDS_AT_ONCE = 2_000


def tally_areas(codes: Collection[str]) -> None:
    """Count the standings of each area code again, inside the caller's transaction."""
    ordered = sorted(codes)
    for start in range(0, len(ordered), CHUNK):
        part = ordered[start : start + CHUNK]
        PictureTally.objects.filter(area__in=part).delete()
        insert_rows(tallies_of(part))


def tallies_of(codes: list[str]) -> Iterator[PictureTally]:
    households: Counter[tuple[Any, ...]] = Counter()
    members: Counter[tuple[Any, ...]] = Counter()
    people: Counter[tuple[Any, ...]] = Counter()
    counted = Household.objects.filter(COUNTED, area__in=codes, list_standing__isnull=False)
    rows = counted.values_list(
        "area",
        "list_standing__combination",
        "verified",
        "list_standing__gate",
        "list_standing__people",
    )
    for area, combination, verified, gate, groups in rows.iterator(chunk_size=5_000):
        kind = (area, combination, verified, gate)
        households[kind] += 1
        for person_combination, number in groups.items():
            members[kind] += number
            people[area, int(person_combination), verified, gate] += number
    for kind, number in households.items():
        yield tally(Unit.HOUSEHOLD, kind, number, members[kind])
    for kind, number in people.items():
        yield tally(Unit.PERSON, kind, number, number)


def tally(unit: Unit, kind: tuple[Any, ...], count: int, people: int) -> PictureTally:
    area, combination, verified, gate = kind
    return PictureTally(
        unit=unit,
        area_id=area,
        combination_id=combination,
        verified=verified,
        gate=gate,
        count=count,
        people=people,
    )


def place_the_rest() -> int:
    """Place households that have no standing yet, as after an upgrade; returns how many.

    Each step is a transaction of its own, so an interrupted run goes on where it stopped.
    """
    placed = 0
    while True:
        waiting = Household.objects.filter(list_standing=None).order_by("area_id", "pk")
        step = list(waiting.values_list("pk", "area_id")[:HOUSEHOLDS_AT_ONCE])
        if not step:
            return placed
        with transaction.atomic():
            place_households([pk for pk, _ in step])
            tally_areas({area for _, area in step})
        placed += len(step)
