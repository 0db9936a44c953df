"""A correction is a dated claim with a reason: nothing is overwritten, nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest

from kaejon.apps.access.refusals import NotPermitted
from kaejon.apps.audit.models import Event
from kaejon.apps.dashboards.models import VillageTally
from kaejon.apps.folders import actions, members
from kaejon.apps.folders.contents import read_folder
from kaejon.apps.folders.guards import ChangedMeanwhile
from kaejon.apps.households.models import Household, Membership, Person, Presence
from kaejon.apps.households.queries import known_values
from kaejon.apps.measurement.actions import measure_households
from kaejon.apps.sources.models import Assertion, Kind
from kaejon.methods.errors import DataError, KaejonError
from tests.apps.families import Family, make_family, make_household
from tests.cast import Cast

VISIT = "เยี่ยมบ้าน 20 พ.ย."


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast)


def correct(family: Family, by, **changes):  # type: ignore[no-untyped-def]
    household = family.again()
    return actions.correct_household(
        household=household,
        version=household.version,
        values=known_values(household) | changes,
        reason=VISIT,
        by=by,
    )


def correct_person(person: Person, by, **changes):  # type: ignore[no-untyped-def]
    person.refresh_from_db()
    values = members.person_values(person) | changes
    return members.correct_person(
        person=person, version=person.version, values=values, reason=VISIT, by=by
    )


def test_a_corrected_house_number_is_a_field_check_of_the_officers_organization(
    cast: Cast, family: Family
) -> None:
    correct(family, cast.malee, house_no="14")
    assert family.again().house_no == "14"
    check = Assertion.objects.get(version__source__kind=Kind.FIELD)
    assert check.version.source.owner == cast.organizations["tao"]
    assert check.version.source.legal_basis == "public_task"
    assert (check.reason, check.stated_by) == (VISIT, cast.malee)
    assert Assertion.objects.filter(withdrawn_at=None).count() == 9


def test_every_correction_is_one_line_of_history_with_old_and_new(
    cast: Cast, family: Family
) -> None:
    correct(family, cast.malee, house_no="14")
    event = Event.objects.get(verb="household.correct")
    assert event.changes == {"house_no": {"from": "12/3", "to": "14"}}
    assert (event.actor_name, event.reason, event.area_code) == ("มาลี ใจดี", VISIT, "33010101")


def test_a_stale_form_is_refused_and_writes_nothing(cast: Cast, family: Family) -> None:
    stale = family.again().version
    correct(family, cast.malee, house_no="14")
    with pytest.raises(ChangedMeanwhile):
        actions.correct_household(
            household=family.household,
            version=stale,
            values={"house_no": "15", "area": "33010101"},
            reason=VISIT,
            by=cast.wanna,
        )
    assert family.again().house_no == "14"


def test_a_household_cannot_be_moved_to_a_village_outside_the_officers_area(
    cast: Cast, family: Family
) -> None:
    with pytest.raises(NotPermitted):
        correct(family, cast.malee, area="33010201")
    assert family.again().area_id == "33010101"


def test_a_province_officer_moves_a_household_with_its_people_and_counts(
    cast: Cast, family: Family
) -> None:
    correct(family, cast.wanna, area="33010201")
    assert family.again().area_id == "33010201"
    assert set(
        Person.objects.filter(household=family.household).values_list("area_id", flat=True)
    ) == {"33010201"}
    tallies = dict(VillageTally.objects.values_list("area_id", "households"))
    assert tallies == {"33010201": 1}


def test_a_moved_household_does_not_carry_the_point_of_its_old_place(
    cast: Cast, family: Family
) -> None:
    correct(family, cast.malee, area="33010102", house_no="7")
    house = family.again().house
    assert (house.house_no, house.latitude) == ("7", None)


def test_a_household_that_moved_away_is_marked_with_its_day(cast: Cast, family: Family) -> None:
    correct(family, cast.malee, presence=Presence.MOVED, presence_on=date(2026, 11, 1))
    assert family.again().presence == Presence.MOVED
    assert Assertion.objects.get(facts__presence="moved").facts["presence_on"] == "2026-11-01"


def test_a_correction_without_a_change_or_a_reason_is_refused(cast: Cast, family: Family) -> None:
    with pytest.raises(DataError, match="nothing was changed"):
        correct(family, cast.malee)
    with pytest.raises(DataError, match="reason"):
        actions.correct_household(
            household=family.household,
            version=1,
            values={"house_no": "9"},
            reason=" ",
            by=cast.malee,
        )


def test_a_corrected_birth_date_settles_the_conflict_and_keeps_both_lists(
    cast: Cast, family: Family
) -> None:
    assert family.again().conflicts == 1
    correct_person(family.somsri, cast.malee, birth_date=date(1960, 5, 2), birth_precision="day")
    family.somsri.refresh_from_db()
    assert family.somsri.birth_date == date(1960, 5, 2)
    assert family.again().conflicts == 0
    assert Assertion.objects.filter(person=family.somsri, withdrawn_at=None).count() == 4


def test_a_new_head_is_the_only_head(cast: Cast, family: Family) -> None:
    correct_person(family.ton, cast.malee, is_head=True, relation="หัวหน้าครัวเรือน")
    heads = Person.objects.filter(household=family.household, is_head=True)
    assert list(heads) == [family.ton]
    assert family.again().head_name == "เด็กชายต้น มีสุข"


def test_a_death_leaves_the_person_in_the_folder_but_not_in_the_count(
    cast: Cast, family: Family
) -> None:
    correct_person(family.somsri, cast.malee, died_on=date(2026, 10, 1))
    household = family.again()
    assert household.members == 1
    folder = read_folder(household, cast.malee)
    assert [m.person.pk for m in folder.died] == [family.somsri.pk]
    assert [m.person.pk for m in folder.members] == [family.ton.pk]


def test_a_death_recorded_by_mistake_can_be_taken_back(cast: Cast, family: Family) -> None:
    correct_person(family.somsri, cast.malee, died_on=date(2026, 10, 1), relation="มารดา")
    correct_person(family.somsri, cast.malee, died_on=None)
    family.somsri.refresh_from_db()
    assert family.somsri.died_on is None
    assert family.somsri.relation == "มารดา"
    assert family.again().members == 2


def test_a_member_found_at_home_is_added_with_a_membership(cast: Cast, family: Family) -> None:
    person = members.add_member(
        household=family.household,
        reason=VISIT,
        by=cast.malee,
        values={
            "title": "นาย",
            "first_name": "ดำ",
            "last_name": "มีสุข",
            "sex": "M",
            "birth_date": date(1990, 1, 1),
            "birth_precision": "year",
            "relation": "บุตร",
            "is_head": False,
        },
    )
    assert person.full_name == "นายดำ มีสุข"
    assert family.again().members == 3
    assert Membership.objects.filter(
        person=person, household=family.household, ended_on=None
    ).exists()


def test_the_same_name_is_not_added_twice(cast: Cast, family: Family) -> None:
    with pytest.raises(DataError) as refusal:
        members.add_member(
            household=family.household,
            values={"first_name": "ต้น", "last_name": "มีสุข"},
            reason=VISIT,
            by=cast.malee,
        )
    assert refusal.value.code == "already_member"


def move(family: Family, to: Household, by) -> None:  # type: ignore[no-untyped-def]
    members.move_member(
        person=family.somsri,
        version=family.somsri.version,
        to=to,
        on=date(2026, 11, 1),
        relation="มารดา",
        reason=VISIT,
        by=by,
    )


def test_a_member_who_moves_takes_the_target_poor_mark_along(cast: Cast, family: Family) -> None:
    new = make_household(cast, "33010102", "5", "สมหมาย", family.lists["bmn"])
    move(family, new, cast.malee)
    new.refresh_from_db()
    assert (new.members, new.target_poor_members) == (2, 1)
    assert (family.again().members, family.again().target_poor_members) == (1, 0)
    measure_households([new.pk])
    measure_households([family.household.pk])
    family.somsri.refresh_from_db()
    new.refresh_from_db()
    assert family.somsri.target_poor
    assert new.target_poor_members == 1


def test_the_old_membership_ends_on_the_day_of_the_move(cast: Cast, family: Family) -> None:
    new = make_household(cast, "33010102", "5", "สมหมาย", family.lists["bmn"])
    move(family, new, cast.malee)
    old = Membership.objects.get(person=family.somsri, household=family.household)
    assert (old.ended_on, old.end_reason) == (date(2026, 11, 1), "moved")
    assert Membership.objects.get(person=family.somsri, ended_on=None).household == new


def test_a_member_cannot_be_moved_into_a_neighbouring_tambon_by_its_officer(
    cast: Cast, family: Family
) -> None:
    outside = make_household(cast, "33010201", "5", "สมหมาย", family.lists["bmn"])
    with pytest.raises(NotPermitted):
        move(family, outside, cast.malee)
    assert Person.objects.get(pk=family.somsri.pk).household == family.household


def test_a_removed_member_can_be_put_back_as_before(cast: Cast, family: Family) -> None:
    members.remove_member(
        person=family.ton,
        version=family.ton.version,
        on=date(2026, 11, 1),
        why="not_here",
        reason=VISIT,
        by=cast.malee,
    )
    assert family.again().members == 1
    gone = Membership.objects.get(person=family.ton)
    members.restore_member(membership=gone, by=cast.malee)
    assert family.again().members == 2
    assert Membership.objects.get(person=family.ton).ended_on is None


def test_settling_a_conflict_states_the_chosen_value(cast: Cast, family: Family) -> None:
    actions.settle_conflict(
        household=family.household,
        person=family.somsri,
        fact="birth_date",
        facts={"birth_date": "1961-05-01", "birth_precision": "day"},
        reason=VISIT,
        by=cast.malee,
    )
    family.somsri.refresh_from_db()
    assert family.somsri.birth_date == date(1961, 5, 1)
    assert family.again().conflicts == 0


def test_a_household_on_no_list_is_added_with_its_head(cast: Cast) -> None:
    household = actions.add_household(
        area="33010102",
        house_no="99",
        head={"title": "นาง", "first_name": "บัว", "last_name": "งาม"},
        reason=VISIT,
        by=cast.malee,
    )
    assert (household.head_name, household.members) == ("นางบัว งาม", 1)
    assert VillageTally.objects.get(area="33010102").households == 1
    assert Assertion.objects.filter(household=household, facts__found_in_field=True).count() == 1


@pytest.mark.parametrize(
    ("area", "code"),
    [("33010201", "not_permitted"), ("330101", "no_such_village"), ("99999999", "not_permitted")],
)
def test_a_household_is_not_added_outside_the_area_or_without_a_village(
    cast: Cast, area: str, code: str
) -> None:
    with pytest.raises(KaejonError) as refusal:
        actions.add_household(area=area, house_no="1", reason=VISIT, by=cast.malee)
    assert refusal.value.code == code
    assert not Household.objects.exists()


def test_a_refused_history_line_saves_nothing(
    cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise RuntimeError("history is full")

    monkeypatch.setattr(actions, "record", refuse)
    with pytest.raises(RuntimeError):
        correct(family, cast.malee, house_no="14")
    assert family.again().house_no == "12/3"
    assert not Assertion.objects.filter(version__source__kind=Kind.FIELD).exists()


def test_a_note_put_away_comes_back_and_says_who_did_it(cast: Cast, family: Family) -> None:
    note = actions.add_note(
        household=family.household, text=" หลังคารั่ว ", sensitive=False, by=cast.malee
    )
    assert note.text == "หลังคารั่ว"
    actions.remove_note(note=note, by=cast.wanna)
    note.refresh_from_db()
    assert note.removed_by == cast.wanna
    actions.restore_note(note=note, by=cast.malee)
    note.refresh_from_db()
    assert (note.removed_by, note.removed_at) == (None, None)
    assert [e.verb for e in Event.objects.filter(subject_type="note").order_by("pk")] == [
        "note.add",
        "note.remove",
        "note.restore",
    ]


def test_a_mark_is_set_once_and_cleared_with_what_was_done(cast: Cast, family: Family) -> None:
    mark = actions.mark_attention(
        household=family.household, kind="visit", reason="หลังคารั่ว", by=cast.malee
    )
    with pytest.raises(DataError) as refusal:
        actions.mark_attention(
            household=family.household, kind="visit", reason="อีกครั้ง", by=cast.malee
        )
    assert refusal.value.code == "already_marked"
    actions.clear_attention(mark=mark, reason="ซ่อมแล้ว", by=cast.malee)
    assert Event.objects.get(verb="attention.clear").reason == "ซ่อมแล้ว"
    assert not read_folder(family.again(), cast.malee).attention
