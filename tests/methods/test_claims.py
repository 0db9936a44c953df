"""Dated claims become one present value; true disagreements stay visible."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods.claims import Claim, conflicts, present

OLD, NEW = date(2023, 9, 30), date(2025, 9, 30)


def claim(
    as_of: date = OLD,
    rank: int = 50,
    order: int = 1,
    source: str = "a",
    check: bool = False,
    **facts: Any,
) -> Claim:
    return Claim(facts, as_of, rank, order, check, source)


def test_the_later_date_wins() -> None:
    assert present([claim(NEW, sex="F"), claim(OLD, sex="M", order=9)])["sex"] == "F"


def test_of_the_same_date_the_lower_rank_wins() -> None:
    assert present([claim(rank=40, phone="1"), claim(rank=10, phone="2")])["phone"] == "2"


def test_of_the_same_date_and_rank_the_claim_made_last_wins() -> None:
    assert present([claim(order=1, phone="1"), claim(order=2, phone="2")])["phone"] == "2"


def test_a_field_check_wins_over_any_list() -> None:
    assert present([claim(NEW, rank=1, sex="F"), claim(OLD, check=True, sex="M")])["sex"] == "M"


def test_a_blank_never_wins_over_a_value() -> None:
    assert present([claim(NEW, phone=""), claim(OLD, phone="081")])["phone"] == "081"


def test_name_parts_are_never_mixed_from_two_claims() -> None:
    told = present(
        [
            claim(NEW, first_name="สมหญิง", last_name=""),
            claim(OLD, first_name="สมชาย", last_name="ใจดี", title="นาย"),
        ]
    )
    assert (told["title"], told["first_name"], told["last_name"]) == ("", "สมหญิง", "")


def test_a_full_birth_date_of_the_same_year_completes_a_year() -> None:
    year = claim(NEW, birth_date="1967-01-01", birth_precision="year")
    day = claim(OLD, birth_date="1967-03-12", birth_precision="day")
    assert present([year, day])["birth_date"] == "1967-03-12"
    other = claim(OLD, birth_date="1966-03-12", birth_precision="day")
    assert present([year, other])["birth_date"] == "1967-01-01"


def test_a_field_check_that_knows_only_the_year_stands() -> None:
    check = claim(OLD, check=True, birth_date="1967-01-01", birth_precision="year")
    listed = claim(NEW, birth_date="1967-01-01", birth_precision="day")
    assert present([check, listed])["birth_precision"] == "year"


def test_homophones_of_one_name_are_no_conflict() -> None:
    assert not conflicts(
        [
            claim(source="a", name_key="ณัฐพงษ์|ใจดี", first_name="ณัฐพงษ์"),
            claim(source="b", name_key="ณัฏฐพงศ์|ใจดี", first_name="ณัฏฐพงศ์"),
        ]
    )


def test_different_names_are_a_conflict_with_the_winner_first() -> None:
    [found] = conflicts(
        [
            claim(OLD, source="a", name_key="สมชาย|ใจดี", first_name="สมชาย", last_name="ใจดี"),
            claim(NEW, source="b", name_key="บุญมี|ใจดี", first_name="บุญมี", last_name="ใจดี"),
        ]
    )
    assert (found.fact, [value for value, _ in found.values]) == ("name", ["บุญมี ใจดี", "สมชาย ใจดี"])


def test_a_year_told_from_an_age_may_be_one_off() -> None:
    exact = claim(source="a", birth_date="1967-03-12", birth_precision="day")
    assert not conflicts(
        [exact, claim(source="b", birth_date="1968-01-01", birth_precision="year")]
    )
    assert conflicts([exact, claim(source="b", birth_date="1969-01-01", birth_precision="year")])


def test_a_tambon_does_not_contradict_its_village() -> None:
    assert not conflicts([claim(source="a", area="330101"), claim(source="b", area="33010104")])
    assert conflicts([claim(source="a", area="33010103"), claim(source="b", area="33010104")])


def test_a_list_that_corrected_itself_does_not_disagree_with_itself() -> None:
    assert not conflicts([claim(OLD, source="a", sex="M"), claim(NEW, source="a", sex="F")])


def test_of_a_list_that_corrected_itself_the_newer_claim_is_compared() -> None:
    corrected = [claim(OLD, source="a", order=2, sex="M"), claim(NEW, source="a", order=1, sex="F")]
    for claims_of_a in (corrected, corrected[::-1]):
        assert not conflicts([*claims_of_a, claim(source="b", sex="F")])
        assert conflicts([*claims_of_a, claim(source="b", sex="M")])


def test_of_one_day_the_claim_made_last_is_compared() -> None:
    twice = [claim(source="a", order=1, sex="M"), claim(source="a", order=2, sex="F")]
    for claims_of_a in (twice, twice[::-1]):
        assert not conflicts([*claims_of_a, claim(source="b", sex="F")])


def test_a_field_check_settles_what_it_states() -> None:
    lists = [claim(source="a", sex="M", area="330101"), claim(source="b", sex="F", area="330102")]
    settled = claim(NEW, source="field", check=True, sex="F")
    assert [c.fact for c in conflicts([*lists, settled])] == ["area"]


claims = st.lists(
    st.builds(
        lambda as_of, rank, check, sex, phone: (as_of, rank, check, sex, phone),
        st.sampled_from([OLD, NEW]),
        st.integers(1, 3),
        st.booleans(),
        st.sampled_from(["", "M", "F"]),
        st.sampled_from(["", "1", "2"]),
    ),
    max_size=6,
)


@given(claims, st.randoms())
def test_the_order_in_which_claims_are_given_does_not_matter(rows: list[Any], random: Any) -> None:
    made = [
        claim(as_of, rank, order, f"s{order}", check, sex=sex, phone=phone)
        for order, (as_of, rank, check, sex, phone) in enumerate(rows)
    ]
    shuffled = random.sample(made, len(made))
    assert present(shuffled) == present(made)
    assert [c.fact for c in conflicts(shuffled)] == [c.fact for c in conflicts(made)]
