"""Where the community and the state's lists say different things, item by item.

Facts: what a state list says against a community list or a field check. Standing:
a list names a household that a check found not in need, or leaves out one in need.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.folders.listing import BY_ADDRESS
from kaejon.apps.households.models import POOR_IN_TRUTH, Household, Person, Verified
from kaejon.apps.households.queries import visible_to
from kaejon.apps.partners.models import Sector
from kaejon.apps.sources.deriving import claim_of, live
from kaejon.apps.sources.models import Assertion, Kind, SourceVersion
from kaejon.apps.sources.stated import OF_HOUSEHOLD
from kaejon.apps.surveys.models import Correction, CorrectionState
from kaejon.methods.claims import (
    COMPARED,
    Claim,
    by_precedence,
    comparable,
    differs,
    latest_of_each_source,
)

STANDING = "standing"
# Kinds whose owners are asked; a list of a community organization is a community list.
STATE_SECTORS = (Sector.STATE, Sector.STATE_ENTERPRISE)
STANDING_KINDS = (Kind.TPMAP, Kind.BMN)


@dataclass(frozen=True)
class Difference:
    """One fact: what state lists say and what the community says, the field's answer first."""

    household: Household
    person: Person | None
    fact: str
    stated: tuple[Claim, ...]
    answers: tuple[Claim, ...]
    corrections: tuple[Correction, ...] = ()

    @property
    def field(self) -> Claim | None:
        """The field check that settles it, if there is one."""
        return next((c for c in self.answers if c.field_check), None)

    def asked(self, claim: Claim) -> Correction | None:
        """The correction asked of the list that makes this claim."""
        return next(
            (c for c in self.corrections if c.version.source_id == claim.tag.version.source_id),
            None,
        )


def is_of_state(version: SourceVersion) -> bool:
    """Whether a list belongs to a state office."""
    return version.source.kind != Kind.FIELD and version.source.owner.sector in STATE_SECTORS


def to_compare(actor: User, area: Q, source: str = "") -> QuerySet[Household]:
    """Households of an area about which both a state list and the community or the field speak."""
    claims = Assertion.objects.filter(withdrawn_at=None, household=OuterRef("pk"))
    state = Q(version__source__owner__sector__in=STATE_SECTORS) & ~Q(
        version__source__kind=Kind.FIELD
    )
    asked = state & Q(version__source__code=source) if source else state
    rows = visible_to(actor, Permission.VERIFY).filter(area)
    return rows.filter(
        Q(conflicts__gt=0) | Exists(claims.filter(version__source__kind=Kind.FIELD)),
        Exists(claims.filter(asked)),
        Exists(claims.exclude(state)),
    ).order_by(*BY_ADDRESS)


def differences(households: Sequence[Household], source: str = "") -> list[Difference]:
    """What differs about these households, in their order. Four queries, however many they are."""
    keys = [h.pk for h in households]
    people = {p.pk: p for p in Person.objects.filter(household__in=keys)}
    claims: dict[tuple[int, int | None], list[Claim]] = defaultdict(list)
    rows = live().filter(Q(OF_HOUSEHOLD, household__in=keys) | Q(person__in=people))
    for row in rows:
        home = people[row.person_id].household_id if row.person_id else row.household_id
        claims[home or 0, row.person_id].append(claim_of(row))
    asked = corrections_of(keys)
    found = []
    for household in households:
        subjects: list[int | None] = [
            None,
            *[pk for pk, p in people.items() if p.household_id == household.pk],
        ]
        for subject in subjects:
            for fact, stated, answers in clashes(claims.get((household.pk, subject), ()), source):
                key = (household.pk, subject, fact)
                person = people[subject] if subject else None
                found.append(
                    Difference(household, person, fact, stated, answers, tuple(asked.get(key, ())))
                )
    return found


def clashes(
    claims: Iterable[Claim], source: str = ""
) -> Iterable[tuple[str, tuple[Claim, ...], tuple[Claim, ...]]]:
    """(fact, claims of state lists, claims of the community and the field) that cannot both be right."""
    latest = by_precedence(latest_of_each_source(claims))
    for fact in COMPARED:
        stating = [c for c in latest if comparable(fact, c.facts) not in (None, "")]
        answers = tuple(c for c in stating if not is_of_state(c.tag.version))
        if not answers:
            continue
        right = comparable(fact, answers[0].facts)
        wrong = tuple(
            c
            for c in stating
            if is_of_state(c.tag.version)
            and source in ("", c.source)
            and differs(fact, right, comparable(fact, c.facts))
        )
        if wrong:
            yield fact, wrong, answers


def corrections_of(
    households: Sequence[int],
) -> dict[tuple[int, int | None, str], list[Correction]]:
    """What was asked of owners about these households, the latest first."""
    found: dict[tuple[int, int | None, str], list[Correction]] = defaultdict(list)
    rows = Correction.objects.filter(household__in=households).select_related("version__source")
    for row in rows:
        found[row.household_id, row.person_id, row.fact].append(row)
    return found


def listed_not_in_need(actor: User, area: Q) -> QuerySet[Household]:
    """Named poor by a state list, found not in need by the latest check."""
    return (
        visible_to(actor, Permission.VERIFY)
        .filter(Q(target_poor_members__gt=0) | Q(bmn_poor=True), area, verified=Verified.NOT_POOR)
        .order_by(*BY_ADDRESS)
    )


def in_need_not_listed(actor: User, area: Q) -> QuerySet[Household]:
    """Found in need by the latest check, named poor by no state list."""
    return (
        visible_to(actor, Permission.VERIFY)
        .filter(~Q(bmn_poor=True), area, target_poor_members=0, verified__in=POOR_IN_TRUTH)
        .order_by(*BY_ADDRESS)
    )


def standing_version(household: Household) -> SourceVersion | None:
    """The list to be asked about a household's standing: the newest state list of poor that names
    it, else the newest that was applied to any place of its province."""
    rows = SourceVersion.objects.filter(
        source__kind__in=STANDING_KINDS, source__owner__sector__in=STATE_SECTORS
    ).select_related("source__owner")
    naming = Assertion.objects.filter(
        household=household, withdrawn_at=None, version=OuterRef("pk")
    )
    province = household.area_id[:2]
    here = Q(batches__area__code__startswith=province) | Q(batches__area="00")
    return (
        rows.filter(Exists(naming)).order_by("-as_of", "source__rank").first()
        or rows.filter(here, batches__status="applied").order_by("-as_of", "source__rank").first()
    )


def is_waiting(correction: Correction) -> bool:
    """Whether the owner has not answered yet."""
    return correction.state in (CorrectionState.OPEN, CorrectionState.TOLD)
