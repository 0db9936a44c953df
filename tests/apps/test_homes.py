"""Households found to be one, parted and joined; as they were on a day; and back again exactly."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.areas.models import Area
from kaejon.apps.folders.actions import add_note
from kaejon.apps.folders.stating import derive
from kaejon.apps.homes import handing_over, searching
from kaejon.apps.homes.deciding import decide_pair, undo_decision
from kaejon.apps.homes.merging import merge_households
from kaejon.apps.homes.models import HouseholdPair
from kaejon.apps.homes.parting import join_households, split_household
from kaejon.apps.homes.queries import as_of, offers_to, pair_queue, pairs_visible_to
from kaejon.apps.homes.refusals import HomesError
from kaejon.apps.homes.undoing import undo_change
from kaejon.apps.households.models import Household, Person
from kaejon.apps.households.queries import visible_to
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.linking.merging import merge_people
from kaejon.apps.linking.models import LinkRun, PersonPair
from kaejon.apps.privacy.erasing import erase_household
from kaejon.apps.sources.models import Assertion
from kaejon.methods.errors import DataError
from kaejon.methods.linkage.homes import Home, Member, find_pairs
from tests.apps.families import Family, claim, make_family, make_household, make_person, named
from tests.cast import Cast

pytestmark = pytest.mark.django_db

WHY = "ไปเยี่ยมแล้ว"
TABLES = (
    "households.Person",
    "households.Household",
    "households.Membership",
    "measurement.CapitalScore",
    "measurement.PovertyScreen",
    "folders.Note",
    "sources.HouseholdReference",
    "dashboards.VillageTally",
)


def registry() -> dict[str, Any]:
    """Every row a change may touch, without counters that only go up and keys that are made anew."""
    found: dict[str, Any] = {}
    for name in TABLES:
        model = apps.get_model(name)
        left_out = {"version", "updated_at"}
        if name.startswith(("measurement.", "dashboards.")):
            left_out.add("id")
        columns = [f.attname for f in model._meta.concrete_fields if f.name not in left_out]
        rows = [
            dict(zip(columns, row, strict=True))
            for row in model._base_manager.values_list(*columns)
        ]
        found[name] = sorted(map(repr, rows))
    live = Assertion.objects.filter(withdrawn_at=None)
    found["claims"] = sorted(live.values_list("pk", "household", "person"))
    return found


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


@pytest.fixture
def twin(cast: Cast, family: Family) -> Household:
    """The same family once more, as the community wrote it: another spelling, its own member."""
    twin = make_household(cast, "33010101", "12/3", "สมสี", family.lists["community"])
    head = Person.objects.get(household=twin)
    claim(cast, family.lists["ppp"], twin, named("นาง", "สมสี", "มีสุข", sex="F"), head)
    extra = make_person(twin, "แก้ว", "มีสุข")
    claim(cast, family.lists["community"], twin, named("นาย", "แก้ว", "มีสุข"), extra)
    add_note(household=twin, text="พบที่บ้าน", sensitive=False, by=cast.malee)
    derive(
        households=[family.household.pk, twin.pk], people=[head.pk, extra.pk], areas={"33010101"}
    )
    twin.refresh_from_db()
    return twin


def test_two_households_are_one_and_two_again_exactly(
    cast: Cast, family: Family, twin: Household
) -> None:
    before = registry()
    change = merge_households(kept=family.household, gone=twin, reason=WHY, by=cast.malee)

    kept = family.again()
    assert kept.members == 4
    assert kept.notes.count() == 1
    assert kept.people.filter(is_head=True).get() == family.somsri
    assert not Household.objects.filter(pk=twin.pk).exists()
    assert Household.everyone.get(pk=twin.pk).merged_into == kept
    assert twin not in visible_to(cast.malee)

    undo_change(change=change, by=cast.malee)
    assert registry() == before


def test_what_came_in_since_goes_to_whom_it_speaks_of(
    cast: Cast, family: Family, twin: Household
) -> None:
    gone_head = Person.objects.get(household=twin, first_name="สมสี")
    change = merge_households(kept=family.household, gone=twin, reason=WHY, by=cast.malee)
    late = named("นาย", "สมสี", "สมมติ", occupation="รับจ้าง")
    claim(cast, family.lists["ppp"], family.household, late, gone_head)
    undo_change(change=change, by=cast.malee)
    assert Assertion.objects.get(facts__occupation="รับจ้าง").household == twin


def test_a_later_change_must_be_taken_back_first(
    cast: Cast, family: Family, twin: Household
) -> None:
    change = merge_households(kept=family.household, gone=twin, reason=WHY, by=cast.malee)
    moved = Person.objects.get(household=family.household, first_name="แก้ว")
    split = split_household(
        household=family.again(), members=[moved], head=moved, area="33010102", house_no="7",
        on=date(2026, 5, 1), reason=WHY, by=cast.malee,
    )  # fmt: skip
    with pytest.raises(HomesError, match="changed since"):
        undo_change(change=change, by=cast.malee)
    undo_change(change=split, by=cast.malee)
    undo_change(change=change, by=cast.malee)


def test_members_found_a_household_and_the_old_days_stay(cast: Cast, family: Family) -> None:
    before = registry()
    change = split_household(
        household=family.household, members=[family.ton], head=family.ton, area="33010102",
        house_no="7", on=date(2026, 5, 1), reason=WHY, by=cast.malee,
    )  # fmt: skip
    new = change.other
    assert new is not None
    new.refresh_from_db()
    assert (new.head_name, new.area_id, new.members) == ("เด็กชายต้น มีสุข", "33010102", 1)
    assert family.again().members == 1
    then = as_of(family.household, date(2026, 4, 30), cast.wanna)
    assert {m.membership.person for m in then.members} == {family.somsri, family.ton}
    now = as_of(family.household, date(2026, 5, 1), cast.wanna)
    assert {m.membership.person for m in now.members} == {family.somsri}
    assert as_of(new, date(2026, 4, 30), cast.wanna).members == []

    undo_change(change=change, by=cast.malee)
    assert registry() == before


def test_a_new_household_somebody_wrote_on_is_not_taken_away(cast: Cast, family: Family) -> None:
    change = split_household(
        household=family.household, members=[family.ton], head=family.ton, area="33010101",
        house_no="12/3", on=date(2026, 5, 1), reason=WHY, by=cast.malee,
    )  # fmt: skip
    assert change.other is not None
    add_note(household=change.other, text="เยี่ยม", sensitive=False, by=cast.malee)
    with pytest.raises(HomesError, match="wrote on the new"):
        undo_change(change=change, by=cast.malee)


def test_two_households_begin_to_eat_together(cast: Cast, family: Family, twin: Household) -> None:
    before = registry()
    change = join_households(
        kept=family.household, ended=twin, on=date(2026, 6, 1), reason=WHY, by=cast.malee
    )
    twin.refresh_from_db()
    assert (twin.presence, twin.members, family.again().members) == ("dissolved", 0, 4)
    assert len(as_of(twin, date(2026, 5, 31), cast.wanna).members) == 2
    undo_change(change=change, by=cast.malee)
    assert registry() == before


@pytest.mark.parametrize(
    ("chosen", "words"),
    [([], "Nobody was chosen"), (["somsri", "ton"], "Nobody would be left")],
)
def test_a_household_is_parted_only_in_two(
    cast: Cast, family: Family, chosen: list[str], words: str
) -> None:
    people = [getattr(family, name) for name in chosen]
    with pytest.raises(HomesError, match=words):
        split_household(
            household=family.household, members=people, head=family.ton, area="33010101",
            house_no="8", on=date(2026, 5, 1), reason=WHY, by=cast.malee,
        )  # fmt: skip


def test_nobody_changes_households_of_another_tambon(
    cast: Cast, family: Family, twin: Household
) -> None:
    for who in (cast.somsak, cast.darunee, cast.preecha):
        with pytest.raises(NotPermitted):
            merge_households(kept=family.household, gone=twin, reason=WHY, by=who)


def test_a_pair_is_found_decided_and_never_asked_again(
    cast: Cast, family: Family, twin: Household
) -> None:
    run_job_here(searching.start(area=Area.objects.get(code="330101"), by=cast.malee))
    pair = HouseholdPair.objects.get()
    assert {"same_address", "people_shared", "heads_alike"} <= set(pair.reasons)
    assert list(pairs_visible_to(cast.somsak)) == []

    decision = decide_pair(pair=pair, verdict="different", by=cast.malee, reason=WHY)
    run_job_here(searching.start(area=Area.objects.get(code="330101"), by=cast.malee))
    assert not pair_queue(cast.malee).exists()

    undo_decision(decision=decision, by=cast.malee)
    same = decide_pair(pair=pair, verdict="same", kept=family.household, by=cast.malee, reason=WHY)
    assert Household.everyone.get(pk=twin.pk).merged_into == family.household
    undo_decision(decision=same, by=cast.malee)
    assert pair_queue(cast.malee).get() == pair


def test_a_household_left_empty_by_merged_people_is_asked_about(cast: Cast, family: Family) -> None:
    lone = make_household(cast, "33010102", "99", "ประยูร", family.lists["community"])
    merge_people(
        kept=family.somsri, gone=Person.objects.get(household=lone), actor=cast.malee, reason=WHY
    )
    run_job_here(searching.start(area=Area.objects.get(code="330101"), by=cast.malee))
    pair = HouseholdPair.objects.get()
    assert {pair.one, pair.other} == {family.household, lone}


def test_a_household_that_moved_far_is_offered_and_taken_over(cast: Cast, family: Family) -> None:
    there = Area.objects.get(code="33010201")
    row = handing_over.offer(
        household=family.household, to_area=there, moved_on=date(2026, 3, 1), reason=WHY, by=cast.malee
    )  # fmt: skip
    assert family.again().presence == "moved"
    assert list(offers_to(cast.somsak)) == [row]
    assert list(offers_to(cast.malee)) == []
    with pytest.raises(NotPermitted):
        handing_over.accept(hand_over=row, house_no="9", reason=WHY, by=cast.malee)

    household = handing_over.accept(hand_over=row, house_no="9", reason=WHY, by=cast.somsak)
    assert (household.area_id, household.house_no, household.presence) == (
        "33010201",
        "9",
        "present",
    )
    assert household in visible_to(cast.somsak)
    assert household not in visible_to(cast.malee)
    assert as_of(household, date(2025, 12, 31), cast.wanna).house_no == "12/3"


def test_erasing_takes_the_pointers_with_it(cast: Cast, family: Family, twin: Household) -> None:
    merge_households(kept=family.household, gone=twin, reason=WHY, by=cast.malee)
    erase_household(household=family.again(), ground="consent_withdrawn", reason=WHY, by=cast.wanna)
    pointer = Household.everyone.get(pk=twin.pk)
    assert (pointer.head_name, pointer.house_no) == ("", "")


# Finding pairs: pure

NAMES = st.sampled_from(["สมชาย", "สมศรี", "แดง", "บุญมี"])
MEMBERS = st.builds(
    Member,
    first_name=NAMES,
    last_name=st.sampled_from(["ใจดี", "มีสุข"]),
    name_key=st.sampled_from(["ก|ข", "ค|ง"]),
    born=st.sampled_from(["", "1960-05-01", "1990-01-01"]),
    precision=st.sampled_from(["day", "year"]),
    is_head=st.booleans(),
)


@st.composite
def some_homes(draw: st.DrawFn) -> list[Home]:
    return [
        Home(
            key=key,
            tambon="330101",
            village=draw(st.sampled_from(["", "33010101", "33010102"])),
            house_no=draw(st.sampled_from(["", "1", "2"])),
            members=tuple(draw(st.lists(MEMBERS, max_size=3))),
        )
        for key in range(draw(st.integers(2, 6)))
    ]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(some_homes(), st.randoms(use_true_random=False))
def test_pairs_do_not_depend_on_order(homes: list[Home], chance: Any) -> None:
    shuffled = list(homes)
    chance.shuffle(shuffled)
    found = find_pairs(homes)
    assert found == find_pairs(shuffled)
    assert all(pair.one < pair.other and pair.reasons for pair in found)


def test_an_address_alone_makes_no_pair() -> None:
    one = Home(1, "330101", "33010101", "5", members=(Member("สมชาย", "ใจดี", "a"),))
    other = Home(2, "330101", "33010101", "5", members=(Member("ละเอียด", "พันธุ์งาม", "b"),))
    assert find_pairs([one, other]) == []


@pytest.mark.parametrize("written", ["๑๒/๓", "12-3", "บ้านเลขที่ 12/3 ม.1", " 12 / 3"])
def test_a_house_number_is_one_however_it_is_written(written: str) -> None:
    lives = (Member("สมชาย", "ใจดี", "a"),)
    one = Home(1, "330101", "33010101", "12/3", members=lives)
    assert find_pairs([one, Home(2, "330101", "33010101", written, members=lives)])
    assert not find_pairs([one, Home(2, "330101", "33010101", "12/3 ม.2", members=lives)])


def test_who_stands_in_both_is_one_person_after_the_merge_and_two_after_its_undoing(
    cast: Cast, family: Family, twin: Household
) -> None:
    again = make_person(twin, "ต้น", "มีสุข")
    facts = named("เด็กชาย", "ต้น", "มีสุข", birth_date="2016-03-02", birth_precision="day")
    claim(cast, family.lists["community"], twin, facts, again)
    derive(households=[twin.pk], people=[again.pk], areas={"33010101"})
    before = registry()

    change = merge_households(kept=family.household, gone=twin, reason=WHY, by=cast.malee)
    assert Person.everyone.get(pk=again.pk).merged_into == family.ton
    assert family.again().members == 4

    undo_change(change=change, by=cast.malee)
    assert registry() == before


def test_people_who_stand_in_two_tambons_bring_their_households_to_the_queue(
    cast: Cast, family: Family
) -> None:
    there = make_household(cast, "33010201", "9", "สมศรี", family.lists["community"])
    head = Person.objects.get(household=there)
    run = LinkRun.objects.create(area_id="33", started_by=cast.wanna)
    PersonPair.objects.create(one=family.somsri, other=head, probability=0.99, band="sure", run=run)
    run_job_here(searching.start(area=Area.objects.get(code="33"), by=cast.wanna))

    pair = HouseholdPair.objects.get()
    assert {pair.one_id, pair.other_id} == {family.household.pk, there.pk}
    assert list(pair_queue(cast.wanna)) == [pair]
    assert list(pair_queue(cast.malee)) == list(pair_queue(cast.somsak)) == []
    with pytest.raises(NotPermitted):
        decide_pair(pair=pair, verdict="different", by=cast.malee, reason=WHY)


def test_two_households_of_one_house_get_one_address_and_nothing_else(
    cast: Cast, family: Family
) -> None:
    other = make_household(cast, "33010102", "99", "แก้ว", family.lists["community"])
    pair = HouseholdPair.objects.create(
        one=family.household, other=other, reasons=["same_house_code"], found_at=timezone.now()
    )
    before = registry()
    with pytest.raises(DataError, match="reason"):
        decide_pair(pair=pair, verdict="same_house", kept=family.household, by=cast.malee)

    decision = decide_pair(
        pair=pair, verdict="same_house", kept=family.household, by=cast.malee, reason=WHY
    )
    other.refresh_from_db()
    assert (other.house_id, other.area_id, other.house_no) == (
        family.household.house_id,
        "33010101",
        "12/3",
    )
    assert Person.objects.get(household=other).area_id == "33010101"
    assert Household.objects.count() == 2
    assert not pair_queue(cast.malee).exists()

    undo_decision(decision=decision, by=cast.malee)
    assert registry() == before
    assert pair_queue(cast.malee).get() == pair
