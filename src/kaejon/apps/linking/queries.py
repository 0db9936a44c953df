"""Rows that wait for a person, and whom each may speak of, within the reader's scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.db.models.functions import Substr

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.areas.queries import TAMBON_DIGITS, within
from kaejon.apps.households.models import Household, Person
from kaejon.apps.households.queries import open_households, open_people, people_visible_to
from kaejon.apps.households.queries import visible_to as homes_visible_to
from kaejon.apps.linking.assigning import tambons_of
from kaejon.apps.linking.models import MatchDecision
from kaejon.apps.sources.matching import same_first_name
from kaejon.apps.sources.models import Assertion, BatchStatus, ImportBatch, Outcome, SourceRecord

# Nobody reads more candidates than this side by side.
MOST_SHOWN = 9


@dataclass(frozen=True)
class Candidates:
    """Whom a row may speak of, as far as one reader may see. `elsewhere`: how many more there are."""

    people: list[Person] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    elsewhere: int = 0

    def person(self, public_id: UUID | None) -> Person | None:
        return next((p for p in self.people if p.public_id == public_id), None)

    def household(self, public_id: UUID | None) -> Household | None:
        return next((h for h in self.households if h.public_id == public_id), None)

    def seen_households(self) -> list[tuple[UUID, str]]:
        """The households shown, as (public id, area code), for the record of looks."""
        homes = [p.household for p in self.people if p.household] + self.households
        return sorted({(h.public_id, h.area_id) for h in homes})


def visible_to(actor: User) -> QuerySet[SourceRecord]:
    """Rows of applied lists that wait for a person, where the actor may apply lists."""
    scope = scope_of(actor, Permission.APPLY_LISTS)
    return (
        SourceRecord.objects.filter(
            scope.by_area("area_code"),
            outcome=Outcome.AMBIGUOUS,
            batch__status=BatchStatus.APPLIED,
        )
        .select_related("batch__version__source__owner")
        .defer("raw_sealed", "batch__info", "batch__mapping", "batch__counts")
    )


def queue(
    actor: User, *, area: str = "", batch: UUID | None = None, mine: bool = False
) -> QuerySet[SourceRecord]:
    """The rows in the order of work: by place; those that nobody could decide yet at the end.

    `mine`: only tambons assigned to the actor.
    """
    rows = visible_to(actor).filter(within(area, "area_code")) if area else visible_to(actor)
    if batch is not None:
        rows = rows.filter(batch__public_id=batch)
    if mine:
        places = [within(code, "area_code") for code in tambons_of(actor)]
        rows = rows.filter(reduce(or_, places, Q(pk__in=())))
    late = Case(When(decision__isnull=True, then=Value(0)), default=Value(1))
    return rows.alias(late=late).order_by("late", "area_code", "pk")


def next_in(rows: QuerySet[SourceRecord]) -> SourceRecord | None:
    """The first row of the queue on which nobody has spoken yet."""
    return rows.filter(decision__isnull=True).order_by("area_code", "pk").first()


def counts_by_tambon(rows: QuerySet[SourceRecord]) -> list[tuple[Area, int]]:
    """How many rows wait in each tambon, by code."""
    counted = (
        rows.order_by()
        .values(tambon=Substr("area_code", 1, TAMBON_DIGITS))
        .annotate(waiting=Count("pk"))
        .values_list("tambon", "waiting")
    )
    found = dict(counted)
    areas = Area.objects.filter(pk__in=found).select_related("parent").order_by("code")
    return [(area, found[area.code]) for area in areas]


def batches_waiting(actor: User) -> QuerySet[ImportBatch]:
    """The lists of which rows wait for the actor, newest first."""
    rows = visible_to(actor).order_by().values("batch")
    return ImportBatch.objects.filter(pk__in=rows).select_related("version__source")


def candidates_for(record: SourceRecord, actor: User) -> Candidates:
    """Whom the row may speak of: those matching found, who holds the ID that stands twice in the
    file, and people at the row's address whose first name is alike."""
    names = set(record.candidates)
    if not names:
        names = {str(name) for name in holders_near(record).values_list("public_id", flat=True)}
    names = standing_names(names) | namesakes_at_address(record)
    people = people_visible_to(actor, Permission.APPLY_LISTS).filter(public_id__in=names)
    homes = homes_visible_to(actor, Permission.APPLY_LISTS).filter(public_id__in=names)
    seen = Candidates(
        list(people.select_related("household", "area__parent").order_by("pk")[:MOST_SHOWN]),
        list(homes.select_related("area__parent").order_by("pk")[:MOST_SHOWN]),
    )
    hidden = len(existing(names)) - people.count() - homes.count()
    return Candidates(seen.people, seen.households, hidden)


def families_of(
    rows: Iterable[SourceRecord], actor: User, permission: Permission = Permission.APPLY_LISTS
) -> set[int]:
    """Keys of the families these rows speak of, or may speak of, as far as the actor may see."""
    known = [row for row in rows if row.outcome != Outcome.REJECTED]
    names = {name for row in known for name in row.candidates}
    people = people_visible_to(actor, permission)
    homes = homes_visible_to(actor, permission)
    families = {row.household_id for row in known}
    found = set(people.filter(public_id__in=names).values_list("household", flat=True))
    found |= set(
        homes.filter(Q(public_id__in=names) | Q(pk__in=families)).values_list("pk", flat=True)
    )
    return {key for key in found if key is not None}


def holders_near(record: SourceRecord) -> QuerySet[Person]:
    """Who bears the row's ID as far as its list reaches: in the row's own tambon."""
    if not record.national_id_index:
        return Person.objects.none()
    near = within(record.area_code[:TAMBON_DIGITS], "area_id")
    return Person.objects.filter(near, national_id_index=record.national_id_index)


def number_is_free(record: SourceRecord) -> bool:
    """The row waits because its ID stands on several rows, and nobody of its tambon bears it yet."""
    if record.rule != "same_id_twice" or not record.national_id_index:
        return False
    return not holders_near(record).exists()


def rows_with_same_id(record: SourceRecord, actor: User) -> list[SourceRecord]:
    """The other rows of the list that bear the row's ID, in the actor's area, at most a dozen."""
    if not record.national_id_index:
        return []
    scope = scope_of(actor, Permission.APPLY_LISTS)
    rows = SourceRecord.objects.filter(
        scope.by_area("area_code"),
        batch=record.batch_id,
        national_id_index=record.national_id_index,
    )
    rows = rows.exclude(pk=record.pk).exclude(outcome=Outcome.REJECTED).defer("raw_sealed")
    return list(rows.order_by("row_number")[:12])


def namesakes_at_address(record: SourceRecord) -> set[str]:
    """People at the row's address whose first name is alike: matching by ID did not look at them."""
    first = (record.facts.get("person") or {}).get("first_name", "")
    house_no = record.facts.get("household", {}).get("house_no", "")
    if not first or not house_no:
        return set()
    people = Person.objects.filter(
        household__area=record.area_code, household__house_no=house_no
    ).values_list("public_id", "first_name")
    return {str(name) for name, theirs in people if same_first_name(first, theirs)}


def standing_names(names: set[str]) -> set[str]:
    """The names with whoever was merged meanwhile replaced by the person who stands."""
    merged = Person.everyone.filter(public_id__in=names, merged_into__isnull=False)
    instead = {
        str(name): str(standing)
        for name, standing in merged.values_list("public_id", "merged_into__public_id")
    }
    return {instead.get(name, name) for name in names}


def existing(names: Iterable[str]) -> set[str]:
    """Those of the public ids that still stand in the registry."""
    held = set(names)
    people = Person.objects.filter(public_id__in=held).values_list("public_id", flat=True)
    homes = Household.objects.filter(public_id__in=held).values_list("public_id", flat=True)
    return {str(name) for name in (*people, *homes)}


def housemates(households: Iterable[int]) -> dict[int, list[Person]]:
    """Who lives in these households, by household key."""
    found: dict[int, list[Person]] = {}
    for person in Person.objects.filter(household__in=list(households)).order_by("pk"):
        found.setdefault(person.household_id or 0, []).append(person)
    return found


def rows_beside(record: SourceRecord) -> list[SourceRecord]:
    """The other rows of the list about the same household, at most a dozen."""
    rows = SourceRecord.objects.filter(batch=record.batch_id, group=record.group)
    kept = rows.exclude(pk=record.pk).exclude(outcome=Outcome.REJECTED).exclude(group="")
    return list(kept.defer("raw_sealed").order_by("row_number")[:12])


def lists_speaking_of(candidates: Candidates) -> dict[int, list[str]]:
    """Which lists speak of each candidate, by person or household key, newest first."""
    subject = "person" if candidates.people else "household"
    keys = [c.pk for c in candidates.people or candidates.households]
    claims = Assertion.objects.filter(**{f"{subject}__in": keys}, withdrawn_at=None)
    found: dict[int, list[str]] = {}
    for claim in claims.select_related("version__source").order_by("-as_of", "-pk"):
        names = found.setdefault(getattr(claim, f"{subject}_id"), [])
        if (name := str(claim.version)) not in names:
            names.append(name)
    return found


def decisions_visible_to(actor: User) -> QuerySet[MatchDecision]:
    """Live decisions on rows of the actor's area, newest first."""
    scope = scope_of(actor, Permission.APPLY_LISTS)
    rows = MatchDecision.objects.filter(scope.by_area("record__area_code"), undone_at=None)
    return rows.select_related(
        "record__batch__version__source", "decided_by", "person", "household"
    ).defer("record__raw_sealed")


def names_chosen(decisions: Iterable[MatchDecision], actor: User) -> dict[int, str]:
    """Decision key → whom it chose, as far as the actor may decide where they live now."""
    rows = list(decisions)
    people = open_people(actor, [d.person_id for d in rows if d.person_id], Permission.APPLY_LISTS)
    homes = open_households(
        actor, [d.household_id for d in rows if d.household_id], Permission.APPLY_LISTS
    )
    names: dict[int, str] = {}
    for decision in rows:
        if decision.person is not None and decision.person_id in people:
            names[decision.pk] = decision.person.full_name
        elif decision.household is not None and decision.household_id in homes:
            names[decision.pk] = decision.household.head_name
    return names


def standing_on(record: SourceRecord) -> MatchDecision | None:
    """The live decision on a row."""
    return record.decisions.filter(undone_at=None).select_related("decided_by").first()
