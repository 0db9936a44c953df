"""What decisions about people hold that erasing them takes away."""

from __future__ import annotations

from kaejon.apps.linking.models import PersonMerge, PersonPair
from kaejon.apps.records import Erasure


def forget_pairs(erasure: Erasure) -> None:
    """Pairs nobody has spoken on go; the others lose in what the two agree."""
    pairs = erasure.rows(PersonPair)
    pairs.filter(decisions=None).delete()
    pairs.update(levels={}, lane="")


def forget_merges(erasure: Erasure) -> None:
    """Relations kept for restoring go."""
    for merge in erasure.rows(PersonMerge):
        for membership in merge.before.get("memberships", ()):
            membership["relation"] = ""
        merge.save(update_fields=["before"])
