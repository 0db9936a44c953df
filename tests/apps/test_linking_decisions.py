"""Rows that could be several people: decided by a person, honoured for ever, taken back exactly."""

from __future__ import annotations

from typing import Any

import pytest

from kaejon.apps.audit.models import Event
from kaejon.apps.dashboards.models import VillageTally
from kaejon.apps.folders.models import Note
from kaejon.apps.households.models import Household, Person
from kaejon.apps.linking.actions import decide, undo
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.models import MatchDecision
from kaejon.apps.linking.queries import candidates_for, counts_by_tambon, next_in, queue, visible_to
from kaejon.apps.measurement.models import PovertyScreen
from kaejon.apps.sources.models import Assertion, HouseholdReference, ImportBatch, SourceRecord
from kaejon.methods.listfiles.errors import ListFileError
from tests.apps.lists import applied, as_csv, move_to, person, pin, source, taken_back, upload
from tests.apps.test_sources_import import registry
from tests.cast import Cast

pytestmark = pytest.mark.django_db

TWINS = [
    person("แฝด", "ใจดี", house="7", number=pin(10), born="1/2/2540", sex="ชาย"),
    person("แฝด", "ใจดี", house="7", number=pin(11), born="1/2/2540", sex="ชาย"),
]
ONE_OF_THEM = person("แฝด", "ใจดี", house="7", born="1/2/2540", title="นาย")
BESIDE = person("พี่", "ใจดี", house="7", number=pin(12), born="1/2/2535", sex="หญิง")


@pytest.fixture
def twins(cast: Cast) -> ImportBatch:
    tpmap = source("tpmap", cast.organizations["province"], cast.wanna)
    return applied(upload(as_csv(TWINS), tpmap, cast.wanna), cast.wanna)


@pytest.fixture
def community(cast: Cast) -> Any:
    return source("community", cast.organizations["tao"], cast.wanna)


def brought(cast: Cast, where: Any, *rows: dict[str, str], year: int = 2567) -> ImportBatch:
    return applied(upload(as_csv(rows), where, cast.wanna, year=year), cast.wanna)


def the_row(batch: ImportBatch) -> SourceRecord:
    return batch.records.get(outcome="ambiguous")


def two_rows(batch: ImportBatch) -> list[SourceRecord]:
    """Rows of different people that bear one national ID."""
    return list(batch.records.filter(outcome="ambiguous").order_by("row_number"))


def state(batch: ImportBatch) -> list[tuple[Any, ...]]:
    """Rows and counts of a list as they stand."""
    batch.refresh_from_db()
    rows = batch.records.order_by("row_number").values_list(
        "outcome", "rule", "candidates", "issues", "decision", "person", "household"
    )
    return [*rows, batch.counts["outcomes"]]


def live_claims() -> int:
    return Assertion.objects.filter(withdrawn_at=None).count()


def test_the_same_brings_the_facts_to_that_person(
    cast: Cast, twins: ImportBatch, community: Any
) -> None:
    batch = brought(cast, community, ONE_OF_THEM)
    row, second = the_row(batch), Person.objects.get(national_id_last4=pin(11)[-4:])

    decide(record=row, verdict="same", person=second, by=cast.malee)

    row.refresh_from_db()
    assert (row.outcome, row.rule, row.person) == ("updated", "decided", second)
    assert Person.objects.count() == 2
    second.refresh_from_db()
    assert second.title == "นาย"
    batch.refresh_from_db()
    assert (batch.counts["outcomes"]["ambiguous"], batch.counts["outcomes"]["updated"]) == (0, 1)


def test_different_makes_a_new_person_in_the_house(
    cast: Cast, twins: ImportBatch, community: Any
) -> None:
    row = the_row(brought(cast, community, ONE_OF_THEM))

    decide(record=row, verdict="different", by=cast.malee)

    row.refresh_from_db()
    assert (row.outcome, row.rule) == ("created", "decided")
    assert Person.objects.count() == 3
    assert Household.objects.get().members == 3


@pytest.mark.parametrize("verdict", ["same", "different", "cannot_tell"])
def test_undo_leaves_no_trace_in_the_registry(
    verdict: str, cast: Cast, twins: ImportBatch, community: Any
) -> None:
    batch = brought(cast, community, BESIDE, ONE_OF_THEM)
    before, rows, claims = registry(), state(batch), live_claims()
    chosen = Person.objects.filter(first_name="แฝด").first() if verdict == "same" else None

    decision = decide(record=the_row(batch), verdict=verdict, person=chosen, by=cast.malee)
    changed = registry() != before
    undo(decision=decision, by=cast.malee)

    assert changed == (verdict != "cannot_tell")
    assert (registry(), state(batch), live_claims()) == (before, rows, claims)
    decision.refresh_from_db()
    assert decision.undone_by == cast.malee


def test_cannot_tell_goes_to_the_end_and_a_second_person_may_decide(
    cast: Cast, twins: ImportBatch, community: Any
) -> None:
    other = person("แฝด", "ใจดี", house="7", born="2540")
    batch = brought(cast, community, ONE_OF_THEM, other)
    first, last = queue(cast.malee)

    decide(record=first, verdict="cannot_tell", by=cast.malee)

    assert list(queue(cast.malee)) == [last, first]
    assert next_in(queue(cast.malee)) == last
    decide(record=first, verdict="different", by=cast.wanna)
    assert MatchDecision.objects.filter(record=first, undone_at=None).get().decided_by == cast.wanna
    assert list(queue(cast.malee)) == [last]
    assert counts_by_tambon(visible_to(cast.wanna))[0][1] == 1
    assert batch.records.filter(outcome="created").count() == 1


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_a_decision_is_honoured_when_the_list_is_taken_back_and_applied_again(
    verdict: str, cast: Cast, twins: ImportBatch, community: Any
) -> None:
    batch = brought(cast, community, ONE_OF_THEM)
    chosen = Person.objects.last() if verdict == "same" else None
    decide(record=the_row(batch), verdict=verdict, person=chosen, by=cast.malee)
    before = registry()

    taken_back(batch, cast.wanna)
    assert registry() != before
    applied(batch, cast.wanna)

    assert registry() == before
    assert not visible_to(cast.wanna).exists()


def test_the_chosen_person_is_found_again_after_every_list_was_taken_back(
    cast: Cast, twins: ImportBatch, community: Any
) -> None:
    batch = brought(cast, community, ONE_OF_THEM)
    decide(record=the_row(batch), verdict="same", person=Person.objects.last(), by=cast.malee)
    before = registry()

    for held in (batch, twins):
        taken_back(held, cast.wanna)
    assert registry() == []
    for held in (twins, batch):
        applied(held, cast.wanna)

    assert registry() == before


@pytest.mark.parametrize("verdict", ["same", "different"])
def test_the_same_row_is_never_asked_twice(
    verdict: str, cast: Cast, twins: ImportBatch, community: Any
) -> None:
    first = brought(cast, community, ONE_OF_THEM)
    waits_too = brought(cast, community, ONE_OF_THEM)
    next_year = brought(cast, community, ONE_OF_THEM, year=2568)
    before = registry()
    chosen = Person.objects.first() if verdict == "same" else None

    decision = decide(record=the_row(first), verdict=verdict, person=chosen, by=cast.malee)
    later = brought(cast, community, ONE_OF_THEM, year=2569)

    assert [b.records.get().rule for b in (waits_too, next_year, later)] == [
        "same_row",
        "decided",
        "decided",
    ]
    assert len({b.records.get().person for b in (first, next_year, later)}) == 1
    assert not visible_to(cast.wanna).exists()
    undo(decision=decision, by=cast.malee)
    assert registry() == before
    assert visible_to(cast.wanna).count() == 4


def test_an_id_of_two_rows_is_claimed_by_one_person_only(cast: Cast, community: Any) -> None:
    rows = [person("หนึ่ง", "ใจดี", number=pin(20)), person("สอง", "ใจดี", number=pin(20))]
    more = [person(f"คน{n}", "ใจดี", house="9", number=pin(30 + n)) for n in range(8)]
    batch = brought(cast, community, *rows, *more)
    one, two = two_rows(batch)
    assert not candidates_for(one, cast.malee).people

    decide(record=one, verdict="different", number=True, by=cast.malee)
    assert [p.first_name for p in candidates_for(two, cast.malee).people] == ["หนึ่ง"]
    with pytest.raises(DecisionError, match="already belongs"):
        decide(record=two, verdict="different", number=True, by=cast.malee)
    decide(record=two, verdict="different", by=cast.malee)

    assert Person.objects.get(first_name="สอง").national_id_status == "of_another"
    before = registry()
    applied(taken_back(batch, cast.wanna), cast.wanna)
    assert registry() == before


def test_a_row_with_the_number_of_another_joins_its_person_without_the_number(
    cast: Cast, community: Any
) -> None:
    tpmap = source("tpmap", cast.organizations["province"], cast.wanna)
    brought(cast, tpmap, person("สมชาย", "ใจดี", number=pin(1)), person("เด็กดี", "ใจดี"))
    others = [person(f"คน{n}", "ใจดี", house="9", number=pin(30 + n)) for n in range(8)]
    rows = [person("สมชาย", "ใจดี", number=pin(1)), person("เด็กดี", "ใจงาม", number=pin(1))]
    batch = brought(cast, community, *rows, *others)
    row = the_row(batch)
    child = Person.objects.get(first_name="เด็กดี")
    assert {p.first_name for p in candidates_for(row, cast.malee).people} == {"สมชาย", "เด็กดี"}

    decide(record=row, verdict="same", person=child, by=cast.malee)

    before = registry()
    child.refresh_from_db()
    assert (child.last_name, child.national_id_index) == ("ใจงาม", "")
    assert applied(taken_back(batch, cast.wanna), cast.wanna)
    assert registry() == before


def test_a_row_said_to_be_the_same_as_another_of_its_file_stays_so(
    cast: Cast, community: Any
) -> None:
    rows = [person("หนึ่ง", "ใจดี", number=pin(20)), person("สอง", "ใจดี", number=pin(20))]
    more = [person(f"คน{n}", "ใจดี", house="9", number=pin(30 + n)) for n in range(8)]
    batch = brought(cast, community, *rows, *more)
    one, two = two_rows(batch)
    decide(record=one, verdict="different", number=True, by=cast.malee)
    (holder,) = candidates_for(two, cast.malee).people
    decide(record=two, verdict="same", person=holder, by=cast.malee)
    before = registry()
    assert Person.objects.count() == 9

    applied(taken_back(batch, cast.wanna), cast.wanna)

    assert registry() == before
    assert not visible_to(cast.wanna).exists()


def test_an_indicator_failed_on_any_row_stays_failed_when_a_row_comes_late(
    cast: Cast, twins: ImportBatch
) -> None:
    bmn = source("bmn", cast.organizations["province"], cast.wanna)
    passed = {f"i{n}": "1" for n in range(1, 32)}
    batch = brought(cast, bmn, BESIDE | passed | {"i22": "0"}, ONE_OF_THEM | passed)
    assert PovertyScreen.objects.get().failed_indicators == [22]

    decide(record=the_row(batch), verdict="different", by=cast.malee)

    claims = Assertion.objects.filter(batch=batch, person=None)
    assert [a.facts["indicators"]["i22"] for a in claims] == [0, 0]
    assert PovertyScreen.objects.get().failed_indicators == [22]


def test_a_household_among_several_of_an_address_is_chosen(cast: Cast, twins: ImportBatch) -> None:
    house = Household.objects.get().house
    other = Household.objects.create(
        house=house, area_id=house.area_id, house_no="7", head_name="อีกครอบครัว"
    )
    Assertion.objects.create(
        version=twins.version, household=other, as_of="2024-01-01", stated_by=cast.wanna
    )
    homes = source("bmn", cast.organizations["province"], cast.wanna, unit="household")
    row = {"รหัสหมู่บ้าน": "33010101", "บ้านเลขที่": "7"} | {f"i{n}": "1" for n in range(1, 32)}
    batch = brought(cast, homes, row)
    waiting = the_row(batch)
    before = registry()
    assert len(candidates_for(waiting, cast.malee).households) == 2

    decision = decide(record=waiting, verdict="same", household=other, by=cast.malee)

    assert Assertion.objects.filter(batch=batch).get().household == other
    undo(decision=decision, by=cast.malee)
    assert registry() == before
    decide(record=waiting, verdict="different", by=cast.malee)
    assert Household.objects.count() == 3


def test_a_name_that_a_later_file_gives_too_outlives_the_decision(
    cast: Cast, twins: ImportBatch, community: Any
) -> None:
    name = {"รหัสครัวเรือน": "บ้าน-7"}
    batch = brought(cast, community, ONE_OF_THEM | name)
    decision = decide(record=the_row(batch), verdict="different", by=cast.malee)
    later = brought(cast, community, BESIDE | name, year=2568)

    undo(decision=decision, by=cast.malee)

    named = HouseholdReference.objects.get()
    assert (named.reference, named.household, named.batch) == (
        "บ้าน-7",
        Household.objects.get(),
        later,
    )


def test_a_household_is_counted_where_it_stands_without_the_decided_row(
    cast: Cast, twins: ImportBatch, community: Any
) -> None:
    """The decided row alone said house 9; another list names the same house code in the next village."""
    code = {"รหัสประจำบ้าน": "33010123456"}
    doubtful = person("มยุรี", "ใจดี", village="33010102", house="9", number=pin(10))
    decision = decide(
        record=the_row(brought(cast, community, doubtful | code)),
        verdict="different",
        by=cast.malee,
    )
    there = person("อื่น", "ใจงาม", village="33010103", house="5", number=pin(20))
    brought(cast, community, there | code, year=2568)
    assert Person.objects.get(first_name="อื่น").area_id == "33010102"

    undo(decision=decision, by=cast.malee)

    assert Person.objects.get(first_name="อื่น").area_id == "33010103"
    counted = VillageTally.objects.exclude(households=0).values_list("area", "households")
    assert sorted(counted) == [("33010101", 1), ("33010103", 1)]


def test_only_rows_of_the_own_area_wait_for_an_officer(
    cast: Cast, twins: ImportBatch, community: Any
) -> None:
    brought(cast, community, ONE_OF_THEM)
    assert {
        name: visible_to(getattr(cast, name)).count()
        for name in ("malee", "somsak", "wanna", "darunee", "preecha", "stranger", "anan")
    } == {"malee": 1, "somsak": 0, "wanna": 1, "darunee": 0, "preecha": 0, "stranger": 0, "anan": 0}


def test_a_candidate_outside_the_area_is_hidden_and_cannot_be_judged(
    cast: Cast, community: Any
) -> None:
    tpmap = source("tpmap", cast.organizations["province"], cast.wanna)
    brought(cast, tpmap, person("สมหญิง", "ใจดี", village="33010102", number=pin(2)))
    row = the_row(brought(cast, community, person("มยุรี", "ใจดี", number=pin(2))))
    far = Person.objects.get()
    move_to("33010201", far)

    found = candidates_for(row, cast.malee)

    assert (found.people, found.elsewhere) == ([], 1)
    with pytest.raises(DecisionError, match="outside your area"):
        decide(record=row, verdict="different", by=cast.malee)
    with pytest.raises(DecisionError, match="not among"):
        decide(record=row, verdict="same", person=far, by=cast.malee)
    decide(record=row, verdict="different", by=cast.wanna)
    assert Person.objects.get(first_name="มยุรี").national_id_status == "of_another"


def test_two_different_ids_are_joined_only_with_a_reason(
    cast: Cast, twins: ImportBatch, community: Any
) -> None:
    row = the_row(brought(cast, community, ONE_OF_THEM))
    SourceRecord.objects.filter(pk=row.pk).update(national_id_index="of somebody")
    chosen = Person.objects.first()

    with pytest.raises(DecisionError, match="needs a reason"):
        decide(record=row, verdict="same", person=chosen, by=cast.malee)
    decide(record=row, verdict="same", person=chosen, by=cast.malee, reason="ดูบัตรแล้ว")


def test_every_decision_stands_in_the_history_without_names(
    cast: Cast, twins: ImportBatch, community: Any
) -> None:
    row = the_row(brought(cast, community, ONE_OF_THEM))
    decision = decide(record=row, verdict="different", by=cast.malee, reason="รู้จักทั้งสามคน")
    undo(decision=decision, by=cast.wanna)

    events = Event.objects.filter(subject_type="match").order_by("pk")
    assert [(e.verb, e.actor_name, e.area_code) for e in events] == [
        ("match.different", cast.malee.display_name, "33010101"),
        ("match.undo", cast.wanna.display_name, "33010101"),
    ]
    assert events[0].reason == "รู้จักทั้งสามคน"
    assert "ใจดี" not in str([e.changes for e in events])


def test_what_is_settled_or_taken_back_is_refused(
    cast: Cast, twins: ImportBatch, community: Any
) -> None:
    batch = brought(cast, community, ONE_OF_THEM)
    row = the_row(batch)
    decision = decide(record=row, verdict="different", by=cast.malee)

    with pytest.raises(DecisionError, match="no longer waits"):
        decide(record=row, verdict="different", by=cast.malee)
    undo(decision=decision, by=cast.malee)
    with pytest.raises(DecisionError, match="taken back before"):
        undo(decision=decision, by=cast.malee)
    taken_back(batch, cast.wanna)
    with pytest.raises(DecisionError, match="no longer waits"):
        decide(record=row, verdict="different", by=cast.malee)


def test_a_new_household_on_which_somebody_wrote_is_not_taken_away(
    cast: Cast, community: Any
) -> None:
    rows = [person("หนึ่ง", "ใจดี", number=pin(20)), person("สอง", "ใจดี", house="8", number=pin(20))]
    more = [person(f"คน{n}", "ใจดี", number=pin(30 + n)) for n in range(8)]
    row = two_rows(brought(cast, community, *rows, *more))[1]
    decision = decide(record=row, verdict="different", by=cast.malee)
    home = Household.objects.get(house_no="8")
    Note.objects.create(household=home, text="ควรเยี่ยม", written_by=cast.malee)

    with pytest.raises(ListFileError) as refusal:
        undo(decision=decision, by=cast.malee)

    assert refusal.value.code == "BATCH_IN_USE"
    decision.refresh_from_db()
    assert decision.undone_at is None
