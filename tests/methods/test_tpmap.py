"""TPMAP's union rule against the published counts of 2561."""

import json
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaejon.methods import tpmap
from kaejon.methods.definitions import bmn
from kaejon.methods.errors import DataError, UsageError

VECTORS = Path(__file__).parents[1] / "vectors"
FILES = json.loads((VECTORS / "tpmap_2561.json").read_text(encoding="utf-8"))
COUNTRY = FILES["country"]
FORM = json.loads((VECTORS / "bmn_indicators.json").read_text(encoding="utf-8"))[
    "version_2560_2564"
]
MAPPING = tpmap.definition()
BMN = bmn.load()
PASSED = {f"i{no}": "1" for no in range(1, 32)}


def person(household, number, flags="11", **cells):
    row = {
        "household_id": household,
        "person_id": number,
        "registered": flags[0],
        "validated": flags[1],
    }
    return {**row, **PASSED, **cells}


def failing(mask):
    """Cells that fail one indicator of every dimension in a mask such as "01001"."""
    dims = [dim for dim, bit in zip(MAPPING.dimensions, mask, strict=True) if bit == "1"]
    return {f"i{dim.indicators[0]}": "0" for dim in dims}


def expanded(cells, divisor):
    """Persons for every joint cell, in households of up to three, and the counts used."""
    rows, used = [], {}
    for mask, count in cells.items():
        used[mask] = count // divisor
        rows += [person(f"{mask}-{n // 3}", n, **failing(mask)) for n in range(used[mask])]
    return rows, used


def test_dimensions_and_their_indicators_are_the_published_ones():
    assert [dim.code for dim in MAPPING.dimensions] == FILES["mask_order"]
    published = FILES["dimension_indicators_2560_2564"]
    assert {dim.code: list(dim.indicators) for dim in MAPPING.dimensions} == published


def test_the_form_has_the_published_indicators_categories_and_threshold():
    assert [i.th for i in BMN.indicators] == [entry["th"] for entry in FORM["indicators"]]
    names = {category.code: category.th for category in BMN.categories}
    for indicator, entry in zip(BMN.indicators, FORM["indicators"], strict=True):
        assert (indicator.no, names[indicator.category]) == (entry["no"], entry["category"])
        assert indicator.dimension == entry["tpmap_dimension"]
        owner = MAPPING.dimension_of(indicator.no)
        assert indicator.dimension == (owner.code if owner else None)
        assert bool(indicator.pass_when) == (entry["rule"] is not None)
        assert indicator.en
    sizes = {
        names[c.code]: sum(i.category == c.code for i in BMN.indicators) for c in BMN.categories
    }
    assert sizes == FORM["categories"]
    assert BMN.income_threshold == FORM["income_threshold_baht_per_person_year"] == 38000


def test_who_an_indicator_asks_about_follows_the_form():
    assert [i.no for i in BMN.indicators if i.about_members and i.applies_at(70)] == [
        6,
        7,
        17,
        18,
        21,
        24,
        25,
        26,
        27,
        28,
        29,
    ]
    assert BMN.indicator(16).applies_at(6)
    assert not BMN.indicator(16).applies_at(15)
    assert not BMN.indicator(8).about_members


@pytest.mark.parametrize(
    ("name", "total"), [("target_poor", "target_poor"), ("bmn_poor", "bmn_poor_persons")]
)
def test_joint_cells_of_the_country_give_the_published_counts_by_dimension(name, total):
    cells = COUNTRY[f"joint_{name}"]
    sums, persons = dict.fromkeys(FILES["mask_order"], 0), 0
    for mask, count in cells.items():
        document = tpmap.count_table([person("h", "1", **failing(mask))])
        persons += count * document[total]
        for dim, failed in document["target_poor_by_dim"].items():
            sums[dim] += count * failed
    assert persons == COUNTRY[total]
    if name == "target_poor":
        assert sums == COUNTRY["target_poor_by_dim"]
    else:
        assert sums == COUNTRY["af_equal_dim_weights_bmn_poor"]["1"]["censored"]


def test_a_scaled_country_of_persons_is_counted_cell_by_cell():
    rows, used = expanded(COUNTRY["joint_target_poor"], 500)
    rows += [person(f"ok-{n}", n, flags="01"[n % 2] + "0") for n in range(500)]
    document = tpmap.count_table(rows)
    assert document["target_poor"] == sum(used.values()) == document["bmn_poor_persons"]
    for place, dim in enumerate(FILES["mask_order"]):
        assert document["target_poor_by_dim"][dim] == sum(
            n for m, n in used.items() if m[place] == "1"
        )
    assert document["rate_pct"] == 100 * document["target_poor"] / len(rows)


def test_the_published_rate_is_target_poor_over_all_persons():
    assert 100 * COUNTRY["target_poor"] / COUNTRY["persons"] == pytest.approx(
        COUNTRY["rate_pct_published"], rel=1e-12
    )
    for province in FILES["provinces"]:
        assert 100 * province["target_poor"] / province["persons"] == pytest.approx(
            province["rate_pct"], rel=1e-6
        )


def test_one_members_failure_makes_every_member_poor():
    rows = [
        person("h", "1", "11", i16="0"),
        person("h", "2", "10"),
        person("h", "3", "00"),
        person("k", "1"),
    ]
    assert tpmap.count_table(rows) == {
        "households": 2,
        "persons": 4,
        "bmn_poor_households": 1,
        "bmn_poor_persons": 3,
        "bmn_poor_by_dim": {
            "health": 0,
            "living": 0,
            "education": 3,
            "income": 0,
            "accessibility": 0,
        },
        "bmn_poor_and_registered": 2,
        "target_poor": 1,
        "target_poor_by_dim": {
            "health": 0,
            "living": 0,
            "education": 1,
            "income": 0,
            "accessibility": 0,
        },
        "rate_pct": 25.0,
    }


@given(st.dictionaries(st.integers(1, 31), st.sampled_from([0, 1, None, True, False])))
def test_a_dimension_fails_exactly_when_one_of_its_indicators_does(indicators):
    failed = {no for no, passed in indicators.items() if passed is not None and not passed}
    expected = tuple(
        c for c, nos in FILES["dimension_indicators_2560_2564"].items() if failed & set(nos)
    )
    assert tpmap.failed_dimensions(indicators) == expected
    assert tpmap.is_bmn_poor(indicators) == bool(expected)
    assert tpmap.failed_indicators([indicators, {}]) == failed


@pytest.mark.parametrize("no", [no for no in range(1, 32) if not MAPPING.dimension_of(no)])
def test_an_indicator_outside_the_dimensions_makes_nobody_poor(no):
    assert tpmap.count_table([person("h", "1", **{f"i{no}": "0"})])["bmn_poor_persons"] == 0


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 31)), min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_the_order_of_persons_changes_nothing(failures, shuffler):
    rows = [
        person(household, str(n), **{f"i{no}": "0"}) for n, (household, no) in enumerate(failures)
    ]
    assert tpmap.count_table(rows) == tpmap.count_table(shuffler.sample(rows, len(rows)))


def test_target_poor_needs_all_three_conditions():
    assert [c for c in product([True, False], repeat=3) if tpmap.is_target_poor(*c)] == [
        (True, True, True)
    ]


def test_empty_means_not_applicable_and_unused_columns_may_be_absent():
    row = person("h", "1", **{f"i{no}": "" for no in range(1, 32)})
    assert tpmap.count_table([row])["bmn_poor_households"] == 0
    assert tpmap.count_table([{name: row[name] for name in tpmap.columns_needed()}])["persons"] == 1


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ({"i4": "2"}, "row 3, column i4"),
        ({"i2": "ผ่าน"}, "row 3, column i2"),
        ({"registered": ""}, "row 3, column registered"),
        ({"validated": ""}, "row 3, column validated"),
        ({"validated": "ใช่"}, "row 3, column validated"),
        ({"household_id": ""}, "row 3, column household_id"),
        ({"person_id": " "}, "row 3, column person_id"),
        ({"person_id": "1"}, "row 3, column person_id: 1 is already in row 2"),
    ],
)
def test_an_unusable_cell_is_refused_by_row_and_column(cells, where):
    with pytest.raises(DataError, match=where):
        tpmap.count_table([person("h", "1"), person("h", "2", **cells)])


def test_a_table_without_rows_and_an_unknown_definition_are_refused():
    with pytest.raises(DataError, match="no rows"):
        tpmap.count_table([])
    with pytest.raises(UsageError, match="kind five_capitals"):
        tpmap.definition("five_capitals_ppp_2568")
    with pytest.raises(UsageError, match="no definition named"):
        tpmap.definition("tpmap_9999")
