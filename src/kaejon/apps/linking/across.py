"""Possible duplicates across areas: people whom a list would have found beyond its reach.

Written after a row is applied, for somebody who holds both areas; until decided both stand.
Whoever brought the list never learns of them, so nothing here is counted, told or recorded
where only one side is seen.
"""

from __future__ import annotations

from collections.abc import Collection

from kaejon.apps.access.models import User
from kaejon.apps.areas.queries import within
from kaejon.apps.households.bulk import Among, insert_rows, new_row
from kaejon.apps.households.models import Person
from kaejon.apps.linking.models import Band, PersonPair
from kaejon.apps.linking.pair_queries import pairs_visible_to

# How sure a pair is that an exact rule found; a person decides whatever it says.
EXACT = 1.0


def keep_people(people: Collection[tuple[int, int]]) -> None:
    """Keep pairs of (a list's person, somebody beyond its reach); those known already stay as they are."""
    known = set(
        Person.objects.filter(Among("pk", {key for pair in people for key in pair})).values_list(
            "pk", flat=True
        )
    )
    rows = {(min(pair), max(pair)) for pair in people if known.issuperset(pair)}
    insert_rows(
        (
            new_row(
                PersonPair,
                one_id=one,
                other_id=other,
                probability=EXACT,
                band=Band.ASK,
                across=True,
            )
            for one, other in sorted(rows)
        ),
        skip_known=True,
    )


def waiting_across(actor: User, area: str = "") -> int:
    """How many possible duplicates of people across areas wait that the actor may decide."""
    rows = pairs_visible_to(actor).filter(across=True)
    if area:
        rows = rows.filter(within(area, "one__area_id"), within(area, "other__area_id"))
    return rows.select_related(None).order_by().count()
