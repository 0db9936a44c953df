"""People who stand twice: found, decided, merged, and two again exactly."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from django.apps import apps

from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.areas.models import Area
from kaejon.apps.audit.models import Event
from kaejon.apps.folders.actions import state
from kaejon.apps.households.models import ERASED_NAME, Household, Membership, Person
from kaejon.apps.households.queries import search_people
from kaejon.apps.jobs.models import Job
from kaejon.apps.linking import scoring, sure
from kaejon.apps.linking.assigning import assign_queue, tambons_of
from kaejon.apps.linking.errors import DecisionError
from kaejon.apps.linking.merging import STAYS, merge_people, references_to_people
from kaejon.apps.linking.models import LinkRun, PersonPair
from kaejon.apps.linking.pair_queries import next_pair, pair_queue
from kaejon.apps.linking.pairs import decide_pair, second_opinion, undo_pair
from kaejon.apps.linking.registry_people import chunks_of, stand_in
from kaejon.apps.linking.unmerging import unmerge_people
from kaejon.apps.privacy.erasing import erase_person
from kaejon.apps.sources.models import Assertion, ImportBatch
from kaejon.methods.thai import national_id
from tests.apps.lists import applied, as_csv, finish, person, pin, source, taken_back, upload
from tests.cast import Cast

pytestmark = pytest.mark.django_db

BORN = {"born": "12/03/2510", "sex": "ชาย"}
ONCE = [
    person("สมชัย", "ใจดีมาก", house="1", number=pin(1), **BORN),
    person("บุญมี", "มีบุญ", house="2", number=pin(4), born="1 มกราคม 2495", sex="หญิง"),
]
AGAIN = person("สมชัย", "ใจดีมาก", house="9", village="33010102", **BORN)
TABLES = (
    "households.Person",
    "households.Household",
    "households.House",
    "households.Membership",
    "sources.Assertion",
    "sources.SourceRecord",
    "sources.HouseholdReference",
    "linking.MatchDecision",
    "measurement.CapitalScore",
    "measurement.PovertyScreen",
    "dashboards.VillageTally",
)


def snapshot() -> dict[str, list[Any]]:
    """Every row of every table a merge may touch; counters of versions only go up."""
    found = {}
    for name in TABLES:
        model = apps.get_model(name)
        columns = [f.attname for f in model._meta.concrete_fields if f.name != "version"]
        if name in ("dashboards.VillageTally",):
            columns = [c for c in columns if c not in ("id", "updated_at")]
        rows = model._base_manager.values_list(*columns)
        found[name] = sorted(map(repr, rows))
    return found


@pytest.fixture
def tpmap(cast: Cast) -> Any:
    return source("tpmap", cast.organizations["province"], cast.wanna)


@pytest.fixture
def community(cast: Cast) -> Any:
    return source("community", cast.organizations["tao"], cast.wanna)


def brought(cast: Cast, where: Any, *rows: dict[str, str], year: int = 2566) -> ImportBatch:
    return applied(upload(as_csv(rows), where, cast.wanna, year=year), cast.wanna)


@pytest.fixture
def twice(cast: Cast, tpmap: Any, community: Any) -> tuple[ImportBatch, ImportBatch]:
    """Somchai stands in house 1 with his number, and in house 9 of another village without."""
    return brought(cast, tpmap, *ONCE), brought(cast, community, AGAIN)


def searched(cast: Cast, area: str = "33") -> list[PersonPair]:
    finish(scoring.start(area=Area.objects.get(code=area), by=cast.wanna))
    return list(PersonPair.objects.order_by("pk"))


def waiting(cast: Cast, one: Person, other: Person, probability: float = 0.95) -> PersonPair:
    """A pair as a search would leave it."""
    run, _ = LinkRun.objects.get_or_create(area_id="33", started_by=cast.wanna)
    return PersonPair.objects.create(
        one=one, other=other, probability=probability, band="sure", run=run
    )


def two() -> tuple[Person, Person]:
    first, second = Person.everyone.filter(first_name="สมชัย").order_by("pk")
    return first, second


def test_a_search_finds_who_stands_twice_and_says_why(cast: Cast, twice: Any) -> None:
    (pair,) = searched(cast)

    assert (pair.one, pair.other) == two()
    assert pair.lane == "same_name_same_date"
    assert pair.band == "sure"
    run = LinkRun.objects.get()
    assert (run.people, run.sure, run.ask) == (3, 1, 0)
    assert run.versions["profile"].startswith("thai-person")
    assert run.input_hash
    assert [e.verb for e in Event.objects.filter(subject_type="link")] == ["link.start", "link.run"]


def test_searching_again_changes_nothing(cast: Cast, twice: Any) -> None:
    (first,) = searched(cast)
    (again,) = searched(cast)

    assert (again.pk, again.public_id, again.probability) == (
        first.pk,
        first.public_id,
        first.probability,
    )
    one, two = LinkRun.objects.order_by("pk")
    assert one.input_hash == two.input_hash
    assert again.run == two


def test_a_pair_is_scored_anew_when_a_person_changed_and_goes_when_no_longer_found(
    cast: Cast, twice: Any
) -> None:
    (pair,) = searched(cast)
    Person.objects.filter(pk=pair.other_id).update(birth_date="1967-12-03")
    (changed,) = searched(cast)
    assert (changed.pk, changed.lane) == (pair.pk, "")
    assert changed.levels["birth"] == 1
    Person.objects.filter(pk=pair.other_id).update(first_name="วิไล", birth_date="1990-12-03")
    assert searched(cast) == []


def test_no_national_id_reaches_the_engine(cast: Cast, twice: Any) -> None:
    token = Person.objects.get(national_id_last4=pin(1)[-4:], first_name="สมชัย").national_id_index
    number = stand_in(token)

    assert number != pin(1)
    assert national_id.read(number).status == "valid"
    assert number == stand_in(token)
    assert number != stand_in(token[::-1])
    assert pin(1) not in repr(list(chunks_of("33")))


def test_the_same_makes_one_person_that_old_links_find(cast: Cast, twice: Any) -> None:
    pair = waiting(cast, *two())
    kept, gone = two()

    decide_pair(pair=pair, verdict="same", kept=kept, by=cast.malee)

    assert list(Person.objects.filter(first_name="สมชัย")) == [kept]
    gone.refresh_from_db()
    assert (gone.merged_into, gone.household) == (kept, None)
    assert Assertion.objects.filter(person=kept).count() == 2
    assert list(search_people(Person.objects.all(), "สมชัย")) == [kept]
    assert [h.members for h in Household.objects.order_by("pk")] == [1, 1, 0]
    assert not pair_queue(cast.malee).exists()
    ended = Membership.objects.get(person=kept, ended_on__isnull=False)
    assert ended.end_reason == "merged"


@pytest.mark.parametrize("keep", [0, 1])
def test_two_again_is_exactly_as_before(cast: Cast, twice: Any, keep: int) -> None:
    pair = waiting(cast, *two())
    before = snapshot()

    decision = decide_pair(pair=pair, verdict="same", kept=two()[keep], by=cast.malee)
    assert snapshot() != before
    undo_pair(decision=decision, by=cast.malee)

    assert snapshot() == before
    assert list(pair_queue(cast.malee)) == [pair]


def test_two_people_of_one_house_are_two_again_exactly(
    cast: Cast, tpmap: Any, community: Any
) -> None:
    brought(cast, tpmap, *ONCE)
    brought(cast, community, AGAIN | {"บ้านเลขที่": "1", "รหัสหมู่บ้าน": "33010101", "นามสกุล": "ใจดีมากก"})
    kept, gone = two()
    before = snapshot()
    merge = merge_people(kept=kept, gone=gone, actor=cast.malee)
    assert Household.objects.get(pk=kept.household_id).members == 1
    unmerge_people(merge=merge, actor=cast.malee)
    assert snapshot() == before


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_chains_are_taken_apart_in_any_order(
    cast: Cast, twice: Any, community: Any, order: Any
) -> None:
    brought(cast, community, person("สมชัย", "ใจดีมาก", house="5", born="2510"), year=2567)
    one, other, third = Person.objects.filter(first_name="สมชัย").order_by("pk")
    before = snapshot()

    merges = [
        merge_people(kept=other, gone=third, actor=cast.malee),
        merge_people(kept=one, gone=other, actor=cast.malee),
    ]
    third.refresh_from_db()
    assert third.merged_into == one
    for number in order:
        unmerge_people(merge=merges[number], actor=cast.malee)

    assert snapshot() == before


def test_a_list_taken_back_and_applied_again_still_speaks_of_the_one_kept(
    cast: Cast, twice: Any
) -> None:
    pair = waiting(cast, *two())
    kept, _gone = two()
    decision = decide_pair(pair=pair, verdict="same", kept=kept, by=cast.malee)

    taken_back(twice[1], cast.wanna)
    assert Assertion.objects.filter(person=kept, withdrawn_at=None).count() == 1
    applied(twice[1], cast.wanna)

    assert Person.objects.filter(first_name="สมชัย").count() == 1
    assert Assertion.objects.filter(person=kept, withdrawn_at=None).count() == 2
    undo_pair(decision=decision, by=cast.malee)
    first, second = Person.objects.filter(first_name="สมชัย").order_by("pk")
    assert [p.assertions.filter(withdrawn_at=None).count() for p in (first, second)] == [1, 1]


def test_who_is_on_no_list_any_more_does_not_come_back(cast: Cast, twice: Any) -> None:
    pair = waiting(cast, *two())
    decision = decide_pair(pair=pair, verdict="same", kept=two()[0], by=cast.malee)
    taken_back(twice[1], cast.wanna)

    undo_pair(decision=decision, by=cast.malee)

    assert Person.everyone.filter(first_name="สมชัย").count() == 1
    assert Household.objects.count() == 2


def test_two_again_live_where_their_households_were_merged_meanwhile(
    cast: Cast, twice: Any
) -> None:
    kept, gone = two()
    home, other = gone.household, kept.household
    merge = merge_people(kept=kept, gone=gone, actor=cast.malee)
    Assertion.objects.filter(household=home).update(household=other)
    Membership.objects.filter(household=home).update(household=other)
    Household.objects.filter(pk=home.pk).update(merged_into=other)

    unmerge_people(merge=merge, actor=cast.malee)

    gone = Person.objects.get(pk=gone.pk)
    assert (gone.household, gone.memberships.get().household) == (other, other)


def test_what_came_in_since_goes_where_its_row_says_or_a_person(
    cast: Cast, twice: Any, tpmap: Any
) -> None:
    pair = waiting(cast, *two())
    kept, gone = two()
    decision = decide_pair(pair=pair, verdict="same", kept=kept, by=cast.malee)
    brought(cast, tpmap, ONCE[0], year=2567)  # the number says who it is
    state(
        household=kept.household,
        person=kept,
        facts={"first_name": "สมชาย"},
        reason="บัตร",
        actor=cast.malee,
    )

    with pytest.raises(DecisionError) as refusal:
        undo_pair(decision=decision, by=cast.malee)
    assert refusal.value.code == "SINCE_UNCLEAR"
    undo_pair(decision=decision, by=cast.malee, since="gone")

    assert kept.assertions.count() == 2
    assert gone.assertions.filter(record=None).count() == 1
    gone.refresh_from_db()
    assert gone.first_name == "สมชาย"


def test_a_pair_is_never_asked_twice(cast: Cast, twice: Any) -> None:
    (pair,) = searched(cast)
    decide_pair(pair=pair, verdict="different", by=cast.malee)

    searched(cast)
    assert not pair_queue(cast.malee).exists()
    for batch in twice:
        taken_back(batch, cast.wanna)
    for batch in twice:
        applied(batch, cast.wanna)
    searched(cast)

    assert not pair_queue(cast.malee).exists()
    assert PersonPair.objects.get().state == "different"


def test_who_was_said_to_be_the_same_is_merged_again_after_every_list_came_anew(
    cast: Cast, twice: Any
) -> None:
    (pair,) = searched(cast)
    decide_pair(pair=pair, verdict="same", kept=two()[0], by=cast.malee)
    for batch in twice:
        taken_back(batch, cast.wanna)
    assert not Person.everyone.exists()
    for batch in reversed(twice):
        applied(batch, cast.wanna)

    searched(cast)

    assert Person.objects.filter(first_name="สมชัย").count() == 1


def test_two_national_ids_need_a_reason_and_a_second_person(
    cast: Cast, tpmap: Any, community: Any
) -> None:
    brought(cast, tpmap, *ONCE)
    brought(cast, community, AGAIN | {"เลขประจำตัวประชาชน": pin(7)})
    kept, gone = two()
    pair = waiting(cast, kept, gone)
    with pytest.raises(DecisionError, match="needs a reason"):
        decide_pair(pair=pair, verdict="same", kept=kept, by=cast.malee)
    assert sure.sure_groups(cast.malee, "330101")[0].left == "several_ids"

    decision = decide_pair(pair=pair, verdict="same", kept=kept, by=cast.malee, reason="ดูบัตรแล้ว")
    assert decision.causes == ["two_ids"]
    assert Person.objects.filter(first_name="สมชัย").count() == 2
    assert next_pair(pair_queue(cast.malee), cast.malee) is None
    assert next_pair(pair_queue(cast.wanna), cast.wanna) == pair
    with pytest.raises(DecisionError, match="somebody else than the first"):
        second_opinion(pair=pair, agrees=True, by=cast.malee)
    second_opinion(pair=pair, agrees=True, by=cast.wanna)

    assert Person.objects.filter(first_name="สมชัย").count() == 1
    decision.refresh_from_db()
    assert (decision.confirmed_by, decision.merge.merged_by) == (cast.wanna, cast.wanna)


def test_a_second_person_who_does_not_agree_leaves_the_pair_open(cast: Cast, twice: Any) -> None:
    pair = waiting(cast, *two())
    Assertion.objects.filter(person=pair.other).update(
        facts={"disability": "มองไม่เห็น", "first_name": "สมชัย"}
    )
    decide_pair(pair=pair, verdict="same", kept=pair.one, by=cast.malee)

    second_opinion(pair=pair, agrees=False, by=cast.wanna, reason="คนละบ้าน")

    pair.refresh_from_db()
    assert pair.state == "cannot_tell"
    assert Person.objects.count() == 3
    assert list(pair_queue(cast.malee)) == [pair]


def test_nobody_is_joined_through_a_chain_with_whom_she_was_said_to_differ(
    cast: Cast, twice: Any, community: Any
) -> None:
    brought(cast, community, person("สมชัย", "ใจดีมาก", house="5", born="2510"), year=2567)
    one, other, third = Person.objects.filter(first_name="สมชัย").order_by("pk")
    pairs = {(a, b): waiting(cast, a, b) for a, b in ((one, other), (one, third), (other, third))}
    decide_pair(pair=pairs[one, other], verdict="different", by=cast.malee)
    decide_pair(pair=pairs[other, third], verdict="same", kept=third, by=cast.malee)

    with pytest.raises(DecisionError, match="are two people"):
        decide_pair(pair=pairs[one, third], verdict="same", kept=one, by=cast.malee)


def test_a_pair_exists_only_for_whoever_holds_both_areas(
    cast: Cast, tpmap: Any, community: Any
) -> None:
    brought(cast, tpmap, *ONCE)
    brought(cast, community, AGAIN | {"รหัสหมู่บ้าน": "33010201"})
    pair = waiting(cast, *two())

    assert {
        name: pair_queue(getattr(cast, name)).count()
        for name in ("malee", "somsak", "wanna", "darunee", "preecha", "stranger", "anan")
    } == {"malee": 0, "somsak": 0, "wanna": 1, "darunee": 0, "preecha": 0, "stranger": 0, "anan": 0}
    for verdict in ("same", "different", "cannot_tell"):
        with pytest.raises(NotPermitted):
            decide_pair(pair=pair, verdict=verdict, kept=pair.one, by=cast.malee)
    decide_pair(pair=pair, verdict="same", kept=pair.one, by=cast.wanna)
    with pytest.raises(NotPermitted):
        scoring.start(area=Area.objects.get(code="33"), by=cast.malee)


def test_all_sure_pairs_are_merged_at_once_and_taken_back_at_once(
    cast: Cast, twice: Any, community: Any
) -> None:
    brought(
        cast, community, person("บุญมี", "มีบุญ", house="6", born="1 มกราคม 2495", sex="หญิง"), year=2567
    )
    assert len(searched(cast)) == 2
    before = snapshot()

    job = sure.merge_sure(area="330101", by=cast.malee)
    finish(job)
    assert job.result == {"area": "330101", "merged": 2}
    assert Person.objects.count() == 2
    assert not pair_queue(cast.malee).exists()

    finish(sure.undo_sure(job=job, by=cast.malee))
    assert snapshot() == before
    assert pair_queue(cast.malee).count() == 2


def test_sure_pairs_are_merged_by_themselves_only_where_that_is_set(
    cast: Cast, twice: Any, settings: Any
) -> None:
    searched(cast)
    assert not Job.objects.filter(kind="merge_sure").exists()
    settings.LINK_MERGE_SURE = True
    searched(cast)
    finish(Job.objects.get(kind="merge_sure"))
    assert Person.objects.filter(first_name="สมชัย").count() == 1


def test_erasing_who_was_kept_erases_the_duplicate_too(cast: Cast, twice: Any) -> None:
    pair = waiting(cast, *two())
    kept, gone = two()
    decision = decide_pair(pair=pair, verdict="same", kept=kept, by=cast.malee, reason="รู้จัก")

    erase_person(person=kept, ground="consent_withdrawn", reason="ขอลบ", by=cast.wanna)

    gone.refresh_from_db()
    decision.refresh_from_db()
    assert (gone.first_name, gone.national_id_index, decision.reason) == (ERASED_NAME, "", "")
    undo_pair(decision=decision, by=cast.malee)
    assert not Person.everyone.filter(first_name="สมชัย").exists()


def test_what_waits_in_a_tambon_is_given_to_somebody_who_works_there(cast: Cast) -> None:
    tambon = Area.objects.get(code="330101")
    assign_queue(area=tambon, user=cast.malee, by=cast.wanna)
    assert tambons_of(cast.malee) == ["330101"]
    with pytest.raises(DecisionError, match="may not work"):
        assign_queue(area=tambon, user=cast.somsak, by=cast.wanna)
    with pytest.raises(NotPermitted):
        assign_queue(area=tambon, user=cast.somsak, by=cast.somsak)
    assign_queue(area=tambon, user=None, by=cast.malee)
    assert tambons_of(cast.malee) == []


def test_every_column_that_names_a_person_can_move(db: None) -> None:
    """One row a person would clash in a merge; such a table must say what becomes of it."""
    alone = {
        name
        for name, field in references_to_people()
        if field.unique
        or any(field.name in c.fields for c in field.model._meta.total_unique_constraints)
    }
    assert alone == set()
    assert "households.membership" in STAYS


def test_twins_with_different_names_and_numbers_are_never_asked_for(cast: Cast, tpmap: Any) -> None:
    born = {"house": "3", "born": "1/2/2550", "sex": "หญิง"}
    twins = [
        person("จันทนี", "บุญเอกอุดม", number=pin(50), **born),
        person("แพรวพรรณ", "บุญเอกอุดม", number=pin(51), **born),
        person("กุลธิดา", "บุญเอกอุดม", **born),
    ]
    brought(cast, tpmap, *ONCE, *twins)

    names = {frozenset((p.one.first_name, p.other.first_name)): p.band for p in searched(cast)}

    assert frozenset(("จันทนี", "แพรวพรรณ")) not in names
    assert set(names.values()) <= {"ask"}
