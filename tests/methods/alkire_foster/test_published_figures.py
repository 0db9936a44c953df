"""Figures printed by others come out of our measure."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from kaejon.methods import alkire_foster

VECTORS = Path(__file__).parents[2] / "vectors"
EXAMPLES = {
    e["id"]: e
    for e in json.loads((VECTORS / "alkire_foster_examples.json").read_text())["examples"]
}
PANEL = json.loads((VECTORS / "alkire_foster_survey_panel.json").read_text())["synthetic_panel"]
TPMAP = json.loads((VECTORS / "tpmap_2561.json").read_text())
TOLERANCE = 5e-9


@pytest.mark.parametrize(
    ("k", "expected"),
    [(0.5, "expected"), ("1/4", "expected_union_k1"), (1, "expected_intersection_k4")],
)
def test_the_example_of_the_2011_article(k: object, expected: str) -> None:
    example = EXAMPLES["af2011_4x4"]
    columns = [f"c{number}" for number in range(4)]
    data = {c: [float(row[n]) for row in example["achievements"]] for n, c in enumerate(columns)}
    indicators = [
        {"name": c, "column": c, "cutoff": example["cutoffs"][n], "weight": example["weights"][n]}
        for n, c in enumerate(columns)
    ]
    found = alkire_foster.measure(data, {"indicators": indicators, "k": k}).as_document()
    wanted = example[expected]
    for symbol in ("H", "A", "M0"):
        assert found[symbol]["value"] == pytest.approx(wanted[symbol], abs=1e-11)
    for key, name in (
        ("uncensored", "uncensored_headcount"),
        ("censored", "censored_headcount"),
        ("contribution", "contribution"),
    ):
        assert [i[key] for i in found["indicators"]] == pytest.approx(wanted[name], abs=1e-11)
    if expected == "expected":
        assert found["M1"]["value"] == pytest.approx(wanted["M1"], abs=1e-11)
        assert found["M2"]["value"] == pytest.approx(wanted["M2"], abs=1e-11)


def test_the_table_of_the_nectec_package() -> None:
    example = EXAMPLES["nectec_mpi_r_package"]
    rows = list(csv.DictReader(io.StringIO(example["rows_csv"])))
    names = [i["indnames"] for i in example["expected_overall"]["indicators"]]
    spec = {
        "indicators": [
            {"name": n, "column": n, "deprived_values": [1], "weight": "1/11"} for n in names
        ],
        "k": "3/11",
        "by": ["Region"],
    }
    data = {c: [row[c] for row in rows] for c in rows[0]}
    found = alkire_foster.measure(data, spec).as_document()
    overall = example["expected_overall"]
    for symbol in ("H", "A", "M0"):
        assert found[symbol]["value"] == pytest.approx(overall[symbol], abs=1e-12)
    for ours, theirs in zip(found["indicators"], overall["indicators"], strict=True):
        assert ours["uncensored"] == pytest.approx(theirs["UncensoredHRatio"], abs=1e-12)
        assert ours["censored"] == pytest.approx(theirs["CensoredHRatio"], abs=1e-12)
        assert ours["contribution"] == pytest.approx(theirs["diCont"], abs=1e-12)
    groups = {group["group"]: group for group in found["by"]["Region"]}
    for theirs in example["expected_groups"]:
        ours = groups[theirs["group"]]
        assert ours["n"] == theirs["total"]
        for symbol in ("H", "A", "M0"):
            assert ours[symbol]["value"] == pytest.approx(theirs[symbol], abs=1e-12)


@pytest.fixture(scope="module")
def rounds() -> dict[int, alkire_foster.Measurement]:
    rows = list(csv.DictReader(io.StringIO(PANEL["rows_csv"])))
    return {t: alkire_foster.measure(round_columns(rows, t), panel_spec()) for t in (1, 2)}


def round_columns(rows: list[dict[str, str]], number: int) -> dict[str, list[str]]:
    return {c: [row[c] for row in rows if row["t"] == str(number)] for c in rows[0]}


def panel_spec() -> dict[str, object]:
    return {
        "indicators": [
            {"name": name, "column": name, "deprived_values": [1], "weight": weight}
            for name, weight in PANEL["weights"].items()
        ],
        "k": [0.33, 0.5],
        "weight": "w",
        "household_size": "hhsize",
        "strata": "stratum",
        "psu": "psu",
        "by": ["region", "area"],
    }


SYMBOLS = {"H": "incidence", "A": "intensity", "M0": "adjusted"}


def headline_of(result: alkire_foster.Measurement, row: dict[str, object]) -> object:
    k = result.spec.k_values[0 if row["k"] == 33 else 1]
    if row["loa"] == "nat":
        return result.headline(k)
    groups = result.groups(str(row["loa"]), k)
    return next(g.headline for g in groups if g.label == row["subg"])


@pytest.mark.parametrize(
    "row",
    [r for r in PANEL["expected_levels"] if r["measure"] in SYMBOLS],
    ids=lambda r: f"{r['measure']}-k{r['k']}-{r['subg']}-t{r['t']}",
)
def test_levels_errors_and_intervals_of_the_survey_package(
    rounds: dict[int, alkire_foster.Measurement], row: dict[str, object]
) -> None:
    found = getattr(headline_of(rounds[row["t"]], row), SYMBOLS[row["measure"]])
    assert found.value == pytest.approx(row["b"], abs=TOLERANCE)
    assert found.se == pytest.approx(row["se"], abs=TOLERANCE)
    assert found.ci95 == pytest.approx([row["ll"], row["ul"]], abs=TOLERANCE)


@pytest.mark.parametrize("number", [1, 2])
def test_headcounts_and_contributions_of_the_survey_package(
    rounds: dict[int, alkire_foster.Measurement], number: int
) -> None:
    result = rounds[number]
    found = {
        (k, i.name): i
        for k in (33, 50)
        for i in result.indicators(result.spec.k_values[0 if k == 33 else 1])
    }
    checked = 0
    for row in PANEL["expected_levels"]:
        if "indicator" not in row or row["t"] != number:
            continue
        ours = found[row.get("k", 33), row["indicator"]]
        if row["measure"] in ("hd", "hdk"):
            estimate = ours.uncensored if row["measure"] == "hd" else ours.censored
            assert estimate.value == pytest.approx(row["b"], abs=TOLERANCE)
            assert estimate.se == pytest.approx(row["se"], abs=TOLERANCE)
            assert estimate.ci95 == pytest.approx([row["ll"], row["ul"]], abs=TOLERANCE)
        elif row["measure"] == "actb":
            assert ours.weight * ours.censored.value == pytest.approx(row["b"], abs=TOLERANCE)
        else:
            assert ours.contribution == pytest.approx(row["b"], abs=TOLERANCE)
        checked += 1
    assert checked == 42


@pytest.mark.parametrize(
    "row",
    PANEL["expected_changes"],
    ids=lambda r: f"{r['measure']}-k{r['k']}-{r['subg']}-{r['ctype']}-{r['ann']}",
)
def test_changes_between_rounds_keep_the_covariance(
    rounds: dict[int, alkire_foster.Measurement], row: dict[str, object]
) -> None:
    symbol = SYMBOLS[row["measure"]]
    before, after = (getattr(headline_of(rounds[t], row), symbol) for t in (1, 2))
    designs = (rounds[1].design, rounds[2].design)
    moved = alkire_foster.change(before, after, designs=designs, years=3)
    assert moved is not None
    part = {
        ("abs", 0): moved.absolute,
        ("rel", 0): moved.relative,
        ("abs", 1): moved.absolute_per_year,
        ("rel", 1): moved.relative_per_year,
    }[row["ctype"], row["ann"]]
    percent = 100 if row["ctype"] == "rel" else 1
    assert part.value == pytest.approx(row["b"], abs=TOLERANCE * percent)
    assert part.se == pytest.approx(row["se"], abs=TOLERANCE * percent)
    assert part.ci95 == pytest.approx([row["ll"], row["ul"]], abs=TOLERANCE * percent)


def tpmap_at(population: str, count: str) -> dict[str, object]:
    country = TPMAP["country"]
    cells = {"00000": 0, **country[f"joint_{population}"]}
    cells["00000"] = country["persons"] - sum(cells.values())
    dimensions = TPMAP["mask_order"]
    data: dict[str, list[object]] = {
        name: [int(mask[place]) for mask in cells] for place, name in enumerate(dimensions)
    }
    data["persons"] = list(cells.values())
    spec = {
        "indicators": [
            {"name": n, "column": n, "deprived_values": [1], "weight": "1/5"} for n in dimensions
        ],
        "k": f"{count}/5",
        "household_size": "persons",
    }
    return alkire_foster.measure(data, spec).as_document()


@pytest.mark.parametrize(
    ("population", "count"),
    [("target_poor", "1"), *(("bmn_poor", count) for count in "12345")],
)
def test_tpmap_2561_as_weighted_cells(population: str, count: str) -> None:
    country = TPMAP["country"]
    expected = country[f"af_equal_dim_weights_{population}"][count]
    found = tpmap_at(population, count)
    assert found["population"] == country["persons"]
    for symbol in ("H", "A", "M0"):
        assert found[symbol]["value"] == pytest.approx(expected[symbol], rel=1e-11)
    persons = {i["name"]: i["censored"] * country["persons"] for i in found["indicators"]}
    assert persons == pytest.approx(expected["censored"], rel=1e-12)


def test_tpmap_2561_target_poor_in_two_dimensions() -> None:
    found = tpmap_at("target_poor", "2")
    assert found["H"]["value"] == pytest.approx(0.00436004141802, abs=1e-14)
    assert found["A"]["value"] == pytest.approx(0.437184734583, abs=1e-12)
