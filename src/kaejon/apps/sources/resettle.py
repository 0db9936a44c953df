"""After a list was taken back, households are as the remaining lists alone would have made them.

Where several households, or people whom only the list had shown to be one, hang together, the
rows of the remaining lists are applied once more, in the order in which their lists came, to a
registry that does not know them; what comes out is written onto the people and households that
are there, which keep their names and all that stands on them. A row that nothing links any more
to the person it spoke of becomes a question.

What a person decided stays: where somebody checked on the spot, parted, joined or decided, all
that hangs together with it is left as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from kaejon.apps.households.bulk import Among, give_related, read_rows, update_rows
from kaejon.apps.households.models import House, Household, Membership, Person
from kaejon.apps.records import holding
from kaejon.apps.sources.chunk import NEEDED, Chunk
from kaejon.apps.sources.deriving import HOUSEHOLD_FIELDS, PERSON_FIELDS
from kaejon.apps.sources.knots import MOST, Knot, Said, Web, knots, web_of
from kaejon.apps.sources.models import (
    Assertion,
    HouseholdReference,
    ImportBatch,
    Outcome,
    SourceRecord,
)
from kaejon.apps.sources.outcomes import issue
from kaejon.apps.sources.reach import reach_of

# Rule and flag of a row that only a list taken back had linked to the person it spoke of.
PROOF_WITHDRAWN = "proof_withdrawn"
FLAG = "PROOF_WITHDRAWN"


class LeftAlone(Exception):
    """Somebody wrote on a household or person that would go: what hangs together with it stays."""

    def __init__(self, households: Collection[int], people: Collection[int]) -> None:
        super().__init__()
        self.households, self.people = set(households), set(people)


@dataclass
class Resettled:
    """`households`: those to measure again; `areas`: those to count again, where they stand now and
    stood before; `questions`: rows that wait now."""

    households: set[int] = field(default_factory=set)
    areas: set[str] = field(default_factory=set)
    questions: int = 0


def resettle(households: Collection[int]) -> Resettled:
    """Settle these households and what hangs together with them. Inside the caller's transaction."""
    web = web_of(households)
    if not web.claims or len(web.address_of) > MOST:
        return Resettled()
    tangled = [knot for knot in knots(web) if not is_plain(knot, web)]
    tangled = without_decisions(tangled)
    while tangled:
        try:
            with transaction.atomic():
                return Replay(tangled).run()
        except LeftAlone as held:
            tangled = [
                k
                for k in tangled
                if not k.households & held.households and not k.people & held.people
            ]
    return Resettled()


def is_plain(knot: Knot, web: Web) -> bool:
    """Nothing to decide anew: one household, at the address every list names, whose people are
    shown to be who they are by each row alone."""
    if len(knot.households) > 1:
        return False
    (household,) = knot.households
    if any(c.address != web.address_of[household] for c in knot.claims):
        return False
    if any(web.home_of.get(person) != household for person in knot.people):
        return False
    keys = {c.key for c in knot.claims}
    if len({batch for batch, _ in keys}) < len(keys):
        return False
    rows: dict[int, list[Said]] = defaultdict(list)
    for claim in knot.claims:
        if claim.person is not None:
            rows[claim.person].append(claim)
    return all(shown_alike(said) for said in rows.values())


def shown_alike(claims: list[Said]) -> bool:
    """Each row by itself speaks of the person of the first."""
    return all(same_person(claims[0].identity, c.identity) for c in claims[1:])


def same_person(one: tuple[str, str, str, str], other: tuple[str, str, str, str]) -> bool:
    """Equal names, and number, full birth date and sex equal wherever both rows give them."""
    return (
        bool(one[1])
        and one[1] == other[1]
        and all(not a or not b or a == b for a, b in zip(one, other, strict=True))
    )


def without_decisions(tangled: list[Knot]) -> list[Knot]:
    """Knots in which nobody decided, checked, moved or merged anything."""
    people = {p for k in tangled for p in k.people}
    households = {h for k in tangled for h in k.households}
    checks = Assertion.objects.filter(withdrawn_at=None, batch=None)
    ended = Membership.objects.filter(ended_on__isnull=False)
    touched_people = {
        *checks.filter(Among("person", people)).values_list("person", flat=True),
        *ended.filter(Among("person", people)).values_list("person", flat=True),
        *merged_into(Person, people),
    }
    touched_households = {
        *checks.filter(Among("household", households)).values_list("household", flat=True),
        *ended.filter(Among("household", households)).values_list("household", flat=True),
        *merged_into(Household, households),
    }
    records = {c.record for k in tangled for c in k.claims}
    decided = SourceRecord.objects.filter(Among("pk", records))
    decided = decided.filter(Q(decision__isnull=False) | Q(rule="decided"))
    touched_records = set(decided.values_list("pk", flat=True))
    return [
        k
        for k in tangled
        if not k.people & touched_people
        and not k.households & touched_households
        and not any(c.record in touched_records for c in k.claims)
    ]


def merged_into(model: type[Person] | type[Household], keys: Collection[int]) -> Iterable[Any]:
    rows = model.everyone.filter(Among("merged_into", keys)) if keys else model.everyone.none()
    return rows.values_list("merged_into", flat=True)


class Following(Chunk):
    """Rows applied once more. `spoken_of`: record → public id of the person it spoke of, when an
    earlier row is that person already: a row that does not find them by itself is a question."""

    def __init__(
        self, batch: ImportBatch, records: list[SourceRecord], spoken_of: Mapping[int, str]
    ) -> None:
        # What the list might touch when it was brought, it may still say.
        super().__init__(batch, records, reach_of(batch))
        self.spoken_of = spoken_of
        self.questions: list[SourceRecord] = []

    def compare(self) -> None:
        super().compare()
        for rows in self.groups.values():
            for record in rows:
                if record.outcome == Outcome.CREATED and record.pk in self.spoken_of:
                    record.outcome, record.rule = Outcome.AMBIGUOUS, PROOF_WITHDRAWN
                    record.candidates = [self.spoken_of[record.pk]]
                    record.issues = [*record.issues, issue(FLAG, "flag")]
                    self.questions.append(record)
        update_rows(self.questions, ("outcome", "rule", "candidates", "issues"))
        waiting = set(map(id, self.questions))
        kept = {n: [r for r in rows if id(r) not in waiting] for n, rows in self.groups.items()}
        self.groups = {name: rows for name, rows in kept.items() if rows}


class Replay:
    """The rows of some knots, applied once more; see the module."""

    def __init__(self, tangled: Collection[Knot]) -> None:
        self.claims = sorted(c for k in tangled for c in k.claims)
        self.people = {p for k in tangled for p in k.people}
        self.households = {h for k in tangled for h in k.households}
        self.person_of = {c.record: c.person for c in self.claims if c.person is not None}
        self.last_claim = Assertion.objects.aggregate(last=Max("pk"))["last"] or 0
        # old → new, as the rows come in again
        self.new_person: dict[int, int] = {}
        self.new_household: dict[int, int] = {}
        self.questions = 0

    def run(self) -> Resettled:
        self.old_people = {p.pk: p for p in Person.objects.filter(Among("pk", self.people))}
        self.old_households = {
            h.pk: h for h in Household.objects.filter(Among("pk", self.households))
        }
        self.homes = {p.pk: p.household_id for p in self.old_people.values()}
        before = {h.area_id for h in self.old_households.values()}
        self.lay_aside()
        records = {c.record for c in self.claims}
        for batch in dict.fromkeys(c.batch for c in self.claims):
            self.apply(batch, {c.record for c in self.claims if c.batch == batch})
        self.name_households(records)
        self.take_over()
        standing = self.standing_households()
        now = Household.objects.filter(Among("pk", standing)).values_list("area_id", flat=True)
        return Resettled(standing, before.union(now), self.questions)

    def lay_aside(self) -> None:
        """Out of sight of every look-up, as if they were not there."""
        Person.everyone.filter(Among("pk", self.people)).update(merged_into=F("pk"), household=None)
        Household.everyone.filter(Among("pk", self.households)).update(merged_into=F("pk"))
        HouseholdReference.objects.filter(Among("household", self.households)).delete()
        SourceRecord.objects.filter(Among("pk", {c.record for c in self.claims})).update(
            person=None, household=None
        )

    def apply(self, key: int, wanted: set[int]) -> None:
        batch = ImportBatch.objects.select_related("version__source", "uploaded_by").get(pk=key)
        rows = SourceRecord.objects.filter(Among("pk", wanted)).order_by("group", "row_number")
        records = read_rows(rows, *NEEDED)
        give_related(records, "batch", batch)
        before = Counter(r.outcome for r in records)
        spoken_of = {
            record: str(self.old_people[person].public_id)
            for record, person in self.person_of.items()
            if record in wanted and person in self.new_person
        }
        chunk = Following(batch, records, spoken_of)
        chunk.compare()
        chunk.find_households()
        chunk.write()
        recount(batch, before, Counter(r.outcome for r in records))
        self.questions += len(chunk.questions)
        if any(r.outcome == Outcome.REJECTED for r in records):
            raise LeftAlone(self.households, self.people)
        for record in records:
            old = self.person_of.get(record.pk)
            if old and record.person_id and record.person_id not in self.new_person.values():
                self.new_person.setdefault(old, record.person_id)

    def name_households(self, records: Collection[int]) -> None:
        """Which household there was goes on as which that came out: where most of its people lived."""
        fresh = Assertion.objects.filter(Among("record", records), pk__gt=self.last_claim)
        votes: dict[int, Counter[int]] = defaultdict(Counter)
        old_of = {new: old for old, new in self.new_person.items()}
        lived = Person.objects.filter(Among("pk", old_of)).values_list("pk", "household_id")
        for person, household in lived:
            if household and (before := self.homes[old_of[person]]):
                votes[household][before] += 1
        before_of = {c.record: c.household for c in self.claims if c.person is None}
        for record, household in fresh.filter(person=None).values_list("record_id", "household_id"):
            if record in before_of:
                votes[household][before_of[record]] += 0
        for household in sorted(votes):
            free = {h: n for h, n in votes[household].items() if h not in self.new_household}
            if free:
                self.new_household[min(free, key=lambda h: (-free[h], h))] = household

    def take_over(self) -> None:
        """Write what came out onto the people and households there were, and let it go."""
        self.refuse_held()
        left = {h.house_id for h in self.old_households.values()}
        people = {new: old for old, new in self.new_person.items()}
        homes = {new: old for old, new in self.new_household.items()}
        self.write_households(homes)
        self.write_people(people, homes)
        self.write_claims(people, homes)
        for reference in HouseholdReference.objects.filter(Among("household", homes)):
            reference.household_id = homes[reference.household_id]
            reference.save(update_fields=["household"])
        gone_people = set(people) | (self.people - self.new_person.keys())
        gone_homes = set(homes) | (self.households - self.new_household.keys())
        Person.everyone.filter(Among("pk", gone_people)).delete()
        Household.everyone.filter(Among("pk", gone_homes)).delete()
        House.objects.filter(Among("pk", left), households=None).delete()

    def refuse_held(self) -> None:
        """Nobody and nothing that somebody wrote on goes."""
        lost_people = held_among(Person, self.people - self.new_person.keys())
        lost_homes = held_among(Household, self.households - self.new_household.keys())
        if lost_people or lost_homes:
            raise LeftAlone(lost_homes, lost_people)

    def write_households(self, homes: Mapping[int, int]) -> None:
        written = []
        for new in Household.objects.filter(Among("pk", homes)):
            old = self.old_households[homes[new.pk]]
            for name in HOUSEHOLD_FIELDS:
                column = f"{name}_id" if name in ("house", "area") else name
                if name != "version":
                    setattr(old, column, getattr(new, column))
            old.version, old.merged_into_id = old.version + 1, None
            written.append(old)
        update_rows(written, (*HOUSEHOLD_FIELDS, "merged_into"))

    def write_people(self, people: Mapping[int, int], homes: Mapping[int, int]) -> None:
        written, memberships = [], []
        members = {
            m.person_id: m
            for m in Membership.objects.filter(
                Among("person", [*people, *self.people]), ended_on=None
            )
        }
        for new in Person.objects.filter(Among("pk", people)):
            old = self.old_people[people[new.pk]]
            for name in PERSON_FIELDS:
                setattr(old, name, getattr(new, name))
            old.household_id = homes.get(new.household_id or 0, new.household_id)
            old.area_id, old.merged_into_id, old.version = new.area_id, None, old.version + 1
            written.append(old)
            if new.pk in members and (membership := members.get(old.pk)):
                membership.household_id = old.household_id or membership.household_id
                membership.relation = members[new.pk].relation
                membership.is_head = members[new.pk].is_head
                memberships.append(membership)
        update_rows(written, (*PERSON_FIELDS, "household", "area", "merged_into", "version"))
        update_rows(memberships, ("household", "relation", "is_head"))
        Membership.objects.filter(Among("person", people)).delete()
        moved = Person.objects.filter(Among("household", homes)).exclude(pk__in=people)
        for person in moved:
            person.household_id = homes[person.household_id or 0]
            person.save(update_fields=["household"])
            Membership.objects.filter(person=person).update(household=person.household_id)

    def write_claims(self, people: Mapping[int, int], homes: Mapping[int, int]) -> None:
        """The claims there were go on, with what they are found to speak of now."""
        groups = {c.record: c.key for c in self.claims}
        before: dict[tuple[tuple[int, str], int | None], int] = {
            (c.key, None) if c.person is None else (c.key, c.record): c.claim for c in self.claims
        }
        fresh = list(
            Assertion.objects.filter(Among("record", groups), pk__gt=self.last_claim).order_by("pk")
        )
        old = Assertion.objects.in_bulk([c.claim for c in self.claims])
        written, replaced = [], []
        for claim in fresh:
            group = groups[claim.record_id or 0]
            key = before.pop((group, None if claim.person_id is None else claim.record_id), None)
            row = claim if key is None else old[key]
            row.person_id = people.get(claim.person_id or 0, claim.person_id)
            row.household_id = homes.get(claim.household_id, claim.household_id)
            row.record_id, row.facts = claim.record_id, claim.facts
            written.append(row)
            if key is not None:
                replaced.append(claim.pk)
        Assertion.objects.filter(Among("pk", replaced)).delete()
        update_rows(written, ("person", "household", "record", "facts"))
        Assertion.objects.filter(Among("pk", before.values())).update(withdrawn_at=timezone.now())
        records = list(SourceRecord.objects.filter(Among("pk", groups)).defer("raw_sealed"))
        for record in records:
            record.person_id = people.get(record.person_id or 0, record.person_id)
            record.household_id = homes.get(record.household_id or 0, record.household_id)
        update_rows(records, ("person", "household"))

    def standing_households(self) -> set[int]:
        claims = Assertion.objects.filter(
            Among("record", {c.record for c in self.claims}), withdrawn_at=None
        )
        return set(claims.values_list("household", flat=True))


def held_among(model: type[Person] | type[Household], keys: Collection[int]) -> set[int]:
    """Those on which somebody wrote."""

    def count(some: Collection[int]) -> int:
        rows = model.everyone.filter(Among("pk", some))
        if model is Household:
            return holding(rows, Person.everyone.none())
        return holding(Household.everyone.none(), rows)

    return {key for key in keys if count([key])} if keys and count(keys) else set()


def recount(batch: ImportBatch, before: Counter[str], after: Counter[str]) -> None:
    """Move rows from one outcome to another in the counts of their list."""
    outcomes = batch.counts.get("outcomes")
    if outcomes is None or before == after:
        return
    for outcome in {*before, *after}:
        outcomes[outcome] = outcomes.get(outcome, 0) - before[outcome] + after[outcome]
    ImportBatch.objects.filter(pk=batch.pk).update(counts=batch.counts)
