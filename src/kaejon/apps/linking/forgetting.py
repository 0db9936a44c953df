"""What decisions about a person hold that erasing her takes away."""

from __future__ import annotations

from django.db.models import Q

from kaejon.apps.households.models import Person
from kaejon.apps.linking.models import PairDecision, PersonMerge, PersonPair


def forget_pairs(person: Person) -> None:
    """Pairs nobody has spoken on go; of the others the words go, and the relations kept for restoring."""
    people = Person.everyone.filter(Q(pk=person.pk) | Q(merged_into=person)).values("pk")
    pairs = PersonPair.objects.filter(Q(one__in=people) | Q(other__in=people))
    pairs.filter(decisions=None).delete()
    pairs.update(levels={}, lane="")
    PairDecision.objects.filter(pair__in=pairs).update(reason="")
    for merge in PersonMerge.objects.filter(Q(gone__in=people) | Q(kept__in=people)):
        for membership in merge.before["memberships"]:
            membership["relation"] = ""
        merge.save(update_fields=["before"])
