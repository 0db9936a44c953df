"""A Family Folder as one value: everything that a page or a sheet shows of a household.

The number of queries does not depend on how many households are read at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from kaejon.apps.access.models import User
from kaejon.apps.access.roles import Permission
from kaejon.apps.access.scope import scope_of
from kaejon.apps.areas.models import Area
from kaejon.apps.folders.models import Attention, Note
from kaejon.apps.folders.problems import Problem, age_of, problems_of
from kaejon.apps.folders.queries import ended_memberships
from kaejon.apps.households.models import Household, Membership, Person
from kaejon.apps.households.queries import open_people, visible_to
from kaejon.apps.measurement.models import CapitalScore, PovertyScreen
from kaejon.apps.sources.models import Assertion, Kind, SourceVersion
from kaejon.apps.sources.queries import conflicts_of
from kaejon.methods.claims import Conflict
from kaejon.methods.definitions.problem_sides import SENSITIVE_FACTS
from kaejon.methods.thai.life_stages import LifeStage, life_stage


@dataclass(frozen=True)
class Member:
    """One member as of a day. `target_lists`: versions that name the person target poor."""

    person: Person
    age: int | None
    stage: LifeStage | None
    target_lists: tuple[SourceVersion, ...] = ()
    problems: tuple[Problem, ...] = ()
    conditions: tuple[str, ...] = ()
    conditions_closed: bool = False


@dataclass(frozen=True)
class Left:
    """Somebody who left. `name`: empty where the reader may not open where the person lives now."""

    membership: Membership
    name: str


@dataclass(frozen=True)
class Disagreement:
    """A fact on which lists differ, about a member or (None) the household."""

    person: Person | None
    conflict: Conflict


@dataclass(frozen=True)
class Entry:
    """One list version, or one field check, and its live claims about this family."""

    version: SourceVersion
    as_of: date
    claims: tuple[Assertion, ...]

    @property
    def is_field_check(self) -> bool:
        return bool(self.version.source.kind == Kind.FIELD)


@dataclass(frozen=True)
class Folder:
    """A household with all that is known of it and that this reader may see.

    `granted`: opened by a grant alone. What officers wrote down (notes, marks, checks, who gave
    consent, changes) is not what a grant's purpose needs, and is left out.
    """

    household: Household
    areas: Mapping[str, Area]
    members: tuple[Member, ...] = ()
    died: tuple[Member, ...] = ()
    left: tuple[Left, ...] = ()
    problems: tuple[Problem, ...] = ()
    score: CapitalScore | None = None
    screen: PovertyScreen | None = None
    entries: tuple[Entry, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    notes: tuple[Note, ...] = ()
    attention: tuple[Attention, ...] = ()
    sensitive: bool = False
    granted: bool = False

    @property
    def place(self) -> list[Area]:
        """Areas from the province down to the village."""
        return [self.areas[c] for c in self.household.area.ancestor_codes() if c in self.areas]

    @property
    def household_problems(self) -> list[Problem]:
        """Problems that are nobody's in particular."""
        return [p for p in self.problems if not p.people]


@dataclass
class _Material:
    """Rows of several households, by household key."""

    people: dict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))
    claims: dict[int, list[Assertion]] = field(default_factory=lambda: defaultdict(list))
    left: dict[int, list[Membership]] = field(default_factory=lambda: defaultdict(list))
    named: set[int] = field(default_factory=set)
    scores: dict[int, CapitalScore] = field(default_factory=dict)
    screens: dict[int, PovertyScreen] = field(default_factory=dict)
    notes: dict[int, list[Note]] = field(default_factory=lambda: defaultdict(list))
    attention: dict[int, list[Attention]] = field(default_factory=lambda: defaultdict(list))
    areas: dict[str, Area] = field(default_factory=dict)


def read_folder(household: Household, actor: User) -> Folder:
    """The folder of one household for one reader."""
    return read_folders([household], actor)[0]


def read_folders(households: Sequence[Household], actor: User) -> list[Folder]:
    """Folders in the given order; households need `house` and `area` loaded."""
    material = collect(households)
    open_to = households_open(actor, Permission.SEE_SENSITIVE, households)
    gone = [left.person_id for rows in material.left.values() for left in rows]
    material.named = open_people(actor, gone)
    today, whole = timezone.localdate(), scope_of(actor, Permission.SEE_HOUSEHOLDS)
    return [
        build(
            h,
            material,
            sensitive=h.pk in open_to,
            granted=not whole.holds_at(h.area_id),
            today=today,
        )
        for h in households
    ]


def households_open(
    actor: User, permission: Permission, households: Iterable[Household]
) -> set[int]:
    """Keys of those households on which the actor holds the permission."""
    scope = scope_of(actor, permission)
    rows = list(households)
    inside = {h.pk for h in rows if scope.holds_at(h.area_id)}
    if scope.grants:
        inside |= set(
            visible_to(actor, permission)
            .filter(pk__in=[h.pk for h in rows])
            .values_list("pk", flat=True)
        )
    return inside


def collect(households: Sequence[Household]) -> _Material:
    """Read everything about some households: one query a table."""
    ids = [h.pk for h in households]
    material = _Material()
    home: dict[int, int] = {}
    for person in Person.objects.filter(household__in=ids).order_by("pk"):
        material.people[person.household_id or 0].append(person)
        home[person.pk] = person.household_id or 0
    for claim in live_claims(ids, home):
        if claim.person_id is None:
            material.claims[claim.household_id].append(claim)
        elif claim.person_id in home:
            material.claims[home[claim.person_id]].append(claim)
    for left in ended_memberships().filter(household__in=ids).select_related("person"):
        material.left[left.household_id].append(left)
    read_standing(ids, material)
    for note in Note.objects.filter(household__in=ids).select_related("written_by", "removed_by"):
        material.notes[note.household_id].append(note)
    for mark in Attention.objects.filter(household__in=ids, cleared_at=None).select_related(
        "set_by"
    ):
        material.attention[mark.household_id].append(mark)
    material.areas = areas_named(households, material.claims.values())
    return material


def live_claims(households: Sequence[int], home: Mapping[int, int]) -> Iterable[Assertion]:
    """Live claims about the households and about their present members, oldest first."""
    return (
        Assertion.objects.filter(
            Q(household__in=households) | Q(person__in=list(home)), withdrawn_at=None
        )
        .select_related("version__source__owner", "stated_by")
        .order_by("as_of", "pk")
    )


def read_standing(ids: Sequence[int], material: _Material) -> None:
    """The newest score and screen of each household."""
    for score in (
        CapitalScore.objects.filter(household__in=ids)
        .select_related("version__source")
        .order_by("as_of", "version")
    ):
        material.scores[score.household_id] = score
    for screen in (
        PovertyScreen.objects.filter(household__in=ids)
        .select_related("version__source")
        .order_by("as_of", "version")
    ):
        material.screens[screen.household_id] = screen


def areas_named(
    households: Iterable[Household], claims: Iterable[Sequence[Assertion]]
) -> dict[str, Area]:
    """The areas the households lie in and those that claims name, by code."""
    codes = {code for h in households for code in h.area.ancestor_codes()}
    codes |= {str(c.facts["area"]) for group in claims for c in group if c.facts.get("area")}
    return Area.objects.in_bulk(codes)


def build(
    household: Household, material: _Material, *, sensitive: bool, granted: bool, today: date
) -> Folder:
    """Put one folder together from rows already read."""
    people = material.people[household.pk]
    claims = material.claims[household.pk]
    screen = material.screens.get(household.pk)
    problems = problems_of(
        people=people,
        claims=claims,
        screen=screen,
        score=material.scores.get(household.pk),
        sensitive=sensitive,
    )
    members = [
        member_of(p, claims, problems, screen, sensitive=sensitive, today=today)
        for p in in_order(people)
    ]
    return Folder(
        household=household,
        areas=material.areas,
        members=tuple(m for m in members if m.person.died_on is None),
        died=tuple(m for m in members if m.person.died_on is not None),
        left=tuple(
            Left(m, m.person.full_name if m.person_id in material.named else "")
            for m in material.left[household.pk]
            if m.person.household_id != household.pk
        ),
        problems=tuple(problems),
        score=material.scores.get(household.pk),
        screen=screen,
        entries=tuple(entries_of(claims)),
        disagreements=tuple(disagreements_of(people, claims)),
        notes=() if granted else tuple(material.notes[household.pk]),
        attention=() if granted else tuple(material.attention[household.pk]),
        sensitive=sensitive,
        granted=granted,
    )


def in_order(people: Iterable[Person]) -> list[Person]:
    """The head first, then from the eldest to the youngest, unknown ages last."""
    return sorted(people, key=lambda p: (not p.is_head, p.birth_date or date.max, p.pk))


def member_of(
    person: Person,
    claims: Sequence[Assertion],
    problems: Sequence[Problem],
    screen: PovertyScreen | None,
    *,
    sensitive: bool,
    today: date,
) -> Member:
    age = age_of(person, today)
    own = [c for c in claims if c.person_id == person.pk]
    conditions = tuple(
        dict.fromkeys(
            str(c.facts[name])
            for c in reversed(own)
            for name in SENSITIVE_FACTS
            if c.facts.get(name)
        )
    )
    return Member(
        person=person,
        age=age,
        stage=None if age is None else life_stage(age),
        target_lists=target_lists(own, screen) if person.target_poor else (),
        problems=tuple(p for p in problems if person.pk in p.people),
        conditions=conditions if sensitive else (),
        conditions_closed=bool(conditions) and not sensitive,
    )


def target_lists(
    claims: Iterable[Assertion], screen: PovertyScreen | None
) -> tuple[SourceVersion, ...]:
    """Versions by which a person is target poor: named by TPMAP, or by its rule on a screened list."""
    found = {}
    for claim in claims:
        by_rule = (
            screen is not None
            and screen.bmn_poor
            and claim.version_id == screen.version_id
            and claim.facts.get("registered")
            and claim.facts.get("validated")
        )
        if claim.facts.get("target_poor") or by_rule:
            found[claim.version_id] = claim.version
    return tuple(found.values())


def entries_of(claims: Iterable[Assertion]) -> list[Entry]:
    """The timeline, newest first: one entry a list version, one a field check."""
    grouped: dict[Any, list[Assertion]] = defaultdict(list)
    for claim in claims:
        own = claim.version.source.kind == Kind.FIELD
        grouped[(claim.version_id, claim.pk if own else 0)].append(claim)
    entries = [
        Entry(group[0].version, max(c.as_of for c in group), tuple(group))
        for group in grouped.values()
    ]
    return sorted(entries, key=lambda e: (e.as_of, e.claims[-1].pk), reverse=True)


def disagreements_of(people: Sequence[Person], claims: Sequence[Assertion]) -> list[Disagreement]:
    """Conflicts of the household and of its members."""
    by_pk = {p.pk: p for p in people}
    return [
        Disagreement(by_pk[subject] if subject else None, conflict)
        for subject, found in conflicts_of(claims).items()
        if subject is None or subject in by_pk
        for conflict in found
    ]
