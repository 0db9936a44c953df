"""The results of a run as one audience may see them: the only way by which figures leave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kaejon.apps.measurement.hiding import (
    Audience,
    is_hidden,
    is_hidden_group,
    is_steady,
    softened,
    softened_share,
)
from kaejon.apps.measurement.models import MeasurementRun, RunKind

Document = dict[str, Any]
COUNTS = {
    RunKind.POVERTY: ("households", "people", "poor_households", "poor_people"),
    RunKind.TPMAP: (
        "households", "people", "bmn_poor_households", "bmn_poor_people",
        "bmn_poor_and_registered", "target_poor",
    ),
    RunKind.CAPITALS: ("households", "people", "with_overall"),
}  # fmt: skip
NO_ERROR = {"value": None, "se": None, "ci95": None}


def results_for(run: MeasurementRun, audience: Audience) -> Document:
    """The whole run: unrounded for who sees the households, softened for all others."""
    if audience == "exact" or not run.results:
        return dict(run.results)
    kind = RunKind(run.kind)
    if kind == RunKind.DYNAMICS:
        return transitions(run.results, audience)
    whole = {
        name: run.results[name]
        for name in ("k", "k_text", "unit", "missing")
        if name in run.results
    }
    whole |= figures(kind, run.results, audience)
    whole |= {name: softened(run.results[name], audience) for name in ("n", "population")}
    whole["sample"] = run.results["sample"]
    whole["dropped"] = softened(run.results.get("dropped"), audience)
    whole["by"] = {
        column: [group_for(run, group, column, audience) for group in groups]
        for column, groups in run.results["by"].items()
    }
    if "curve" in run.results:
        whole["curve"] = [
            point(p, run.results["households"], audience) for p in run.results["curve"]
        ]
    return whole


def area_for(run: MeasurementRun, code: str, document: Document, audience: Audience) -> Document:
    """One area's figures; {"hidden": True} where the audience may see none of them."""
    if audience == "exact":
        return document
    if is_hidden(run.hidden, audience, code):
        return {"hidden": True}
    found = figures(RunKind(run.kind), document, audience)
    # Averages of a small place could be turned back into counts.
    return found | {name: None for name in ("A", "M0") if name in found}


def group_for(run: MeasurementRun, group: Document, column: str, audience: Audience) -> Document:
    if is_hidden_group(run.hidden, audience, column, str(group["group"])):
        return {"group": group["group"], "hidden": True}
    return {"group": group["group"], **figures(RunKind(run.kind), group, audience)}


def figures(kind: RunKind, document: Mapping[str, Any], audience: Audience) -> Document:
    """Counts, shares and averages of one whole, area or group, softened."""
    found: Document = {
        name: softened(document[name], audience) for name in COUNTS[kind] if name in document
    }
    if kind == RunKind.POVERTY:
        return found | poverty(document, audience)
    if kind == RunKind.TPMAP:
        return found | target_poor(document, audience)
    means = document["means"] if is_steady(document["households"], audience) else {}
    return found | {
        "means": {name: None if mean is None else round(mean, 1) for name, mean in means.items()},
        "counts": {
            capital: {level: softened(count, audience) for level, count in counts.items()}
            for capital, counts in document["counts"].items()
        },
    }


def poverty(document: Mapping[str, Any], audience: Audience) -> Document:
    people, poor = document["people"], document["poor_people"]
    share = softened_share(poor, people, audience)
    steady = is_steady(poor, audience)
    found: Document = {
        "H": NO_ERROR | {"value": share} if isinstance(document["H"], dict) else share
    }
    for name in ("A", "M0"):
        value = document[name]["value"] if isinstance(document[name], dict) else document[name]
        shown = round(value, 2) if steady and value is not None else None
        found[name] = NO_ERROR | {"value": shown} if isinstance(document[name], dict) else shown
    if "indicators" in document:
        found["indicators"] = [
            indicator(line, people, steady, audience) for line in document["indicators"]
        ]
        found["dimensions"] = [
            {"name": d["name"], "contribution": rounded(d["contribution"]) if steady else None}
            for d in document["dimensions"]
        ]
    for name in ("uncensored", "censored"):
        if name in document:
            found[name] = {
                code: softened_share(value * people, people, audience)
                for code, value in document[name].items()
            }
    if "contribution" in document:
        found["contribution"] = rounded(document["contribution"]) if steady else None
    return found


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def indicator(line: Mapping[str, Any], people: float, steady: bool, audience: Audience) -> Document:
    shares = {
        name: softened_share(line[name] * people, people, audience)
        for name in ("uncensored", "censored")
    }
    contribution = line["contribution"]
    kept = {name: line[name] for name in ("name", "weight", "dimension")}
    return kept | shares | {"contribution": rounded(contribution) if steady else None}


def target_poor(document: Mapping[str, Any], audience: Audience) -> Document:
    if "by_dimension" not in document:
        return {}
    share = softened_share(document["target_poor"], document["people"], audience)
    return {
        "rate_pct": None if share is None else 100 * share,
        "by_dimension": {
            code: {name: softened(count, audience) for name, count in counts.items()}
            for code, counts in document["by_dimension"].items()
        },
        "indicators": {
            code: {name: softened(count, audience) for name, count in counts.items()}
            for code, counts in document["indicators"].items()
        },
    }


def point(line: Mapping[str, Any], households: float, audience: Audience) -> Document:
    """One k of the curve: the share of households; averages only where many stand behind them."""
    steady = is_steady(line["poor_households"], audience)
    return {
        "k": line["k"],
        "k_text": line["k_text"],
        "H": softened_share(line["poor_households"], households, audience),
        "A": rounded(line["A"]) if steady else None,
        "M0": rounded(line["M0"]) if steady else None,
        "poor_households": softened(line["poor_households"], audience),
    }


def transitions(results: Mapping[str, Any], audience: Audience) -> Document:
    """Two rounds: rounded counts and shares of them; a table with a small cell shows only its margins."""
    people = results["weighted"]
    everybody = sum(people.values())
    was, stayed_out = people["PP"] + people["PN"], people["NP"] + people["NN"]
    share = softened_share
    found: Document = {
        "k": results["k"],
        "poor_means": results["poor_means"],
        "left_out": [softened(n, audience) for n in results["left_out"]],
        "n": softened(results["n"], audience),
        "population": softened(results["population"], audience),
        "sample": False,
        "households": {s: softened(n, audience) for s, n in results["households"].items()},
        "weighted": {s: softened(n, audience) for s, n in people.items()},
        "H_1": share(was, everybody, audience),
        "H_2": share(people["PP"] + people["NP"], everybody, audience),
        "exit_rate": share(people["PN"], was, audience),
        "entry_rate": share(people["NP"], stayed_out, audience),
        "persistence": share(people["PP"], was, audience),
        "ever_poor": share(was + people["NP"], everybody, audience),
        "always_poor": share(people["PP"], everybody, audience),
        "levels": None,
        "capitals": {},
    }
    for name in ("lost", "new"):
        found[name] = {
            part: softened(results[name][part], audience)
            for part in ("households", "people", "poor_people")
        }
    graduated = results["graduated"]
    found["graduated"] = {
        "rule": graduated["rule"],
        "households": softened(graduated["households"], audience),
        "people": softened(graduated["people"], audience),
    }
    if results.get("levels"):
        table = results["levels"]["households"]
        found["levels"] = {
            "levels": results["levels"]["levels"],
            "households": [[softened(n, audience) for n in row] for row in table],
        }
    return found
