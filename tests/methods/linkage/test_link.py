"""Matching whole lists: quality, symmetry, decisions, bad and strange input."""

from __future__ import annotations

import random
from typing import Any

import pytest

from kaejon.methods.errors import DataError
from kaejon.methods.linkage.evaluate import quality
from kaejon.methods.linkage.link import LinkResult, PairDecision, link

from .people import TODAY, Row, bands, columns, loaded, match, number, person, rows, synthetic

PEOPLE = 4_000


@pytest.fixture(scope="module")
def lists() -> tuple[dict[str, list[str]], dict[str, list[str]], Any]:
    return synthetic(PEOPLE, seed=2026)


@pytest.fixture(scope="module")
def linked(lists: Any) -> LinkResult:
    return match(lists[0], lists[1])


def sure(result: LinkResult) -> Any:
    import pyarrow.compute as pc

    return result.pairs.filter(pc.equal(result.pairs.column("band"), "sure"))


def test_sure_pairs_hold_the_promised_quality(lists: Any, linked: LinkResult) -> None:
    found = quality(sure(linked), lists[2])
    assert found.precision is not None
    assert found.precision >= 0.998
    assert found.f1 is not None
    assert found.f1 >= 0.993


def test_without_any_national_id_most_people_are_still_found() -> None:
    left, right, truth = synthetic(PEOPLE, seed=77, profile="no-id")
    found = quality(sure(match(left, right)), truth)
    assert found.precision is not None
    assert found.precision >= 0.997
    assert found.recall is not None
    assert found.recall >= 0.95


def test_few_pairs_are_left_for_people(linked: LinkResult) -> None:
    assert linked.count("ask") <= 0.01 * linked.count("sure")


def test_sure_pairs_are_one_to_one(linked: LinkResult) -> None:
    taken = sure(linked)
    for end in ("left_id", "right_id"):
        assert len(set(taken.column(end).to_pylist())) == len(taken)


def test_exact_lanes_are_certain_and_named(linked: LinkResult) -> None:
    lanes = {row["lane"]: row["probability"] for row in rows(linked) if row["lane"]}
    assert lanes == {"same_id_same_person": 1.0, "same_name_same_date": 1.0}


def test_swapping_the_lists_swaps_the_pairs(lists: Any, linked: LinkResult) -> None:
    swapped = match(lists[1], lists[0])
    assert {(r["right_id"], r["left_id"], r["probability"], r["band"]) for r in rows(swapped)} == {
        (r["left_id"], r["right_id"], r["probability"], r["band"]) for r in rows(linked)
    }


def shuffled(values: dict[str, list[str]], seed: int) -> dict[str, list[str]]:
    order = list(range(len(values["id"])))
    random.Random(seed).shuffle(order)
    return {name: [cells[place] for place in order] for name, cells in values.items()}


def test_the_order_of_rows_changes_nothing_and_a_run_repeats_exactly(
    lists: Any, linked: LinkResult
) -> None:
    again = match(shuffled(lists[0], 1), shuffled(lists[1], 2))
    assert again.pairs.equals(linked.pairs)


def two(left: Row, right: Row) -> str | None:
    """Band of the only possible pair."""
    return bands(match(columns([left]), columns([right]))).get((left["id"], right["id"]))


def test_two_lists_of_one_row_can_be_matched() -> None:
    assert two(person("a", national_id=number(1)), person("b", national_id=number(1))) == "sure"
    assert (
        two(
            person("a"),
            person(
                "b",
                first_name="วรรณา",
                last_name="แสงจันทร์",
                birth_date="2530",
                sex="หญิง",
                house_no="99",
                tambon_code="330205",
            ),
        )
        is None
    )


def test_a_shared_number_with_another_name_and_year_is_not_proof() -> None:
    head = person("head", national_id=number(1), birth_date="12/3/2490")
    son = person("son", first_name="วีระ", national_id=number(1), birth_date="1/8/2533")
    assert two(head, son) != "sure"


def test_a_person_whose_name_is_misspelt_at_the_same_house_is_found() -> None:
    left = person("a", first_name="ณัฐพงษ์", birth_date="12/3/2510")
    right = person("b", first_name="ณัฏฐพงศ์", birth_date="12/3/2510")
    others = [
        person(
            f"x{n}",
            first_name=name,
            last_name=f"อื่น{name}",
            birth_date=f"{n + 2}/5/25{n}0",
            house_no=str(50 + n),
        )
        for n, name in enumerate(["มานะ", "ปิติ", "ชูใจ"], start=1)
    ]
    assert bands(match(columns([left, *others]), columns([right])))["a", "b"] == "sure"


def test_two_equally_good_candidates_are_never_decided_by_who_came_first() -> None:
    left = [person("a", birth_date="2510")]
    right = [person("b1", birth_date="2510"), person("b2", birth_date="2510")]
    found = bands(match(columns(left), columns(right)))
    assert "sure" not in found.values()
    assert set(found) == {("a", "b1"), ("a", "b2")}


@pytest.mark.parametrize("turned", [False, True], ids=["two left", "two right"])
def test_one_row_is_never_surely_two_rows_of_the_other_list(turned: bool) -> None:
    # The same person under the same number twice in one list: the exact lane must not take both.
    twins = [person("a1", national_id=number(1)), person("a2", national_id=number(1))]
    single = [person("b", national_id=number(1))]
    lists = (single, twins) if turned else (twins, single)
    result = bands(match(*map(columns, lists)))
    assert list(result.values()).count("sure") <= 1
    lanes = match(*map(columns, lists)).pairs.column("probability").to_pylist()
    assert 1.0 not in lanes


def test_swapped_first_and_last_names_are_recognised() -> None:
    right = person("b", first_name="ทองดี", last_name="สมศักดิ์", title="")
    assert two(person("a"), right) == "sure"


def test_decided_pairs_are_kept_whatever_the_evidence_says() -> None:
    left, right = columns([person("a")]), columns([person("b")])
    assert bands(match(left, right)) == {("a", "b"): "sure"}
    apart = PairDecision("a", "b", same=False)
    assert bands(match(left, right, decisions=[apart])) == {}
    stranger = columns(
        [
            person(
                "b",
                first_name="วรรณา",
                last_name="แก้วใส",
                birth_date="2540",
                sex="หญิง",
                house_no="7",
            )
        ]
    )
    together = PairDecision("a", "b", same=True)
    (row,) = rows(match(left, stranger, decisions=[together]))
    assert (row["band"], row["probability"], row["lane"]) == ("sure", 1.0, "decided_same")


def test_contradicting_decisions_are_refused() -> None:
    left, right = columns([person("a")]), columns([person("b"), person("c")])
    for pair in (
        [PairDecision("a", "b", same=True), PairDecision("a", "b", same=False)],
        [PairDecision("a", "b", same=True), PairDecision("a", "c", same=True)],
    ):
        with pytest.raises(DataError) as refused:
            match(left, right, decisions=pair)
        assert refused.value.code == "contradicting_decisions"


def test_within_one_list_each_pair_is_told_once() -> None:
    twice = [
        person("a", national_id=number(1)),
        person("b", national_id=number(1)),
        person("c", national_id=number(1)),
    ]
    found = bands(
        match(
            columns(
                [
                    *twice,
                    person(
                        "d",
                        first_name="มานี",
                        last_name="ใจงาม",
                        birth_date="3/4/2550",
                        sex="หญิง",
                        house_no="5",
                    ),
                ]
            )
        )
    )
    assert found == {("a", "b"): "sure", ("a", "c"): "sure", ("b", "c"): "sure"}


def test_duplicates_within_one_list_are_found() -> None:
    left, right, truth = synthetic(1_500, seed=5)
    together = {name: left[name] + right[name] for name in left}
    found = quality(sure(match(together)), truth)
    assert found.precision is not None
    assert found.precision >= 0.99
    assert found.recall is not None
    assert found.recall >= 0.97


def test_ten_thousand_people_of_one_name_are_no_trouble() -> None:
    crowd = [person(f"p{n:05d}", national_id=number(n), birth_date="") for n in range(10_000)]
    nameless = [dict(p, national_id="") for p in crowd]
    assert match(columns(crowd), columns(crowd)).count("sure") == 10_000
    unknown = match(columns(nameless), columns(nameless))
    assert (unknown.count("sure"), unknown.count("ask")) == (0, 0)
    assert unknown.notes


def test_every_column_but_the_names_may_be_absent() -> None:
    bare = {"id": ["1", "2"], "first_name": ["สมชาย", "มานี"], "last_name": ["ใจดี", "รักไทย"]}
    found = bands(match(bare, bare))
    assert set(found) <= {("1", "1"), ("2", "2")}


def test_one_engine_serves_several_jobs_of_both_kinds() -> None:
    two_rows = columns([person("a", national_id=number(1)), person("b", national_id=number(1))])
    with loaded(two_rows, two_rows) as (engine, names):
        within = link(engine, names[0], today=TODAY)
        between = link(engine, names[0], names[1], today=TODAY)
        again = link(engine, names[0], today=TODAY)
    assert bands(within) == bands(again) == {("a", "b"): "sure"}
    assert between.left == between.right == 2


def test_text_that_looks_like_sql_is_only_text() -> None:
    odd = "x'); DROP TABLE people_0; --"
    result = match(columns([person(odd, first_name=odd)]), columns([person(odd, first_name=odd)]))
    assert bands(result) == {(odd, odd): "sure"}
