"""Five capitals: published weights and boundaries, exact sums, unusable cells."""

import json
import random
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaejon.methods import capitals
from kaejon.methods.definitions import five_capitals
from kaejon.methods.errors import DataError, UsageError

VECTOR = json.loads(
    (Path(__file__).parents[2] / "vectors/five_capitals.json").read_text(encoding="utf-8"),
    parse_float=Decimal,
)
PPP = capitals.definition()
CODES = capitals.columns_needed(PPP)
SCORES = st.sampled_from([Decimal(n) / 4 for n in range(4, 17)])


@st.composite
def tables(draw):
    """Rows of one to four households with one to three person rows each."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    choices = st.one_of(SCORES, SCORES, SCORES, st.none())
    seed = draw(st.lists(choices, min_size=5, max_size=5))
    rows = []
    for household, size in enumerate(sizes):
        for person in range(size):
            row = {code: seed[(i * 7 + person + household) % 5] for i, code in enumerate(CODES)}
            rows.append({"household_id": f"h{household}", "person_id": f"{person}", **row})
    return rows


def every_item(score):
    return {code: [Decimal(score)] for code in CODES}


UNCERTAIN_PAIRS = {
    ("physical_7", "physical_8"): "0.2",
    ("natural_6", "natural_8"): "0.2",
    ("social_1", "social_2"): "0.15",
    ("social_6", "social_8"): "0.2",
}


def test_items_and_weights_are_the_published_ones():
    for capital, published in VECTOR["items"].items():
        items = [item for item in PPP.items if item.capital == capital]
        assert [item.th for item in items] == [entry["item_th"] for entry in published]
        for item, entry in zip(items, published, strict=True):
            if entry["weight"] is None:
                assert item.provisional
            else:
                assert item.weight == Fraction(entry["weight"])
                assert not item.provisional


def test_the_four_uncertain_pairs_share_their_known_sum_equally():
    published = {name.split()[0]: str(s) for name, s in VECTOR["unidentified_weight_sums"].items()}
    assert {code[0].split("_")[0] for code in UNCERTAIN_PAIRS} == set(published)
    assert sorted(UNCERTAIN_PAIRS.values()) == sorted(
        str(total) for total in VECTOR["unidentified_weight_sums"].values()
    )
    for pair, total in UNCERTAIN_PAIRS.items():
        assert [PPP.item(code).weight for code in pair] == [Fraction(total) / 2] * 2


def test_the_definition_is_provisional_and_labelled_in_both_languages():
    assert PPP.provisional
    assert [item.code for item in PPP.person_items] == [f"human_{n}" for n in range(1, 7)]
    assert all(entry.th and entry.en for entry in (*PPP.items, *PPP.capitals, *PPP.levels))
    assert [level.th for level in PPP.levels] == ["อยู่ลำบาก", "อยู่ยาก", "อยู่พอได้", "อยู่ดี"]


@pytest.mark.parametrize(("score", "level"), VECTOR["level_boundary_cases"])
def test_published_boundary_cases_have_their_level(score, level):
    assert capitals.level_of(Decimal(score), PPP) == level


@given(st.integers(10**6, 4 * 10**6))
def test_a_level_starts_exactly_at_its_boundary(millionths):
    score = Fraction(millionths, 10**6)
    expected = 1 + sum(score >= b for b in (Fraction(7, 4), Fraction(5, 2), Fraction(13, 4)))
    assert capitals.level_of(score, PPP) == expected
    assert capitals.level_of(Fraction(7, 4) - Fraction(1, 10**30), PPP) == 1


def test_the_published_case_is_reproduced_exactly():
    case = VECTOR["synthetic_case"]
    items = {
        f"{capital}_{place}": [Decimal(score)]
        for capital in ("human", "financial")
        for place, score in enumerate(case[capital], 1)
    }
    found = capitals.score_household(items, PPP)
    assert found.capitals["human"] == Fraction(case["expected_human"])
    assert found.capitals["financial"] == Fraction(case["expected_financial"])
    assert (found.capitals["social"], found.overall, found.level) == (None, None, None)


def test_person_items_are_averaged_over_the_members():
    items = every_item(2) | {"human_1": [Decimal(1), Decimal(2), Decimal(4)]}
    found = capitals.score_household(items, PPP)
    assert found.capitals["human"] == 2 + (Fraction(7, 3) - 2) * Fraction(1, 5)


@pytest.mark.parametrize(("boundary", "level"), [("1.75", 2), ("2.5", 3), ("3.25", 4)])
def test_a_household_exactly_on_a_boundary_is_on_its_upper_side(boundary, level):
    found = capitals.score_household(every_item(boundary), PPP)
    assert (found.level, set(found.levels.values())) == (level, {level})
    row = capitals.score_table(
        [{"household_id": "h", **dict.fromkeys(CODES, boundary)}], PPP
    ).as_document()["rows"][0]
    assert (row["level"], row["overall"]) == (level, float(boundary))


def test_float_sums_would_flip_levels_that_exact_sums_keep():
    draw = random.Random(5)
    rows = [{"household_id": str(n), **{c: draw.choice("1234") for c in CODES}} for n in range(600)]
    weights = {item.code: float(item.weight) for item in PPP.items}
    flips = 0
    for row, scored in zip(
        rows, capitals.score_table(rows, PPP).as_document()["rows"], strict=True
    ):
        for capital in PPP.capitals:
            exact = sum((item.weight * int(row[item.code]) for item in capital.items), Fraction())
            assert scored["levels"][capital.code] == capitals.level_of(exact, PPP)
            naive = sum(weights[item.code] * float(row[item.code]) for item in capital.items)
            flips += (
                1 + sum(naive >= b for b in (1.75, 2.5, 3.25)) != scored["levels"][capital.code]
            )
    assert flips > 0


@settings(max_examples=40)
@given(tables())
def test_a_table_gives_what_each_household_gives_alone(rows):
    document = capitals.score_table(rows, PPP).as_document()
    for scored in document["rows"]:
        own = [row for row in rows if row["household_id"] == scored["household_id"]]
        alone = capitals.score_household({c: [row[c] for row in own] for c in CODES}, PPP)
        assert (scored["level"], scored["levels"]) == (alone.level, alone.levels)
        for code, exact in (*alone.capitals.items(), ("overall", alone.overall)):
            assert scored[code] == (None if exact is None else exact.numerator / exact.denominator)


@settings(max_examples=40)
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, shuffler):
    shuffled = shuffler.sample(rows, len(rows))
    before, after = (capitals.score_table(r, PPP).as_document() for r in (rows, shuffled))
    assert before["summary"] == after["summary"]
    key = lambda row: row["household_id"]  # noqa: E731
    assert sorted(before["rows"], key=key) == sorted(after["rows"], key=key)


@settings(max_examples=40)
@given(tables())
def test_the_summary_counts_every_scored_household_once(rows):
    document = capitals.score_table(rows, PPP).as_document()
    for code, counts in document["summary"]["counts"].items():
        scored = [row[code] for row in document["rows"] if row[code] is not None]
        assert sum(counts.values()) == len(scored)
        mean = document["summary"]["means"][code]
        assert mean is None if not scored else mean == pytest.approx(sum(scored) / len(scored))


def test_a_missing_item_empties_its_capital_and_the_overall_score():
    rows = [{"household_id": "h", **dict.fromkeys(CODES, "2"), "natural_3": ""}]
    row = capitals.score_table(rows, PPP).as_document()["rows"][0]
    assert (row["natural"], row["overall"], row["level"], row["levels"]["natural"]) == (None,) * 4
    assert row["human"] == 2.0


def test_all_cells_missing_leaves_undefined_means_and_no_counts():
    rows = [{"household_id": "h", **dict.fromkeys(CODES, "")}]
    summary = capitals.score_table(rows, PPP).as_document()["summary"]
    assert set(summary["means"].values()) == {None}
    assert all(not any(counts.values()) for counts in summary["counts"].values())


def test_numbers_texts_and_thai_digits_score_alike():
    spellings = ["2.5", "๒.๕", " 2.50 ", 2.5, Decimal("2.5"), "25e-1"]
    rows = [{"household_id": str(n), **dict.fromkeys(CODES, s)} for n, s in enumerate(spellings)]
    assert {row["overall"] for row in capitals.score_table(rows, PPP).as_document()["rows"]} == {
        2.5
    }


@pytest.mark.parametrize(
    "cell",
    ["0", "5", "4.0001", "0.9999", "-1", "NaN", "inf", "ดี", "1,5", "²", "1e-99", float("nan")],
)
def test_a_cell_that_is_no_score_is_refused_by_row_and_column(cell):
    rows = [{"household_id": str(n), **dict.fromkeys(CODES, "2")} for n in range(3)]
    rows[1]["physical_4"] = cell
    with pytest.raises(DataError, match="row 3, column physical_4") as refusal:
        capitals.score_table(rows, PPP)
    assert refusal.value.context["count"] == 1
    assert refusal.value.remedy


def test_many_bad_cells_are_counted_and_the_first_are_listed():
    rows = [{"household_id": str(n), **dict.fromkeys(CODES, "9")} for n in range(3)]
    with pytest.raises(DataError, match="and 91 more") as refusal:
        capitals.score_table(rows, PPP)
    assert refusal.value.context["count"] == 3 * 37


def test_rows_need_a_household_and_persons_may_not_repeat():
    good = {"household_id": "h", "person_id": "1", **dict.fromkeys(CODES, "2")}
    with pytest.raises(DataError, match="row 2, column household_id"):
        capitals.score_table([{**good, "household_id": " "}], PPP)
    with pytest.raises(DataError, match="row 3, column person_id: 1 is already in row 2"):
        capitals.score_table([good, good], PPP)
    with pytest.raises(DataError, match="no rows"):
        capitals.score_table([], PPP)


@pytest.mark.parametrize(
    "score", [Decimal("0.99"), Decimal("4.01"), Decimal("NaN"), Decimal("Infinity")]
)
def test_a_score_outside_the_scale_is_refused(score):
    with pytest.raises(DataError, match="outside 1-4"):
        capitals.score_household({"human_1": [score]}, PPP)


def test_an_inexact_or_unknown_input_is_refused():
    with pytest.raises(TypeError, match="exact"):
        capitals.level_of(2.5, PPP)
    with pytest.raises(DataError, match="no item luck_1"):
        capitals.score_household({"luck_1": [Decimal(2)]}, PPP)


def test_low_items_name_the_member_for_questions_each_member_answers():
    items = every_item(3) | {"human_5": [Decimal(4), Decimal(1)], "financial_4": [Decimal(1)]}
    found = capitals.low_items(items, PPP)
    assert [(low.item.code, low.member) for low in found] == [("human_5", 1), ("financial_4", None)]
    assert len(capitals.low_items(every_item(3), PPP, at_most=3)) == 37


def definition_file(folder, **changes):
    text = """
name = "tiny"
kind = "five_capitals"
title_th = "ทดสอบ"
title_en = "Test"
unit = "score"
survey_years_be = [2569]
issued = "2026"
source = "test"
score_min = "1"
score_max = "4"
levels = [{ level = 1, from = "LEVEL", th = "ก", en = "a" }, { level = 2, from = "2.5", th = "ข", en = "b" }]
[[capitals]]
code = "human"
th = "ทุน"
en = "Capital"
items = [{ code = "human_1", th = "ก", en = "a", of = "person", weight = "WEIGHT" }]
"""
    for name, value in {"WEIGHT": "1", "LEVEL": "1", **changes}.items():
        text = text.replace(name, value)
    path = folder / "tiny.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_definition_of_ones_own_scores_a_table(tmp_path):
    five_capitals.load.cache_clear()
    own = capitals.definition(definition_file(tmp_path))
    document = capitals.score_table([{"household_id": "h", "human_1": "3"}], own).as_document()
    assert document["rows"][0]["level"] == 2
    assert document["definition"] == "tiny"


@pytest.mark.parametrize(
    "changes",
    [{"WEIGHT": "0.9"}, {"LEVEL": "2"}, {"LEVEL": "2.5"}, {"WEIGHT": "x"}, {'of = "person"': ""}],
)
def test_a_faulty_definition_is_refused(tmp_path, changes):
    five_capitals.load.cache_clear()
    path = definition_file(tmp_path, **changes)
    with pytest.raises(UsageError):
        capitals.definition(path)
