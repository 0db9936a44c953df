"""Reading a raw list into comparable columns."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import JaroWinkler, Levenshtein

from kaejon.methods.errors import DataError
from kaejon.methods.linkage.engines import DuckDBEngine
from kaejon.methods.linkage.prepare import _check_digit_sql, prepare
from kaejon.methods.thai.names import one_byte
from kaejon.methods.thai.national_id import generate, read

from .people import TODAY, Row, columns, loaded, number, person


def prepared(*people: Row) -> list[dict[str, Any]]:
    with loaded(columns(people)) as (engine, names):
        (table,) = prepare(engine, names, today=TODAY)
        found: list[dict[str, Any]] = engine.arrow(f'FROM {table} ORDER BY "row"').to_pylist()
        return found


def one(**facts: str) -> dict[str, Any]:
    return prepared(person("1", **facts))[0]


@pytest.mark.parametrize(
    ("written", "first"),
    [("นายสมชาย", "สมชาย"), ("น.ส. วรรณา", "วรรณา"), ("เด็กหญิงปิ่น", "ปิ่น"), ("ว่าที่ ร.ต.กิตติ", "กิตติ")],
)
def test_a_title_glued_to_the_first_name_is_taken_off(written: str, first: str) -> None:
    assert one(title="", first_name=written)["first"] == first


def test_a_surname_behind_the_first_name_is_used_when_its_own_column_is_empty() -> None:
    row = one(title="", first_name="นายสมชาย ใจดี", last_name="")
    assert (row["first"], row["last"]) == ("สมชาย", "ใจดี")


def test_sex_comes_from_the_title_only_when_its_column_is_empty() -> None:
    assert one(sex="", title="นาง")["sex"] == "F"
    assert one(sex="", title="", first_name="นายสมชาย")["sex"] == "M"
    assert one(sex="หญิง", title="นาย")["sex"] == "F"
    assert one(sex="ไม่ระบุ", title="ดร.")["sex"] is None


def test_the_first_of_january_is_known_only_to_the_year() -> None:
    row = one(birth_date="01/01/2510")
    assert (row["birth_year"], row["birth_month"], row["birth_full"]) == (1967, None, None)
    assert one(birth_date="12 มี.ค. 2510")["birth_full"] == 19670312


@pytest.mark.parametrize("written", ["12/3", "๑๒/๓", "12-3", "บ้านเลขที่ 12/3 ม.4"])
def test_one_house_written_four_ways_has_one_key(written: str) -> None:
    assert one(house_no=written)["home"] == "330101|4|12/3"


def test_a_village_code_in_the_tambon_column_gives_tambon_and_moo() -> None:
    row = one(tambon_code="33010104", moo="")
    assert (row["tambon"], row["moo"]) == ("330101", 4)


def test_a_masked_number_keeps_its_visible_tail_and_is_not_valid() -> None:
    row = one(national_id="X-XXXX-XXXX1-23-4")
    assert (row["nid"], row["nid_head"], row["nid_tail"]) == (None, None, "1234")


def test_spellings_of_one_name_fold_to_one() -> None:
    twins = [
        ("ณัฐพงษ์", "ณัฏฐพงศ์"), ("ณัฐ", "ณัฏฐ์"), ("วรรณา", "วันนา"), ("พรรณี", "พันนี"), ("ศิริ", "สิริ"),
        ("ศักดิ์", "สัก"), ("จันทร์", "จัน"), ("สมมาตร", "สมาตร"), ("ภัทรา", "พัทรา"), ("เเก้ว", "แก้ว"),
        ("นํ้าฝน", "น้ำฝน"), ("สม\u200bชาย", "สมชาย"), ("ธรรมรงค์", "ทำรง"), ("ใจ", "ไจ"),
    ]  # fmt: skip
    first, second = (
        [
            row["first_fold"]
            for row in prepared(
                *(
                    person(f"{n:02d}", title="", first_name=pair[side])
                    for n, pair in enumerate(twins)
                )
            )
        ]
        for side in (0, 1)
    )
    assert first == second
    assert len(set(first)) == len(twins)


def test_a_birth_date_gives_what_is_known_of_it() -> None:
    known = {
        "12/3/2510": (1967, 3, 12), "๑๒ มี.ค. ๒๕๑๐": (1967, 3, 12), "00/03/2510": (1967, 3, None),
        "-/-/2510": (1967, None, None), "xx/03/2510": (1967, 3, None), "2510": (1967, None, None),
        "อายุ 59 ปี": (1967, None, None), "อายุประมาณ 59": (1967, None, None), "ไม่ทราบ": (None,) * 3,
    }  # fmt: skip
    found = prepared(*(person(f"{n:02d}", birth_date=text) for n, text in enumerate(known)))
    assert [(r["birth_year"], r["birth_month"], r["birth_day"]) for r in found] == list(
        known.values()
    )


def test_a_failed_check_digit_is_kept_for_tolerant_comparison_only() -> None:
    good = number(7)
    wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
    row = one(national_id=wrong)
    assert (row["nid"], row["nid_digits"]) == (None, wrong)
    assert one(national_id=good)["nid"] == good


@given(st.lists(st.from_regex(r"[0-9]{12}", fullmatch=True), min_size=1, max_size=20))
@settings(max_examples=20)
def test_the_check_digit_in_sql_is_the_check_digit_in_python(stems: list[str]) -> None:
    numbers = [stem + last for stem in stems for last in (generate(stem)[-1], "0", "5")]
    with DuckDBEngine(memory_limit="200MB", threads=1) as engine:
        values = ", ".join(f"('{n}')" for n in numbers)
        got = engine.rows(f"SELECT n, {_check_digit_sql('n')} FROM (VALUES {values}) t(n)")
    assert all(passed == (read(n).status == "valid") for n, passed in got if n.strip("0"))


THAI = st.text(st.sampled_from("กขคงจชซญณดตทนบปพภมยรลวศษสหอะาิีุู่้์ัแเโ"), min_size=1, max_size=12)


@given(st.lists(st.tuples(THAI, THAI), min_size=1, max_size=30))
@settings(max_examples=25)
def test_distances_on_one_byte_codes_count_thai_characters(pairs: list[tuple[str, str]]) -> None:
    with DuckDBEngine(memory_limit="200MB", threads=1) as engine:
        for a, b in pairs:
            x, y = one_byte(a).replace("'", "''"), one_byte(b).replace("'", "''")
            near, back, edits = engine.rows(
                f"SELECT jaro_winkler_similarity('{x}', '{y}'), jaro_winkler_similarity('{y}', '{x}'),"
                f" levenshtein('{x}', '{y}')"
            )[0]
            assert near == pytest.approx(JaroWinkler.similarity(a, b), abs=5e-4)
            assert near == back
            assert edits == Levenshtein.distance(a, b)


def test_raw_thai_would_make_strangers_look_alike() -> None:
    with DuckDBEngine(memory_limit="200MB", threads=1) as engine:
        raw, coded = engine.rows(
            "SELECT jaro_winkler_similarity('สมชาย', 'วรรณา'),"
            f" jaro_winkler_similarity('{one_byte('สมชาย')}', '{one_byte('วรรณา')}')"
        )[0]
    assert (round(raw, 2), round(coded, 3)) == (0.83, 0.467)


def refusal(*lists: dict[str, list[str]]) -> DataError:
    with loaded(*lists) as (engine, names), pytest.raises(DataError) as refused:
        prepare(engine, names, today=TODAY)
    return refused.value


def test_a_list_without_ids_is_refused() -> None:
    assert refusal({"first_name": ["สมชาย"]}).code == "no_id_column"
    assert refusal(columns([person("1"), person(" ")])).code == "empty_id"


def test_a_repeated_id_is_named() -> None:
    refused = refusal(columns([person("7"), person("7"), person("8")]))
    assert (refused.code, refused.context["examples"]) == ("repeated_id", ["7"])


def test_columns_that_are_all_empty_leave_nothing_to_compare() -> None:
    nothing = columns([{"id": "1"}, {"id": "2"}])
    assert refusal(nothing).code == "nothing_to_compare"
    assert refusal(columns([person("1")]), nothing).code == "nothing_to_compare"


def test_lists_that_share_no_telling_column_are_refused() -> None:
    names_only = {"id": ["1"], "first_name": ["สมชาย"], "last_name": ["ใจดี"]}
    numbers_only = {"id": ["1"], "national_id": [number(1)]}
    assert refusal(names_only, numbers_only).code == "nothing_to_compare"
