"""What leaves a run: small counts hidden with what would give them back, the rest rounded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from kaejon.apps.measurement.computed import Computed
from kaejon.apps.measurement.hiding import hidden_cells, is_hidden
from kaejon.apps.measurement.models import MeasurementRun
from kaejon.apps.measurement.softening import area_for, results_for
from kaejon.methods.disclosure import suppression as disclosure

TAMBONS = ("330101", "330102", "330201", "330202")
# Atoms: households of a tambon by how many deprivations they bear, poorest last.
atoms = st.lists(
    st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=4, max_size=4
).filter(lambda rows: all(sum(row) for row in rows))


def run_at(rows: list[list[int]], reach: int) -> MeasurementRun:
    """A run of the province in which who bears `reach` or more is poor."""
    leaves = {code: line(row, reach) for code, row in zip(TAMBONS, rows, strict=True)}
    areas = dict(leaves)
    for district in ("3301", "3302"):
        inside = [row for code, row in zip(TAMBONS, rows, strict=True) if code[:4] == district]
        areas[district] = line([sum(band) for band in zip(*inside, strict=True)], reach)
    whole = line([sum(band) for band in zip(*rows, strict=True)], reach)
    results = whole | {
        "n": whole["households"], "population": whole["people"], "sample": False, "dropped": 0,
        "indicators": [], "dimensions": [], "by": {},
    }  # fmt: skip
    for name in ("H", "A", "M0"):
        results[name] = {"value": whole[name], "se": None, "ci95": None}
    hidden = hidden_cells("alkire_foster", Computed(results, areas), "33")
    run = MeasurementRun(kind="alkire_foster", area_id="33", results=results, hidden=hidden)
    run.documents = areas  # type: ignore[attr-defined]
    return run


def line(bands: list[int], reach: int) -> dict[str, Any]:
    poor, everybody = sum(bands[reach:]), sum(bands)
    return {
        "households": everybody, "people": everybody, "poor_households": poor, "poor_people": poor,
        "H": poor / everybody, "A": 0.5 if poor else None, "M0": poor / everybody / 2,
    }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(atoms, st.sampled_from(["internal", "public"]))
def test_two_runs_at_two_k_give_no_small_difference_away(
    rows: list[list[int]], audience: Any
) -> None:
    threshold = disclosure.THRESHOLDS[audience]
    runs = {reach: run_at(rows, reach) for reach in (1, 2)}
    width = len(rows) * 3
    matrix, low, high = [], [], []

    def learn(row: list[float], shown: float | None) -> None:
        """What a reader knows of a sum of atoms: its rounded value, or nothing."""
        if shown is None:
            return
        matrix.append(row)
        low.append(shown - threshold / 2)
        high.append(shown + threshold / 2)

    for reach, run in runs.items():
        for code in ("33", "3301", "3302", *TAMBONS):
            inside = [n for n, tambon in enumerate(TAMBONS) if tambon.startswith(code)]
            found = (
                results_for(run, audience)
                if code == "33"
                else area_for(run, code, run.documents[code], audience)  # type: ignore[attr-defined]
            )
            if found.get("hidden"):
                continue
            for name, bands in (("households", range(3)), ("poor_households", range(reach, 3))):
                row = [0.0] * width
                for tambon in inside:
                    for band in bands:
                        row[3 * tambon + band] = 1.0
                learn(row, found[name])
    table = np.array(matrix) if matrix else np.zeros((0, width))
    bounds = np.concatenate([np.array(high), -np.array(low)]) if matrix else np.zeros(0)
    for place, count in enumerate(count for row in rows for count in row):
        if not disclosure.is_small(count, threshold):
            continue
        goal = np.zeros(width)
        goal[place] = 1.0
        ends = []
        for sign in (1, -1):
            answer = linprog(sign * goal, A_ub=np.vstack([table, -table]), b_ub=bounds)
            ends.append(answer.fun * sign if answer.status == 0 else np.inf)
        assert ends[1] - ends[0] >= 1, (rows, place, ends)


def test_one_small_tambon_hides_another_beside_it() -> None:
    run = run_at([[40, 3, 0], [20, 30, 0], [50, 50, 0], [60, 40, 0]], 1)
    assert is_hidden(run.hidden, "internal", "330101")
    assert is_hidden(run.hidden, "internal", "330102"), "else the district less this one tells"
    assert not is_hidden(run.hidden, "internal", "330201")
    assert area_for(run, "330101", run.documents["330101"], "exact")["poor_households"] == 3  # type: ignore[attr-defined]
    assert area_for(run, "330101", run.documents["330101"], "internal") == {"hidden": True}  # type: ignore[attr-defined]


def test_villages_and_averages_of_small_places_stay_inside() -> None:
    run = run_at([[40, 30, 0], [20, 30, 0], [50, 50, 0], [60, 40, 0]], 1)
    assert area_for(run, "33010101", {}, "public") == {"hidden": True}
    shown = area_for(run, "330101", run.documents["330101"], "public")  # type: ignore[attr-defined]
    assert (shown["poor_households"], shown["H"], shown["A"]) == (30, 0.43, None)


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_everything_shown_is_a_multiple_of_the_threshold(audience: Any) -> None:
    run = run_at([[41, 33, 8], [27, 36, 14], [51, 58, 12], [63, 41, 17]], 1)
    shown = results_for(run, audience)
    for name in ("households", "people", "poor_households", "poor_people"):
        assert shown[name] % disclosure.THRESHOLDS[audience] == 0
