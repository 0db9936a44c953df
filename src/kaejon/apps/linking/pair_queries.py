"""Pairs of people that wait, for whoever holds both areas: to everybody else a pair does not exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Substr

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import TAMBON_DIGITS, within
from kaejon.apps.households.models import Person
from kaejon.apps.linking.assigning import tambons_of
from kaejon.apps.linking.models import WAITING, Band, PairDecision, PairState, PersonPair
from kaejon.apps.sources.models import Assertion

ENDS = ("one", "other")


def people_of(pair: PersonPair) -> list[Person]:
    """The two people of a pair, the one with the lower key first."""
    return [person for person in (pair.one, pair.other) if person is not None]


def pairs_visible_to(actor: User) -> QuerySet[PersonPair]:
    """Pairs that wait and of which the actor may see both sides."""
    scope = scope_of(actor, Permission.APPLY_LISTS)
    rows = PersonPair.objects.filter(
        scope.by_area("one__area_id"),
        scope.by_area("other__area_id"),
        state__in=WAITING,
        one__merged_into=None,
        other__merged_into=None,
        one__isnull=False,
        other__isnull=False,
    )
    return rows.select_related(
        "one__household", "other__household", "one__area__parent", "other__area__parent", "run"
    )


def pair_queue(
    actor: User, *, area: str = "", band: str = "", mine: bool = False
) -> QuerySet[PersonPair]:
    """The pairs in the order of work: second opinions first, then by sureness; undecidable ones last.

    `mine`: only tambons assigned to the actor.
    """
    rows = pairs_visible_to(actor)
    if area:
        rows = rows.filter(touching([area]))
    if mine:
        rows = rows.filter(touching(tambons_of(actor)))
    if band in Band.values:
        rows = rows.filter(band=band)
    rank = Case(
        When(state=PairState.SECONDING, then=Value(0)),
        When(state=PairState.CANNOT_TELL, then=Value(2)),
        default=Value(1),
    )
    return rows.alias(rank=rank).order_by("rank", "-probability", "one__area_id", "pk")


def touching(areas: Iterable[str]) -> Q:
    """Pairs of which at least one side lies in one of the areas."""
    condition = Q(pk__in=())
    for area in areas:
        condition |= within(area, "one__area_id") | within(area, "other__area_id")
    return condition


def next_pair(rows: QuerySet[PersonPair], actor: User) -> PersonPair | None:
    """The first pair on which nobody has spoken yet, or which waits for somebody else than its first speaker."""
    mine = PairDecision.objects.filter(decided_by=actor, undone_at=None).values("pair")
    open_to = Q(state=PairState.OPEN) | (Q(state=PairState.SECONDING) & ~Q(pk__in=mine))
    return rows.filter(open_to).first()


def pairs_by_tambon(rows: QuerySet[PersonPair], actor: User) -> list[tuple[Area, int]]:
    """How many pairs touch each tambon of the actor, by code; a pair between two tambons counts in both."""
    scope = scope_of(actor, Permission.APPLY_LISTS)
    tambons = {f"tambon_of_{end}": Substr(f"{end}__area_id", 1, TAMBON_DIGITS) for end in ENDS}
    counted = rows.order_by().values(**tambons).annotate(n=Count("pk"))
    found: Counter[str] = Counter()
    for one, other, count in counted.values_list(*tambons, "n"):
        for code in {one, other}:
            if scope.touches(code):
                found[code] += count
    areas = Area.objects.filter(pk__in=found).select_related("parent").order_by("code")
    return [(area, found[area.code]) for area in areas]


def counts_of_bands(rows: QuerySet[PersonPair]) -> dict[str, int]:
    """Pairs by band."""
    return dict(rows.order_by().values_list("band").annotate(n=Count("pk")))


def pair_decisions_visible_to(actor: User) -> QuerySet[PairDecision]:
    """Live decisions on pairs of which the actor may see both sides, newest first."""
    scope = scope_of(actor, Permission.APPLY_LISTS)
    # Asked of each decision: from the people of an area SQLite would walk through all of them.
    seen = PersonPair.objects.filter(
        scope.by_area("one__area_id"), scope.by_area("other__area_id"), pk=OuterRef("pair")
    )
    rows = PairDecision.objects.filter(Exists(seen), undone_at=None)
    return rows.select_related(
        "pair__one", "pair__other", "kept", "decided_by", "confirmed_by", "merge"
    )


def standing_on_pair(pair: PersonPair) -> PairDecision | None:
    """The live decision on a pair."""
    return pair.decisions.filter(undone_at=None).select_related("decided_by", "kept").first()


def suggested_to_keep(one: Person, other: Person) -> Person:
    """Whom to keep when nobody says: who lives in a household, bears a valid ID, is spoken of most, came first."""
    keys = (one.pk, other.pk)
    claims = Assertion.objects.filter(person__in=keys, withdrawn_at=None).order_by()
    spoken = dict(claims.values_list("person").annotate(n=Count("pk")))

    def worth(person: Person) -> tuple[bool, bool, int, int]:
        return (
            person.household_id is not None,
            bool(person.national_id_index),
            spoken.get(person.pk, 0),
            -person.pk,
        )

    return max(one, other, key=worth)
