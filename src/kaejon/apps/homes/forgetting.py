"""What pairs and changes of a household hold that erasing it takes away."""

from __future__ import annotations

from kaejon.apps.homes.models import HouseholdChange, HouseholdPair
from kaejon.apps.records import Erasure


def forget_pairs(erasure: Erasure) -> None:
    """Pairs nobody has spoken on go."""
    erasure.rows(HouseholdPair).filter(decisions=None).delete()


def forget_changes(erasure: Erasure) -> None:
    """Of changes the words go, and the relations kept for restoring; where one member is erased,
    the words that name her."""
    if not erasure.whole:
        rows = erasure.rows_at_home(HouseholdChange)
        rows.filter(erasure.speaks("reason")).update(reason="")
    for change in erasure.rows(HouseholdChange):
        change.reason = ""
        for part in (change.before, change.after):
            for membership in part.get("memberships", ()):
                membership["relation"] = ""
        change.save(update_fields=["reason", "before", "after"])
