"""Lists become claims, claims become people and households, and can be taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kaejon.apps.dashboards.models import VillageTally
from kaejon.apps.folders.models import Note
from kaejon.apps.households.models import House, Household, Membership, Person
from kaejon.apps.households.queries import search_people
from kaejon.apps.measurement.models import CapitalScore, PovertyScreen
from kaejon.apps.sources import actions as lists
from kaejon.apps.sources.models import Assertion, ImportBatch, SourceRecord
from kaejon.apps.sources.queries import conflicts_of, live_claims, rejected_rows
from kaejon.apps.vault.sealing import unseal_national_id
from kaejon.methods.definitions import five_capitals
from kaejon.methods.listfiles.errors import ListFileError
from tests.apps.lists import applied, as_csv, person, pin, source, staged, taken_back, upload
from tests.cast import Cast
from tests.factories import make

pytestmark = pytest.mark.django_db

FAMILY = [
    person("สมชาย", "ใจดี", number=pin(1), born="12/03/2510", sex="ชาย", title="นาย"),
    person("สมหญิง", "ใจดี", number=pin(2), born="5 ม.ค. 2515", sex="หญิง", title="นาง"),
    person("เด็กดี", "ใจดี", number=pin(3), born="2558", sex="ชาย", title="ด.ช."),
]
NEIGHBOURS = [
    person("บุญมี", "มีบุญ", house="2/1", number=pin(4), born="1 มกราคม 2495", sex="หญิง"),
    person("ทองดี", "แสนสุข", house="3", village="33010102", born="10/10/2530", sex="ชาย"),
]


@pytest.fixture
def tpmap(cast: Cast) -> Any:
    return source("tpmap", cast.organizations["province"], cast.wanna)


def registry() -> list[tuple[Any, ...]]:
    """Everything the registry says, in comparable form (keys and versions left out)."""
    return sorted(
        (
            str(p.household.area_id),
            p.household.house_no,
            p.household.head_name,
            p.household.members,
            p.household.conflicts,
            p.household.overall_level or 0,
            p.household.target_poor_members,
            p.full_name,
            str(p.birth_date),
            p.birth_precision,
            p.sex,
            p.national_id_last4,
            p.national_id_index,
            p.national_id_status,
            p.target_poor,
        )
        for p in Person.objects.select_related("household")
        if p.household
    )


def test_a_list_makes_households_people_and_claims(cast: Cast, tpmap: Any) -> None:
    batch = applied(upload(as_csv(FAMILY + NEIGHBOURS), tpmap, cast.wanna), cast.wanna)

    assert batch.counts["outcomes"]["created"] == 5
    household = Household.objects.get(area="33010101", house_no="1")
    assert (household.head_name, household.members, household.target_poor_members) == (
        "นายสมชาย ใจดี",
        3,
        3,
    )
    assert Membership.objects.filter(household=household, ended_on=None).count() == 3
    father = Person.objects.get(first_name="สมชาย")
    assert father.birth_date == date(1967, 3, 12)
    assert unseal_national_id(father.national_id_sealed) == pin(1)
    assert father.masked_id.endswith(f"{pin(1)[-4]}-{pin(1)[-3:-1]}-{pin(1)[-1]}")
    assert Person.objects.get(first_name="เด็กดี").birth_precision == "year"
    assert VillageTally.objects.get(pk="33010101").target_poor_persons == 4


def test_no_national_id_stands_readable_in_the_database(cast: Cast, tpmap: Any) -> None:
    batch = applied(upload(as_csv(FAMILY), tpmap, cast.wanna), cast.wanna)

    for record in batch.records.all():
        assert pin(1) not in str(record.facts)
        assert pin(1).encode() not in bytes(record.raw_sealed)
    assert all(pin(1) not in str(a.facts) for a in Assertion.objects.all())


def test_the_same_file_twice_changes_nothing(cast: Cast, tpmap: Any) -> None:
    applied(upload(as_csv(FAMILY + NEIGHBOURS), tpmap, cast.wanna), cast.wanna)
    before = registry()

    again = applied(upload(as_csv(FAMILY + NEIGHBOURS), tpmap, cast.wanna), cast.wanna)

    assert again.counts["outcomes"]["unchanged"] == 5
    assert registry() == before


def test_a_second_list_joins_by_id_and_by_name_house_and_birth_date(cast: Cast, tpmap: Any) -> None:
    applied(upload(as_csv(FAMILY + NEIGHBOURS), tpmap, cast.wanna), cast.wanna)
    community = source("community", cast.organizations["tao"], cast.wanna)
    rows = [
        person("สมชาย", "ใจดี", number=pin(1), born="12/03/2510", sex="ชาย"),
        person("ทองดี", "แสนสุข", house="3", village="33010102", born="10/10/2530"),
        person("หล่น", "ตก", house="9", born="2500"),
    ]

    batch = applied(upload(as_csv(rows), community, cast.wanna, year=2567), cast.wanna)

    assert batch.counts["outcomes"] | {"rejected": 0} == batch.counts["outcomes"]
    assert [r.rule for r in batch.records.order_by("row_number")] == [
        "national_id",
        "name_birth_house",
        "new",
    ]
    assert Person.objects.count() == 6


def test_an_id_of_somebody_else_never_joins_two_people(cast: Cast, tpmap: Any) -> None:
    applied(upload(as_csv(FAMILY), tpmap, cast.wanna), cast.wanna)
    community = source("community", cast.organizations["tao"], cast.wanna)
    grandson = person("หลานชาย", "ใจดี", house="1", number=pin(1), born="1/2/2560", sex="ชาย")

    batch = applied(upload(as_csv([grandson]), community, cast.wanna, year=2567), cast.wanna)

    record = batch.records.get()
    assert record.outcome == "created"
    assert "ID_OF_ANOTHER" in [i["code"] for i in record.issues]
    child = Person.objects.get(first_name="หลานชาย")
    assert child.national_id_sealed is None
    assert child.national_id_status == "of_another"
    assert child.household == Person.objects.get(first_name="สมชาย").household


def test_an_equal_id_under_another_name_waits_when_nothing_else_is_known(
    cast: Cast, tpmap: Any
) -> None:
    applied(upload(as_csv(FAMILY), tpmap, cast.wanna), cast.wanna)
    community = source("community", cast.organizations["tao"], cast.wanna)
    stranger = person("มยุรี", "ใจดี", house="1", number=pin(2))

    batch = applied(upload(as_csv([stranger]), community, cast.wanna, year=2567), cast.wanna)

    record = batch.records.get()
    assert (record.outcome, len(record.candidates)) == ("ambiguous", 1)
    assert "ID_NAME_DIFFERS" in [i["code"] for i in record.issues]
    assert Person.objects.count() == 3


def test_a_changed_first_name_with_the_same_id_and_birth_year_is_the_same_person(
    cast: Cast, tpmap: Any
) -> None:
    applied(upload(as_csv(FAMILY), tpmap, cast.wanna), cast.wanna)
    community = source("community", cast.organizations["tao"], cast.wanna)
    renamed = person("พรทิพย์", "ใจดี", house="1", number=pin(2), born="5/1/2515", sex="หญิง")

    applied(upload(as_csv([renamed]), community, cast.wanna, year=2567), cast.wanna)

    assert Person.objects.count() == 3
    assert Person.objects.get(national_id_last4=pin(2)[-4:], sex="F").first_name == "พรทิพย์"


def test_two_people_who_fit_are_ambiguous_and_nobody_is_taken(cast: Cast, tpmap: Any) -> None:
    twins = [
        person("แฝด", "ใจดี", house="7", number=pin(10), born="1/2/2540", sex="ชาย"),
        person("แฝด", "ใจดี", house="7", number=pin(11), born="1/2/2540", sex="ชาย"),
    ]
    applied(upload(as_csv(twins), tpmap, cast.wanna), cast.wanna)
    community = source("community", cast.organizations["tao"], cast.wanna)

    batch = applied(
        upload(as_csv([person("แฝด", "ใจดี", house="7", born="1/2/2540")]), community, cast.wanna),
        cast.wanna,
    )

    record = batch.records.get()
    assert (record.outcome, len(record.candidates), record.person) == ("ambiguous", 2, None)
    assert Person.objects.count() == 2


def test_namesakes_of_one_house_with_two_valid_numbers_are_two_people(
    cast: Cast, tpmap: Any
) -> None:
    father = person("สมชาย", "ใจดี", number=pin(1), born="2510", sex="ชาย")
    applied(upload(as_csv([father]), tpmap, cast.wanna), cast.wanna)
    community = source("community", cast.organizations["tao"], cast.wanna)
    namesake = person("สมชาย", "ใจดี", number=pin(2), born="2510", sex="ชาย")

    batch = applied(upload(as_csv([namesake]), community, cast.wanna, year=2567), cast.wanna)

    assert batch.records.get().person is not None
    numbers = Person.objects.values_list("national_id_index", flat=True)
    assert len(set(numbers)) == Person.objects.count() == 2


def test_a_house_code_of_two_households_chooses_neither(cast: Cast, tpmap: Any) -> None:
    house = make(House, area_id="33010101", house_no="1", house_code="33010000001")
    for _ in range(2):
        make(Household, house=house, area_id=house.area_id, house_no=house.house_no)
    code = {"รหัสประจำบ้าน": house.house_code}
    row = person("คนใหม่", "มาอยู่", house="1", born="2500", sex="ชาย") | code

    batch = applied(upload(as_csv([row]), tpmap, cast.wanna), cast.wanna)

    assert batch.records.get().outcome == "created"
    assert Household.objects.count() == 3
    assert Person.objects.get().household.house == house


def test_lists_that_disagree_show_a_conflict_and_the_newer_date_wins(
    cast: Cast, tpmap: Any
) -> None:
    applied(upload(as_csv(FAMILY), tpmap, cast.wanna, year=2566), cast.wanna)
    community = source("community", cast.organizations["tao"], cast.wanna)
    newer = person("สมชาย", "ใจดี", number=pin(1), born="12/03/2511", sex="ชาย")

    applied(upload(as_csv([newer]), community, cast.wanna, year=2568), cast.wanna)

    father = Person.objects.get(first_name="สมชาย")
    assert father.birth_date == date(1968, 3, 12)
    assert father.household.conflicts == 1
    found = conflicts_of(live_claims(father.household))[father.pk]
    assert [(c.fact, [v for v, _ in c.values]) for c in found] == [
        ("birth_date", ["1968-03-12", "1967-03-12"])
    ]


def test_a_list_never_moves_a_household(cast: Cast, tpmap: Any) -> None:
    applied(upload(as_csv(FAMILY), tpmap, cast.wanna, year=2566), cast.wanna)
    community = source("community", cast.organizations["tao"], cast.wanna)
    elsewhere = [dict(row, บ้านเลขที่="99", รหัสหมู่บ้าน="33010102") for row in FAMILY]

    applied(upload(as_csv(elsewhere), community, cast.wanna, year=2568), cast.wanna)

    household = Person.objects.get(first_name="สมชาย").household
    assert (household.area_id, household.house_no) == ("33010101", "1")
    assert Household.objects.count() == 1
    assert household.conflicts > 0


def test_reversing_leaves_no_trace_in_the_registry(cast: Cast, tpmap: Any) -> None:
    applied(upload(as_csv(FAMILY), tpmap, cast.wanna, year=2566), cast.wanna)
    before = registry()
    community = source("community", cast.organizations["tao"], cast.wanna)
    second = applied(
        upload(
            as_csv([dict(FAMILY[0], วันเดือนปีเกิด="12/03/2511"), *NEIGHBOURS]),
            community,
            cast.wanna,
            year=2568,
        ),
        cast.wanna,
    )
    assert registry() != before

    taken_back(second, cast.wanna)

    assert registry() == before
    assert Household.objects.count() == House.objects.count() == 1
    assert VillageTally.objects.filter(pk="33010102").first() is None


def test_a_reversed_list_can_be_applied_again(cast: Cast, tpmap: Any) -> None:
    batch = applied(upload(as_csv(FAMILY + NEIGHBOURS), tpmap, cast.wanna), cast.wanna)
    before = registry()

    applied(taken_back(batch, cast.wanna), cast.wanna)

    assert registry() == before


def test_a_list_that_others_lean_on_cannot_be_reversed(cast: Cast, tpmap: Any) -> None:
    batch = applied(upload(as_csv(FAMILY), tpmap, cast.wanna), cast.wanna)
    Note.objects.create(household=Household.objects.get(), text="ควรเยี่ยม", written_by=cast.malee)

    with pytest.raises(ListFileError) as refusal:
        lists.reverse(batch=batch, by=cast.wanna)

    assert refusal.value.code == "BATCH_IN_USE"
    batch.refresh_from_db()
    assert batch.status == "applied"


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(range(5)))
def test_the_order_of_rows_does_not_matter(cast: Cast, tpmap: Any, order: list[int]) -> None:
    rows = FAMILY + NEIGHBOURS
    batch = applied(upload(as_csv([rows[i] for i in order]), tpmap, cast.wanna), cast.wanna)
    found = registry()

    taken_back(batch, cast.wanna)

    assert len(found) == 5
    assert [row[7] for row in found] == sorted(
        [row[7] for row in found], key=[row[7] for row in found].index
    )
    assert {row[:5] for row in found} == {
        ("33010101", "1", "นายสมชาย ใจดี", 3, 0),
        ("33010101", "2/1", "บุญมี มีบุญ", 1, 0),
        ("33010102", "3", "ทองดี แสนสุข", 1, 0),
    }
    assert registry() == []


def test_rows_outside_the_uploaders_area_are_rejected(cast: Cast, tpmap: Any) -> None:
    rows = [*FAMILY, person("คนละ", "ตำบล", village="33010201", number=pin(8))]

    batch = staged(upload(as_csv(rows), tpmap, cast.malee), cast.malee)

    assert batch.counts["outcomes"]["rejected"] == 1
    [(number, cells, reasons)] = rejected_rows(batch, "th")
    assert number == 5
    assert cells[4] == "คนละ"
    assert "นอกพื้นที่" in reasons[0]


def test_sums_between_the_families_come_back_counted_and_do_not_refuse_the_list(
    cast: Cast, tpmap: Any
) -> None:
    total = dict.fromkeys(FAMILY[0], "") | {list(FAMILY[0])[4]: "รวม 3 คน"}

    batch = applied(upload(as_csv([*FAMILY, total, total]), tpmap, cast.wanna), cast.wanna)

    assert Person.objects.count() == 3
    assert batch.counts["issues"] == {"NOT_A_PERSON": 2}
    assert [number for number, _, _ in rejected_rows(batch, "th")] == [5, 6]


def test_a_file_with_too_many_rejected_rows_is_refused(cast: Cast, tpmap: Any) -> None:
    bad = [person("วันผิด", f"คนที่{n}", born="31/02/2510") for n in range(4)]

    batch = staged(upload(as_csv([*FAMILY, *bad]), tpmap, cast.wanna), cast.wanna)

    assert batch.status == "refused"
    assert batch.problem["code"] == "TOO_MANY_REJECTED"
    with pytest.raises(ListFileError, match="not possible"):
        lists.apply(batch=batch, by=cast.wanna)
    assert Person.objects.count() == 0


def test_repeated_rows_count_once_and_many_of_them_refuse_the_file(cast: Cast, tpmap: Any) -> None:
    batch = staged(upload(as_csv([*FAMILY, *NEIGHBOURS, FAMILY[0]]), tpmap, cast.wanna), cast.wanna)
    assert (batch.status, batch.counts["outcomes"]["unchanged"], batch.counts["repeats"]) == (
        "staged",
        1,
        1,
    )

    doubled = staged(upload(as_csv([*FAMILY, *FAMILY]), tpmap, cast.wanna), cast.wanna)
    assert (doubled.status, doubled.problem["code"]) == ("refused", "TOO_MANY_REPEATED")


def test_staging_changes_nothing_in_the_registry(cast: Cast, tpmap: Any) -> None:
    batch = staged(upload(as_csv(FAMILY), tpmap, cast.wanna), cast.wanna)

    assert batch.counts["outcomes"]["created"] == 3
    assert Person.objects.count() == Household.objects.count() == Assertion.objects.count() == 0


def test_a_masked_or_wrong_id_is_a_flag_and_never_matches(cast: Cast, tpmap: Any) -> None:
    masked = "x-xxxx-xxxxx-12-3"
    rows = [
        person("ปิด", "เลข", house="5", number=masked),
        person("ผิด", "เลข", house="6", number="1234567890123"),
    ]

    batch = applied(upload(as_csv(rows), tpmap, cast.wanna), cast.wanna)

    assert batch.counts["outcomes"]["created"] == 2
    assert Person.objects.get(first_name="ปิด").national_id_status == "masked"
    assert Person.objects.get(first_name="ผิด").national_id_status == "check_failed"
    assert not Person.objects.exclude(national_id_index="").exists()


def test_five_capitals_are_scored_and_levelled(cast: Cast) -> None:
    ppp = source("ppp", cast.organizations["province"], cast.wanna, legal_basis="consent")
    items = [item.code for item in five_capitals.load().items]
    row = person("สมชาย", "ใจดี", number=pin(1)) | dict.fromkeys(items, "2")
    other = (
        person("สมหญิง", "ใจดี", number=pin(2))
        | dict.fromkeys(items, "2")
        | {c: "4" for c in items if c.startswith("human")}
    )

    applied(upload(as_csv([row, other]), ppp, cast.wanna, year=2568), cast.wanna)

    household = Household.objects.get()
    score = CapitalScore.objects.get(household=household)
    assert score.scores["human"] == "3.0000"
    assert (household.human_level, household.physical_level, household.overall_level) == (3, 2, 2)
    assert household.surveyed_on is not None


def test_a_missing_item_leaves_capital_and_overall_unknown(cast: Cast) -> None:
    ppp = source("ppp", cast.organizations["province"], cast.wanna, legal_basis="consent")
    items = [item.code for item in five_capitals.load().items]
    row = person("สมชาย", "ใจดี", number=pin(1)) | dict.fromkeys(items, "3") | {"social_1": ""}

    applied(upload(as_csv([row]), ppp, cast.wanna, year=2568), cast.wanna)

    household = Household.objects.get()
    assert (household.social_level, household.overall_level, household.human_level) == (
        None,
        None,
        3,
    )


def test_tpmaps_union_rule_marks_members_with_the_card(cast: Cast) -> None:
    bmn = source("bmn", cast.organizations["province"], cast.wanna)
    passed = {f"i{n}": "1" for n in range(1, 32)}
    rows = [
        person("สมชาย", "ใจดี", number=pin(1))
        | passed
        | {"i22": "0", "registered": "1", "validated": "1"},
        person("สมหญิง", "ใจดี", number=pin(2)) | passed | {"registered": "1", "validated": "0"},
        person("บุญมี", "มีบุญ", house="2", number=pin(3))
        | passed
        | {"registered": "1", "validated": "1"},
    ]

    applied(upload(as_csv(rows), bmn, cast.wanna, year=2565), cast.wanna)

    poor = Household.objects.get(house_no="1")
    screen = PovertyScreen.objects.get(household=poor)
    assert (poor.bmn_poor, screen.failed_indicators, screen.failed_dimensions) == (
        True,
        [22],
        ["income"],
    )
    assert [p.first_name for p in Person.objects.filter(target_poor=True)] == ["สมชาย"]
    assert Household.objects.get(house_no="2").bmn_poor is False


def test_a_mapping_saved_as_profile_is_offered_for_the_same_columns(cast: Cast) -> None:
    from kaejon.methods.listfiles.mapping import Mapping

    community = source("community", cast.organizations["tao"], cast.wanna)
    rows = [{"คอลัมน์หนึ่ง": "นายสมชาย ใจดี", "คอลัมน์สอง": "12/3", "คอลัมน์สาม": "33010101"}]
    batch = upload(as_csv(rows), community, cast.wanna)
    mapping = Mapping({"คอลัมน์หนึ่ง": "full_name", "คอลัมน์สอง": "house_no", "คอลัมน์สาม": "village_code"})
    lists.set_mapping(batch=batch, mapping=mapping, by=cast.wanna)
    batch.refresh_from_db()
    lists.save_profile(name="แบบชุมชน", batch=batch, by=cast.wanna)

    again = upload(as_csv(rows), community, cast.wanna, year=2568)

    assert again.mapping == mapping.to_json()
    assert applied(again, cast.wanna).counts["outcomes"]["created"] == 1


def test_a_mapping_without_names_or_area_is_refused(cast: Cast) -> None:
    from kaejon.methods.listfiles.mapping import Mapping

    community = source("community", cast.organizations["tao"], cast.wanna)
    batch = upload(as_csv([{"ก": "สมชาย", "ข": "1"}]), community, cast.wanna)

    with pytest.raises(ListFileError) as refusal:
        lists.set_mapping(batch=batch, mapping=Mapping({"ข": "house_no"}), by=cast.wanna)

    assert refusal.value.code == "FIELD_REQUIRED"


def test_search_finds_by_id_exactly_and_by_the_beginning_of_names(cast: Cast, tpmap: Any) -> None:
    applied(upload(as_csv(FAMILY + NEIGHBOURS), tpmap, cast.wanna), cast.wanna)

    everyone = Person.objects.all()
    assert [p.first_name for p in search_people(everyone, pin(4))] == ["บุญมี"]
    assert search_people(everyone, pin(9)).count() == 0
    assert [p.first_name for p in search_people(everyone, "นายสมชาย ใจ")] == ["สมชาย"]
    assert search_people(everyone, "ใจดี").count() == 3
    assert search_people(everyone, "  ").count() == 0


def test_a_discarded_list_keeps_no_file_and_no_rows(cast: Cast, tpmap: Any) -> None:
    from kaejon.apps.sources.files import folder

    batch = staged(upload(as_csv(FAMILY), tpmap, cast.wanna), cast.wanna)

    lists.discard(batch=batch, by=cast.wanna)

    assert not (folder() / batch.stored_as).exists()
    assert SourceRecord.objects.count() == 0
    assert ImportBatch.objects.get().status == "discarded"


def test_what_is_said_about_a_bad_number_hides_it(cast: Cast, tpmap: Any) -> None:
    bad = "1234567890123"

    batch = staged(
        upload(as_csv([*FAMILY, person("ผิด", "เลข", house="6", number=bad)]), tpmap, cast.wanna),
        cast.wanna,
    )

    said = str(list(batch.records.values_list("issues", flat=True)))
    assert "PIN_CHECK_FAILED" in said
    assert bad not in said
    assert bad[-4:] in said


def test_a_list_taken_in_by_the_server_belongs_to_its_one_province(cast: Cast) -> None:
    where = source("tpmap", cast.organizations["province"], cast.operator)

    batch = upload(as_csv(FAMILY), where, cast.operator)

    assert batch.area_id == "33"
