"""What must hold for any table, checked on random ones against a slow oracle."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaejon.methods import alkire_foster
from kaejon.methods.engine import Engine, open_engine
from tests.methods.alkire_foster import oracle

WEIGHT_SETS = [
    ["1/2", "1/3", "1/6"],
    [0.25, 0.25, 0.5],
    ["1/3", "1/3", "1/3"],
    [0.15, 0.2, 0.65],
    ["1/7", "2/7", "4/7"],
]
K_VALUES = ["1/6", "1/3", "1/2", 0.65, "6/7", 1]


@pytest.fixture(scope="module")
def engine() -> Engine:
    with open_engine() as opened:
        yield opened


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[int]]:
    count = draw(st.integers(1, 25))
    column = st.lists(st.integers(1, 4), min_size=count, max_size=count)
    data = {name: draw(column) for name in ("a", "b", "c")}
    data["size"] = draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))
    data["area"] = draw(st.lists(st.integers(1, 3), min_size=count, max_size=count))
    return data


def spec(weights: list[object], k: object) -> dict[str, object]:
    return {
        "indicators": [
            {"name": n, "column": n, "cutoff": cutoff, "weight": w, "dimension": d}
            for n, cutoff, w, d in zip("abc", (2, 3, 4), weights, ("x", "x", "y"), strict=True)
        ],
        "k": k,
        "household_size": "size",
        "by": ["area"],
    }


random_measures = given(
    data=tables(), weights=st.sampled_from(WEIGHT_SETS), k=st.sampled_from(K_VALUES)
)


@settings(max_examples=40)
@random_measures
def test_agrees_with_the_oracle(
    engine: Engine, data: dict[str, list[int]], weights: list[object], k: object
) -> None:
    found = alkire_foster.measure(data, spec(weights, k), engine=engine)
    exact = [i.weight for i in found.spec.indicators]
    rows = [list(row) for row in zip(data["a"], data["b"], data["c"], strict=True)]
    wanted = oracle.measure(rows, [2, 3, 4], exact, found.spec.k_values[0], data["size"])
    headline = found.headline(found.spec.k_values[0])
    assert headline.incidence.value == pytest.approx(float(wanted.h), abs=1e-14)
    assert headline.adjusted.value == pytest.approx(float(wanted.m0), abs=1e-14)
    if wanted.a is None:
        assert headline.intensity.value is None
    else:
        assert headline.intensity.value == pytest.approx(float(wanted.a), abs=1e-14)
    for ours, number in zip(found.indicators(found.spec.k_values[0]), range(3), strict=True):
        assert ours.uncensored.value == pytest.approx(float(wanted.uncensored[number]), abs=1e-14)
        assert ours.censored.value == pytest.approx(float(wanted.censored[number]), abs=1e-14)
        part = wanted.contribution[number]
        assert ours.contribution == (None if part is None else pytest.approx(float(part)))


CUTOFFS = [2, 0, 1, 9_000_000_000_000_000, 2.5, 1]
VALUES = [
    st.integers(-3, 5),
    st.integers(-3, 5),
    st.integers(0, 1),
    st.sampled_from([8_999_999_999_999_999, 9_000_000_000_000_000, -(2**62), 2**62]),
    st.sampled_from([-1.0, 2.0, 2.4999, 2.5, 7.0]),
    st.booleans(),
]


@settings(max_examples=40)
@given(st.data(), st.integers(1, 12), st.integers(1, 9), st.sampled_from([1, 60, 70_000]))
def test_every_kind_of_column_and_any_number_of_them_agree_with_the_oracle(
    engine: Engine, data: st.DataObject, households: int, copies: int, largest_size: int
) -> None:
    kinds = list(range(len(CUTOFFS))) * copies
    columns = [
        data.draw(st.lists(VALUES[k] | st.none(), min_size=households, max_size=households))
        for k in kinds
    ]
    sizes = data.draw(
        st.lists(st.integers(1, largest_size), min_size=households, max_size=households)
    )
    names = [f"i{n}" for n in range(len(kinds))]
    found = alkire_foster.measure(
        {**dict(zip(names, columns, strict=True)), "size": sizes},
        {
            "indicators": [
                {"name": n, "column": n, "cutoff": CUTOFFS[k], "weight": f"1/{len(kinds)}"}
                for n, k in zip(names, kinds, strict=True)
            ],
            "k": "1/3",
            "household_size": "size",
            "missing": "not_deprived",
            "gaps": False,
        },
        engine=engine,
    )
    present = [[math.inf if v is None else v for v in row] for row in zip(*columns, strict=True)]
    exact = [i.weight for i in found.spec.indicators]
    wanted = oracle.measure(present, [CUTOFFS[k] for k in kinds], exact, Fraction(1, 3), sizes)
    headline = found.headline(found.spec.k_values[0])
    assert headline.incidence.value == pytest.approx(float(wanted.h), abs=1e-14)
    assert headline.adjusted.value == pytest.approx(float(wanted.m0), abs=1e-14)
    indicators = found.indicators(found.spec.k_values[0])
    for key in ("uncensored", "censored"):
        ours = [getattr(indicator, key).value for indicator in indicators]
        assert ours == pytest.approx([float(v) for v in getattr(wanted, key)], abs=1e-14)


@settings(max_examples=30)
@random_measures
def test_shares_stay_between_zero_and_one_and_parts_add_up(
    engine: Engine, data: dict[str, list[int]], weights: list[object], k: object
) -> None:
    found = alkire_foster.measure(data, spec(weights, k), engine=engine).as_document()
    h, m0 = found["H"]["value"], found["M0"]["value"]
    assert 0 <= found["M2"]["value"] <= found["M1"]["value"] + 1e-15 <= m0 + 2e-15
    assert m0 <= h <= 1
    for indicator in found["indicators"]:
        assert 0 <= indicator["censored"] <= indicator["uncensored"] <= 1
    groups = found["by"]["area"]
    assert sum(g["population_share"] for g in groups) == pytest.approx(1)
    assert sum(g["population_share"] * g["M0"]["value"] for g in groups) == pytest.approx(m0)
    if not m0:
        assert [i["contribution"] for i in found["indicators"]] == [None] * 3
        return
    assert found["A"]["value"] >= float(Fraction(k).limit_denominator(1000)) - 1e-12
    assert sum(i["contribution"] for i in found["indicators"]) == pytest.approx(1)
    assert sum(d["contribution"] for d in found["dimensions"]) == pytest.approx(1)
    assert sum(g["contribution"] for g in groups) == pytest.approx(1)


@settings(max_examples=20)
@given(data=tables(), weights=st.sampled_from(WEIGHT_SETS), seed=st.randoms())
def test_order_and_duplication_of_rows_change_nothing(
    engine: Engine, data: dict[str, list[int]], weights: list[object], seed: object
) -> None:
    order = list(range(len(data["a"]))) * 2
    seed.shuffle(order)  # type: ignore[attr-defined]
    doubled = {name: [column[place] for place in order] for name, column in data.items()}
    once = alkire_foster.measure(data, spec(weights, "1/3"), engine=engine).as_document()
    twice = alkire_foster.measure(doubled, spec(weights, "1/3"), engine=engine).as_document()
    for symbol in ("H", "A", "M0"):
        assert twice[symbol]["value"] == pytest.approx(once[symbol]["value"], abs=1e-14)
    assert twice["population"] == 2 * once["population"]


@settings(max_examples=20)
@given(data=tables(), weights=st.sampled_from(WEIGHT_SETS))
def test_raising_k_never_raises_h_and_one_pass_equals_many(
    engine: Engine, data: dict[str, list[int]], weights: list[object]
) -> None:
    together = alkire_foster.measure(data, spec(weights, K_VALUES), engine=engine).as_document()
    incidence = [result["H"]["value"] for result in together["results"]]
    assert incidence == sorted(incidence, reverse=True)
    alone = alkire_foster.measure(data, spec(weights, K_VALUES[2]), engine=engine).as_document()
    for symbol in ("H", "A", "M0", "M1", "M2"):
        assert together["results"][2][symbol]["value"] == pytest.approx(alone[symbol]["value"])


@settings(max_examples=15)
@given(data=tables(), weights=st.sampled_from(WEIGHT_SETS))
def test_a_table_of_groups_says_the_same_as_measuring_each_group(
    engine: Engine, data: dict[str, list[int]], weights: list[object]
) -> None:
    found = alkire_foster.measure(data, spec(weights, "1/3"), engine=engine)
    table = found.group_table("area", found.spec.k_values[0])
    for number, label in enumerate(table.labels):
        rows = [place for place, area in enumerate(data["area"]) if area == label]
        own = {name: [column[place] for place in rows] for name, column in data.items()}
        alone = alkire_foster.measure(own, spec(weights, "1/3"), engine=engine).as_document()
        assert table.people[number] == alone["population"]
        assert table.incidence[number] == pytest.approx(alone["H"]["value"])
        assert table.adjusted[number] == pytest.approx(alone["M0"]["value"])
        assert table.intensity[number] == pytest.approx(
            alone["A"]["value"] or math.nan, nan_ok=True
        )
        for key in ("uncensored", "censored"):
            wanted = [i[key] for i in alone["indicators"]]
            assert getattr(table, key)[number].tolist() == pytest.approx(wanted)


def test_a_household_exactly_on_k_is_poor_whatever_the_weights() -> None:
    # Ten tenths and three of them: 0.1 + 0.1 + 0.1 is above 0.3 in floating point, 0.3 is not.
    names = [f"i{n}" for n in range(10)]
    data = {name: [0 if n < 3 else 1] for n, name in enumerate(names)}
    indicators = [{"name": n, "column": n, "cutoff": 1, "weight": 0.1} for n in names]
    for k, poor in ((0.3, 1.0), ("3/10", 1.0), (0.301, 0.0)):
        found = alkire_foster.measure(data, {"indicators": indicators, "k": k}).as_document()
        assert found["H"]["value"] == poor


def test_more_indicators_than_bits_in_one_integer() -> None:
    names = [f"i{n}" for n in range(130)]
    data = {name: [n % 2, 1, 0] for n, name in enumerate(names)}
    indicators = [{"name": n, "column": n, "cutoff": 1, "weight": "1/130"} for n in names]
    found = alkire_foster.measure(data, {"indicators": indicators, "k": "1/2"}).as_document()
    assert found["H"]["value"] == pytest.approx(2 / 3)
    assert found["M0"]["value"] == pytest.approx(0.5)
    assert [i["censored"] for i in found["indicators"][:4]] == pytest.approx([2 / 3, 1 / 3] * 2)


def test_weights_without_a_small_common_denominator_stay_exact() -> None:
    primes = [977, 983, 991, 997, 971, 967, 953, 947]
    shares = [Fraction(1, p) for p in primes]
    rest = (1 - sum(shares)).limit_denominator(1000)
    weights = [*(f"1/{p}" for p in primes), f"{rest.numerator}/{rest.denominator}"]
    names = [f"i{n}" for n in range(9)]
    indicators = [
        {"name": n, "column": n, "cutoff": 1, "weight": w}
        for n, w in zip(names, weights, strict=True)
    ]
    data = {name: [0, 1] for name in names}
    found = alkire_foster.measure(data, {"indicators": indicators, "k": 1}).as_document()
    assert found["H"]["value"] == 0.5
    assert found["A"]["value"] == pytest.approx(1, abs=1e-15)
