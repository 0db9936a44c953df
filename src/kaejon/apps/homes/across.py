"""Possible duplicates across areas: households whose name or house code a list gives in two areas."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.areas.queries import within
from kaejon.apps.homes.models import HouseholdPair
from kaejon.apps.homes.queries import pairs_visible_to
from kaejon.apps.households.bulk import insert_rows, new_row


def keep_homes(homes: Mapping[tuple[int, int], Collection[str]]) -> None:
    """Keep pairs of (a list's household, one beyond its reach) with their reasons; known ones stay."""
    now = timezone.now()
    insert_rows(
        (
            new_row(
                HouseholdPair,
                one_id=min(pair),
                other_id=max(pair),
                reasons=sorted(reasons),
                found_at=now,
                across=True,
            )
            for pair, reasons in sorted(homes.items())
        ),
        skip_known=True,
    )


def waiting_across(actor: User, area: str = "") -> int:
    """How many possible duplicates of households across areas wait that the actor may decide."""
    rows = pairs_visible_to(actor).filter(across=True)
    if area:
        rows = rows.filter(within(area, "one__area_id"), within(area, "other__area_id"))
    return rows.select_related(None).order_by().count()
