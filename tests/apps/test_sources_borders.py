"""A row touches nothing beyond the border of whoever brought its list: the attacks, and who may bring what."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from kaejon.apps.access.actions import assign_role
from kaejon.apps.access.models import RoleAssignment
from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.audit.models import Event
from kaejon.apps.homes import across as homes_across
from kaejon.apps.homes.models import HouseholdPair
from kaejon.apps.homes.queries import pair_queue as home_queue
from kaejon.apps.households.models import Household, Person
from kaejon.apps.households.queries import visible_to
from kaejon.apps.jobs.actions import run_job_here
from kaejon.apps.linking import across, scoring
from kaejon.apps.linking.actions import decide
from kaejon.apps.linking.models import PersonPair
from kaejon.apps.linking.pair_queries import pair_queue
from kaejon.apps.linking.pairs import decide_pair
from kaejon.apps.sources import actions as lists
from kaejon.apps.sources.queries import may_bring, sources_to_upload
from kaejon.apps.sources.reach import Reach
from tests.apps.lists import applied, as_csv, finish, move_to, person, pin, source, staged, upload
from tests.cast import LONG_AGO, Cast

pytestmark = pytest.mark.django_db
REFERENCE, CODE = "รหัสครัวเรือน", "รหัสบ้าน"
HERE, NEXT, FAR = "33010101", "33010201", "33020101"


@pytest.fixture
def bmn(cast: Cast) -> Any:
    """A list of the province of which every tambon brings in its part."""
    return source("community", cast.organizations["province"], cast.wanna)


def brought(by: Any, where: Any, *rows: dict[str, str], year: int = 2567) -> Any:
    return applied(upload(as_csv(rows), where, by, year=year), by)


def family_of(village: str) -> list[dict[str, str]]:
    return [
        {REFERENCE: "3302010100003"}
        | person("ธนิศ", "สารเจริญ", village=village, house="5", number=pin(1), born="1/2/2510", sex="ชาย"),
        {REFERENCE: "3302010100003"}
        | person("บุญมี", "สารเจริญ", village=village, house="5", number=pin(2), born="3/4/2512", sex="หญิง"),
    ]  # fmt: skip


def standing(village: str) -> list[tuple[str, str, str, int, int]]:
    """What the registry says of a village."""
    return sorted(
        (p.full_name, p.household.house_no, p.household.head_name, p.household.members, p.version)
        for p in Person.objects.filter(area=village).select_related("household")
        if p.household
    )


def test_a_foreign_reference_writes_into_no_foreign_household(cast: Cast, bmn: Any) -> None:
    brought(cast.wanna, bmn, *family_of(FAR))
    before = standing(FAR)
    attack = {REFERENCE: "3302010100003"} | person("สมหมาย", "ผู้โจมตี", house="1236")

    batch = brought(cast.malee, bmn, attack, year=2568)

    assert batch.counts["outcomes"]["created"] == 1
    assert standing(FAR) == before
    assert Person.objects.get(first_name="สมหมาย").area_id == HERE
    pair = HouseholdPair.objects.get()
    assert (pair.across, pair.reasons) == (True, ["same_reference"])


def test_a_foreign_house_code_finds_no_foreign_household(cast: Cast, bmn: Any) -> None:
    brought(cast.wanna, bmn, *({CODE: "33020000001"} | row for row in family_of(FAR)))
    before = standing(FAR)

    brought(cast.malee, bmn, {CODE: "33020000001"} | person("สมหมาย", "ผู้โจมตี"), year=2568)

    assert standing(FAR) == before
    assert "same_house_code" in HouseholdPair.objects.get().reasons


@pytest.mark.parametrize("name", ["กกก", "ธนิศ"])
def test_a_foreign_number_renames_nobody(cast: Cast, bmn: Any, name: str) -> None:
    brought(cast.wanna, bmn, *family_of(FAR))
    before = standing(FAR)
    attack = person(name, "ขขข", house="9", number=pin(1), born="1/2/2510", sex="ชาย")

    batch = brought(cast.malee, bmn, attack, year=2568)

    assert standing(FAR) == before
    mine = Person.objects.get(area=HERE)
    assert (mine.first_name, mine.national_id_status) == (name, "valid")
    assert batch.records.get().issues == []
    pair = PersonPair.objects.get()
    assert {pair.one, pair.other} == {mine, Person.objects.get(area=FAR, first_name="ธนิศ")}


@pytest.mark.parametrize("squat", ["reference", "one number", "all numbers"])
def test_nobody_squats_on_a_list_that_is_still_to_come(cast: Cast, bmn: Any, squat: str) -> None:
    rows = {
        "reference": [{REFERENCE: "3302010100003"} | person("สมหมาย", "ผู้โจมตี", house="881")],
        "one number": family_of(HERE)[:1],
        "all numbers": family_of(HERE),
    }[squat]
    brought(cast.malee, bmn, *rows)

    brought(cast.wanna, bmn, *family_of(FAR))

    assert [line[0] for line in standing(FAR)] == ["ธนิศ สารเจริญ", "บุญมี สารเจริญ"]
    genuine = Household.objects.get(area=FAR)
    assert not visible_to(cast.malee).filter(pk=genuine.pk).exists()
    mine = Person.objects.filter(area=HERE, national_id_index__gt="")
    assert mine.count() == {"reference": 0, "one number": 1, "all numbers": 2}[squat]


def test_a_decision_of_another_finds_nobody_beyond_the_border(cast: Cast, bmn: Any) -> None:
    brought(cast.wanna, bmn, person("สมหญิง", "ใจดี", village="33010102", number=pin(2)))
    unsure = person("มยุรี", "ใจดี", number=pin(2))
    row = brought(cast.wanna, bmn, unsure, year=2568).records.get()
    chosen = Person.objects.get()
    decide(record=row, verdict="same", person=chosen, by=cast.wanna)
    move_to(FAR, chosen)
    known = (chosen.first_name, Person.objects.get(pk=chosen.pk).area_id)

    batch = brought(cast.malee, bmn, unsure, year=2569)

    assert batch.counts["outcomes"]["created"] == 1
    assert PersonPair.objects.filter(across=True).exists()
    assert known[1] == Person.objects.get(pk=chosen.pk).area_id == FAR


def test_two_of_one_family_beyond_make_a_pair_of_households_too(cast: Cast, bmn: Any) -> None:
    brought(cast.wanna, bmn, *family_of(FAR))
    rows = [row | {REFERENCE: ""} for row in family_of(HERE)]

    brought(cast.malee, bmn, *rows, year=2568)

    assert PersonPair.objects.count() == 2
    assert HouseholdPair.objects.get().reasons == ["people_shared"]


def test_pairs_across_wait_only_for_whoever_holds_both_areas(cast: Cast, bmn: Any) -> None:
    brought(cast.wanna, bmn, *family_of(NEXT))
    brought(cast.malee, bmn, *family_of(HERE), year=2568)

    for officer in (cast.malee, cast.somsak, cast.darunee, cast.preecha, cast.stranger, cast.anan):
        assert not pair_queue(officer).exists()
        assert not home_queue(officer).exists()
        assert across.waiting_across(officer) == homes_across.waiting_across(officer) == 0
    for officer in (cast.wanna, cast.operator):
        assert across.waiting_across(officer) == 2
        assert homes_across.waiting_across(officer, "3301") == 1
        assert homes_across.waiting_across(officer, "330101") == 0
    pair = PersonPair.objects.order_by("pk").first()
    assert pair is not None
    with pytest.raises(NotPermitted):
        decide_pair(pair=pair, verdict="different", by=cast.malee)
    decision = decide_pair(pair=pair, verdict="different", by=cast.wanna)
    assert across.waiting_across(cast.wanna) == 1
    told = Event.objects.get(verb="pair.different")
    assert (told.area_code, decision.verdict) == ("3301", "different")


def test_a_search_neither_drops_nor_shows_what_waits_across(cast: Cast, bmn: Any) -> None:
    from kaejon.apps.areas.models import Area

    brought(cast.wanna, bmn, person("ต่างคน", "ไกลกัน", village=FAR, number=pin(7)))
    brought(cast.malee, bmn, person("ต่างคน", "อื่น", number=pin(7)), year=2568)
    # The search by itself would find nothing that speaks for the two.
    Person.objects.filter(area=FAR).update(
        first_name="ฮงฮวด", name_key="ฮงฮวด|", national_id_index="", national_id_sealed=None
    )
    finish(scoring.start(area=Area.objects.get(code="33"), by=cast.wanna))

    assert PersonPair.objects.get().across
    assert pair_queue(cast.wanna).count() == 1
    assert not pair_queue(cast.malee).exists()


def test_the_same_file_again_asks_nothing_anew(cast: Cast, bmn: Any) -> None:
    brought(cast.wanna, bmn, *family_of(FAR))
    for _ in range(2):
        batch = brought(cast.malee, bmn, *family_of(HERE), year=2568)

    assert batch.counts["outcomes"]["unchanged"] == 2
    assert (PersonPair.objects.count(), Person.objects.count()) == (2, 4)


def test_who_applies_touches_only_what_both_may_touch(cast: Cast, bmn: Any) -> None:
    """Wanna's list names two tambons; Malee gets the right to import there, and loses it again."""
    rows = [person("ใกล้", "ใจดี", number=pin(1)), person("ไกล", "ใจดี", village=NEXT, number=pin(2))]
    batch = staged(upload(as_csv(rows), bmn, cast.malee), cast.malee)
    assert batch.counts["outcomes"]["rejected"] == 1

    both = give(cast, cast.malee, "330102")
    batch = staged(upload(as_csv(rows), bmn, cast.malee), cast.malee)
    assert batch.counts["outcomes"]["created"] == 2
    ended(both)
    applied(batch, again(cast.malee))

    assert batch.counts["outcomes"] | {"created": 1, "rejected": 1} == batch.counts["outcomes"]
    assert standing(NEXT) == []
    assert batch.records.get(row_number=3).issues[-1]["code"] == "AREA_OUTSIDE_SCOPE"


def test_a_right_that_ended_stops_the_list(cast: Cast, bmn: Any) -> None:
    batch = staged(upload(as_csv([person("ใกล้", "ใจดี")]), bmn, cast.malee), cast.malee)
    job = lists.apply(batch=batch, by=cast.malee)
    for held in RoleAssignment.objects.filter(user=cast.malee):
        ended(held)

    run_job_here(job)

    job.refresh_from_db()
    assert job.status == "failed"
    assert not Person.objects.exists()


def give(cast: Cast, user: Any, area: str) -> RoleAssignment:
    given = assign_role(
        user=user, role="tambon_officer", area=area, organization=cast.organizations["tao"],
        purpose="แทน", valid_from=LONG_AGO, by=cast.operator,
    )  # fmt: skip
    user.__dict__.pop("_scopes", None)
    user.__dict__.pop("_assignments", None)
    return given


def ended(assignment: RoleAssignment) -> None:
    """The grant is over since yesterday."""
    day = timezone.localdate() - timedelta(days=1)
    RoleAssignment.objects.filter(pk=assignment.pk).update(valid_until=day)


def again(user: Any) -> Any:
    return type(user).objects.get(pk=user.pk)


# who may bring in whose list


@pytest.mark.parametrize(
    ("owner", "shared", "may"),
    [
        ("tao", False, "malee wanna operator"),
        ("tao", True, "malee wanna operator"),
        ("tao2", False, "somsak wanna operator"),
        ("province", False, "wanna operator"),
        ("province", True, "malee somsak district wanna operator"),
        ("health", False, "wanna operator"),
        ("health", True, "malee somsak district wanna operator"),
    ],
)
def test_whose_list_may_be_brought_in_by_whom(
    cast: Cast, owner: str, *, shared: bool, may: str
) -> None:
    district = type(cast.malee).objects.create_user(
        username="district", password="long-enough-to-test"
    )
    assign_role(
        user=district, role="district_officer", area="3302", organization=cast.organizations["tao"],
        purpose="x", valid_from=LONG_AGO, by=cast.operator,
    )  # fmt: skip
    RoleAssignment.objects.filter(user=district).update(organization=own_district(cast))
    where = source("community", cast.organizations[owner], cast.wanna, shared=shared)
    file = as_csv([person("สมชาย", "ใจดี")])
    people = {name: getattr(cast, name, district) for name in (
        "malee", "somsak", "district", "wanna", "operator", "darunee", "preecha", "stranger", "anan")}  # fmt: skip
    for name, user in people.items():
        allowed = name in may.split()
        assert may_bring(user, where) is allowed, name
        assert sources_to_upload(user).exists() is allowed, name
        if allowed:
            upload(file, where, user)
        else:
            with pytest.raises(NotPermitted):
                upload(file, where, user)


def own_district(cast: Cast) -> Any:
    from kaejon.apps.access.places import register_organization

    return register_organization(
        code="amphoe-3302", name_th="ที่ว่าการอำเภอ", sector="state", area="3302", by=cast.operator
    )


def test_a_list_no_longer_shared_is_neither_checked_nor_applied_by_others(
    cast: Cast, bmn: Any
) -> None:
    batch = staged(upload(as_csv([person("สมชาย", "ใจดี")]), bmn, cast.malee), cast.malee)
    type(bmn).objects.update(shared=False)
    batch.refresh_from_db()

    for step in (lists.stage, lists.apply):
        with pytest.raises(NotPermitted):
            step(batch=batch, by=cast.malee)


# history


def test_each_household_a_list_touches_has_one_line_in_its_history(cast: Cast, bmn: Any) -> None:
    first = brought(cast.malee, bmn, *family_of(HERE), person("คนเดียว", "ใจดี", house="8"))
    second = brought(cast.malee, bmn, family_of(HERE)[0], year=2568)
    home = Household.objects.get(house_no="5")

    lines = Event.objects.filter(subject_type="household").order_by("pk")
    told = [(e.verb, e.subject_id == str(home.public_id), e.changes["batch"]) for e in lines]
    assert sorted(told) == sorted(
        [
            ("list.bring", True, str(first.public_id)),
            ("list.bring", False, str(first.public_id)),
            ("list.add", True, str(second.public_id)),
        ]
    )
    assert {e.actor_name for e in lines} == {"มาลี ใจดี"}
    assert {e.area_code for e in lines} == {HERE}


def test_many_chunks_leave_one_line(cast: Cast, bmn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kaejon.apps.sources import applying

    monkeypatch.setattr(applying, "CHUNK", 1)
    brought(cast.malee, bmn, *family_of(HERE))
    rows = [
        row | {REFERENCE: ref} for row, ref in zip(family_of(HERE), ("A-1", "A-2"), strict=True)
    ]

    brought(cast.malee, bmn, *rows, year=2568)

    assert Event.objects.filter(verb="list.add").count() == 1


# the border stands in one place


def test_reach_holds_and_finds() -> None:
    tambon, village = Reach(("330101",)), Reach(("33010101",))
    assert tambon.finds("33010101", "33010102")
    assert tambon.finds("330101", "33010102")
    assert not tambon.finds("33010101", "33010201")
    assert not Reach(("33",)).finds("33010101", "33010201")
    assert Reach(("00",)).finds("33010201", "330102")
    assert not village.finds("33010101", "33010102")
    assert not village.holds("330101")


@pytest.mark.parametrize(
    "module", ["matching", "chunk", "staging", "shared_ids", "applying", "outcomes"]
)
def test_matching_asks_no_table_of_people_or_households_itself(module: str) -> None:
    """All look-ups stand in `lookups`, below the border. By key of what was found there is no look-up."""
    import kaejon.apps.sources as package

    tree = ast.parse((Path(package.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
    calls = {ast.unparse(call) for call in ast.walk(tree) if isinstance(call, ast.Call)}
    looked_up = ("Person.", "House.", "HouseholdReference.", "Household.objects.filter(")
    by_key = "Household.objects.filter(Among('pk'"
    asked = {c for c in calls if c.startswith(looked_up) and not c.startswith(by_key)}
    assert asked == set()
